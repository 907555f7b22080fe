//! The schemas of a document as JSON Schema, for a validator that knows nothing of OpenAPI.

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The schemas of a document.
pub struct Schemas {
    document: Value,
    validators: HashMap<String, Option<Validator>>,
}

impl Schemas {
    pub fn new(document: Value) -> Self {
        let mut document = document;
        modernize(&mut document);
        Self { document, validators: HashMap::new() }
    }

    /// The schema at a JSON pointer.
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.document.pointer(pointer).filter(|value| value.is_object() || value.is_boolean())
    }

    /// Whether all that the values at a JSON pointer keep to is said there. For an alternative of a schema that says more,
    /// that is not so.
    pub fn is_whole(&self, pointer: &str) -> bool {
        let keys: Vec<&str> = pointer.rsplitn(3, '/').collect();
        let around = match keys.as_slice() {
            [_, "oneOf" | "anyOf" | "allOf", around] => self.at(around),
            _ => None,
        };
        let says_more =
            |schema: &Value| ["type", "properties", "required", "allOf"].iter().any(|key| schema.get(*key).is_some());
        self.at(pointer).is_some() && !around.is_some_and(says_more)
    }

    /// Whether a value fits the schema at a JSON pointer; `None` if it is not one that can be checked.
    pub fn fits(&mut self, pointer: &str, value: &Value) -> Option<bool> {
        let validator = self.validators.entry(pointer.to_owned()).or_insert_with(|| {
            // References in the document begin at its root, so that the schema is there, too.
            let mut root = self.document.clone();
            root["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
            root["$ref"] = format!("#{}", encoded(pointer)).into();
            jsonschema::validator_for(&root).ok()
        });
        validator.as_ref().map(|validator| validator.is_valid(value))
    }
}

/// A JSON pointer as the fragment of a URL.
fn encoded(pointer: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/~-_.".contains(&byte);
    pointer
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Writes schemas of OpenAPI 3.0 as those of 3.1.
fn modernize(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(modernize);
            if map.get("nullable") == Some(&Value::Bool(true)) {
                nullable(map);
            }
            for (limit, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
                match map.get(exclusive) {
                    Some(Value::Bool(true)) => {
                        let bound = map.remove(limit).unwrap_or_default();
                        map.insert(exclusive.to_owned(), bound);
                    }
                    Some(Value::Bool(false)) => drop(map.remove(exclusive)),
                    _ => {}
                }
            }
            // What a discriminator tells apart may fit several alternatives.
            if map.contains_key("discriminator")
                && let Some(alternatives) = map.remove("oneOf")
            {
                map.insert("anyOf".to_owned(), alternatives);
            }
            // These relate to the document alone, and a validator would read them as its own.
            if map.get("$id").is_some_and(Value::is_string) {
                map.remove("$id");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(modernize),
        _ => {}
    }
}

fn nullable(map: &mut Map<String, Value>) {
    if let Some(Value::String(typ)) = map.get("type").cloned() {
        map.insert("type".to_owned(), json!([typ, "null"]));
    }
    if let Some(Value::Array(values)) = map.get_mut("enum") {
        values.push(Value::Null);
    }
}
