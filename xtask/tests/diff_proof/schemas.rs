//! Changes of schemas.

use serde_json::{Map, Value, json};

use super::locations::{nth, set, spread};

pub fn is_plain_string(schema: &Value) -> bool {
    schema["type"] == "string" && schema.get("enum").is_none() && schema.get("format").is_none()
}

/// Changes the type of a schema. Keywords that the new type does not have are removed.
pub fn retype(schema: &mut Value) -> Option<()> {
    let other = match schema.get("type").and_then(Value::as_str) {
        Some("string") => "integer",
        Some("integer" | "number" | "boolean") => "string",
        _ => return None,
    };
    *schema = json!({ "type": other });
    Some(())
}

pub fn replace(schema: &mut Value, other: Value) -> Option<()> {
    if *schema == other {
        return None;
    }
    *schema = other;
    Some(())
}

pub fn unwrap_array(schema: &mut Value) -> Option<()> {
    *schema = schema.get_mut("items")?.take();
    Some(())
}

pub fn array_property(doc: &mut Value, at: usize) -> Option<&mut Value> {
    let is_array = |value: &Value| value["type"] == "array" && value.get("items").is_some();
    let has_array = |value: &Value| value.as_object().is_some_and(|map| map.values().any(is_array));
    let properties = nth(doc, at, |key, value| key == "properties" && has_array(value))?.as_object_mut()?;
    properties.values_mut().find(|schema| is_array(schema))
}

pub fn is_scalar(schema: &Value) -> bool {
    ["string", "integer", "number", "boolean"].iter().any(|name| schema["type"] == *name)
}

pub fn wrap_in_array(schema: &mut Value) -> Option<()> {
    let items = schema.take();
    *schema = json!({ "type": "array", "items": items });
    Some(())
}

pub fn object(doc: &mut Value, at: usize) -> Option<&mut Value> {
    nth(doc, at, |_, value| value.get("properties").is_some_and(Value::is_object) && value["type"] != "array")
}

pub fn add_property(doc: &mut Value, at: usize, required: bool) -> Option<()> {
    let object = object(doc, at)?.as_object_mut()?;
    set(object.get_mut("properties")?, "brandNew", json!({ "type": "string" }))?;
    if required {
        object.entry("required").or_insert_with(|| json!([])).as_array_mut()?.push(json!("brandNew"));
    }
    Some(())
}

/// Returns an object schema, and the name of one of its properties. The discriminator properties stay.
pub fn object_and_property(doc: &mut Value, at: usize) -> Option<(&mut Map<String, Value>, String)> {
    let object = object(doc, at)?.as_object_mut()?;
    let names: Vec<String> = object["properties"].as_object()?.keys().cloned().collect();
    let name = names.get(at % names.len().max(1))?.clone();
    Some((object, name))
}

pub fn property(doc: &mut Value, at: usize) -> Option<&mut Value> {
    let (object, name) = object_and_property(doc, at)?;
    object.get_mut("properties")?.get_mut(&name)
}

pub fn string_property(doc: &mut Value, at: usize) -> Option<&mut Value> {
    let has_string = |value: &Value| value.as_object().is_some_and(|map| map.values().any(is_plain_string));
    let properties = nth(doc, at, |key, value| key == "properties" && has_string(value))?.as_object_mut()?;
    properties.values_mut().find(|schema| is_plain_string(schema))
}

pub fn remove_property(doc: &mut Value, at: usize) -> Option<()> {
    let (object, name) = object_and_property(doc, at)?;
    object.get_mut("properties")?.as_object_mut()?.remove(&name)?;
    if let Some(Value::Array(required)) = object.get_mut("required") {
        required.retain(|other| *other != name.as_str());
    }
    Some(())
}

pub fn rename_property(doc: &mut Value, at: usize) -> Option<()> {
    let (object, name) = object_and_property(doc, at)?;
    let properties = object.get_mut("properties")?.as_object_mut()?;
    let schema = properties.remove(&name)?;
    properties.insert(format!("{name}_new"), schema);
    for required in object.get_mut("required").and_then(Value::as_array_mut).into_iter().flatten() {
        if *required == name.as_str() {
            *required = json!(format!("{name}_new"));
        }
    }
    Some(())
}

pub fn change_required(doc: &mut Value, at: usize, required: bool) -> Option<()> {
    let (object, name) = object_and_property(doc, at)?;
    let list = object.entry("required").or_insert_with(|| json!([])).as_array_mut()?;
    let count = list.len();
    list.retain(|other| *other != name.as_str());
    if required {
        list.push(json!(name));
    }
    (list.len() != count).then_some(())
}

pub fn enumeration(doc: &mut Value, at: usize) -> Option<&mut Value> {
    let is_strings = |value: &Value| value.as_array().is_some_and(|values| values.iter().all(Value::is_string));
    nth(doc, at, |key, value| key == "enum" && is_strings(value))
}

pub fn union(doc: &mut Value, at: usize) -> Option<&mut Value> {
    nth(doc, at, |key, value| (key == "oneOf" || key == "anyOf") && value.is_array())
}

pub fn rename_schema(doc: &mut Value, at: usize) -> Option<()> {
    let schemas = doc.pointer_mut("/components/schemas")?.as_object_mut()?;
    let name = schemas.keys().nth(spread(at, schemas.len())?)?.clone();
    let schema = schemas.remove(&name)?;
    let new = format!("{name}Renamed");
    schemas.insert(new.clone(), schema);
    fn replace(value: &mut Value, old: &str, new: &str) {
        match value {
            Value::String(text) if text == old => *text = new.to_owned(),
            Value::Object(map) => map.values_mut().for_each(|value| replace(value, old, new)),
            Value::Array(values) => values.iter_mut().for_each(|value| replace(value, old, new)),
            _ => {}
        }
    }
    replace(doc, &format!("#/components/schemas/{name}"), &format!("#/components/schemas/{new}"));
    Some(())
}
