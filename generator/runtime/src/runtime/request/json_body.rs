//! Request bodies that are one value, as JSON or as a string.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;
use serde_json::value::to_raw_value;

use super::request_parts::Payload;
use crate::runtime::error::redaction::Sensitive;
use crate::runtime::validation::finite::is_finite;
use crate::runtime::validation::json_validation;
use crate::runtime::{Body, Constraint, Constraints, Decode, InvalidValue, Request, Result, Value, check, is_personal};

impl<D: Decode> Request<D> {
    /// Sets the body to a value as JSON.
    pub fn json<T: Serialize>(
        mut self,
        media_type: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        let value = value.into();
        let refuse = |rule: &'static str| InvalidValue::new("body", None, rule);
        let json = || match serde_json::to_vec(&value) {
            Ok(json) if is_finite(&value, &json) => Ok(Bytes::from(json)),
            Ok(_) => Err(refuse("must contain only finite numbers")),
            Err(_) => Err(refuse("must be serializable as JSON")),
        };
        let bytes = check_json(&value, constraints).and_then(|()| json());
        self.parts.body = Some(Arc::new(Whole { media_type, bytes, personal: is_personal(constraints) }));
        self
    }

    /// Sets the body to a string.
    pub fn text<T: Into<String>>(
        mut self,
        media_type: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        let text: String = value.into().into();
        let bytes = check("body", &Value::from(text.as_str()), constraints).map(|()| text.into());
        self.parts.body = Some(Arc::new(Whole { media_type, bytes, personal: is_personal(constraints) }));
        self
    }
}

/// Checks the value of a body as JSON. A value that cannot be JSON is reported where it is serialized.
fn check_json(value: &impl Serialize, constraints: &[Constraint<'_>]) -> Result<(), InvalidValue> {
    if constraints.is_empty() {
        return Ok(());
    }
    to_raw_value(value).map_or(Ok(()), |json| json_validation::check_json("body", &json, constraints))
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
