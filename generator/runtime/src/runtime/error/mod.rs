//! The error type of the crate, and the errors of its variants.

pub(crate) mod api_error;
pub(crate) mod call;
pub(crate) mod call_error;
pub(crate) mod config_error;
pub(crate) mod decode_error;
pub(crate) mod invalid;
#[cfg(feature = "json-strings")]
pub(crate) mod json_text_error;
pub(crate) mod missing_field;
pub(crate) mod paging_error;
pub(crate) mod redaction;
#[cfg(feature = "typed-errors")]
pub(crate) mod typed_error;
pub(crate) mod unescape;

use std::fmt;

use reqwest::StatusCode;

use crate::runtime::{
    ApiError, Call, ConfigError, DecodeError, GaveUp, InvalidRequest, InvalidValue, MissingField, PagingError,
    TimeoutError, TransportError,
};

/// The result of a call to the API.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of a call to the API, or of building a client.
///
/// `Display` shows the operation, the URL without its query, and the cause in one line.
///
/// # Secrets and personal data
///
/// `Display`, `Debug` and the source chain, and therefore logs, show no secret and no personal value of the request:
///
/// - An error response is shown by its code, message, link to more information and request ID. In these strings, every
///   secret and personal value of the request is replaced by `[redacted]`, in any encoding; see [`ApiError`].
/// - Any other body is not shown, only its length in bytes. [`ApiError::body`] and [`DecodeError::body`] return the body.
/// - A response that cannot be decoded is described by the location, the expected type and the kind of value that was found.
/// - A URL is shown without its query. Each value in its path is replaced by the `{name}` of the parameter.
/// - An invalid argument is not quoted if it is personal, part of the path, inside a JSON body, or a typed string such as an
///   identifier.
///
/// Secrets are the credentials of the client and the tokens that it fetches. Personal values are all values in the
/// path, and the parameters and properties that the document marks as personal. Extra headers and query parameters, all
/// values of a [`RawRequest`](crate::runtime::RawRequest), the names of uploaded files, and the parameters that only
/// the URL of a further page contains are personal as well. Values that a server derives from secrets or personal
/// values, such as a part or a hash, are not recognised.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// The API returned an error response.
    Api(Box<ApiError>),
    /// The request failed before a complete response was received.
    Transport(Box<TransportError>),
    /// A timeout elapsed before a complete response was received.
    Timeout(Box<TimeoutError>),
    /// The response does not match the API document and cannot be decoded.
    Decode(Box<DecodeError>),
    /// The URL of the next page leaves the API or was requested before.
    Paging(Box<PagingError>),
    /// A value violates a constraint. Nothing was sent.
    InvalidRequest(Box<InvalidRequest>),
    /// A field that an accessor of a model requires is missing in the response.
    MissingField(MissingField),
    /// A string property does not contain JSON of the requested type.
    #[cfg(feature = "json-strings")]
    JsonText(Box<crate::runtime::JsonTextError>),
    /// An environment variable that a client needs is missing or invalid.
    Config(Box<ConfigError>),
}

impl Error {
    /// Returns the error response of the API, if there is one.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Returns the call that failed, with the number of attempts. `None` if nothing was sent.
    pub fn call(&self) -> Option<&Call> {
        match self {
            Self::Api(error) => Some(error.call()),
            Self::Transport(error) => Some(error.call()),
            Self::Timeout(error) => Some(error.call()),
            Self::Decode(error) => Some(error.call()),
            Self::Paging(error) => Some(error.call()),
            Self::InvalidRequest(_) | Self::MissingField(_) | Self::Config(_) => None,
            #[cfg(feature = "json-strings")]
            Self::JsonText(_) => None,
        }
    }

    /// Sets the reason why the request was not retried, although its error and its policy allow a retry.
    pub(crate) fn set_gave_up(&mut self, reason: Option<GaveUp>) {
        match self {
            Self::Api(error) => error.call.gave_up = reason,
            Self::Transport(error) => error.call.gave_up = reason,
            Self::Timeout(error) => error.call.gave_up = reason,
            _ => {}
        }
    }

    /// Returns the status of an error response.
    pub fn status(&self) -> Option<StatusCode> {
        self.api().map(ApiError::status)
    }

    /// Returns the body of an error response, or of a response that could not be decoded. Do not log it: it may contain secrets
    /// and personal data, which the error does not show otherwise.
    pub fn body(&self) -> Option<&[u8]> {
        match self {
            Self::Api(error) => Some(error.body()),
            Self::Decode(error) => Some(error.body()),
            _ => None,
        }
    }

    /// Returns whether the resource does not exist (404).
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Returns whether the API does not accept the credentials (401).
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Returns whether the credentials do not allow the request (403).
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(StatusCode::FORBIDDEN)
    }

    /// Returns whether the request conflicts with an existing resource, such as a name that is taken (409).
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// Returns whether the server failed (any status from 500 to 599).
    #[inline]
    pub fn is_server_error(&self) -> bool {
        self.status().is_some_and(|status| status.is_server_error())
    }

    /// Returns whether the API rejected the request because of a rate limit (429).
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Returns whether the request was not retried because the retry budget of the client was exhausted
    /// ([`ClientBuilder::retry_budget`](crate::runtime::ClientBuilder::retry_budget)). The error describes the last
    /// attempt.
    #[inline]
    pub fn is_retry_budget_exhausted(&self) -> bool {
        self.call().and_then(Call::gave_up) == Some(GaveUp::RetryBudget)
    }

    /// Returns whether a timeout elapsed.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// Returns whether the same request may succeed later. The cause of the error is a rate limit, a failing server or
    /// gateway (500, 502, 503, 504), a broken connection or a timeout.
    ///
    /// This does not mean that a retry is safe. Unless the request was rejected with 429, it may have created a resource
    /// before it failed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Api(error) => matches!(error.status().as_u16(), 429 | 500 | 502 | 503 | 504),
            Self::Transport(_) | Self::Timeout(_) => true,
            _ => false,
        }
    }

    fn inner(&self) -> &(dyn std::error::Error + 'static) {
        match self {
            Self::Api(error) => &**error,
            Self::Transport(error) => &**error,
            Self::Timeout(error) => &**error,
            Self::Decode(error) => &**error,
            Self::Paging(error) => &**error,
            Self::InvalidRequest(error) => &**error,
            Self::MissingField(error) => error,
            #[cfg(feature = "json-strings")]
            Self::JsonText(error) => &**error,
            Self::Config(error) => &**error,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.inner())
    }
}

/// `Display` shows the error inside a variant, so `source` returns the source of that inner error.
impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner().source()
    }
}

impl From<InvalidValue> for Error {
    fn from(value: InvalidValue) -> Self {
        InvalidRequest::from(value).into()
    }
}

macro_rules! impl_from_error {
    ($($variant:ident($error:ident)),*) => { $(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::$variant(Box::new(error))
            }
        }
    )* };
}
impl_from_error!(
    Api(ApiError),
    Decode(DecodeError),
    Paging(PagingError),
    InvalidRequest(InvalidRequest),
    Config(ConfigError)
);
