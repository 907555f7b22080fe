//! String types with constraints, such as identifiers. A value is validated when a program creates it, but not when the API
//! returns it.

use std::fmt;

use crate::runtime::{Constraint, Constraints, InvalidValue, Value, validation};

/// Validates a string for the type called `name`, and returns it.
///
/// # Errors
///
/// Returns the first violated constraint.
pub fn checked_text(name: &'static str, text: String, constraints: &[Constraint<'_>]) -> Result<String, InvalidValue> {
    // The value may be personal data, such as an address in place of an identifier, so the error does not show it.
    validation::check(name, &text.as_str().into(), constraints).map_err(InvalidValue::without_value)?;
    Ok(text)
}

/// A string type with constraints.
pub trait Newtype: Into<Value> {
    /// The constraints of the type.
    const CONSTRAINTS: Constraints;
}

/// A value of a string type, or a string that is validated when the request is sent.
///
/// Handles take `impl Into<StringOr<T>>`, so that a `T`, a `&T`, a `&str` and a `String` all convert into it.
#[derive(Clone, PartialEq, Eq)]
pub enum StringOr<T> {
    /// A value of the type.
    Typed(T),
    /// A string that is validated when the request is sent.
    String(String),
}

/// Does not show the value, which may be personal data.
impl<T> fmt::Debug for StringOr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StringOr").finish_non_exhaustive()
    }
}

impl<T: Newtype> From<T> for StringOr<T> {
    fn from(value: T) -> Self {
        Self::Typed(value)
    }
}

impl<T: Newtype + Clone> From<&T> for StringOr<T> {
    fn from(value: &T) -> Self {
        Self::Typed(value.clone())
    }
}

impl<T: Newtype> From<String> for StringOr<T> {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl<T: Newtype> From<&String> for StringOr<T> {
    fn from(value: &String) -> Self {
        Self::String(value.clone())
    }
}

impl<T: Newtype> From<&str> for StringOr<T> {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl<T: Newtype> From<StringOr<T>> for Value {
    fn from(value: StringOr<T>) -> Self {
        match value {
            StringOr::Typed(value) => value.into(),
            StringOr::String(text) => Self::Unchecked { text, constraints: T::CONSTRAINTS },
        }
    }
}

/// Implements the traits of a string type with constraints: `impl_newtype!(PetId);`. The type has a constant `CONSTRAINTS` and the
/// methods `new` and `as_str`.
///
/// A string from the API is not validated, so that a violated constraint does not make a whole response undecodable.
#[doc(hidden)]
#[macro_export]
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! impl_newtype {
    ($name:ident) => {
        impl $crate::runtime::Newtype for $name {
            const CONSTRAINTS: $crate::runtime::Constraints = $name::CONSTRAINTS;
        }

        impl $crate::runtime::FromJson for $name {
            const EXPECTED: &'static str = "a string";

            #[inline]
            fn from_json(
                json: $crate::runtime::JsonNode<'_>,
                _: &mut $crate::runtime::Decoding,
            ) -> Result<Self, $crate::runtime::Mismatch> {
                $crate::runtime::string(&json).map(|text| Self(text.to_owned()))
            }
        }

        impl_deserialize!($name);

        impl ::serde::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        /// A map with keys of this type can be searched by `&str`.
        impl ::std::borrow::Borrow<str> for $name {
            #[inline]
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::runtime::InvalidValue;

            #[inline]
            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Self::new(value)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::runtime::InvalidValue;

            #[inline]
            fn try_from(value: String) -> Result<Self, Self::Error> {
                Self::new(value)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::runtime::InvalidValue;

            #[inline]
            fn try_from(value: &str) -> Result<Self, Self::Error> {
                Self::new(value)
            }
        }

        impl From<&$name> for $name {
            #[inline]
            fn from(value: &$name) -> Self {
                value.clone()
            }
        }

        impl From<$name> for String {
            #[inline]
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl From<&$name> for String {
            #[inline]
            fn from(value: &$name) -> Self {
                value.0.clone()
            }
        }

        impl From<$name> for $crate::runtime::Value {
            #[inline]
            fn from(value: $name) -> Self {
                Self::Text(value.0)
            }
        }

        impl_newtype!(@equals $name, str, &str, String);
    };
    (@equals $name:ident, $($text:ty),*) => { $(
        impl PartialEq<$text> for $name {
            #[inline]
            fn eq(&self, other: &$text) -> bool {
                self.as_str() == AsRef::<str>::as_ref(other)
            }
        }

        impl PartialEq<$name> for $text {
            #[inline]
            fn eq(&self, other: &$name) -> bool {
                other == self
            }
        }
    )* };
}

/// Implements a `Debug` that does not show the string, for a type of personal data: `redacted_newtype!(Email);`.
#[doc(hidden)]
#[macro_export]
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! redacted_newtype {
    ($name:ident) => {
        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&$crate::runtime::Personal(&self.0)).finish()
            }
        }
    };
}
