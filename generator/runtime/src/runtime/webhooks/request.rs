//! The parts of an HTTP request that verification and decoding need.

use std::borrow::Cow;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request};

use super::error::WebhookError;

/// An HTTP request that may be a webhook.
///
/// It is created from an `http::Request` whose body is in memory, or from the parts of a request.
#[derive(Clone, Debug)]
pub struct WebhookRequest<'a> {
    /// The method.
    pub method: &'a Method,
    /// The URL or the path, with the query.
    pub url: Cow<'a, str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body as received.
    pub body: &'a [u8],
    /// Whether the slash of an empty path may be missing in the URL that the sender called.
    may_lack_slash: bool,
}

impl<'a> WebhookRequest<'a> {
    /// Creates a request from its parts. `url` is the URL that the sender called, or its path and query.
    pub fn new(method: &'a Method, url: impl Into<Cow<'a, str>>, headers: &'a HeaderMap, body: &'a [u8]) -> Self {
        Self { method, url: url.into(), headers, body, may_lack_slash: false }
    }

    /// Returns the URLs that the sender may have called. `public_url` replaces everything in front of the query.
    pub(super) fn urls(&self, public_url: Option<&str>) -> Result<Vec<String>, WebhookError> {
        let query = self.url.split_once('?').map(|(_, query)| query).filter(|query| !query.is_empty());
        let path = match public_url {
            Some(url) if is_absolute(url) && !url.contains(['?', '#']) => url,
            Some(_) => return Err(WebhookError::InvalidPublicUrl),
            None => self.url.split('?').next().unwrap_or_default(),
        };
        if !is_absolute(path) {
            return Err(WebhookError::MissingUrl);
        }
        let with_query = |path: &str| match query {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let without_slash =
            path.strip_suffix('/').filter(|start| self.may_lack_slash && start.matches('/').count() == 2);
        Ok([Some(path), without_slash].into_iter().flatten().map(with_query).collect())
    }

    /// Returns the first value of a query parameter.
    pub(super) fn query_parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.url.split_once('?')?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.into_owned())
    }

    /// Returns the last segment of the path. It is decoded, if it is percent-encoded.
    pub(super) fn last_path_segment(&self) -> Option<String> {
        let path = self.url.split(['?', '#']).next().unwrap_or_default();
        let segment = path.trim_end_matches('/').rsplit('/').next().filter(|segment| !segment.is_empty())?;
        Some(percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned())
    }

    /// Returns the value of a header that must occur at most once.
    pub(super) fn header(&self, name: &'static str) -> Result<Option<&'a str>, WebhookError> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(|_| WebhookError::InvalidHeader(name)),
            (Some(_), Some(_)) => Err(WebhookError::InvalidHeader(name)),
        }
    }

    /// Returns the value of a header that must occur exactly once.
    pub(super) fn required_header(&self, name: &'static str) -> Result<&'a str, WebhookError> {
        self.header(name)?.ok_or(WebhookError::MissingHeader(name))
    }

    /// Returns the media type of the body in lower case, without its parameters. It is empty if the request has none.
    pub(super) fn media_type(&self) -> String {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Returns the fields of a form body, or `None` if the body is not a form.
    pub(super) fn form(&self) -> Option<form_urlencoded::Parse<'a>> {
        (self.media_type() == "application/x-www-form-urlencoded").then(|| form_urlencoded::parse(self.body))
    }
}

impl<'a, B: AsRef<[u8]>> From<&'a Request<B>> for WebhookRequest<'a> {
    fn from(request: &'a Request<B>) -> Self {
        let (method, headers, body) = (request.method(), request.headers(), request.body().as_ref());
        // `http::Uri` writes an empty path as `/`.
        Self { method, url: request.uri().to_string().into(), headers, body, may_lack_slash: true }
    }
}

/// Sets a header.
pub(super) fn set_header(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), WebhookError> {
    let name = HeaderName::try_from(name).map_err(|_| WebhookError::UnusableHeader)?;
    headers.insert(name, HeaderValue::try_from(value).map_err(|_| WebhookError::UnusableHeader)?);
    Ok(())
}

fn is_absolute(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest));
    scheme.is_some_and(|(scheme, rest)| matches!(scheme.as_str(), "http" | "https") && !rest.is_empty())
}
