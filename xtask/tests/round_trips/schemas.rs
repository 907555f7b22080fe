//! Converts the schemas of a document to JSON Schema, because the validator does not support OpenAPI.

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
        convert_to_openapi_31(&mut document);
        Self { document, validators: HashMap::new() }
    }

    /// Returns the schema at a JSON pointer.
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.document.pointer(pointer).filter(|value| value.is_object() || value.is_boolean())
    }

    /// Returns whether the schema at a JSON pointer describes the values of its type completely. For an alternative,
    /// this is not so if there are other keywords next to the alternatives, because the values must match these too.
    pub fn describes_type_completely(&self, pointer: &str) -> bool {
        let keys: Vec<&str> = pointer.rsplitn(3, '/').collect();
        let parents = match keys.as_slice() {
            [_, "oneOf" | "anyOf" | "allOf", parents] => self.at(parents),
            _ => None,
        };
        let has_constraints =
            |schema: &Value| ["type", "properties", "required", "allOf"].iter().any(|key| schema.get(*key).is_some());
        self.at(pointer).is_some() && !parents.is_some_and(has_constraints)
    }

    /// Returns whether a value matches the schema at a JSON pointer. Returns `None` if the validator rejects the
    /// schema.
    pub fn matches(&mut self, pointer: &str, value: &Value) -> Option<bool> {
        let validator = self.validators.entry(pointer.to_owned()).or_insert_with(|| {
            // The validator resolves references from the root of the schema, so the schema is the complete document
            // with a `$ref` to the pointer.
            let mut root = self.document.clone();
            root["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
            root["$ref"] = format!("#{}", encode(pointer)).into();
            jsonschema::validator_for(&root).ok()
        });
        validator.as_ref().map(|validator| validator.is_valid(value))
    }
}

/// Encodes a JSON pointer as the fragment of a URL.
fn encode(pointer: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/~-_.".contains(&byte);
    pointer
        .bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Converts schemas of OpenAPI 3.0 to schemas of OpenAPI 3.1.
fn convert_to_openapi_31(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(convert_to_openapi_31);
            if map.get("nullable") == Some(&Value::Bool(true)) {
                make_nullable(map);
            }
            for (limit, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
                match map.get(exclusive) {
                    Some(Value::Bool(true)) => {
                        let limit_value = map.remove(limit).unwrap_or_default();
                        map.insert(exclusive.to_owned(), limit_value);
                    }
                    Some(Value::Bool(false)) => drop(map.remove(exclusive)),
                    _ => {}
                }
            }
            // A discriminator selects one of several matching alternatives. `oneOf` would reject such a value.
            if map.contains_key("discriminator")
                && let Some(alternatives) = map.remove("oneOf")
            {
                map.insert("anyOf".to_owned(), alternatives);
            }
            // Remove `$id`, because the validator would resolve references against it.
            if map.get("$id").is_some_and(Value::is_string) {
                map.remove("$id");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(convert_to_openapi_31),
        _ => {}
    }
}

fn make_nullable(map: &mut Map<String, Value>) {
    if let Some(Value::String(typ)) = map.get("type").cloned() {
        map.insert("type".to_owned(), json!([typ, "null"]));
    }
    if let Some(Value::Array(values)) = map.get_mut("enum") {
        values.push(Value::Null);
    }
}
