//! Integers that no JSON value of the mock holds, because they have more than 64 bits: kept as strings with a mark, so that no digit
//! is lost.

use std::borrow::Cow;

use serde_json::{Value, json};

/// What such a string begins with: a control character, which a JSON text only has as an escape.
const MARK: &str = "\u{1}integer:";
const ESCAPED: &str = "\"\\u0001integer:";

/// The value of an integer as JSON writes it; `None` if the text is none.
pub(crate) fn value(text: &str) -> Option<Value> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_integer || digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    let small = text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from));
    Some(small.unwrap_or_else(|_| json!(format!("{MARK}{text}"))))
}

/// The digits of an integer with more than 64 bits.
pub(crate) fn digits(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix(MARK)
}

/// Reads JSON.
///
/// # Errors
///
/// Those of the text.
pub(crate) fn parse(bytes: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(&marked(bytes))
}

/// The text with each integer of more than 64 bits as a string.
fn marked(bytes: &[u8]) -> Cow<'_, [u8]> {
    /// Integers with fewer digits have fewer bits.
    const SHORT: usize = 19;
    let (mut found, mut copied, mut at) = (Vec::new(), 0, 0);
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'"' => {
                while let Some(inner) = bytes.get(at).filter(|inner| **inner != b'"') {
                    at += if *inner == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let length =
                    rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
                at += length;
                let token = bytes.get(start..at).and_then(|token| std::str::from_utf8(token).ok());
                let big = token.filter(|_| length + 1 >= SHORT).and_then(value);
                if let Some(digits) = big.as_ref().and_then(digits) {
                    found.extend_from_slice(bytes.get(copied..start).unwrap_or_default());
                    found.extend_from_slice(format!("{ESCAPED}{digits}\"").as_bytes());
                    copied = at;
                }
            }
            _ => {}
        }
    }
    if copied == 0 {
        return Cow::Borrowed(bytes);
    }
    found.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    Cow::Owned(found)
}

/// Writes a value as JSON.
pub(crate) fn write(value: &Value) -> String {
    let text = value.to_string();
    let mut parts = text.split(ESCAPED);
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('"') {
            Some((digits, rest)) => written.extend([digits, rest]),
            None => written.push_str(part),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_keep_their_digits() {
        for text in [
            "123456789012345678901234567890",
            "{\"a\":[-18446744073709551617,18446744073709551615,-9223372036854775808,1.5],\"18446744073709551616\":\"\\\"18446744073709551616\"}",
            "[18446744073709551616]",
        ] {
            assert_eq!(write(&parse(text.as_bytes()).expect("JSON")), text);
        }
        for text in ["1844674407370955161600.5", "1844674407370955161600e2"] {
            assert!(parse(text.as_bytes()).expect("JSON").is_f64(), "{text}");
        }
        for text in ["018446744073709551616", "-", "18446744073709551616a", "\"18446744073709551616", "\"\\"] {
            parse(text.as_bytes()).expect_err(text);
        }
    }
}
