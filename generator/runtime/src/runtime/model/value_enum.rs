//! Enums whose values are not all texts on the wire, open to values that come to an API later.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Number;

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

impl EnumValue for serde_json::Value {
    fn is_same(&self, other: &Self) -> bool {
        self == other || self.is_f64() != other.is_f64() && self.as_f64() == other.as_f64()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

/// The value of a parameter that is `value` in JSON: a text without its quotes, anything else as it is.
pub fn enum_param_value(value: impl Serialize) -> Value {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Value::Text(text),
        Ok(serde_json::Value::Number(number)) => {
            Value::Number { number: number.as_f64().unwrap_or(f64::NAN), text: number.to_string() }
        }
        Ok(other) => Value::Text(other.to_string()),
        Err(_) => Value::Text(String::new()),
    }
}

/// Makes an enum of the values that an API documents; the last variant keeps any other value as it is.
///
/// ```text
/// value_enum! {
///     /// How urgent it is.
///     Urgency: i64 { Low => 1, High => 3 } else Unknown
/// }
/// ```
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! value_enum {
    (@doc $value:expr) => { concat!("`", stringify!($value), "`.") };
    (@doc $value:expr, $doc:literal) => { $doc };
    ($(#[$about:meta])* $name:ident: $ty:ty { $($variant:ident => $value:expr $(; $doc:literal)?),* $(,)? } else $other:ident) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = value_enum!(@doc $value $(, $doc)?)]
                $variant,
            )*
            /// A value that this version of the crate does not know.
            $other($ty),
        }

        impl $name {
            /// The value on the wire.
            pub fn value(&self) -> $ty {
                match self {
                    $(Self::$variant => $value,)*
                    Self::$other(value) => value.to_owned(),
                }
            }
        }

        impl From<$ty> for $name {
            fn from(value: $ty) -> Self {
                for (known, variant) in [$(($value, Self::$variant)),*] {
                    if $crate::runtime::EnumValue::is_same(&known, &value) {
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
