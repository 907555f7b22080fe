//! Responses that cannot be decoded.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use reqwest::StatusCode;

use crate::runtime::response::json_reader::check_syntax;
use crate::runtime::response::media_type::{Expected, essence};
use crate::runtime::response::mismatch::{Mismatch, without_byte_order_mark};
use crate::runtime::{Call, RawResponse};

/// A successful response that does not match the API document.
///
/// `Display`, `Debug` and the source chain show what was expected and what kind of value was found, never the value.
#[derive(Clone)]
pub struct DecodeError(Arc<Undecoded>);

/// A response that cannot be decoded, and the reason.
struct Undecoded {
    call: Call,
    status: StatusCode,
    request_id: Option<String>,
    /// The request ID without the secrets and personal values of the request.
    redacted_id: Option<String>,
    problem: String,
    path: String,
    body: Bytes,
    /// The expected media types and the received media type, if the media type is the cause of the error.
    media_types: Option<(&'static str, String)>,
}

impl DecodeError {
    /// Creates the error for a successful response whose body does not match the document.
    pub(crate) fn new(response: &RawResponse, mismatch: &Mismatch) -> Self {
        if let Err(syntax_error) = check_syntax(without_byte_order_mark(&response.body)) {
            // An empty body is decoded as `null`.
            let mismatch = if response.body.is_empty() { &syntax_error } else { mismatch };
            return Self::of_body(response, mismatch.problem().to_owned());
        }
        Self(Arc::new(Undecoded { path: mismatch.path(), ..Undecoded::new(response, mismatch.problem().to_owned()) }))
    }

    /// Creates the error for a body that cannot be decoded at all. If the response has an unexpected media type, the error
    /// names the media type instead of `problem`.
    pub(crate) fn of_body(response: &RawResponse, problem: String) -> Self {
        let unexpected_media_type =
            |expected: Expected| expected.unexpected_media_type(response.status.as_u16(), &response.headers);
        match response.expected.and_then(unexpected_media_type) {
            Some(received) => Self::of_media_type(response, received),
            None => Self::with_problem(response, problem),
        }
    }

    /// Creates the error for a media type that the decoder cannot read.
    pub(crate) fn of_media_type(response: &RawResponse, received: String) -> Self {
        let expected =
            response.expected.and_then(|expected| expected.media_types(response.status.as_u16())).unwrap_or("*/*");
        // `essence` shortens the header, and the beginning of a secret would not be recognised. The header is therefore
        // redacted first.
        let header = response.headers.get(CONTENT_TYPE).and_then(|header| header.to_str().ok()).unwrap_or_default();
        let header = response.sent.sensitive().redact(header);
        let problem = format!("expected the media type `{expected}`, received `{}`", essence(&header));
        let media_types = Some((expected, received));
        Self(Arc::new(Undecoded { media_types, ..Undecoded::new(response, problem) }))
    }

    /// Creates the error for an error response whose body does not match the requested type.
    #[cfg(feature = "typed-errors")]
    pub(crate) fn of_error_response(error: &crate::runtime::ApiError, mismatch: &Mismatch) -> Self {
        Self(Arc::new(Undecoded {
            call: error.call().clone(),
            status: error.status(),
            request_id: error.request_id().map(str::to_owned),
            redacted_id: error.redacted_request_id().map(str::to_owned),
            problem: mismatch.problem().to_owned(),
            path: mismatch.path(),
            body: Bytes::copy_from_slice(error.body()),
            media_types: None,
        }))
    }

    /// Creates an error. `problem` must not quote the response.
    pub(crate) fn with_problem(response: &RawResponse, problem: String) -> Self {
        Self(Arc::new(Undecoded::new(response, problem)))
    }

    /// Returns the call whose response could not be decoded.
    pub fn call(&self) -> &Call {
        &self.0.call
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the ID that the API assigned to the request, exactly as received.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Returns the location of the problem in the body, such as `pets[3].name`, with `*` for the name of an undocumented
    /// property. The path is empty if the problem concerns the whole body.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Returns the media types that the request accepted, separated by commas, if the response has a different media type.
    pub fn expected_media_type(&self) -> Option<&str> {
        self.0.media_types.as_ref().map(|(expected, _)| *expected)
    }

    /// Returns the media type of the response without its parameters, if the request did not accept this media type.
    pub fn received_media_type(&self) -> Option<&str> {
        self.0.media_types.as_ref().map(|(_, received)| received.as_str())
    }

    /// Returns the body as received, or the event or line of a stream. Do not log it: it may contain secrets and personal data,
    /// which no other method of this error returns. The body of a response of a token endpoint is not stored, so it is empty.
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }
}

impl Undecoded {
    fn new(response: &RawResponse, problem: String) -> Self {
        let request_id = response.request_id();
        Self {
            call: response.call.clone(),
            status: response.status,
            redacted_id: request_id.map(|id| response.sent.sensitive().redact(id)),
            request_id: request_id.map(str::to_owned),
            problem,
            path: String::new(),
            body: response.body.clone(),
            media_types: None,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot decode the response ({}): {}", self.0.call, self.0.status, self.0.problem)?;
        if !self.0.path.is_empty() {
            write!(f, ", in `{}`", self.0.path)?;
        }
        match &self.0.redacted_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

/// Omits the body, which may contain secrets and personal data.
impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("call", &self.0.call)
            .field("status", &self.0.status)
            .field("request_id", &self.0.redacted_id)
            .field("problem", &self.0.problem)
            .field("path", &self.0.path)
            .finish_non_exhaustive()
    }
}

impl Error for DecodeError {}
