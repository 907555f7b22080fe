//! Requests that the document does not describe.
//!
//! The longer functions are `#[inline]`, so only programs with such requests compile them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use reqwest::{Method, Url};
use serde_core::Serialize;
use serde_json::value::RawValue;

use super::encode::push_pair;
use super::future::RequestFuture;
use super::header_value::header_value;
use super::path::PathPart;
use super::request_parts::{FORM, Parts, RequestBody};
use crate::runtime::error::redaction::Sensitive;
use crate::runtime::response::media_type::Expected;
use crate::runtime::{Body, Connection, InvalidValue, RawResponse, Reads, Result, RetryPolicy, Scope, Value};

/// A request that the document does not describe.
///
/// The client sends it with its credentials, retries, timeouts and rate limits, as it sends any other request. Every status
/// other than 2XX is an [`Error::Api`](crate::runtime::Error::Api). The methods that the client repeats are those in
/// [`RetryPolicy`].
///
/// Errors and logs do not show the values in the request. They show a literal path without a query, and any other path as
/// `{path}`.
#[derive(Clone)]
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct RawRequest(Box<Parts>);

impl RawRequest {
    /// Creates a request. The method `request` of each client documents `path`.
    #[doc(hidden)]
    pub fn new(scope: &Scope, method: Method, path: impl Into<Cow<'static, str>>) -> Self {
        let expected = Expected {
            reads: |_| Reads::Nothing,
            accept: None,
            media_types: |_| None,
            #[cfg(feature = "response-enums")]
            offers: &[],
        };
        let path = match method {
            Method::CONNECT => unsendable("method", "must not be CONNECT"),
            _ => path_part(&scope.connection, path.into()),
        };
        let mut parts = Parts::new(scope, "request", method, expected);
        parts.path.push(path);
        Self(parts)
    }

    /// Adds a segment to the path. The segment is percent-encoded, so it cannot change the structure of the path.
    #[inline]
    pub fn segment(mut self, value: impl Into<Value>) -> Self {
        let has_query =
            self.0.path.iter().any(|part| matches!(part, PathPart::Raw(path) if path.as_bytes().contains(&b'?')));
        match self.0.path.last_mut() {
            Some(PathPart::Literal(path)) => *path = path.trim_end_matches('/'),
            Some(PathPart::Raw(path)) if !has_query => path.truncate(path.trim_end_matches('/').len()),
            _ => {}
        }
        self.0.path.push(match has_query {
            true => unsendable("segment", "must not follow a query"),
            false => PathPart::Value { prefix: "/", name: "segment", value: value.into(), constraints: &[] },
        });
        self
    }

    /// Adds a query parameter. A name can have several values.
    #[inline]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.0.extra.add_query(name, value);
        self
    }

    /// Sets a header. Headers that the client sets itself, such as `Authorization` and `Content-Type`, are an error.
    #[inline]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.0.extra.set_header(name, value);
        self
    }

    /// Sets the body to a value as JSON.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        let json = serde_json::to_vec(value).map(Bytes::from);
        self.with_body("application/json", json.map_err(|_| "must be serializable as JSON"))
    }

    /// Sets the body to a form with these names and values.
    pub fn form<'a>(self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut form = String::new();
        fields.into_iter().for_each(|(name, value)| push_pair(&mut form, name, value));
        self.with_body(FORM, Ok(form.into()))
    }

    /// Sets the body to bytes with a media type, such as `text/csv`.
    pub fn body(self, media_type: &str, body: impl Into<Bytes>) -> Self {
        self.with_body(media_type, Ok(body.into()))
    }

    #[inline]
    fn with_body(mut self, media_type: &str, bytes: Result<Bytes, &'static str>) -> Self {
        let media_type = header_value(media_type).filter(|_| media_type.as_bytes().contains(&b'/'));
        self.0.body = Some(Arc::new(RawBody { media_type, bytes }));
        self
    }

    /// Sets when and how often this request is retried, instead of the setting of the client.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.0.limits.retry = policy;
        self
    }

    /// Sets the timeout of one attempt, which must not be zero, instead of the setting of the client.
    pub fn attempt_timeout(mut self, time: Duration) -> Self {
        self.0.limits.attempt_timeout = time;
        self
    }

    /// Sets the timeout of all attempts together, which must not be zero, instead of the setting of the client.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.0.limits.deadline = time;
        self
    }

    /// Sends the request. Awaiting the request itself does the same.
    ///
    /// # Errors
    ///
    /// Returns an [`Error`](crate::runtime::Error) if the request is invalid, cannot be sent, or has no successful response.
    pub fn send(self) -> RequestFuture<RawResponse> {
        RequestFuture::new(self.0, |response, _| Ok(response))
    }

    /// Sends the request and blocks the thread until the response arrives. The thread must not be polling an async task.
    ///
    /// # Errors
    ///
    /// The same as for [`send`](Self::send), and also an error inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait(self) -> Result<RawResponse> {
        super::future::wait_for_exchange(self.0)
    }
}

