//! The decoders of JSON responses and of responses without a body.

use std::marker::PhantomData;

use serde_core::de::DeserializeOwned;

use super::mismatch::without_byte_order_mark;
use crate::runtime::{DecodeError, FromJson, Mismatch, RawResponse, Reading, Reads, Result, decode_json};

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

/// A way to decode JSON into a `T`.
pub trait DecodeJson<T> {
    /// Decodes JSON.
    ///
    /// # Errors
    ///
    /// Returns why the JSON cannot be decoded as a `T`.
    fn decode_json(json: &[u8], reading: Reading) -> std::result::Result<T, Mismatch>;
}

/// Decodes JSON with [`FromJson`].
pub struct Direct;

impl<T: FromJson> DecodeJson<T> for Direct {
    fn decode_json(json: &[u8], reading: Reading) -> std::result::Result<T, Mismatch> {
        decode_json(json, reading)
    }
}

/// Decodes the body as JSON, with `V`.
pub struct Json<T, V = Direct>(PhantomData<fn() -> (T, V)>);

impl<T, V: DecodeJson<T>> Decode for Json<T, V> {
    type Value = T;

    const ACCEPT: Option<&'static str> = Some("application/json");

    fn reads(_: u16) -> Reads {
        Reads::Json
    }

    fn decode(response: &mut RawResponse) -> Result<T> {
        // An empty body is treated as `null` if the type accepts `null`.
        let (json, reading): (&[u8], _) = match response.body.is_empty() {
            true => (b"null", Reading::Strict),
            false => (&response.body, response.reading()),
        };
        V::decode_json(json, reading).map_err(|mismatch| DecodeError::new(response, &mismatch).into())
    }
}

impl RawResponse {
    /// Decodes the body as JSON.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Decode`](crate::runtime::Error::Decode) if the body is not JSON of this type. The error does not quote
    /// the body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(without_byte_order_mark(&self.body)).map_err(|error| {
            let problem = if error.is_data() { "the JSON does not fit the type" } else { "the body is not JSON" };
            let problem = format!("{problem} (line {}, column {})", error.line(), error.column());
            DecodeError::with_problem(self, problem).into()
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
