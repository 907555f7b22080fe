//! The call that failed.

use reqwest::Method;
use std::fmt;

/// The call that failed: operation, method, URL and number of attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) attempts: u32,
    pub(crate) gave_up: Option<GaveUp>,
}

/// The reason why a failed request was not retried, although its error and its [`RetryPolicy`](crate::runtime::RetryPolicy)
/// allow a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GaveUp {
    /// The wait would have exceeded the deadline of the request.
    Deadline,
    /// The retry budget of the client was exhausted.
    RetryBudget,
}

impl Call {
    /// Returns the operation id.
    pub fn operation(&self) -> &str {
        self.operation
    }

    /// Returns the HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the URL without its query. Each value in the path is replaced by the `{name}` of its parameter, because it may
    /// be personal data.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the number of attempts.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the reason why the request was not retried, although its error and its
    /// [`RetryPolicy`](crate::runtime::RetryPolicy) allow a retry.
    pub fn gave_up(&self) -> Option<GaveUp> {
        self.gave_up
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {}", self.operation, self.method, self.url)?;
        if self.attempts > 1 {
            write!(f, ", {} attempts", self.attempts)?;
        }
        f.write_str(match self.gave_up {
            None => ")",
            Some(GaveUp::Deadline) => ", no time for another attempt before the deadline)",
            Some(GaveUp::RetryBudget) => ", retry budget of the client exhausted)",
        })
    }
}