impl IntoFuture for RawRequest {
    type Output = Result<RawResponse>;
    type IntoFuture = RequestFuture<RawResponse>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl fmt::Debug for RawRequest {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Returns a path, which may also be a URL of the API, as a part of a path. Its error is returned when the request is sent.
#[inline]
fn path_part(connection: &Connection, path: Cow<'static, str>) -> PathPart {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    let decoded_path = percent_decode_str(path.split('?').next().unwrap_or_default()).decode_utf8_lossy();
    // Some servers decode `%2f` and `%5c` before they resolve dot segments, or ignore the text after a `;`.
    let mut segments = decoded_path.split(['/', '\\']).map(|segment| segment.split(';').next().unwrap_or_default());
    if path.as_bytes().contains(&b'#') {
        unsendable("path", "must not have a fragment")
    } else if !path.bytes().all(is_allowed) {
        unsendable("path", "must contain only characters that a URL allows; `segment` encodes other characters")
    } else if segments.any(|segment| matches!(segment, "." | "..")) {
        unsendable("path", "must not have the segments `.` and `..`")
    } else if decoded_path.contains(char::is_control) {
        unsendable("path", "must not contain control characters")
    } else if let (false, Ok(url)) = (path.starts_with('/'), Url::parse(&path)) {
        match connection.base.path_below(connection.documented_base.as_ref(), connection.api.host.as_ref(), &url) {
            Ok(path) => PathPart::Raw(path),
            Err(problem) => unsendable("path", &format!("must be a URL of the API, but it {problem}")),
        }
    } else if !path.starts_with('/') || path.starts_with("//") {
        unsendable("path", "must begin with one `/`, or be a URL of the API")
    } else {
        match path {
            Cow::Borrowed(path) if !path.as_bytes().contains(&b'?') => PathPart::Literal(path),
            path => PathPart::Raw(path.into_owned()),
        }
    }
}

/// Returns a part of a path that is an error when the request is sent.
fn unsendable(name: &'static str, rule: &str) -> PathPart {
    PathPart::Value { prefix: "", name, value: Value::Unsendable(rule.to_owned()), constraints: &[] }
}

/// The body of a request that the document does not describe. All its values are treated as personal data.
struct RawBody {
    /// The media type, if it is valid.
    media_type: Option<HeaderValue>,
    bytes: Result<Bytes, &'static str>,
}

impl RequestBody for RawBody {
    #[inline]
    fn encode(&self, _: &str) -> Result<Option<(HeaderValue, Body)>, InvalidValue> {
        let invalid = |rule| InvalidValue::new("body", None, rule);
        let media_type = self.media_type.clone().ok_or_else(|| invalid("must have a valid media type"))?;
        Ok(Some((media_type, self.bytes.clone().map_err(invalid)?.into())))
    }

    #[inline]
    fn is_repeatable(&self) -> bool {
        true
    }

    #[inline]
    fn add_values(&self, names: &[&str], to: &mut Sensitive) {
        let Ok(bytes) = &self.bytes else { return };
        let text = String::from_utf8_lossy(bytes);
        if let Ok(json) = serde_json::from_str::<&RawValue>(&text) {
            return to.add_json(json, names, true);
        }
        to.add(&text);
        if self.media_type.as_ref().is_some_and(|media_type| media_type == FORM) {
            text.split('&').filter_map(|pair| pair.split_once('=')).for_each(|(_, value)| to.add_encoded(value));
        }
    }
}
