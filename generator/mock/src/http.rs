//! Requests and responses as data, without a network.

use std::fmt;

use bindery::ir::Content;
use percent_encoding::percent_decode;
use serde_json::Value;

use crate::multipart::Part;
use crate::{body, multipart};

/// A request.
///
/// `Debug` shows only the method and the path, because the query, the headers and the body may contain secrets or
/// personal data.
#[derive(Clone, Default)]
pub struct Request {
    /// The method in upper case.
    pub method: String,
    /// The percent-encoded path without the query.
    pub path: String,
    /// The decoded names and values of the query, in order.
    pub query: Vec<(String, String)>,
    /// The names and values of the headers, in order. The names are in lower case.
    pub headers: Vec<(String, String)>,
    /// The body. It is empty if the request has no body.
    pub body: Vec<u8>,
}

impl Request {
    /// Returns the first value of a header. The name is case-insensitive.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the approximate size of the request in memory, in bytes.
    pub(crate) fn size(&self) -> usize {
        /// The overhead of the allocator for each string, in bytes.
        const ALLOCATION_OVERHEAD: usize = 16;
        let pairs = self.query.iter().chain(&self.headers);
        let pair_size = |(name, value): &(String, String)| {
            name.len() + value.len() + 2 * (size_of::<String>() + ALLOCATION_OVERHEAD)
        };
        size_of::<Self>() + self.path.len() + self.body.len() + pairs.map(pair_size).sum::<usize>()
    }

    /// Decodes the body as a form, and returns its fields in order.
    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// Returns the parts of a multipart body, in order.
    ///
    /// # Errors
    ///
    /// Returns the reason why the body is invalid.
    pub(crate) fn parts(&self) -> Result<Vec<Part<'_>>, String> {
        multipart::parts(self.header("content-type").unwrap_or_default(), &self.body)
    }

    /// Returns the names and values of the cookies, which are not decoded.
    pub fn raw_cookies(&self) -> Vec<(String, String)> {
        let cookies = self.header("cookie").unwrap_or_default().split("; ").filter_map(|pair| pair.split_once('='));
        cookies.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Returns the decoded names and values of the cookies.
    pub fn cookies(&self) -> Vec<(String, String)> {
        let pairs = self.header("cookie").unwrap_or_default().replace("; ", "&");
        form_urlencoded::parse(pairs.as_bytes()).into_owned().collect()
    }
}

/// Returns whether a percent-encoded text is UTF-8.
pub(crate) fn is_utf8(encoded: &[u8]) -> bool {
    percent_decode(encoded).decode_utf8().is_ok()
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// A response.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers, without the headers that the HTTP server adds to every response.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one: JSON, a string, or an array of the values of a stream.
    pub body: Option<Value>,
    /// The encoding of the body.
    pub content: Content,
    /// The reason why the request was not executed. `None` if the request was executed.
    pub reason: Option<String>,
}

impl Response {
    /// Returns the encoded body, which is empty if the response has no body.
    pub fn bytes(&self) -> Vec<u8> {
        self.body.as_ref().map(|body| body::bytes(self.content, body)).unwrap_or_default()
    }
}

/// A request that the server has handled.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The request.
    pub request: Request,
    /// The operation ID, if the request matches an operation.
    pub operation: Option<String>,
    /// The status of the response.
    pub status: u16,
    /// The reason why the request was not executed. `None` if the request was executed.
    pub reason: Option<String>,
    /// The body of the response as a string, if there is one.
    pub response: Option<String>,
}

impl Recorded {
    /// Returns the approximate size of the request and its response in memory, in bytes.
    pub(crate) fn size(&self) -> usize {
        let strings = [&self.operation, &self.reason, &self.response];
        self.request.size() + strings.into_iter().flatten().map(String::len).sum::<usize>()
    }
}
