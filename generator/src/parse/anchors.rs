//! Resolves references to anchors: `#name` refers to the schema with `$anchor: name`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::source::Pointer;

/// Replaces each reference to an anchor by a reference with a JSON pointer. If several schemas have the same anchor,
/// references lead to the first of them.
pub fn resolve(tree: &mut Value) {
    let mut anchors = BTreeMap::new();
    collect(tree, &Pointer::root(), &mut anchors);
    if !anchors.is_empty() {
        rewrite(tree, &anchors);
    }
}

fn collect(node: &Value, at: &Pointer, anchors: &mut BTreeMap<String, Pointer>) {
    match node {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, &at.child(index), anchors))
        }
        Value::Object(map) => {
            if let Some(Value::String(name)) = map.get("$anchor") {
                anchors.entry(name.clone()).or_insert_with(|| at.clone());
            }
            map.iter().for_each(|(key, value)| collect(value, &at.child(key), anchors));
        }
        _ => {}
    }
}

fn rewrite(node: &mut Value, anchors: &BTreeMap<String, Pointer>) {
    match node {
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, anchors)),
        Value::Object(map) => {
            for (key, value) in map {
                let name = value.as_str().filter(|_| key == "$ref").and_then(|reference| reference.strip_prefix('#'));
                match name.and_then(|name| anchors.get(name)) {
                    Some(target) => *value = target.to_string().into(),
                    None => rewrite(value, anchors),
                }
            }
        }
        _ => {}
    }
}
