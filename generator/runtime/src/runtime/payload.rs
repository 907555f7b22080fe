//! Bodies other than forms: a value as JSON, a text, bytes.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use super::{Body, Decode, InvalidValue, Request, Result, Rule};

impl<D: Decode> Request<D> {
    /// Sets the body to a value as JSON.
    pub fn json<T: Serialize>(self, media_type: &'static str, value: impl Into<T>, _: &'static [Rule]) -> Self {
        let json = serde_json::to_vec(&value.into()).map(Bytes::from);
        let json = json.map_err(|error| InvalidValue::new("body", None, format!("must be possible as JSON ({error})")));
        self.body(media_type, move || json.clone().map(Body::from))
    }

    /// Sets the body to a text.
    pub fn text<T: Into<String>>(self, media_type: &'static str, value: impl Into<T>, rules: &'static [Rule]) -> Self {
        self.bytes::<Bytes>(media_type, value.into().into(), rules)
    }

    /// Sets the body to bytes as they are.
    pub fn bytes<T: Into<Bytes>>(self, media_type: &'static str, value: impl Into<T>, _: &'static [Rule]) -> Self {
        let bytes = value.into().into();
        self.body(media_type, move || Ok(Body::from(bytes.clone())))
    }

    /// Takes no body, and is not sent: the one that was given is wrong.
    pub(super) fn refused(self, error: InvalidValue) -> Self {
        self.body("application/json", move || Err(error.clone()))
    }

    fn body(
        mut self,
        media_type: &'static str,
        make: impl Fn() -> Result<Body, InvalidValue> + Send + Sync + 'static,
    ) -> Self {
        self.parts.body = Some((media_type, Arc::new(make)));
        self
    }
}
