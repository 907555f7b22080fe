//! Errors on the way: the call that failed, and how its answer did not come or could not be read.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, StatusCode};

use super::excerpt::{Quotable, mask};
use super::locate::path;
use super::{Answer, SendError};

/// The call that an error is about: operation, method, URL and the number of attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub(super) operation: &'static str,
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) attempts: u32,
}

impl Call {
    /// The operation id.
    pub fn operation(&self) -> &str {
        self.operation
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The URL without its query. A personal value in the path shows as the `{name}` of its parameter.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many attempts were made.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {}", self.operation, self.method, self.url)?;
        match self.attempts {
            0 | 1 => f.write_str(")"),
            attempts => write!(f, ", {attempts} attempts)"),
        }
    }
}

/// No complete answer came: no connection, or one that broke.
#[derive(Clone, Debug)]
pub struct TransportError {
    call: Call,
    source: SendError,
}

impl TransportError {
    /// The call that failed.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Whether there was no connection at all, so that the API cannot have seen the request.
    pub fn is_connect(&self) -> bool {
        self.source.connect
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.call, self.source)
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.cause())
    }
}

/// No complete answer came in time.
#[derive(Clone, Debug)]
pub struct TimeoutError {
    call: Call,
    after: Duration,
    source: SendError,
}

impl TimeoutError {
    /// The call that took too long.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// The limit that was reached: that of the attempt, of connecting, or of all attempts together.
    pub fn after(&self) -> Duration {
        self.after
    }

    /// Whether there was no connection at all, so that the API cannot have seen the request.
    pub fn is_connect(&self) -> bool {
        self.source.connect
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let awaited = if self.is_connect() { "no connection" } else { "no complete answer" };
        write!(f, "{}: {awaited} within {:?}", self.call, self.after)
    }
}

impl Error for TimeoutError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.cause())
    }
}

impl super::Error {
    /// What a transport reports of `call`, which was given so much time.
    pub(super) fn exchange(call: Call, source: SendError, time: Duration, connect_timeout: Duration) -> Self {
        if source.timeout {
            let after = if source.connect { connect_timeout.min(time) } else { time };
            Self::Timeout(Box::new(TimeoutError { call, after, source }))
        } else {
            Self::Transport(Box::new(TransportError { call, source }))
        }
    }
}

/// An answer of success that is not what the document says it is.
#[derive(Clone, Debug)]
pub struct DecodeError {
    call: Call,
    status: StatusCode,
    request_id: Option<String>,
    problem: String,
    path: String,
    excerpt: String,
    source: Option<Arc<serde_json::Error>>,
}

/// About how many bytes around the problem an error quotes.
const QUOTED: usize = 160;

impl DecodeError {
    /// `answer` is not the JSON that it should be, says `error`.
    pub(super) fn new(answer: &Answer, error: serde_json::Error) -> Self {
        let quotable = Quotable::new(&answer.body, answer.api.personal);
        let said = error.to_string();
        let masked = mask(&said, &quotable.personal_values());
        let place = place(&answer.body, &error);
        let (path, excerpt) = (path(&answer.body, place), quotable.around(place, QUOTED));
        let source = (said == masked).then(|| Arc::new(error));
        let problem = if answer.body.is_empty() { "the body is empty".to_owned() } else { masked };
        Self { path, excerpt, source, ..Self::unread(answer, problem) }
    }

    /// `answer` cannot be used for a reason that is told without quoting it.
    pub(super) fn unread(answer: &Answer, problem: String) -> Self {
        Self {
            call: answer.call.clone(),
            status: answer.status,
            request_id: answer.request_id().map(str::to_owned),
            problem,
            path: String::new(),
            excerpt: String::new(),
            source: None,
        }
    }

    /// The call whose answer could not be read.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What the API calls the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Where in the body the problem is, as in `pets[3].name`; empty if it is with the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The part of the body around the problem, without personal values.
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }
}

/// Where in `body` the error is; columns count bytes from 1.
fn place(body: &[u8], error: &serde_json::Error) -> usize {
    let lines_before = error.line().saturating_sub(1);
    let line: usize = body.split_inclusive(|&byte| byte == b'\n').take(lines_before).map(<[u8]>::len).sum();
    line + error.column().saturating_sub(1)
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot read the answer ({}): {}", self.call, self.status, self.problem)?;
        if !self.path.is_empty() {
            write!(f, ", in `{}`", self.path)?;
        }
        if !self.excerpt.is_empty() {
            write!(f, ", near `{}`", self.excerpt)?;
        }
        match &self.request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl Error for DecodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|error| error as _)
    }
}
