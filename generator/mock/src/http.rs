//! A request and its answer as data, before and after the wire.

use std::fmt;

use serde_json::Value;

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

    /// The body's fields as a form has them, in their order.
    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers, but for those that every HTTP answer has.
    pub headers: Vec<(String, String)>,
    /// The JSON body, if there is one.
    pub body: Option<Value>,
}

/// A request that the server has answered.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The request.
    pub request: Request,
    /// The id of the operation that it asked for, if there is such a one.
    pub operation: Option<String>,
    /// The status of the answer.
    pub status: u16,
}
