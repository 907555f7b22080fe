//! String enums. An open enum keeps unknown values, and a closed enum rejects them.

/// Implements the traits of an enum of documented strings. The enum has a method `as_str`. The variant after `else` keeps any
/// other string. Without it, any other string is an error.
///
/// ```text
/// impl_string_enum!(State { Active => "active", Closed => "closed" } else Unknown);
/// impl_string_enum!(Unit { Kilogram => "kg", Pound => "lb" });
/// ```
#[doc(hidden)]
#[macro_export]
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! impl_string_enum {
    ($name:ident { $($variant:ident => $text:literal),* $(,)? } else $other:ident) => {
        impl From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::$other(text.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            #[inline]
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            #[inline]
            fn from_str(text: &str) -> Result<Self, ::std::convert::Infallible> {
                Ok(text.into())
            }
        }

        impl $crate::runtime::FromJson for $name {
            const EXPECTED: &'static str = "a string";

            #[inline]
            fn from_json(
                json: $crate::runtime::JsonNode<'_>,
                decoding: &mut $crate::runtime::Decoding,
            ) -> Result<Self, $crate::runtime::Mismatch> {
                let value = Self::from($crate::runtime::string(&json)?);
                decoding.note_unknown(matches!(value, Self::$other(_)));
                Ok(value)
            }
        }

        impl_string_enum!(@shared $name);
    };
    ($name:ident { $($variant:ident => $text:literal),* $(,)? }) => {
        impl TryFrom<&str> for $name {
            type Error = $crate::runtime::InvalidValue;

            #[inline]
            fn try_from(text: &str) -> Result<Self, Self::Error> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err($crate::runtime::InvalidValue::new(stringify!($name), None, "must be a documented value")),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::runtime::InvalidValue;

            #[inline]
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::try_from(text.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::runtime::InvalidValue;

            #[inline]
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text)
            }
        }

        impl $crate::runtime::FromJson for $name {
            const EXPECTED: &'static str = concat!("a documented value of `", stringify!($name), "`");

            #[inline]
            fn from_json(
                json: $crate::runtime::JsonNode<'_>,
                _: &mut $crate::runtime::Decoding,
            ) -> Result<Self, $crate::runtime::Mismatch> {
                Self::try_from($crate::runtime::string(&json)?).map_err(|_| $crate::runtime::Mismatch::rejected())
            }
        }

        impl_string_enum!(@shared $name);
    };
    (@shared $name:ident) => {
        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.as_str().fmt(f)
            }
        }

        impl From<&$name> for $name {
            #[inline]
            fn from(value: &$name) -> Self {
                Clone::clone(value)
            }
        }

        impl From<$name> for $crate::runtime::Value {
            #[inline]
            fn from(value: $name) -> Self {
                value.as_str().into()
            }
        }

        impl ::serde_core::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl_deserialize!($name);
    };
}
