//! Integers with more than 64 bits. A number of `serde_json::Value` would lose digits of such an integer, so the mock
//! stores it as a string with a prefix.

use std::borrow::Cow;

use serde_json::{Value, json};

/// The prefix of a string that represents an integer. It begins with a control character, which is always escaped in
/// JSON.
const PREFIX: &str = "\u{1}integer:";

/// The beginning of a JSON string with the prefix.
const ESCAPED_PREFIX: &str = "\"\\u0001integer:";

/// Converts the digits of an integer to a value. Returns `None` if the string is not an integer.
pub(crate) fn value(text: &str) -> Option<Value> {
    if !is_integer(text) {
        return None;
    }
    let number = text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from));
    Some(number.unwrap_or_else(|_| json!(format!("{PREFIX}{text}"))))
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'))
}

/// Returns the digits of an integer with more than 64 bits.
pub(crate) fn digits(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix(PREFIX)
}

/// Parses JSON.
///
/// # Errors
///
/// Returns an error if the bytes are not valid JSON, or if a string begins with the prefix.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, String> {
    let (text, count) = replace_big_integers(bytes);
    let value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    // In JSON, the control character of the prefix can be written only as `\u0001`.
    let may_have_prefix = bytes.windows(6).any(|window| window == b"\\u0001");
    match may_have_prefix && count_reserved(&value) != count {
        true => Err(format!("a string must not begin with {}", ESCAPED_PREFIX.trim_start_matches('"'))),
        false => Ok(value),
    }
}

/// Returns whether a string begins with the prefix.
pub(crate) fn is_reserved(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// Counts the strings with the prefix.
fn count_reserved(value: &Value) -> usize {
    match value {
        Value::String(text) => usize::from(is_reserved(text)),
        Value::Array(items) => items.iter().map(count_reserved).sum(),
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| usize::from(is_reserved(key)) + count_reserved(value)).sum()
        }
        _ => 0,
    }
}

/// Replaces each integer with more than 64 bits by a string with the prefix. Returns the new JSON and the number of
/// replacements.
fn replace_big_integers(bytes: &[u8]) -> (Cow<'_, [u8]>, usize) {
    /// The minimum number of digits of an integer with more than 64 bits.
    const MIN_DIGITS: usize = 19;
    let (mut output, mut count, mut copied_end, mut position) = (Vec::new(), 0, 0, 0);
    while let Some(byte) = bytes.get(position) {
        let start = position;
        position += 1;
        match byte {
            b'"' => {
                while let Some(inner) = bytes.get(position).filter(|inner| **inner != b'"') {
                    position += if *inner == b'\\' { 2 } else { 1 };
                }
                position += 1;
            }
            b'-' | b'0'..=b'9' => {
                let remaining_bytes = bytes.get(position..).unwrap_or_default();
                let length = remaining_bytes
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
                    .count();
                position += length;
                let token = bytes.get(start..position).and_then(|token| std::str::from_utf8(token).ok());
                let integer = token.filter(|_| length + 1 >= MIN_DIGITS).and_then(value);
                if let Some(digits) = integer.as_ref().and_then(digits) {
                    output.extend_from_slice(bytes.get(copied_end..start).unwrap_or_default());
                    output.extend_from_slice(format!("{ESCAPED_PREFIX}{digits}\"").as_bytes());
                    copied_end = position;
                    count += 1;
                }
            }
            _ => {}
        }
    }
    if copied_end == 0 {
        return (Cow::Borrowed(bytes), 0);
    }
    output.extend_from_slice(bytes.get(copied_end..).unwrap_or_default());
    (Cow::Owned(output), count)
}

/// Serializes a value as JSON.
pub(crate) fn write(value: &Value) -> String {
    let text = value.to_string();
    let mut pieces = text.split(ESCAPED_PREFIX);
    let mut written = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once('"').filter(|(digits, _)| is_integer(digits)) {
            Some((digits, rest)) => written.extend([digits, rest]),
            None => written.extend([ESCAPED_PREFIX, piece]),
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
