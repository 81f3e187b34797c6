//! The rules of the outbox: when the alarm rings for a delivery, when one that failed is tried again, and when one that
//! hangs is given up.

use keyward_core::Timestamp;

/// Deliveries that are made one after the other, so that none overtakes another to the same place. The lanes do not
/// wait for each other: however many members have to be told something, a revocation is in KV at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// What KV has to hold.
    Projections,
    /// What the ledgers of users have to know.
    Memberships,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 2] = [Self::Projections, Self::Memberships];

    /// The pattern of its [destinations](super::rows::Delivery::destination), for `GLOB`.
    #[must_use]
    pub fn destinations(self) -> &'static str {
        match self {
            Self::Projections => "kv:*",
            Self::Memberships => "ledger:*",
        }
    }
}

/// Longest pause between two tries, in seconds.
const PAUSE_MAX_SECONDS: u32 = 60;

/// When to try again after `failures` in a row: after 1, 2, 4, … seconds, at most a minute.
#[must_use]
pub fn next_try(now: Timestamp, failures: u32) -> Timestamp {
    let pause = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(PAUSE_MAX_SECONDS);
    now.plus_seconds(pause.clamp(1, PAUSE_MAX_SECONDS))
}

/// How long a delivery normally takes at most, in seconds.
const TRY_SECONDS: u32 = 2;

/// When the alarm has to ring for a delivery: as soon as it is due; or, since one that is due is being tried already,
/// when that try should have landed.
#[must_use]
pub fn alarm_for(due: Timestamp, now: Timestamp) -> Timestamp {
    if due > now { due } else { now.plus_seconds(TRY_SECONDS) }
}

/// How long KV may take to write a value, in seconds. Afterwards others have their turn.
pub const DELIVERY_PATIENCE_SECONDS: u32 = 10;

/// When a value that has landed in KV has to be written once more: an earlier try to the same place whose outcome is
/// not known, or that still goes on, may land after it. Nothing if it stands for good.
#[must_use]
pub fn confirm_at(now: Timestamp, failures: u32, is_unsettled: bool) -> Option<Timestamp> {
    (failures > 0 || is_unsettled).then(|| now.plus_seconds(PAUSE_MAX_SECONDS))
}

/// How long one delivery holds up the others of its lane, in seconds: far longer than any is waited for, in case the one
/// that waited is no more.
const DELIVERY_SECONDS: u32 = 60;

/// Whether a delivery that was begun at `since` still holds up the others.
#[must_use]
pub fn is_under_way(since: Option<Timestamp>, now: Timestamp) -> bool {
    since.is_some_and(|since| now < since.plus_seconds(DELIVERY_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        let now = Timestamp::from_millis(0);
        let pauses = [1, 2, 3, 6, 7, 40, u32::MAX].map(|failures| next_try(now, failures).as_millis() / 1000);
        assert_eq!(pauses, [1, 2, 4, 32, 60, 60, 60]);
    }

    #[test]
    fn a_delivery_that_has_to_wait_is_not_kept_waiting_longer() {
        let now = Timestamp::from_millis(5_000);
        let alarm = |due| alarm_for(Timestamp::from_millis(due), now).as_millis();
        assert_eq!(alarm(5_300), 5_300);
        assert_eq!([alarm(0), alarm(5_000)], [7_000, 7_000], "it is under way");
    }

    #[test]
    fn what_an_earlier_try_may_still_overwrite_is_written_once_more() {
        let now = Timestamp::from_millis(5_000);
        assert_eq!(confirm_at(now, 0, false), None);
        assert_eq!(confirm_at(now, 1, false), Some(now.plus_seconds(60)));
        assert_eq!(confirm_at(now, 0, true), Some(now.plus_seconds(60)));
    }

    #[test]
    fn a_delivery_that_hangs_holds_up_the_others_for_a_minute_only() {
        let since = Timestamp::from_millis(5_000);
        assert!(!is_under_way(None, since));
        assert!(is_under_way(Some(since), since.plus_seconds(59)));
        assert!(!is_under_way(Some(since), since.plus_seconds(60)));
    }
}
