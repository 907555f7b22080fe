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
    JsonCursor::new(json).read(&mut value, false, decoding)?;
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
    JsonCursor::new(parse(json.as_bytes())?).read(&mut value, false, &mut Decoding::for_form())?;
    value.ok_or_else(Mismatch::default)
}

fn read_document(json: &[u8], slot: &mut dyn Slot, reading: Reading) -> Result<(), Mismatch> {
    let json = parse(without_byte_order_mark(json))?;
    let result = JsonCursor::new(json).read(slot, false, &mut Decoding::new(reading));
    result.map_err(|mismatch| if is_shallow(json.get()) { mismatch } else { too_deep() })
}

/// Checks that a text is JSON that is not nested too deep.
///
/// # Errors
///
/// Returns the location of the first syntax error.
pub(crate) fn check_syntax(json: &[u8]) -> Result<&RawValue, Mismatch> {
    let value = parse(json)?;
    if is_shallow(value.get()) { Ok(value) } else { Err(too_deep()) }
}

fn too_deep() -> Mismatch {
    Mismatch::new("the JSON is nested too deep".to_owned())
}

/// Checks the syntax of a JSON text. Arrays and objects may be nested to any depth.
fn parse(json: &[u8]) -> Result<&RawValue, Mismatch> {
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
    serde_json::from_str(text).map_err(|error| {
        let problem = match error.is_eof() {
            _ if json.is_empty() => return Mismatch::new("the body is empty".to_owned()),
            true => "the JSON is cut off",
            false => "not valid JSON",
        };
        Mismatch::new(format!("{problem} at line {} column {}", error.line(), error.column()))
    })
}
