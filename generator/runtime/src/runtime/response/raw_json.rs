//! Reads a value of any deserializer as JSON text.

use std::fmt::{self, Write};

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Number;
use serde_json::value::RawValue;

/// Returns a value as JSON text. If the deserializer does not have the text, as serde's buffers and other formats, the value
/// is encoded as JSON.
///
/// # Errors
///
/// Returns the error of the deserializer, for example if its input is not JSON, and an error for a value that JSON cannot represent.
pub fn raw_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<RawValue>, D::Error> {
    Box::<RawValue>::deserialize(RawOrValue(deserializer))
}

/// A deserializer of a `RawValue` for deserializers that do not support it.
struct RawOrValue<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for RawOrValue<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    /// `name` is the name by which serde_json recognizes a `RawValue`.
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        let mut json = String::new();
        self.0.deserialize_newtype_struct(name, JsonWriter { json: &mut json, raw_name: Some(name) })?;
        // A reader has no lifetime, so the visitor accepts a text that is shorter-lived than its input.
        let mut json = serde_json::Deserializer::from_reader(json.as_bytes());
        json.deserialize_newtype_struct(name, visitor).map_err(de::Error::custom)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The name of the only property of a map that is a number, if a program enables the feature `arbitrary_precision` of serde_json.
const NUMBER_NAME: &str = "$serde_json::private::Number";

/// Writes the JSON text of a value.
struct JsonWriter<'a> {
    json: &'a mut String,
    /// The name of the only property of a map that has the JSON text, if the deserializer supports `RawValue`.
    raw_name: Option<&'static str>,
}

impl<'a> JsonWriter<'a> {
    fn new(json: &'a mut String) -> Self {
        Self { json, raw_name: None }
    }

    fn write<E: de::Error>(self, json: impl fmt::Display) -> Result<(), E> {
        write!(self.json, "{json}").map_err(E::custom)
    }

    /// Replaces the comma after the last item with a bracket.
    fn close<E>(self, bracket: char) -> Result<(), E> {
        if self.json.ends_with(',') {
            self.json.pop();
        }
        self.json.push(bracket);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for JsonWriter<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for JsonWriter<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can represent")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.write(value)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        self.write(number)
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<(), E> {
        self.write(number)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        self.write(number)
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<(), E> {
        self.write(number)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        match Number::from_f64(number) {
            Some(number) => self.write(number),
            None => Err(E::invalid_value(de::Unexpected::Float(number), &self)),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.write(serde_json::Value::from(text))
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.write("null")
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.write("null")
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        Self::new(self.json).deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        Self::new(self.json).deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.json.push('[');
        while items.next_element_seed(JsonWriter::new(self.json))?.is_some() {
            self.json.push(',');
        }
        self.close(']')
    }

    fn visit_map<A: MapAccess<'de>>(self, mut properties: A) -> Result<(), A::Error> {
        let start = self.json.len();
        self.json.push('{');
        while let Some(name) = properties.next_key::<String>()? {
            if self.raw_name == Some(&name) {
                *self.json = properties.next_value()?;
                return Ok(());
            }
            if name == NUMBER_NAME {
                let number: Number = properties.next_value::<String>()?.parse().map_err(de::Error::custom)?;
                self.json.truncate(start);
                return self.write(number);
            }
            JsonWriter::new(self.json).visit_str(&name)?;
            self.json.push(':');
            properties.next_value_seed(JsonWriter::new(self.json))?;
            self.json.push(',');
        }
        self.close('}')
    }
}
