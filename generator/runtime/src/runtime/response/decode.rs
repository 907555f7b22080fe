//! The decoders of JSON responses and of responses without a body.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::runtime::{DecodeError, RawResponse, Reads, Result, from_json};

/// A decoder of successful responses.
pub trait Decode {
    /// The decoded type.
    type Value;

    /// The value of the header `Accept`, if there is one.
    const ACCEPT: Option<&'static str>;

    /// Returns how the decoder reads the body of a response with this status.
    fn reads(status: u16) -> Reads;

    /// Returns the media types of a response with this status, separated by commas, if they depend on the status.
    fn media_types(_status: u16) -> Option<&'static str> {
        None
    }

    /// Decodes the response.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Decode`](crate::runtime::Error::Decode) if the response does not match the document.
    fn decode(response: &mut RawResponse) -> Result<Self::Value>;
}

/// Decodes the body as JSON.
pub struct Json<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for Json<T> {
    type Value = T;

    const ACCEPT: Option<&'static str> = Some("application/json");

    fn reads(_: u16) -> Reads {
        Reads::Json
    }

    fn decode(response: &mut RawResponse) -> Result<T> {
        from_json(&response.body).or_else(|mismatch| {
            // An empty body is treated as `null` if the type accepts `null`.
            let null = serde_json::from_slice(b"null").ok().filter(|_| response.body.is_empty());
            null.ok_or_else(|| DecodeError::new(response, &mismatch).into())
        })
    }
}

/// A decoder for responses without a body.
pub struct Nothing;

impl Decode for Nothing {
    type Value = ();

    const ACCEPT: Option<&'static str> = None;

    fn reads(_: u16) -> Reads {
        Reads::Nothing
    }

    fn decode(_: &mut RawResponse) -> Result<()> {
        Ok(())
    }
}
