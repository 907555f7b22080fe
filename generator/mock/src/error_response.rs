//! Error responses in the form that the API uses.

use bindery::ir;
use bindery::ir::{Constraint, Content, Field, OperationId, TypeRef};
use bindery::normalize::name_key;
use serde_json::{Map, Value, json};

use crate::content::documented_response;
use crate::error::Failure;
use crate::http::Response;
use crate::model::Model;
use crate::{content, generate};

/// Returns the response to a failed request. The body has the type that the operation documents for the status. If the
/// operation is unknown, the body has the type that the first operation with this status documents.
pub(crate) fn failure_response(model: &Model, operation: Option<OperationId>, failure: &Failure) -> Response {
    let declared = match operation {
        Some(id) => documented_response(&model.api.operations[id], failure.status),
        None => {
            let mut operations =
                model.api.operations.iter().filter_map(|(_, operation)| documented_response(operation, failure.status));
            operations.find(|response| response.body.is_some())
        }
    };
    let content = declared.map_or(Content::Json, |declared| declared.content);
    let body = match declared {
        Some(declared) if content == Content::Json => {
            declared.body.as_ref().map(|ty| body_of_type(model, ty, declared, failure))
        }
        Some(declared) => declared.body.as_ref().map(|_| json!(failure.message)),
        None => Some(body_from_config(model, failure)),
    };
    let mut headers = failure.headers.clone();
    let media_type = declared.and_then(|declared| declared.media_types.first()).filter(|_| body.is_some());
    headers.extend(media_type.map(|media_type| content::content_type_header(media_type, content)));
    Response { status: failure.status, headers, body, content, reason: Some(failure.message.clone()) }
}

/// Generates a body of a documented type. The names of the properties determine their values. For example, the property
/// `message` contains the message of the failure.
fn body_of_type(model: &Model, ty: &TypeRef, declared: &ir::Response, failure: &Failure) -> Value {
    let now = generate::time(0);
    let Some(record) = model.record(ty) else { return generate::value(model, ty, &declared.constraints, &now) };
    let example = declared.example.as_ref();
    let mut body = generate::record(model, record, None, &now);
    let (code, example_code) = code(example, failure.status);
    for field in &record.fields {
        let example_value = example.and_then(|example| example.get(&field.wire));
        let candidates = match name_key(&field.wire).as_str() {
            "message" | "detail" | "title" | "error" | "description" => {
                vec![json!(failure.message), json!(shortened(&failure.message, field))]
            }
            "status" | "statuscode" | "httpstatus" | "httpstatuscode" => {
                vec![json!(failure.status), json!(failure.status.to_string())]
            }
            "code" | "errorcode" => vec![json!(code), json!(code.to_string())],
            "moreinfo" | "type" => {
                let link =
                    example_value.and_then(Value::as_str).map(|url| url.replace(&example_code, &code.to_string()));
                vec![json!(link.unwrap_or_else(|| format!("https://example.com/errors/{code}")))]
            }
            _ if !field.required => {
                body.shift_remove(&field.wire);
                continue;
            }
            _ => continue,
        };
        if let Some(value) = candidates.into_iter().find(|value| generate::fits(model, field, value)) {
            body.insert(field.wire.clone(), value);
        }
    }
    Value::Object(body)
}

/// Shortens a message to the maximum length of its property.
fn shortened(message: &str, field: &Field) -> String {
    let max_length = field.constraints.iter().find_map(|constraint| match constraint {
        Constraint::MaxLength(max_length) => Some(*max_length),
        _ => None,
    });
    message.chars().take(max_length.unwrap_or(usize::MAX)).collect()
}

/// Derives the error code of the API for a status from an example of an error body. If the example has the code 20404
/// for the status 404, the code for the status 400 is 20400. Also returns the code of the example.
fn code(example: Option<&Value>, status: u16) -> (u64, String) {
    let number = |key: &str| example.and_then(|example| example.get(key)).and_then(Value::as_u64);
    let (Some(code), Some(example_status)) = (number("code"), number("status")) else {
        return (status.into(), String::new());
    };
    match code.to_string().strip_suffix(&example_status.to_string()) {
        Some(prefix) => (format!("{prefix}{status:03}").parse().unwrap_or(status.into()), code.to_string()),
        None => (status.into(), code.to_string()),
    }
}

/// Generates a body for an undocumented response. It has the properties that `[errors]` in codegen.toml names.
fn body_from_config(model: &Model, failure: &Failure) -> Value {
    let errors = &model.config.errors;
    let mut body = Value::Object(Map::new());
    for (pointers, value) in [(&errors.code, json!(failure.status)), (&errors.message, json!(failure.message))] {
        let keys: Vec<&str> = pointers.first().map(|pointer| pointer.split('/').skip(1).collect()).unwrap_or_default();
        let Some((last, parents)) = keys.split_last() else { continue };
        let mut parent = &mut body;
        for key in parents {
            let Value::Object(entries) = parent else { return body };
            parent = entries.entry(*key).or_insert_with(|| json!({}));
        }
        if let Value::Object(entries) = parent {
            entries.insert((*last).to_owned(), value);
        }
    }
    if body.as_object().is_some_and(Map::is_empty) {
        body = json!({ "message": failure.message });
    }
    body
}
