//! Request bodies that consist of one JSON value or one string.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use serde_core::Serialize;
use serde_json::value::to_raw_value;

use super::request_parts::RequestBody;
use crate::runtime::error::redaction::Sensitive;
use crate::runtime::validation::finite::is_finite;
use crate::runtime::validation::json_validation;
use crate::runtime::{Body, Constraints, Decode, InvalidValue, Request, Result, Value, check, is_personal};

impl<D: Decode> Request<D> {
    /// Sets the body to a JSON value.
    pub fn json<T: Serialize>(
        mut self,
        media_type: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        let value = value.into();
        let invalid = |rule: &'static str| InvalidValue::new("body", None, rule);
        let json = to_raw_value(&value).map_err(|_| invalid("must be serializable as JSON"));
        let bytes = json.and_then(|json| {
            json_validation::check_json("body", &json, constraints)?;
            match is_finite(&value, json.get().as_bytes()) {
                true => Ok(Bytes::from(Box::<str>::from(json).into_string())),
                false => Err(invalid("must contain only finite numbers")),
            }
        });
        self.parts.body = Some(Arc::new(ValueBody { media_type, bytes, is_personal: is_personal(constraints) }));
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
        self.parts.body = Some(Arc::new(ValueBody { media_type, bytes, is_personal: is_personal(constraints) }));
        self
    }
}

/// A request body that consists of one value. An error in `bytes` is returned when the request is sent.
struct ValueBody {
    media_type: &'static str,
    bytes: Result<Bytes, InvalidValue>,
    /// Whether the whole value is personal data.
    is_personal: bool,
}

impl RequestBody for ValueBody {
    fn encode(&self, _: &str) -> Result<Option<(HeaderValue, Body)>, InvalidValue> {
        let bytes = self.bytes.clone()?;
        #[cfg(feature = "charsets")]
        let bytes = super::charset::encode("body", bytes, self.media_type)?;
        Ok(Some((HeaderValue::from_static(self.media_type), bytes.into())))
    }

    fn is_repeatable(&self) -> bool {
        true
    }

    fn add_values(&self, names: &[&str], to: &mut Sensitive) {
        let Ok(bytes) = &self.bytes else { return };
        match serde_json::from_slice(bytes) {
            Ok(json) => to.add_json(json, names, self.is_personal),
            Err(_) if self.is_personal => to.add(&String::from_utf8_lossy(bytes)),
            Err(_) => {}
        }
    }

    #[cfg(feature = "stream-flags")]
    fn with_flag(&self, name: &str) -> Option<Arc<dyn RequestBody>> {
        let bytes = Ok(super::stream_flag::with_true_property(self.bytes.as_ref().ok()?, name)?);
        Some(Arc::new(Self { media_type: self.media_type, bytes, is_personal: self.is_personal }))
    }
}
