//! Reads JSON text, or the values of any serde deserializer, into types that implement [`FromJson`].

use std::cell::Cell;
use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::mismatch::{Found, JsonPathStep, without_byte_order_mark};
use crate::runtime::model::from_json::{Decoding, FromJson, Items, JsonNode, Object, Reading, Slot};
use crate::runtime::{Mismatch, is_shallow, raw_json};

thread_local! {
    /// How [`deserialize`] reads values. This is a thread-local variable, because deserializers cannot pass it to nested
    /// values.
    static READING: Cell<Reading> = const { Cell::new(Reading::Lenient) };
}

/// Calls `read`, in which [`deserialize`] reads values with `reading`.
#[cfg(feature = "json-values")]
pub fn with_reading<T>(reading: Reading, read: impl FnOnce() -> T) -> T {
    /// Restores the previous reading, even if the decoding of a type panics.
    struct Restore(Reading);

    impl Drop for Restore {
        fn drop(&mut self) {
            READING.set(self.0);
        }
    }

    let _restore = Restore(READING.replace(reading));
    read()
}

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
        // Without a deserializer, nested unions use less of the stack.
        let result = T::from_json(JsonNode::Text(json), decoding);
        return result.map_err(|mismatch| mismatch.about(T::EXPECTED, Found::in_text(json.get())));
    }
    let mut value: Option<T> = None;
    read_text(json.get(), &mut value, decoding)?;
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
    read_text(json, &mut value, &mut Decoding::for_form())?;
    value.ok_or_else(Mismatch::default)
}

/// Implements `Deserialize::deserialize` for a type.
///
/// # Errors
///
/// Returns the error of the deserializer, or why its value cannot be decoded as a `T`.
pub fn deserialize<'de, T: FromJson, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let (mut value, mut failure) = (None::<T>, None);
    let decoding = &mut Decoding::new(READING.get());
    let reader =
        ValueReader { format: AnyFormat, slot: &mut value, null_is_none: false, decoding, failure: &mut failure };
    let result = reader.deserialize(deserializer);
    match failure {
        Some(mismatch) if !mismatch.is_unread() => Err(mismatch.into_error()),
        _ => result.and_then(|()| value.ok_or_else(|| Mismatch::default().into_error())),
    }
}

fn read_document(json: &[u8], slot: &mut dyn Slot, reading: Reading) -> Result<(), Mismatch> {
    let json = without_byte_order_mark(json);
    let result = match std::str::from_utf8(json) {
        Ok(text) => read_text(text, slot, &mut Decoding::new(reading)),
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

fn read_text(json: &str, slot: &mut dyn Slot, decoding: &mut Decoding) -> Result<(), Mismatch> {
    let (mut deserializer, mut failure) = (serde_json::Deserializer::from_str(json), None);
    let reader = ValueReader { format: JsonText, slot, null_is_none: false, decoding, failure: &mut failure };
    let result = reader.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    result.map_err(|error| {
        let mismatch = failure.unwrap_or_else(|| Mismatch::unread(slot.expected()));
        mismatch.about_unread(|| unread_value(json, &error))
    })
}

/// Returns the kind of a number or a string that serde_json cannot represent. `error` is its error.
fn unread_value(json: &str, error: &serde_json::Error) -> Found {
    if !error.to_string().starts_with("number out of range") {
        return Found::in_text("\"");
    }
    // The error is located at the end of the number.
    let line = json.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let before = line.get(..error.column()).unwrap_or(line);
    let is_number = |c: char| matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E');
    let before = before.trim_end_matches(|c| !is_number(c));
    Found::in_text(before.get(before.trim_end_matches(is_number).len()..).unwrap_or_default())
}

/// The format of the values.
trait Format: Copy {
    /// Returns a value as JSON text.
    fn raw_json<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<Box<RawValue>, D::Error>;
}

/// JSON text. serde_json returns the text of each value without a conversion.
#[derive(Clone, Copy)]
struct JsonText;

impl Format for JsonText {
    fn raw_json<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<Box<RawValue>, D::Error> {
        Box::deserialize(deserializer)
    }
}

/// Any format. Only programs that deserialize generated types themselves compile the conversion to JSON.
#[derive(Clone, Copy)]
struct AnyFormat;

impl Format for AnyFormat {
    fn raw_json<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<Box<RawValue>, D::Error> {
        raw_json(deserializer)
    }
}

/// Reads a value into a slot.
struct ValueReader<'a, F> {
    format: F,
    slot: &'a mut dyn Slot,
    /// Whether `null` leaves the slot empty.
    null_is_none: bool,
    decoding: &'a mut Decoding,
    /// The mismatch, if the value does not match the type of the slot. It is stored here, because the errors of
    /// deserializers cannot contain it.
    failure: &'a mut Option<Mismatch>,
}

impl<F> ValueReader<'_, F> {
    fn read<E: de::Error>(self, json: JsonNode<'_>) -> Result<(), E> {
        self.try_read(json).map_err(|NoMatch| E::custom(""))
    }

    fn try_read(self, json: JsonNode<'_>) -> Result<(), NoMatch> {
        if self.null_is_none && self.decoding.is_absent(&json) {
            return Ok(());
        }
        let (found, expected) = (json.found(), self.slot.expected());
        self.slot.decode(json, self.decoding).map_err(|mismatch| {
            *self.failure = Some(mismatch.about(expected, found));
            NoMatch
        })
    }
}

