//! The rule of the outbox: when a delivery that failed is tried again.

use keyward_core::Timestamp;

/// Longest pause between two tries, in seconds.
const PAUSE_MAX_SECONDS: u32 = 60;

/// When to try again after `failures` in a row: after 1, 2, 4, … seconds, at most a minute.
#[must_use]
pub fn next_try(now: Timestamp, failures: u32) -> Timestamp {
    let pause = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(PAUSE_MAX_SECONDS);
    now.plus_seconds(pause.clamp(1, PAUSE_MAX_SECONDS))
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
}
