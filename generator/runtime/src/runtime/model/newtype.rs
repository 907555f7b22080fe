//! String types with constraints, such as identifiers. A value is validated when a program creates it, but not when the API
//! returns it.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde_core::{Serialize, Serializer};

use crate::runtime::{
    Constraint, Constraints, Decoding, FromJson, InvalidValue, JsonNode, Mismatch, Personal, Value, string, validation,
};

/// A string with constraints, such as an identifier. `K` is the kind of string: its name and its constraints.
///
/// A value is validated when a program creates it. A string from the API is not validated, so that a violated constraint does
/// not make a whole response undecodable.
pub struct StringOf<K> {
    text: String,
    kind: PhantomData<fn() -> K>,
}

/// The name and the constraints of a type of strings.
#[doc(hidden)]
pub trait StringKind {
    /// The name of the type.
    const NAME: &'static str;
    /// The constraints of the strings.
    const CONSTRAINTS: Constraints;
    /// Whether the strings are personal data, which `Debug` does not show.
    const IS_PERSONAL: bool = false;
}

impl<K: StringKind> StringOf<K> {
    /// Creates a value from a string. Checks the constraints of the type.
    ///
    /// # Errors
    ///
    /// Returns an error that names the first violated constraint.
    pub fn new(value: impl Into<String>) -> Result<Self, InvalidValue> {
        checked_text(K::NAME, value.into(), K::CONSTRAINTS).map(Self::unchecked)
    }
}

impl<K> StringOf<K> {
    fn unchecked(text: String) -> Self {
        Self { text, kind: PhantomData }
    }

    /// Returns the string.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the string.
    pub fn into_string(self) -> String {
        self.text
    }
}

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

impl<K: StringKind> Newtype for StringOf<K> {
    const CONSTRAINTS: Constraints = K::CONSTRAINTS;
}

impl<K> FromJson for StringOf<K> {
    const EXPECTED: &'static str = "a string";

    fn from_json(json: JsonNode<'_>, _: &mut Decoding) -> Result<Self, Mismatch> {
        string(&json).map(|text| Self::unchecked(text.to_owned()))
    }
}

impl<'de, K> serde_core::Deserialize<'de> for StringOf<K> {
    fn deserialize<D: serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::runtime::deserialize(deserializer)
    }
}

impl<K> Serialize for StringOf<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

// A derive would require the same trait of `K`.
impl<K> Clone for StringOf<K> {
    fn clone(&self) -> Self {
        Self::unchecked(self.text.clone())
    }
}

impl<K: StringKind> fmt::Debug for StringOf<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: &dyn fmt::Debug = if K::IS_PERSONAL { &Personal(&self.text) } else { &self.text };
        f.debug_tuple(K::NAME).field(text).finish()
    }
}

impl<K> PartialEq for StringOf<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<K> Eq for StringOf<K> {}

impl<K> PartialOrd for StringOf<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for StringOf<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<K> Hash for StringOf<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<K> fmt::Display for StringOf<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl<K> AsRef<str> for StringOf<K> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// A map with keys of this type can be searched by `&str`.
impl<K> Borrow<str> for StringOf<K> {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl<K: StringKind> FromStr for StringOf<K> {
    type Err = InvalidValue;

    fn from_str(value: &str) -> Result<Self, InvalidValue> {
        Self::new(value)
    }
}

impl<K: StringKind> TryFrom<String> for StringOf<K> {
    type Error = InvalidValue;

    fn try_from(value: String) -> Result<Self, InvalidValue> {
        Self::new(value)
    }
}

impl<K: StringKind> TryFrom<&str> for StringOf<K> {
    type Error = InvalidValue;

    fn try_from(value: &str) -> Result<Self, InvalidValue> {
        Self::new(value)
    }
}

impl<K> From<&Self> for StringOf<K> {
    fn from(value: &Self) -> Self {
        value.clone()
    }
}

impl<K> From<StringOf<K>> for String {
    fn from(value: StringOf<K>) -> Self {
        value.text
    }
}

impl<K> From<&StringOf<K>> for String {
    fn from(value: &StringOf<K>) -> Self {
        value.text.clone()
    }
}

impl<K> From<StringOf<K>> for Value {
    fn from(value: StringOf<K>) -> Self {
        Self::Text(value.text)
    }
}

/// Implements comparisons with other strings.
macro_rules! equals {
    ($($text:ty),*) => { $(
        impl<K> PartialEq<$text> for StringOf<K> {
            fn eq(&self, other: &$text) -> bool {
                self.text == *other
            }
        }

        impl<K> PartialEq<StringOf<K>> for $text {
            fn eq(&self, other: &StringOf<K>) -> bool {
                *self == other.text
            }
        }
    )* };
}
equals!(str, &str, String);

/// Implements the traits of [`StringOf`] for a string type that also has derives of the program: `impl_newtype!(PetId);`. The type
/// has a constant `CONSTRAINTS` and the methods `new` and `as_str`.
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

        impl ::serde_core::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
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
