//! The payload of a webhook: JSON, the fields of a form, or the query.

use std::borrow::Cow;
use std::fmt;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::error::WebhookError;
use super::request::WebhookRequest;
use crate::runtime::response::json_reader::{check_syntax, decode_form};
use crate::runtime::response::mismatch::without_byte_order_mark;
use crate::runtime::{FromJson, Mismatch, Reading, decode_json};

/// The payload of a webhook, before it is decoded.
#[derive(Debug)]
pub struct Payload<'a> {
    /// The name of the event, if the request contains it.
    pub(super) name: Option<String>,
    /// How names with dots are read.
    pub(super) dots: Dots,
    /// Why the payload of a known event cannot be decoded.
    pub(super) error: Option<WebhookError>,
    content: Content<'a>,
}

/// How names of form fields with dots are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dots {
    /// The field `a.b` is the property `b` of the object `a`.
    Nest,
    /// The field `a.b` is the property `a.b`.
    Keep,
}

#[derive(Debug)]
enum Content<'a> {
    /// JSON as text and as a value.
    Json(&'a [u8], Value),
    /// The names and values of a form or of a query.
    Fields(Vec<(Cow<'a, str>, Cow<'a, str>)>),
}

/// An event that this version of the crate does not know.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct UnknownEvent {
    /// The name of the event, if the request contains it.
    pub name: Option<String>,
    /// The payload. The fields of a form or of a query are strings. If a name is repeated, they are an array.
    pub payload: Value,
    /// Why [`Receiver::receive_all`](super::Receiver::receive_all) could not decode the payload. `None` if the event itself is
    /// unknown.
    pub error: Option<WebhookError>,
}

impl fmt::Debug for UnknownEvent {
    /// The payload is not shown, because it may contain personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownEvent").field("name", &self.name).field("error", &self.error).finish_non_exhaustive()
    }
}

impl<'a> Payload<'a> {
    /// Reads the payload of a request. The payload of a request without a body is the query.
    pub(super) fn read(request: &WebhookRequest<'a>) -> Result<Self, WebhookError> {
        let media_type = request.media_type();
        let is_json = media_type.is_empty()
            || matches!(media_type.as_str(), "application/json" | "text/json")
            || media_type.ends_with("+json");
        let content = if let Some(form) = request.form().filter(|_| !request.body.is_empty()) {
            Content::Fields(form.collect())
        } else if request.body.is_empty() {
            let query = request.url.split_once('?').map(|(_, query)| query.split('#').next().unwrap_or_default());
            let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
            let pairs = pairs.map(|(name, value)| (name.into_owned().into(), value.into_owned().into()));
            Content::Fields(pairs.collect())
        } else if is_json {
            let json = check_syntax(without_byte_order_mark(request.body)).map_err(|error| decode_error(&error))?;
            let value = serde_json::from_str(json.get()).map_err(|error| WebhookError::Decode(error.to_string()))?;
            Content::Json(request.body, value)
        } else {
            return Err(WebhookError::UnsupportedMediaType);
        };
        Ok(Self::new(content))
    }

    fn new(content: Content<'a>) -> Self {
        Self { name: None, dots: Dots::Nest, error: None, content }
    }

    /// Returns the payloads in the items of an array, or `None` if the payload is not an array.
    pub(super) fn items(&self) -> Option<Vec<Payload<'a>>> {
        let Content::Json(json, Value::Array(values)) = &self.content else { return None };
        let texts: Vec<&'a RawValue> = serde_json::from_slice(without_byte_order_mark(json)).ok()?;
        let items = texts.into_iter().zip(values);
        Some(items.map(|(text, value)| Payload::new(Content::Json(text.get().as_bytes(), value.clone()))).collect())
    }

    /// Returns the string, number or boolean at the first path of keys that leads to one, as text. An empty string is not a value.
    ///
    /// # Errors
    ///
    /// Returns an error if a form repeats the field, because it is not certain which of the values names the event.
    pub(super) fn name_at(&self, paths: &[&[&str]]) -> Result<Option<String>, WebhookError> {
        for keys in paths {
            let text = match &self.content {
                Content::Fields(fields) => {
                    let path = keys.join(".");
                    let mut values = fields.iter().filter(|(name, _)| *name == path).map(|(_, value)| value);
                    let first = values.next();
                    if values.next().is_some() {
                        return Err(WebhookError::Decode(format!("the field `{path}` is repeated")));
                    }
                    first.map(|value| value.clone().into_owned())
                }
                Content::Json(_, value) => match keys.iter().try_fold(value, |value, key| child(value, key)) {
                    Some(Value::String(text)) => Some(text.clone()),
                    Some(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
                    _ => None,
                },
            };
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// Decodes the payload.
    ///
    /// # Errors
    ///
    /// Returns where and why the payload does not match the type.
    pub fn decode<T: FromJson>(&self) -> Result<T, WebhookError> {
        let decoded = match &self.content {
            Content::Json(json, _) => decode_json(json, Reading::Lenient),
            Content::Fields(fields) => decode_form(&Value::Object(tree(fields, self.dots)).to_string()),
        };
        decoded.map_err(|error| decode_error(&error))
    }

    /// Returns the payload as an unknown event.
    pub fn unknown(&self) -> UnknownEvent {
        let payload = match &self.content {
            Content::Json(_, value) => value.clone(),
            Content::Fields(fields) => Value::Object(tree(fields, Dots::Keep)),
        };
        UnknownEvent { name: self.name.clone(), payload, error: self.error.clone() }
    }
}

/// Returns the item or the property of a value with this index or name.
fn child<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        value => value.get(key),
    }
}

fn decode_error(mismatch: &Mismatch) -> WebhookError {
    WebhookError::Decode(mismatch.to_string())
}

/// Returns the fields of a form as an object of strings, and of arrays for repeated names.
fn tree(fields: &[(Cow<'_, str>, Cow<'_, str>)], dots: Dots) -> Map<String, Value> {
    /// The maximum number of keys in a name.
    const MAX_KEYS: usize = 8;
    let mut root = Map::new();
    for (name, value) in fields {
        let mut keys: Vec<&str> = match dots {
            Dots::Nest if !value.is_empty() => name.splitn(MAX_KEYS, '.').collect(),
            _ => vec![name],
        };
        let last = keys.pop().unwrap_or_default();
        let parent = keys.into_iter().try_fold(&mut root, |parent, key| {
            parent.entry(key).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
        });
        // Of the fields `a` and `a.b`, the first is kept, because `a` cannot be a string and an object.
        let Some(parent) = parent else { continue };
        let value = Value::from(&**value);
        match parent.get_mut(last) {
            Some(Value::Array(values)) => values.push(value),
            Some(Value::Object(_)) => {}
            Some(first) => *first = Value::Array(vec![std::mem::take(first), value]),
            None => drop(parent.insert(last.to_owned(), value)),
        }
    }
    root
}
