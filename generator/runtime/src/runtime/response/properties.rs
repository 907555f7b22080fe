//! JSON objects whose values are not decoded, and the nesting limit of JSON.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::json_cursor::{JsonCursor, MAX_NESTING_DEPTH};

/// The properties of a JSON object: their names, and the JSON text of their values.
pub struct Properties<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Properties<'a> {
    /// Returns the properties of a JSON value, if it is an object.
    #[inline]
    pub fn of(json: &'a RawValue) -> Option<Self> {
        JsonCursor::new(json.get()).properties().map(Self)
    }

    /// Parses JSON. Returns `None` if it is not an object.
    #[allow(dead_code, reason = "only streams and requests with a stream flag use it")]
    pub(crate) fn parse(json: &'a [u8]) -> Option<Self> {
        Self::of(serde_json::from_str(std::str::from_utf8(json).ok()?).ok()?)
    }

    /// Returns the value of a property. If the name is repeated, the last value is returned.
    #[inline]
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| *value)
    }
}

/// Returns whether the nesting depth of a JSON text is within the limit.
pub fn is_shallow(json: &str) -> bool {
    let (mut depth, mut is_in_string, mut is_escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_in_string,
            b'"' => is_in_string = !is_in_string,
            b'{' | b'[' if !is_in_string => {
                depth += 1;
                if depth > MAX_NESTING_DEPTH {
                    return false;
                }
            }
            b'}' | b']' if !is_in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}
