//! Deadlines, and dates in headers.

use reqwest::header::{HeaderMap, RETRY_AFTER};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

use crate::runtime::model::rfc3339::unix_time;

/// Returns the wait that the header `Retry-After` requests, in seconds or as a date.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let header = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number of seconds with more than 63 bits becomes the longest possible wait.
        return Some(Duration::from_secs(number(header).map_or(u64::MAX, i64::unsigned_abs)));
    }
    let timestamp = u64::try_from(http_date(header)?).unwrap_or_default();
    Some(Duration::from_secs(timestamp).saturating_sub(now.duration_since(UNIX_EPOCH).ok()?))
}

/// Parses a date in one of the three forms of RFC 9110, section 5.6.7, and returns its seconds since 1970. The zone can also be an
/// offset such as `+0100`.
pub fn http_date(date: &str) -> Option<i64> {
    let without_weekday = date.split_once(',').map_or(date, |(_, date)| date);
    let mut words = Vec::new();
    for word in without_weekday.split(' ') {
        if !word.is_empty() {
            words.push(word);
        }
    }
    let (day, month, year, time, zone) = match words[..] {
        [day, month, year, time, zone] if day.as_bytes().first().is_some_and(u8::is_ascii_digit) => {
            (day, month, year, time, zone)
        }
        [_weekday, month, day, time, year] => (day, month, year, time, "GMT"),
        [date, time, zone] => {
            let (day, month_and_year) = date.split_once('-')?;
            let (month, year) = month_and_year.split_once('-')?;
            (day, month, year, time, zone)
        }
        _ => return None,
    };
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))? + 1;
    let year = match (year.len(), number(year)?) {
        (2, year) if year < 70 => 2000 + year,
        (2, year) => 1900 + year,
        (_, year) => year,
    };
    let mut time = time.splitn(3, ':').map(number);
    let (hour, minute, second) = (time.next()??, time.next()??, time.next().unwrap_or(Some(0))?);
    let date = (year.try_into().ok()?, month.try_into().ok()?, number(day)?.try_into().ok()?);
    Some(unix_time(date, (hour, minute, second))? - offset(zone)?)
}

/// Returns the seconds between a zone and UTC.
fn offset(zone: &str) -> Option<i64> {
    if ["GMT", "UTC", "UT", "Z"].iter().any(|name| name.eq_ignore_ascii_case(zone)) {
        return Some(0);
    }
    let digits = number(zone.strip_prefix(['+', '-']).filter(|digits| digits.len() == 4)?)?;
    let seconds = digits / 100 * 3_600 + digits % 100 * 60;
    Some(if zone.starts_with('-') { -seconds } else { seconds })
}

/// Parses a number that has only digits.
fn number(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Returns the instant that is `time` after `begin`. To prevent an overflow, `time` is limited to 34 years.
pub fn after(begin: Instant, time: Duration) -> Instant {
    const MAX_TIME: Duration = Duration::from_secs(1 << 30);
    begin + time.min(MAX_TIME)
}
