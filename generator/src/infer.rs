//! Infers missing configuration from the document: the crate name, the environment variables, the locations of values
//! in error bodies, and the name of the event in webhooks.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Config, OperationStreams, Spanned, Streams, Surface};
use crate::credentials;
use crate::file_names::is_device;
use crate::ir::{Api, Shape, TypeId, TypeRef, WebhookGroup};
use crate::source::Pointer;

/// Adds missing values to a configuration, and returns them in the format of codegen.toml.
pub fn infer(config: &mut Config, api: &Api) -> String {
    // Infer the name of the crate first, because the names of environment variables contain it.
    let sections = [
        ("crate", infer_package(config, api)),
        ("client", infer_client(config, api)),
        ("errors", infer_errors(config, api)),
        ("streams", infer_streams(config, api)),
        ("webhooks", infer_webhooks(config, api)),
    ];
    let sections = sections.into_iter().filter(|(_, lines)| !lines.is_empty());
    let mut toml: String = sections.map(|(name, lines)| format!("[{name}]\n{}\n", lines.concat())).collect();
    if !toml.is_empty() && config.surface == Surface::default() {
        toml.insert_str(0, "surface = \"tags\"\n\n");
    }
    toml
}

/// Adds the name and version of the crate, and returns their lines.
fn infer_package(config: &mut Config, api: &Api) -> Vec<String> {
    let mut lines = Vec::new();
    if config.package.name.is_empty() {
        config.package.name = crate_name(&api.title);
        lines.push(line("name", config.package.name.as_str()));
    }
    if config.package.version.is_empty() {
        config.package.version = crate_version(&api.version);
        lines.push(line("version", config.package.version.as_str()));
    }
    lines
}

/// Adds the names of environment variables, and returns their lines.
fn infer_client(config: &mut Config, api: &Api) -> Vec<String> {
    let mut lines = Vec::new();
    if config.client.base_url_variable.is_none() {
        let name = credentials::variable_name(&config.package.name, "BASE_URL");
        lines.push(line("base_url_variable", name.as_str()));
        config.client.base_url_variable = Some(name);
    }
    if config.client.credentials.is_empty() {
        config.client.credentials = credentials::infer(&config.package.name, api);
        let tables = config.client.credentials.iter().map(|credentials| {
            let keys = credentials.keys();
            keys.map(|(key, value)| (key.to_owned(), toml::Value::from(value.as_str()))).collect::<toml::Table>()
        });
        let tables: Vec<toml::Table> = tables.collect();
        lines.extend((!tables.is_empty()).then(|| line("credentials", tables)));
    }
    lines
}

/// Adds the locations of values in error bodies, and returns their lines.
fn infer_errors(config: &mut Config, api: &Api) -> Vec<String> {
    let mut lines = Vec::new();
    let errors = &mut config.errors;
    if [&errors.code, &errors.message, &errors.more_info].iter().any(|pointers| !pointers.is_empty()) {
        return lines;
    }
    let bodies = error_bodies(api);
    for (key, pointers, candidates) in [
        ("code", &mut errors.code, CODE_POINTERS),
        ("message", &mut errors.message, MESSAGE_POINTERS),
        ("more_info", &mut errors.more_info, MORE_INFO_POINTERS),
    ] {
        *pointers = existing_pointers(api, &bodies, candidates);
        if !pointers.is_empty() {
            lines.push(line(key, pointers.clone()));
        }
    }
    if !lines.is_empty() && api.has_typed_errors {
        lines.push(line("models", true));
    }
    lines
}

/// Adds the end and the errors of streams, if the document shows them, and returns their lines.
fn infer_streams(config: &mut Config, api: &Api) -> Vec<String> {
    let mut lines = Vec::new();
    let streams = &mut config.streams;
    if streams.end.is_none() {
        lines.extend(infer_stream_ends(streams, api));
    }
    let has_errors = api.streams_have_property("error");
    if streams.error_events.is_none() && (has_errors || api.streams_have_type("error")) {
        streams.error_events = Some(Vec::new());
        lines.push(line("error_events", Vec::<String>::new()));
    }
    if streams.error_property.is_none() && has_errors {
        streams.error_property = Some(String::new());
        lines.push(line("error_property", ""));
    }
    lines
}

