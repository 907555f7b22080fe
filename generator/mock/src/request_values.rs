//! Converts and validates the values of a request, and writes them to a record.

use bindery::ir::{BodyKind, Constraint, Field, Media, Operation, Param, ParamLocation, Record, Shape, TypeRef};
use bindery::normalize::name_key;
use serde_json::{Map, Value, json};

use crate::big;
use crate::generate::fits;
use crate::http::{Request, is_utf8};
use crate::json_path::value_to_string;
use crate::model::{Model, is_validated};
use crate::multipart::Part;
use crate::validate::{check, check_constraints, check_json};

const NOT_UTF8: &str = "the body must be UTF-8";

/// The values of a request, each with its declared parameter.
pub(crate) type RequestValues<'a> = Vec<(&'a Param, Value)>;

/// Reads and validates the values of a request.
///
/// # Errors
///
/// Returns all problems. Each problem begins with the name of its parameter.
pub(crate) fn read<'a>(
    model: &'a Model,
    operation: &'a Operation,
    request: &Request,
    path: &[(String, String)],
) -> Result<RequestValues<'a>, Vec<String>> {
    // Without a `Content-Type`, the request has no body, so it has no parts.
    let has_parts = operation.body == Some(BodyKind::Multipart) && request.header("content-type").is_some();
    let parts = if has_parts { request.parts().map_err(|problem| vec![problem])? } else { Vec::new() };
    let form = form_fields(operation, request, &parts)?;
    let (cookies, raw_cookies) = (request.cookies(), request.raw_cookies());
    let mut values = Vec::new();
    let mut problems = Vec::new();
    for param in operation.params.iter().filter(|param| is_validated(param)) {
        let texts: Vec<&str> = match param.location {
            ParamLocation::Path => texts_of(path, &param.wire),
            ParamLocation::Query => texts_of(&request.query, &param.wire),
            ParamLocation::Form | ParamLocation::File => texts_of(&form, &param.wire),
            ParamLocation::Cookie if param.allow_reserved => texts_of(&raw_cookies, &param.wire),
            ParamLocation::Cookie => texts_of(&cookies, &param.wire),
            ParamLocation::Header => request.header(&param.wire).into_iter().collect(),
            ParamLocation::Body(media) => {
                match body(model, param, media, request) {
                    Ok(value) => values.extend(value.map(|value| (param, value))),
                    Err(body_problems) => problems.extend(body_problems),
                }
                continue;
            }
        };
        match param_value(model, param, &texts, &parts) {
            Ok(value) => values.extend(value.map(|value| (param, value))),
            Err(param_problems) => problems.extend(param_problems),
        }
    }
    problems.extend(undocumented_fields(operation, &form));
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// Returns the names and values of the fields of a form or multipart body.
fn form_fields(
    operation: &Operation,
    request: &Request,
    parts: &[Part<'_>],
) -> Result<Vec<(String, String)>, Vec<String>> {
    let is_file_or_utf8 = |part: &Part<'_>| part.file_name.is_some() || std::str::from_utf8(part.content).is_ok();
    Ok(match operation.body {
        Some(BodyKind::Form) if !is_utf8(&request.body) => return Err(vec![NOT_UTF8.to_owned()]),
        Some(BodyKind::Multipart) if !parts.iter().all(is_file_or_utf8) => return Err(vec![NOT_UTF8.to_owned()]),
        Some(BodyKind::Form) => request.form(),
        Some(BodyKind::Multipart) => {
            parts.iter().map(|part| (part.name.clone(), String::from_utf8_lossy(part.content).into_owned())).collect()
        }
        Some(BodyKind::Value) | None => Vec::new(),
    })
}

/// Converts and validates the value of a parameter or form field. Returns `None` if the request does not set it.
fn param_value(model: &Model, param: &Param, texts: &[&str], parts: &[Part<'_>]) -> Result<Option<Value>, Vec<String>> {
    let problem = |problem: &str| Err(vec![format!("{} {problem}", param.wire)]);
    if texts.is_empty() {
        return if param.required { problem("is required") } else { Ok(None) };
    }
    if texts.iter().any(|text| big::is_reserved(text)) {
        return problem("must not begin with a control character");
    }
    if texts.len() > 1 && !accepts_several(model, &param.ty) {
        return problem("is given more than once");
    }
    if param.location == ParamLocation::File {
        let part = parts.iter().find(|part| part.name == param.wire);
        let file = |part: &Part<'_>| {
            file_properties(part.file_name.as_deref(), part.media_type.as_deref(), part.content.len())
        };
        return Ok(part.map(file));
    }
    // An empty string clears a nullable field. The string `null` also clears it if `null` is not a valid value of its
    // type.
    let is_null = |text: &str| {
        let value = value(model, &param.ty, &[text]);
        text.is_empty() || text == "null" && !problems(model, param, "", &value).is_empty()
    };
    if param.nullable && param.location == ParamLocation::Form && matches!(texts[..], [text] if is_null(text)) {
        let empty_list = matches!(model.api.resolved(&param.ty), TypeRef::Array(_)).then(|| json!([]));
        let empty_list = empty_list.filter(|empty_list| problems(model, param, "", empty_list).is_empty());
        return Ok(Some(empty_list.unwrap_or_default()));
    }
    let value = value(model, &param.ty, texts);
    let problems = problems(model, param, &param.wire, &value);
    if problems.is_empty() { Ok(Some(value)) } else { Err(problems) }
}

/// Returns a problem for each field of a form that the operation does not declare.
fn undocumented_fields(operation: &Operation, form: &[(String, String)]) -> Vec<String> {
    let is_declared = |name: &str| operation.params.iter().any(|param| is_in_form(param) && param.wire == name);
    // With a style such as `deepObject`, a form has other names than the parameter, so every name is accepted.
    let accepts_any = operation.params.iter().any(|param| is_in_form(param) && !is_validated(param));
    let undeclared = form.iter().filter(|(name, _)| !accepts_any && !is_declared(name));
    let problem = |(name, _): &(String, String)| {
        let shortened: String = name.chars().take(80).collect();
        format!("{shortened} is not a parameter of {}", operation.id)
    };
    undeclared.map(problem).collect()
}

fn is_in_form(param: &Param) -> bool {
    matches!(param.location, ParamLocation::Form | ParamLocation::File)
}

/// Reads a body that is not a form. For bytes, returns the properties of the file. Returns `None` if there is no body,
/// or if the body is a string. A string is not validated.
fn body(model: &Model, param: &Param, media: Media, request: &Request) -> Result<Option<Value>, Vec<String>> {
    let content_type = request.header("content-type");
    if request.body.is_empty() {
        // Unless the body is JSON, an empty body with a `Content-Type` is an empty string.
        let is_empty_string = media != Media::Json && content_type.is_some();
        let is_missing = param.required && !is_empty_string;
        return if is_missing { Err(vec!["the body is required".to_owned()]) } else { Ok(None) };
    }
    match media {
        Media::Json => {}
        Media::Lines => return lines(model, param, &request.body).map(Some),
        Media::Binary => return Ok(Some(file_properties(None, content_type, request.body.len()))),
        _ => return Ok(None),
    }
    let value: Value = big::parse(&request.body).map_err(|error| vec![format!("the body is not JSON: {error}")])?;
    let problems = problems(model, param, "body", &value);
    if problems.is_empty() { Ok(Some(value)) } else { Err(problems) }
}

/// Reads a body of lines of JSON, or a JSON text sequence, as an array.
fn lines(model: &Model, param: &Param, body: &[u8]) -> Result<Value, Vec<String>> {
    let (mut values, mut all_problems) = (Vec::new(), Vec::new());
    let lines = body.split(|byte| matches!(byte, b'\n' | 0x1e)).map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    for (index, line) in lines.enumerate() {
        match big::parse(line) {
            Ok(value) => {
                all_problems.extend(problems(model, param, &format!("body[{index}]"), &value));
                values.push(value);
            }
            Err(error) => all_problems.push(format!("line {} of the body is not JSON: {error}", index + 1)),
        }
    }
    if all_problems.is_empty() { Ok(Value::Array(values)) } else { Err(all_problems) }
}

/// Returns the problems of the value of a parameter. Each problem begins with `name`.
pub(crate) fn problems(model: &Model, param: &Param, name: &str, value: &Value) -> Vec<String> {
    if param.nullable && value.is_null() {
        return Vec::new();
    }
    let mut violations = check(&model.api, &param.ty, value);
    check_constraints(&param.constraints, model.record(&param.ty), value, &mut violations);
    if let Some(content) = param.content.as_ref().filter(|_| param.holds_json) {
        check_json(&model.api, content, value, &mut violations);
    }
    violations
        .iter()
        .map(|problem| format!("{name}{} {}", problem.path, problem.message).trim_start().to_owned())
        .collect()
}

/// Returns the values of all pairs whose first element is `name`.
fn texts_of<'t>(pairs: &'t [(String, String)], name: &str) -> Vec<&'t str> {
    pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
}

