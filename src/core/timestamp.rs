//! An instant, as a value.

use core::fmt;

use serde::{Deserialize, Serialize};
use time::{Date, Month};

/// Milliseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// Last millisecond of the year 9999, the last that RFC 3339 can write.
const LAST: i64 = 253_402_300_799_999;
/// Milliseconds.
const DAY: i64 = 24 * HOUR;
const HOUR: i64 = 60 * MINUTE;
const MINUTE: i64 = 60_000;
/// 1970-01-01, as a Julian day.
const EPOCH: i32 = 2_440_588;

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
        let milliseconds = read(text)?;
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
        let (year, month, day) = date(self.0).ok_or(fmt::Error)?.to_calendar_date();
        let [hour, minute, second, millisecond] =
            [(HOUR, 24), (MINUTE, 60), (1000, 60), (1, 1000)].map(|(unit, count)| self.0 / unit % count);
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

/// The day of an instant, in milliseconds since 1970.
fn date(milliseconds: i64) -> Option<Date> {
    let days = i32::try_from(milliseconds.div_euclid(DAY)).ok()?;
    Date::from_julian_day(EPOCH + days).ok()
}

/// Two digits of a text of the right form.
fn two(text: &str, at: usize) -> u8 {
    text.get(at..at + 2).and_then(|digits| digits.parse().ok()).unwrap_or(u8::MAX)
}

/// The milliseconds since 1970, however many there are.
fn read(text: &str) -> Result<i64, TimestampError> {
    use TimestampError as Error;
    let unsigned = text.trim_start_matches(['-', '+']);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let Some((year, local)) = unsigned.split_at_checked(digits).filter(|(year, _)| year.len() >= 4) else {
        return Err(Error::Form);
    };
    let Some(rest) = after(local, "-00-00T00:00:00") else {
        return Err(if after(local, "-00-00") == Some("") { Error::NoTime } else { Error::Form });
    };
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(fraction) => {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            fraction.split_at_checked(digits).filter(|_| digits > 0).ok_or(Error::Form)?
        }
        None => ("", rest),
    };
    let is = |pattern| after(zone, pattern) == Some("");
    if zone.is_empty() {
        return Err(Error::NoOffset);
    }
    if is(" 00:00") {
        return Err(Error::PlusLost);
    }
    if !(is("Z") || is("z") || is("+00:00") || is("-00:00")) {
        return Err(Error::Form);
    }
    let number = year.parse().unwrap_or(i32::MAX);
    let is_beyond = text.starts_with('-') || !(1970..=9999).contains(&number);
    let read = if year.len() == 4 && unsigned.len() == text.len() {
        instant(number, local, fraction, zone)
    } else {
        Err(Error::Form)
    };
    read.map_err(|error| if is_beyond { Error::Range } else { error })
}

/// The same of a text of the right form: `-00-00T00:00:00` after the year, the digits of a fraction, and an offset.
fn instant(year: i32, local: &str, fraction: &str, zone: &str) -> Result<i64, TimestampError> {
    let day = Month::try_from(two(local, 1)).ok();
    let day = day.and_then(|month| Date::from_calendar_date(year, month, two(local, 4)).ok());
    let day = day.ok_or(TimestampError::NoSuchDay)?;
    let (hour, minute, second) = (two(local, 7), two(local, 10), two(local, 13));
    let is_leap_second = second == 60;
    if hour > 23 || minute > 59 || second > 60 {
        return Err(TimestampError::NoSuchTime);
    }
    let millisecond = if is_leap_second {
        // What follows the last second of a month is counted as the end of that.
        -1
    } else {
        fraction.bytes().chain(*b"000").take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
    };
    let offset = match zone.split_at_checked(1) {
        Some((sign @ ("+" | "-"), _)) => {
            let (hours, minutes) = (two(zone, 1), two(zone, 4));
            if hours > 23 || minutes > 59 {
                return Err(TimestampError::NoSuchOffset);
            }
            let offset = i64::from(hours) * HOUR + i64::from(minutes) * MINUTE;
            if sign == "-" { -offset } else { offset }
        }
        _ => 0,
    };
    let time = i64::from(hour) * HOUR + i64::from(minute) * MINUTE + i64::from(second) * 1000 + millisecond;
    let at = i64::from(day.to_julian_day() - EPOCH) * DAY + time - offset;
    let is_last = |day: Date| day.next_day().is_none_or(|next| next.day() == 1);
    let ends_month = || (at + 1) % DAY == 0 && date(at).is_some_and(is_last);
    if is_leap_second && !ends_month() { Err(TimestampError::NoSuchTime) } else { Ok(at) }
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
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;

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
            ("2016-12-31T16:59:60.7-07:00", 1_483_228_799_999),
            ("2024-02-29T12:00:00.5Z", 1_709_208_000_500),
            ("2024-02-29t12:00:00.05+00:00", 1_709_208_000_050),
            ("9999-12-31T23:59:59.999Z", LAST),
            ("9999-12-31T23:59:60Z", LAST),
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
            ("2026-11-21T23:59:60Z", TimestampError::NoSuchTime),
            ("2026-11-30T23:59:60+01:00", TimestampError::NoSuchTime),
            ("2026-11-21T08:00:61Z", TimestampError::NoSuchTime),
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
        fn an_instant_is_the_one_that_the_crate_time_reads(
            (year, month, day) in (1970..=2100, 0..=13, 0..=32),
            (hour, minute, second) in (0..=24, 0..=60, 0..=61),
            fraction in "(\\.[0-9]{1,12})?",
            zone in "Z|[+-]([01][0-9]|2[0-4]):[0-6][0-9]",
        ) {
            let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}");
            let expected = OffsetDateTime::parse(&text, &Rfc3339).ok();
            let expected = expected.map(|at| at.unix_timestamp() * 1000 + i64::from(at.millisecond()));
            prop_assert_eq!(millis(&text).ok(), expected.filter(|at| *at >= 0));
        }

        #[test]
        fn every_instant_is_written_so_that_it_reads_the_same(milliseconds in 0..=LAST) {
            let shown = Timestamp::from_millis(milliseconds).to_string();
            prop_assert_eq!(shown.len(), "2026-11-21T08:00:00.000Z".len());
            prop_assert_eq!(millis(&shown), Ok(milliseconds));
        }
    }
}
