//! The error for a field that is missing in a response.

use std::error::Error as StdError;
use std::fmt;

/// The error for a requested field that is missing or `null` in a response.
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
