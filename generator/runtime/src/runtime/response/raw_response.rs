//! A response before it is decoded.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::media_type::Expected;
#[cfg(feature = "downloads")]
use crate::runtime::Body;
use crate::runtime::error::redaction::SentRequest;
use crate::runtime::{Api, Call, Reading};

/// A response before it is decoded. The body is complete, unless the decoder reads it as a stream.
pub struct RawResponse {
    pub(crate) api: &'static Api,
    pub(crate) call: Call,
    /// The request, with the values that errors must not show.
    pub(crate) sent: SentRequest,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The response that the request expects.
    pub(crate) expected: Option<Expected>,
    /// The body, if the decoder reads it as a stream.
    #[cfg(feature = "downloads")]
    pub(crate) unread: Option<UnreadBody>,
}

impl RawResponse {
    /// Returns the status code.
    #[cfg(feature = "response-enums")]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// Returns how closely the values of the body must match the document.
    pub(crate) fn reading(&self) -> Reading {
        if self.api.strict { Reading::Strict } else { Reading::Lenient }
    }

    /// Returns the ID that the API assigned to the request.
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get(self.api.request_id)?.to_str().ok()
    }
}

/// A body that has not been read yet.
#[cfg(feature = "downloads")]
pub struct UnreadBody {
    pub body: Body,
    /// The timeout for each piece of the body.
    pub timeout: std::time::Duration,
    /// The maximum number of bytes in memory.
    pub limit: usize,
}
