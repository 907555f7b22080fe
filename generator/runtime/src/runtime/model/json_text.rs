//! Strings that contain JSON: encoded for requests, and decoded from response properties.

use std::error::Error as StdError;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::runtime::response::mismatch::from_json;
use crate::runtime::validation::finite::is_finite;
use crate::runtime::{Error, MissingField, Result, Value};

impl Value {
    /// Returns a value as a string of JSON. An error is reported when the request is sent.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        match serde_json::to_string(value) {
            Ok(json) if is_finite(value, json.as_bytes()) => Self::Text(json),
            Ok(_) => Self::Unsendable("must contain only finite numbers".to_owned()),
            Err(_) => Self::Unsendable("must be serializable as JSON".to_owned()),
        }
    }
}

/// A string property that should hold JSON does not, or its JSON is not of the requested type.
///
/// It says where and why, and never quotes the string, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonTextError {
    model: &'static str,
    field: &'static str,
    path: String,
    problem: String,
}

impl JsonTextError {
    /// Returns the name of the model.
    pub fn model(&self) -> &'static str {
        self.model
    }

    /// Returns the name of the field.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// Returns the location in the JSON, as in `items[2].price`. It is empty if the JSON as a whole is wrong.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for JsonTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { model, field, path, problem } = self;
        write!(f, "the JSON in `{field}` of `{model}` cannot be decoded")?;
        if !path.is_empty() {
            write!(f, " at `{path}`")?;
        }
        write!(f, ": {problem}")
    }
}

impl StdError for JsonTextError {}

/// A field with a string that may be missing.
pub trait OptionalText {
    /// Returns the string.
    fn text(&self) -> Option<&str>;
}

impl OptionalText for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl<T: OptionalText> OptionalText for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref()?.text()
    }
}

/// Decodes the JSON in a string property.
///
/// # Errors
///
/// [`Error::MissingField`], or [`Error::JsonText`] if it is not JSON or not a `T`.
pub fn json_in<T: DeserializeOwned>(value: &impl OptionalText, model: &'static str, field: &'static str) -> Result<T> {
    let text = value.text().ok_or(Error::MissingField(MissingField { model, field }))?;
    from_json(text.as_bytes()).map_err(|mismatch| {
        let problem = if text.is_empty() { "the string is empty" } else { mismatch.problem() };
        let error = JsonTextError { model, field, path: mismatch.path(), problem: problem.to_owned() };
        Error::JsonText(Box::new(error))
    })
}

/// Gives a model a method for each string property that holds JSON, which decodes it.
///
/// ```text
/// json_accessors!(Pet { notes_as(notes) });
/// ```
#[allow(unused_macros, reason = "only parameters may hold JSON")]
macro_rules! json_accessors {
    ($model:ident { $($name:ident($field:ident)),* $(,)? }) => {
        impl $model {
            $(
                #[doc = concat!("Decodes the JSON in [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
                ///
                /// # Errors
                ///
                /// The property is missing, is not JSON, or is not a `T`. The error has the location in the JSON.
                pub fn $name<T: ::serde::de::DeserializeOwned>(&self) -> $crate::runtime::Result<T> {
                    $crate::runtime::json_in(&self.$field, stringify!($model), stringify!($field))
                }
            )*
        }
    };
}
