//! Helpers of models: accessors of optional fields, and a `Debug` without personal data.

pub(crate) mod alternative;
pub(crate) mod any_json;
pub(crate) mod base64;
pub(crate) mod big_number;
pub(crate) mod iso_duration;
#[macro_use]
pub(crate) mod json_text;
#[macro_use]
pub(crate) mod model_decode;
pub(crate) mod nested;
#[macro_use]
pub(crate) mod newtype;
pub(crate) mod nullable;
#[macro_use]
pub(crate) mod string_enum;
#[macro_use]
pub(crate) mod union;
pub(crate) mod unknown;
#[macro_use]
pub(crate) mod value_enum;

use std::error::Error as StdError;
use std::fmt;

use super::error::redaction::PERSONAL;
use crate::runtime::{Error, Result};

/// A requested field is missing or `null` in a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingField {
    /// The name of the model.
    pub model: &'static str,
    /// The name of the field.
    pub field: &'static str,
}

impl fmt::Display for MissingField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the response has no `{}` in `{}`", self.field, self.model)
    }
}

impl StdError for MissingField {}

/// How an accessor gives out a field of the type `T`: texts as `&str`, lists as slices, small values as themselves.
pub trait Give<'a, T>: Sized {
    /// The value as the accessor gives it.
    fn give(value: &'a T) -> Self;
}

impl<'a, T> Give<'a, T> for &'a T {
    fn give(value: &'a T) -> Self {
        value
    }
}

impl<'a, T: Copy> Give<'a, T> for T {
    fn give(value: &'a T) -> Self {
        *value
    }
}

impl<'a> Give<'a, String> for &'a str {
    fn give(value: &'a String) -> Self {
        value
    }
}

impl<'a, T> Give<'a, Vec<T>> for &'a [T] {
    fn give(value: &'a Vec<T>) -> Self {
        value
    }
}

impl<'a, T> Give<'a, Box<T>> for &'a T {
    fn give(value: &'a Box<T>) -> Self {
        value
    }
}

/// Returns the value of a field, or an error with the names of the model and the field.
///
/// # Errors
///
/// [`Error::MissingField`].
pub fn given<'a, T, G: Give<'a, T>>(value: &'a Option<T>, model: &'static str, field: &'static str) -> Result<G> {
    match value {
        Some(value) => Ok(G::give(value)),
        None => Err(Error::MissingField(MissingField { model, field })),
    }
}

/// Stands in for a personal value in `Debug`: what is missing shows as `None`, anything else as `[personal]`.
pub struct Personal<'a>(
    /// The value.
    pub &'a dyn fmt::Debug,
);

impl fmt::Debug for Personal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = format!("{:?}", self.0) == "None";
        f.write_str(if missing { "None" } else { PERSONAL })
    }
}

/// Adds one accessor to a model for each field that a response may leave out.
///
/// ```text
/// accessors!(Pet { id: &PetId, name: &str, date_of_birth: NaiveDate });
/// ```
#[allow(unused_macros, reason = "an API may have no such fields")]
macro_rules! accessors {
    ($model:ident { $($field:ident: $given:ty),* $(,)? }) => {
        impl $model {
            $(
                #[doc = concat!("The field [`", stringify!($field), "`](field@Self::", stringify!($field), "), where it has to be there.")]
                ///
                /// # Errors
                ///
                /// The field is missing or `null` in the response.
                pub fn $field(&self) -> $crate::runtime::Result<$given> {
                    $crate::runtime::given(&self.$field, stringify!($model), stringify!($field))
                }
            )*
        }
    };
}

/// Gives a model a `Debug` that shows no values of the fields marked as personal.
///
/// ```text
/// redacted!(Pet { id, name, owner: personal });
/// ```
#[allow(unused_macros, reason = "an API may have no personal data")]
macro_rules! redacted {
    ($model:ident { $($field:ident $(: $personal:ident)?),* $(,)? }) => {
        impl ::std::fmt::Debug for $model {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($model))
                    $(.field(stringify!($field), redacted!(@show self.$field $(, $personal)?)))*
                    .finish()
            }
        }
    };
    (@show $value:expr) => { &$value };
    (@show $value:expr, personal) => { &$crate::runtime::Personal(&$value) };
}

/// Gives a model a setter for each optional property.
///
/// `list` takes any iterator. `null` takes a value or `None`, for a field that is an `Option`; `double` the same for a
/// field that is an `Option` in an `Option`.
///
/// ```text
/// setters!(Pet { with_age(age: i64), with_tags(tags: list into String), with_nick(nick: double String) });
/// ```
#[allow(unused_macros, reason = "an API may have no such properties")]
macro_rules! setters {
    ($model:ident { $($set:ident($field:ident: $($how:tt)+)),* $(,)? }) => {
        impl $model { $(setters!(@set $set $field $($how)+);)* }
    };
    (@set $set:ident $field:ident list into $item:ty) => {
        setters!(@method $set $field [impl IntoIterator<Item = impl Into<$item>>] |list|
            Some(list.into_iter().map(Into::into).collect()));
    };
    (@set $set:ident $field:ident list $item:ty) => {
        setters!(@method $set $field [impl IntoIterator<Item = $item>] |list| Some(list.into_iter().collect()));
    };
    (@set $set:ident $field:ident into $ty:ty) => {
        setters!(@method $set $field [impl Into<$ty>] |value| Some(value.into()));
    };
    (@set $set:ident $field:ident null $ty:ty) => {
        setters!(@method $set $field [impl Into<$crate::runtime::Nullable<$ty>>] |value| value.into().0.map(Into::into),
            " `None` sets `null`.");
    };
    (@set $set:ident $field:ident double $ty:ty) => {
        setters!(@method $set $field [impl Into<$crate::runtime::Nullable<$ty>>]
            |value| Some(value.into().0.map(Into::into)), " `None` sets `null`.");
    };
    (@set $set:ident $field:ident $ty:ty) => {
        setters!(@method $set $field [$ty] |value| Some(value));
    };
    (@method $set:ident $field:ident [$($takes:tt)+] |$value:ident| $become:expr $(, $null:literal)?) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").", $($null)?)]
        #[must_use]
        pub fn $set(mut self, $value: $($takes)+) -> Self {
            self.$field = $become;
            self
        }
    };
}
