//! Parses dates and times in the format of RFC 3339, for all types of dates and times.

/// A type of points in time.
pub trait PointInTime: Sized {
    /// Creates a value from the seconds since 1970 in UTC, and the nanoseconds. In a leap second, there are more than a billion
    /// nanoseconds. Returns `None` if the type cannot represent the point in time.
    fn from_unix_time(seconds: i64, nanoseconds: u32) -> Option<Self>;
}

/// Parses a date, such as `2015-12-16`, and returns its year, month and day.
pub fn parse_date(text: &str) -> Option<(i32, u8, u8)> {
    let mut rest = text;
    let date = take_date(&mut rest)?;
    rest.trim_ascii_start().is_empty().then_some(date)
}

/// Parses a date and time, and returns its seconds since 1970 in UTC, and its nanoseconds.
///
/// The date and the time can be separated by a space, and the zone can be `UTC` or lack its colon. More than nine digits of a fraction
/// are ignored.
pub fn parse_date_time(text: &str) -> Option<(i64, u32)> {
    let mut rest = text;
    let (year, month, day) = take_date(&mut rest)?;
    rest = rest.strip_prefix(['T', 't', ' '])?;
    let hour = take_number(&mut rest, 2)?;
    take_separator(&mut rest, ':')?;
    let minute = take_number(&mut rest, 2)?;
    take_separator(&mut rest, ':')?;
    let second = take_number(&mut rest, 2)?;
    let nanoseconds = match rest.strip_prefix('.') {
        Some(fraction) => take_nanoseconds(&mut rest, fraction)?,
        None => 0,
    };
    rest = rest.trim_ascii_start();
    let offset = match rest.get(..3) {
        Some(zone) if zone.eq_ignore_ascii_case("UTC") => {
            rest = &rest[3..];
            0
        }
        _ => take_offset(&mut rest)?,
    };
    if !rest.trim_ascii_start().is_empty() {
        return None;
    }
    let seconds = unix_time((year, month, day), (hour, minute, second))?;
    Some((seconds - offset, nanoseconds + if second == 60 { 1_000_000_000 } else { 0 }))
}

/// Returns the seconds since 1970 of a date with a time. A leap second has the number of the second before it. Returns `None` if there
/// is no such date or time.
pub fn unix_time((year, month, day): (i32, u8, u8), (hour, minute, second): (i64, i64, i64)) -> Option<i64> {
    if !(1..=days_in_month(year, month)).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // The year begins in March, so that a leap day is the last day of a year.
    let (year, month) = if month > 2 { (year.into(), month - 3) } else { (i64::from(year) - 1, month + 9) };
    let days_before_month = (153 * i64::from(month) + 2) / 5;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = year * 365 + leap_days + days_before_month + i64::from(day) - 1 - DAYS_BEFORE_1970;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second.min(59))
}

/// Returns the number of days of a month, or 0 if there is no such month.
pub const fn days_in_month(year: i32, month: u8) -> u8 {
    let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap_year => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// The days from 0000-03-01 to 1970-01-01.
pub const DAYS_BEFORE_1970: i64 = 719_468;

fn take_date(rest: &mut &str) -> Option<(i32, u8, u8)> {
    *rest = rest.trim_ascii_start();
    let year = match rest.strip_prefix(['+', '-']) {
        Some(digits) => {
            let is_negative = rest.starts_with('-');
            *rest = digits;
            // A sign is not followed by a space.
            let year = digits.starts_with(|c: char| c.is_ascii_digit()).then(|| take_number(rest, usize::MAX))??;
            if is_negative { -year } else { year }
        }
        None => take_number(rest, 4)?,
    };
    take_separator(rest, '-')?;
    let month = take_number(rest, 2)?;
    take_separator(rest, '-')?;
    let day = take_number(rest, 2)?;
    let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    let year = i32::try_from(year).ok()?;
    (1..=days_in_month(year, month)).contains(&day).then_some((year, month, day))
}

/// Parses a number with at most `max_digits` digits, and removes it with the spaces before it.
fn take_number(rest: &mut &str, max_digits: usize) -> Option<i64> {
    let text = rest.trim_ascii_start();
    let end = text.bytes().take(max_digits).take_while(u8::is_ascii_digit).count();
    let (number, after) = text.split_at(end);
    *rest = after;
    number.parse().ok()
}

/// Removes a separator with the spaces before it.
fn take_separator(rest: &mut &str, separator: char) -> Option<()> {
    *rest = rest.trim_ascii_start().strip_prefix(separator)?;
    Some(())
}

/// Parses the digits of a fraction of a second.
fn take_nanoseconds<'a>(rest: &mut &'a str, fraction: &'a str) -> Option<u32> {
    let end = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = fraction.split_at(end);
    *rest = after;
    let digits = digits.get(..9).unwrap_or(digits);
    let fraction: i64 = digits.parse().ok()?;
    u32::try_from(fraction * 10_i64.pow(9 - digits.len() as u32)).ok()
}

/// Parses the offset of a zone, and returns its seconds.
fn take_offset(rest: &mut &str) -> Option<i64> {
    if let Some(after) = rest.strip_prefix(['Z', 'z']) {
        *rest = after;
        return Some(0);
    }
    // The last sign is the minus sign of Unicode.
    let digits = rest.strip_prefix(['+', '-', '\u{2212}'])?;
    let sign = if rest.starts_with('+') { 1 } else { -1 };
    let hours = two_digits(digits)?;
    let digits = digits.get(2..)?.trim_start_matches(|c: char| c == ':' || c.is_whitespace());
    let minutes = two_digits(digits).filter(|minutes| *minutes < 60)?;
    *rest = digits.get(2..)?;
    (hours < 24).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn two_digits(text: &str) -> Option<i64> {
    let digits = text.get(..2)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}
