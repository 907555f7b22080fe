//! Complete responses and their decoders.

use std::marker::PhantomData;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

// [download.rs
use super::download::Rest;
// download.rs]
use super::media_type::Expected;
use crate::runtime::error::redaction::Sent;
use crate::runtime::{Api, Call, DecodeError, Reads, Result, from_json};

/// A complete response, as received.
pub struct Answer {
    pub(crate) api: &'static Api,
    pub(crate) call: Call,
    /// What the request carried.
    pub(crate) sent: Sent,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What the request expects of the response.
    pub(crate) expected: Option<Expected>,
    // [download.rs
    /// What has not been read of the body.
    pub(crate) rest: Option<Rest>,
    // download.rs]
}

impl Answer {
    // [response_enum.rs
    /// Returns the number of the status.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    // response_enum.rs]
    /// Returns the ID that the API gave the request.
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get(self.api.request_id)?.to_str().ok()
    }
}

/// A decoder of successful responses.
pub trait Decode {
    /// The decoded type.
    type Value;

    /// The media type to ask for, if any.
    const ACCEPT: Option<&'static str>;

    /// Returns how it decodes the body of a response with this status.
    fn reads(status: u16) -> Reads;

    /// Decodes the response.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`](crate::runtime::Error::Decode) if it does not match.
    fn decode(answer: &mut Answer) -> Result<Self::Value>;
}

/// Reads the body as JSON.
pub struct Json<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for Json<T> {
    type Value = T;

    const ACCEPT: Option<&'static str> = Some("application/json");

    fn reads(_: u16) -> Reads {
        Reads::Json
    }

    fn decode(answer: &mut Answer) -> Result<T> {
        from_json(&answer.body).or_else(|mismatch| {
            // An empty body is as good as `null`, where that is a value.
            let empty = serde_json::from_slice(b"null").ok().filter(|_| answer.body.is_empty());
            empty.ok_or_else(|| DecodeError::new(answer, &mismatch).into())
        })
    }
}

/// Decodes nothing, for responses without a body.
pub struct Nothing;

impl Decode for Nothing {
    type Value = ();

    const ACCEPT: Option<&'static str> = None;

    fn reads(_: u16) -> Reads {
        Reads::Nothing
    }

    fn decode(_: &mut Answer) -> Result<()> {
        Ok(())
    }
}
