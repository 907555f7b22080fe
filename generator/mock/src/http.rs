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

    /// About how many bytes it takes in memory.
    pub(crate) fn size(&self) -> usize {
        let pairs = self.query.iter().chain(&self.headers);
        size_of::<Self>()
            + self.path.len()
            + self.body.len()
            + pairs.map(|(name, value)| name.len() + value.len()).sum::<usize>()
    }

    /// The body's fields as a form has them, in their order.
    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The names and contents of the parts of a multipart body, in their order; of files, what of them is text.
    pub fn parts(&self) -> Vec<(String, String)> {
        let boundary = self.header("content-type").and_then(|value| value.split_once("boundary="));
        let Some((_, boundary)) = boundary else { return Vec::new() };
        let body = String::from_utf8_lossy(&self.body);
        let boundary = format!("--{}", boundary.trim_matches('"'));
        let parts = body.split(&boundary).skip(1);
        let read = |part: &str| {
            let (head, content) = part.split_once("\r\n\r\n")?;
            let (_, name) = head.split_once(" name=\"")?;
            let name = name.split('"').next()?.replace("%22", "\"");
            Some((name, content.strip_suffix("\r\n")?.to_owned()))
        };
        parts.filter_map(read).collect()
    }

    /// The decoded names and values of the cookies.
    pub fn cookies(&self) -> Vec<(String, String)> {
        let pairs = self.header("cookie").unwrap_or_default().replace("; ", "&");
        form_urlencoded::parse(pairs.as_bytes()).into_owned().collect()
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
    /// Why the request was not carried out, where it was not.
    pub reason: Option<String>,
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
    /// Why the request was not carried out, where it was not.
    pub reason: Option<String>,
    /// The body of the answer as text, if there is one.
    pub response: Option<String>,
}

impl Recorded {
    /// About how many bytes it takes in memory.
    pub(crate) fn size(&self) -> usize {
        let texts = [&self.operation, &self.reason, &self.response];
        self.request.size() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }
}
