//! Successful responses, and the decoders of their bodies.

pub(crate) mod body;
pub(crate) mod decode;
#[cfg(feature = "foreign-types")]
pub(crate) mod decode_with_serde;
#[cfg(feature = "downloads")]
pub(crate) mod download;
#[cfg(feature = "streams")]
pub(crate) mod event;
#[cfg(feature = "streams")]
pub(crate) mod events;
pub(crate) mod json_cursor;
pub(crate) mod json_reader;
#[cfg(feature = "json-values")]
pub(crate) mod json_value;
pub(crate) mod lenient;
pub(crate) mod media_type;
pub(crate) mod mismatch;
#[cfg(feature = "optional-bodies")]
pub(crate) mod optional_body;
pub(crate) mod properties;
pub(crate) mod raw_json;
pub(crate) mod raw_response;
#[cfg(feature = "streams")]
pub(crate) mod reconnect;
#[cfg(feature = "redirects")]
pub(crate) mod redirect;
#[macro_use]
#[cfg(feature = "response-enums")]
pub(crate) mod response_enum;
#[cfg(feature = "streams")]
pub(crate) mod splitter;
#[cfg(feature = "streams")]
pub(crate) mod stream_rules;
#[cfg(feature = "text-bodies")]
pub(crate) mod text_body;
pub(crate) mod value_reader;
#[cfg(feature = "streams")]
pub(crate) mod values;

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::runtime::client::time::http_date;
use crate::runtime::model::rfc3339::parse_date_time;
use crate::runtime::{Decode, PointInTime, RawResponse, Result};

/// The decoded value of a response, with the status, the headers, the request ID and the number of attempts. A response
/// dereferences to its value.
#[derive(Clone)]
pub struct Response<T> {
    status: StatusCode,
    headers: HeaderMap,
    request_id: Option<String>,
    attempts: u32,
    body: Option<Bytes>,
    value: T,
}

impl<T> Response<T> {
    /// Decodes a response.
    pub(crate) fn decode<D: Decode<Value = T>>(mut response: RawResponse, keep_body: bool) -> Result<Self> {
        // The bytes of a streamed body are not received yet, so they cannot be kept.
        #[cfg(feature = "downloads")]
        let keep_body = keep_body && response.unread.is_none();
        let value = D::decode(&mut response)?;
        let request_id = response.request_id().map(str::to_owned);
        let attempts = response.call.attempts;
        let body = keep_body.then_some(response.body);
        Ok(Self { status: response.status, headers: response.headers, request_id, attempts, body, value })
    }

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

    /// Returns the date and time in a header, in the form of RFC 3339 or of HTTP.
    pub fn header_time<P: PointInTime>(&self, name: &str) -> Option<P> {
        let text = self.header(name)?.trim();
        let (seconds, nanoseconds) = parse_date_time(text).or_else(|| Some((http_date(text)?, 0)))?;
        P::from_unix_time(seconds, nanoseconds)
    }

    /// Returns the comma-separated items of all headers with a name, without the spaces around the items. Returns `None` if
    /// there is no such header, or if the value of a header is not a string.
    pub fn header_items(&self, name: &str) -> Option<Vec<&str>> {
        let lines: Vec<&str> =
            self.headers.get_all(name).iter().map(|line| line.to_str().ok()).collect::<Option<_>>()?;
        let items = lines.iter().flat_map(|line| line.split(',')).map(str::trim).filter(|item| !item.is_empty());
        (!lines.is_empty()).then(|| items.collect())
    }

    /// Returns the ID that the API assigned to the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the number of attempts, including the successful attempt.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the body as received, if `keep_body` was called on the request. Returns `None` for a streamed response, such as
    /// a download.
    ///
    /// ```text
    /// let response = request.keep_body().send().await?;
    /// let all: serde_json::Value = serde_json::from_slice(response.body().unwrap_or_default())?;
    /// ```
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Returns the [body](Self::body) as a string, if the body is UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.body()?).ok()
    }

    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Omits the headers, the request ID and the body, which may contain secrets such as cookies.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("attempts", &self.attempts)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
