//! String enums that keep unknown values.

/// Implements the traits of an enum of documented strings. The last variant keeps any other string. The enum has a method
/// `as_str`.
///
/// ```text
/// impl_string_enum!(State { Active => "active", Closed => "closed" } else Unknown);
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

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.as_str().fmt(f)
            }
        }

        impl From<&$name> for $name {
            #[inline]
            fn from(value: &$name) -> Self {
                value.clone()
            }
        }

        impl From<$name> for $crate::runtime::Value {
            #[inline]
            fn from(value: $name) -> Self {
                value.as_str().into()
            }
        }

        impl ::serde::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
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

        impl_deserialize!($name);
    };
}
