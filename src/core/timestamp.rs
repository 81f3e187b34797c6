//! An instant, as a value.

use core::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970-01-01T00:00:00Z. Shown as RFC 3339 in UTC with milliseconds, stored as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Timestamp(i64);

/// Last millisecond of the year 9999, the last that RFC 3339 can write.
const LAST: i64 = 253_402_300_799_999;

impl Timestamp {
    /// The instant `milliseconds` after 1970-01-01T00:00:00Z, held within the years that can be written.
    #[must_use]
    pub fn from_millis(milliseconds: i64) -> Self {
        Self(milliseconds.clamp(0, LAST))
    }

    /// Reads an RFC 3339 date and time with any offset; digits behind the milliseconds are dropped.
    ///
    /// # Errors
    /// [`TimestampError`] when it is none, or lies before 1970.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let instant = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| TimestampError)?;
        let milliseconds = instant.unix_timestamp() * 1000 + i64::from(instant.millisecond());
        Self::try_from(milliseconds)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// The instant `seconds` later.
    #[must_use]
    pub fn plus_seconds(self, seconds: u32) -> Self {
        Self::from_millis(self.0.saturating_add(i64::from(seconds) * 1000))
    }
}

impl TryFrom<i64> for Timestamp {
    type Error = TimestampError;
    fn try_from(milliseconds: i64) -> Result<Self, TimestampError> {
        if (0..=LAST).contains(&milliseconds) { Ok(Self(milliseconds)) } else { Err(TimestampError) }
    }
}

impl From<Timestamp> for i64 {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = OffsetDateTime::from_unix_timestamp(self.0 / 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (year, month, day) = at.to_calendar_date();
        let (hour, minute, second) = at.to_hms();
        let (month, milliseconds) = (u8::from(month), self.0 % 1000);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
    }
}

/// The text is not an RFC 3339 date and time from 1970 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 date and time such as 2026-11-21T08:00:00.000Z")]
pub struct TimestampError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_read_with_any_offset_and_shown_in_utc_with_milliseconds() {
        let shown = |text| Timestamp::parse(text).map(|at| at.to_string());
        assert_eq!(shown("2026-11-21T08:00:00Z").as_deref(), Ok("2026-11-21T08:00:00.000Z"));
        assert_eq!(shown("2026-11-21T09:30:00.123456+01:30").as_deref(), Ok("2026-11-21T08:00:00.123Z"));
        assert_eq!(shown("1970-01-01T00:00:00Z").as_deref(), Ok("1970-01-01T00:00:00.000Z"));
        assert_eq!(shown("9999-12-31T23:59:59.999Z").as_deref(), Ok("9999-12-31T23:59:59.999Z"));
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for bad in [
            "",
            "2026-11-21",
            "2026-02-30T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2026-11-21T08:00:00",
            "tomorrow",
        ] {
            assert_eq!(Timestamp::parse(bad), Err(TimestampError), "{bad}");
        }
    }

    #[test]
    fn instants_are_held_within_the_years_that_can_be_written() {
        let last = Timestamp::parse("9999-12-31T23:59:59.999Z").expect("the last");
        assert_eq!(Timestamp::from_millis(i64::MAX), last);
        assert_eq!(Timestamp::from_millis(-1).as_millis(), 0);
        assert_eq!(last.plus_seconds(u32::MAX), last);
        assert_eq!(Timestamp::from_millis(1).plus_seconds(2).as_millis(), 2_001);
        for beyond in ["9999-12-31T23:59:59.999-00:01", "1970-01-01T00:00:00+00:01"] {
            assert_eq!(Timestamp::parse(beyond), Err(TimestampError), "{beyond}");
        }
    }
}
