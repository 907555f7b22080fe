//! Dates and times with the types of the crate `time`.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde_core::{Serialize, Serializer};
use time::{Date, Month, OffsetDateTime, UtcOffset};

use super::rfc3339::{PointInTime, parse_date, parse_date_time};
use super::scalars::{read_date, read_date_time};
use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Value};

/// A [`time::OffsetDateTime`] or a [`time::Date`] that has the format of RFC 3339 in JSON and in parameters.
///
/// The types of the crate `time` have other formats in JSON. This type dereferences to its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rfc3339<T>(
    /// The date, or the date and time.
    pub T,
);

impl<T> Deref for Rfc3339<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Rfc3339<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl PointInTime for Rfc3339<OffsetDateTime> {
    fn from_unix_time(seconds: i64, nanoseconds: u32) -> Option<Self> {
        let time = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
        time.replace_nanosecond(nanoseconds).ok().map(Self)
    }
}

fn date_from_ymd(year: i32, month: u8, day: u8) -> Option<Rfc3339<Date>> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok().map(Rfc3339)
}

impl FromJson for Rfc3339<OffsetDateTime> {
    const EXPECTED: &'static str = "an RFC 3339 formatted date and time string";

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        read_date_time(&json, decoding)
    }
}

impl FromJson for Rfc3339<Date> {
    const EXPECTED: &'static str = "a formatted date string";

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        read_date(&json, decoding, date_from_ymd)
    }
}

/// A string that is not a date, or not a date and time, in the format of RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseRfc3339Error;

impl fmt::Display for ParseRfc3339Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the string is not a date or time in the format of RFC 3339")
    }
}

impl std::error::Error for ParseRfc3339Error {}

impl FromStr for Rfc3339<OffsetDateTime> {
    type Err = ParseRfc3339Error;

    fn from_str(text: &str) -> Result<Self, ParseRfc3339Error> {
        let (seconds, nanoseconds) = parse_date_time(text).ok_or(ParseRfc3339Error)?;
        Self::from_unix_time(seconds, nanoseconds).ok_or(ParseRfc3339Error)
    }
}

impl FromStr for Rfc3339<Date> {
    type Err = ParseRfc3339Error;

    fn from_str(text: &str) -> Result<Self, ParseRfc3339Error> {
        let (year, month, day) = parse_date(text).ok_or(ParseRfc3339Error)?;
        date_from_ymd(year, month, day).ok_or(ParseRfc3339Error)
    }
}

/// Formats the time in UTC, such as `2015-12-16T22:18:37Z`. A fraction of a second has 3, 6 or 9 digits, and is omitted if it is zero.
impl fmt::Display for Rfc3339<OffsetDateTime> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A time in the last hours of the range of the type may have no equivalent in UTC, and keeps its offset.
        let time = self.0.checked_to_offset(UtcOffset::UTC).unwrap_or(self.0);
        let (hour, minute, second, nanosecond) = time.to_hms_nano();
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}", Rfc3339(time.date()))?;
        match nanosecond {
            0 => {}
            _ if nanosecond % 1_000_000 == 0 => write!(f, ".{:03}", nanosecond / 1_000_000)?,
            _ if nanosecond % 1_000 == 0 => write!(f, ".{:06}", nanosecond / 1_000)?,
            _ => write!(f, ".{nanosecond:09}")?,
        }
        match time.offset().as_hms() {
            (0, 0, 0) => f.write_str("Z"),
            (hours, minutes, _) => write!(f, "{hours:+03}:{:02}", minutes.unsigned_abs()),
        }
    }
}

/// Formats the date, such as `2015-12-16`.
impl fmt::Display for Rfc3339<Date> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        let sign = if year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{:02}-{day:02}", year.unsigned_abs(), u8::from(month))
    }
}

impl_deserialize!(Rfc3339<OffsetDateTime>);
impl_deserialize!(Rfc3339<Date>);

impl<T> Serialize for Rfc3339<T>
where
    Self: fmt::Display,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<T> From<Rfc3339<T>> for Value
where
    Rfc3339<T>: fmt::Display,
{
    fn from(value: Rfc3339<T>) -> Self {
        Self::Text(value.to_string())
    }
}
