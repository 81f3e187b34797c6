//! The time, for ages that are never told too small.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Counts the time that has passed, by whichever clock says more: the steady one stands still while a machine sleeps, and
/// that of the day can be set back.
#[derive(Debug)]
pub(crate) struct Clock(Mutex<Seen>);

#[derive(Debug)]
struct Seen {
    steady: Instant,
    day: SystemTime,
    passed: Duration,
}

/// Where it begins, so that what was true before can be told as well: no bound is longer.
const BEGINNING: Duration = Duration::from_secs(u32::MAX as u64);

impl Clock {
    pub(crate) fn new(steady: Instant, day: SystemTime) -> Self {
        Self(Mutex::new(Seen { steady, day, passed: BEGINNING }))
    }

    /// How much time has passed since some instant.
    pub(crate) fn passed(&self, steady: Instant, day: SystemTime) -> Duration {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let by_steady = steady.saturating_duration_since(seen.steady);
        let by_day = day.duration_since(seen.day).unwrap_or_default();
        seen.steady = seen.steady.max(steady);
        seen.day = day;
        seen.passed = seen.passed.saturating_add(by_steady.max(by_day));
        seen.passed
    }
}

#[cfg(test)]
mod tests {
    use super::{BEGINNING, Clock};
    use std::time::{Duration, Instant, SystemTime};

    #[test]
    #[expect(clippy::disallowed_methods, reason = "somewhere to begin")]
    fn sleep_counts_and_setting_a_clock_back_takes_nothing_away() {
        let (steady, day) = (Instant::now(), SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000));
        let clock = Clock::new(steady, day);
        let at = |steadily: u64, daily: u64| {
            let (steadily, daily) = (Duration::from_secs(steadily), Duration::from_secs(daily));
            clock
                .passed(steady + steadily, SystemTime::UNIX_EPOCH + daily)
                .saturating_sub(BEGINNING)
                .as_secs()
        };
        assert_eq!(at(1, 1_000_001), 1);
        // The machine has slept for an hour.
        assert_eq!(at(2, 1_003_602), 3602);
        // Somebody has set the clock back.
        assert_eq!(at(5, 900_000), 3605);
        assert_eq!(at(6, 900_001), 3606);
    }
}
