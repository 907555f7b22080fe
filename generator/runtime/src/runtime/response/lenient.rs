//! Lenient decoding of values that differ from the document, but are unambiguous.
//!
//! Some servers send numbers as strings to keep their digits, integers with a fraction of zero, times without a zone, or dates as
//! times.

#[cfg(feature = "json-values")]
use serde_core::de::Expected;
use serde_json::Number;

use crate::runtime::JsonNode;
use crate::runtime::model::rfc3339::parse_date;

/// Converts a string to a number. Returns `None` for other values.
pub fn number<'a>(json: &JsonNode<'a>) -> Option<JsonNode<'a>> {
    let JsonNode::String(text) = json else { return None };
    let number = text.trim().parse::<Number>().ok()?;
    Some(JsonNode::from(&number))
}

/// Converts a string to a number, and a number such as `1.0`, also in a string, to an integer. Returns `None` for other values.
pub fn integer<'a>(json: &JsonNode<'a>) -> Option<JsonNode<'a>> {
    /// This is 2^53. A floating-point number represents each integer below this limit exactly.
    const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;
    let number = number(json);
    match (&number, json) {
        (Some(JsonNode::Float(float)), _) | (None, JsonNode::Float(float))
            if float.fract() == 0.0 && float.abs() < MAX_EXACT_INTEGER =>
        {
            let integer = *float as i64;
            Some(u64::try_from(integer).map_or(JsonNode::Signed(integer), JsonNode::Unsigned))
        }
        _ => number,
    }
}

/// Returns the date of a time. Returns `None` for other strings.
pub fn date(text: &str) -> Option<&str> {
    let (date, time) = split_time(text)?;
    (time.starts_with(['T', ' ']) && time.as_bytes().contains(&b':')).then_some(date)
}

/// Returns a date or a time in the format of RFC 3339. Returns `None` for other strings.
pub fn date_time(text: &str) -> Option<String> {
    let (date, time) = split_time(text)?;
    match time {
        "" => Some(format!("{date}T00:00:00Z")),
        time if !time.contains(['Z', 'z', '+', '-']) => Some(format!("{text}Z")),
        // Some servers omit the colon of the offset, as in `+0100`.
        time => match time.rfind(['+', '-']).map(|sign| time.len() - sign) {
            Some(5) => {
                let (start, minutes) = text.split_at_checked(text.len() - 2)?;
                Some(format!("{start}:{minutes}"))
            }
            _ => None,
        },
    }
}

/// Splits a string after the date that it starts with.
fn split_time(text: &str) -> Option<(&str, &str)> {
    text.split_at_checked(10).filter(|(date, _)| parse_date(date).is_some())
}

/// Converts a date or a time to the type that `expected` describes. Returns any other string unchanged. Serde offers no
/// other way to find out the type.
#[cfg(feature = "json-values")]
#[inline]
pub fn time(text: &str, expected: &dyn Expected) -> String {
    let description = expected.to_string();
    // `str::contains` would compile to ten times as much code.
    let names = |word: &[u8]| description.as_bytes().windows(word.len()).any(|part| part == word);
    let converted = match (names(b"date"), names(b"time")) {
        (true, false) => date(text).map(str::to_owned),
        (true, true) => date_time(text),
        _ => None,
    };
    converted.unwrap_or_else(|| text.to_owned())
}
