//! Responses that may have no body, and other media types than that of plain JSON.

use std::marker::PhantomData;

use crate::runtime::{Decode, RawResponse, Reads, Request, Result};

/// Reads the body as `D` does, if there is one.
pub struct Optional<D>(PhantomData<fn() -> D>);

impl<D: Decode> Decode for Optional<D> {
    type Value = Option<D::Value>;

    const ACCEPT: Option<&'static str> = D::ACCEPT;

    fn reads(status: u16) -> Reads {
        D::reads(status)
    }

    fn media_types(status: u16) -> Option<&'static str> {
        D::media_types(status)
    }

    fn decode(answer: &mut RawResponse) -> Result<Option<D::Value>> {
        let empty = answer.body.is_empty();
        // [if download.rs
        let empty = empty && answer.rest.as_ref().is_none_or(|rest| http_body::Body::is_end_stream(&rest.body));
        // [end download.rs]
        if empty { Ok(None) } else { D::decode(answer).map(Some) }
    }
}

impl<D: Decode> Request<D> {
    /// Asks for another media type than that of plain JSON.
    pub fn accept(mut self, media_type: &'static str) -> Self {
        self.parts.expected.accept = Some(media_type);
        self
    }
}