/// Adds the items that end the streams of each operation, and returns their line.
fn infer_stream_ends(streams: &mut Streams, api: &Api) -> Option<String> {
    let operations = api.operations.iter().map(|(_, operation)| operation);
    // An operation for a further media type uses the settings of the operation for the first media type.
    let streaming = operations.filter(|operation| operation.has_stream() && operation.body_format.is_none());
    let inferred = streaming.filter(|operation| streams.own_ends(operation).is_none());
    let inferred = inferred.map(|operation| (operation.id.clone(), api.documented_stream_ends(operation)));
    let inferred: BTreeMap<String, Vec<String>> = inferred.map(|(id, ends)| (id, Vec::from_iter(ends))).collect();
    let first = inferred.values().next().filter(|ends| !ends.is_empty()).cloned();
    if let Some(ends) = first.filter(|first| inferred.values().all(|ends| ends == first)) {
        streams.end = Some(ends.clone());
        return Some(line("end", ends));
    }
    let inferred: BTreeMap<String, Vec<String>> = inferred.into_iter().filter(|(_, ends)| !ends.is_empty()).collect();
    let tables = inferred.iter().map(|(id, ends)| {
        let ends = toml::Value::from(ends.clone());
        (id.clone(), toml::Value::from(toml::Table::from_iter([("end".to_owned(), ends)])))
    });
    let line = (!inferred.is_empty()).then(|| line("operations", tables.collect::<toml::Table>()));
    let settings = inferred.into_iter().map(|(id, end)| (id, Spanned::without_location(OperationStreams { end })));
    streams.operations.extend(settings);
    line
}

/// Adds the property with the name of the event of a webhook, and returns its line.
fn infer_webhooks(config: &mut Config, api: &Api) -> Vec<String> {
    let webhooks = &mut config.webhooks;
    if !webhooks.event.is_empty() || webhooks.event_header.is_some() {
        return Vec::new();
    }
    webhooks.event = event_pointer(api).into_iter().collect();
    webhooks.event.iter().map(|event| line("event", event.as_str())).collect()
}

/// Returns the webhooks that are not callbacks, if there are several events to distinguish.
pub fn events_to_distinguish(api: &Api) -> Option<&WebhookGroup> {
    api.webhooks.iter().find(|group| group.callback.is_none() && group.name_count() > 1)
}

/// Returns the pointer to the property with the name of the event, if the document has one.
pub fn event_pointer(api: &Api) -> Option<String> {
    let group = events_to_distinguish(api)?;
    let keys = group.discriminator(api)?;
    Some(keys.iter().fold(Pointer::root(), |at, key| at.child(key)).as_str().to_owned())
}

fn line(key: &str, value: impl Into<toml::Value>) -> String {
    format!("{key} = {}\n", value.into())
}

/// Returns a crate name with those characters of the title that Cargo allows. The name differs from the names of all
/// dependencies.
fn crate_name(title: &str) -> String {
    let words: String =
        title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let mut name = String::new();
    for word in words.split_whitespace() {
        if !name.is_empty() && name.len() + 1 + word.len() > MAX_NAME_BYTES {
            break;
        }
        name += &format!("{}{word}", if name.is_empty() { "" } else { "-" });
    }
    name.truncate(MAX_NAME_BYTES);
    let ident = name.replace('-', "_");
    match () {
        () if name.is_empty() => "api-bindings".to_owned(),
        () if name.starts_with(|c: char| c.is_ascii_digit()) => format!("api-{name}"),
        () if is_device(&ident)
            || RESERVED_CRATES.contains(&ident.as_str())
            || syn::parse_str::<syn::Ident>(&ident).is_err() =>
        {
            format!("{name}-api")
        }
        () => name,
    }
}

/// The maximum length of a crate name in bytes. A longer name loses its last words.
const MAX_NAME_BYTES: usize = 48;

/// The crates that generated code uses, including the crates of the standard library.
const RESERVED_CRATES: &[&str] = &[
    "alloc",
    "base64",
    "bytes",
    "chrono",
    "core",
    "futures_core",
    "getrandom",
    "http",
    "http_body",
    "hyper",
    "jiff",
    "percent_encoding",
    "proc_macro",
    "regex_lite",
    "reqwest",
    "serde",
    "serde_core",
    "serde_json",
    "std",
    "test",
    "time",
    "tokio",
    "tracing",
    "zeroize",
];

/// Returns the version of the API if Cargo accepts it, or else `0.1.0`.
fn crate_version(version: &str) -> String {
    let pattern = r"^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$";
    let is_accepted = regex_lite::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(version));
    if is_accepted { version.to_owned() } else { "0.1.0".to_owned() }
}

/// Returns the types of the documented error bodies.
fn error_bodies(api: &Api) -> BTreeSet<TypeId> {
    let operations = api.operations.iter().map(|(_, operation)| operation);
    let error_responses = operations.flat_map(|operation| {
        operation.responses.iter().filter(|response| !operation.is_success_status(response.status))
    });
    error_responses
        .filter_map(|response| if let Some(TypeRef::Named(id)) = response.body { Some(id) } else { None })
        .collect()
}

/// Returns the pointers to the code, the message and the further information that the documented error bodies have.
pub fn documented_error_pointers(api: &Api) -> [Vec<String>; 3] {
    let bodies = error_bodies(api);
    [CODE_POINTERS, MESSAGE_POINTERS, MORE_INFO_POINTERS].map(|candidates| match bodies.is_empty() {
        true => Vec::new(),
        false => existing_pointers(api, &bodies, candidates),
    })
}

