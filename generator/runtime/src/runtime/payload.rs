//! Bodies that are one value, as JSON or as a text.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use super::call::Payload;
use super::checks::check_json;
use super::{Body, Decode, InvalidValue, Request, Result, Rule, Value, check};

impl<D: Decode> Request<D> {
    /// Sets the body to a value as JSON.
    pub fn json<T: Serialize>(mut self, media_type: &'static str, value: impl Into<T>, rules: &'static [Rule]) -> Self {
        let value = value.into();
        let json = || serde_json::to_vec(&value).map(Bytes::from);
        let no_json = |error| InvalidValue::new("body", None, format!("must be possible as JSON ({error})"));
        let bytes = check_json(&value, rules).and_then(|()| json().map_err(no_json));
        self.parts.body = Some(Arc::new(Whole { media_type, bytes }));
        self
    }

    /// Sets the body to a text.
    pub fn text<T: Into<String>>(
        mut self,
        media_type: &'static str,
        value: impl Into<T>,
        rules: &'static [Rule],
    ) -> Self {
        let text: String = value.into().into();
        let bytes = check("body", &Value::from(text.as_str()), rules).map(|()| text.into());
        self.parts.body = Some(Arc::new(Whole { media_type, bytes }));
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
