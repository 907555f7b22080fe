//! The built-in type of dates.

use std::fmt;
use std::str::FromStr;

use serde_core::{Serialize, Serializer};

use super::rfc3339::{DAYS_BEFORE_1970, days_in_month, parse_date};
use super::scalars::read_date;
use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Value};

/// A date in the years 0 to 9999 of the Gregorian calendar, without a time zone.
///
/// In JSON, in parameters and in [`Display`](fmt::Display), it is a string in the format of RFC 3339:
///
/// ```text
/// let date: Date = "2015-12-16".parse()?;
/// ```
///
/// Convert it to and from the types of other crates by its parts. Both functions return an `Option`:
///
/// ```text
/// let naive_date = chrono::NaiveDate::from_ymd_opt(date.year().into(), date.month().into(), date.day().into());
/// let date = Date::new(2015, 12, 16);
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

    fn from_parts(year: i32, month: u8, day: u8) -> Option<Self> {
        Self::new(u16::try_from(year).ok()?, month, day)
    }

    /// Converts a number of days to a date. Day 0 is 1970-01-01. The year of the date must be from 0 to 9999.
    pub(super) fn from_unix_days(unix_days: i64) -> Self {
        // The calendar repeats after a cycle of 400 years. Each year begins in March, as in `unix_time`.
        const DAYS_IN_CYCLE: i64 = 146_097;
        let days = unix_days + DAYS_BEFORE_1970;
        let day_of_cycle = days.rem_euclid(DAYS_IN_CYCLE);
        // Leaves out the leap days before this day, so that every year has 365 days.
        let days_without_leap_days =
            day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / (DAYS_IN_CYCLE - 1);
        let year_of_cycle = days_without_leap_days / 365;
        let day_of_year = day_of_cycle - (year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let year = days.div_euclid(DAYS_IN_CYCLE) * 400 + year_of_cycle;
        let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
        Self { year: year as u16, month: month as u8, day: day as u8 }
    }
}

const MAX_YEAR: u16 = 9_999;

impl FromJson for Date {
    const EXPECTED: &'static str = "a formatted date string";

    #[inline]
    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        read_date(&json, decoding, Self::from_parts)
    }
}

impl_deserialize!(Date);

impl FromStr for Date {
    type Err = DateTimeError;

    #[inline]
    fn from_str(text: &str) -> Result<Self, DateTimeError> {
        let (year, month, day) = parse_date(text).ok_or(DateTimeError::NotRfc3339)?;
        Self::from_parts(year, month, day).ok_or(DateTimeError::OutOfRange)
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

/// The error of a conversion to or from a [`Date`] or a [`Timestamp`](crate::runtime::Timestamp).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateTimeError {
    /// The string is not a date, or not a date and time, in the format of RFC 3339.
    NotRfc3339,
    /// The year is not from 0 to 9999, or the time is a leap second.
    OutOfRange,
    /// A `SystemTime` of this platform cannot represent the time.
    NoSystemTime,
}

impl fmt::Display for DateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRfc3339 => "the string is not a date or time in the format of RFC 3339",
            Self::OutOfRange => "the year is not from 0 to 9999, or the time is a leap second",
            Self::NoSystemTime => "the time is out of the range of SystemTime on this platform",
        })
    }
}

impl std::error::Error for DateTimeError {}
