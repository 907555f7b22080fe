//! The error of a string property that does not hold the JSON that was asked for.

use std::error::Error as StdError;
use std::fmt;

/// A string property that should hold JSON does not, or its JSON is not of the requested type.
///
/// It says where and why, and never quotes the string, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonTextError {
    pub(crate) model: &'static str,
    pub(crate) field: &'static str,
    pub(crate) path: String,
    pub(crate) problem: String,
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
