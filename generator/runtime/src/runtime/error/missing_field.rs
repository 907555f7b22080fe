//! The error of a field that the response does not have.

use std::error::Error as StdError;
use std::fmt;

/// A field that was asked for is not in the answer, or is `null` there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingField {
    /// The name of the model.
    pub model: &'static str,
    /// The name of the field.
    pub field: &'static str,
}

impl fmt::Display for MissingField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer has no `{}` in its `{}`", self.field, self.model)
    }
}

impl StdError for MissingField {}
