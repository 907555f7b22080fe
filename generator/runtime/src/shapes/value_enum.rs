//! Enums whose values are not all texts on the wire, open to values that come to an API later.

use serde::Serialize;

use crate::runtime::Value;

/// The value of a parameter that is `value` in JSON: a text without its quotes, anything else as it is.
pub fn plain(value: impl Serialize) -> Value {
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
                    if known == value {
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
                $crate::shapes::plain(value)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.value().serialize(serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$ty as ::serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }
    };
}
