//! Compares webhooks and callbacks: their payloads, and the responses that a program may send.

use super::counterparts::{Counterpart, Keys, counterparts};
use super::facts::{Fact, ResolvedType, param_facts, resolve};
use super::{Comparer, Pair, Step, Subject, WebhookId, path_to};
use crate::ir::{Api, Param, Response, Shape, Webhook};

/// A webhook, with the name that it has in differences.
struct Named<'a> {
    id: WebhookId,
    name: String,
    webhook: &'a Webhook,
}

impl Comparer<'_> {
    pub(super) fn compare_all_webhooks(&mut self) {
        let webhooks = self.apis.map(named);
        let by_name_and_method: Keys<Named<'_>> =
            |named| vec![format!("{} {}", named.webhook.method.as_str(), named.name)];
        let by_name: Keys<Named<'_>> = |named| vec![named.name.clone()];
        let root = crate::source::Pointer::root();
        let mut counterparts = counterparts(&webhooks.ours, &webhooks.theirs, &[by_name_and_method, by_name]);
        self.join_renamed(&mut counterparts);
        for counterpart in counterparts {
            let (ours, theirs) = counterpart.nodes();
            let id = |named: Option<&Named<'_>>| named.map(|named| named.id);
            self.subject = Subject::Webhook(Pair { ours: id(ours), theirs: id(theirs) });
            let path = [Step::Webhook(counterpart.first().name.clone())];
            let parents = Pair { ours: &root, theirs: &root };
            if let Some(both) = self.both_nodes(&path, parents, counterpart, |named| named.webhook.origin.clone()) {
                self.nodes.push(self.subject);
                self.compare_facts(
                    &path,
                    both.map(|named| &named.webhook.origin),
                    both.map(|named| vec![Fact::Name(named.name.clone())]),
                );
                self.compare_webhooks(&path, both.map(|named| named.webhook));
            }
        }
    }

    /// Makes the only removed webhook the counterpart of the only new webhook, if both have the same payload.
    fn join_renamed(&self, all: &mut Vec<Counterpart<'_, Named<'_>>>) {
        let mut added = all.iter().filter_map(|counterpart| match counterpart {
            Counterpart::Ours(ours) => Some(*ours),
            _ => None,
        });
        let mut removed = all.iter().filter_map(|counterpart| match counterpart {
            Counterpart::Theirs(theirs) => Some(*theirs),
            _ => None,
        });
        let (Some(ours), None, Some(theirs), None) = (added.next(), added.next(), removed.next(), removed.next())
        else {
            return;
        };
        let signature = payload_signature(self.apis.ours, ours.webhook);
        if signature.is_none() || signature != payload_signature(self.apis.theirs, theirs.webhook) {
            return;
        }
        all.retain(|counterpart| !matches!(counterpart, Counterpart::Theirs(_)));
        if let Some(added) = all.iter_mut().find(|counterpart| matches!(counterpart, Counterpart::Ours(_))) {
            *added = Counterpart::Both(Pair { ours, theirs });
        }
    }
}

/// Describes the method of a webhook, and the properties of its payload with the kinds of their types. Returns `None` if the payload is
/// not an object.
fn payload_signature(api: &Api, webhook: &Webhook) -> Option<Vec<String>> {
    let ResolvedType::Named(id) = resolve(api, webhook.payload.as_ref()?, &mut Vec::new()) else { return None };
    let Shape::Record(record) = &api.types[id].shape else { return None };
    let fields = record.fields.iter().map(|field| {
        let mut facts = Vec::new();
        resolve(api, &field.ty, &mut facts);
        format!("{} {} {facts:?}", field.wire, field.required)
    });
    Some([webhook.method.as_str().to_owned()].into_iter().chain(fields).collect())
}

impl<'a> Comparer<'a> {
    fn compare_webhooks(&mut self, path: &[Step], webhooks: Pair<&'a Webhook>) {
        let origins = webhooks.map(|webhook| &webhook.origin);
        self.compare_facts(path, origins, webhooks.map(webhook_facts));
        let payload_path = path_to(path, Step::Payload);
        match (&webhooks.ours.payload, &webhooks.theirs.payload) {
            (Some(ours), Some(theirs)) => {
                self.compare_values(&payload_path, origins, Pair { ours, theirs }, Pair::default());
            }
            _ => {
                let facts = webhooks.map(|webhook| webhook.payload.iter().map(|_| Fact::Present).collect());
                self.compare_facts(&payload_path, origins, facts);
            }
        }
        let by_name: Keys<Param> = |header| vec![header.wire.to_ascii_lowercase()];
        for counterpart in counterparts(&webhooks.ours.headers, &webhooks.theirs.headers, &[by_name]) {
            let path = path_to(path, Step::Header(counterpart.first().wire.clone()));
            if let Some(both) = self.both_nodes(&path, origins, counterpart, |header| header.origin.clone()) {
                let types = both.map(|header| &header.ty);
                self.compare_values(&path, both.map(|header| &header.origin), types, both.map(header_facts));
            }
        }
        let by_status: Keys<Response> = |response| vec![format!("{:?}", response.status)];
        for counterpart in counterparts(&webhooks.ours.responses, &webhooks.theirs.responses, &[by_status]) {
            let path = path_to(path, Step::Response(counterpart.first().status));
            if let Some(both) = self.both_nodes(&path, origins, counterpart, |response| response.origin.clone()) {
                self.compare_responses(&path, both);
            }
        }
    }
}

fn named(api: &Api) -> Vec<Named<'_>> {
    let mut webhooks = Vec::new();
    for (group, events) in api.webhooks.iter().enumerate() {
        for (event, webhook) in events.events.iter().enumerate() {
            let name = match &events.callback {
                Some(callback) => {
                    let operation = callback.operation.map(|id| format!("{}.", api.operations[id].id));
                    let event = Some(&webhook.name).filter(|name| **name != callback.name);
                    let event = event.map_or_else(String::new, |name| format!(".{name}"));
                    format!("{}{}{event}", operation.unwrap_or_default(), callback.name)
                }
                None => webhook.name.clone(),
            };
            webhooks.push(Named { id: WebhookId { group, event }, name, webhook });
        }
    }
    webhooks
}

fn webhook_facts(webhook: &Webhook) -> Vec<Fact> {
    let media_types = webhook.media_types.iter().cloned().map(Fact::MediaType);
    let expression = webhook.expression.iter().cloned().map(Fact::Path);
    let deprecated = webhook.deprecated.then_some(Fact::Deprecated);
    [Fact::Method(webhook.method.clone())].into_iter().chain(expression).chain(media_types).chain(deprecated).collect()
}

/// Returns the facts about a header, without its location, which is the same for all headers.
fn header_facts(header: &Param) -> Vec<Fact> {
    let mut facts = param_facts(header);
    facts.retain(|fact| !matches!(fact, Fact::In(_)));
    facts
}
