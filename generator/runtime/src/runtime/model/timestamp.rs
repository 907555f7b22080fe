//! The built-in type of dates and times.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde_core::{Serialize, Serializer};

use super::date::{Date, DateTimeError};
use super::rfc3339::{PointInTime, parse_date_time};
use super::scalars::read_date_time;
use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Value};

/// A point in time with nanosecond precision, in the years 0 to 9999 of UTC.
///
/// In JSON, in parameters and in [`Display`](fmt::Display), it is a string in the format of RFC 3339, in UTC. A string to parse needs an
/// offset, such as `Z` or `+01:00`:
///
/// ```text
/// let start: Timestamp = "2015-12-16T22:18:37Z".parse()?;
/// let an_hour_ago = Timestamp::now().checked_sub(Duration::from_secs(3_600)).unwrap_or(Timestamp::MIN);
/// let age = Timestamp::now().checked_duration_since(start).unwrap_or_default();
/// ```
///
/// To calculate with calendars and time zones, convert it to a type of the crate chrono, jiff or time. In these conversions,
/// `timestamp` is a value of this type, and `other` is a value of the crate's type. Those without `?` return an `Option`.
///
/// | Crate | From `Timestamp` | To `Timestamp` |
/// |---|---|---|
/// | chrono | `DateTime::from_timestamp(timestamp.unix_seconds(), timestamp.subsec_nanos())` | `Timestamp::new(other.timestamp(), other.timestamp_subsec_nanos())` |
/// | jiff | `jiff::Timestamp::new(timestamp.unix_seconds(), timestamp.subsec_nanos() as i32)?` | `Timestamp::try_from(SystemTime::try_from(other)?)?` |
/// | time | `OffsetDateTime::from_unix_timestamp(timestamp.unix_seconds())?.replace_nanosecond(timestamp.subsec_nanos())?` | `Timestamp::new(other.unix_timestamp(), other.nanosecond())` |
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    unix_seconds: i64,
    subsec_nanos: u32,
}

impl Timestamp {
    /// The first value, `0000-01-01T00:00:00Z`.
    pub const MIN: Self = Self { unix_seconds: -62_167_219_200, subsec_nanos: 0 };

    /// The value `1970-01-01T00:00:00Z`.
    pub const UNIX_EPOCH: Self = Self { unix_seconds: 0, subsec_nanos: 0 };

    /// The last value, `9999-12-31T23:59:59.999999999Z`.
    pub const MAX: Self = Self { unix_seconds: 253_402_300_799, subsec_nanos: NANOS_PER_SECOND - 1 };

    /// Creates a value from the seconds since 1970-01-01T00:00:00Z, and the nanoseconds after that second. Returns `None` if the year is
    /// not from 0 to 9999, or if `subsec_nanos` is 1,000,000,000 or more.
    pub const fn new(unix_seconds: i64, subsec_nanos: u32) -> Option<Self> {
        let is_in_range = Self::MIN.unix_seconds <= unix_seconds && unix_seconds <= Self::MAX.unix_seconds;
        if is_in_range && subsec_nanos < NANOS_PER_SECOND { Some(Self { unix_seconds, subsec_nanos }) } else { None }
    }

    /// Returns the time of the system clock, or [`MAX`](Self::MAX) if the clock is after the year 9999.
    #[inline]
    pub fn now() -> Self {
        Self::try_from(SystemTime::now()).unwrap_or(Self::MAX)
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z, rounded down. The result is negative before 1970.
    pub const fn unix_seconds(self) -> i64 {
        self.unix_seconds
    }

    /// Returns the nanoseconds after the second of [`unix_seconds`](Self::unix_seconds), from 0 to 999,999,999.
    pub const fn subsec_nanos(self) -> u32 {
        self.subsec_nanos
    }

    /// Returns the time that is `duration` later, or `None` if it is after [`MAX`](Self::MAX).
    #[inline]
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        let nanos = self.subsec_nanos + duration.subsec_nanos();
        let seconds = self.unix_seconds.checked_add_unsigned(duration.as_secs())?;
        Self::new(seconds.checked_add((nanos / NANOS_PER_SECOND).into())?, nanos % NANOS_PER_SECOND)
    }

