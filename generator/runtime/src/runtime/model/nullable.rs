//! Arguments of setters for values that may be `null`.

use serde_core::{Serialize, Serializer};

use crate::runtime::Value;

/// A value that may be `null`.
///
/// The setters of nullable values take `impl Into<Nullable<T>>`. A plain value, `Some` and `None` all convert into it;
/// `None` sends `null`, which clears the value. To keep the value, do not call the setter.
///
/// ```text
/// user.update().friendly_name("Ana");
/// user.update().friendly_name(name.map(str::to_owned)); // `name` is an `Option<&str>`
/// user.update().friendly_name(None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nullable<T>(
    /// The value, or `None` for `null`.
    pub Option<T>,
);

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        Self(value)
    }
}

impl<T: Clone> From<&T> for Nullable<T> {
    fn from(value: &T) -> Self {
        Self(Some(value.clone()))
    }
}

impl From<&str> for Nullable<String> {
    fn from(value: &str) -> Self {
        Self(Some(value.to_owned()))
    }
}

impl<T, U: Into<T>, const N: usize> From<[U; N]> for Nullable<Vec<T>> {
    fn from(items: [U; N]) -> Self {
        Self(Some(items.into_iter().map(Into::into).collect()))
    }
}

impl<T: Clone> From<&[T]> for Nullable<Vec<T>> {
    fn from(items: &[T]) -> Self {
        Self(Some(items.to_vec()))
    }
}

impl<T: Into<Value>> From<Nullable<T>> for Value {
    fn from(value: Nullable<T>) -> Self {
        value.0.map_or(Self::Null, Into::into)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
