//! The values of parameters, between their Rust types and the wire.

use std::borrow::Cow;
use std::slice;

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeZone, Utc};

use crate::runtime::Constraints;

/// A value of a path, query, header or form parameter.
///
/// It keeps what constraints need to know (whether it is a number, a string or a list) beside the string that is sent.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string, sent as it is.
    Text(String),
    /// `null`, which a form sends as an empty value.
    Null,
    /// A string that was given for a type with constraints of its own. They are checked when the request is sent.
    Unchecked {
        /// The string.
        text: String,
        /// The constraints of the type.
        constraints: Constraints,
    },
    /// A number in decimal notation.
    Number(String),
    /// Several values. In a query or a form the name is repeated for each, and an empty list sends nothing;
    /// elsewhere they are joined by commas.
    List(Vec<Value>),
    // [if styles.rs
    /// A value that stands in a query or a form in a style of its own.
    Styled {
        /// The value as constraints look at it.
        value: Box<Value>,
        /// What it is in JSON, for constraints that look inside.
        json: Box<serde_json::value::RawValue>,
        /// What is sent, name and all.
        text: String,
    },
    // [end styles.rs]
    /// A value that cannot be sent, and why.
    Unsendable(String),
}

impl Value {
    /// Returns a list of values of one type, as in `Value::list::<String>(["a", "b"])`.
    pub fn list<T: Into<Self>>(items: impl IntoIterator<Item = impl Into<T>>) -> Self {
        Self::List(items.into_iter().map(|item| item.into().into()).collect())
    }

    /// Returns the string that is sent for the value as a whole.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Unchecked { text, .. } => Cow::Borrowed(text),
            Self::Null | Self::Unsendable(_) => Cow::Borrowed(""),
            // [if styles.rs
            Self::Styled { text, .. } => Cow::Borrowed(text),
            // [end styles.rs]
            Self::List(items) => Cow::Owned(items.iter().map(Self::text).collect::<Vec<_>>().join(",")),
        }
    }

    /// Returns the values to send one by one: the items of a list, or the value itself.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            // [if styles.rs
            Self::Styled { value, .. } => value.items(),
            // [end styles.rs]
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

/// In UTC, as `2015-12-16T22:18:37Z`, with a fraction of the second only where there is one.
impl<Tz: TimeZone> From<DateTime<Tz>> for Value {
    fn from(time: DateTime<Tz>) -> Self {
        Self::Text(time.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

macro_rules! texts {
    ($($said:literal $text:ty),*) => { $(
        #[doc = $said]
        impl From<$text> for Value {
            fn from(value: $text) -> Self {
                Self::Text(value.to_string())
            }
        }
    )* }
}
texts!("As `true`." bool, "As `2015-12-16`." NaiveDate, "As JSON text." serde_json::Value);

macro_rules! numbers {
    ($($number:ty),*) => { $(
        impl From<$number> for Value {
            fn from(number: $number) -> Self {
                Self::Number(number.to_string())
            }
        }
    )* };
}
numbers!(i32, i64, i128, u32, u64, f32, f64);
