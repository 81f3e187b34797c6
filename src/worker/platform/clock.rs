//! The platform's clock.

use keyward_core::Timestamp;

/// Now, in milliseconds. In production the clock stands still between I/O.
pub(crate) fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "the platform's clock counts whole milliseconds")]
    Timestamp::from_millis(js_sys::Date::now() as i64)
}
