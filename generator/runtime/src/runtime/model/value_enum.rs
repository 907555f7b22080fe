//! Enums of JSON values that accept values which an API adds later.

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
    /// Whether both are the same value: numbers are, however they are written.
    fn is_same(&self, other: &Self) -> bool;

    /// Reads a value.
    ///
    /// # Errors
    ///
    /// It is not of this type.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl EnumValue for i64 {
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }

    /// `1.0` is an integer as well.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Up to here every floating-point number with no fraction is an integer of its own.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let number = Number::deserialize(deserializer)?;
        let whole = || number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= EXACT);
        let integer = number.as_i64().or_else(|| whole().map(|float| float as i64));
        integer.ok_or_else(|| de::Error::custom("not an integer of 64 bits"))
    }
}

// [if any_json.rs
impl EnumValue for AnyJson {
    fn is_same(&self, other: &Self) -> bool {
        self == other
            || self.is_number() && other.is_number() && compare(&self.json(), &other.json()) == Some(Ordering::Equal)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}
// [end any_json.rs]

/// Returns the value of a parameter that is `value` in JSON: a string without its quotes, anything else as it is.
pub fn enum_param_value(value: impl Serialize) -> Value {
    let json = serde_json::to_string(&value).unwrap_or_default();
    match json.bytes().next() {
        Some(b'"') => Value::Text(serde_json::from_str(&json).unwrap_or_default()),
        Some(b'-' | b'0'..=b'9') => Value::Number(json),
        _ => Value::Text(json),
    }
}

/// Implements the traits of an enum of the values that an API documents. The last variant keeps any other value as it is.
/// The enum has a method `value`.
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
                let value = <$ty as $crate::runtime::EnumValue>::read(deserializer).map(Self::from)?;
                $crate::runtime::note_unknown(matches!(value, Self::$other(_)));
                Ok(value)
            }
        }
    };
}
