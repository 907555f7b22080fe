//! Changes of documents, by kind. Each kind finds the locations that it can change, and changes one of them.

use serde_json::{Map, Value, json};

use super::locations::{append, nth, set, spread};
use super::schemas::{
    add_property, array_property, change_required, enumeration, is_plain_string, is_scalar, object, property,
    remove_property, rename_property, rename_schema, replace, retype, string_property, union, unwrap_array,
    wrap_in_array,
};

/// A kind of change: its name, and the function that changes the location with an index. The function returns `None` if there is
/// no such location.
pub type Kind = (&'static str, fn(&mut Value, usize) -> Option<()>);

/// All kinds of changes.
pub const KINDS: &[Kind] = &[
    ("operation added", add_operation),
    ("operation removed", remove_operation),
    ("operation renamed", |doc, at| rename_id(operation(doc, at)?)),
    ("operation deprecated", |doc, at| set(operation(doc, at)?, "deprecated", json!(true))),
    ("operation moved to another path", move_operation),
    ("operation has another method", change_method),
    ("tag changed", |doc, at| set(operation(doc, at)?, "tags", json!(["other things"]))),
    ("security of an operation removed", |doc, at| set(operation(doc, at)?, "security", json!([]))),
    ("security of an operation optional", |doc, at| set(operation(doc, at)?, "security", json!([{}]))),
    ("security scheme added", add_scheme),
    ("security scheme removed", remove_scheme),
    ("server changed", |doc, _| set(doc, "servers", json!([{ "url": "https://other.example.com/v9" }]))),
    ("server variable added", |doc, _| {
        let variables = json!({ "zone": { "default": "eu", "enum": ["eu", "us"] } });
        set(doc, "servers", json!([{ "url": "https://{zone}.example.com", "variables": variables }]))
    }),
    ("server variable renamed", |doc, _| {
        let server = doc.get_mut("servers")?.get_mut(0)?;
        let name = server.get("variables")?.as_object()?.keys().next()?.clone();
        let url = server["url"].as_str()?.replace(&format!("{{{name}}}"), "{other}");
        let variable = server["variables"].as_object_mut()?.remove(&name)?;
        server["variables"]["other"] = variable;
        set(server, "url", json!(url))
    }),
    ("server variable has other values", |doc, _| {
        let variables = doc.get_mut("servers")?.get_mut(0)?.get_mut("variables")?.as_object_mut()?;
        let variable = variables.values_mut().next()?;
        let default = variable["default"].clone();
        set(variable, "enum", json!([default, "brand-new"]))
    }),
    ("path parameter renamed", rename_path_parameter),
    ("parameter in another case", |doc, at| {
        let header = nth(doc, at, |_, value| value["in"] == "header" && value["name"].is_string())?;
        let name = header["name"].as_str()?.to_ascii_lowercase();
        set(header, "name", json!(name))
    }),
    ("limit is exclusive", |doc, at| {
        let schema = nth(doc, at, |_, value| value["type"] == "integer" && value["minimum"].is_i64())?;
        let minimum = schema["minimum"].as_i64()?;
        set(schema, "minimum", json!(minimum - 1))?;
        set(schema, "exclusiveMinimum", json!(true))
    }),
    ("optional parameter added", |doc, at| push_parameter(doc, at, false)),
    ("required parameter added", |doc, at| push_parameter(doc, at, true)),
    ("parameter removed", remove_parameter),
    ("parameter renamed", |doc, at| append(parameter(doc, at)?, "name", "_2")),
    ("parameter required", |doc, at| set(optional_parameter(doc, at)?, "required", json!(true))),
    ("parameter optional", |doc, at| set(required_parameter(doc, at)?, "required", json!(false))),
    ("parameter has another type", |doc, at| retype(parameter(doc, at)?.get_mut("schema")?)),
    ("parameter has a default", |doc, at| set(string_parameter(doc, at)?, "default", json!("x"))),
    ("parameter has a maximum length", |doc, at| set(string_parameter(doc, at)?, "maxLength", json!(7))),
    ("parameter deprecated", |doc, at| set(parameter(doc, at)?, "deprecated", json!(true))),
    ("parameter is an array", |doc, at| wrap_in_array(parameter(doc, at)?.get_mut("schema")?)),
    ("request body added", add_body),
    ("request body removed", |doc, at| operation_with_body(doc, at)?.remove("requestBody").map(|_| ())),
    ("request body required", |doc, at| flip_required(operation_with_body(doc, at)?.get_mut("requestBody")?)),
    ("request body has another media type", |doc, at| {
        rename_media_type(operation_with_body(doc, at)?.get_mut("requestBody")?)
    }),
    ("request body is XML", |doc, at| {
        let body = operation_with_body(doc, at)?.get_mut("requestBody")?.as_object_mut()?;
        replace_media_type(body, "application/xml")
    }),
    ("request body is JSON lines", |doc, at| {
        let body = operation_with_body(doc, at)?.get_mut("requestBody")?.as_object_mut()?;
        replace_media_type(body, "application/x-ndjson")
    }),
    ("optional request body added", |doc, at| {
        add_body(doc, at)?;
        let added = nth(doc, at, |key, value| {
            key == "requestBody" && value.pointer("/content/application~1json/schema/properties/note").is_some()
        });
        set(added?, "required", json!(false))
    }),
    ("response with the same body added", |doc, at| {
        let has_one =
            |key: &str, value: &Value| key == "responses" && value.get("200").is_some() && value.get("201").is_none();
        let responses = nth(doc, at, has_one)?;
        let response = responses["200"].clone();
        set(responses, "201", response)
    }),
    ("media type added to a request body", |doc, at| {
        add_media_type(operation_with_body(doc, at)?.get_mut("requestBody")?)
    }),
    ("response added", |doc, at| {
        let responses = operation(doc, at)?.get_mut("responses")?;
        set(responses, "202", json!({ "description": "Accepted." }))
    }),
    ("error response added", |doc, at| {
        let content = json!({ "application/json": { "schema": { "type": "object", "properties": { "why": { "type": "string" } } } } });
        let responses = operation(doc, at)?.get_mut("responses")?;
        set(responses, "418", json!({ "description": "Teapot.", "content": content }))
    }),
    ("response body removed", |doc, at| response(doc, at)?.remove("content").map(|_| ())),
    ("response has another media type", |doc, at| rename_media_type_in(response(doc, at)?)),
    ("response is XML", |doc, at| replace_media_type(response(doc, at)?, "application/xml")),
    ("response is a stream of events", |doc, at| replace_media_type(response(doc, at)?, "text/event-stream")),
    ("response is JSON lines", |doc, at| replace_media_type(response(doc, at)?, "application/x-ndjson")),
    ("response is JSON and not a stream", |doc, at| {
        let is_stream = |_: &str, value: &Value| value.pointer("/content/text~1event-stream").is_some();
        let content = nth(doc, at, is_stream)?.get_mut("content")?.as_object_mut()?;
        let value = content.remove("text/event-stream")?;
        content.insert("application/json".to_owned(), value);
        Some(())
    }),
    ("constant changed", |doc, at| {
        let is_constant = |_: &str, value: &Value| {
            value["enum"].as_array().is_some_and(|values| values.len() == 1 && values[0].is_string())
        };
        let constant = nth(doc, at, is_constant)?.get_mut("enum")?.get_mut(0)?;
        *constant = json!(format!("{}_2", constant.as_str()?));
        Some(())
    }),
    ("webhook renamed", |doc, at| {
        let webhooks = ["webhooks", "x-webhooks"].into_iter().find(|key| doc.get(*key).is_some())?;
        let webhooks = doc.get_mut(webhooks)?.as_object_mut()?;
        let name = webhooks.keys().nth(at)?.clone();
        let webhook = webhooks.remove(&name)?;
        webhooks.insert(format!("{name}Anew"), webhook);
        Some(())
    }),
    ("media type added to a response", |doc, at| add_media_type_in(response(doc, at)?)),
    ("response body is an array", |doc, at| wrap_in_array(response_schema(doc, at)?)),
    ("response body is another object", |doc, at| {
        let schema =
            json!({ "type": "object", "required": ["fresh"], "properties": { "fresh": { "type": "boolean" } } });
        replace(response_schema(doc, at)?, schema)
    }),
    ("response body is nullable", |doc, at| {
        let schema = response_schema(doc, at)?;
        let old = schema.take();
        replace(schema, json!({ "nullable": true, "allOf": [old] }))
    }),
    ("response header added", |doc, at| {
        let headers = json!({ "X-New": { "schema": { "type": "integer" } } });
        set_map(response(doc, at)?, "headers", headers)
    }),
    ("optional property added", |doc, at| add_property(doc, at, false)),
    ("required property added", |doc, at| add_property(doc, at, true)),
    ("property removed", remove_property),
    ("property renamed", rename_property),
    ("property required", |doc, at| change_required(doc, at, true)),
    ("property optional", |doc, at| change_required(doc, at, false)),
    ("property has another type", |doc, at| retype(property(doc, at)?)),
    ("property nullable", |doc, at| set(property(doc, at)?, "nullable", json!(true))),
    ("property read-only", |doc, at| set(property(doc, at)?, "readOnly", json!(true))),
    ("property write-only", |doc, at| set(property(doc, at)?, "writeOnly", json!(true))),
    ("property deprecated", |doc, at| set(property(doc, at)?, "deprecated", json!(true))),
    ("property is an array", |doc, at| wrap_in_array(property(doc, at)?)),
    ("property has a format", |doc, at| set(string_property(doc, at)?, "format", json!("date-time"))),
    ("property is a date", |doc, at| set(string_property(doc, at)?, "format", json!("date"))),
    ("property is a UUID", |doc, at| set(string_property(doc, at)?, "format", json!("uuid"))),
    ("property is a duration", |doc, at| set(string_property(doc, at)?, "format", json!("duration"))),
    ("property is an item", |doc, at| unwrap_array(array_property(doc, at)?)),
    ("property is an object", |doc, at| {
        replace(property(doc, at)?, json!({ "type": "object", "properties": { "a": { "type": "string" } } }))
    }),
    ("property is a boolean", |doc, at| replace(property(doc, at)?, json!({ "type": "boolean" }))),
    ("property has a default", |doc, at| set(string_property(doc, at)?, "default", json!("x"))),
    ("property has a maximum length", |doc, at| set(string_property(doc, at)?, "maxLength", json!(9))),
    ("property has a description", |doc, at| set(property(doc, at)?, "description", json!("Other words."))),
    ("property is an enum", |doc, at| set(string_property(doc, at)?, "enum", json!(["one", "two"]))),
    ("additional properties allowed", |doc, at| set(object(doc, at)?, "additionalProperties", json!(true))),
    ("additional properties forbidden", |doc, at| set(object(doc, at)?, "additionalProperties", json!(false))),
    ("enum value added", |doc, at| enumeration(doc, at)?.as_array_mut().map(|values| values.push(json!("brand_new")))),
    ("enum value renamed", |doc, at| {
        let value = enumeration(doc, at)?.get_mut(0)?;
        *value = json!(format!("{}_2", value.as_str()?));
        Some(())
    }),
    ("enum value removed", |doc, at| {
        enumeration(doc, at)?.as_array_mut().filter(|values| values.len() > 1)?.pop().map(|_| ())
    }),
    ("alternative added", |doc, at| {
        let schema =
            json!({ "type": "object", "required": ["fresh"], "properties": { "fresh": { "type": "boolean" } } });
        union(doc, at)?.as_array_mut().map(|alternatives| alternatives.push(schema))
    }),
    ("alternative removed", |doc, at| {
        union(doc, at)?.as_array_mut().filter(|alternatives| alternatives.len() > 2)?.pop().map(|_| ())
    }),
    ("discriminator value changed", |doc, at| {
        let mapping = nth(doc, at, |key, value| key == "mapping" && value.is_object())?.as_object_mut()?;
        let key = mapping.keys().next()?.clone();
        let target = mapping.remove(&key)?;
        mapping.insert(format!("{key}_2"), target);
        Some(())
    }),
    ("discriminator removed", |doc, at| {
        let owner = nth(doc, at, |_, value| value.get("discriminator").is_some() && value.get("oneOf").is_some())?;
        owner.as_object_mut()?.remove("discriminator").map(|_| ())
    }),
    ("schema renamed", rename_schema),
    ("page parameter renamed", |doc, at| {
        let names = ["cursor", "page", "offset", "page_token", "after", "PageToken"];
        let parameter =
            nth(doc, at, |_, value| is_parameter(value) && names.iter().any(|name| value["name"] == *name))?;
        append(parameter, "name", "_of_list")
    }),
    ("items have another type", |doc, at| retype(nth(doc, at, |key, value| key == "items" && is_scalar(value))?)),
    ("item limit added", |doc, at| {
        set(nth(doc, at, |_, value| value["type"] == "array" && value.get("items").is_some())?, "maxItems", json!(3))
    }),
];

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn set_map(target: &mut Map<String, Value>, key: &str, value: Value) -> Option<()> {
    target.insert(key.to_owned(), value);
    Some(())
}

fn operation(doc: &mut Value, at: usize) -> Option<&mut Value> {
    nth(doc, at, |key, value| METHODS.contains(&key) && value.get("responses").is_some())
}

fn operation_with_body(doc: &mut Value, at: usize) -> Option<&mut Map<String, Value>> {
    nth(doc, at, |key, value| METHODS.contains(&key) && value.pointer("/requestBody/content").is_some())?
        .as_object_mut()
}

fn rename_id(operation: &mut Value) -> Option<()> {
    append(operation, "operationId", "Anew")
}

fn add_operation(doc: &mut Value, at: usize) -> Option<()> {
    if at > 2 {
        return None;
    }
    let responses = json!({ "200": { "description": "ok", "content": { "application/json": { "schema": { "type": "string" } } } } });
    let operation = json!({ "operationId": format!("brandNew{at}"), "responses": responses });
    set(doc.get_mut("paths")?, &format!("/brand-new-{at}"), json!({ "get": operation }))
}

/// Returns the path and method of the operation with an index.
fn path_and_method(doc: &Value, at: usize) -> Option<(String, String)> {
    let paths = doc.get("paths")?.as_object()?.iter();
    let operations: Vec<(String, String)> = paths
        .flat_map(|(path, item)| {
            let methods =
                item.as_object().into_iter().flat_map(Map::keys).filter(|key| METHODS.contains(&key.as_str()));
            methods.map(|method| (path.clone(), method.clone())).collect::<Vec<_>>()
        })
        .collect();
    operations.get(spread(at, operations.len())?).cloned()
}

fn remove_operation(doc: &mut Value, at: usize) -> Option<()> {
    let (path, method) = path_and_method(doc, at)?;
    doc["paths"][&path].as_object_mut()?.remove(&method).map(|_| ())
}

fn move_operation(doc: &mut Value, at: usize) -> Option<()> {
    let (path, method) = path_and_method(doc, at)?;
    let operation = doc["paths"][&path].as_object_mut()?.remove(&method)?;
    let mut item = json!({});
    if let Some(parameters) = doc["paths"][&path].get("parameters") {
        item["parameters"] = parameters.clone();
    }
    item[&method] = operation;
    set(doc.get_mut("paths")?, &format!("/moved{path}"), item)
}

fn change_method(doc: &mut Value, at: usize) -> Option<()> {
    let (path, method) = path_and_method(doc, at)?;
    let other = match method.as_str() {
        "put" => "patch",
        "patch" => "put",
        "post" => "put",
        _ => return None,
    };
    let item = doc["paths"][&path].as_object_mut().filter(|item| !item.contains_key(other))?;
    let operation = item.remove(&method)?;
    item.insert(other.to_owned(), operation);
    Some(())
}

fn add_scheme(doc: &mut Value, _: usize) -> Option<()> {
    let components = doc.as_object_mut()?.entry("components").or_insert_with(|| json!({}));
    let schemes = components.as_object_mut()?.entry("securitySchemes").or_insert_with(|| json!({}));
    set(schemes, "brandNewKey", json!({ "type": "apiKey", "in": "header", "name": "X-New-Key" }))?;
    let security = doc.as_object_mut()?.entry("security").or_insert_with(|| json!([]));
    security.as_array_mut()?.push(json!({ "brandNewKey": [] }));
    Some(())
}

fn remove_scheme(doc: &mut Value, at: usize) -> Option<()> {
    let schemes = doc.pointer_mut("/components/securitySchemes")?.as_object_mut()?;
    let name = schemes.keys().nth(at)?.clone();
    schemes.remove(&name);
    fn remove(value: &mut Value, name: &str) {
        match value {
            Value::Object(map) => {
                if let Some(Value::Array(security)) = map.get_mut("security") {
                    security.retain(|requirement| requirement.get(name).is_none());
                }
                map.values_mut().for_each(|value| remove(value, name));
            }
            Value::Array(values) => values.iter_mut().for_each(|value| remove(value, name)),
            _ => {}
        }
    }
    remove(doc, &name);
    Some(())
}

fn is_parameter(value: &Value) -> bool {
    ["query", "header", "cookie"].iter().any(|location| value["in"] == *location) && value["name"].is_string()
}

fn parameter(doc: &mut Value, at: usize) -> Option<&mut Value> {
    nth(doc, at, |_, value| is_parameter(value) && value.get("schema").is_some())
}

fn optional_parameter(doc: &mut Value, at: usize) -> Option<&mut Value> {
    nth(doc, at, |_, value| is_parameter(value) && value["required"] != true)
}

fn required_parameter(doc: &mut Value, at: usize) -> Option<&mut Value> {
    nth(doc, at, |_, value| is_parameter(value) && value["required"] == true)
}

fn string_parameter(doc: &mut Value, at: usize) -> Option<&mut Value> {
    let is_string = |value: &Value| is_parameter(value) && is_plain_string(&value["schema"]);
    nth(doc, at, |_, value| is_string(value))?.get_mut("schema")
}

fn push_parameter(doc: &mut Value, at: usize, required: bool) -> Option<()> {
    let parameter = json!({ "name": "brandNew", "in": "query", "required": required, "schema": { "type": "string" } });
    let operation = operation(doc, at)?.as_object_mut()?;
    operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut()?.push(parameter);
    Some(())
}

fn remove_parameter(doc: &mut Value, at: usize) -> Option<()> {
    let has_parameter = |key: &str, value: &Value| {
        key == "parameters" && value.as_array().is_some_and(|parameters| parameters.iter().any(is_parameter))
    };
    let parameters = nth(doc, at, has_parameter)?.as_array_mut()?;
    let index = parameters.iter().position(is_parameter)?;
    parameters.remove(index);
    Some(())
}

fn add_body(doc: &mut Value, at: usize) -> Option<()> {
    let without_body = |key: &str, value: &Value| {
        ["post", "put", "patch"].contains(&key)
            && value.get("responses").is_some()
            && value.get("requestBody").is_none()
    };
    let schema = json!({ "type": "object", "properties": { "note": { "type": "string" } } });
    let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    set(nth(doc, at, without_body)?, "requestBody", body)
}

fn flip_required(body: &mut Value) -> Option<()> {
    let is_required = body["required"] == true;
    set(body, "required", json!(!is_required))
}

fn rename_media_type(owner: &mut Value) -> Option<()> {
    rename_media_type_in(owner.as_object_mut()?)
}

fn rename_media_type_in(owner: &mut Map<String, Value>) -> Option<()> {
    let content = owner.get_mut("content")?.as_object_mut()?;
    let value = content.remove("application/json")?;
    content.insert("application/vnd.new+json".to_owned(), value);
    Some(())
}

fn replace_media_type(owner: &mut Map<String, Value>, name: &str) -> Option<()> {
    let content = owner.get_mut("content")?.as_object_mut()?;
    let value = content.remove("application/json")?;
    content.insert(name.to_owned(), value);
    Some(())
}

/// Renames a path parameter in the path and in its declarations.
fn rename_path_parameter(doc: &mut Value, at: usize) -> Option<()> {
    let is_path_parameter = |_: &str, value: &Value| value["in"] == "path" && value["name"].is_string();
    let name = nth(doc, at, is_path_parameter)?["name"].as_str()?.to_owned();
    let (old, new) = (format!("{{{name}}}"), format!("{{{name}_2}}"));
    let paths = std::mem::take(doc.get_mut("paths")?.as_object_mut()?);
    let paths: Map<String, Value> = paths.into_iter().map(|(path, item)| (path.replace(&old, &new), item)).collect();
    doc["paths"] = Value::Object(paths);
    fn rename(value: &mut Value, name: &str) {
        if value["in"] == "path" && value["name"] == name {
            value["name"] = json!(format!("{name}_2"));
        }
        match value {
            Value::Object(map) => map.values_mut().for_each(|value| rename(value, name)),
            Value::Array(values) => values.iter_mut().for_each(|value| rename(value, name)),
            _ => {}
        }
    }
    rename(doc, &name);
    Some(())
}

fn add_media_type(owner: &mut Value) -> Option<()> {
    add_media_type_in(owner.as_object_mut()?)
}

fn add_media_type_in(owner: &mut Map<String, Value>) -> Option<()> {
    set(owner.get_mut("content")?, "text/plain", json!({ "schema": { "type": "string" } }))
}

fn response(doc: &mut Value, at: usize) -> Option<&mut Map<String, Value>> {
    nth(doc, at, |key, value| key.starts_with('2') && value.get("content").is_some())?.as_object_mut()
}

fn response_schema(doc: &mut Value, at: usize) -> Option<&mut Value> {
    response(doc, at)?.get_mut("content")?.get_mut("application/json")?.get_mut("schema")
}
