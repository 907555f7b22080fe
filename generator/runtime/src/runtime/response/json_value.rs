//! Decodes JSON into types that implement serde's `Deserialize`, such as the types of the program. The deserializer is
//! lenient, and its errors have the location of the wrong value.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::iter::Enumerate;
use std::vec::IntoIter;

use serde_core::de::{self, Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Expected, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::json_cursor::MAX_NESTING_DEPTH;
use super::json_reader::check_syntax;
use super::lenient;
use super::mismatch::{Found, JsonPathStep, without_byte_order_mark};
use super::value_reader::{READING, with_value};
use crate::runtime::{JsonNode, Mismatch, Properties, Reading};

/// The values that [`deserialize_json`] is decoding.
#[derive(Clone, Copy)]
struct Enclosing {
    /// Their number.
    count: usize,
    /// Whether one of them is decoded again to find the location of a wrong value. The values in it are then decoded only in this way.
    /// Otherwise, the time to decode a wrong value would double with each level.
    finds_location: bool,
}

/// The maximum number of values inside each other. Each of them has at least two levels of JSON.
const MAX_ENCLOSING: usize = MAX_NESTING_DEPTH / 2;

thread_local! {
    static ENCLOSING: Cell<Enclosing> = const { Cell::new(Enclosing { count: 0, finds_location: false }) };
}

/// Decodes JSON with serde. Tries the deserializer of serde_json first. If it fails, decodes the JSON again to find the location of the
/// wrong value. This is lenient if `reading` is.
///
/// # Errors
///
/// Returns why the JSON cannot be decoded as a `T`.
pub fn deserialize_json<T: DeserializeOwned>(json: &[u8], reading: Reading) -> Result<T, Mismatch> {
    let json = without_byte_order_mark(json);
    let enclosing = ENCLOSING.get();
    if enclosing.count == MAX_ENCLOSING {
        return Err(Mismatch::new("the JSON is nested too deep".to_owned()));
    }
    let inner = |finds_location| Enclosing { count: enclosing.count + 1, finds_location };
    let find_location = || {
        let json = JsonValue { json: check_syntax(json)?, reading };
        with_value(&ENCLOSING, inner(true), || T::deserialize(json))
    };
    with_value(&READING, reading, || match enclosing.finds_location {
        true => find_location(),
        false => with_value(&ENCLOSING, inner(false), || serde_json::from_slice(json)).or_else(|_| find_location()),
    })
}

/// A deserializer of a JSON value. It keeps the text of the value, so numbers keep their digits.
#[derive(Clone, Copy)]
struct JsonValue<'a> {
    json: &'a RawValue,
    reading: Reading,
}

impl<'de> JsonValue<'de> {
    /// Passes the value to a visitor. `names` has the declared properties, if the value is read as a struct.
    fn read<V: Visitor<'de>>(self, visitor: V, names: &'static [&'static str]) -> Result<V::Value, Mismatch> {
        let expected = (&visitor as &dyn Expected).to_string();
        let result = match self.json.get().bytes().next() {
            Some(b'[') => {
                let items: Vec<&RawValue> = self.parse(&expected)?;
                visitor.visit_seq(ArrayAccess { items: items.into_iter().enumerate(), reading: self.reading })
            }
            Some(b'{') => {
                let rejected = || Mismatch::rejected().about(&expected, self.found());
                let properties = Properties::of(self.json).ok_or_else(rejected)?.0.into_iter();
                visitor.visit_map(ObjectAccess { names, properties, value: None, reading: self.reading })
            }
            _ => match self.parse_value(&expected)? {
                Value::Bool(value) => visitor.visit_bool(value),
                Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                    (Some(number), _) => visitor.visit_u64(number),
                    (None, Some(number)) => visitor.visit_i64(number),
                    (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
                },
                Value::String(text) => visitor.visit_string(text),
                _ => visitor.visit_unit(),
            },
        };
        result.map_err(|error| error.about(&expected, self.found()))
    }

    /// Passes a number to a visitor, and other values as they are.
    fn read_number<V: Visitor<'de>>(self, visitor: V, convert: Conversion) -> Result<V::Value, Mismatch> {
        let expected = (&visitor as &dyn Expected).to_string();
        let number: Value = match self.json.get().bytes().next() {
            Some(b'[' | b'{') => return self.read(visitor, &[]),
            _ => self.parse_value(&expected)?,
        };
        let result = match number_node(&number, self.reading, convert) {
            JsonNode::Unsigned(number) => visitor.visit_u64(number),
            JsonNode::Signed(number) => visitor.visit_i64(number),
            JsonNode::Float(number) => visitor.visit_f64(number),
            _ => return self.read(visitor, &[]),
        };
        result.map_err(|error: Mismatch| error.about(&expected, self.found()))
    }

    fn parse<T: Deserialize<'de>>(&self, expected: &str) -> Result<T, Mismatch> {
        serde_json::from_str(self.json.get()).map_err(|_| Mismatch::rejected().about(expected, self.found()))
    }

    /// Parses the value. `str::parse` is already compiled in serde_json.
    #[inline]
    fn parse_value(&self, expected: &str) -> Result<Value, Mismatch> {
        self.json.get().parse().map_err(|_| Mismatch::rejected().about(expected, self.found()))
    }

    fn found(&self) -> Found {
        Found::in_text(self.json.get())
    }

    /// Returns the text of a number, which may be in a string if the reading is lenient.
    #[inline]
    fn digits(&self) -> &'de str {
        match self.reading {
            Reading::Strict => self.json.get(),
            Reading::Lenient => self.json.get().trim_matches('"').trim(),
        }
    }

    fn is_null(&self) -> bool {
        self.json.get() == "null"
    }
}

