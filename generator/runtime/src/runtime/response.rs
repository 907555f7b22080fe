//! An answer of success with everything around its value.

use std::fmt;
use std::ops::Deref;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::{Answer, Decode, Result};

/// The value of an answer, together with status, headers, request id and number of attempts. It can be used like the value itself.
#[derive(Clone)]
pub struct Response<T> {
    status: StatusCode,
    headers: HeaderMap,
    request_id: Option<String>,
    attempts: u32,
    value: T,
}

impl<T> Response<T> {
    pub(super) fn read<D: Decode<Value = T>>(mut answer: Answer) -> Result<Self> {
        let value = D::decode(&mut answer)?;
        let request_id = answer.request_id().map(str::to_owned);
        Ok(Self { status: answer.status, headers: answer.headers, request_id, attempts: answer.call.attempts, value })
    }

    /// The HTTP status of success.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The header of a name in lower case, if it is there and readable as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The items of an array in a header, over all lines of that name and without the spaces around them; `None` if there
    /// is no such header, or one that is not text.
    pub fn header_items(&self, name: &str) -> Option<Vec<&str>> {
        let lines: Vec<&str> =
            self.headers.get_all(name).iter().map(|line| line.to_str().ok()).collect::<Option<_>>()?;
        let items = lines.iter().flat_map(|line| line.split(',')).map(str::trim).filter(|item| !item.is_empty());
        (!lines.is_empty()).then(|| items.collect())
    }

    /// What the API calls the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// How many attempts it took, this one included.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The value alone.
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

/// Leaves out the headers and the request id, which may hold secrets such as cookies.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("attempts", &self.attempts)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
