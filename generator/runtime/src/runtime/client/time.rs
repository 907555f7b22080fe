//! Deadlines, and dates in headers.

use chrono::{DateTime, NaiveDateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Returns the wait that the header `Retry-After` requests, in seconds or as a date.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let header = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number of seconds with more than 64 bits becomes the longest possible wait.
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    let timestamp = u64::try_from(http_date(header)?.timestamp()).unwrap_or_default();
    Some(Duration::from_secs(timestamp).saturating_sub(now.duration_since(UNIX_EPOCH).ok()?))
}

/// Parses a date in one of the three forms of RFC 9110, section 5.6.7.
pub fn http_date(date: &str) -> Option<DateTime<Utc>> {
    let obsolete_formats = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let preferred = DateTime::parse_from_rfc2822(date).ok().map(|date| date.to_utc());
    preferred.or_else(|| {
        let parse = |format: &&str| NaiveDateTime::parse_from_str(date, format).ok();
        obsolete_formats.iter().find_map(parse).map(|date| date.and_utc())
    })
}

/// Returns the instant that is `time` after `begin`. To prevent an overflow, `time` is limited to 34 years.
pub fn after(begin: Instant, time: Duration) -> Instant {
    const MAX_TIME: Duration = Duration::from_secs(1 << 30);
    begin + time.min(MAX_TIME)
}
