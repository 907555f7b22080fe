//! Reads the values of a JSON text whose syntax serde_json has checked.
//!
//! A deserializer of serde is compiled again for each visitor. The cursor has no type parameters, and it only has to find out
//! where each value ends.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;

use super::mismatch::{Found, JsonPathStep};
use super::properties::MAX_NESTING_DEPTH;
use crate::runtime::Mismatch;
use crate::runtime::model::from_json::{Decoding, Items, JsonNode, Object, Slot};

/// A position in a JSON text.
pub(crate) struct JsonCursor<'a> {
    /// The text after the position.
    rest: &'a str,
    /// The number of arrays and objects around the position.
    depth: usize,
}

impl<'a> JsonCursor<'a> {
    /// Creates a cursor at the start of a value.
    pub(crate) fn new(json: &'a RawValue) -> Self {
        Self { rest: json.get(), depth: 0 }
    }

    /// Decodes the next value into a slot. If `null_is_none` is set, `null` leaves the slot empty.
    ///
    /// # Errors
    ///
    /// Returns an error if the value does not match the type of the slot.
    pub(crate) fn read(
        &mut self,
        slot: &mut dyn Slot,
        null_is_none: bool,
        decoding: &mut Decoding,
    ) -> Result<(), Mismatch> {
        if slot.needs_text() {
            let json = self.raw_value().ok_or_else(Mismatch::rejected)?;
            return decode(slot, JsonNode::Text(json), null_is_none, decoding);
        }
        let first = self.peek();
        if matches!(first, b'[' | b'{') {
            return self.read_nested(first, slot, null_is_none, decoding);
        }
        let text = self.value_text();
        let string;
        let json = match first {
            b'n' => JsonNode::Null,
            b't' => JsonNode::Boolean(true),
            b'f' => JsonNode::Boolean(false),
            b'"' => {
                string = unescape(text).ok_or_else(|| unreadable(slot, text))?;
                #[cfg(feature = "webhooks")]
                if decoding.is_form {
                    return read_field(&string, slot, null_is_none, decoding);
                }
                JsonNode::String(&string)
            }
            _ => number(text).ok_or_else(|| unreadable(slot, text))?,
        };
        decode(slot, json, null_is_none, decoding)
    }

    /// Decodes an array or an object into a slot.
    fn read_nested(
        &mut self,
        bracket: u8,
        slot: &mut dyn Slot,
        null_is_none: bool,
        decoding: &mut Decoding,
    ) -> Result<(), Mismatch> {
        if self.depth == MAX_NESTING_DEPTH {
            return Err(Mismatch::rejected());
        }
        self.take(1);
        self.depth += 1;
        let depth = self.depth;
        if bracket == b'[' {
            decode(slot, JsonNode::Array(&mut ItemReader { cursor: self, index: 0 }), null_is_none, decoding)?;
        } else {
            decode(slot, JsonNode::Object(self), null_is_none, decoding)?;
        }
        // The last call of `next` or `next_name` has left the array or the object.
        if self.depth < depth { Ok(()) } else { Err(Mismatch::rejected()) }
    }

    /// Returns the name of the next property of an object. Returns `None` at the end of the object.
    fn name(&mut self) -> Option<Result<Cow<'a, str>, Mismatch>> {
        if !self.has_next(b'}') {
            return None;
        }
        self.peek();
        let name = unescape(self.value_text()).ok_or_else(Mismatch::rejected);
        self.peek();
        self.take(1);
        Some(name)
    }

    /// Returns the properties of an object, or `None` if the value is not an object.
    pub(crate) fn properties(&mut self) -> Option<Vec<(Cow<'a, str>, &'a RawValue)>> {
        if self.peek() != b'{' {
            return None;
        }
        self.take(1);
        self.depth += 1;
        let mut properties = Vec::new();
        while let Some(name) = self.name() {
            properties.push((name.ok()?, self.raw_value()?));
        }
        Some(properties)
    }

    /// Returns whether an array or an object has another item. Otherwise, the cursor leaves it.
    fn has_next(&mut self, closing_bracket: u8) -> bool {
        match self.peek() {
            b',' => self.take(1),
            byte if byte == closing_bracket || byte == 0 => {
                self.take(1);
                self.depth = self.depth.saturating_sub(1);
                return false;
            }
            _ => "",
        };
        true
    }

    /// Skips the next value, and returns its JSON.
    fn raw_value(&mut self) -> Option<&'a RawValue> {
        self.peek();
        serde_json::from_str(self.value_text()).ok()
    }

    /// Skips the value that begins at the position, and returns its text.
    fn value_text(&mut self) -> &'a str {
        let (bytes, mut end, mut depth) = (self.rest.as_bytes(), 0, 0_usize);
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'"' => end = end_of_string(bytes, end),
                b'[' | b'{' => {
                    depth += 1;
                    end += 1;
                    continue;
                }
                b']' | b'}' if depth > 0 => {
                    depth -= 1;
                    end += 1;
                }
                b',' | b':' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => break,
                _ => {
                    end += 1;
                    continue;
                }
            }
            if depth == 0 {
                break;
            }
        }
        self.take(end)
    }

    /// Skips whitespace, and returns the next byte, or 0 at the end of the text.
    fn peek(&mut self) -> u8 {
        self.rest = self.rest.trim_ascii_start();
        self.rest.as_bytes().first().copied().unwrap_or(0)
    }

    /// Moves the cursor by some bytes, and returns them.
    fn take(&mut self, length: usize) -> &'a str {
        let (text, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        text
    }
}

