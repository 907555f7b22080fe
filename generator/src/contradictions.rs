//! Reports values of codegen.toml that contradict the document. The generator infers such values from the document if codegen.toml
//! does not set them, and `bindery init` writes them. They stay the same when the document changes.

use std::collections::BTreeSet;

use crate::config::Config;
use crate::credentials::credential_sets;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::infer;
use crate::ir::Api;
use crate::source::pointer_keys;

/// Reports the keys whose values the document contradicts. The crate does what codegen.toml says.
pub fn check(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    check_stream_ends(config, api, diagnostics);
    check_event(config, api, diagnostics);
    check_errors(config, api, diagnostics);
    check_credentials(config, api, diagnostics);
}

fn warning(location: Location, message: String) -> Diagnostic {
    Diagnostic::warning(code::CONFIG_VALUE, location, message)
}

/// Reports the items that end a stream in the document, but not in codegen.toml. With an empty array, codegen.toml says that no item
/// ends the stream.
fn check_stream_ends(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    let streams = &config.streams;
    let mut reported: BTreeSet<(&str, String)> = BTreeSet::new();
    for (_, operation) in api.operations.iter().filter(|(_, operation)| operation.has_stream()) {
        let ends = streams.ends_of(operation);
        if ends.is_empty() {
            continue;
        }
        let (key, location) = match streams.own(operation) {
            Some((id, settings)) => (id, Location::Config(settings.span())),
            None => ("", config.location("streams.end")),
        };
        for item in api.documented_stream_ends(operation).into_iter().filter(|item| !ends.contains(item)) {
            if !reported.insert((key, item.clone())) {
                continue;
            }
            let message = format!("the document says that `{item}` ends the streams of `{}`", operation.id);
            let diagnostic = warning(location.clone(), message)
                .label("clients decode the item as a value, because it is not in the array")
                .related(Location::Key(operation.origin.clone()), "the operation")
                .help(format!("add `{item}` to the array, or remove the key"));
            diagnostics.push(diagnostic);
        }
    }
}

/// Warns if no payload documents values at `webhooks.event`, although another property distinguishes the events.
fn check_event(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    let pointers = &config.webhooks.event;
    let Some(group) = infer::events_to_distinguish(api) else { return };
    let has_values = |pointer: &String| {
        let keys = pointer_keys(pointer);
        group.events.iter().any(|event| !event.payload_values(api, &keys).is_empty())
    };
    if pointers.is_empty() || pointers.iter().any(has_values) {
        return;
    }
    let Some(inferred) = infer::event_pointer(api) else { return };
    let message = format!("no webhook documents values at `{}`", pointers.join("`, `"));
    let diagnostic = warning(config.location("webhooks.event"), message)
        .label(format!("the values of `{inferred}` distinguish the events"))
        .help(format!("write `{inferred}`, or remove the key"));
    diagnostics.push(diagnostic);
}

/// Reports credentials that no operation accepts, although `from_env` would read them from the environment.
fn check_credentials(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    if !config.is_set("client.credentials") {
        return;
    }
    let sets = credential_sets(config, api);
    for (index, credentials) in config.client.credentials.iter().enumerate() {
        if sets.iter().flatten().any(|read| *read == credentials) {
            continue;
        }
        let Some((key, variable)) = credentials.keys().next() else { continue };
        let message = format!("no operation accepts the credentials in `{variable}`");
        let diagnostic = warning(config.location(&format!("client.credentials.{index}.{key}")), message)
            .label("`from_env` does not read them")
            .help("name the variables of a security scheme that operations use, or remove these credentials");
        diagnostics.push(diagnostic);
    }
}

/// Reports pointers to values that no error body has, although the error bodies have such values at other locations.
fn check_errors(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    let errors = &config.errors;
    let inferred = infer::documented_error_pointers(api);
    let pinned =
        [("errors.code", &errors.code), ("errors.message", &errors.message), ("errors.more_info", &errors.more_info)];
    for ((key, pointers), inferred) in pinned.into_iter().zip(inferred) {
        let Some(first) = inferred.first().filter(|_| !pointers.is_empty()) else { continue };
        if infer::error_bodies_have_value(api, pointers) {
            continue;
        }
        let message = format!("no error body of the document has a value at `{}`", pointers.join("`, `"));
        let diagnostic = warning(config.location(key), message)
            .label(format!("error bodies have a value at `{first}`"))
            .help(format!("write `{first}`, or remove the key"));
        diagnostics.push(diagnostic);
    }
}
