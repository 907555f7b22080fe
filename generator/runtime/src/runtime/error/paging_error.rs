//! The error for an invalid URL of the next page.

use std::error::Error as StdError;
use std::fmt;

use crate::runtime::Call;

/// The error for an invalid URL of the next page. Nothing was sent to this URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagingError {
    pub(crate) call: Call,
    pub(crate) problem: String,
}

impl PagingError {
    /// Returns the call that returned the last page.
    pub fn call(&self) -> &Call {
        &self.call
    }
}

impl fmt::Display for PagingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the URL of the next page {}", self.call, self.problem)
    }
}

impl StdError for PagingError {}
