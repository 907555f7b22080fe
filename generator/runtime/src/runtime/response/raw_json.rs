//! Reads a value of any deserializer as JSON text.

use std::fmt::{self, Write};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_json::value::RawValue;

/// The name by which serde_json recognizes a `RawValue`. It is also the name of the only property of the map that has the text.
const RAW_VALUE_NAME: &str = "$serde_json::private::RawValue";

/// The name of the only property of a map that is a number, if a program enables the feature `arbitrary_precision` of serde_json.
const NUMBER_NAME: &str = "$serde_json::private::Number";

/// Returns a value as JSON text. If the deserializer has no JSON text, such as serde's buffers or YAML, the value is encoded as JSON.
///
/// # Errors
///
/// Returns the error of the deserializer, or an error for a value that JSON cannot represent, such as NaN.
pub fn raw_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<RawValue>, D::Error> {
    let mut json = String::new();
    deserializer.deserialize_newtype_struct(RAW_VALUE_NAME, JsonWriter { json: &mut json, may_have_text: true })?;
    RawValue::from_string(json).map_err(de::Error::custom)
}

/// Writes the JSON text of a value.
struct JsonWriter<'a> {
    json: &'a mut String,
    /// Whether the value may be a map with the JSON text.
    may_have_text: bool,
}

impl<'a> JsonWriter<'a> {
    fn new(json: &'a mut String) -> Self {
        Self { json, may_have_text: false }
    }

    fn write<E: de::Error>(self, json: impl fmt::Display) -> Result<(), E> {
        write!(self.json, "{json}").map_err(E::custom)
    }

    /// Replaces the comma after the last item with a bracket.
    fn close(self, bracket: char) {
        if self.json.ends_with(',') {
            self.json.pop();
        }
        self.json.push(bracket);
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
        JsonWriter::new(self.json).deserialize(deserializer)
    }

    /// A deserializer that has no JSON text calls this method first.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        JsonWriter::new(self.json).deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.json.push('[');
        while items.next_element_seed(JsonWriter::new(self.json))?.is_some() {
            self.json.push(',');
        }
        self.close(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut properties: A) -> Result<(), A::Error> {
        let mut next_name = properties.next_key::<String>()?;
        if self.may_have_text && next_name.as_deref() == Some(RAW_VALUE_NAME) {
            *self.json = properties.next_value()?;
            return Ok(());
        }
        if next_name.as_deref() == Some(NUMBER_NAME) {
            let number: Number = properties.next_value::<String>()?.parse().map_err(de::Error::custom)?;
            return self.write(number);
        }
        self.json.push('{');
        while let Some(name) = next_name {
            JsonWriter::new(self.json).visit_str(&name)?;
            self.json.push(':');
            properties.next_value_seed(JsonWriter::new(self.json))?;
            self.json.push(',');
            next_name = properties.next_key()?;
        }
        self.close('}');
        Ok(())
    }
}
