//! Responses that differ by status, and requests for another media type.

use std::marker::PhantomData;

use crate::runtime::{Answer, Decode, DecodeError, Error, Request};

impl<D: Decode> Request<D> {
    /// Returns the request for a response of `media_type` that is decoded by `E`.
    pub fn read_as<E: Decode>(mut self, media_type: &'static str) -> Request<E> {
        self.parts.expected.accept = Some(media_type);
        self.parts.expected.reads = E::reads;
        Request { parts: self.parts, decode: PhantomData }
    }

    /// Sets all media types that the API offers, if `Accept` does not name all of them by default.
    pub fn offers(mut self, media_types: &'static [&'static str]) -> Self {
        self.parts.expected.offers = media_types;
        self
    }
}

/// Returns the error for a successful response with a status that is not documented.
pub fn unnamed(answer: &Answer) -> Error {
    DecodeError::unread(answer, "the document does not describe this status".to_owned()).into()
}

/// Makes the type of a response that differs from status to status: `ShowPetAnswer { 200 => Ok(Json<Pet> => Pet) }`.
#[allow(unused_macros, reason = "an API may have no such answers")]
macro_rules! answers {
    ($(#[$derive:meta])* $name:ident { $($status:pat => $variant:ident $(($decode:ty => $value:ty))?),+ $(,)? }) => {
        /// The response of the API, by status.
        #[derive(Debug)]
        #[allow(clippy::large_enum_variant, reason = "an answer is made once, and soon taken apart")]
        $(#[$derive])*
        pub enum $name {
            $(
                #[doc = concat!("The status is `", stringify!($status), "`.")]
                $variant $(($value))?
            ),+
        }

        impl $crate::runtime::Decode for $name {
            type Value = Self;

            const ACCEPT: Option<&'static str> = None;

            fn reads(status: u16) -> $crate::runtime::Reads {
                match status {
                    $($status => answers!(@reads status $(, $decode)?),)+
                    _ => $crate::runtime::Reads::Nothing,
                }
            }

            fn decode(answer: &mut $crate::runtime::Answer) -> $crate::runtime::Result<Self> {
                match answer.status() {
                    $($status => Ok(Self::$variant $((<$decode as $crate::runtime::Decode>::decode(answer)?))?),)+
                    _ => Err($crate::runtime::unnamed(answer)),
                }
            }
        }
    };
    (@reads $status:ident) => { $crate::runtime::Reads::Nothing };
    (@reads $status:ident, $decode:ty) => { <$decode as $crate::runtime::Decode>::reads($status) };
}

/// Adds a method to a generated request that asks for another media type: `also!(Report::as_csv => Text, "text/csv");`. If the
/// request body has a boolean property that asks for a stream, the method sets it: `json "application/json" "stream"`,
/// `form "stream"`.
#[allow(unused_macros, reason = "an API may have one media type for each answer")]
macro_rules! also {
    ($request:ident::$method:ident => $decode:ty, $media_type:literal $(, $body:ident $($flag:literal)+)?) => {
        impl $request {
            #[doc = concat!("Requests the response as `", $media_type, "`.")]
            $(#[doc = also!(@doc $body $($flag)+)])?
            pub fn $method(self) -> $crate::runtime::Request<$decode> {
                let request = self.0;
                $(let request = also!(@flag request $body $($flag)+);)?
                request.read_as($media_type)
            }
        }
    };
    (@doc json $media_type:literal $name:literal) => { also!(@doc form $name) };
    (@doc form $name:literal) => { concat!("\n\nIt sets `", $name, "` in the request body to `true`.") };
    (@flag $request:ident json $media_type:literal $name:literal) => { $request.json_flag($media_type, $name) };
    (@flag $request:ident form $name:literal) => { $request.form::<bool>($name, true, &[]) };
}
