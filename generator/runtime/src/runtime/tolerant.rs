//! Answers that are not quite what the document says, and leave no doubt of what they mean.
//!
//! Servers write numbers as texts, for the sake of their digits, and whole numbers with a fraction of nothing; they write
//! times without a zone, and days as times. An answer that cannot be read to the letter is read once more with that in
//! mind; what cannot be read so either is the error that it was.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Expected, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Number, Value};

/// Reads JSON as what it is meant to be; none if that is not to be seen.
pub fn tolerate<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    T::deserialize(Tolerant(serde_json::from_slice(body).ok()?)).ok()
}

struct Tolerant(Value);

impl<'de> IntoDeserializer<'de, Error> for Tolerant {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Methods that read a number, from a text if need be.
macro_rules! numbers {
    ($($method:ident),*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
                number(self.0).$method(visitor)
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Tolerant {
    type Error = Error;

    numbers![deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64, deserialize_i128];
    numbers![deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64, deserialize_u128];
    numbers![deserialize_f32, deserialize_f64];

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Self))),
            Value::Object(members) => {
                visitor.visit_map(MapDeserializer::new(members.into_iter().map(|(key, value)| (key, Self(value)))))
            }
            value => value.deserialize_any(visitor),
        }
    }

    /// Only what is no plain text is read in this way: times, and what else has a form of its own.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(text) => {
                let text = time(text, &visitor);
                visitor.visit_string(text)
            }
            value => Self(value).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            value => visitor.visit_some(Self(value)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        // So begin the names of types of serde_json itself, such as the text of a value, which unions read.
        if name.starts_with('$') {
            return self.0.deserialize_newtype_struct(name, visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool char string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

/// A number that is written as a text, and a whole number that is written as if it were none.
fn number(value: Value) -> Value {
    let number = match &value {
        Value::String(text) => text.trim().parse::<Number>().ok(),
        Value::Number(number) => Some(number.clone()),
        _ => None,
    };
    let whole = number.as_ref().filter(|number| number.is_f64()).and_then(Number::as_f64);
    // So far, every whole number is one of floating point too.
    let whole = whole.filter(|number| number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0);
    match (whole, number) {
        (Some(whole), _) => Value::from(whole as i64),
        (None, Some(number)) => Value::Number(number),
        (None, None) => value,
    }
}

/// A time or a day in the form of what is expected, which is only known by its words.
fn time(text: String, expected: &dyn Expected) -> String {
    let words = expected.to_string();
    let (day, rest) = match text.split_at_checked(10) {
        Some((day, rest)) if day.parse::<chrono::NaiveDate>().is_ok() => (day, rest),
        _ => return text,
    };
    match (words.contains("date"), words.contains("time"), rest) {
        (true, false, rest) if rest.starts_with(['T', ' ']) && rest.contains(':') => day.to_owned(),
        (true, true, "") => format!("{day}T00:00:00Z"),
        // Behind the time, a sign begins the offset.
        (true, true, rest) if !rest.contains(['Z', 'z', '+', '-']) => format!("{text}Z"),
        // Some leave the colon out.
        (true, true, rest) => match rest.rfind(['+', '-']).map(|sign| rest.len() - sign) {
            Some(5) => format!("{}:{}", &text[..text.len() - 2], &text[text.len() - 2..]),
            _ => text,
        },
        _ => text,
    }
}
