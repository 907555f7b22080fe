//! Converts and validates the values of a request, and writes them to a record.

use bindery::ir::{BodyKind, Constraint, Field, Media, Operation, Param, ParamLocation, Record, Shape, TypeRef};
use bindery::normalize::name_key;
use serde_json::{Map, Value, json};

use crate::big;
use crate::generate::fits;
use crate::http::{Request, is_utf8};
use crate::json_path::text_of;
use crate::model::{Model, is_checked};
use crate::multipart::Part;
use crate::validate::{check, check_constraints};

const NOT_UTF8: &str = "the body must be UTF-8";

/// The values of a request that its operation declares, by the name on the wire.
pub(crate) type Given<'a> = Vec<(&'a Param, Value)>;

/// Reads the values of a request and collects problems as sentences.
///
/// # Errors
///
/// All that is wrong, each behind the name of what it is about.
pub(crate) fn read<'a>(
    model: &'a Model,
    operation: &'a Operation,
    request: &Request,
    path: &[(String, String)],
) -> Result<Given<'a>, Vec<String>> {
    // Without a media type there is no body.
    let has_parts = operation.body == Some(BodyKind::Multipart) && request.header("content-type").is_some();
    let parts = if has_parts { request.parts().map_err(|problem| vec![problem])? } else { Vec::new() };
    let is_text = |part: &Part<'_>| part.file_name.is_some() || std::str::from_utf8(part.content).is_ok();
    let form = match operation.body {
        Some(BodyKind::Form) if !is_utf8(&request.body) => return Err(vec![NOT_UTF8.to_owned()]),
        Some(BodyKind::Multipart) if !parts.iter().all(is_text) => return Err(vec![NOT_UTF8.to_owned()]),
        Some(BodyKind::Form) => request.form(),
        Some(BodyKind::Multipart) => {
            parts.iter().map(|part| (part.name.clone(), String::from_utf8_lossy(part.content).into_owned())).collect()
        }
        Some(BodyKind::Value) | None => Vec::new(),
    };
    let cookies = request.cookies();
    let mut given = Vec::new();
    let mut problems = Vec::new();
    for param in &operation.params {
        if !is_checked(param) {
            continue;
        }
        let texts: Vec<&str> = match param.location {
            ParamLocation::Path => all(path, &param.wire),
            ParamLocation::Query => all(&request.query, &param.wire),
            ParamLocation::Form | ParamLocation::File => all(&form, &param.wire),
            ParamLocation::Cookie => all(&cookies, &param.wire),
            ParamLocation::Body(media) => {
                if media == Media::Binary && !request.body.is_empty() {
                    given.push((param, file(None, request.header("content-type"), request.body.len())));
                    continue;
                }
                // An empty string is a value of a text.
                if media != Media::Json && request.body.is_empty() && request.header("content-type").is_some() {
                    continue;
                }
                match body(model, param, media, &request.body) {
                    Ok(value) => given.extend(value.map(|value| (param, value))),
                    Err(found) => problems.extend(found),
                }
                continue;
            }
            ParamLocation::Header => request.header(&param.wire).into_iter().collect(),
        };
        if texts.is_empty() {
            if param.required {
                problems.push(format!("{} is required", param.wire));
            }
            continue;
        }
        if texts.iter().any(|text| big::is_reserved(text)) {
            problems.push(format!("{} must not begin with a control character", param.wire));
            continue;
        }
        if texts.len() > 1 && !takes_several(model, &param.ty) {
            problems.push(format!("{} is given more than once", param.wire));
            continue;
        }
        if param.location == ParamLocation::File {
            let files = parts.iter().filter(|part| part.name == param.wire);
            let file =
                |part: &Part<'_>| file(part.file_name.as_deref(), part.media_type.as_deref(), part.content.len());
            given.extend(files.map(file).next().map(|file| (param, file)));
            continue;
        }
        // A value that may be null is sent as an empty string to clear it; some clients write `null`, which only strings can be.
        let is_null = |text: &str| {
            let value = value(model, &param.ty, &[text]);
            text.is_empty() || text == "null" && !self::problems(model, param, "", &value).is_empty()
        };
        if param.nullable && param.location == ParamLocation::Form && matches!(texts[..], [text] if is_null(text)) {
            let empty = matches!(model.api.resolved(&param.ty), TypeRef::Array(_)).then(|| json!([]));
            let empty = empty.filter(|empty| self::problems(model, param, "", empty).is_empty());
            given.push((param, empty.unwrap_or_default()));
            continue;
        }
        let value = value(model, &param.ty, &texts);
        problems.extend(self::problems(model, param, &param.wire, &value));
        given.push((param, value));
    }
    let declared = |name: &str| operation.params.iter().any(|param| in_form(param) && param.wire == name);
    let free = operation.params.iter().any(|param| in_form(param) && !is_checked(param));
    for (name, _) in form.iter().filter(|(name, _)| !free && !declared(name)) {
        let shown: String = name.chars().take(80).collect();
        problems.push(format!("{shown} is not a parameter of {}", operation.id));
    }
    if problems.is_empty() { Ok(given) } else { Err(problems) }
}

