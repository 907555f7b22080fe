//! A request and its response as data, without a network.

use std::fmt;

use bindery::ir::Content;
use percent_encoding::percent_decode;
use serde_json::Value;

use crate::multipart::Part;
use crate::{body, multipart};

/// A request, as it was received.
///
/// Its `Debug` form shows method and path alone: what else there is may be secret or personal.
#[derive(Clone, Default)]
pub struct Request {
    /// The method, in capitals.
    pub method: String,
    /// The path as it was sent, percent-encoded and without the query.
    pub path: String,
    /// The decoded names and values of the query, in their order.
    pub query: Vec<(String, String)>,
    /// The names, in small letters, and values of the headers, in their order.
    pub headers: Vec<(String, String)>,
    /// The body, empty if there is none.
    pub body: Vec<u8>,
}

impl Request {
    /// The first value of a header; capital and small letters are the same.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// About how many bytes it takes in memory.
    pub(crate) fn size(&self) -> usize {
        /// What an allocator keeps beside each string.
        const ALLOCATION: usize = 16;
        let pairs = self.query.iter().chain(&self.headers);
        let pair = |(name, value): &(String, String)| name.len() + value.len() + 2 * (size_of::<String>() + ALLOCATION);
        size_of::<Self>() + self.path.len() + self.body.len() + pairs.map(pair).sum::<usize>()
    }

    /// The body's fields as a form has them, in their order.
    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The parts of a multipart body, in their order.
    ///
    /// # Errors
    ///
    /// What is wrong with the body.
    pub(crate) fn parts(&self) -> Result<Vec<Part<'_>>, String> {
        multipart::parts(self.header("content-type").unwrap_or_default(), &self.body)
    }

    /// The decoded names and values of the cookies.
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
    /// The headers, but for those that every HTTP response has.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one: JSON, a string, or an array of the values of a stream.
    pub body: Option<Value>,
    /// What the body is sent as.
    pub content: Content,
    /// Why the request was not carried out, where it was not.
    pub reason: Option<String>,
}

impl Response {
    /// The body as it is sent; empty if there is none.
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
    /// Why the request was not carried out, where it was not.
    pub reason: Option<String>,
    /// The body of the response as a string, if there is one.
    pub response: Option<String>,
}

impl Recorded {
    /// About how many bytes it takes in memory.
    pub(crate) fn size(&self) -> usize {
        let texts = [&self.operation, &self.reason, &self.response];
        self.request.size() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }
}
