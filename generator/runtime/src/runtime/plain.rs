//! Answers that are more or less than JSON: texts, and none where there may be one.

use std::marker::PhantomData;

use super::{Answer, Decode, DecodeError, Request, Result};

/// Reads the body as a text in UTF-8.
pub struct Text;

impl Decode for Text {
    type Value = String;

    const ACCEPT: Option<&'static str> = None;

    fn decode(answer: &mut Answer) -> Result<String> {
        let text = std::str::from_utf8(&answer.body);
        text.map(str::to_owned).map_err(|error| DecodeError::unread(answer, error.to_string()).into())
    }
}

/// Reads the body as `D` does, if there is one.
pub struct Optional<D>(PhantomData<fn() -> D>);

impl<D: Decode> Decode for Optional<D> {
    type Value = Option<D::Value>;

    const ACCEPT: Option<&'static str> = D::ACCEPT;
    // [download.rs

    fn streams(status: u16) -> bool {
        D::streams(status)
    }
    // download.rs]

    fn decode(answer: &mut Answer) -> Result<Option<D::Value>> {
        let empty = answer.body.is_empty();
        // [download.rs
        let empty = empty && answer.rest.as_ref().is_none_or(|rest| http_body::Body::is_end_stream(&rest.body));
        // download.rs]
        if empty { Ok(None) } else { D::decode(answer).map(Some) }
    }
}

impl<D: Decode> Request<D> {
    /// Asks for another media type than that of plain JSON.
    pub fn accept(mut self, media_type: &'static str) -> Self {
        self.parts.accept = Some(media_type);
        self
    }
}
