//! Types and traits for models: special field types, accessors of optional fields, and a `Debug` without personal data.

#[macro_use]
pub(crate) mod impl_model;

#[cfg(feature = "unions")]
pub(crate) mod alternative;
#[cfg(feature = "any-json")]
pub(crate) mod any_json;
#[cfg(feature = "base64")]
pub(crate) mod base64;
#[cfg(feature = "big-numbers")]
pub(crate) mod big_number;
#[cfg(feature = "chrono")]
pub(crate) mod chrono_types;
#[cfg(feature = "built-in-dates")]
pub(crate) mod date;
pub(crate) mod from_json;
#[cfg(feature = "durations")]
pub(crate) mod iso_duration;
#[cfg(feature = "jiff")]
pub(crate) mod jiff_types;
#[cfg(feature = "json-strings")]
pub(crate) mod json_text;
#[cfg(feature = "nested-types")]
pub(crate) mod nested;
#[macro_use]
pub(crate) mod newtype;
pub(crate) mod nullable;
pub(crate) mod rfc3339;
pub(crate) mod scalars;
#[macro_use]
pub(crate) mod string_enum;
#[cfg(feature = "time")]
pub(crate) mod time_types;
#[cfg(feature = "built-in-dates")]
pub(crate) mod timestamp;
#[cfg(feature = "tuples")]
pub(crate) mod tuple;
#[macro_use]
#[cfg(feature = "unions")]
pub(crate) mod union;
#[macro_use]
#[cfg(feature = "value-enums")]
pub(crate) mod value_enum;
#[cfg(feature = "foreign-types")]
pub(crate) mod with_serde;
#[macro_use]
#[cfg(feature = "wrappers")]
pub(crate) mod wrapper;

use std::fmt;

use super::error::redaction::PERSONAL;
use crate::runtime::{Error, MissingField, Result};

/// The conversion of a field of type `T` to the value that its accessor returns: a `&str` for a string, a slice for a
/// `Vec`, a copy of a `Copy` type, and a reference otherwise.
pub trait Give<'a, T>: Sized {
    /// Converts the field to the value that its accessor returns.
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

#[cfg(feature = "arcs")]
impl<'a, T> Give<'a, std::sync::Arc<T>> for &'a T {
    fn give(value: &'a std::sync::Arc<T>) -> Self {
        value
    }
}

/// Returns the value of a field, or an error with the names of the model and the field.
///
/// # Errors
///
/// Returns [`Error::MissingField`] if the field is `None`.
pub fn given<'a, T, G: Give<'a, T>>(value: &'a Option<T>, model: &'static str, field: &'static str) -> Result<G> {
    match value {
        Some(value) => Ok(G::give(value)),
        None => Err(missing_field(model, field)),
    }
}

fn missing_field(model: &'static str, field: &'static str) -> Error {
    Error::MissingField(MissingField { model, field })
}

/// Implements `Debug` for a model with these fields.
///
/// # Errors
///
/// Returns the error of the formatter.
pub fn debug_fields(f: &mut fmt::Formatter<'_>, model: &str, fields: &[(&str, &dyn fmt::Debug)]) -> fmt::Result {
    let mut output = f.debug_struct(model);
    for (name, value) in fields {
        output.field(name, value);
    }
    output.finish()
}

/// Replaces a personal value in `Debug`: `None` is shown, and any other value becomes `[personal]`.
pub struct Personal<'a>(
    /// The value.
    pub &'a dyn fmt::Debug,
);

impl fmt::Debug for Personal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_none = format!("{:?}", self.0) == "None";
        f.write_str(if is_none { "None" } else { PERSONAL })
    }
}
