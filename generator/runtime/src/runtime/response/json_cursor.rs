//! Reads the values of a JSON text, one after the other.
//!
//! serde_json's deserializer is generic, so each visitor compiles another copy of it, including the parser of numbers. The cursor
//! has no type parameters, and leaves numbers and skipped values to functions that serde_json has compiled.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use serde_json::Number;
use serde_json::value::RawValue;

use super::mismatch::{Found, JsonPathStep};
use crate::runtime::Mismatch;
use crate::runtime::model::from_json::{Decoding, Items, JsonNode, Object, Slot};

/// The maximum nesting depth of arrays and objects, which is also the limit of serde_json.
pub(super) const MAX_NESTING_DEPTH: usize = 128;

/// A position in a JSON text.
///
/// If the text is not JSON, the methods return any mismatch. The caller then finds out where the syntax is wrong.
pub(crate) struct JsonCursor<'a> {
    /// The text after the position.
    rest: &'a str,
    /// The number of arrays and objects around the position.
    depth: usize,
    /// Whether the position is directly after the opening bracket of an array or an object.
    is_first: bool,
    /// Whether the text has control characters, such as line breaks, which are not allowed in strings.
    has_control_characters: bool,
}

impl<'a> JsonCursor<'a> {
    /// Creates a cursor at the start of a value.
    pub(crate) fn new(json: &'a str) -> Self {
        Self { rest: json, depth: 0, is_first: false, has_control_characters: has_control_characters(json) }
    }

    /// Decodes the only value of the text into a slot.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not JSON, or if the value does not match the type of the slot.
    pub(crate) fn read_all(mut self, slot: &mut dyn Slot, decoding: &mut Decoding) -> Result<(), Mismatch> {
        self.read(slot, false, decoding)?;
        if self.peek() == 0 && self.rest.is_empty() { Ok(()) } else { Err(Mismatch::rejected()) }
    }

    /// Decodes the next value into a slot. If `null_is_none` is set, `null` leaves the slot empty.
    fn read(&mut self, slot: &mut dyn Slot, null_is_none: bool, decoding: &mut Decoding) -> Result<(), Mismatch> {
        if slot.needs_text() {
            let json = self.raw_value().ok_or_else(Mismatch::rejected)?;
            return decode(slot, JsonNode::Text(json), null_is_none, decoding);
        }
        let string;
        let json = match self.peek() {
            bracket @ (b'[' | b'{') => return self.read_nested(bracket, slot, null_is_none, decoding),
            b'"' => {
                string = self.string().ok_or_else(|| unreadable(slot, "\""))?;
                #[cfg(feature = "webhooks")]
                if decoding.is_form {
                    return read_field(&string, slot, null_is_none, decoding);
                }
                JsonNode::String(&string)
            }
            b'n' => self.literal("null", JsonNode::Null)?,
            b't' => self.literal("true", JsonNode::Boolean(true))?,
            b'f' => self.literal("false", JsonNode::Boolean(false))?,
            _ => self.number(slot)?,
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
        self.enter();
        let depth = self.depth;
        if bracket == b'[' {
            decode(slot, JsonNode::Array(&mut ItemReader { cursor: self, index: 0 }), null_is_none, decoding)?;
        } else {
            decode(slot, JsonNode::Object(self), null_is_none, decoding)?;
        }
        // The last call of `next` or `next_name` has left the array or the object.
        if self.depth < depth { Ok(()) } else { Err(Mismatch::rejected()) }
    }

    /// Returns the properties of an object, or `None` if the value is not an object.
    #[inline]
    pub(crate) fn properties(&mut self) -> Option<Vec<(Cow<'a, str>, &'a RawValue)>> {
        if self.peek() != b'{' {
            return None;
        }
        self.enter();
        let mut properties = Vec::new();
        while let Some(name) = self.name().ok()? {
            properties.push((name, self.raw_value()?));
        }
        Some(properties)
    }

    /// Moves the cursor behind an opening bracket.
    fn enter(&mut self) {
        self.take(1);
        self.depth += 1;
        self.is_first = true;
    }

    /// Returns whether an array or an object has another item. Otherwise, the cursor leaves it.
    fn has_next(&mut self, closing_bracket: u8) -> Result<bool, Mismatch> {
        let is_first = std::mem::take(&mut self.is_first);
        let byte = self.peek();
        if byte == closing_bracket {
            self.take(1);
            self.depth = self.depth.saturating_sub(1);
            return Ok(false);
        }
        if is_first || byte == b',' {
            self.take(usize::from(!is_first));
            return Ok(true);
        }
        Err(Mismatch::rejected())
    }

    /// Returns the name of the next property of an object. Returns `None` at the end of the object.
    fn name(&mut self) -> Result<Option<Cow<'a, str>>, Mismatch> {
        if !self.has_next(b'}')? {
            return Ok(None);
        }
        if self.peek() == b'"'
            && let Some(name) = self.string()
            && self.peek() == b':'
        {
            self.take(1);
            return Ok(Some(name));
        }
        Err(Mismatch::rejected())
    }

