//! Error responses of an API.

use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value as Json;

use crate::runtime::client::time::retry_after;
use crate::runtime::response::mismatch::without_mark;
use crate::runtime::{Call, RawResponse};

/// An error response of the API.
///
/// The body may be anything: where it is not the JSON that the API documents, [`code`](Self::code) and the other parts of
/// it are missing.
///
/// `Display` and `Debug` show the status, the code, the message, the link to more information and the request id, and
/// nothing else of the response. In these texts every secret and personal value of the request is replaced by `[redacted]`,
/// in whatever way it is written: percent-encoded, escaped as in JSON or HTML, in Base64, in upper or lower case. Values of
/// one to three characters are replaced where they are whole words. A text of more than 8 KiB is replaced by its length.
/// Of the response of a token endpoint only the status, the request id and a standard code are shown. The methods give
/// each part exactly as it came.
#[derive(Clone, PartialEq)]
pub struct ApiError {
    pub(crate) call: Call,
    status: StatusCode,
    headers: HeaderMap,
    request_id: Option<String>,
    body: Bytes,
    code: Option<Code>,
    message: Option<String>,
    more_info: Option<String>,
    shown: Shown,
}

/// The parts of an error as they are shown: without the secrets and personal values of the request.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    code: Option<String>,
    message: Option<String>,
    more_info: Option<String>,
    request_id: Option<String>,
}

impl ApiError {
    /// Reads an error response.
    pub(crate) fn new(answer: RawResponse) -> Self {
        let json = serde_json::from_slice::<Json>(without_mark(&answer.body)).unwrap_or_default();
        let fields = &answer.api.errors;
        let code = first(&json, fields.code, code);
        let message = first(&json, fields.message, text);
        let more_info = first(&json, fields.more_info, text);
        let request_id = answer.request_id().map(str::to_owned);
        let sensitive = answer.sent.sensitive();
        let redact = |text: &String| sensitive.redact(text);
        let shown = Shown {
            code: code.as_ref().map(|code| redact(&code.to_string())),
            message: message.as_ref().map(redact),
            more_info: more_info.as_ref().map(redact),
            request_id: request_id.as_ref().map(redact),
        };
        let RawResponse { call, status, headers, body, .. } = answer;
        Self { call, status, headers, request_id, body, code, message, more_info, shown }
    }

    /// The same, where a token endpoint has answered: it may repeat tokens, which no request has carried yet.
    pub(crate) fn of_token_endpoint(mut self) -> Self {
        let json = serde_json::from_slice::<Json>(without_mark(&self.body)).unwrap_or_default();
        let standard = first(&json, &["/error"], text).filter(|code| TOKEN_ERRORS.contains(&code.as_str()));
        (self.shown.code, self.shown.message, self.shown.more_info) = (standard, None, None);
        self
    }

    /// Returns the call that failed.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the API's own code of the error, as in `error.code().is_some_and(|code| *code == 20404)`.
    pub fn code(&self) -> Option<&Code> {
        self.code.as_ref()
    }

    /// Returns the number of attempts.
    pub fn attempts(&self) -> u32 {
        self.call.attempts
    }

    /// Returns the error message of the API. It may repeat secrets and personal values of the request.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the URL of a page that explains the error, exactly as received.
    pub fn more_info(&self) -> Option<&str> {
        self.more_info.as_deref()
    }

    /// Returns the ID that the API gave the request, exactly as received.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    // [if typed_error.rs
    pub(crate) fn shown_request_id(&self) -> Option<&str> {
        self.shown.request_id.as_deref()
    }

    // [end typed_error.rs]
    /// Returns how long to wait before the next request, from the header `Retry-After`.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers, SystemTime::now())
    }

    /// Returns the headers of the response. They may hold secrets such as cookies.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body as received. It may repeat the secrets and personal values of the request, and that of a gateway or of a
    /// token endpoint may hold anything else: do not log it.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown { code, message, more_info, request_id } = &self.shown;
        write!(f, "{}: {}", self.call, self.status)?;
        if let Some(code) = code {
            write!(f, ", code {code}")?;
        }
        match message {
            Some(message) => write!(f, ": {message}")?,
            None if self.body.is_empty() => f.write_str(", with an empty body")?,
            None => write!(f, ", with a body of {} bytes", self.body.len())?,
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

/// Leaves out the headers and the body, which may hold secrets and personal data.
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("call", &self.call)
            .field("status", &self.status)
            .field("code", &self.shown.code)
            .field("message", &self.shown.message)
            .field("more_info", &self.shown.more_info)
            .field("request_id", &self.shown.request_id)
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

/// The codes that a token endpoint has for its errors (RFC 6749, 5.2).
const TOKEN_ERRORS: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

/// What the first of the pointers that leads to something leads to.
fn first<T>(body: &Json, pointers: &[&str], read: impl Fn(&Json) -> Option<T>) -> Option<T> {
    pointers.iter().find_map(|pointer| read(body.pointer(pointer)?))
}

fn text(value: &Json) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn code(value: &Json) -> Option<Code> {
    match value {
        Json::Number(number) => Some(number.as_i64().map_or_else(|| Code::Text(number.to_string()), Code::Number)),
        _ => text(value).map(Code::Text),
    }
}
