//! Enums of JSON values that keep unknown values.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Number;

// [if any_json.rs
use std::cmp::Ordering;

use crate::runtime::AnyJson;
use crate::runtime::validation::decimal::compare;
// [end any_json.rs]
use crate::runtime::Value;

/// A type of the values of an enum.
pub trait EnumValue: Sized {
    /// Returns whether both values are equal. Numbers are compared by value: `1.0` is equal to `1`.
    fn is_same(&self, other: &Self) -> bool;

    /// Decodes a value.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not of this type.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl EnumValue for i64 {
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }

    /// `1.0` is decoded as an integer as well.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// The largest integer up to which a floating-point number is exact.
        const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;
        let number = Number::deserialize(deserializer)?;
        let exact_integer = || number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= MAX_EXACT_INTEGER);
        let integer = number.as_i64().or_else(|| exact_integer().map(|float| float as i64));
        integer.ok_or_else(|| de::Error::custom("not an integer of 64 bits"))
    }
}

// [if any_json.rs
impl EnumValue for AnyJson {
    fn is_same(&self, other: &Self) -> bool {
        self == other
            || self.is_number() && other.is_number() && compare(&self.json(), &other.json()) == Some(Ordering::Equal)
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}
// [end any_json.rs]

/// Returns an enum value as the value of a parameter: a string without quotes, any other value as JSON.
pub fn enum_param_value(value: impl Serialize) -> Value {
    let json = serde_json::to_string(&value).unwrap_or_default();
    match json.bytes().next() {
        Some(b'"') => Value::Text(serde_json::from_str(&json).unwrap_or_default()),
        Some(b'-' | b'0'..=b'9') => Value::Number(json),
        _ => Value::Text(json),
    }
}

/// Implements the traits of an enum of documented values. The last variant keeps any other value. The enum has a method `value`.
///
/// ```text
/// impl_value_enum!(Urgency: i64 { Low, High } else Unknown);
/// ```
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! impl_value_enum {
    ($name:ident: $ty:ty { $($variant:ident),* $(,)? } else $other:ident) => {
        impl From<$ty> for $name {
            fn from(value: $ty) -> Self {
                for variant in [$(Self::$variant),*] {
                    if $crate::runtime::EnumValue::is_same(&variant.value(), &value) {
                        return variant;
                    }
                }
                Self::$other(value)
            }
        }

        impl From<&$name> for $name {
            fn from(value: &$name) -> Self {
                value.clone()
            }
        }

        impl From<$name> for $crate::runtime::Value {
            fn from(value: $name) -> Self {
                $crate::runtime::enum_param_value(value)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.value().serialize(serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<__D: ::serde::Deserializer<'de>>(deserializer: __D) -> Result<Self, __D::Error> {
                let value = <$ty as $crate::runtime::EnumValue>::decode(deserializer).map(Self::from)?;
                $crate::runtime::note_unknown(matches!(value, Self::$other(_)));
                Ok(value)
            }
        }
    };
}
