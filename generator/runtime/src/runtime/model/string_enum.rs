//! String enums that accept values which an API adds later.

/// Declares an enum of documented strings. The last variant keeps any other string.
///
/// ```text
/// string_enum! {
///     /// How it is with a conversation.
///     State { Active => "active", Closed => "closed" } else Unknown
/// }
/// ```
///
/// A string that Markdown has a meaning for comes with its documentation: `Tick => "`" as "``` ` ```."`.
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! string_enum {
    (@doc $text:literal) => { concat!("`", $text, "`.") };
    (@doc $text:literal $doc:literal) => { $doc };
    ($(#[$about:meta])* $name:ident { $($variant:ident => $text:literal $(as $doc:literal)?),* $(,)? } else $other:ident) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = string_enum!(@doc $text $($doc)?)]
                $variant,
            )*
            /// A value that this version of the crate does not know.
            $other(String),
        }

        impl $name {
            /// Returns the string that is sent for the value.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::$other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::$other(text.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$variant,)*
                    _ => Self::$other(text),
                }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, ::std::convert::Infallible> {
                Ok(text.into())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.as_str().fmt(f)
            }
        }

        impl From<&$name> for $name {
            fn from(value: &$name) -> Self {
                value.clone()
            }
        }

        impl From<$name> for $crate::runtime::Value {
            fn from(value: $name) -> Self {
                value.as_str().into()
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <String as ::serde::Deserialize>::deserialize(deserializer).map(Self::from)?;
                $crate::runtime::note_unknown(matches!(value, Self::$other(_)));
                Ok(value)
            }
        }
    };
}
