//! The platform's clock.

use keyward_core::Timestamp;

/// Now, in milliseconds. In production the clock stands still between I/O.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::from_millis(i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX))
}
