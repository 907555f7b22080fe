//! Requests without a complete response: errors of the transport, and timeouts.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::redaction::Sensitive;
use crate::runtime::{Call, SendError};

/// The error of a request without a complete response, because there was no connection or because the connection broke.
#[derive(Clone, Debug)]
pub struct TransportError {
    pub(crate) call: Call,
    source: SendError,
    redacted: Arc<RedactedCause>,
}

impl TransportError {
    /// Returns the call that failed.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Returns whether no byte of the request was sent, because there was no connection or because the connection was already
    /// closed. The API cannot have received the request.
    pub fn is_connect(&self) -> bool {
        self.source.is_connect
    }

    /// Returns the error of the transport or of the token provider. Its messages may contain anything, such as the URL and
    /// credentials. The messages of [`source`](Error::source) have no secrets and personal values of the request.
    pub fn cause(&self) -> &(dyn Error + 'static) {
        self.source.cause()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.call)?;
        let mut cause = Some(&*self.redacted);
        while let Some(RedactedCause { message, source }) = cause {
            write!(f, ": {message}")?;
            cause = source.as_deref();
        }
        Ok(())
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.redacted)
    }
}

/// The error of a request that had no complete response when a timeout elapsed.
#[derive(Clone, Debug)]
pub struct TimeoutError {
    pub(crate) call: Call,
    /// The time after which the request ended.
    after: Duration,
    /// Whether no connection was made within this time.
    is_connect: bool,
    redacted: Arc<RedactedCause>,
}

impl TimeoutError {
    /// Returns the call that timed out.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Returns the timeout that elapsed: the attempt timeout, the connect timeout, or the deadline of all attempts.
    pub fn after(&self) -> Duration {
        self.after
    }

    /// Returns whether there was no connection. The API cannot have received the request.
    pub fn is_connect(&self) -> bool {
        self.is_connect
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = if self.is_connect() { "no connection" } else { "no complete response" };
        write!(f, "{}: {missing} within {:?}", self.call, self.after)
    }
}

impl Error for TimeoutError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.redacted)
    }
}

/// The messages of an error and its sources, without the secrets and personal values of the request.
#[derive(Debug)]
struct RedactedCause {
    message: String,
    source: Option<Arc<RedactedCause>>,
}

impl RedactedCause {
    fn new(error: &SendError, sensitive: &Sensitive) -> Self {
        let mut messages = error.messages();
        let mut cause = Self { message: sensitive.redact(&messages.pop().unwrap_or_default()), source: None };
        while let Some(message) = messages.pop() {
            cause = Self { message: sensitive.redact(&message), source: Some(Arc::new(cause)) };
        }
        cause
    }
}

impl fmt::Display for RedactedCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for RedactedCause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

impl crate::runtime::Error {
    /// Creates the error of a call from the error of the transport. `timeout` is the timeout of the attempt, and `sensitive`
    /// has the values that the error must not show.
    pub(crate) fn from_send_error(
        call: Call,
        source: SendError,
        sensitive: &Sensitive,
        timeout: Duration,
        connect_timeout: Duration,
    ) -> Self {
        let redacted = Arc::new(RedactedCause::new(&source, sensitive));
        if source.is_timeout {
            let is_connect = source.is_connect;
            let after = if is_connect { connect_timeout.min(timeout) } else { timeout };
            Self::Timeout(Box::new(TimeoutError { call, after, is_connect, redacted }))
        } else {
            Self::Transport(Box::new(TransportError { call, source, redacted }))
        }
    }
}