    /// Reads a string. Returns `None` if it is not valid, for example because of half of a surrogate pair.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let (mut end, mut has_escapes) = (1, false);
        loop {
            let rest = self.rest.as_bytes().get(end..)?;
            let length = memchr2(b'"', b'\\', rest)?;
            end += length;
            if rest.get(length)? == &b'"' {
                break;
            }
            has_escapes = true;
            end += 2;
        }
        let text = self.take(end + 1).get(1..end)?;
        if self.has_control_characters && has_control_characters(text) {
            return None;
        }
        if has_escapes { unescape(text).map(Cow::Owned) } else { Some(Cow::Borrowed(text)) }
    }

    /// Reads a number.
    fn number<'n>(&mut self, slot: &dyn Slot) -> Result<JsonNode<'n>, Mismatch> {
        let is_end = |byte: u8| !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        let json = self.take(self.rest.bytes().position(is_end).unwrap_or(self.rest.len()));
        let number: Number = json.parse().map_err(|_| unreadable(slot, json))?;
        Ok(JsonNode::from(&number))
    }

    /// Reads `null`, `true` or `false`.
    fn literal<'n>(&mut self, literal: &str, value: JsonNode<'n>) -> Result<JsonNode<'n>, Mismatch> {
        if self.take(literal.len()) == literal { Ok(value) } else { Err(Mismatch::rejected()) }
    }

    /// Skips the next value, and returns its JSON.
    fn raw_value(&mut self) -> Option<&'a RawValue> {
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter();
        let value = values.next()?.ok()?;
        self.take(values.byte_offset());
        Some(value)
    }

    /// Skips whitespace, and returns the next byte, or 0 at the end of the text.
    fn peek(&mut self) -> u8 {
        let is_end = |byte: u8| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.take(self.rest.bytes().position(is_end).unwrap_or(self.rest.len()));
        self.rest.as_bytes().first().copied().unwrap_or(0)
    }

    /// Moves the cursor by some bytes, and returns them.
    #[inline]
    fn take(&mut self, length: usize) -> &'a str {
        let (text, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        text
    }
}

/// Returns whether a text has control characters.
fn has_control_characters(text: &str) -> bool {
    // Without an early return, the compiler checks many bytes at once.
    text.bytes().fold(false, |found, byte| found | (byte < b' '))
}

/// Replaces the escapes in a string. Returns `None` if one of them is not valid.
fn unescape(json: &str) -> Option<String> {
    let (mut text, mut rest) = (String::with_capacity(json.len()), json);
    while let Some(index) = memchr(b'\\', rest.as_bytes()) {
        text.push_str(rest.get(..index)?);
        let (kind, after) = rest.get(index + 1..)?.split_at_checked(1)?;
        rest = after;
        text.push(match kind {
            "\"" | "\\" | "/" => kind.chars().next()?,
            "b" => '\u{8}',
            "f" => '\u{c}',
            "n" => '\n',
            "r" => '\r',
            "t" => '\t',
            "u" => escaped_char(&mut rest)?,
            _ => return None,
        });
    }
    text.push_str(rest);
    Some(text)
}

/// Reads the digits after `\u`, and the second escape of a surrogate pair.
fn escaped_char(rest: &mut &str) -> Option<char> {
    let first = code_unit(rest)?;
    let Some(after) = rest.strip_prefix("\\u").filter(|_| matches!(first, 0xd800..0xdc00)) else {
        return char::from_u32(first.into());
    };
    *rest = after;
    char::decode_utf16([first, code_unit(rest)?]).next()?.ok()
}

/// Reads four hexadecimal digits.
fn code_unit(rest: &mut &str) -> Option<u16> {
    let (digits, after) = rest.split_at_checked(4)?;
    *rest = after;
    // `u16::from_str_radix` accepts a sign.
    let mut number = 0;
    for digit in digits.chars() {
        number = number * 16 + digit.to_digit(16)?;
    }
    u16::try_from(number).ok()
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
        let mut is_decoded = |json: &str| JsonCursor::new(json).read_all(slot, &mut Decoding::default()).is_ok();
        let is_json = text.starts_with(['{', '[']) || matches!(text, "true" | "false");
        let array = if text.is_empty() { "[]".to_owned() } else { format!("[{}]", serde_json::Value::from(text)) };
        if is_json && is_decoded(text) || is_decoded(&array) { Ok(()) } else { Err(mismatch) }
    })
}

/// Returns the error for a string or a number that Rust cannot represent.
fn unreadable(slot: &dyn Slot, text: &str) -> Mismatch {
    Mismatch::rejected().about(slot.expected(), Found::in_text(text))
}

/// Reads the items of an array.
struct ItemReader<'c, 'a> {
    cursor: &'c mut JsonCursor<'a>,
    index: usize,
}

impl Items for ItemReader<'_, '_> {
    fn next(&mut self, slot: &mut dyn Slot, decoding: &mut Decoding) -> Result<bool, Mismatch> {
        if !self.cursor.has_next(b']')? {
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
        let Some(name) = self.name()? else { return Ok(false) };
        visit(&name);
        Ok(true)
    }

    fn value(&mut self, slot: &mut dyn Slot, null_is_none: bool, decoding: &mut Decoding) -> Result<(), Mismatch> {
        self.read(slot, null_is_none, decoding)
    }

    fn skip_value(&mut self) -> Result<(), Mismatch> {
        self.raw_value().map(drop).ok_or_else(Mismatch::rejected)
    }
}
