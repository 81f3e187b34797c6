//! An instant, as a value.

use core::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// Last millisecond of the year 9999, the last that RFC 3339 can write.
const LAST: i64 = 253_402_300_799_999;

impl Timestamp {
    /// The instant `milliseconds` after 1970-01-01T00:00:00Z, held within the years that can be written.
    #[must_use]
    pub fn from_millis(milliseconds: i64) -> Self {
        Self(milliseconds.clamp(0, LAST))
    }

    /// Reads an RFC 3339 date and time with any offset; digits after the milliseconds are dropped.
    ///
    /// # Errors
    /// [`TimestampError`].
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        // `time` accepts any character between date and time; RFC 3339 names these.
        let at = match text.as_bytes().get(10) {
            Some(b'T' | b't' | b' ') => OffsetDateTime::parse(text, &Rfc3339).ok(),
            _ => None,
        };
        let at = at.ok_or_else(|| fault(text))?;
        let milliseconds = at.unix_timestamp() * 1000 + i64::from(at.millisecond());
        if (0..=LAST).contains(&milliseconds) { Ok(Self(milliseconds)) } else { Err(TimestampError::Range) }
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

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000);
        let at = at.map_err(|_| fmt::Error)?;
        let (year, month, day) = at.to_calendar_date();
        let (hour, minute, second, millisecond) = at.to_hms_milli();
        let month = u8::from(month);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;
    fn try_from(text: String) -> Result<Self, TimestampError> {
        Self::parse(&text)
    }
}

impl From<Timestamp> for String {
    fn from(at: Timestamp) -> Self {
        at.to_string()
    }
}

/// Why a text cannot be read; `time` only says that it could not.
#[cold]
#[inline(never)]
fn fault(text: &str) -> TimestampError {
    use TimestampError as Error;
    let unsigned = text.trim_start_matches(['-', '+']);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let Some((year, rest)) = unsigned.split_at_checked(digits).filter(|(year, _)| year.len() >= 4) else {
        return Error::Form;
    };
    let Some(zone) = after(rest, "-00-00T00:00:00") else {
        return if after(rest, "-00-00") == Some("") { Error::NoTime } else { Error::Form };
    };
    let zone = match zone.strip_prefix('.') {
        Some(fraction) if fraction.starts_with(|first: char| first.is_ascii_digit()) => {
            fraction.trim_start_matches(|digit: char| digit.is_ascii_digit())
        }
        Some(_) => return Error::Form,
        None => zone,
    };
    let is = |pattern| after(zone, pattern) == Some("");
    if zone.is_empty() {
        Error::NoOffset
    } else if is(" 00:00") {
        Error::PlusLost
    } else if !(is("Z") || is("z") || is("+00:00") || is("-00:00")) {
        Error::Form
    } else if text.starts_with('-') || !year.parse().is_ok_and(|year| (1970..=9999).contains(&year)) {
        Error::Range
    } else if text.starts_with('+') || year.len() > 4 {
        Error::Form
    } else {
        no_such_part(text, zone.len())
    }
}

/// Which part of a text of the right form there is not, when the last `zone` bytes are its offset.
fn no_such_part(text: &str, zone: usize) -> TimestampError {
    let exists = |text: &str| OffsetDateTime::parse(text, &Rfc3339).is_ok();
    let local = text.len().checked_sub(zone).and_then(|end| text.get(..end)).unwrap_or_default();
    let date = text.get(..10).unwrap_or_default();
    if !exists(&format!("{date}T00:00:00Z")) {
        TimestampError::NoSuchDay
    } else if exists(&format!("{local}Z")) {
        TimestampError::NoSuchOffset
    } else {
        TimestampError::NoSuchTime
    }
}

/// What follows in `text` after something of this form: a digit for each `0`, and whatever parts date and time for `T`.
#[inline(never)]
fn after<'a>(text: &'a str, form: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(form.len())?;
    let fits = |(wanted, found): (u8, u8)| match wanted {
        b'0' => found.is_ascii_digit(),
        b'T' => matches!(found, b'T' | b't' | b' '),
        _ => found == wanted,
    };
    form.bytes().zip(start.bytes()).all(fits).then_some(rest)
}

