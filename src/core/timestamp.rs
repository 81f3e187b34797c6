//! An instant, as a value.

use core::fmt;

use serde::Serialize;

/// Milliseconds since 1970-01-01T00:00:00Z. Shown as RFC 3339 in UTC with milliseconds, stored as a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "i64")]
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
        let milliseconds = Reader(text.as_bytes()).milliseconds().ok_or(TimestampError)?;
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
        let (year, month, day) = date_of(self.0.div_euclid(DAY));
        let rest = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (rest / HOUR, rest / MINUTE % 60, rest / SECOND % 60);
        let milliseconds = rest % SECOND;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
    }
}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Days from 1970-01-01 to a date, by the proleptic Gregorian calendar: years are counted from March, so that leap days
/// come last. See <https://howardhinnant.github.io/date_algorithms.html>.
fn days_to((year, month, day): (i64, i64, i64)) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + year * 365 + year / 4 - year / 100 + day - 719_468
}

/// The date so many days after 1970-01-01: the inverse of [`days_to`].
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, days) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (days - days / 1460 + days / 36_524 - days / 146_096) / 365;
    let day = days - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

/// What is left of an RFC 3339 text.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn literal(&mut self, expected: u8) -> Option<()> {
        (self.byte()? == expected).then_some(())
    }

    fn digit(&mut self) -> Option<i64> {
        let digit = self.byte()?;
        digit.is_ascii_digit().then(|| i64::from(digit - b'0'))
    }

    /// A number of exactly so many digits, up to `max`.
    fn number(&mut self, digits: u32, max: i64) -> Option<i64> {
        let number = (0..digits).try_fold(0, |number, _| Some(number * 10 + self.digit()?))?;
        (number <= max).then_some(number)
    }

    /// `hh:mm`, in milliseconds.
    fn hours_and_minutes(&mut self) -> Option<i64> {
        let hours = self.number(2, 23)?;
        self.literal(b':')?;
        Some(hours * HOUR + self.number(2, 59)? * MINUTE)
    }

    /// The fraction of a second, in milliseconds; nothing is as good as zero.
    fn fraction(&mut self) -> Option<i64> {
        if self.0.first() != Some(&b'.') {
            return Some(0);
        }
        self.byte()?;
        let (mut milliseconds, mut weight) = (self.digit()? * 100, 10);
        while self.0.first().is_some_and(u8::is_ascii_digit) {
            milliseconds += self.digit()? * weight;
            weight /= 10;
        }
        Some(milliseconds)
    }

    /// The whole text, in milliseconds since 1970.
    fn milliseconds(&mut self) -> Option<i64> {
        let year = self.number(4, 9999)?;
        self.literal(b'-')?;
        let month = self.number(2, 12)?;
        self.literal(b'-')?;
        let date = (year, month, self.number(2, 31)?);
        let days = days_to(date);
        if date_of(days) != date {
            return None;
        }
        // RFC 3339 lets people write a small letter or a space.
        if !matches!(self.byte()?, b'T' | b't' | b' ') {
            return None;
        }
        let minutes = days * DAY + self.hours_and_minutes()?;
        self.literal(b':')?;
        let seconds = self.number(2, 60)?;
        let fraction = self.fraction()?;
        let offset = match self.byte()? {
            b'Z' | b'z' => 0,
            b'+' => self.hours_and_minutes()?,
            b'-' => -self.hours_and_minutes()?,
            _ => return None,
        };
        if !self.0.is_empty() {
            return None;
        }
        let minutes = minutes - offset;
        if seconds < 60 {
            return Some(minutes + seconds * SECOND + fraction);
        }
        // A leap second ends a month, and counts as the last moment before it.
        let next = minutes + MINUTE;
        let ends_a_month = next % DAY == 0 && date_of(next / DAY).2 == 1;
        ends_a_month.then_some(next - 1)
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
            "2026-11-21008:00:00Z",
            "2026-11-21x08:00:00Z",
            "2026-11-21\u{0}08:00:00Z",
            "tomorrow",
        ] {
            assert_eq!(Timestamp::parse(bad), Err(TimestampError), "{bad}");
        }
    }

    #[test]
    fn leap_seconds_are_the_last_moment_of_a_month() {
        let shown = |text| Timestamp::parse(text).map(|at| at.to_string());
        for leap in ["2016-12-31T23:59:60Z", "2016-12-31T23:59:60.5Z", "2017-01-01T01:29:60+01:30"] {
            assert_eq!(shown(leap).as_deref(), Ok("2016-12-31T23:59:59.999Z"), "{leap}");
        }
        for bad in ["2016-12-30T23:59:60Z", "2016-12-31T22:59:60Z", "2016-12-31T23:59:61Z"] {
            assert_eq!(Timestamp::parse(bad), Err(TimestampError), "{bad}");
        }
    }

    mod against_the_time_crate {
        use super::*;
        use proptest::prelude::*;
        use time::OffsetDateTime;
        use time::format_description::well_known::Rfc3339;

        fn expected(text: &str) -> Option<i64> {
            let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
            let milliseconds = instant.unix_timestamp() * 1000 + i64::from(instant.millisecond());
            (0..=LAST).contains(&milliseconds).then_some(milliseconds)
        }

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(2000))]

            #[test]
            fn the_same_texts_are_read_in_the_same_way(
                text in "(0000|19[67][0-9]|20[0-9]{2}|9999)-(0[0-9]|1[0-3])-([0-2][0-9]|3[0-2])[Tt ](0[0-9]|1[0-9]|2[0-4]):(0[0-9]|[0-6][0-9]):(0[0-9]|[0-6][0-9])(\\.[0-9]{0,11})?(Z|z|[+-](0[0-9]|2[0-4]):([0-6][0-9]))",
            ) {
                prop_assert_eq!(Timestamp::parse(&text).ok().map(Timestamp::as_millis), expected(&text), "{}", text);
            }

            #[test]
            fn leap_seconds_are_read_in_the_same_way(
                text in "20[0-9]{2}-(0[1-9]|1[0-2])-(2[89]|3[01]|01)T(23:59|00:29|00:00):60(\\.[0-9])?(Z|[+-]00:(00|30))",
            ) {
                prop_assert_eq!(Timestamp::parse(&text).ok().map(Timestamp::as_millis), expected(&text), "{}", text);
            }

            #[test]
            fn every_instant_is_shown_so_that_it_reads_the_same(milliseconds in 0..=LAST) {
                let shown = Timestamp::from_millis(milliseconds).to_string();
                prop_assert_eq!(expected(&shown), Some(milliseconds));
                prop_assert_eq!(Timestamp::parse(&shown).map(Timestamp::as_millis), Ok(milliseconds));
            }
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
