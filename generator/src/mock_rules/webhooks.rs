//! Checks that the names in `[[mock.subscriptions]]` and `[[mock.events]]` exist in the document.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Checker, accepts, did_you_mean, property_names, with_resources};
use crate::config::{Change, Config, MockEvent, Spanned, Subscription};
use crate::diagnostics::Diagnostics;
use crate::ir::{Api, ParamLocation, Record, ResourceId, Webhook};
use crate::mock_rules::{object_type, property};

/// Reports names that do not exist in the document.
pub(super) fn check(
    config: &Config,
    api: &Api,
    collections: &BTreeMap<String, ResourceId>,
    diagnostics: &mut Diagnostics,
) {
    for subscription in &config.mock.subscriptions {
        with_resources(api, collections, &subscription.at, diagnostics, |checker| {
            check_subscription(checker, subscription);
        });
        check_payload_property(config, api, subscription, diagnostics);
    }
    for event in &config.mock.events {
        with_resources(api, collections, &event.at, diagnostics, |checker| check_event(checker, event));
    }
}

fn check_subscription(checker: &mut Checker<'_>, subscription: &Subscription) {
    let names =
        [&subscription.before, &subscription.after, &subscription.method, &subscription.filters, &subscription.retries];
    for name in names.into_iter().flatten() {
        checker.property(name, name.get_ref());
    }
    if let Some(at) = subscription.at.first().filter(|_| subscription.before.is_none() && subscription.after.is_none())
    {
        let message = format!("the subscription at `{}` has no URL", at.get_ref());
        checker.report(at, message, "set `before` or `after` to the property with the URL".to_owned());
    }
    let api = checker.api;
    let params = api.operations.iter().flat_map(|(_, operation)| &operation.params);
    let headers: BTreeSet<&str> =
        params.filter(|param| param.location == ParamLocation::Header).map(|param| param.wire.as_str()).collect();
    for (name, value) in &subscription.headers {
        if !headers.iter().any(|header| header.eq_ignore_ascii_case(name)) {
            let similar = checker.diagnostics.did_you_mean(name, headers.iter().copied());
            let message = format!("no operation has the header `{name}`");
            checker.report(value, message, did_you_mean(similar, "use the name of a header parameter"));
        }
    }
}

/// Reports a `retry_number` that is not a property of any payload.
fn check_payload_property(config: &Config, api: &Api, subscription: &Subscription, diagnostics: &mut Diagnostics) {
    let Some(name) = &subscription.retry_number else { return };
    let events = config.mock.events.iter().filter_map(|event| event.after.as_ref());
    let records: Vec<&Record> = events
        .filter_map(|after| payload(api, documented(api).find(|webhook| webhook.name == *after.get_ref())?))
        .collect();
    if !records.is_empty() && !records.iter().any(|record| property(api, record, name.get_ref()).is_some()) {
        let names: Vec<String> = records.iter().flat_map(|record| property_names(api, record)).collect();
        let similar = diagnostics.did_you_mean(name.get_ref(), names.iter().map(String::as_str));
        let message = format!("no payload of an event has the property `{}`", name.get_ref());
        let mut checker = Checker { api, collections: &BTreeMap::new(), resources: &[], diagnostics };
        checker.report(name, message, did_you_mean(similar, "use the name of a property of a payload"));
    }
}

fn check_event(checker: &mut Checker<'_>, event: &MockEvent) {
    let api = checker.api;
    if let Some(at) = event.at.first().filter(|_| event.before.is_none() && event.after.is_none()) {
        let message = format!("the event at `{}` has no webhook", at.get_ref());
        checker.report(at, message, "set `before` or `after` to the name of a webhook".to_owned());
    }
    let webhooks: Vec<&Webhook> =
        [&event.before, &event.after].into_iter().flatten().filter_map(|name| webhook(checker, name)).collect();
    let records: Vec<&Record> = webhooks.iter().filter_map(|webhook| payload(api, webhook)).collect();
    let old = event.set_old.values().chain(&event.changed).filter(|_| event.on != Change::Update);
    for name in old {
        let message = format!("`{}` has an old value only in an update", name.get_ref());
        checker.report(name, message, "set `on = \"update\"`, or remove the property".to_owned());
    }
    for (name, from) in event.set.iter().chain(&event.set_old) {
        payload_property(checker, from, name, &records);
        checker.property(from, from.get_ref());
    }
    if let Some(name) = &event.changed {
        checker.property(name, name.get_ref());
    }
    for (name, value) in &event.values {
        payload_property(checker, value, name, &records);
        let fields = records.iter().filter_map(|record| property(api, record, name));
        if fields.clone().next().is_some() && !fields.clone().any(|field| accepts(api, &field.ty, value.get_ref())) {
            let message = format!("`{}` does not match the schema of `{name}`", value.get_ref());
            checker.report(value, message, "write a value that the schema of the property allows".to_owned());
        }
    }
    for name in &event.times {
        payload_property(checker, name, name.get_ref(), &records);
    }
}

/// Returns the webhooks of the document, without callbacks.
fn documented(api: &Api) -> impl Iterator<Item = &Webhook> {
    api.webhooks.iter().filter(|group| group.callback.is_none()).flat_map(|group| &group.events)
}

/// Returns the webhook with a name. Reports an unknown name.
fn webhook<'a>(checker: &mut Checker<'a>, name: &Spanned<String>) -> Option<&'a Webhook> {
    let found = documented(checker.api).find(|webhook| webhook.name == *name.get_ref());
    if found.is_none() {
        let names = documented(checker.api).map(|webhook| webhook.name.as_str());
        let similar = checker.diagnostics.did_you_mean(name.get_ref(), names);
        let message = format!("the document has no webhook `{}`", name.get_ref());
        checker.report(name, message, did_you_mean(similar, "use the name of a webhook of the document"));
    }
    found
}

/// Returns the properties of the payload of a webhook.
fn payload<'a>(api: &'a Api, webhook: &'a Webhook) -> Option<&'a Record> {
    object_type(api, webhook.payload.as_ref()?)
}

/// Reports a property that none of the payloads has.
fn payload_property(checker: &mut Checker<'_>, location: &Spanned<impl Sized>, name: &str, records: &[&Record]) {
    let api = checker.api;
    if records.is_empty() || records.iter().any(|record| property(api, record, name).is_some()) {
        return;
    }
    let names: Vec<String> = records.iter().flat_map(|record| property_names(api, record)).collect();
    let similar = checker.diagnostics.did_you_mean(name, names.iter().map(String::as_str));
    let message = format!("`{name}` is not a property of the payload");
    checker.report(location, message, did_you_mean(similar, "use the name of a property of the payload"));
}