/// Returns whether a string represents a valid value of a type with constraints.
pub(crate) fn is_valid_text(model: &Model, ty: &TypeRef, constraints: &[Constraint], text: &str) -> bool {
    let value = from_text(model, ty, text);
    let mut problems = check(&model.api, ty, &value);
    check_constraints(constraints, model.record(ty), &value, &mut problems);
    problems.is_empty()
}

/// Converts the strings of a parameter to a value of its type. An invalid string stays unchanged, and is rejected by
/// the validation.
pub(crate) fn value(model: &Model, ty: &TypeRef, texts: &[&str]) -> Value {
    match model.api.resolved(ty) {
        TypeRef::Array(item) => texts.iter().map(|text| from_text(model, item, text)).collect(),
        TypeRef::Json if texts.len() > 1 => texts.iter().map(|text| from_text(model, ty, text)).collect(),
        TypeRef::Nullable(inner) => value(model, inner, texts),
        ty => from_text(model, ty, texts.first().copied().unwrap_or_default()),
    }
}

/// Returns whether a request may repeat a parameter of a type.
fn accepts_several(model: &Model, ty: &TypeRef) -> bool {
    match model.api.resolved(ty) {
        TypeRef::Array(_) | TypeRef::Tuple(_) | TypeRef::Json => true,
        TypeRef::Nullable(inner) => accepts_several(model, inner),
        _ => false,
    }
}

