//! The ledger's clock: its instants order commits, and what was past once stays past.

use keyward_core::Timestamp;

/// The clock of a ledger. The wall clock may stand still or go back; this one does not.
///
/// It lives as long as its object. One that was evicted goes on after what was committed, so if the wall clock has gone back
/// meanwhile, what had come by time alone (an expiry, a revocation for later) comes a second time. The platform's clocks do
/// not go back by more than moments; a clock in the database would cost every read a write.
#[derive(Debug, Default)]
pub struct LedgerClock {
    latest: Timestamp,
}

impl LedgerClock {
    /// The instant of a call: later than everything that was `committed`, and never before an instant given earlier,
    /// so that a key whose revocation has taken effect does not become valid again.
    pub fn tick(&mut self, wall: Timestamp, committed: Timestamp) -> Timestamp {
        let after = Timestamp::from_millis(committed.as_millis() + 1);
        self.latest = self.latest.max(wall).max(after);
        self.latest
    }
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
    fn reads_never_see_an_earlier_instant_than_reads_before() {
        let mut clock = LedgerClock::default();
        assert_eq!(clock.tick(at(1000), at(0)), at(1000));
        assert_eq!(clock.tick(at(400), at(0)), at(1000));
        assert_eq!(clock.tick(at(1000), at(0)), at(1000));
    }
}