fn in_form(param: &Param) -> bool {
    matches!(param.location, ParamLocation::Form | ParamLocation::File)
}

/// The value of a body that is one as a whole; none if there is no body. What is no JSON is not looked into.
fn body(model: &Model, param: &Param, media: Media, bytes: &[u8]) -> Result<Option<Value>, Vec<String>> {
    if bytes.is_empty() {
        let missing = || vec!["the body is required".to_owned()];
        return if param.required { Err(missing()) } else { Ok(None) };
    }
    if media != Media::Json {
        return Ok(None);
    }
    let value: Value = big::parse(bytes).map_err(|error| vec![format!("the body is no JSON: {error}")])?;
    let problems = problems(model, param, "body", &value);
    if problems.is_empty() { Ok(Some(value)) } else { Err(problems) }
}

/// What is wrong with the value of a parameter, behind the name.
pub(crate) fn problems(model: &Model, param: &Param, name: &str, value: &Value) -> Vec<String> {
    if param.nullable && value.is_null() {
        return Vec::new();
    }
    let mut found = check(&model.api, &param.ty, value);
    check_constraints(&param.constraints, model.record(&param.ty), value, &mut found);
    found.iter().map(|problem| format!("{name}{} {}", problem.path, problem.message).trim_start().to_owned()).collect()
}

fn all<'t>(pairs: &'t [(String, String)], name: &str) -> Vec<&'t str> {
    pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
}

/// Whether a text stands for a value of a type under constraints.
pub(crate) fn is_of(model: &Model, ty: &TypeRef, constraints: &[Constraint], text: &str) -> bool {
    let value = from_text(model, ty, text);
    let mut problems = check(&model.api, ty, &value);
    check_constraints(constraints, model.record(ty), &value, &mut problems);
    problems.is_empty()
}

/// A value of a type from its texts. What is no text of the type stays a text, which the check then refuses.
pub(crate) fn value(model: &Model, ty: &TypeRef, texts: &[&str]) -> Value {
    match model.api.resolved(ty) {
        TypeRef::Array(item) => texts.iter().map(|text| from_text(model, item, text)).collect(),
        TypeRef::Json if texts.len() > 1 => texts.iter().map(|text| from_text(model, ty, text)).collect(),
        TypeRef::Nullable(inner) => value(model, inner, texts),
        ty => from_text(model, ty, texts.first().copied().unwrap_or_default()),
    }
}

/// Returns whether a request may give a value of a type in several texts.
fn takes_several(model: &Model, ty: &TypeRef) -> bool {
    match model.api.resolved(ty) {
        TypeRef::Array(_) | TypeRef::Tuple(_) | TypeRef::Json => true,
        TypeRef::Nullable(inner) => takes_several(model, inner),
        _ => false,
    }
}