/// Converts a string to a value of a type. An invalid string stays a string.
pub(crate) fn from_text(model: &Model, ty: &TypeRef, text: &str) -> Value {
    let parsed = match ty {
        TypeRef::Bool => text.parse::<bool>().ok().map(Value::from),
        TypeRef::Unsigned(_) => text.parse::<u64>().ok().map(Value::from),
        TypeRef::Int(128) | TypeRef::BigNumber => {
            big::value(text).or_else(|| text.parse::<serde_json::Number>().ok().map(Value::from))
        }
        TypeRef::Int(_) => text.parse::<i64>().ok().map(Value::from),
        TypeRef::Float(_) => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from),
        TypeRef::Map(_) | TypeRef::Json => big::parse(text.as_bytes()).ok(),
        TypeRef::Named(id) => match &model.api.types[*id].shape {
            Shape::Alias(inner) => return from_text(model, inner, text),
            Shape::Record(_) | Shape::Wrapper(_) => big::parse(text.as_bytes()).ok(),
            Shape::ValueEnum(values) => {
                let mut values = values.values.iter().map(|literal| &literal.value);
                values.find(|value| value_to_string(value) == text).cloned()
            }
            Shape::Union(union) => {
                let mut values = union.variants.iter().map(|variant| from_text(model, &variant.ty, text));
                values.find(|value| check(&model.api, ty, value).is_empty())
            }
            Shape::StringEnum(_) | Shape::Newtype(_) => None,
        },
        TypeRef::Nullable(inner) => return from_text(model, inner, text),
        TypeRef::Tuple(_) => big::parse(text.as_bytes()).ok(),
        _ => None,
    };
    parsed.unwrap_or_else(|| json!(text))
}

