//! The decoder of responses that may have no body, and the setter of the header `Accept`.

use std::marker::PhantomData;

use crate::runtime::{Decode, RawResponse, Reads, Request, Result};

/// A decoder that decodes the body with `D`, unless the body is empty.
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

    fn decode(response: &mut RawResponse) -> Result<Option<D::Value>> {
        let is_empty = response.body.is_empty();
        #[cfg(feature = "downloads")]
        let is_empty =
            is_empty && response.unread.as_ref().is_none_or(|unread| http_body::Body::is_end_stream(&unread.body));
        if is_empty { Ok(None) } else { D::decode(response).map(Some) }
    }
}

impl<D: Decode> Request<D> {
    /// Sets the header `Accept`, for a media type other than `application/json`.
    pub fn accept(mut self, media_type: &'static str) -> Self {
        self.parts.expected.accept = Some(media_type);
        self
    }
}
