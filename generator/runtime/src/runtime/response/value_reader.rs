//! Reads the values of any serde deserializer into types that implement [`FromJson`].

use std::cell::Cell;
use std::fmt;
#[cfg(feature = "json-values")]
use std::thread::LocalKey;

use serde_core::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json_cursor::decode;
use super::mismatch::JsonPathStep;
use crate::runtime::model::from_json::{Decoding, FromJson, Items, JsonNode, Object, Reading, Slot};
use crate::runtime::{Mismatch, raw_json};

thread_local! {
    /// How [`deserialize`] reads values. This is a thread-local variable, because deserializers cannot pass it to nested
    /// values.
    pub static READING: Cell<Reading> = const { Cell::new(Reading::Lenient) };
}

/// Calls `read`, while a thread-local variable has another value.
#[cfg(feature = "json-values")]
pub fn with_value<V: Copy + 'static, T>(variable: &'static LocalKey<Cell<V>>, value: V, read: impl FnOnce() -> T) -> T {
    /// Restores the previous value, even if the decoding of a type panics.
    struct Restore<V: Copy + 'static>(&'static LocalKey<Cell<V>>, V);

    impl<V: Copy + 'static> Drop for Restore<V> {
        #[inline]
        fn drop(&mut self) {
            self.0.set(self.1);
        }
    }

    let _restore = Restore(variable, variable.replace(value));
    read()
}

/// Implements `Deserialize::deserialize` for a type.
///
/// # Errors
///
/// Returns the error of the deserializer, or why its value cannot be decoded as a `T`.
pub fn deserialize<'de, T: FromJson, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let (mut value, mut failure) = (None::<T>, None);
    let decoding = &mut Decoding::new(READING.get());
    let reader = ValueReader { slot: &mut value, null_is_none: false, decoding, failure: &mut failure };
    let result = reader.deserialize(deserializer);
    match failure {
        Some(mismatch) if !mismatch.is_unread() => Err(mismatch.into_error()),
        _ => result.and_then(|()| value.ok_or_else(|| Mismatch::default().into_error())),
    }
}

/// Reads a value into a slot.
struct ValueReader<'a> {
    slot: &'a mut dyn Slot,
    /// Whether `null` leaves the slot empty.
    null_is_none: bool,
    decoding: &'a mut Decoding,
    /// The mismatch, if the value does not match the type of the slot. It is stored here, because the errors of
    /// deserializers cannot contain it.
    failure: &'a mut Option<Mismatch>,
}

impl ValueReader<'_> {
    fn read<E: de::Error>(self, json: JsonNode<'_>) -> Result<(), E> {
        self.try_read(json).map_err(|NoMatch| E::custom(""))
    }

    fn try_read(self, json: JsonNode<'_>) -> Result<(), NoMatch> {
        decode(self.slot, json, self.null_is_none, self.decoding).map_err(|mismatch| {
            *self.failure = Some(mismatch);
            NoMatch
        })
    }
}

/// A value does not match a type. The failure of the reader has the details, so the error of the deserializer is empty.
struct NoMatch;

impl<'de> DeserializeSeed<'de> for ValueReader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.slot.needs_text() {
            let json = raw_json(deserializer)?;
            return self.read(JsonNode::Text(&json));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueReader<'_> {
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

    /// A number of more than 64 bits is rounded, as in JSON.
    fn visit_i128<E: de::Error>(self, number: i128) -> Result<(), E> {
        self.visit_f64(number as f64)
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<(), E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        self.read(JsonNode::Float(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
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
        let mut items = ItemReader { items, index: 0, error: None };
        let result = self.try_read(JsonNode::Array(&mut items));
        result.map_err(|NoMatch| items.error.unwrap_or_else(|| de::Error::custom("")))
    }

    fn visit_map<A: MapAccess<'de>>(self, properties: A) -> Result<(), A::Error> {
        let mut object = ObjectReader { properties, error: None };
        let result = self.try_read(JsonNode::Object(&mut object));
        result.map_err(|NoMatch| object.error.unwrap_or_else(|| de::Error::custom("")))
    }
}

/// Reads the items of an array.
struct ItemReader<'de, A: SeqAccess<'de>> {
    items: A,
    index: usize,
    error: Option<A::Error>,
}

impl<'de, A: SeqAccess<'de>> Items for ItemReader<'de, A> {
    fn next(&mut self, slot: &mut dyn Slot, decoding: &mut Decoding) -> Result<bool, Mismatch> {
        let mut failure = None;
        let reader = ValueReader { slot, null_is_none: false, decoding, failure: &mut failure };
        let item = self.items.next_element_seed(reader);
        let item = item.map_err(|error| {
            self.error = Some(error);
            failure.unwrap_or_else(Mismatch::unread).below(JsonPathStep::Index(self.index))
        })?;
        self.index += 1;
        Ok(item.is_some())
    }
}

/// Reads the properties of an object.
struct ObjectReader<'de, A: MapAccess<'de>> {
    properties: A,
    error: Option<A::Error>,
}

impl<'de, A: MapAccess<'de>> Object for ObjectReader<'de, A> {
    fn next_name(&mut self, visit: &mut dyn FnMut(&str)) -> Result<bool, Mismatch> {
        let name = self.properties.next_key_seed(NameReader(visit)).map_err(|error| {
            self.error = Some(error);
            Mismatch::unread()
        })?;
        Ok(name.is_some())
    }

    fn value(&mut self, slot: &mut dyn Slot, null_is_none: bool, decoding: &mut Decoding) -> Result<(), Mismatch> {
        let mut failure = None;
        let reader = ValueReader { slot, null_is_none, decoding, failure: &mut failure };
        let value = self.properties.next_value_seed(reader);
        value.map_err(|error| {
            self.error = Some(error);
            failure.unwrap_or_else(Mismatch::unread)
        })
    }

    fn skip_value(&mut self) -> Result<(), Mismatch> {
        let skipped = self.properties.next_value::<IgnoredAny>();
        skipped.map(drop).map_err(|error| {
            self.error = Some(error);
            Mismatch::unread()
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
