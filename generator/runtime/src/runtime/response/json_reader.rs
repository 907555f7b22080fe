//! Decodes JSON text into types that implement [`FromJson`].

use serde_json::value::RawValue;

use super::json_cursor::JsonCursor;
use super::mismatch::{Found, without_byte_order_mark};
use crate::runtime::model::from_json::{Decoding, FromJson, JsonNode, Reading, Slot};
use crate::runtime::{Mismatch, is_shallow};

/// Decodes JSON.
///
/// # Errors
///
/// Returns why the JSON cannot be decoded as a `T`.
pub fn decode_json<T: FromJson>(json: &[u8], reading: Reading) -> Result<T, Mismatch> {
    let mut value: Option<T> = None;
    read_document(json, &mut value, reading)?;
    value.ok_or_else(Mismatch::default)
}

/// Decodes the JSON text of a value.
///
/// # Errors
///
/// Returns why the JSON cannot be decoded as a `T`.
pub fn decode_text<T: FromJson>(json: &RawValue, decoding: &mut Decoding) -> Result<T, Mismatch> {
    if T::NEEDS_TEXT {
        let result = T::from_json(JsonNode::Text(json), decoding);
        return result.map_err(|mismatch| mismatch.about(T::EXPECTED, Found::in_text(json.get())));
    }
    let mut value: Option<T> = None;
    JsonCursor::new(json.get()).read_all(&mut value, decoding)?;
    value.ok_or_else(Mismatch::default)
}

/// Decodes the fields of a form. `json` is an object of strings, and of arrays for repeated names.
///
/// # Errors
///
/// Returns why the fields cannot be decoded as a `T`.
#[cfg(feature = "webhooks")]
pub(crate) fn decode_form<T: FromJson>(json: &str) -> Result<T, Mismatch> {
    let mut value: Option<T> = None;
    JsonCursor::new(json).read_all(&mut value, &mut Decoding::for_form())?;
    value.ok_or_else(Mismatch::default)
}

fn read_document(json: &[u8], slot: &mut dyn Slot, reading: Reading) -> Result<(), Mismatch> {
    let json = without_byte_order_mark(json);
    let result = match std::str::from_utf8(json) {
        Ok(text) => JsonCursor::new(text).read_all(slot, &mut Decoding::new(reading)),
        Err(_) => Err(Mismatch::default()),
    };
    // A syntax error anywhere in the text takes precedence over a value of a different type.
    result.or_else(|mismatch| check_syntax(json).and(Err(mismatch)))
}

/// Checks that a text is JSON that is not nested too deep.
///
/// # Errors
///
/// Returns the location of the first syntax error.
pub(crate) fn check_syntax(json: &[u8]) -> Result<&RawValue, Mismatch> {
    let text = match std::str::from_utf8(json) {
        Ok(text) => text,
        Err(error) => {
            let valid = json.get(..error.valid_up_to()).unwrap_or_default();
            let (mut line, mut column) = (1, 1);
            for byte in valid {
                (line, column) = if *byte == b'\n' { (line + 1, 1) } else { (line, column + 1) };
            }
            return Err(Mismatch::new(format!("not valid JSON at line {line} column {column}")));
        }
    };
    let value: &RawValue = match serde_json::from_str(text) {
        Ok(value) => value,
        _ if json.is_empty() => return Err(Mismatch::new("the body is empty".to_owned())),
        Err(error) => {
            let problem = if error.is_eof() { "the JSON is cut off" } else { "not valid JSON" };
            return Err(Mismatch::new(format!("{problem} at line {} column {}", error.line(), error.column())));
        }
    };
    match is_shallow(value.get()) {
        true => Ok(value),
        false => Err(Mismatch::new("the JSON is nested too deep".to_owned())),
    }
}
