//! Dates and times with the types of the crate `chrono`.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};

use super::rfc3339::PointInTime;
use super::scalars::{read_date, read_date_time};
use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Value};

impl PointInTime for DateTime<Utc> {
    fn from_unix_time(seconds: i64, nanoseconds: u32) -> Option<Self> {
        Self::from_timestamp(seconds, nanoseconds)
    }
}

impl FromJson for DateTime<Utc> {
    const EXPECTED: &'static str = "an RFC 3339 formatted date and time string";

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        read_date_time(&json, decoding)
    }
}

impl FromJson for NaiveDate {
    const EXPECTED: &'static str = "a formatted date string";

    #[inline]
    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        read_date(&json, decoding, |year, month, day| Self::from_ymd_opt(year, month.into(), day.into()))
    }
}

/// Formats the time in UTC, such as `2015-12-16T22:18:37Z`. A fraction of a second is omitted if it is zero.
impl<Tz: TimeZone> From<DateTime<Tz>> for Value {
    fn from(time: DateTime<Tz>) -> Self {
        // `to_rfc3339_opts` returns the same, but is generic, so this crate would compile it.
        Self::Text(format!("{:?}Z", time.naive_utc()))
    }
}

/// Formats the date, such as `2015-12-16`.
impl From<NaiveDate> for Value {
    #[inline]
    fn from(date: NaiveDate) -> Self {
        Self::Text(date.to_string())
    }
}
