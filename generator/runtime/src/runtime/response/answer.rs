//! A response as it came, before it is decoded.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::media_type::Expected;
use crate::runtime::error::redaction::Sent;
// [if download.rs
use crate::runtime::Body;
// [end download.rs]
use crate::runtime::{Api, Call};

/// A complete response, as received.
pub struct RawResponse {
    pub(crate) api: &'static Api,
    pub(crate) call: Call,
    /// What the request carried.
    pub(crate) sent: Sent,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What the request expects of the response.
    pub(crate) expected: Option<Expected>,
    // [if download.rs
    /// What has not been read of the body.
    pub(crate) rest: Option<Rest>,
    // [end download.rs]
}

impl RawResponse {
    // [if response_enum.rs
    /// Returns the number of the status.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    // [end response_enum.rs]
    /// What the API calls the request.
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get(self.api.request_id)?.to_str().ok()
    }
}

// [if download.rs
/// What has not been read of a response when its head is there.
pub struct Rest {
    pub body: Body,
    /// How long each piece of it may take.
    pub time: std::time::Duration,
    /// How much of it may be held.
    pub limit: usize,
}
// [end download.rs]
