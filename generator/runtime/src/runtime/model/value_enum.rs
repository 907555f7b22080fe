//! Enums of JSON values. An open enum keeps unknown values, and a closed enum rejects them.

use serde_core::Serialize;

#[cfg(feature = "any-json")]
use std::cmp::Ordering;

#[cfg(feature = "any-json")]
use crate::runtime::AnyJson;
#[cfg(feature = "any-json")]
use crate::runtime::validation::decimal::compare;
use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch, Value};

/// A type of the values of an enum.
pub trait EnumValue: FromJson {
    /// Returns whether both values are equal. Numbers are compared by value: `1.0` is equal to `1`.
    fn is_same(&self, other: &Self) -> bool;

    /// Decodes a value.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not of this type.
    fn decode(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        Self::from_json(json, decoding)
    }
}

impl EnumValue for i64 {
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }

    /// `1.0` is decoded as an integer as well.
    fn decode(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        /// This is 2^53. A floating-point number represents each integer below this limit exactly.
        const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;
        match json {
            JsonNode::Float(float) if float.fract() == 0.0 && float.abs() < MAX_EXACT_INTEGER => Ok(float as Self),
            json => Self::from_json(json, decoding),
        }
    }
}

#[cfg(feature = "any-json")]
impl EnumValue for AnyJson {
    fn is_same(&self, other: &Self) -> bool {
        self == other
            || self.is_number() && other.is_number() && compare(&self.json(), &other.json()) == Some(Ordering::Equal)
    }
}

/// Returns an enum value as the value of a parameter: a string without quotes, any other value as JSON.
pub fn enum_param_value(value: impl Serialize) -> Value {
    let json = serde_json::to_string(&value).unwrap_or_default();
    match json.bytes().next() {
        Some(b'"') => Value::Text(serde_json::from_str(&json).unwrap_or_default()),
        Some(b'-' | b'0'..=b'9') => Value::Number(json),
        _ => Value::Text(json),
    }
}

/// Implements the traits of an enum of documented values. The enum has a method `value`. The variant after `else` keeps any other
/// value. Without it, any other value is an error.
///
/// ```text
/// impl_value_enum!(Urgency: i64 { Low, High } else Unknown);
/// impl_value_enum!(Stars: i64 { One, Two, Three });
/// ```
#[doc(hidden)]
#[macro_export]
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! impl_value_enum {
    ($name:ident: $ty:ty { $($variant:ident),* $(,)? } else $other:ident) => {
        impl From<$ty> for $name {
            #[inline]
            fn from(value: $ty) -> Self {
                for variant in [$(Self::$variant),*] {
                    if $crate::runtime::EnumValue::is_same(&variant.value(), &value) {
                        return variant;
                    }
                }
                Self::$other(value)
            }
        }

        impl $crate::runtime::FromJson for $name {
            const EXPECTED: &'static str = <$ty as $crate::runtime::FromJson>::EXPECTED;
            const NEEDS_TEXT: bool = <$ty as $crate::runtime::FromJson>::NEEDS_TEXT;

            #[inline]
            fn from_json(
                json: $crate::runtime::JsonNode<'_>,
                decoding: &mut $crate::runtime::Decoding,
            ) -> Result<Self, $crate::runtime::Mismatch> {
                let value = Self::from(<$ty as $crate::runtime::EnumValue>::decode(json, decoding)?);
                decoding.note_unknown(matches!(value, Self::$other(_)));
                Ok(value)
            }
        }

        impl_value_enum!(@shared $name);
    };
    ($name:ident: $ty:ty { $($variant:ident),* $(,)? }) => {
        impl TryFrom<$ty> for $name {
            type Error = $crate::runtime::InvalidValue;

            #[inline]
            fn try_from(value: $ty) -> Result<Self, Self::Error> {
                for variant in [$(Self::$variant),*] {
                    if $crate::runtime::EnumValue::is_same(&variant.value(), &value) {
                        return Ok(variant);
                    }
                }
                Err($crate::runtime::InvalidValue::new(stringify!($name), None, "must be a documented value"))
            }
        }

        impl $crate::runtime::FromJson for $name {
            const EXPECTED: &'static str = concat!("a documented value of `", stringify!($name), "`");
            const NEEDS_TEXT: bool = <$ty as $crate::runtime::FromJson>::NEEDS_TEXT;

            #[inline]
            fn from_json(
                json: $crate::runtime::JsonNode<'_>,
                decoding: &mut $crate::runtime::Decoding,
            ) -> Result<Self, $crate::runtime::Mismatch> {
                let value = <$ty as $crate::runtime::EnumValue>::decode(json, decoding)?;
                Self::try_from(value).map_err(|_| $crate::runtime::Mismatch::rejected())
            }
        }

        impl_value_enum!(@shared $name);
    };
    (@shared $name:ident) => {
        impl From<&$name> for $name {
            #[inline]
            fn from(value: &$name) -> Self {
                value.clone()
            }
        }

        impl From<$name> for $crate::runtime::Value {
            #[inline]
            fn from(value: $name) -> Self {
                $crate::runtime::enum_param_value(value)
            }
        }

        impl ::serde_core::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.value().serialize(serializer)
            }
        }

        impl_deserialize!($name);
    };
}
