//! Errors of starting and controlling a mock.

use std::fmt;

/// An error of starting or controlling a mock.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The document or its configuration is invalid. The string contains the diagnostics.
    Spec(String),
    /// The state was not written by this version of the mock for this API.
    State,
    /// The state file cannot be read or written.
    StateFile(String),
    /// A record does not match the API.
    Record(String),
    /// A fault has an invalid syntax.
    Fault(String),
    /// No client could be made for the mock.
    Client(Box<dyn std::error::Error + Send + Sync>),
    /// The address cannot be listened on.
    Io(std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(text) => write!(f, "the API cannot be mocked: {text}"),
            Self::State => f.write_str("the state was not written by this version of the mock for this API"),
            Self::StateFile(text) => write!(f, "the state file cannot be used: {text}"),
            Self::Record(text) => write!(f, "the record does not match the API: {text}"),
            Self::Fault(text) => write!(f, "invalid fault: {text}"),
            Self::Client(error) => write!(f, "there is no client for the mock: {error}"),
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
