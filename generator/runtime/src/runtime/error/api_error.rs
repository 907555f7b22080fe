//! Error responses of an API.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value as Json;

use crate::runtime::client::time::retry_after;
use crate::runtime::response::mismatch::parse_json;
use crate::runtime::{Call, RawResponse};

/// An error response of the API.
///
/// If the body is not the documented JSON, [`code`](Self::code), [`message`](Self::message) and
/// [`more_info`](Self::more_info) return `None`.
///
/// `Display` and `Debug` show only the status, the code, the message, the link to more information and the request ID.
/// Every secret and personal value of the request is replaced by `[redacted]` in this output, in any encoding:
/// percent-encoded, escaped as in JSON or HTML, in Base64, in upper or lower case. Values of one to three characters are
/// replaced only if they are whole words. A string of more than 8 KiB is replaced by its length. For the response of a
/// token endpoint, only the status, the request ID and a standard error code are shown. The methods of this type return the
/// parts of the response exactly as received.
#[derive(Clone, PartialEq)]
pub struct ApiError {
    pub(crate) call: Call,
    response: Arc<ErrorResponse>,
    redacted: Arc<Redacted>,
}

/// An error response as received.
#[derive(PartialEq)]
struct ErrorResponse {
    status: StatusCode,
    headers: HeaderMap,
    request_id: Option<String>,
    body: Bytes,
    code: Option<Code>,
    message: Option<String>,
    more_info: Option<String>,
}

/// The parts of an error response that are shown, without the secrets and personal values of the request.
#[derive(PartialEq)]
struct Redacted {
    code: Option<String>,
    message: Option<String>,
    more_info: Option<String>,
    request_id: Option<String>,
}

impl ApiError {
    /// Creates the error for an error response.
    pub(crate) fn new(response: RawResponse) -> Self {
        let json = parse_json(&response.body).unwrap_or_default();
        let fields = &response.api.errors;
        let code = find_first(&json, fields.code, code);
        let message = find_first(&json, fields.message, non_empty_string);
        // The document rarely describes the errors in a stream.
        #[cfg(feature = "streams")]
        let message = message.or_else(|| match response.status.is_success() {
            true => find_first(&json, &["/error/message", "/message", "/detail", "/error"], non_empty_string),
            false => None,
        });
        let more_info = find_first(&json, fields.more_info, non_empty_string);
        let request_id = response.request_id().map(str::to_owned);
        let sensitive = response.sent.sensitive();
        let redact = |text: &String| sensitive.redact(text);
        let redacted = Redacted {
            code: code.as_ref().map(|code| redact(&code.to_string())),
            message: message.as_ref().map(redact),
            more_info: more_info.as_ref().map(redact),
            request_id: request_id.as_ref().map(redact),
        };
        let RawResponse { call, status, headers, body, .. } = response;
        let response = ErrorResponse { status, headers, request_id, body, code, message, more_info };
        Self { call, response: Arc::new(response), redacted: Arc::new(redacted) }
    }

    /// Converts the error to an error of a token endpoint, which shows only a standard error code. The response may contain
    /// a new token, which redaction cannot recognise.
    pub(crate) fn into_token_endpoint_error(mut self) -> Self {
        let json = parse_json(self.body()).unwrap_or_default();
        let code =
            find_first(&json, &["/error"], non_empty_string).filter(|code| TOKEN_ERRORS.contains(&code.as_str()));
        let request_id = self.redacted.request_id.clone();
        self.redacted = Arc::new(Redacted { code, message: None, more_info: None, request_id });
        self
    }

    /// Returns the call that failed.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> StatusCode {
        self.response.status
    }

    /// Returns the error code of the API, as in `error.code().is_some_and(|code| *code == 20404)`.
    pub fn code(&self) -> Option<&Code> {
        self.response.code.as_ref()
    }

    /// Returns the number of attempts.
    pub fn attempts(&self) -> u32 {
        self.call.attempts
    }

    /// Returns the error message of the API. It may repeat secrets and personal values of the request.
    pub fn message(&self) -> Option<&str> {
        self.response.message.as_deref()
    }

    /// Returns the URL of a page that explains the error, exactly as received.
    pub fn more_info(&self) -> Option<&str> {
        self.response.more_info.as_deref()
    }

    /// Returns the ID that the API assigned to the request, exactly as received.
    pub fn request_id(&self) -> Option<&str> {
        self.response.request_id.as_deref()
    }

    #[cfg(feature = "typed-errors")]
    pub(crate) fn redacted_request_id(&self) -> Option<&str> {
        self.redacted.request_id.as_deref()
    }

    /// Returns how long to wait before the next request, from the header `Retry-After`.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.response.headers, SystemTime::now())
    }

    /// Returns the headers of the response. They may contain secrets such as cookies.
    pub fn headers(&self) -> &HeaderMap {
        &self.response.headers
    }

    /// Returns the body as received. Do not log it: it may repeat the secrets and personal values of the request, and the body
    /// of a gateway or a token endpoint may contain other secrets.
    pub fn body(&self) -> &[u8] {
        &self.response.body
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Redacted { code, message, more_info, request_id } = &*self.redacted;
        // A successful response can report an error in the middle of a stream.
        let context = if self.response.status.is_success() { "error in the stream, after " } else { "" };
        write!(f, "{}: {context}{}", self.call, self.response.status)?;
        if let Some(code) = code {
            write!(f, ", code {code}")?;
        }
        match message {
            Some(message) => write!(f, ": {message}")?,
            None if self.response.body.is_empty() => f.write_str(", with an empty body")?,
            None => write!(f, ", with a body of {} bytes", self.response.body.len())?,
        }
        if let Some(more_info) = more_info {
            write!(f, " (see {more_info})")?;
        }
        match request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

/// Omits the headers and the body, which may contain secrets and personal data.
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("call", &self.call)
            .field("status", &self.response.status)
            .field("code", &self.redacted.code)
            .field("message", &self.redacted.message)
            .field("more_info", &self.redacted.more_info)
            .field("request_id", &self.redacted.request_id)
            .finish_non_exhaustive()
    }
}

impl Error for ApiError {}

/// An error code of the API. It compares with numbers and strings: `*code == 20404`, `*code == "not_found"`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// A number.
    Number(i64),
    /// A string.
    Text(String),
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl PartialEq<i64> for Code {
    fn eq(&self, other: &i64) -> bool {
        matches!(self, Self::Number(number) if number == other)
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        matches!(self, Self::Text(text) if text == other)
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

/// The standard error codes of token endpoints (RFC 6749, section 5.2).
const TOKEN_ERRORS: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

/// Returns the first valid value that one of the JSON pointers resolves to.
fn find_first<T>(body: &Json, pointers: &[&str], read: impl Fn(&Json) -> Option<T>) -> Option<T> {
    pointers.iter().find_map(|pointer| read(body.pointer(pointer)?))
}

fn non_empty_string(value: &Json) -> Option<String> {
    value.as_str().filter(|string| !string.is_empty()).map(str::to_owned)
}

fn code(value: &Json) -> Option<Code> {
    match value {
        Json::Number(number) => Some(number.as_i64().map_or_else(|| Code::Text(number.to_string()), Code::Number)),
        _ => non_empty_string(value).map(Code::Text),
    }
}
