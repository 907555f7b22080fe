//! Errors that occur when a mock is started or controlled.

use std::fmt;

/// An error that occurs when a mock is started or controlled.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The document or its configuration is invalid. The string contains the diagnostics.
    Spec(String),
    /// The state comes from another API or another version of the mock.
    State,
    /// The state file cannot be read or written.
    StateFile(String),
    /// The record does not match the API. The string contains the reason.
    Record(String),
    /// The syntax of a fault is invalid. The string contains the reason.
    Fault(String),
    /// The webhook cannot be sent. The string contains the reason.
    Webhook(String),
    /// The client for the mock could not be built.
    Client(Box<dyn std::error::Error + Send + Sync>),
    /// The mock cannot listen on the address.
    Io(std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(text) => write!(f, "the API cannot be mocked: {text}"),
            Self::State => f.write_str("the state comes from another API or another version of the mock"),
            Self::StateFile(text) => write!(f, "the state file cannot be used: {text}"),
            Self::Record(text) => write!(f, "the record is not valid: {text}"),
            Self::Fault(text) => write!(f, "the fault is not valid: {text}"),
            Self::Webhook(text) => write!(f, "the webhook cannot be sent: {text}"),
            Self::Client(error) => write!(f, "the client for the mock cannot be built: {error}"),
            Self::Io(error) => write!(f, "the mock cannot listen: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Client(error) => Some(error.as_ref()),
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

/// The status, message and headers of the error response to a request that is not executed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub status: u16,
    pub message: String,
    pub headers: Vec<(String, String)>,
}

impl Failure {
    /// Creates a failure without headers.
    pub fn new(status: u16, message: String) -> Self {
        Self { status, message, headers: Vec::new() }
    }

    /// Creates the failure for a path at which no record or operation exists.
    pub fn unknown(path: &str) -> Self {
        Self::new(404, format!("The requested resource {path} was not found"))
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: String) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }
}
