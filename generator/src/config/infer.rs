//! Infers missing configuration from the document: the crate name, the environment variables, and the fields of error
//! bodies.

use std::collections::BTreeSet;

use crate::config::{Config, Surface};
use crate::credentials;
use crate::file_names::is_device;
use crate::ir::{Api, Shape, TypeId, TypeRef};

/// Adds missing values to a configuration, and returns them in the format of codegen.toml.
pub fn infer(config: &mut Config, api: &Api) -> String {
    let mut package = Vec::new();
    if config.package.name.is_empty() {
        config.package.name = crate_name(&api.title);
        package.push(line("name", config.package.name.as_str()));
    }
    if config.package.version.is_empty() {
        config.package.version = crate_version(&api.version);
        package.push(line("version", config.package.version.as_str()));
    }
    let mut client = Vec::new();
    if config.client.base_url_variable.is_none() {
        let name = credentials::variable(&config.package.name, "BASE_URL");
        client.push(line("base_url_variable", name.as_str()));
        config.client.base_url_variable = Some(name);
    }
    if config.client.credentials.is_empty() {
        config.client.credentials = credentials::derive(&config.package.name, api);
        let tables = config.client.credentials.iter().map(|one| {
            one.keys().map(|(key, value)| (key.to_owned(), toml::Value::from(value.as_str()))).collect::<toml::Table>()
        });
        let tables: Vec<toml::Table> = tables.collect();
        client.extend((!tables.is_empty()).then(|| line("credentials", tables)));
    }
    let mut errors = Vec::new();
    if [&config.errors.code, &config.errors.message, &config.errors.more_info].iter().all(|list| list.is_empty()) {
        let bodies = error_bodies(api);
        for (key, list, known) in [
            ("code", &mut config.errors.code, CODES),
            ("message", &mut config.errors.message, MESSAGES),
            ("more_info", &mut config.errors.more_info, LINKS),
        ] {
            *list = pointers(api, &bodies, known);
            if !list.is_empty() {
                errors.push(line(key, list.clone()));
            }
        }
        if !errors.is_empty() && api.typed_errors {
            errors.push(line("models", true));
        }
    }
    let sections =
        [("crate", package), ("client", client), ("errors", errors)].into_iter().filter(|(_, lines)| !lines.is_empty());
    let mut text: String = sections.map(|(name, lines)| format!("[{name}]\n{}\n", lines.concat())).collect();
    if !text.is_empty() && config.surface == Surface::default() {
        text.insert_str(0, "surface = \"tags\"\n\n");
    }
    text
}

fn line(key: &str, value: impl Into<toml::Value>) -> String {
    format!("{key} = {}\n", value.into())
}

/// Returns the crate name: the title in the characters that Cargo allows, different from all dependencies.
fn crate_name(title: &str) -> String {
    let words: String =
        title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let mut name = String::new();
    for word in words.split_whitespace() {
        if !name.is_empty() && name.len() + 1 + word.len() > LONGEST_NAME {
            break;
        }
        name += &format!("{}{word}", if name.is_empty() { "" } else { "-" });
    }
    name.truncate(LONGEST_NAME);
    let ident = name.replace('-', "_");
    match () {
        () if name.is_empty() => "api-bindings".to_owned(),
        () if name.starts_with(|c: char| c.is_ascii_digit()) => format!("api-{name}"),
        () if is_device(&ident) || TAKEN.contains(&ident.as_str()) || syn::parse_str::<syn::Ident>(&ident).is_err() => {
            format!("{name}-api")
        }
        () => name,
    }
}

/// The maximum length. Longer names are cut at the end of a word.
const LONGEST_NAME: usize = 48;

/// The crates that generated code uses, and those of the standard library.
const TAKEN: &[&str] = &[
    "alloc",
    "base64",
    "bytes",
    "chrono",
    "core",
    "fastrand",
    "futures_core",
    "http",
    "http_body",
    "hyper",
    "percent_encoding",
    "proc_macro",
    "regex_lite",
    "reqwest",
    "serde",
    "serde_json",
    "std",
    "test",
    "tokio",
    "tracing",
    "zeroize",
];

/// Returns the version of the API, if Cargo accepts it.
fn crate_version(version: &str) -> String {
    let pattern = r"^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$";
    let fits = regex_lite::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(version));
    if fits { version.to_owned() } else { "0.1.0".to_owned() }
}

/// Returns the types of the documented error bodies.
fn error_bodies(api: &Api) -> BTreeSet<TypeId> {
    let operations = api.operations.iter().map(|(_, operation)| operation);
    let failures = operations.flat_map(|operation| {
        operation.responses.iter().filter(|response| !operation.is_success_status(response.status))
    });
    failures.filter_map(|response| if let Some(TypeRef::Named(id)) = response.body { Some(id) } else { None }).collect()
}

/// Those of the known pointers that lead to a text or number in one of the bodies. Where no body is declared, those that
/// problem details (RFC 9457) have, and the plainest.
fn pointers(api: &Api, bodies: &BTreeSet<TypeId>, known: &[&str]) -> Vec<String> {
    let plain = |pointer: &str| PLAIN.contains(&pointer);
    let leads = |pointer: &str| {
        let keys: Vec<&str> = pointer.split('/').skip(1).collect();
        bodies.iter().any(|id| leads_to_value(api, &TypeRef::Named(*id), &keys))
    };
    let wanted = known.iter().filter(|pointer| if bodies.is_empty() { plain(pointer) } else { leads(pointer) });
    wanted.map(|pointer| (*pointer).to_owned()).collect()
}

fn leads_to_value(api: &Api, ty: &TypeRef, keys: &[&str]) -> bool {
    match (ty, keys) {
        (TypeRef::Nullable(ty), _) => leads_to_value(api, ty, keys),
        (TypeRef::Array(item), ["0", rest @ ..]) => leads_to_value(api, item, rest),
        (TypeRef::String | TypeRef::Uri | TypeRef::Int(_) | TypeRef::Unsigned(_), []) => true,
        (TypeRef::Named(id), _) => match (&api.types[*id].shape, keys) {
            (Shape::Alias(ty), _) if *ty != TypeRef::Named(*id) => leads_to_value(api, ty, keys),
            (Shape::StringEnum(_) | Shape::Newtype(_), []) => true,
            (Shape::Record(record), [key, rest @ ..]) => {
                record.fields.iter().any(|field| field.wire == *key && leads_to_value(api, &field.ty, rest))
            }
            _ => false,
        },
        _ => false,
    }
}

const CODES: &[&str] = &[
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

const MESSAGES: &[&str] = &[
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

const LINKS: &[&str] = &[
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

const PLAIN: &[&str] = &["/code", "/message", "/detail", "/title", "/error", "/type"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_called_like_their_apis() {
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
        assert_eq!(crate_name(&"x".repeat(100)).len(), LONGEST_NAME);
    }

    #[test]
    fn versions_that_cargo_does_not_take_are_left() {
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
