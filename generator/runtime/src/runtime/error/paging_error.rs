//! The error of a link to the next page that cannot be followed.

use std::error::Error as StdError;
use std::fmt;

use crate::runtime::Call;

/// The link of a page to the next one cannot be followed. Nothing was sent to where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagingError {
    pub(crate) call: Call,
    pub(crate) problem: String,
}

impl PagingError {
    /// Returns the call that gave the last good page.
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
