//! A pointer that hides the type of its value from the compiler's `Send` and `Sync` checks.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde_core::{Serialize, Serializer};

use crate::runtime::{Decoding, FromJson, Give, JsonNode, Mismatch};

/// A pointer to a value, like a `Box`.
///
/// To determine whether a type is `Send` or `Sync`, the compiler visits the types of its fields, and fails if they are
/// nested too deep. The compiler does not visit the value behind this pointer, because the pointer is always `Send` and
/// `Sync`.
pub struct Nested<T>(Box<dyn Holder<T>>);

/// Access to a value through a trait object.
trait Holder<T>: Send + Sync {
    fn get(&self) -> &T;
    fn get_mut(&mut self) -> &mut T;
    fn take(self: Box<Self>) -> T;
}

impl<T: Send + Sync> Holder<T> for T {
    fn get(&self) -> &T {
        self
    }

    fn get_mut(&mut self) -> &mut T {
        self
    }

    fn take(self: Box<Self>) -> T {
        *self
    }
}

impl<T: Send + Sync + 'static> Nested<T> {
    /// Creates a pointer to a value.
    pub fn new(value: T) -> Self {
        Self(Box::new(value))
    }
}

impl<T> Nested<T> {
    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.0.take()
    }
}

impl<T> Deref for Nested<T> {
    type Target = T;

    fn deref(&self) -> &T {
        (*self.0).get()
    }
}

impl<T> DerefMut for Nested<T> {
    fn deref_mut(&mut self) -> &mut T {
        (*self.0).get_mut()
    }
}

impl<T: Send + Sync + 'static> From<T> for Nested<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Clone + Send + Sync + 'static> Clone for Nested<T> {
    fn clone(&self) -> Self {
        Self::new(T::clone(self))
    }
}

impl<T: Default + Send + Sync + 'static> Default for Nested<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Nested<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}

impl<T: PartialEq> PartialEq for Nested<T> {
    fn eq(&self, other: &Self) -> bool {
        T::eq(self, other)
    }
}

impl<T: Eq> Eq for Nested<T> {}

impl<T: Serialize> Serialize for Nested<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        T::serialize(self, serializer)
    }
}

impl<T: FromJson + Send + Sync + 'static> FromJson for Nested<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const NEEDS_TEXT: bool = T::NEEDS_TEXT;

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        T::from_json(json, decoding).map(Self::new)
    }
}

impl<'a, T> Give<'a, Nested<T>> for &'a T {
    fn give(value: &'a Nested<T>) -> Self {
        value
    }
}

impl<'a, T> Give<'a, Nested<Vec<T>>> for &'a [T] {
    fn give(value: &'a Nested<Vec<T>>) -> Self {
        value
    }
}
