//! Responses that are not quite what the document says, and leave no doubt of what they mean.
//!
//! Servers write numbers as strings, for the sake of their digits, and integers with a fraction of nothing; they write times
//! without a zone, and days as times. A response that cannot be read to the letter is read once more with that in mind.

use serde::de::Expected;
use serde_json::{Number, Value};

/// Returns a number that is written as a string, and an integer that is written as if it were none.
pub fn number(value: &Value) -> Value {
    let number = match value {
        Value::String(text) => text.trim().parse::<Number>().ok(),
        Value::Number(number) => Some(number.clone()),
        _ => None,
    };
    let whole = number.as_ref().filter(|number| number.is_f64()).and_then(Number::as_f64);
    // So far, every whole number is one of floating point too.
    let whole = whole.filter(|number| number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0);
    match (whole, number) {
        (Some(whole), _) => Value::from(whole as i64),
        (None, Some(number)) => Value::Number(number),
        (None, None) => value.clone(),
    }
}

/// Returns a time or a day in the form of what is expected, which is only known by its words.
pub fn time(text: &str, expected: &dyn Expected) -> String {
    let words = expected.to_string();
    let (day, rest) = match text.split_at_checked(10) {
        Some((day, rest)) if day.parse::<chrono::NaiveDate>().is_ok() => (day, rest),
        _ => return text.to_owned(),
    };
    match (words.contains("date"), words.contains("time"), rest) {
        (true, false, rest) if rest.starts_with(['T', ' ']) && rest.contains(':') => day.to_owned(),
        (true, true, "") => format!("{day}T00:00:00Z"),
        // Behind the time, a sign begins the offset.
        (true, true, rest) if !rest.contains(['Z', 'z', '+', '-']) => format!("{text}Z"),
        // Some leave the colon out.
        (true, true, rest) => match rest.rfind(['+', '-']).map(|sign| rest.len() - sign) {
            Some(5) => format!("{}:{}", &text[..text.len() - 2], &text[text.len() - 2..]),
            _ => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}
