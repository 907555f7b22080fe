//! Parses the keywords about the property names of an object: `patternProperties`, `propertyNames` and
//! `dependentRequired`. The model has no fields for them, so they become extensions.

use indexmap::IndexMap;
use openapiv3::{ReferenceOr, Schema};
use serde_json::{Value, json};

use super::context::ParseContext;
use super::model::{PATTERN_PROPERTIES, PROPERTY_NAMES};
use super::object_reader::{ObjectReader, report_tolerated};
use crate::source::Pointer;

/// The keyword for the properties that an object must have if it has another property. The extension has the value of the keyword.
pub const DEPENDENT_REQUIRED: &str = "dependentRequired";

/// The keywords in `propertyNames` that the generated code checks, or that do not restrict the names.
const CHECKED: &[&str] = &[
    "$ref",
    "type",
    "pattern",
    "minLength",
    "maxLength",
    "enum",
    "const",
    "title",
    "description",
    "examples",
    "example",
];

/// Reads the keywords into the extensions of a schema. `types` has the types of its values, and `schema_or_ref` parses a
/// schema.
pub(super) fn property_names(
    object: &mut ObjectReader<'_, '_>,
    types: &[String],
    extensions: &mut IndexMap<String, Value>,
    schema_or_ref: fn(&Value, Pointer, &mut ParseContext) -> Option<ReferenceOr<Schema>>,
) {
    // The keywords of a schema with several types would be in the extensions of the union, not of its objects. They stay
    // unread, so they are reported.
    if types.iter().any(|typ| typ != "object") {
        return;
    }
    let mut patterns = Vec::new();
    for (pattern, value, at) in object.mapping(PATTERN_PROPERTIES) {
        if let Some(schema) = schema_or_ref(value, at, object.context) {
            patterns.push(json!([pattern, object.context.name_schemas.len()]));
            object.context.name_schemas.push(schema);
        }
    }
    if !patterns.is_empty() {
        extensions.insert(PATTERN_PROPERTIES.to_owned(), patterns.into());
    }
    if let Some(Value::Object(names)) = object.value(PROPERTY_NAMES)
        && let Some(unchecked) = names.keys().find(|key| !CHECKED.contains(&key.as_str()) && !key.starts_with("x-"))
    {
        let reason = format!("the generated code does not check its `{unchecked}`");
        object.ignore(&[PROPERTY_NAMES], &reason);
    }
    if let Some(schema) = object.read_with(PROPERTY_NAMES, schema_or_ref) {
        extensions.insert(PROPERTY_NAMES.to_owned(), object.context.name_schemas.len().into());
        object.context.name_schemas.push(schema);
    }
    let mut dependent_required = serde_json::Map::new();
    for (property, names, at) in object.mapping(DEPENDENT_REQUIRED) {
        match names.as_array().map(|names| names.iter().all(Value::is_string)) {
            Some(true) => drop(dependent_required.insert(property.clone(), names.clone())),
            _ => report_tolerated(names, &at, "an array of property names", "ignored", object.context),
        }
    }
    if !dependent_required.is_empty() {
        extensions.insert(DEPENDENT_REQUIRED.to_owned(), dependent_required.into());
    }
}
