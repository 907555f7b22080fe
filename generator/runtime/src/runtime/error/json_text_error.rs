//! The error for a string property that does not contain the requested JSON.

use std::error::Error as StdError;
use std::fmt;

/// The error for a string property that does not contain JSON, or whose JSON is not of the requested type.
///
/// It shows the location and the reason, but never the string, which may be personal data.
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

    /// Returns the location in the JSON, such as `items[2].price`. The path is empty if the JSON as a whole is invalid.
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
