//! The data of the web page as JSON: the API, the stored records and the requests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bindery::ir::{BodyKind, Operation, Param, ParamLocation, SchemeKind, SecurityScheme, Shape, Style, TypeRef};
use serde_json::{Value, json};

use crate::generate;
use crate::http::Recorded;
use crate::model::Model;
use crate::path::segment;
use crate::security::CREDENTIALS;
use crate::shared::{Inner, Shared};
use crate::store::{PageStart, Store};

/// The maximum number of collections or requests that are listed.
pub(super) const MAX_LISTED_ENTRIES: usize = 200;

/// The maximum number of records that are listed at once.
const MAX_LISTED_RECORDS: usize = 50;

/// The maximum number of characters of a body that are shown.
pub(super) const MAX_BODY_CHARS: usize = 16 << 10;

/// Returns the API: its operations, the credentials that each request needs, and its webhooks.
pub(super) fn api(model: &Model, webhooks: Value) -> Value {
    let operations = model.api.operations.iter().map(|(_, declared)| operation(model, declared));
    json!({
        "title": model.api.title,
        "version": model.api.version,
        // The paths of URLs in records may begin with one of these paths.
        "basePaths": model.base_paths,
        "operations": operations.collect::<Vec<_>>(),
        "webhooks": webhooks,
    })
}

fn operation(model: &Model, operation: &Operation) -> Value {
    let params = operation.params.iter().map(|param| parameter(model, param));
    json!({
        "id": operation.id,
        "method": operation.method.as_str(),
        "path": operation.template(),
        "summary": operation.docs.summary,
        "deprecated": operation.deprecated,
        "form": match operation.body {
            Some(BodyKind::Form) => "urlencoded",
            Some(BodyKind::Multipart) => "multipart",
            Some(BodyKind::Value) | None => "",
        },
        "credentials": credentials(model, operation),
        "params": params.collect::<Vec<_>>(),
    })
}

/// Returns the credentials that a request of an operation needs. Each has a location (`header`, `query` or `cookie`), a
/// name and a value.
fn credentials(model: &Model, operation: &Operation) -> Vec<Value> {
    let names = model.api.security_alternatives(operation).next().unwrap_or_default();
    let schemes = names.iter().filter_map(|name| model.api.security.iter().find(|scheme| scheme.name == **name));
    schemes.map(|scheme| credential(model, scheme)).collect()
}

fn credential(model: &Model, scheme: &SecurityScheme) -> Value {
    let accepted = model.credentials.as_ref();
    let (user, password) = accepted.map_or(CREDENTIALS, |(user, password)| (user.as_str(), password.as_str()));
    let (location, name, value) = match &scheme.kind {
        SchemeKind::Basic => {
            ("header", "Authorization", format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
        }
        SchemeKind::Bearer => ("header", "Authorization", format!("Bearer {password}")),
        SchemeKind::Header(name) => ("header", name.as_str(), password.to_owned()),
        SchemeKind::Query(name) => ("query", name.as_str(), password.to_owned()),
        SchemeKind::Cookie(name) => ("cookie", name.as_str(), password.to_owned()),
    };
    json!({ "location": location, "name": name, "value": value })
}

fn parameter(model: &Model, param: &Param) -> Value {
    let example = match param.location {
        ParamLocation::Body(bindery::ir::Media::Json) => {
            let value = generate::value(model, &param.ty, &param.constraints, &generate::time(0));
            param.example.clone().unwrap_or(value)
        }
        _ => param.example.clone().unwrap_or_default(),
    };
    json!({
        "name": param.wire,
        "location": param.location.as_str(),
        "required": param.required,
        "type": type_description(model, &param.ty),
        "list": is_list(model, &param.ty),
        // For a parameter with a style in this object, the user of the page enters the serialized parameter.
        "style": (param.location == ParamLocation::Query && !matches!(param.style, Style::Plain | Style::Repeated))
            .then(|| param.style.as_str()),
        "values": values(model, &param.ty),
        "default": param.default,
        "example": example,
        "summary": param.docs.summary,
    })
}

/// Returns a description of a type for a person who fills in a form.
fn type_description(model: &Model, ty: &TypeRef) -> &'static str {
    match model.api.resolved(ty) {
        TypeRef::Bool => "boolean",
        TypeRef::Int(_) | TypeRef::Unsigned(_) => "integer",
        TypeRef::Float(_) | TypeRef::BigNumber => "number",
        TypeRef::DateTime => "date and time",
        TypeRef::Date => "date",
        TypeRef::Uri => "URI",
        TypeRef::Uuid => "UUID",
        TypeRef::Duration => "duration",
        TypeRef::String | TypeRef::Custom(_) => "text",
        TypeRef::Bytes | TypeRef::UrlBytes => "bytes",
        TypeRef::Array(item) => match type_description(model, item) {
            "integer" => "list of integers",
            "number" => "list of numbers",
            _ => "list",
        },
        TypeRef::Tuple(_) => "list",
        TypeRef::Nullable(inner) => type_description(model, inner),
        TypeRef::Map(_) => "object",
        TypeRef::Json => "JSON",
        TypeRef::Named(id) => match &model.api.types[*id].shape {
            Shape::Record(_) => "object",
            Shape::Union(_) | Shape::Wrapper(_) => "JSON",
            Shape::Newtype(_) | Shape::StringEnum(_) | Shape::ValueEnum(_) => "text",
            // This alias is part of a cycle, because `resolved` follows all other aliases.
            Shape::Alias(_) => "JSON",
        },
    }
}

