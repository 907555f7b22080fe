//! Responses whose type depends on the status, and requests for a different media type.

use std::marker::PhantomData;

use crate::runtime::{Decode, DecodeError, Error, RawResponse, Request};

impl<D: Decode> Request<D> {
    /// Requests a response of `media_type`, and decodes the response with `E`.
    pub fn decode_as<E: Decode>(mut self, media_type: &'static str) -> Request<E> {
        self.parts.expected.accept = Some(media_type);
        self.parts.expected.reads = E::reads;
        self.parts.expected.media_types = E::media_types;
        Request { parts: self.parts, decode: PhantomData }
    }

    /// Sets all media types that the API offers, if the default value of `Accept` does not name all of them.
    pub fn offers(mut self, media_types: &'static [&'static str]) -> Self {
        self.parts.expected.offers = media_types;
        self
    }
}

/// Returns the error for a successful response with a status that is not documented.
pub fn undocumented_status(response: &RawResponse) -> Error {
    DecodeError::with_problem(response, "the document does not describe this status".to_owned()).into()
}

/// Implements `Decode` for a response enum, whose variant depends on the status. The optional string is the media type of the
/// body, if it is not the media type that the decoder accepts by default.
///
/// ```text
/// impl_response_enum!(GetReportResponse { 200 => Ok(Streamed, "application/pdf"), 202 => Accepted(Json<Job>), 204 => NoContent });
/// ```
#[doc(hidden)]
#[macro_export]
#[allow(unused_macros, reason = "an API may have no such responses")]
macro_rules! impl_response_enum {
    ($name:ident { $($status:pat => $variant:ident $(($decode:ty $(, $media_types:literal)?))?),+ $(,)? }) => {
        impl $crate::runtime::Decode for $name {
            type Value = Self;

            const ACCEPT: Option<&'static str> = None;

            fn reads(status: u16) -> $crate::runtime::Reads {
                match status {
                    $($status => impl_response_enum!(@reads status $(, $decode)?),)+
                    _ => $crate::runtime::Reads::Nothing,
                }
            }

            fn media_types(status: u16) -> Option<&'static str> {
                match status {
                    $($status => impl_response_enum!(@media_types $($decode $(, $media_types)?)?),)+
                    _ => None,
                }
            }

            fn decode(response: &mut $crate::runtime::RawResponse) -> $crate::runtime::Result<Self> {
                match response.status().as_u16() {
                    $($status => Ok(Self::$variant $((<$decode as $crate::runtime::Decode>::decode(response)?))?),)+
                    _ => Err($crate::runtime::undocumented_status(response)),
                }
            }
        }
    };
    (@media_types) => { None };
    (@media_types $decode:ty) => { <$decode as $crate::runtime::Decode>::ACCEPT };
    (@media_types $decode:ty, $media_types:literal) => { Some($media_types) };
    (@reads $status:ident) => { $crate::runtime::Reads::Nothing };
    (@reads $status:ident, $decode:ty) => { <$decode as $crate::runtime::Decode>::reads($status) };
}
