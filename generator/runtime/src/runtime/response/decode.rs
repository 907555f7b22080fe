//! Complete responses and their decoders.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::runtime::{DecodeError, RawResponse, Reads, Result, from_json};

/// A decoder of successful responses.
pub trait Decode {
    /// The decoded type.
    type Value;

    /// The media type to ask for, if any.
    const ACCEPT: Option<&'static str>;

    /// Returns how it decodes the body of a response with this status.
    fn reads(status: u16) -> Reads;

    /// Returns the media types of a response with this status, separated by commas, if they depend on the status.
    fn media_types(_status: u16) -> Option<&'static str> {
        None
    }

    /// Decodes the response.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`](crate::runtime::Error::Decode) if it does not match.
    fn decode(answer: &mut RawResponse) -> Result<Self::Value>;
}

/// Reads the body as JSON.
pub struct Json<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for Json<T> {
    type Value = T;

    const ACCEPT: Option<&'static str> = Some("application/json");

    fn reads(_: u16) -> Reads {
        Reads::Json
    }

    fn decode(answer: &mut RawResponse) -> Result<T> {
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

    fn decode(_: &mut RawResponse) -> Result<()> {
        Ok(())
    }
}
