//! Lenient decoding of values that differ from the document, but are unambiguous.
//!
//! Some servers send numbers as strings to keep their digits, integers with a fraction of zero, times without a zone, or dates as
//! times. If strict decoding of a response fails, it is decoded again with these conversions.

use serde::de::Expected;
use serde_json::{Number, Value};

/// Converts a string to a number, and a number such as `1.0` to an integer.
pub fn number(value: &Value) -> Value {
    let number = match value {
        Value::String(text) => text.trim().parse::<Number>().ok(),
        Value::Number(number) => Some(number.clone()),
        _ => None,
    };
    /// 2^53. Below it, a floating-point number represents each integer exactly.
    const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;
    let float = number.as_ref().filter(|number| number.is_f64()).and_then(Number::as_f64);
    let integer = float.filter(|number| number.fract() == 0.0 && number.abs() < MAX_EXACT_INTEGER);
    match (integer, number) {
        (Some(integer), _) => Value::from(integer as i64),
        (None, Some(number)) => Value::Number(number),
        (None, None) => value.clone(),
    }
}

/// Converts a date or a time to the type that `expected` describes. Serde offers no other way to find out this type.
pub fn time(text: &str, expected: &dyn Expected) -> String {
    let description = expected.to_string();
    let (date, time) = match text.split_at_checked(10) {
        Some((date, time)) if date.parse::<chrono::NaiveDate>().is_ok() => (date, time),
        _ => return text.to_owned(),
    };
    match (description.contains("date"), description.contains("time"), time) {
        (true, false, time) if time.starts_with(['T', ' ']) && time.contains(':') => date.to_owned(),
        (true, true, "") => format!("{date}T00:00:00Z"),
        (true, true, time) if !time.contains(['Z', 'z', '+', '-']) => format!("{text}Z"),
        // Some servers omit the colon of the offset.
        (true, true, time) => match time.rfind(['+', '-']).map(|sign| time.len() - sign) {
            Some(5) => format!("{}:{}", &text[..text.len() - 2], &text[text.len() - 2..]),
            _ => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}
