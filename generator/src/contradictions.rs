//! Reports values of codegen.toml that contradict the document. The generator infers such values from the document if codegen.toml
//! does not set them, and `bindery init` writes them. They stay the same when the document changes.

use std::collections::BTreeSet;

use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::infer;
use crate::ir::Api;
use crate::source::Pointer;

/// Reports the keys whose values the document contradicts. The crate does what codegen.toml says.
pub fn check(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    check_stream_ends(config, api, diagnostics);
    check_event(config, api, diagnostics);
    check_errors(config, api, diagnostics);
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
        let own = streams.operations.iter().find(|(id, _)| operation.has_id(id));
        let (key, location) = match own {
            Some((id, settings)) => (id.as_str(), Location::Config(settings.span())),
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

/// Reports a property with the name of the event for which the document lists no values, although another property tells the events
/// apart.
fn check_event(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    let pointers = &config.webhooks.event;
    let Some(group) = api.webhooks.iter().find(|group| group.callback.is_none() && group.name_count() > 1) else {
        return;
    };
    let has_values = |pointer: &String| {
        let keys: Vec<String> = Pointer::from_reference(&format!("#{pointer}")).unwrap_or_default().keys().collect();
        group.events.iter().any(|event| !event.payload_values(api, &keys).is_empty())
    };
    if pointers.is_empty() || pointers.iter().any(has_values) {
        return;
    }
    let Some(inferred) = infer::event_pointer(api) else { return };
    let message = format!("the document has no values for `{}`", pointers.join("`, `"));
    let diagnostic = warning(config.location("webhooks.event"), message)
        .label(format!("the values of `{inferred}` tell the events apart"))
        .help(format!("write `{inferred}`, or remove the key"));
    diagnostics.push(diagnostic);
}

/// Reports pointers to values that no error body has, although the error bodies have such values at other locations.
fn check_errors(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    let errors = &config.errors;
    let inferred = infer::documented_errors(api);
    let pinned =
        [("errors.code", &errors.code), ("errors.message", &errors.message), ("errors.more_info", &errors.more_info)];
    for ((key, pointers), inferred) in pinned.into_iter().zip(inferred) {
        let Some(first) = inferred.first().filter(|_| !pointers.is_empty()) else { continue };
        if pointers.iter().any(|pointer| infer::is_in_errors(api, pointer)) {
            continue;
        }
        let message = format!("no error body of the document has a value at `{}`", pointers.join("`, `"));
        let diagnostic = warning(config.location(key), message)
            .label(format!("error bodies have a value at `{first}`"))
            .help(format!("write `{first}`"));
        diagnostics.push(diagnostic);
    }
}
