//! The payloads of webhooks: generated from the schema, checked, and encoded as JSON or as a form.

use bindery::ir::{Api, Record, TypeRef};
use bindery::normalize::{media_type_essence, name_key};
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::json_path::value_to_string;
use crate::model::{Model, record};
use crate::validate::check;
use crate::webhooks::catalog::Event;
use crate::{big, generate};

const FORM: &str = "application/x-www-form-urlencoded";

/// The maximum number of keys in the name of a form field.
const MAX_KEYS: usize = 8;

/// Returns the given payload of an event, or a generated one if there is none. Adds the name of the event.
///
/// # Errors
///
/// Returns [`Error::Webhook`] if the payload does not match the schema.
pub(crate) fn complete(model: &Model, event: &Event<'_>, payload: Option<Value>, now: &str) -> Result<Value, Error> {
    let Some(ty) = &event.webhook.payload else {
        return match payload {
            None | Some(Value::Null) => Ok(Value::Null),
            Some(_) => Err(Error::Webhook(format!("the webhook `{}` has no payload", event.webhook.name))),
        };
    };
    let mut payload = payload.unwrap_or_else(|| {
        let mut generated = generate::value(model, ty, &[], now);
        remove_name(&mut generated, event.name_property);
        generated
    });
    let name = set_name(&mut payload, event.name_property, event.name());
    let has_other_name = name.is_some_and(|name| !event.names.contains(&name));
    let problems = check(&model.api, ty, &payload).into_iter().map(|problem| {
        let path = if problem.path.is_empty() { "the payload" } else { &problem.path };
        format!("{path} {}", problem.message)
    });
    let mut problems: Vec<String> = problems.collect();
    if has_other_name && problems.is_empty() {
        problems.push(format!("/{} must be `{}`", event.name_property.join("/"), event.names.join("` or `")));
    }
    match problems.is_empty() {
        true => Ok(payload),
        false => Err(Error::Webhook(format!("the payload of `{}`: {}", event.webhook.name, problems.join("; ")))),
    }
}

/// Sets the property with the name of the event, unless it has a value. `keys` lead to the property. Returns the name in the
/// property.
pub(super) fn set_name(payload: &mut Value, keys: &[String], name: &str) -> Option<String> {
    let (last, parents) = keys.split_last()?;
    let mut parent = payload;
    for key in parents {
        parent = parent.as_object_mut()?.entry(key).or_insert_with(|| json!({}));
    }
    let value = parent.as_object_mut()?.entry(last).or_insert(Value::Null);
    if value.is_null() {
        *value = json!(name);
    }
    Some(value_to_string(value))
}

/// Removes the property with the name of the event.
fn remove_name(payload: &mut Value, keys: &[String]) {
    let Some((last, parents)) = keys.split_last() else { return };
    let parent = parents.iter().try_fold(payload, |parent, key| parent.get_mut(key));
    if let Some(entries) = parent.and_then(Value::as_object_mut) {
        entries.shift_remove(last);
    }
}

/// The encoded payload of a request.
pub(crate) enum Encoded {
    Empty,
    /// The media type and the body.
    Body(String, String),
    /// The query.
    Query(String),
}

/// Encodes a payload. The payload of a request with the method GET is the query.
pub(crate) fn encode(api: &Api, event: &Event<'_>, method: &str, payload: &Value) -> Encoded {
    let Some(ty) = &event.webhook.payload else { return Encoded::Empty };
    let form = || Form { api, has_dots: event.has_dots }.encode(ty, payload);
    match event.webhook.media_types.first() {
        _ if matches!(method, "GET" | "HEAD") => Encoded::Query(form()),
        Some(media_type) if media_type_essence(media_type) == FORM => Encoded::Body(media_type.clone(), form()),
        media_type => {
            let media_type = media_type.filter(|media_type| !media_type.contains('*'));
            let media_type = media_type.map_or("application/json", String::as_str);
            Encoded::Body(media_type.to_owned(), big::write(payload))
        }
    }
}

/// Encodes payloads as forms. Receivers decode each field as the schema says.
struct Form<'a> {
    api: &'a Api,
    has_dots: bool,
}

