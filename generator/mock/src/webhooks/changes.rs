//! The webhooks about changes of records, as `[[mock.events]]` and `[[mock.subscriptions]]` describe them.

use std::sync::Arc;

use bindery::config::{Change, MockEvent, Spanned, Subscription};
use bindery::ir::ResourceId;
use bindery::mock_rules::property;
use serde_json::{Map, Value, json};

use crate::generate;
use crate::http::Request;
use crate::json_path::{property_at, set_property};
use crate::model::Model;
use crate::record_change::RecordChange;
use crate::state::State;
use crate::webhooks::catalog::{Event, EventId};
use crate::webhooks::outbox::{Message, Outbox};
use crate::webhooks::payload::{converted, fill, set_name};

/// The maximum number of retries of a webhook.
const MAX_RETRIES: u64 = 10;

/// Whether a webhook is sent before or after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    After,
}

/// Sends the webhooks about the changes that a request has made.
pub(crate) fn send(outbox: &Arc<Outbox>, model: &Model, state: &mut State, request: &Request) {
    let now = generate::time(state.tick);
    for change in std::mem::take(&mut state.record_changes) {
        let messages = messages(outbox, model, request, &change, Moment::After, &now);
        messages.into_iter().for_each(|message| outbox.queue(message));
    }
}

/// Returns the webhooks about a change that a request makes.
pub(crate) fn messages(
    outbox: &Outbox,
    model: &Model,
    request: &Request,
    change: &RecordChange,
    moment: Moment,
    now: &str,
) -> Vec<Message> {
    let events = model.rules(change.resource).events.iter().filter_map(|index| model.config.mock.events.get(*index));
    let mut messages = Vec::new();
    for config in events.filter(|event| event.on == change.kind && has_changed(event, change)) {
        let name = if moment == Moment::Before { &config.before } else { &config.after };
        let id = name.as_ref().and_then(|name| outbox.catalog.find(model, name.get_ref()).ok());
        let Some((id, event)) = id.and_then(|id| Some((id, outbox.catalog.get(model, id)?))) else { continue };
        let mut payload = None;
        for (index, subscription) in model.config.mock.subscriptions.iter().enumerate() {
            for target in targets(request, change, moment, (index, subscription), &event) {
                let payload = payload.get_or_insert_with(|| payload_of(model, &event, config, change, moment, now));
                messages.push(target.message(id, payload.clone(), subscription));
            }
        }
    }
    messages
}

/// Returns whether an update changes the property `changed` of the event.
fn has_changed(event: &MockEvent, change: &RecordChange) -> bool {
    let Some(name) = &event.changed else { return true };
    let value =
        |record: &Option<Value>| record.as_ref().and_then(|record| property_at(record, name.get_ref())).cloned();
    value(&change.old) != value(&change.new)
}

/// Returns whether a request has the headers that a subscription needs.
pub(super) fn has_headers(request: &Request, subscription: &Subscription) -> bool {
    subscription.headers.iter().all(|(name, value)| {
        request.header(name).is_some_and(|given| given.trim().eq_ignore_ascii_case(value.get_ref()))
    })
}

/// Where a webhook is sent.
struct Target {
    url: String,
    method: String,
    retries: u32,
}

impl Target {
    fn message(self, event: EventId, payload: Value, subscription: &Subscription) -> Message {
        let retry_property = subscription.retry_number.as_ref().map(|name| name.get_ref().clone());
        Message { event, url: self.url, method: self.method, payload, retries: self.retries, retry_property }
    }
}