#[cfg(feature = "webhooks")]
impl<F: Copy> ValueReader<'_, F> {
    /// Reads a field of a form. If the type is not a string, the text may be JSON, or the only item of an array. An empty string
    /// is an array without items.
    fn read_field(self, text: &str) -> Result<(), NoMatch> {
        let Self { format, slot, null_is_none, decoding, failure } = self;
        let reader = ValueReader { format, slot: &mut *slot, null_is_none, decoding, failure };
        if reader.try_read(JsonNode::String(text)).is_ok() {
            return Ok(());
        }
        // The values inside are JSON and no fields of the form, so a recursive array ends here.
        let inner = &mut Decoding::new(Reading::Lenient);
        let is_json = text.starts_with(['{', '[']) || matches!(text, "true" | "false");
        let array = if text.is_empty() { "[]".to_owned() } else { format!("[{}]", serde_json::Value::from(text)) };
        if is_json && read_text(text, slot, inner).is_ok() || read_text(&array, slot, inner).is_ok() {
            *failure = None;
            return Ok(());
        }
        Err(NoMatch)
    }
}

/// A value does not match a type. The failure of the reader has the details.
struct NoMatch;

impl<'de, F: Format> DeserializeSeed<'de> for ValueReader<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.slot.needs_text() {
            let json = self.format.raw_json(deserializer)?;
            return self.read(JsonNode::Text(&json));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: Format> Visitor<'de> for ValueReader<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slot.expected())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.read(JsonNode::Boolean(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        self.read(u64::try_from(number).map_or(JsonNode::Signed(number), JsonNode::Unsigned))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        self.read(JsonNode::Unsigned(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        self.read(JsonNode::Float(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        #[cfg(feature = "webhooks")]
        if self.decoding.is_form {
            return self.read_field(text).map_err(|NoMatch| E::custom(""));
        }
        self.read(JsonNode::String(text))
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.read(JsonNode::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.read(JsonNode::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        let mut items = ItemReader { format: self.format, items, index: 0, error: None };
        let result = self.try_read(JsonNode::Array(&mut items));
        result.map_err(|NoMatch| items.error.unwrap_or_else(|| de::Error::custom("")))
    }

    fn visit_map<A: MapAccess<'de>>(self, properties: A) -> Result<(), A::Error> {
        let mut object = ObjectReader { format: self.format, properties, error: None };
        let result = self.try_read(JsonNode::Object(&mut object));
        result.map_err(|NoMatch| object.error.unwrap_or_else(|| de::Error::custom("")))
    }
}

/// Reads the items of an array.
struct ItemReader<'de, F, A: SeqAccess<'de>> {
    format: F,
    items: A,
    index: usize,
    error: Option<A::Error>,
}

impl<'de, F: Format, A: SeqAccess<'de>> Items for ItemReader<'de, F, A> {
    fn next(&mut self, slot: &mut dyn Slot, decoding: &mut Decoding) -> Result<bool, Mismatch> {
        let (expected, mut failure) = (slot.expected(), None);
        let reader = ValueReader { format: self.format, slot, null_is_none: false, decoding, failure: &mut failure };
        let item = self.items.next_element_seed(reader);
        let item = item.map_err(|error| {
            self.error = Some(error);
            failure.unwrap_or_else(|| Mismatch::unread(expected)).below(JsonPathStep::Index(self.index))
        })?;
        self.index += 1;
        Ok(item.is_some())
    }
}

/// Reads the properties of an object.
struct ObjectReader<'de, F, A: MapAccess<'de>> {
    format: F,
    properties: A,
    error: Option<A::Error>,
}

impl<'de, F: Format, A: MapAccess<'de>> Object for ObjectReader<'de, F, A> {
    fn next_name(&mut self, visit: &mut dyn FnMut(&str)) -> Result<bool, Mismatch> {
        let name = self.properties.next_key_seed(NameReader(visit)).map_err(|error| {
            self.error = Some(error);
            Mismatch::rejected()
        })?;
        Ok(name.is_some())
    }

    fn value(&mut self, slot: &mut dyn Slot, null_is_none: bool, decoding: &mut Decoding) -> Result<(), Mismatch> {
        let (expected, mut failure) = (slot.expected(), None);
        let reader = ValueReader { format: self.format, slot, null_is_none, decoding, failure: &mut failure };
        let value = self.properties.next_value_seed(reader);
        value.map_err(|error| {
            self.error = Some(error);
            failure.unwrap_or_else(|| Mismatch::unread(expected))
        })
    }

    fn skip_value(&mut self) -> Result<(), Mismatch> {
        let skipped = self.properties.next_value::<IgnoredAny>();
        skipped.map(drop).map_err(|error| {
            self.error = Some(error);
            Mismatch::default()
        })
    }
}

/// Reads the name of a property.
struct NameReader<'a>(&'a mut dyn FnMut(&str));

impl<'de> DeserializeSeed<'de> for NameReader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for NameReader<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<(), E> {
        (self.0)(name);
        Ok(())
    }
}
