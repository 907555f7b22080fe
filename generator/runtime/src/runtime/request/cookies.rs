//! Encodes cookies. The header `Cookie` separates them by `; `.

use crate::runtime::Value;

/// Stands for an `&` in a cookie that is not percent-encoded, because other `&` separate the cookies.
const AMPERSAND: char = '\u{1}';

/// Stands for a character that a cookie cannot contain.
const INVALID: char = '\n';

/// Encodes a value for a cookie that is not percent-encoded. [`as_cookies`] replaces the placeholders.
pub fn encode_cookie(string: &str) -> String {
    let replace = |c: char| match c {
        '&' => AMPERSAND,
        ';' => INVALID,
        c if c.is_control() => INVALID,
        c => c,
    };
    string.chars().map(replace).collect()
}

/// Separates cookies by `; ` instead of `&`. A value with a character that a cookie cannot contain becomes
/// [`Value::Unsendable`].
pub fn as_cookies(value: Value) -> Value {
    match value {
        Value::Styled { text, .. } if text.contains(INVALID) => {
            Value::Unsendable("must not contain `;` or control characters".to_owned())
        }
        Value::Styled { text, value, json } => {
            Value::Styled { text: text.replace('&', "; ").replace(AMPERSAND, "&"), value, json }
        }
        value => value,
    }
}
