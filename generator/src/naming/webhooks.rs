//! Names the events of webhooks, and the modules of callbacks.

use std::collections::HashMap;

use super::scope::NameScope;
use super::{Naming, WebhookName, case, file, first_free, method_names};
use crate::ir::{Callback, Webhook};
use crate::source::Pointer;
use crate::webhook_replies::first_with_same_replies;

impl Naming<'_> {
    /// Returns the names of all webhooks. The callbacks of an operation share a module, which has the name of the operation.
    pub(super) fn webhook_names(&mut self) -> Vec<WebhookName> {
        let groups = &self.api.webhooks;
        let callbacks = groups.iter().filter_map(|group| group.callback.as_ref());
        let operations: Vec<String> = callbacks.map(|callback| self.operation_of(callback).to_owned()).collect();
        let mut distinct = operations.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let modules: HashMap<String, String> = distinct.iter().cloned().zip(method_names(&distinct)).collect();
        let mut scopes: HashMap<String, NameScope> = HashMap::new();
        let scope = scopes.entry(String::new()).or_default();
        DECLARED.iter().for_each(|name| drop(scope.claim(name, &Pointer::root())));
        let mut names = Vec::new();
        for group in groups {
            let mut name = match &group.callback {
                None => {
                    WebhookName { ident: "Event".to_owned(), receiver: "Receiver".to_owned(), ..Default::default() }
                }
                Some(callback) => {
                    let module = modules.get(self.operation_of(callback)).cloned().unwrap_or_default();
                    // The code in the module `webhooks` imports the module of the runtime with the same name.
                    let module = if module == "webhooks" { "webhooks_".to_owned() } else { module };
                    let module = file::module_names(&module).next().unwrap_or_else(|| module.clone());
                    let scope = scopes.entry(module.clone()).or_default();
                    let ident = case::type_name(self.configured_name(&callback.origin, &callback.name));
                    let candidates = [ident.clone(), format!("{ident}Callback"), format!("{ident}Events")];
                    let ident = first_free(scope, &candidates.each_ref().map(String::as_str));
                    let candidates = [format!("{ident}Receiver"), format!("{ident}CallbackReceiver")];
                    let receiver = first_free(scope, &candidates.each_ref().map(String::as_str));
                    for name in [&ident, &receiver] {
                        let _ = scope.claim(name, &callback.origin);
                    }
                    WebhookName { module, ident, receiver, ..Default::default() }
                }
            };
            let mut scope = NameScope::default();
            name.variants = self.variant_names(&mut scope, &group.events);
            name.unknown = first_free(&scope, &["Unknown", "Other", "Unlisted"]);
            let scope = scopes.entry(name.module.clone()).or_default();
            let first_indices = first_with_same_replies(&group.events, &self.config.webhooks.replies);
            name.replies = reply_names(scope, &group.events, &name.variants, &first_indices);
            names.push(name);
        }
        names
    }

    /// Returns the name of the operation that registers a callback.
    fn operation_of<'c>(&'c self, callback: &'c Callback) -> &'c str {
        callback.operation.map_or(&callback.name, |id| &self.api.operations[id].name)
    }

    /// Returns the variants of the events. If several events have the same name, their methods or locations distinguish them.
    fn variant_names(&mut self, scope: &mut NameScope, events: &[Webhook]) -> Vec<String> {
        let origins: Vec<&Pointer> = events.iter().map(|event| &event.origin).collect();
        let wires: Vec<&str> = events.iter().map(|event| self.configured_name(&event.origin, &event.name)).collect();
        let claimed = scope.claim_all(&origins, |index, attempt| {
            let (wire, method) = (wires.get(index)?, events.get(index)?.method.as_str());
            let location = || events.get(index).map(|event| event.origin.keys().collect::<Vec<_>>().join(" "));
            Some(case::variant_name(&match attempt {
                0 => (*wire).to_owned(),
                1 => format!("{wire} {}", method.to_ascii_lowercase()),
                attempt => case::spelling(&format!("{wire} {method}"), attempt - 2)
                    .or_else(|| case::spelling(&location()?, attempt - 2 - case::SPELLING_LEVELS))?,
            }))
        });
        let named = claimed.into_iter().zip(events).map(|(name, event)| (name, &event.name, &event.origin));
        let named: Vec<_> = named.collect();
        named
            .into_iter()
            .map(|(name, wire, at)| name.unwrap_or_else(|name| self.claim(scope, name, wire, at)))
            .collect()
    }
}

/// The names in the module `webhooks`, besides those of the responses.
const DECLARED: [&str; 7] =
    ["Event", "Receiver", "Signer", "UnknownEvent", "Webhook", "WebhookError", "WebhookRequest"];

/// Returns the names of the types of the responses to the events. `first_indices` has the index of the first event with the same
/// responses, which has the same type.
///
/// The type of a single event is named after its variant. The type of several events is named after the first words that the names
/// of these events share. The first words that the names of all events with such types share are left out. For example, the type
/// is `MessageReply` for `onMessageAdd` and `onMessageUpdate`, if `onUserUpdate` has other responses.
fn reply_names(
    scope: &mut NameScope,
    events: &[Webhook],
    variants: &[String],
    first_indices: &[Option<usize>],
) -> Vec<String> {
    let shared_words = shared_words(events, first_indices);
    let mut names: Vec<String> = Vec::new();
    for (index, ((event, variant), first)) in events.iter().zip(variants).zip(first_indices).enumerate() {
        let Some(first) = first else {
            names.push(String::new());
            continue;
        };
        if let Some(name) = names.get(*first).cloned() {
            names.push(name);
            continue;
        }
        let mut candidates =
            ["Reply", "EventReply", "WebhookReply"].map(|suffix| format!("{variant}{suffix}")).to_vec();
        if let Some(words) = shared_words.get(&index) {
            candidates.insert(0, case::type_name(&format!("{} reply", words.join(" "))));
        }
        let name = first_free(scope, &candidates.iter().map(String::as_str).collect::<Vec<_>>());
        let _ = scope.claim(&name, &event.origin);
        names.push(name);
    }
    names
}

/// Returns the words after which each type for several events is named, by the index of its first event.
fn shared_words(events: &[Webhook], first_indices: &[Option<usize>]) -> HashMap<usize, Vec<String>> {
    let mut common_words: Option<Vec<String>> = None;
    let mut types: HashMap<usize, SharedReply> = HashMap::new();
    for (event, first) in events.iter().zip(first_indices) {
        let Some(first) = first else { continue };
        let words: Vec<String> = case::value_name(&event.name).split('_').map(str::to_owned).collect();
        keep_shared(common_words.get_or_insert_with(|| words.clone()), &words);
        let reply = types.entry(*first).or_insert_with(|| SharedReply { words: words.clone(), event_count: 0 });
        keep_shared(&mut reply.words, &words);
        reply.event_count += 1;
    }
    let common_len = common_words.map_or(0, |words| words.len());
    let shared = types.into_iter().filter(|(_, reply)| reply.event_count > 1);
    shared.map(|(index, reply)| (index, reply.words.get(common_len..).unwrap_or_default().to_vec())).collect()
}

/// The type of the responses to several events.
struct SharedReply {
    /// The first words that the names of the events share.
    words: Vec<String>,
    event_count: usize,
}

/// Removes the words from the first one that differs from the other words.
fn keep_shared(words: &mut Vec<String>, others: &[String]) {
    words.truncate(words.iter().zip(others).take_while(|(word, other)| word == other).count());
}
