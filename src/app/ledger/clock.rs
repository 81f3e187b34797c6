//! The ledger's clock: its instants order commits, and what was past once stays past.

use keyward_core::Timestamp;

/// The clock of a ledger. The wall clock may stand still or go back; this one does not.
///
/// It lives as long as its object. One that was evicted goes on after what was committed and after what may have been told
/// (see [`promise`]): isolates count on it that nothing is committed up to an instant that they were told.
#[derive(Debug, Default)]
pub struct LedgerClock {
    latest: Timestamp,
    told: Timestamp,
}

impl LedgerClock {
    /// The instant of a call: later than everything that was `committed` and than what was told, and never before an instant
    /// given earlier, so that a key whose revocation has taken effect does not become valid again.
    pub fn tick(&mut self, wall: Timestamp, committed: Timestamp) -> Timestamp {
        let after = Timestamp::from_millis(committed.max(self.told).as_millis() + 1);
        self.latest = self.latest.max(wall).max(after);
        self.latest
    }

    /// The instant of a call that changes nothing, and is told what holds at this instant. Whatever is committed later is later.
    pub fn tell(&mut self, wall: Timestamp, committed: Timestamp) -> Timestamp {
        let after = Timestamp::from_millis(committed.as_millis() + 1);
        self.latest = self.latest.max(wall).max(after);
        self.told = self.latest;
        self.latest
    }
}

/// How far ahead a ledger promises not to commit anything before, in seconds. It writes down each promise, and keeps it when it
/// was evicted and the wall clock has gone back; the longer it is, the fewer there are, and the farther ahead is the clock then.
const PROMISE_SECONDS: u32 = 5;

/// What has to be promised so that `now` can be told, if `promised` is not enough.
#[must_use]
pub fn promise(promised: Timestamp, now: Timestamp, wall: Timestamp) -> Option<Timestamp> {
    (now > promised).then(|| now.max(wall.plus_seconds(PROMISE_SECONDS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millis(milliseconds)
    }

    #[test]
    fn instants_of_commits_strictly_increase_though_the_wall_clock_stands_still_or_goes_back() {
        let (mut clock, mut committed) = (LedgerClock::default(), at(0));
        for wall in [1000, 1000, 1000, 400, 0, 1002, 1005, 1005, 2000] {
            let now = clock.tick(at(wall), committed);
            assert!(now > committed && now >= at(wall), "{wall}");
            committed = now;
        }
        assert_eq!(committed, at(2000));
    }

    #[test]
    fn a_restarted_ledger_goes_on_after_what_was_committed() {
        assert_eq!(LedgerClock::default().tick(at(5), at(1000)), at(1001));
    }

    #[test]
    fn what_is_committed_after_an_instant_was_told_is_later_and_telling_does_not_move_the_clock() {
        let mut clock = LedgerClock::default();
        assert_eq!([clock.tell(at(1000), at(0)), clock.tell(at(1000), at(0))], [at(1000); 2]);
        assert_eq!(clock.tick(at(1000), at(0)), at(1001));
        assert_eq!(clock.tell(at(400), at(1001)), at(1002));
        assert_eq!(clock.tick(at(1002), at(1001)), at(1003));
    }

    #[test]
    fn a_promise_lasts_for_some_seconds_by_the_time_of_day_and_grows_only_when_it_is_over() {
        assert_eq!(promise(at(0), at(1000), at(1000)), Some(at(6000)));
        assert_eq!(promise(at(6000), at(6000), at(6000)), None);
        assert_eq!(promise(at(6000), at(6001), at(6001)), Some(at(11_001)));
        assert_eq!(promise(at(6000), at(6001), at(700)), Some(at(6001)), "the clock does not run away");
    }

    #[test]
    fn reads_never_see_an_earlier_instant_than_reads_before() {
        let mut clock = LedgerClock::default();
        assert_eq!(clock.tick(at(1000), at(0)), at(1000));
        assert_eq!(clock.tick(at(400), at(0)), at(1000));
        assert_eq!(clock.tick(at(1000), at(0)), at(1000));
    }
}
