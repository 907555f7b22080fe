//! Values that are decoded by serde, because their types do not implement [`FromJson`].

use serde_core::de::{self, DeserializeOwned, Deserializer, Visitor};
use serde_core::forward_to_deserialize_any;

use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Reading, deserialize_json};

/// A value of a type from outside the crate, which is decoded with its implementation of `Deserialize`.
pub struct WithSerde<T>(
    /// The value.
    pub T,
);

impl<T: DeserializeOwned> FromJson for WithSerde<T> {
    const EXPECTED: &'static str = "a value";
    const NEEDS_TEXT: bool = true;

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        let JsonNode::Text(json) = json else { return Err(Mismatch::default()) };
        let reading = if decoding.is_lenient() { Reading::Lenient } else { Reading::Strict };
        deserialize_json(json.get().as_bytes(), reading).map(Self)
    }

    fn from_missing() -> Option<Self> {
        T::deserialize(Missing).map(Self).ok()
    }
}

/// A deserializer of a missing property, from which only an `Option` can be deserialized.
struct Missing;

impl<'de> Deserializer<'de> for Missing {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom("the property is missing"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
