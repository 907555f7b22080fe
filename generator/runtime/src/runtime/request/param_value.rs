//! The values of parameters, converted from Rust types.

use std::borrow::Cow;
use std::slice;

use super::encode::join;
use crate::runtime::Constraints;

/// A value of a path, query, header or form parameter.
///
/// The value keeps its type, because constraints depend on the type.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string, which is sent unchanged.
    Text(String),
    /// `null`, which is an empty value in a form.
    Null,
    /// A string for a parameter whose type has constraints, which are checked when the request is sent.
    Unchecked {
        /// The string.
        text: String,
        /// The constraints of the type.
        constraints: Constraints,
    },
    /// A number in decimal notation.
    Number(String),
    /// A list of values. In a query, a form or a cookie, the name is repeated for each value, and nothing is sent for an empty
    /// list. In a path or a header, the values are separated by commas.
    List(Vec<Value>),
    /// A value that is already encoded in the style of its parameter.
    #[cfg(feature = "styles")]
    Styled {
        /// The value that is validated.
        value: Box<Value>,
        /// The value as JSON, from which nested values are validated.
        json: Box<serde_json::value::RawValue>,
        /// The encoded string that is sent. In a query, form or cookie, the string includes the name.
        text: String,
    },
    /// A value that cannot be sent. The string is the violated constraint.
    Unsendable(String),
}

impl Value {
    /// Creates a list of values of one type, such as `Value::list::<String>(["a", "b"])`.
    pub fn list<T: Into<Self>>(items: impl IntoIterator<Item = impl Into<T>>) -> Self {
        Self::List(items.into_iter().map(|item| item.into().into()).collect())
    }

    /// Returns the string that is sent for the whole value.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Unchecked { text, .. } => Cow::Borrowed(text),
            Self::Null | Self::Unsendable(_) => Cow::Borrowed(""),
            #[cfg(feature = "styles")]
            Self::Styled { text, .. } => Cow::Borrowed(text),
            Self::List(items) => Cow::Owned(join(items.iter().map(Self::text), ",")),
        }
    }

    /// Returns the values to send one by one: the items of a list, or the value itself.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            #[cfg(feature = "styles")]
            Self::Styled { value, .. } => value.items(),
            single => slice::from_ref(single),
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::list::<T>(items)
    }
}

macro_rules! impl_from_display {
    ($($docs:literal $source:ty),*) => { $(
        #[doc = $docs]
        impl From<$source> for Value {
            #[inline]
            fn from(value: $source) -> Self {
                Self::Text(value.to_string())
            }
        }
    )* }
}
impl_from_display!(
    "Formats the value as `true` or `false`." bool,
    "Formats the value as JSON." serde_json::Value
);

macro_rules! impl_from_number {
    ($($number:ty),*) => { $(
        impl From<$number> for Value {
            #[inline]
            fn from(number: $number) -> Self {
                Self::Number(number.to_string())
            }
        }
    )* };
}
impl_from_number!(i8, i16, i32, i64, i128, u8, u16, u32, u64, f32, f64);
