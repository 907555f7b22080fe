//! Dates and times with the types of the crate `jiff`.

use jiff::Timestamp;
use jiff::civil::Date;

use super::rfc3339::PointInTime;
use super::scalars::{read_date, read_date_time};
use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Value};

impl PointInTime for Timestamp {
    fn from_unix_time(seconds: i64, nanoseconds: u32) -> Option<Self> {
        Self::new(seconds, i32::try_from(nanoseconds).ok()?).ok()
    }
}

impl FromJson for Timestamp {
    const EXPECTED: &'static str = "an RFC 3339 formatted date and time string";

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        read_date_time(&json, decoding)
    }
}

impl FromJson for Date {
    const EXPECTED: &'static str = "a formatted date string";

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        read_date(&json, decoding, |year, month, day| {
            Self::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
        })
    }
}

/// Formats the time in UTC, such as `2015-12-16T22:18:37Z`. A fraction of a second has as many digits as it needs.
impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Text(time.to_string())
    }
}

/// Formats the date, such as `2015-12-16`.
impl From<Date> for Value {
    fn from(date: Date) -> Self {
        Self::Text(date.to_string())
    }
}