/// A value of a type from its text. Text that is not one of the type stays a string.
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
                values.find(|value| text_of(value) == text).cloned()
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

/// Lays what the caller gave onto a record: `FriendlyName` onto `friendly_name`, `Timers.Inactive` onto `inactive` in
/// `timers`, the properties of a JSON body onto those of their names. What the record has no place for, or none that fits,
/// leaves no trace.
pub(crate) fn lay(model: &Model, record: &Record, given: &Given<'_>, onto: &mut Map<String, Value>) {
    for (param, value) in given {
        if matches!(param.location, ParamLocation::File | ParamLocation::Body(Media::Binary)) {
            put_file(model, record, value, onto);
        } else if matches!(param.location, ParamLocation::Form | ParamLocation::Path) {
            put(model, record, &param.wire, value, onto);
        } else if let (ParamLocation::Body(_), Some(members)) = (param.location, value.as_object()) {
            members.iter().for_each(|(name, value)| put(model, record, name, value, onto));
        }
    }
}

/// What a record may keep of a file.
fn file(name: Option<&str>, media_type: Option<&str>, size: usize) -> Value {
    json!({ "name": name, "type": media_type, "size": size })
}

/// Puts what is known of a file into the properties that are called like it.
fn put_file(model: &Model, record: &Record, file: &Value, onto: &mut Map<String, Value>) {
    for field in &record.fields {
        let fact = match name_key(&field.wire).as_str() {
            "filename" | "originalfilename" | "originalname" => "name",
            "size" | "filesize" | "bytes" | "length" | "contentlength" => "size",
            "contenttype" | "mimetype" | "mediatype" => "type",
            _ => continue,
        };
        if let Some(value) = file.get(fact).filter(|value| !value.is_null() && fits(model, field, value)) {
            onto.insert(field.wire.clone(), value.clone());
        }
    }
}

pub(crate) fn put(model: &Model, record: &Record, name: &str, value: &Value, onto: &mut Map<String, Value>) {
    // A list is often given one by one: `Permission`, and is then called `permissions`.
    let called = |field: &Field, name: &str| {
        let (known, name) = (name_key(&field.wire), name_key(name));
        known == name || value.is_array() && known == format!("{name}s")
    };
    if let Some(field) = record.fields.iter().find(|field| called(field, name)) {
        if value.is_null() && !field.nullable {
            // A list that is cleared is empty; what cannot be null is left out, if it may be.
            let empty = json!([]);
            if fits(model, field, &empty) {
                onto.insert(field.wire.clone(), empty);
            } else if !field.required {
                onto.shift_remove(&field.wire);
            }
        } else if let Some(value) = fitting(value).into_iter().find(|value| fits(model, field, value)) {
            onto.insert(field.wire.clone(), value);
        }
        return;
    }
    let Some((first, rest)) = name.split_once('.') else { return };
    let Some(field) = record.fields.iter().find(|field| name_key(&field.wire) == name_key(first)) else { return };
    if let Some(inner) = model.record(&field.ty) {
        let mut object = onto.get(&field.wire).and_then(Value::as_object).cloned().unwrap_or_default();
        put(model, inner, rest, value, &mut object);
        let object = Value::Object(object);
        if fits(model, field, &object) {
            onto.insert(field.wire.clone(), object);
        }
    } else if matches!(field.ty, TypeRef::Map(_) | TypeRef::Json) {
        let mut object = onto.get(&field.wire).and_then(Value::as_object).cloned().unwrap_or_default();
        object.insert(rest.to_owned(), value.clone());
        onto.insert(field.wire.clone(), Value::Object(object));
    }
}

/// The value, and what it may become where a property is of another type than the parameter.
fn fitting(value: &Value) -> Vec<Value> {
    let mut values = vec![value.clone()];
    match value {
        Value::String(text) => values.extend(serde_json::from_str::<Value>(text)),
        Value::Null => {}
        other => values.push(Value::String(other.to_string())),
    }
    values
}
