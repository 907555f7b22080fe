//! JSON values of any type, which keep the digits of their numbers.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde_core::ser::{self, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch};

/// A JSON value of any type: a [`serde_json::Value`] that keeps the digits of its numbers.
///
/// It dereferences to the `Value`, so `metadata["color"].as_str()` works, and values are converted into it as into a `Value`.
/// A `Value` rounds numbers that a 64-bit number cannot hold exactly. If there is such a number in a response, this type also
/// keeps the JSON as it was received: [`Display`](fmt::Display) and [`Serialize`] write it unchanged, and
/// [`json`](Self::json) returns it.
///
/// Use [`str::parse`] to create a value with any number from JSON.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct AnyJson {
    value: Value,
    /// The JSON, if it has numbers that `value` does not hold with all their digits.
    json: Option<Box<str>>,
}

impl AnyJson {
    /// Returns the value as JSON, with all digits of its numbers.
    pub fn json(&self) -> String {
        self.json.as_deref().map_or_else(|| self.value.to_string(), str::to_owned)
    }

    /// Returns the value as a `serde_json::Value`, which may round numbers.
    pub fn into_value(self) -> Value {
        self.value
    }

    /// Parses JSON.
    fn parse(json: &str) -> Result<Self, serde_json::Error> {
        let value = json.parse()?;
        Ok(Self { value, json: (!has_exact_numbers(json)).then(|| json.trim().into()) })
    }
}

/// Returns whether a `Value` writes all numbers in a JSON text with the same digits.
fn has_exact_numbers(json: &str) -> bool {
    let (mut rest, is_number) = (json, |byte: u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    while let Some(start) = rest.find(|c: char| matches!(c, '"' | '-' | '0'..='9')) {
        rest = &rest[start..];
        let end = if rest.starts_with('"') {
            end_of_string(rest.as_bytes())
        } else {
            let end = rest.bytes().position(|byte| !is_number(byte)).unwrap_or(rest.len());
            if !is_exact(&rest[..end]) {
                return false;
            }
            end
        };
        rest = &rest[end..];
    }
    true
}

/// Returns the position after a string at the start of a JSON text.
fn end_of_string(json: &[u8]) -> usize {
    // The first byte is the opening quotation mark.
    let mut end = 1;
    while let Some(byte) = json.get(end) {
        match byte {
            b'"' => return end + 1,
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    json.len()
}

/// Returns whether a `Value` writes a number with the same digits.
fn is_exact(number: &str) -> bool {
    // Most numbers are short integers, which a `Value` always writes exactly.
    let is_short_integer = number.len() <= 18 && number.bytes().all(|byte| byte.is_ascii_digit());
    let written = || number.parse::<Value>().map(|value| value.to_string());
    is_short_integer || written().is_ok_and(|written| written == number)
}

impl Deref for AnyJson {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.value
    }
}

impl From<Value> for AnyJson {
    fn from(value: Value) -> Self {
        Self { value, json: None }
    }
}

macro_rules! values {
    ($($ty:ty),* $(,)?) => { $(
        impl From<$ty> for AnyJson {
            #[inline]
            fn from(value: $ty) -> Self {
                Value::from(value).into()
            }
        }
    )* };
}
values!(bool, i8, i16, i32, i64, u8, u16, u32, u64, isize, usize, (), &str, String, Cow<'_, str>, Number, Map<String, Value>);

macro_rules! floats {
    ($($ty:ty),*) => { $(
        /// NaN and the infinities are errors when the value is encoded.
        impl From<$ty> for AnyJson {
            #[inline]
            fn from(number: $ty) -> Self {
                let text = number.to_string();
                // A direct conversion of the `f32` 0.1 to `f64` gives 0.10000000149011612. The decimal digits give 0.1.
                let value = text.parse::<f64>().unwrap_or(f64::NAN).into();
                Self { value, json: (!number.is_finite()).then(|| text.into()) }
            }
        }
    )* };
}
floats!(f32, f64);

impl<T> From<Option<T>> for AnyJson
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map(Self::from).unwrap_or_default()
    }
}

impl<T> From<Vec<T>> for AnyJson
where
    Value: From<Vec<T>>,
{
    fn from(items: Vec<T>) -> Self {
        Value::from(items).into()
    }
}

impl<T, const N: usize> From<[T; N]> for AnyJson
where
    Value: From<[T; N]>,
{
    fn from(items: [T; N]) -> Self {
        Value::from(items).into()
    }
}

impl<T> From<&[T]> for AnyJson
where
    Value: for<'a> From<&'a [T]>,
{
    fn from(items: &[T]) -> Self {
        Value::from(items).into()
    }
}

impl FromStr for AnyJson {
    type Err = serde_json::Error;

    fn from_str(json: &str) -> Result<Self, serde_json::Error> {
        Self::parse(json)
    }
}

impl fmt::Display for AnyJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.json {
            Some(json) => f.write_str(json),
            None => self.value.fmt(f),
        }
    }
}

impl fmt::Debug for AnyJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.json {
            Some(json) => f.write_str(json),
            None => self.value.fmt(f),
        }
    }
}

impl PartialEq<Value> for AnyJson {
    #[inline]
    fn eq(&self, other: &Value) -> bool {
        self.json.is_none() && self.value == *other
    }
}

impl Serialize for AnyJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.json {
            Some(json) => RawValue::from_string(json.to_string()).map_err(ser::Error::custom)?.serialize(serializer),
            None => self.value.serialize(serializer),
        }
    }
}

impl FromJson for AnyJson {
    const EXPECTED: &'static str = "any value";
    const NEEDS_TEXT: bool = true;

    fn from_json(json: JsonNode<'_>, _: &mut Decoding) -> Result<Self, Mismatch> {
        let JsonNode::Text(json) = json else { return Err(Mismatch::default()) };
        Self::parse(json.get()).map_err(|_| Mismatch::rejected())
    }
}

impl_deserialize!(AnyJson);