/// Returns whether one of the pointers leads to a string or number in one of the documented error bodies.
pub fn error_bodies_have_value(api: &Api, pointers: &[String]) -> bool {
    let bodies = error_bodies(api);
    pointers.iter().any(|pointer| {
        let keys: Vec<&str> = pointer.split('/').skip(1).collect();
        bodies.iter().any(|id| leads_to_value(api, &TypeRef::Named(*id), &keys))
    })
}

/// Returns the candidates that point to a string or number in one of the error bodies. If no error body has a schema,
/// returns the candidates in [`COMMON_POINTERS`].
fn existing_pointers(api: &Api, bodies: &BTreeSet<TypeId>, candidates: &[&str]) -> Vec<String> {
    let exists = |pointer: &str| {
        let keys: Vec<&str> = pointer.split('/').skip(1).collect();
        bodies.iter().any(|id| leads_to_value(api, &TypeRef::Named(*id), &keys))
    };
    let is_used = |pointer: &str| if bodies.is_empty() { COMMON_POINTERS.contains(&pointer) } else { exists(pointer) };
    candidates.iter().filter(|pointer| is_used(pointer)).map(|pointer| (*pointer).to_owned()).collect()
}

/// Returns whether a path of keys leads to a string or number in a value of a type.
fn leads_to_value(api: &Api, ty: &TypeRef, keys: &[&str]) -> bool {
    match (ty, keys) {
        (TypeRef::Nullable(ty), _) => leads_to_value(api, ty, keys),
        (TypeRef::Array(item), ["0", below @ ..]) => leads_to_value(api, item, below),
        (TypeRef::String | TypeRef::Uri | TypeRef::Int(_) | TypeRef::Unsigned(_), []) => true,
        (TypeRef::Named(id), _) => match (&api.types[*id].shape, keys) {
            (Shape::Alias(ty), _) if *ty != TypeRef::Named(*id) => leads_to_value(api, ty, keys),
            (Shape::StringEnum(_) | Shape::Newtype(_), []) => true,
            (Shape::Record(record), [key, below @ ..]) => {
                record.fields.iter().any(|field| field.wire == *key && leads_to_value(api, &field.ty, below))
            }
            _ => false,
        },
        _ => false,
    }
}

/// JSON pointers to the error code in the error bodies of well-known APIs.
const CODE_POINTERS: &[&str] = &[
    "/code",
    "/error/code",
    "/error_code",
    "/errorCode",
    "/errors/0/code",
    "/error/type",
    "/error/id",
    "/status_code",
    "/statusCode",
];

/// JSON pointers to the error message.
const MESSAGE_POINTERS: &[&str] = &[
    "/message",
    "/error/message",
    "/error_description",
    "/error_message",
    "/errorMessage",
    "/error/detail",
    "/error/description",
    "/errors/0/message",
    "/errors/0/detail",
    "/errors/0/title",
    "/detail",
    "/title",
    "/msg",
    "/description",
    "/error",
    "/errors/0",
    "/reason",
];

/// JSON pointers to the URL of a page about the error.
const MORE_INFO_POINTERS: &[&str] = &[
    "/more_info",
    "/moreInfo",
    "/documentation_url",
    "/doc_url",
    "/error/doc_url",
    "/error/documentation_url",
    "/help",
    "/error/help",
    "/href",
    "/type",
];

/// The pointers of problem details (RFC 9457), and the pointers that most APIs use.
const COMMON_POINTERS: &[&str] = &["/code", "/message", "/detail", "/title", "/error", "/type"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_named_after_their_apis() {
        for (title, expected) in [
            ("Swagger Petstore - OpenAPI 3.0", "swagger-petstore-openapi-3-0"),
            ("1Password Connect", "api-1password-connect"),
            ("Tracing", "tracing-api"),
            ("Async", "async-api"),
            ("HTTP", "http-api"),
            ("std", "std-api"),
            ("宠物", "api-bindings"),
            ("", "api-bindings"),
            ("Café", "caf"),
            (&"long ".repeat(30), "long-long-long-long-long-long-long-long-long"),
        ] {
            assert_eq!(crate_name(title), expected);
        }
        assert_eq!(crate_name(&"x".repeat(100)).len(), MAX_NAME_BYTES);
    }

    #[test]
    fn versions_that_cargo_rejects_are_replaced() {
        for (version, expected) in [
            ("2.14.0", "2.14.0"),
            ("v1", "0.1.0"),
            ("1.0", "0.1.0"),
            ("01.2.3", "0.1.0"),
            ("2020-09-14_1.345.1", "0.1.0"),
            ("1.2.3.4", "0.1.0"),
        ] {
            assert_eq!(crate_version(version), expected, "{version}");
        }
    }
}
