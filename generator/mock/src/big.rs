//! Integers that no JSON value of the mock holds, because they have more than 64 bits: kept as strings with a mark, so that no digit
//! is lost.

use std::borrow::Cow;

use serde_json::{Value, json};

/// What such a string begins with: a control character, which a JSON text only has as an escape.
const MARK: &str = "\u{1}integer:";
const ESCAPED: &str = "\"\\u0001integer:";

/// The value of an integer as JSON writes it; `None` if the text is none.
pub(crate) fn value(text: &str) -> Option<Value> {
    if !is_integer(text) {
        return None;
    }
    let small = text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from));
    Some(small.unwrap_or_else(|_| json!(format!("{MARK}{text}"))))
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'))
}

/// The digits of an integer with more than 64 bits.
pub(crate) fn digits(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix(MARK)
}

/// Reads JSON.
///
/// # Errors
///
/// Those of the text, and a string that begins with the mark.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, String> {
    let (text, count) = marked(bytes);
    let value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    // A control character of a JSON text has one spelling.
    let may_have_more = bytes.windows(6).any(|window| window == b"\\u0001");
    match may_have_more && marks(&value) != count {
        true => Err(format!("a string must not begin with {}", ESCAPED.trim_start_matches('"'))),
        false => Ok(value),
    }
}

/// Returns whether a string would be an integer as a value.
pub(crate) fn is_reserved(text: &str) -> bool {
    text.starts_with(MARK)
}

/// Counts the strings with the mark.
fn marks(value: &Value) -> usize {
    match value {
        Value::String(text) => usize::from(is_reserved(text)),
        Value::Array(items) => items.iter().map(marks).sum(),
        Value::Object(entries) => entries.iter().map(|(key, value)| usize::from(is_reserved(key)) + marks(value)).sum(),
        _ => 0,
    }
}

/// The text with each integer of more than 64 bits as a string, and the number of these.
fn marked(bytes: &[u8]) -> (Cow<'_, [u8]>, usize) {
    /// Integers with fewer digits have fewer bits.
    const SHORT: usize = 19;
    let (mut found, mut count, mut copied, mut at) = (Vec::new(), 0, 0, 0);
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
                    count += 1;
                }
            }
            _ => {}
        }
    }
    if copied == 0 {
        return (Cow::Borrowed(bytes), 0);
    }
    found.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    (Cow::Owned(found), count)
}

/// Writes a value as JSON.
pub(crate) fn write(value: &Value) -> String {
    let text = value.to_string();
    let mut parts = text.split(ESCAPED);
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('"').filter(|(digits, _)| is_integer(digits)) {
            Some((digits, rest)) => written.extend([digits, rest]),
            None => written.extend([ESCAPED, part]),
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
        let reserved = ["\"\\u0001integer:1\"", "{\"\\u0001\\u0069nteger:} x\":[1844674407370955161600]}"];
        for text in reserved {
            let error = parse(text.as_bytes()).expect_err(text);
            assert!(error.contains("must not begin with \\u0001integer:"), "{error}");
        }
        assert_eq!(
            write(&json!({ "\u{1}integer:} x": "\u{1}integer:01" })),
            "{\"\\u0001integer:} x\":\"\\u0001integer:01\"}"
        );
        for text in ["018446744073709551616", "-", "18446744073709551616a", "\"18446744073709551616", "\"\\"] {
            parse(text.as_bytes()).expect_err(text);
        }
    }
}
