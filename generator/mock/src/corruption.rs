//! Adds undocumented properties to responses.

use bindery::ir::{Api, Shape, TypeRef};
use serde_json::{Value, json};

/// Gives every enum in a value of a type a value that the document does not know.
pub(crate) fn unknown_enums(api: &Api, ty: &TypeRef, value: &mut Value) {
    match (ty, value) {
        (TypeRef::Array(item), Value::Array(items)) => items.iter_mut().for_each(|one| unknown_enums(api, item, one)),
        (TypeRef::Map(inner), Value::Object(all)) => all.values_mut().for_each(|one| unknown_enums(api, inner, one)),
        (TypeRef::Named(id), value) => match (&api.types[*id].shape, value) {
            (Shape::Alias(inner), value) => unknown_enums(api, inner, value),
            (Shape::StringEnum(_), value) if value.is_string() => *value = json!("unknown-to-the-document"),
            (Shape::Record(record), Value::Object(entries)) => {
                for field in &record.fields {
                    if let Some(value) = entries.get_mut(&field.wire) {
                        unknown_enums(api, &field.ty, value);
                    }
                }
            }
            _ => {}
        },
        _ => {}
    }
}

/// Gives every object in a value a property that the document does not know.
pub(crate) fn extra_fields(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(extra_fields),
        Value::Object(entries) => {
            entries.values_mut().filter(|value| !is_map_of_texts(value)).for_each(extra_fields);
            entries.insert("unknown_to_the_document".to_owned(), json!({ "nested": [1, null] }));
        }
        _ => {}
    }
}

/// Maps may be declared to hold texts alone; what is put into one would be wrong, not just new.
fn is_map_of_texts(value: &Value) -> bool {
    value.as_object().is_some_and(|entries| entries.values().all(Value::is_string))
}
