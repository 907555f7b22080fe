//! What an API says when a request fails.

use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value as Json;

use super::excerpt::{Quotable, excerpt, mask};
use super::retry::retry_after;
use super::{Answer, Call};

/// An answer that is not a success, with everything that it says.
///
/// The body may be anything: where it is not the JSON that the API promises, [`code`](Self::code) and the other parts
/// of it are missing, and `Display` quotes the beginning of the body.
#[derive(Clone, PartialEq)]
pub struct ApiError {
    call: Call,
    status: StatusCode,
    headers: HeaderMap,
    request_id: Option<String>,
    body: Bytes,
    code: Option<Code>,
    message: Option<String>,
    more_info: Option<String>,
    /// What to show of message or body: without the personal values of the request.
    shown: String,
}

/// How many characters of a body that says nothing else `Display` shows.
const SHOWN: usize = 200;

impl ApiError {
    /// Reads a failed `answer` to a request that held these personal values.
    pub(super) fn new(answer: Answer, personal: &[String]) -> Self {
        let body = serde_json::from_slice::<Json>(&answer.body).unwrap_or_default();
        let fields = &answer.api.errors;
        let message = first(&body, fields.message, text);
        let shown = match &message {
            Some(message) => mask(message, personal),
            None => {
                let quotable = Quotable::new(&answer.body, answer.api.personal);
                mask(&excerpt(&quotable.around(0, 8 * SHOWN), SHOWN), personal)
            }
        };
        Self {
            status: answer.status,
            request_id: answer.request_id().map(str::to_owned),
            code: first(&body, fields.code, code),
            more_info: first(&body, fields.more_info, text),
            message,
            shown,
            call: answer.call,
            headers: answer.headers,
            body: answer.body,
        }
    }

    /// The call that failed.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The API's own code of the error, as in `error.code().is_some_and(|code| *code == 20404)`.
    pub fn code(&self) -> Option<&Code> {
        self.code.as_ref()
    }

    /// How many attempts were made.
    pub fn attempts(&self) -> u32 {
        self.call.attempts
    }

    /// What went wrong, in the API's words.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The URL where the error is explained.
    pub fn more_info(&self) -> Option<&str> {
        self.more_info.as_deref()
    }

    /// What the API calls the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// How long the API asks to wait before the next request, with `Retry-After` in seconds or as a date.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers, SystemTime::now())
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as it came. It may repeat personal values that were sent.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.call, self.status)?;
        if let Some(code) = &self.code {
            write!(f, ", code {code}")?;
        }
        match (&self.message, self.shown.is_empty()) {
            (Some(_), _) => write!(f, ": {}", self.shown)?,
            (None, false) => write!(f, ", with the body `{}`", self.shown)?,
            (None, true) if self.body.is_empty() => f.write_str(", with an empty body")?,
            (None, true) => write!(f, ", with a body of {} bytes", self.body.len())?,
        }
        if let Some(more_info) = &self.more_info {
            write!(f, " (see {more_info})")?;
        }
        match &self.request_id {
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
            .field("code", &self.code)
            .field("shown", &self.shown)
            .field("more_info", &self.more_info)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl Error for ApiError {}

/// An API's own code of an error. It compares with numbers and texts: `*code == 20404`, `*code == "not_found"`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// A number.
    Number(i64),
    /// A text.
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
