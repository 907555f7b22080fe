//! The one error type of the crate.

pub(crate) mod api_error;
pub(crate) mod call;
pub(crate) mod call_error;
pub(crate) mod config_error;
pub(crate) mod invalid;
pub(crate) mod json_text_error;
pub(crate) mod missing_field;
pub(crate) mod paging_error;
pub(crate) mod redaction;
pub(crate) mod spelling;
pub(crate) mod typed_error;

use std::fmt;

use reqwest::StatusCode;

use crate::runtime::{
    ApiError, Call, ConfigError, DecodeError, GaveUp, InvalidRequest, InvalidValue, MissingField, PagingError,
    TimeoutError, TransportError,
};

/// What a call to the API ends with: a value, or an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something did not work. `Display` says it in one line that is enough to debug from: the operation, the URL
/// without its query, and what is known of the cause.
///
/// # What is shown
///
/// `Display`, `Debug` and the source chain, and so logs and the observer, show no secret and no personal value of the
/// request:
///
/// - Of a failed response they show the code, the message, the link to more information and the request id. Every secret
///   and personal value of the request is replaced by `[redacted]` there, in whatever spelling; see [`ApiError`].
/// - Every other part of a response is only counted in bytes. [`ApiError::body`] and [`DecodeError::body`] give it.
/// - A response that cannot be decoded is described by the location, the expected type and the kind of value that was found.
/// - A URL has no query, and each value in its path is the `{name}` of its parameter.
/// - An invalid argument is not quoted if it is personal, part of the path, inside a JSON body, or a typed string such as an
///   identifier.
///
/// Secrets are the credentials of the client and the tokens that it fetches. Personal values are all values in the path, the
/// parameters and properties that the document marks as personal, the names of uploaded files, and what the URL of a page
/// adds to the parameters that were set. What a server makes of a value beyond its spelling, such as a part of it or a hash,
/// is not recognised.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// The API answered that the request failed.
    Api(Box<ApiError>),
    /// No complete answer came.
    Transport(Box<TransportError>),
    /// No complete answer came in time.
    Timeout(Box<TimeoutError>),
    /// The answer is not what the API's document promises.
    Decode(Box<DecodeError>),
    /// The URL of the next page of a list is not one to follow.
    Paging(Box<PagingError>),
    /// A value breaks a rule. Nothing was sent.
    InvalidRequest(Box<InvalidRequest>),
    /// A field was asked for that the answer left out.
    MissingField(MissingField),
    // [json_text.rs
    /// A string property does not hold the JSON that was asked for.
    JsonText(Box<crate::runtime::JsonTextError>),
    // json_text.rs]
    /// The environment does not hold what a client needs.
    Config(Box<ConfigError>),
}

impl Error {
    /// What the API said, if it said anything.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// The call that failed, with the number of attempts that were made; none if it never came to one.
    pub fn call(&self) -> Option<&Call> {
        match self {
            Self::Api(error) => Some(error.call()),
            Self::Transport(error) => Some(error.call()),
            Self::Timeout(error) => Some(error.call()),
            Self::Decode(error) => Some(error.call()),
            Self::Paging(error) => Some(error.call()),
            Self::InvalidRequest(_) | Self::MissingField(_) | Self::Config(_) => None,
            // [json_text.rs
            Self::JsonText(_) => None,
            // json_text.rs]
        }
    }

    /// Notes why a request that could have been sent again was not.
    pub(crate) fn give_up(&mut self, reason: Option<GaveUp>) {
        match self {
            Self::Api(error) => error.call.gave_up = reason,
            Self::Transport(error) => error.call.gave_up = reason,
            Self::Timeout(error) => error.call.gave_up = reason,
            _ => {}
        }
    }

    /// The status of a failed answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.api().map(ApiError::status)
    }

    /// Returns the body of an error response, or of a response that could not be decoded. It may contain secrets and personal
    /// data, which nothing else in this error shows.
    pub fn body(&self) -> Option<&[u8]> {
        match self {
            Self::Api(error) => Some(error.body()),
            Self::Decode(error) => Some(error.body()),
            _ => None,
        }
    }

    /// Whether the API does not know what was asked for (404).
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

    /// Returns whether the request conflicts with what the API has, such as a name that is taken (409).
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// Returns whether the API itself failed (any status from 500 to 599).
    pub fn is_server_error(&self) -> bool {
        self.status().is_some_and(|status| status.is_server_error())
    }

    /// Whether the API refused the request because there were too many (429).
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Returns whether the request was not sent again because all requests of the client together had used up the retry budget
    /// ([`ClientBuilder::retry_budget`](crate::runtime::ClientBuilder::retry_budget)). The error is that of the last attempt.
    pub fn is_retry_budget_exhausted(&self) -> bool {
        self.call().and_then(Call::gave_up) == Some(GaveUp::RetryBudget)
    }

    /// Whether the answer did not come in time.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// Whether the same request may succeed later: it met a rate limit, a failing server or gateway (500, 502, 503,
    /// 504), a broken connection or a timeout.
    ///
    /// This says nothing about whether a repeat is safe. Unless it was refused with 429, a request that creates
    /// something may have done so before it failed.
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
            // [json_text.rs
            Self::JsonText(error) => &**error,
            // json_text.rs]
            Self::Config(error) => &**error,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.inner())
    }
}

/// What each kind of error holds is shown as the error itself, so the chain goes on behind it.
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

macro_rules! boxed {
    ($($variant:ident($error:ident)),*) => { $(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::$variant(Box::new(error))
            }
        }
    )* };
}
boxed!(Api(ApiError), Decode(DecodeError), Paging(PagingError), InvalidRequest(InvalidRequest), Config(ConfigError));
