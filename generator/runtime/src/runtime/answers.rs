//! Answers that differ from status to status, and requests that ask for another media type.

use std::marker::PhantomData;

use super::{Answer, Decode, DecodeError, Error, Request};

impl<D: Decode> Request<D> {
    /// The same request, whose answer is asked for as `media_type` and read by `E`.
    pub fn read_as<E: Decode>(mut self, media_type: &'static str) -> Request<E> {
        self.parts.accept = Some(media_type);
        // [download.rs
        self.parts.streams = E::streams;
        // download.rs]
        Request { parts: self.parts, decode: PhantomData }
    }
}

/// The error about an answer of success with a status that the document does not name.
pub fn unnamed(answer: &Answer) -> Error {
    DecodeError::unread(answer, "the document does not say what this status means".to_owned()).into()
}

/// Makes the type of an answer that differs from status to status: `ShowPetAnswer { 200 => Ok(Json<Pet> => Pet) }`.
#[allow(unused_macros, reason = "an API may have no such answers")]
macro_rules! answers {
    ($(#[$derive:meta])* $name:ident { $($status:pat => $variant:ident $(($decode:ty => $value:ty))?),+ $(,)? }) => {
        /// What the API answers, by status.
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
            // [download.rs

            fn streams(status: u16) -> bool {
                match status {
                    $($status => answers!(@streams status $(, $decode)?),)+
                    _ => false,
                }
            }
            // download.rs]

            fn decode(answer: &mut $crate::runtime::Answer) -> $crate::runtime::Result<Self> {
                match answer.status() {
                    $($status => Ok(Self::$variant $((<$decode as $crate::runtime::Decode>::decode(answer)?))?),)+
                    _ => Err($crate::runtime::unnamed(answer)),
                }
            }
        }
    };
    // [download.rs
    (@streams $status:ident) => { false };
    (@streams $status:ident, $decode:ty) => { <$decode as $crate::runtime::Decode>::streams($status) };
    // download.rs]
}

/// Gives a generated request a method to ask for another media type: `also!(Report::as_csv => Text, "text/csv");`.
#[allow(unused_macros, reason = "an API may have one media type for each answer")]
macro_rules! also {
    ($request:ident::$method:ident => $decode:ty, $media_type:literal) => {
        impl $request {
            #[doc = concat!("The same request, with an answer that is asked for as `", $media_type, "`.")]
            pub fn $method(self) -> $crate::runtime::Request<$decode> {
                self.0.read_as($media_type)
            }
        }
    };
}