fn is_list(model: &Model, ty: &TypeRef) -> bool {
    match model.api.resolved(ty) {
        TypeRef::Array(_) | TypeRef::Tuple(_) => true,
        TypeRef::Nullable(inner) => is_list(model, inner),
        _ => false,
    }
}

/// Returns the allowed values of a string enum or a boolean, or of the items of an array.
fn values(model: &Model, ty: &TypeRef) -> Vec<Value> {
    match model.api.resolved(ty) {
        TypeRef::Bool => vec![json!(true), json!(false)],
        TypeRef::Array(item) | TypeRef::Nullable(item) => values(model, item),
        TypeRef::Named(id) => match &model.api.types[*id].shape {
            Shape::StringEnum(variants) => variants.iter().map(|variant| json!(variant.wire)).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Returns values that change when the data on the web page changes. The page polls these values.
pub(super) fn changes(shared: &Shared) -> Value {
    let inner = shared.lock();
    json!({
        "stored": inner.revision,
        "requests": inner.discarded_requests + inner.recorded.len() as u64,
        "webhooks": shared.outbox.revision(),
        "faults": inner.faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// Returns the collections that have records, with the number of records.
pub(super) fn collections(store: &Store) -> Value {
    let non_empty = || store.collections().filter(|(_, count)| *count > 0);
    let listed = non_empty().take(MAX_LISTED_ENTRIES).map(|(path, count)| json!({ "path": path, "count": count }));
    json!({ "collections": listed.collect::<Vec<_>>(), "more": non_empty().count().saturating_sub(MAX_LISTED_ENTRIES) })
}

/// Returns a page of the records of a collection.
pub(super) fn records(store: &Store, collection: &str, after: u64) -> Value {
    let slice = store.slice(collection, PageStart::After(after), MAX_LISTED_RECORDS);
    let last = slice.records.last().map(|(number, _, _)| *number).filter(|_| slice.has_later_records);
    let listed = slice.records.iter().map(|(_, key, record)| json!({ "key": key, "record": record }));
    json!({ "records": listed.collect::<Vec<_>>(), "count": store.len(collection), "next": last })
}

/// Returns a record with its child collections, or an empty object if the record does not exist.
pub(super) fn record(store: &Store, collection: &str, key: &str) -> Value {
    let Some(record) = store.get(collection, key) else { return json!({}) };
    let path = if key.is_empty() { collection.to_owned() } else { format!("{collection}/{}", segment(key)) };
    let children = store.child_collections(&path).into_iter().filter(|(_, count)| *count > 0);
    let children = children.map(|(path, count)| json!({ "path": path, "count": count }));
    json!({ "record": record, "children": children.collect::<Vec<_>>() })
}

/// Returns the last requests, from the newest to the oldest.
pub(super) fn requests(inner: &Inner) -> Value {
    let numbered = inner.recorded.iter().enumerate().rev().take(MAX_LISTED_ENTRIES);
    let listed = numbered.map(|(index, recorded)| {
        json!({
            "number": inner.discarded_requests + index as u64,
            "method": recorded.request.method,
            "path": recorded.request.path,
            "operation": recorded.operation,
            "status": recorded.status,
            "reason": recorded.reason,
        })
    });
    json!({ "requests": listed.collect::<Vec<_>>(), "more": inner.recorded.len().saturating_sub(MAX_LISTED_ENTRIES) })
}

/// Returns a request with its body and its response.
pub(super) fn request(model: &Model, inner: &Inner, number: u64) -> Option<Value> {
    let index = usize::try_from(number.checked_sub(inner.discarded_requests)?).ok()?;
    let recorded = inner.recorded.get(index)?;
    Some(json!({
        "number": number,
        "method": recorded.request.method,
        "path": recorded.request.path,
        "query": recorded.request.query.iter().map(|(name, value)| {
            let is_secret = model.api.security.iter().any(|scheme| scheme.kind == SchemeKind::Query(name.clone()));
            (name.clone(), masked(is_secret, value))
        }).collect::<Vec<_>>(),
        "headers": headers(model, recorded),
        "body": shortened(&String::from_utf8_lossy(&recorded.request.body)),
        "operation": recorded.operation,
        "status": recorded.status,
        "reason": recorded.reason,
        "response": recorded.response.as_deref().map(shortened),
    }))
}

/// Returns the headers of a request. Credentials are masked, because a client may have sent real credentials by
/// mistake.
fn headers(model: &Model, recorded: &Recorded) -> Vec<(String, String)> {
    let is_api_key = |name: &str| {
        let mut kinds = model.api.security.iter().map(|scheme| &scheme.kind);
        kinds.any(|kind| matches!(kind, SchemeKind::Header(key) if key.eq_ignore_ascii_case(name)))
    };
    let headers = recorded.request.headers.iter().map(|(name, value)| {
        let is_secret = ["authorization", "proxy-authorization", "cookie"].contains(&name.as_str()) || is_api_key(name);
        (name.clone(), masked(is_secret, value))
    });
    headers.collect()
}

fn masked(is_secret: bool, value: &str) -> String {
    match value.split_once(' ') {
        _ if !is_secret => value.to_owned(),
        Some((scheme @ ("Basic" | "Bearer"), _)) => format!("{scheme} •••"),
        _ => "•••".to_owned(),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_BODY_CHARS) {
        Some((end, _)) => format!("{}… ({} bytes in all)", text.get(..end).unwrap_or_default(), text.len()),
        None => text.to_owned(),
    }
}
