//! Checks `[webhooks]` of codegen.toml against the IR.

use std::collections::{HashMap, HashSet};

use crate::config::{Config, ReplyName, Webhooks};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::ir::{Api, Status, WebhookGroup};
use crate::naming::case;
use crate::source::pointer_keys;
use crate::webhook_names::EventName;
use crate::webhook_replies::named_reply;

/// Reports settings for webhooks that the document does not have, and webhooks that cannot be distinguished.
pub fn check(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    for group in &api.webhooks {
        report_equal_names(config, api, group, diagnostics);
    }
    let webhooks = &config.webhooks;
    let mut report = |key: &str, message: String, help: &str| {
        diagnostics.push(Diagnostic::error(code::CONFIG_VALUE, config.location(key), message).help(help));
    };
    if api.webhooks.is_empty() {
        let Webhooks { event, event_header, signature, replies } = webhooks;
        if !event.is_empty() || event_header.is_some() || signature.is_some() || !replies.is_empty() {
            let (message, help) = match config.select.include.is_empty() && config.select.exclude.is_empty() {
                true => ("the document has no webhooks", "remove `[webhooks]`"),
                false => (
                    "`[select]` selects no webhook",
                    "select a webhook with its name as `path`, or remove `[webhooks]`",
                ),
            };
            report("webhooks", message.to_owned(), help);
        }
        return;
    }
    check_replies(&webhooks.replies, api, &mut report);
    let Some(group) = api.webhooks.iter().find(|group| group.callback.is_none()) else {
        let keys = [
            ("webhooks.event", !webhooks.event.is_empty()),
            ("webhooks.event_header", webhooks.event_header.is_some()),
        ];
        for (key, _) in keys.into_iter().filter(|(_, is_set)| *is_set) {
            report(key, "the document has only callbacks, and no webhooks".to_owned(), "remove the key");
        }
        return;
    };
    for event in &webhooks.event {
        let keys = pointer_keys(event);
        if !group.events.iter().any(|webhook| webhook.may_have_property(api, &keys)) {
            report(
                "webhooks.event",
                format!("no payload of a webhook has the property `{event}`"),
                "write a pointer to a property of the payloads",
            );
        }
    }
}

/// Reports webhooks with the same constant in the property or header that distinguishes the events, and with the same method and
/// name.
fn report_equal_names(config: &Config, api: &Api, group: &WebhookGroup, diagnostics: &mut Diagnostics) {
    let event_name = EventName::of(&config.webhooks, api, group);
    // If the constants of all events differed, they would be the names of the events.
    let distinguishing = match event_name {
        EventName::Path => {
            group.partial_discriminator(api).map_or(EventName::Path, |keys| EventName::Property(vec![keys]))
        }
        _ => event_name.clone(),
    };
    let (mut first_by_constant, mut first_by_name) = (HashMap::new(), HashMap::new());
    for (event, names) in group.events.iter().zip(event_name.values(api, group)) {
        let constant = match distinguishing.documented_values(api, event).as_slice() {
            [constant] => Some(*constant),
            _ => None,
        };
        let same_constant = constant.map(|constant| *first_by_constant.entry(constant).or_insert(event));
        let same_name = names.iter().map(|name| *first_by_name.entry((event.method.as_str(), *name)).or_insert(event));
        let same_name = same_name.filter(|first| first.origin != event.origin).last();
        let (first, message, label) = match (same_constant.filter(|first| first.name != event.name), constant) {
            (Some(first), Some(constant)) => {
                let message =
                    format!("the webhooks `{}` and `{}` have the same constant `{constant}`", first.name, event.name);
                let label = match event_name {
                    EventName::Path => "the last segment of the path distinguishes the events instead",
                    _ => "each webhook is recognised by its own name instead",
                };
                (first, message, label)
            }
            _ => {
                let Some(first) = same_name else { continue };
                let message = format!("the webhook `{}` cannot be distinguished from `{}`", event.name, first.name);
                (first, message, "this event can never be received")
            }
        };
        let diagnostic = Diagnostic::warning(code::AMBIGUOUS, Location::Key(event.origin.clone()), message)
            .label(label)
            .related(Location::Key(first.origin.clone()), "the first webhook")
            .help("give each webhook a different constant, or describe both as one webhook with a `oneOf`");
        diagnostics.push(diagnostic);
    }
}

/// Reports names of responses that no webhook has, and repeated names.
fn check_replies(names: &[ReplyName], api: &Api, report: &mut dyn FnMut(&str, String, &str)) {
    let mut variants = HashSet::new();
    for (index, reply) in names.iter().enumerate() {
        let key = |key: &str| format!("webhooks.replies.{index}.{key}");
        let status = reply.status;
        if !variants.insert(case::variant_name(&reply.name)) {
            let message = format!("`{}` is the name of two responses", reply.name);
            report(&key("name"), message, "write a different name");
        }
        let has = |name: &ReplyName| api.all_webhooks().any(|webhook| named_reply(webhook, name).is_some());
        if has(reply) {
            continue;
        }
        if has(&ReplyName { body: None, ..reply.clone() }) {
            let message = format!("no response of a webhook with the status `{status}` has a body");
            report(&key("body"), message, "remove `body`, or describe the body in the document");
        } else {
            let message = format!("no webhook has a response with the status `{status}`");
            report(&key("status"), message, &status_help(api));
        }
    }
}

/// Returns the help for a status that the document does not describe. It lists the described statuses.
fn status_help(api: &Api) -> String {
    let responses = api.all_webhooks().flat_map(|webhook| &webhook.responses);
    let mut statuses: Vec<String> = responses
        .filter_map(|response| match response.status {
            Status::Code(status) => Some(format!("`{status}`")),
            Status::Range(class) => Some(format!("`{class}XX`")),
            Status::Default => None,
        })
        .collect();
    statuses.sort_unstable();
    statuses.dedup();
    match statuses.is_empty() {
        true => "describe the response in the document".to_owned(),
        false => format!("write a status that the document describes: {}", statuses.join(", ")),
    }
}