impl Form<'_> {
    fn encode(&self, ty: &TypeRef, payload: &Value) -> String {
        let mut fields = Vec::new();
        match (record(self.api, ty), payload) {
            (Some(declared), Value::Object(entries)) => {
                self.add_object(&mut Vec::new(), Some(declared), entries, &mut fields);
                // Optional properties without a value are empty fields.
                let is_missing = |name: &String| entries.get(name).is_none_or(Value::is_null);
                let is_plain = |ty: &TypeRef| record(self.api, ty).is_none();
                let missing = declared.fields.iter().filter(|field| is_missing(&field.wire) && is_plain(&field.ty));
                fields.extend(missing.map(|field| (field.wire.clone(), String::new())));
            }
            (_, Value::Object(entries)) => self.add_object(&mut Vec::new(), None, entries, &mut fields),
            _ => {}
        }
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    }

    fn add_object(
        &self,
        keys: &mut Vec<String>,
        declared: Option<&Record>,
        entries: &Map<String, Value>,
        fields: &mut Vec<(String, String)>,
    ) {
        for (name, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
            let field = declared.and_then(|declared| declared.fields.iter().find(|field| field.wire == *name));
            let inner = field.and_then(|field| record(self.api, nonnull(&field.ty)));
            keys.push(name.clone());
            match value {
                Value::Object(inner_entries) if inner.is_some_and(|inner| self.nests(keys, inner, inner_entries)) => {
                    self.add_object(keys, inner, inner_entries, fields);
                }
                Value::Array(items) if are_fields(items) => {
                    fields.extend(items.iter().map(|item| (keys.join("."), value_to_string(item))));
                }
                Value::Object(_) | Value::Array(_) => fields.push((keys.join("."), big::write(value))),
                value => fields.push((keys.join("."), text(value))),
            }
            keys.pop();
        }
    }

    /// Returns whether the properties of an object become fields with dots. Otherwise, the object becomes JSON. A receiver
    /// treats an empty field as no value, so an object with an empty string becomes JSON.
    fn nests(&self, keys: &[String], declared: &Record, entries: &Map<String, Value>) -> bool {
        let has_value = |(name, value): (&String, &Value)| {
            let is_declared = declared.fields.iter().any(|field| field.wire == *name);
            let is_nested = value.is_object() || value.is_array();
            !name.contains('.') && value != "" && (is_declared || !is_nested)
        };
        let is_empty = entries.values().all(|value| value.is_null() || value.as_object().is_some_and(Map::is_empty));
        !self.has_dots && keys.len() < MAX_KEYS && !is_empty && entries.iter().all(has_value)
    }
}

fn nonnull(ty: &TypeRef) -> &TypeRef {
    if let TypeRef::Nullable(inner) = ty { inner } else { ty }
}

fn text(value: &Value) -> String {
    big::digits(value).map_or_else(|| value_to_string(value), str::to_owned)
}

/// Returns whether the items of an array become fields with the same name. They do not if a receiver would treat an item as JSON or
/// as no value.
fn are_fields(items: &[Value]) -> bool {
    let is_field = |item: &Value| match item {
        Value::String(text) => !text.is_empty() && !text.starts_with(['{', '[']),
        Value::Number(_) => true,
        _ => false,
    };
    !items.is_empty() && items.iter().all(is_field)
}

/// Copies the properties of `source` to the properties of a type with the same names. The comparison of names ignores case and
/// punctuation.
pub(super) fn fill(model: &Model, declared: &Record, source: &Map<String, Value>, output: &mut Map<String, Value>) {
    for field in &declared.fields {
        let key = name_key(&field.wire);
        let value =
            source.iter().find(|(name, value)| !value.is_null() && name_key(name) == key).map(|(_, value)| value);
        let value = value.map(|value| converted(model, &field.ty, value));
        if let Some(value) = value.filter(|value| generate::fits(model, field, value)) {
            output.insert(field.wire.clone(), value);
        }
    }
}

/// Converts a value to a type. Copies the properties of objects like [`fill`].
pub(super) fn converted(model: &Model, ty: &TypeRef, value: &Value) -> Value {
    match (model.api.resolved(ty), value) {
        (TypeRef::Nullable(ty), value) => converted(model, ty, value),
        (TypeRef::Array(item), Value::Array(items)) => {
            items.iter().map(|value| converted(model, item, value)).collect()
        }
        (ty, Value::Object(source)) => match model.record(ty) {
            Some(declared) => {
                let mut entries = Map::new();
                fill(model, declared, source, &mut entries);
                Value::Object(entries)
            }
            None => value.clone(),
        },
        (TypeRef::String, Value::Number(_) | Value::Bool(_)) => json!(value.to_string()),
        _ => value.clone(),
    }
}