/// The text is not an instant that can be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// It has another form.
    #[error("must be an RFC 3339 date and time, such as 2026-11-21T08:00:00Z")]
    Form,
    /// It is a date alone.
    #[error("must have a time after the date, such as 2026-11-21T08:00:00Z")]
    NoTime,
    /// It does not say in which time zone.
    #[error("must end with an offset: Z for UTC, or one such as +01:00")]
    NoOffset,
    /// It has a space where the sign of the offset belongs.
    #[error("must have a sign before its offset; in a URL, + has to be written as %2B")]
    PlusLost,
    /// The calendar has no such day.
    #[error("has the form of a date and time, but the calendar has no such day")]
    NoSuchDay,
    /// The day has no such time.
    #[error("has the form of a date and time, but the day has no such time")]
    NoSuchTime,
    /// No time zone is that far away.
    #[error("has an offset that does not exist; offsets go up to 23:59")]
    NoSuchOffset,
    /// It lies before 1970 or after 9999.
    #[error("must lie between the years 1970 and 9999")]
    Range,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn millis(text: &str) -> Result<i64, TimestampError> {
        Timestamp::parse(text).map(Timestamp::as_millis)
    }

    #[test]
    fn instants_are_read_with_any_offset_and_cut_to_milliseconds() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.0019999Z", 1),
            ("1970-01-01T01:30:00+01:30", 0),
            ("1969-12-31T23:00:00-01:00", 0),
            ("2024-02-29T12:00:00Z", 1_709_208_000_000),
            ("2024-02-29 12:00:00z", 1_709_208_000_000),
            ("2016-12-31T23:59:60Z", 1_483_228_799_999),
            ("9999-12-31T23:59:59.999Z", LAST),
        ] {
            assert_eq!(millis(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_rfc_3339_is_told_apart_from_what_lies_out_of_range() {
        for bad in [
            "",
            "tomorrow",
            "2026-11-21T08:00Z",
            "2026-11-21008:00:00Z",
            "2026-11-21\u{0}08:00:00Z",
            "2026-11-21T08:00:00.Z",
            "2026-11-21T08:00:00+1:00",
            "2026-11-21T08:00:00Z ",
            "26-11-21T08:00:00Z",
            "+2026-11-21T08:00:00Z",
            "02026-11-21T08:00:00Z",
            "2026-11-2é",
            "1924992000",
        ] {
            assert_eq!(millis(bad), Err(TimestampError::Form), "{bad}");
        }
        for beyond in [
            "1969-12-31T23:59:59.999Z",
            "9999-12-31T23:59:59.999-00:01",
            "1970-01-01T00:00:00+00:01",
            "0000-01-01T00:00:00Z",
            "0000-01-01T00:00:00+23:59",
            "10000-01-01T00:00:00Z",
            "+12026-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z",
            "99999999999999999999999-01-01T00:00:00Z",
        ] {
            assert_eq!(millis(beyond), Err(TimestampError::Range), "{beyond}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_instant_is_told_apart() {
        for (text, expected) in [
            ("2026-11-21", TimestampError::NoTime),
            ("2026-11-21T08:00:00", TimestampError::NoOffset),
            ("2026-11-21T08:00:00.5", TimestampError::NoOffset),
            ("2026-11-21T08:00:00 01:00", TimestampError::PlusLost),
            ("2031-02-30T00:00:00Z", TimestampError::NoSuchDay),
            ("2023-02-29T25:00:00+99:00", TimestampError::NoSuchDay),
            ("2026-13-01T00:00:00Z", TimestampError::NoSuchDay),
            ("2026-11-00T00:00:00Z", TimestampError::NoSuchDay),
            ("2026-11-21T24:00:00Z", TimestampError::NoSuchTime),
            ("2026-11-21T08:60:00+24:00", TimestampError::NoSuchTime),
            ("2026-11-21T08:00:60.5Z", TimestampError::NoSuchTime),
            ("2027-01-01T00:00:00+24:00", TimestampError::NoSuchOffset),
            ("2027-01-01 00:00:00.25-00:60", TimestampError::NoSuchOffset),
        ] {
            assert_eq!(millis(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn instants_are_held_within_the_years_that_can_be_written() {
        let last = Timestamp::from_millis(i64::MAX);
        assert_eq!(last.to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_millis(-1).as_millis(), 0);
        assert_eq!(last.plus_seconds(u32::MAX), last);
        assert_eq!(Timestamp::from_millis(1).plus_seconds(2).as_millis(), 2_001);
    }

    proptest! {
        #[test]
        fn every_instant_is_written_so_that_it_reads_the_same(milliseconds in 0..=LAST) {
            let shown = Timestamp::from_millis(milliseconds).to_string();
            prop_assert_eq!(shown.len(), "2026-11-21T08:00:00.000Z".len());
            prop_assert_eq!(millis(&shown), Ok(milliseconds));
        }
    }
}
