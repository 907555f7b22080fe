//! Errors of the transport, timeouts, and responses that cannot be decoded.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use reqwest::StatusCode;

use super::redaction::Sensitive;
use crate::runtime::response::media_type::{Expected, essence};
use crate::runtime::response::mismatch::{Mismatch, without_mark};
use crate::runtime::{Call, RawResponse, SendError};

/// No complete response came: no connection, or one that broke.
#[derive(Clone, Debug)]
pub struct TransportError {
    pub(crate) call: Call,
    source: SendError,
    shown: Cause,
}

impl TransportError {
    /// Returns the call that failed.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Returns whether there was no connection, or it was closed before anything of the request was sent, so that the API
    /// cannot have seen the request.
    pub fn is_connect(&self) -> bool {
        self.source.connect
    }

    /// Returns the error of the transport or of the token provider, as it came. Its texts may hold anything, the URL and
    /// credentials included; [`source`](Error::source) gives them without the secrets and personal values of the request.
    pub fn cause(&self) -> &(dyn Error + 'static) {
        self.source.cause()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.call)?;
        self.shown.chain().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.shown)
    }
}

/// No complete response came in time.
#[derive(Clone, Debug)]
pub struct TimeoutError {
    pub(crate) call: Call,
    after: Duration,
    connect: bool,
    shown: Cause,
}

impl TimeoutError {
    /// Returns the call that took too long.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Returns the limit that was reached: that of the attempt, of connecting, or of all attempts together.
    pub fn after(&self) -> Duration {
        self.after
    }

    /// Returns whether there was no connection at all, so that the API cannot have seen the request.
    pub fn is_connect(&self) -> bool {
        self.connect
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let awaited = if self.is_connect() { "no connection" } else { "no complete response" };
        write!(f, "{}: {awaited} within {:?}", self.call, self.after)
    }
}

impl Error for TimeoutError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.shown)
    }
}

/// The text of an error of a transport, and those of its sources, without what the request carried.
#[derive(Clone, Debug)]
struct Cause {
    text: String,
    source: Option<Arc<Cause>>,
}

impl Cause {
    fn new(error: &SendError, sensitive: &Sensitive) -> Self {
        let mut rest = error.texts().into_iter().rev().map(|text| sensitive.redact(&text));
        let last = Self { text: rest.next().unwrap_or_default(), source: None };
        rest.fold(last, |source, text| Self { text, source: Some(Arc::new(source)) })
    }

    fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |cause| cause.source.as_deref())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

impl crate::runtime::Error {
    /// What a transport reports of `call`, which was given so much time and carried these values.
    pub(crate) fn exchange(
        call: Call,
        source: SendError,
        sensitive: &Sensitive,
        time: Duration,
        connect_timeout: Duration,
    ) -> Self {
        let shown = Cause::new(&source, sensitive);
        if source.timeout {
            let connect = source.connect;
            let after = if connect { connect_timeout.min(time) } else { time };
            Self::Timeout(Box::new(TimeoutError { call, after, connect, shown }))
        } else {
            Self::Transport(Box::new(TransportError { call, source, shown }))
        }
    }
}

/// A successful response that does not match the API document.
///
/// `Display`, `Debug` and the source chain show what was expected and what kind of value was found, never the value.
#[derive(Clone)]
pub struct DecodeError {
    call: Call,
    status: StatusCode,
    request_id: Option<String>,
    /// The request id without what the request carried.
    shown_id: Option<String>,
    problem: String,
    path: String,
    body: Bytes,
    /// The expected media types and the received one, if they are the cause of the error.
    media_types: Option<(&'static str, String)>,
}

impl DecodeError {
    /// Creates the error for a successful response whose body does not match the document.
    pub(crate) fn new(answer: &RawResponse, mismatch: &Mismatch) -> Self {
        if serde_json::from_slice::<serde::de::IgnoredAny>(without_mark(&answer.body)).is_err() {
            return Self::unread_or_other(answer, mismatch.problem().to_owned());
        }
        Self { path: mismatch.path(), ..Self::unread(answer, mismatch.problem().to_owned()) }
    }

    /// Creates the error of a body that cannot be decoded at all, possibly because it is of another media type.
    pub(crate) fn unread_or_other(answer: &RawResponse, problem: String) -> Self {
        let unexpected = |expected: Expected| expected.unexpected(answer.status.as_u16(), &answer.headers);
        match answer.expected.and_then(unexpected) {
            Some(received) => Self::of_media_type(answer, received),
            None => Self::unread(answer, problem),
        }
    }

    /// Creates the error of a media type that the decoder cannot read.
    pub(crate) fn of_media_type(answer: &RawResponse, received: String) -> Self {
        let expected =
            answer.expected.and_then(|expected| expected.media_types(answer.status.as_u16())).unwrap_or("*/*");
        // A secret in the header may extend beyond the part that is shown, so the whole header is redacted first.
        let header = answer.headers.get(CONTENT_TYPE).and_then(|header| header.to_str().ok()).unwrap_or_default();
        let header = answer.sent.sensitive().redact(header);
        let problem = format!("expected the media type `{expected}`, received `{}`", essence(&header));
        Self { media_types: Some((expected, received)), ..Self::unread(answer, problem) }
    }

    // [if typed_error.rs
    /// Creates the error for an error response whose body does not match the requested type.
    pub(crate) fn of_failure(failure: &crate::runtime::ApiError, mismatch: &Mismatch) -> Self {
        Self {
            call: failure.call().clone(),
            status: failure.status(),
            request_id: failure.request_id().map(str::to_owned),
            shown_id: failure.shown_request_id().map(str::to_owned),
            problem: mismatch.problem().to_owned(),
            path: mismatch.path(),
            body: Bytes::copy_from_slice(failure.body()),
            media_types: None,
        }
    }

    // [end typed_error.rs]
    /// `answer` cannot be used, for a reason that does not quote it.
    pub(crate) fn unread(answer: &RawResponse, problem: String) -> Self {
        let request_id = answer.request_id();
        Self {
            call: answer.call.clone(),
            status: answer.status,
            shown_id: request_id.map(|id| answer.sent.sensitive().redact(id)),
            request_id: request_id.map(str::to_owned),
            problem,
            path: String::new(),
            body: answer.body.clone(),
            media_types: None,
        }
    }

    /// Returns the call whose response could not be read.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the ID that the API gave the request, exactly as received.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the location of the problem in the body, such as `pets[3].name`, with `*` for the name of a property that
    /// the document does not name; empty if it is with the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the media types that the request asked for, separated by commas, if the response has another one.
    pub fn expected_media_type(&self) -> Option<&str> {
        self.media_types.as_ref().map(|(expected, _)| *expected)
    }

    /// Returns the media type of the response without its parameters, if the request did not ask for it.
    pub fn received_media_type(&self) -> Option<&str> {
        self.media_types.as_ref().map(|(_, received)| received.as_str())
    }

    /// Returns the body as it came, or the event or line of a stream; empty for the response of a token endpoint. It may hold
    /// secrets and personal data, which nothing else in this error shows.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot decode the response ({}): {}", self.call, self.status, self.problem)?;
        if !self.path.is_empty() {
            write!(f, ", in `{}`", self.path)?;
        }
        match &self.shown_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

/// Leaves out the body, which may hold secrets and personal data.
impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("call", &self.call)
            .field("status", &self.status)
            .field("request_id", &self.shown_id)
            .field("problem", &self.problem)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Error for DecodeError {}