/// Methods that pass the value to a visitor as it is.
macro_rules! deserialize_value {
    ($($method:ident),*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            self.read(visitor, &[])
        }
    )* };
}

/// Methods that deserialize a number.
macro_rules! deserialize_number {
    ($convert:expr; $($method:ident),*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            self.read_number(visitor, $convert)
        }
    )* };
}

/// A conversion of a value to a number.
type Conversion = for<'a> fn(&JsonNode<'a>) -> Option<JsonNode<'a>>;

/// Returns a number, which may be in a string if the reading is lenient. Any other value is returned unchanged, or as
/// `null`.
#[inline]
fn number_node(value: &Value, reading: Reading, convert: Conversion) -> JsonNode<'_> {
    let node = match value {
        Value::Number(number) => JsonNode::from(number),
        Value::String(text) => JsonNode::String(text),
        _ => JsonNode::Null,
    };
    let lenient_number = if reading == Reading::Lenient { convert(&node) } else { None };
    lenient_number.unwrap_or(node)
}

impl<'de> Deserializer<'de> for JsonValue<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.read(visitor, &[])
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    deserialize_value![deserialize_bool, deserialize_char, deserialize_string, deserialize_bytes, deserialize_byte_buf];
    deserialize_value![deserialize_unit, deserialize_seq, deserialize_map, deserialize_identifier];

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        self.read(visitor, &[])
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.read(visitor, &[])
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.read(visitor, &[])
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.read(visitor, names)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        // serde_json's private types, such as `RawValue`, have names that begin with `$`.
        if name.starts_with('$') {
            let mut json = serde_json::Deserializer::from_str(self.json.get());
            let expected = (&visitor as &dyn Expected).to_string();
            let result = json.deserialize_newtype_struct(name, visitor);
            return result.map_err(|_| Mismatch::default().about(&expected, self.found()));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.digits().parse::<i128>() {
            Ok(number) => visitor.visit_i128(number),
            Err(_) => self.deserialize_i64(visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.digits().parse::<u128>() {
            Ok(number) => visitor.visit_u128(number),
            Err(_) => self.deserialize_u64(visitor),
        }
    }

    deserialize_number![lenient::integer; deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64];
    deserialize_number![lenient::integer; deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64];
    deserialize_number![lenient::number; deserialize_f64];

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        // The visitor of an `f32` would convert a number that is too large to infinity.
        let is_too_large = self.digits().parse::<f32>().is_ok_and(f32::is_infinite);
        if is_too_large {
            return Err(Mismatch::rejected().about(&(&visitor as &dyn Expected).to_string(), self.found()));
        }
        self.deserialize_f64(visitor)
    }

    /// Deserializes a string with a format, such as a time. `deserialize_string` is for other strings.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Ok(text) = serde_json::from_str::<String>(self.json.get()) else { return self.read(visitor, &[]) };
        let expected = (&visitor as &dyn Expected).to_string();
        let text = if self.reading == Reading::Lenient { lenient::time(&text, &visitor) } else { text };
        let json = self.json.get();
        // A type can borrow a string without escapes.
        let result: Result<_, Mismatch> = match json.get(1..json.len() - 1).filter(|unquoted| *unquoted == text) {
            Some(text) => visitor.visit_borrowed_str(text),
            None => visitor.visit_str(&text),
        };
        result.map_err(|error| error.about(&expected, self.found()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        // serde_json deserializes the variant. Its error message may quote the value, so the error is replaced.
        let mut json = serde_json::Deserializer::from_str(self.json.get());
        let result = json.deserialize_enum(name, variants, visitor);
        result.map_err(|_| match self.json.get().starts_with('"') {
            true => Mismatch::rejected().about("one of the documented variants", self.found()),
            false => Mismatch::default().about("one of the documented variants", self.found()),
        })
    }
}

/// The items of an array.
struct ArrayAccess<'a> {
    items: Enumerate<IntoIter<&'a RawValue>>,
    reading: Reading,
}

impl<'de> de::SeqAccess<'de> for ArrayAccess<'de> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        let Some((index, item)) = self.items.next() else { return Ok(None) };
        let item = JsonValue { json: item, reading: self.reading };
        seed.deserialize(item).map(Some).map_err(|error| error.below(JsonPathStep::Index(index)))
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The properties of an object.
struct ObjectAccess<'a> {
    /// The declared properties of a struct. For a struct with `#[serde(flatten)]`, serde does not pass the declared
    /// properties.
    names: &'static [&'static str],
    properties: IntoIter<(Cow<'a, str>, &'a RawValue)>,
    value: Option<(Cow<'a, str>, &'a RawValue)>,
    reading: Reading,
}

impl<'de> de::MapAccess<'de> for ObjectAccess<'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let Some((name, value)) = self.properties.next() else { return Ok(None) };
        // serde_json deserializes the name, which can also be a number or a variant.
        let object = Value::from_iter([(name.clone(), Value::Null)]);
        let key = object.deserialize_map(NameVisitor(seed));
        self.value = Some((name, value));
        key.map_err(|_| Mismatch::rejected().below(JsonPathStep::Other))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        let (name, json) = self.value.take().unwrap_or((Cow::Borrowed(""), RawValue::NULL));
        seed.deserialize(JsonValue { json, reading: self.reading }).map_err(|error| {
            let step = match self.names.iter().find(|declared| **declared == name) {
                Some(declared) => JsonPathStep::Name(declared),
                None => JsonPathStep::Other,
            };
            error.below(step)
        })
    }
}

/// A visitor of an object with one property, which deserializes its name.
struct NameVisitor<K>(K);

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for NameVisitor<K> {
    type Value = Option<K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut object: A) -> Result<Option<K::Value>, A::Error> {
        object.next_key_seed(self.0)
    }
}