/// Decodes a value into a slot. If `null_is_none` is set, `null` leaves the slot empty.
pub(super) fn decode(
    slot: &mut dyn Slot,
    json: JsonNode<'_>,
    null_is_none: bool,
    decoding: &mut Decoding,
) -> Result<(), Mismatch> {
    if null_is_none && decoding.is_absent(&json) {
        return Ok(());
    }
    let (found, expected) = (json.found(), slot.expected());
    slot.decode(json, decoding).map_err(|mismatch| mismatch.about(expected, found))
}

/// Decodes a field of a form. If the type is not a string, the text may be JSON, or the only item of an array. An empty string is
/// an array without items.
#[cfg(feature = "webhooks")]
fn read_field(text: &str, slot: &mut dyn Slot, null_is_none: bool, decoding: &mut Decoding) -> Result<(), Mismatch> {
    decode(slot, JsonNode::String(text), null_is_none, decoding).or_else(|mismatch| {
        // The values inside are JSON and no fields of the form, so a recursive array ends here.
        let mut is_decoded = |json: &str| {
            let json: Option<&RawValue> = serde_json::from_str(json).ok();
            json.is_some_and(|json| JsonCursor::new(json).read(slot, false, &mut Decoding::default()).is_ok())
        };
        let is_json = text.starts_with(['{', '[']) || matches!(text, "true" | "false");
        let array = if text.is_empty() { "[]".to_owned() } else { format!("[{}]", Value::from(text)) };
        if is_json && is_decoded(text) || is_decoded(&array) { Ok(()) } else { Err(mismatch) }
    })
}

/// Returns the error for a string or a number of valid JSON that Rust cannot represent.
fn unreadable(slot: &dyn Slot, text: &str) -> Mismatch {
    Mismatch::rejected().about(slot.expected(), Found::in_text(text))
}

/// Returns the position after the string that starts at a position of a JSON text.
pub(crate) fn end_of_string(json: &[u8], start: usize) -> usize {
    let mut end = start + 1;
    while let Some(byte) = json.get(end) {
        match byte {
            b'"' => return end + 1,
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    json.len()
}

/// Returns the text of a JSON string, or `None` if it has half of a surrogate pair.
fn unescape(json: &str) -> Option<Cow<'_, str>> {
    if json.as_bytes().contains(&b'\\') {
        let Ok(Value::String(text)) = json.parse() else { return None };
        return Some(text.into());
    }
    Some(json.get(1..json.len().checked_sub(1)?)?.into())
}

/// Returns a JSON number, or `None` if it is too large for an `f64`.
fn number<'n>(json: &str) -> Option<JsonNode<'n>> {
    if let Ok(number) = json.parse() {
        return Some(JsonNode::Unsigned(number));
    }
    match json.parse() {
        // The number -0 is a float, because integers have no sign of zero.
        Ok(number) if number != 0 => Some(JsonNode::Signed(number)),
        _ => json.parse().ok().filter(|number: &f64| number.is_finite()).map(JsonNode::Float),
    }
}

/// Reads the items of an array.
struct ItemReader<'c, 'a> {
    cursor: &'c mut JsonCursor<'a>,
    index: usize,
}

impl Items for ItemReader<'_, '_> {
    fn next(&mut self, slot: &mut dyn Slot, decoding: &mut Decoding) -> Result<bool, Mismatch> {
        if !self.cursor.has_next(b']') {
            return Ok(false);
        }
        let item = self.cursor.read(slot, false, decoding);
        item.map_err(|mismatch| mismatch.below(JsonPathStep::Index(self.index)))?;
        self.index += 1;
        Ok(true)
    }
}

impl Object for JsonCursor<'_> {
    fn next_name(&mut self, visit: &mut dyn FnMut(&str)) -> Result<bool, Mismatch> {
        let Some(name) = self.name() else { return Ok(false) };
        visit(&name?);
        Ok(true)
    }

    fn value(&mut self, slot: &mut dyn Slot, null_is_none: bool, decoding: &mut Decoding) -> Result<(), Mismatch> {
        self.read(slot, null_is_none, decoding)
    }

    fn skip_value(&mut self) -> Result<(), Mismatch> {
        self.peek();
        self.value_text();
        Ok(())
    }
}
