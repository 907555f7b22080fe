//! Request bodies that are one value, as JSON or as a string.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use super::request_parts::Payload;
use crate::runtime::error::redaction::Sensitive;
use crate::runtime::validation::finite::is_finite;
use crate::runtime::validation::json_validation::{broken_rule, look_inside};
use crate::runtime::{Body, Decode, InvalidValue, Request, Result, Rule, Value, check, is_personal};

impl<D: Decode> Request<D> {
    /// Sets the body to a value as JSON.
    pub fn json<T: Serialize>(mut self, media_type: &'static str, value: impl Into<T>, rules: &'static [Rule]) -> Self {
        let value = value.into();
        let refuse = |rule: &'static str| InvalidValue::new("body", None, rule);
        let json = || match serde_json::to_vec(&value) {
            Ok(json) if is_finite(&value, &json) => Ok(Bytes::from(json)),
            Ok(_) => Err(refuse("must contain only finite numbers")),
            Err(_) => Err(refuse("must be serializable as JSON")),
        };
        let bytes = check_json(&value, rules).and_then(|()| json());
        self.parts.body = Some(Arc::new(Whole { media_type, bytes, personal: is_personal(rules) }));
        self
    }

    /// Sets the body to a string.
    pub fn text<T: Into<String>>(
        mut self,
        media_type: &'static str,
        value: impl Into<T>,
        rules: &'static [Rule],
    ) -> Self {
        let text: String = value.into().into();
        let bytes = check("body", &Value::from(text.as_str()), rules).map(|()| text.into());
        self.parts.body = Some(Arc::new(Whole { media_type, bytes, personal: is_personal(rules) }));
        self
    }
}

/// Checks the value of a body as JSON.
fn check_json(value: &impl Serialize, rules: &[Rule]) -> Result<(), InvalidValue> {
    if rules.is_empty() {
        return Ok(());
    }
    // By way of the string, since a `serde_json::Value` cannot be made of every number. What cannot be JSON is found where it
    // becomes a string.
    let text = serde_json::to_string(value).unwrap_or_default();
    let json = serde_json::from_str(&text).unwrap_or_default();
    broken_rule("body", &json, rules).map_or(Ok(()), Err).and_then(|()| look_inside("body", &json, rules))
}

struct Whole {
    media_type: &'static str,
    bytes: Result<Bytes, InvalidValue>,
    /// Whether all of it is personal.
    personal: bool,
}

impl Payload for Whole {
    fn make(&self, _: &str) -> Result<Option<(HeaderValue, Body)>, InvalidValue> {
        let bytes = self.bytes.clone()?;
        // [if charset.rs
        let bytes = super::charset::encode("body", bytes, self.media_type)?;
        // [end charset.rs]
        Ok(Some((HeaderValue::from_static(self.media_type), bytes.into())))
    }

    fn repeats(&self) -> bool {
        true
    }

    fn add_values(&self, names: &[&str], to: &mut Sensitive) {
        let Ok(bytes) = &self.bytes else { return };
        match serde_json::from_slice(bytes) {
            Ok(json) => to.add_json(json, names, self.personal),
            Err(_) if self.personal => to.add(&String::from_utf8_lossy(bytes)),
            Err(_) => {}
        }
    }
    // [if stream_flag.rs

    fn with_flag(&self, name: &str) -> Option<Arc<dyn Payload>> {
        let bytes = Ok(super::stream_flag::flagged(self.bytes.as_ref().ok()?, name)?);
        Some(Arc::new(Self { media_type: self.media_type, bytes, personal: self.personal }))
    }
    // [end stream_flag.rs]
}
