//! Access to the properties of records. A name such as `a.b` is the path of a property in a nested object.

use serde_json::{Map, Value};

/// Returns the value of a property.
pub(crate) fn property_at<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    property_of_map(value.as_object()?, name)
}

pub(crate) fn property_of_map<'v>(entries: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    entries.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        property_at(entries.get(first)?, rest)
    })
}

/// Sets a property.
pub(crate) fn set_property(entries: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.').filter(|_| !entries.contains_key(name)) {
        Some((first, rest)) => {
            let inner = entries.entry(first).or_insert(Value::Null);
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                set_property(inner, rest, value);
            }
        }
        None => {
            entries.insert(name.to_owned(), value);
        }
    }
}

/// Removes a property.
pub(crate) fn remove_property(entries: &mut Map<String, Value>, name: &str) {
    match name.split_once('.').filter(|_| !entries.contains_key(name)) {
        Some((first, rest)) => {
            if let Some(Value::Object(inner)) = entries.get_mut(first) {
                remove_property(inner, rest);
            }
        }
        None => drop(entries.shift_remove(name)),
    }
}

/// Converts a value to the string that represents it in a path or a query.
pub(crate) fn value_to_string(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
