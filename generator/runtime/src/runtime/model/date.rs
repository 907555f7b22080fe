//! Dates without a crate of dates and times.

use std::fmt;
use std::str::FromStr;

use serde_core::{Serialize, Serializer};

use super::rfc3339::{date_of_day, days_in_month, parse_date};
use super::scalars::read_date;
use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Value};

/// A date in the years 0 to 9999 of the Gregorian calendar, without a time zone.
///
/// As text, in JSON and in parameters, it has the format of RFC 3339, such as `2015-12-16`:
///
/// ```text
/// let date: Date = "2015-12-16".parse()?;
/// let date = chrono::NaiveDate::from_ymd_opt(date.year().into(), date.month().into(), date.day().into());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Creates a date. Returns `None` if the year is above 9999, or if there is no such month or day.
    #[inline]
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_valid = year <= MAX_YEAR && 1 <= day && day <= days_in_month(year as i32, month);
        if is_valid { Some(Self { year, month, day }) } else { None }
    }

    /// Returns the year, from 0 to 9999.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Returns the month, from 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Returns the day of the month, from 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Returns the date of the day with this number. The day 0 is 1970-01-01. The year must be from 0 to 9999.
    pub(super) fn from_unix_days(days: i64) -> Self {
        let (year, month, day) = date_of_day(days);
        Self { year, month, day }
    }
}

const MAX_YEAR: u16 = 9_999;

impl FromJson for Date {
    const EXPECTED: &'static str = "a formatted date string";

    #[inline]
    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        read_date(&json, decoding, |year, month, day| Self::new(u16::try_from(year).ok()?, month, day))
    }
}

impl_deserialize!(Date);

impl FromStr for Date {
    type Err = DateError;

    #[inline]
    fn from_str(text: &str) -> Result<Self, DateError> {
        let (year, month, day) = parse_date(text).ok_or(DateError::NotRfc3339)?;
        let year = u16::try_from(year).ok().filter(|year| *year <= MAX_YEAR).ok_or(DateError::OutOfRange)?;
        Self::new(year, month, day).ok_or(DateError::NotRfc3339)
    }
}

/// Formats the date, such as `2015-12-16`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Formats the same text as [`Display`](fmt::Display).
impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Date> for Value {
    #[inline]
    fn from(date: Date) -> Self {
        Self::Text(date.to_string())
    }
}

/// The reason why a string or a time cannot be converted to or from a [`Date`] or a [`Timestamp`](crate::runtime::Timestamp).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateError {
    /// The string is not a date, or not a date and time, in the format of RFC 3339.
    NotRfc3339,
    /// The type has no value for the date or time: the year is not from 0 to 9999, or it is a leap second.
    OutOfRange,
}

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRfc3339 => "the string is not a date or time in the format of RFC 3339",
            Self::OutOfRange => {
                "the type has no value for this date or time, such as for a leap second or a year above 9999"
            }
        })
    }
}

impl std::error::Error for DateError {}