    /// Returns the time that is `duration` earlier, or `None` if it is before [`MIN`](Self::MIN).
    #[inline]
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        let seconds = self.unix_seconds.checked_sub_unsigned(duration.as_secs())?;
        match self.subsec_nanos.checked_sub(duration.subsec_nanos()) {
            Some(nanos) => Self::new(seconds, nanos),
            None => {
                let nanos = self.subsec_nanos + NANOS_PER_SECOND - duration.subsec_nanos();
                Self::new(seconds.checked_sub(1)?, nanos)
            }
        }
    }

    /// Returns the duration from `earlier` to this time, or `None` if `earlier` is later than this time.
    #[inline]
    pub fn checked_duration_since(self, earlier: Self) -> Option<Duration> {
        let seconds = u64::try_from(self.unix_seconds - earlier.unix_seconds).ok()?;
        Duration::new(seconds, self.subsec_nanos).checked_sub(Duration::from_nanos(earlier.subsec_nanos.into()))
    }
}

const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// Fails if the year is not from 0 to 9999.
impl TryFrom<SystemTime> for Timestamp {
    type Error = DateTimeError;

    #[inline]
    fn try_from(time: SystemTime) -> Result<Self, DateTimeError> {
        let timestamp = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Self::UNIX_EPOCH.checked_add(after),
            Err(before) => Self::UNIX_EPOCH.checked_sub(before.duration()),
        };
        timestamp.ok_or(DateTimeError::OutOfRange)
    }
}

/// Fails if a [`SystemTime`] cannot represent the time. Its range depends on the platform. On Windows, the result has a precision of 100
/// nanoseconds.
impl TryFrom<Timestamp> for SystemTime {
    type Error = DateTimeError;

    #[inline]
    fn try_from(timestamp: Timestamp) -> Result<Self, DateTimeError> {
        let time = match timestamp.checked_duration_since(Timestamp::UNIX_EPOCH) {
            Some(after) => Self::UNIX_EPOCH.checked_add(after),
            None => {
                let before = Timestamp::UNIX_EPOCH.checked_duration_since(timestamp);
                before.and_then(|before| Self::UNIX_EPOCH.checked_sub(before))
            }
        };
        time.ok_or(DateTimeError::NoSystemTime)
    }
}

impl PointInTime for Timestamp {
    fn from_unix_time(seconds: i64, nanoseconds: u32) -> Option<Self> {
        Self::new(seconds, nanoseconds)
    }
}

impl FromJson for Timestamp {
    const EXPECTED: &'static str = "an RFC 3339 formatted date and time string";

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        read_date_time(&json, decoding)
    }
}

impl_deserialize!(Timestamp);

impl FromStr for Timestamp {
    type Err = DateTimeError;

    fn from_str(text: &str) -> Result<Self, DateTimeError> {
        let (seconds, nanoseconds) = parse_date_time(text).ok_or(DateTimeError::NotRfc3339)?;
        Self::new(seconds, nanoseconds).ok_or(DateTimeError::OutOfRange)
    }
}

const SECONDS_PER_DAY: i64 = 86_400;

/// Formats the time in UTC, such as `2015-12-16T22:18:37Z`. A fraction of a second has 3, 6 or 9 digits, and is omitted if it is zero.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = Date::from_unix_days(self.unix_seconds.div_euclid(SECONDS_PER_DAY));
        let second = self.unix_seconds.rem_euclid(SECONDS_PER_DAY);
        write!(f, "{date}T{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)?;
        match self.subsec_nanos {
            0 => {}
            nanos if nanos % 1_000_000 == 0 => write!(f, ".{:03}", nanos / 1_000_000)?,
            nanos if nanos % 1_000 == 0 => write!(f, ".{:06}", nanos / 1_000)?,
            nanos => write!(f, ".{nanos:09}")?,
        }
        f.write_str("Z")
    }
}

/// Formats the same text as [`Display`](fmt::Display).
impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Timestamp> for Value {
    #[inline]
    fn from(time: Timestamp) -> Self {
        Self::Text(time.to_string())
    }
}
