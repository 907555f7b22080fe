//! Reads a value of any deserializer as JSON text.

use std::fmt;

use serde_core::de::value::MapAccessDeserializer;
use serde_core::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// The name by which serde_json recognizes a `RawValue`. It is private to serde_json. With another name, numbers would lose digits.
const RAW_VALUE_NAME: &str = "$serde_json::private::RawValue";

/// Returns a value as JSON text. If the deserializer does not have the text, such as serde's buffers and other formats, the value
/// is encoded as JSON: NaN and the infinities become `null`, and of repeated names, the last is kept.
///
/// # Errors
///
/// Returns the error of the deserializer, for example if its input is not JSON.
pub fn raw_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<RawValue>, D::Error> {
    deserializer.deserialize_newtype_struct(RAW_VALUE_NAME, TextOrValue)
}

/// Reads a `RawValue`, also from deserializers that do not support it.
struct TextOrValue;

impl<'de> Visitor<'de> for TextOrValue {
    type Value = Box<RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    /// A deserializer that supports `RawValue` calls this method.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Box<RawValue>, A::Error> {
        Box::<RawValue>::deserialize(MapAccessDeserializer::new(map))
    }

    /// Every other deserializer calls this method.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Box<RawValue>, D::Error> {
        to_raw_value(&Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
