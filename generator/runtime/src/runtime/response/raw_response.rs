//! A response before it is decoded.

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::media_type::Expected;
#[cfg(feature = "downloads")]
use crate::runtime::Body;
use crate::runtime::error::redaction::SentRequest;
use crate::runtime::{Api, Call, Reading, Result};

/// The future of a response that is not decoded.
pub type ResponseFuture<'a> = Pin<Box<dyn Future<Output = Result<RawResponse>> + Send + 'a>>;

/// A response that is not decoded: the response of a [`RawRequest`](crate::runtime::RawRequest).
pub struct RawResponse {
    pub(crate) api: &'static Api,
    pub(crate) call: Call,
    /// The request, with the values that errors must not show.
    pub(crate) sent: SentRequest,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The complete body, unless the decoder reads the body as a stream.
    pub(crate) body: Bytes,
    /// The response that the request expects.
    pub(crate) expected: Option<Expected>,
    /// The body, if the decoder reads it as a stream.
    #[cfg(feature = "downloads")]
    pub(crate) unread: Option<UnreadBody>,
}

impl RawResponse {
    /// Returns the HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the value of a header by its name in lower case, if the header exists and its value is a string.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the number of attempts, including the successful attempt.
    pub fn attempts(&self) -> u32 {
        self.call.attempts
    }

    /// Returns the body as received.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body as a string, if it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }

    /// Returns the response with another body.
    #[cfg(feature = "downloads")]
    pub(crate) fn with_body(&self, body: Bytes) -> Self {
        Self {
            api: self.api,
            call: self.call.clone(),
            sent: self.sent.clone(),
            status: self.status,
            headers: self.headers.clone(),
            body,
            expected: self.expected,
            unread: None,
        }
    }

    /// Returns how closely the values of the body must match the document.
    pub(crate) fn reading(&self) -> Reading {
        if self.api.strict { Reading::Strict } else { Reading::Lenient }
    }

    /// Returns the ID that the API assigned to the request.
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get(self.api.request_id)?.to_str().ok()
    }
}

/// Omits the headers, the request ID and the body, which may contain secrets such as cookies.
impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status)
            .field("attempts", &self.call.attempts)
            .finish_non_exhaustive()
    }
}

/// A body that has not been read yet.
#[cfg(feature = "downloads")]
pub struct UnreadBody {
    pub body: Body,
    /// The timeout for each piece of the body.
    pub timeout: std::time::Duration,
    /// The maximum number of bytes in memory.
    pub limit: usize,
    /// The request, with which a stream can be requested again.
    #[cfg(feature = "streams")]
    pub request: Option<std::sync::Arc<crate::runtime::request::request_parts::Parts>>,
}