/// Returns the targets of an event in the records of a subscription.
fn targets(
    request: &Request,
    change: &RecordChange,
    moment: Moment,
    (index, subscription): (usize, &Subscription),
    event: &Event<'_>,
) -> Vec<Target> {
    let url = if moment == Moment::Before { &subscription.before } else { &subscription.after };
    let Some(url) = url.as_ref().filter(|_| has_headers(request, subscription)) else { return Vec::new() };
    let target = |record: &Value| {
        let text =
            |name: &Option<Spanned<String>>| property_at(record, name.as_ref()?.get_ref())?.as_str().map(str::to_owned);
        if let Some(filters) = &subscription.filters {
            let filters = property_at(record, filters.get_ref()).and_then(Value::as_array)?;
            filters.iter().find(|filter| filter.as_str().is_some_and(|filter| event.has_name(filter)))?;
        }
        let retries = subscription.retries.as_ref().and_then(|name| property_at(record, name.get_ref()));
        let retries = retries.and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
        Some(Target {
            url: property_at(record, url.get_ref())?.as_str().filter(|url| !url.is_empty())?.to_owned(),
            method: text(&subscription.method)
                .filter(|method| !method.is_empty())
                .map_or_else(|| event.webhook.method.as_str().to_owned(), |method| method.to_ascii_uppercase()),
            retries: u32::try_from(retries.unwrap_or_default().min(MAX_RETRIES)).unwrap_or_default(),
        })
    };
    let own = change.subscribers.iter().filter(|(own, _)| *own == index);
    own.filter_map(|(_, record)| target(record)).collect()
}

/// Returns the payload of an event about a change.
fn payload_of(
    model: &Model,
    event: &Event<'_>,
    config: &MockEvent,
    change: &RecordChange,
    moment: Moment,
    now: &str,
) -> Value {
    let Some(ty) = &event.webhook.payload else { return Value::Null };
    let Some(declared) = model.record(ty) else { return generate::value(model, ty, &[], now) };
    let record = change.new.as_ref().or(change.old.as_ref());
    let mut source = record.and_then(Value::as_object).cloned().unwrap_or_default();
    if moment == Moment::Before && change.kind == Change::Create {
        remove_future_properties(model, change.resource, &mut source);
    }
    let mut entries = Map::new();
    let path = change.path.iter().map(|(name, value)| (name.clone(), json!(value)));
    fill(model, declared, &path.collect(), &mut entries);
    fill(model, declared, &source, &mut entries);
    let source = Value::Object(source);
    let mut set = |name: &str, value: Option<&Value>| {
        let Some(field) = property(&model.api, declared, name) else { return };
        let value = value.map(|value| converted(model, &field.ty, value));
        if let Some(value) = value.filter(|value| !value.is_null() && generate::fits(model, field, value)) {
            set_property(&mut entries, name, value);
        }
    };
    for (name, from) in &config.set {
        set(name, property_at(&source, from.get_ref()));
    }
    for (name, from) in &config.set_old {
        set(name, change.old.as_ref().and_then(|old| property_at(old, from.get_ref())));
    }
    for (name, value) in &config.values {
        set(name, Some(&json!(value.get_ref())));
    }
    for name in config.times.iter().filter(|_| moment == Moment::After) {
        set(name.get_ref(), Some(&json!(now)));
    }
    for field in declared.fields.iter().filter(|field| field.required) {
        let value = entries.entry(&field.wire).or_insert(Value::Null);
        if value.is_null() && !field.nullable {
            *value = generate::value(model, &field.ty, &field.constraints, now);
        }
    }
    let mut payload = Value::Object(entries);
    set_name(&mut payload, event.name_property, event.name());
    payload
}

/// Removes the properties that a record does not have before it is created: its key, its URL, its counters and its times.
fn remove_future_properties(model: &Model, resource: ResourceId, record: &mut Map<String, Value>) {
    let special = model.special_properties(resource);
    let counters = model.rules(resource).counters.iter().map(|(name, _)| name);
    for name in special.key.iter().chain(&special.url).chain(counters) {
        record.shift_remove(name);
    }
    let fields = model.record_of(resource).map(|record| record.fields.as_slice()).unwrap_or_default();
    for field in fields.iter().filter(|field| generate::is_generated_time(field)) {
        record.shift_remove(&field.wire);
    }
}
