//! Bodies that are one value, as JSON or as a text.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use super::call::Payload;
use super::{Body, Decode, InvalidValue, Request, Result, Rule};

impl<D: Decode> Request<D> {
    /// Sets the body to a value as JSON.
    pub fn json<T: Serialize>(mut self, media_type: &'static str, value: impl Into<T>, _: &'static [Rule]) -> Self {
        let json = serde_json::to_vec(&value.into()).map(Bytes::from);
        let bytes =
            json.map_err(|error| InvalidValue::new("body", None, format!("must be possible as JSON ({error})")));
        self.parts.body = Some(Arc::new(Whole { media_type, bytes }));
        self
    }

    /// Sets the body to a text.
    pub fn text<T: Into<String>>(mut self, media_type: &'static str, value: impl Into<T>, _: &'static [Rule]) -> Self {
        let text: String = value.into().into();
        self.parts.body = Some(Arc::new(Whole { media_type, bytes: Ok(text.into()) }));
        self
    }

    /// Takes no body, and is not sent: the one that was given is wrong.
    pub(super) fn refused(mut self, error: InvalidValue) -> Self {
        self.parts.body = Some(Arc::new(Whole { media_type: "application/json", bytes: Err(error) }));
        self
    }
}

struct Whole {
    media_type: &'static str,
    bytes: Result<Bytes, InvalidValue>,
}

impl Payload for Whole {
    fn make(&self, _: &str) -> Result<(HeaderValue, Body), InvalidValue> {
        Ok((HeaderValue::from_static(self.media_type), self.bytes.clone()?.into()))
    }

    fn repeats(&self) -> bool {
        true
    }
}
