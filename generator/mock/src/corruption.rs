//! Adds undocumented properties and enum values to responses.

use bindery::ir::{Api, Shape, TypeRef};
use serde_json::{Value, json};

/// Replaces the values of all enums by an undocumented value.
pub(crate) fn set_unknown_enum_values(api: &Api, ty: &TypeRef, value: &mut Value) {
    match (ty, value) {
        (TypeRef::Array(item), Value::Array(items)) => {
            items.iter_mut().for_each(|value| set_unknown_enum_values(api, item, value))
        }
        (TypeRef::Map(inner), Value::Object(entries)) => {
            entries.values_mut().for_each(|value| set_unknown_enum_values(api, inner, value))
        }
        (TypeRef::Named(id), value) => match (&api.types[*id].shape, value) {
            (Shape::Alias(inner), value) => set_unknown_enum_values(api, inner, value),
            (Shape::StringEnum(_), value) if value.is_string() => *value = json!("unknown-to-the-document"),
            (Shape::Record(record), Value::Object(entries)) => {
                for field in &record.fields {
                    if let Some(value) = entries.get_mut(&field.wire) {
                        set_unknown_enum_values(api, &field.ty, value);
                    }
                }
            }
            _ => {}
        },
        _ => {}
    }
}

/// Adds an undocumented property to every object, except for nested objects that may be maps of strings.
pub(crate) fn add_extra_fields(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(add_extra_fields),
        Value::Object(entries) => {
            entries.values_mut().filter(|value| !is_map_of_strings(value)).for_each(add_extra_fields);
            entries.insert("unknown_to_the_document".to_owned(), json!({ "nested": [1, null] }));
        }
        _ => {}
    }
}

/// Returns whether all values of an object are strings. The type of such an object may be a map of strings, in which the
/// undocumented property would be invalid.
fn is_map_of_strings(value: &Value) -> bool {
    value.as_object().is_some_and(|entries| entries.values().all(Value::is_string))
}