/// Writes the values of a request to the properties of a record. `FriendlyName` is written to `friendly_name`,
/// `Timers.Inactive` to `inactive` in `timers`, and the properties of a JSON body to the properties with the same
/// names. Values without a matching property are ignored.
pub(crate) fn write_values(
    model: &Model,
    record: &Record,
    values: &RequestValues<'_>,
    output: &mut Map<String, Value>,
) {
    for (param, value) in values {
        if matches!(param.location, ParamLocation::File | ParamLocation::Body(Media::Binary)) {
            write_file(model, record, value, output);
        } else if matches!(param.location, ParamLocation::Form | ParamLocation::Path) {
            write_property(model, record, &param.wire, value, output);
        } else if let (ParamLocation::Body(_), Some(properties)) = (param.location, value.as_object()) {
            properties.iter().for_each(|(name, value)| write_property(model, record, name, value, output));
        }
    }
}

/// Returns the properties of a file that a record may contain.
fn file_properties(name: Option<&str>, media_type: Option<&str>, size: usize) -> Value {
    json!({ "name": name, "type": media_type, "size": size })
}

/// Writes the name, the size and the media type of a file to properties such as `filename`, `size` and `content_type`.
fn write_file(model: &Model, record: &Record, file: &Value, output: &mut Map<String, Value>) {
    for field in &record.fields {
        let attribute = match name_key(&field.wire).as_str() {
            "filename" | "originalfilename" | "originalname" => "name",
            "size" | "filesize" | "bytes" | "length" | "contentlength" => "size",
            "contenttype" | "mimetype" | "mediatype" => "type",
            _ => continue,
        };
        if let Some(value) = file.get(attribute).filter(|value| !value.is_null() && fits(model, field, value)) {
            output.insert(field.wire.clone(), value.clone());
        }
    }
}

/// Writes a value to the property with a name. A name with dots is the path of a property in a nested object.
pub(crate) fn write_property(
    model: &Model,
    record: &Record,
    name: &str,
    value: &Value,
    output: &mut Map<String, Value>,
) {
    // The name of a parameter with several values is often singular: `Permission` for the property `permissions`.
    let has_name = |field: &Field, name: &str| {
        let (field_name, name) = (name_key(&field.wire), name_key(name));
        field_name == name || value.is_array() && field_name == format!("{name}s")
    };
    if let Some(field) = record.fields.iter().find(|field| has_name(field, name)) {
        if value.is_null() && !field.nullable {
            // The property cannot be `null`: an array becomes empty, and an optional property is removed.
            let empty = json!([]);
            if fits(model, field, &empty) {
                output.insert(field.wire.clone(), empty);
            } else if !field.required {
                output.shift_remove(&field.wire);
            }
        } else if let Some(value) = conversions(value).into_iter().find(|value| fits(model, field, value)) {
            output.insert(field.wire.clone(), value);
        }
        return;
    }
    let Some((first, rest)) = name.split_once('.') else { return };
    let Some(field) = record.fields.iter().find(|field| name_key(&field.wire) == name_key(first)) else { return };
    if let Some(inner) = model.record(&field.ty) {
        let mut object = output.get(&field.wire).and_then(Value::as_object).cloned().unwrap_or_default();
        write_property(model, inner, rest, value, &mut object);
        let object = Value::Object(object);
        if fits(model, field, &object) {
            output.insert(field.wire.clone(), object);
        }
    } else if matches!(field.ty, TypeRef::Map(_) | TypeRef::Json) {
        let mut object = output.get(&field.wire).and_then(Value::as_object).cloned().unwrap_or_default();
        object.insert(rest.to_owned(), value.clone());
        output.insert(field.wire.clone(), Value::Object(object));
    }
}

/// Returns a value and its conversions to other types. They are needed because the type of a property may differ from
/// the type of its parameter.
fn conversions(value: &Value) -> Vec<Value> {
    let mut values = vec![value.clone()];
    match value {
        Value::String(text) => values.extend(serde_json::from_str::<Value>(text)),
        Value::Null => {}
        value => values.push(Value::String(value.to_string())),
    }
    values
}
