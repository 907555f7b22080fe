//! Strings that contain JSON: encoded for requests, and decoded from response properties.

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

use crate::runtime::validation::finite::is_finite;
use crate::runtime::{Error, InvalidRequest, InvalidValue, JsonTextError, MissingField, Result, Value};
use crate::runtime::{Reading, deserialize_json};

impl Value {
    /// Returns a value as a string of JSON. An error is reported when the request is sent.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        match encode(value) {
            Ok(json) => Self::Text(json),
            Err(problem) => Self::Unsendable(problem.to_owned()),
        }
    }
}

/// Encodes a value as the JSON in the string property `name`.
///
/// # Errors
///
/// Returns [`Error::InvalidRequest`] if the value cannot be encoded, for example because a number is not finite.
pub fn json_string<T: Serialize + ?Sized>(value: &T, name: &'static str) -> Result<String> {
    encode(value).map_err(|problem| InvalidRequest::from(InvalidValue::new(name, None, problem.to_owned())).into())
}

/// Encodes a value as JSON, or returns why this is not possible.
fn encode<T: Serialize + ?Sized>(value: &T) -> Result<String, &'static str> {
    match serde_json::to_string(value) {
        Ok(json) if is_finite(value, json.as_bytes()) => Ok(json),
        Ok(_) => Err("must contain only finite numbers"),
        Err(_) => Err("must be serializable as JSON"),
    }
}

/// A field with a string that may be missing.
pub trait OptionalText {
    /// Returns the string.
    fn text(&self) -> Option<&str>;
}

impl OptionalText for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl<T: OptionalText> OptionalText for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref()?.text()
    }
}

/// Decodes the JSON in a string property.
///
/// # Errors
///
/// Returns [`Error::MissingField`] if there is no string, and [`Error::JsonText`] if the string cannot be decoded as `T`.
pub fn json_in<T: DeserializeOwned>(value: &impl OptionalText, model: &'static str, field: &'static str) -> Result<T> {
    let text = value.text().ok_or(Error::MissingField(MissingField { model, field }))?;
    deserialize_json(text.as_bytes(), Reading::Lenient).map_err(|mismatch| {
        let problem = if text.is_empty() { "the string is empty" } else { mismatch.problem() };
        let error = JsonTextError { model, field, path: mismatch.path(), problem: problem.to_owned() };
        Error::JsonText(Box::new(error))
    })
}
