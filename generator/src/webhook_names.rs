//! Where requests of webhooks have the names of their events, and which names these are. The emitter and the mock share this code.

use std::collections::{HashMap, HashSet};

use crate::config::Webhooks;
use crate::ir::{Api, Shape, TypeRef, Webhook, WebhookGroup};
use crate::source::Pointer;

/// Where a request has the name of its event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventName {
    /// Nowhere, because there is only one event.
    Only,
    /// Nowhere: the method distinguishes the events.
    Method,
    /// In the property of the payload to which these keys lead: the first path of keys that leads to a value.
    Property(Vec<Vec<String>>),
    /// In this header. The name is in lower case.
    Header(String),
    /// In the last segment of the path.
    Path,
}

impl EventName {
    /// Returns where the requests of a group of events have the names of the events.
    pub fn of(webhooks: &Webhooks, api: &Api, group: &WebhookGroup) -> Self {
        let keys = |pointer: &String| -> Vec<String> {
            Pointer::from_reference(&format!("#{pointer}")).unwrap_or_default().keys().collect()
        };
        match (webhooks.event.as_slice(), &webhooks.event_header) {
            (pointers @ [_, ..], _) if group.callback.is_none() => Self::Property(pointers.iter().map(keys).collect()),
            (_, Some(header)) if group.callback.is_none() => Self::Header(header.to_ascii_lowercase()),
            _ if group.events.len() == 1 => Self::Only,
            _ if group.name_count() == 1 => Self::Method,
            _ => match group.discriminator(api).filter(|_| group.callback.is_some()) {
                Some(keys) => Self::Property(vec![keys]),
                None => Self::Path,
            },
        }
    }

    /// Returns the names that the requests have for each event of a group.
    pub fn values<'a>(&self, api: &'a Api, group: &'a WebhookGroup) -> Vec<Vec<&'a str>> {
        let mut events_by_value: HashMap<&str, HashSet<&str>> = HashMap::new();
        for event in &group.events {
            for value in self.documented_values(api, event) {
                events_by_value.entry(value).or_default().insert(&event.name);
            }
        }
        let values = group.events.iter().map(|event| {
            let values = self.documented_values(api, event);
            // If several events have a value, the property does not have the documented values of one event.
            let is_own = |value: &&str| events_by_value.get(value).is_some_and(|events| events.len() == 1);
            match !values.is_empty() && values.iter().all(is_own) {
                true => values,
                false => vec![self.undocumented_value(event)],
            }
        });
        values.collect()
    }

    /// Returns the documented values of the name of an event.
    fn documented_values<'a>(&self, api: &'a Api, event: &'a Webhook) -> Vec<&'a str> {
        match self {
            Self::Property(paths) => paths.iter().flat_map(|keys| event.payload_values(api, keys)).collect(),
            Self::Header(header) => event.header_values(api, header),
            Self::Only | Self::Method | Self::Path => Vec::new(),
        }
    }

    /// Returns the name of an event in requests, if the document does not have its values. Some documents write the names as
    /// paths.
    fn undocumented_value<'a>(&self, event: &'a Webhook) -> &'a str {
        let name = event.name.trim_matches('/');
        match self {
            Self::Path => name.rsplit('/').next().unwrap_or(name),
            _ => name,
        }
    }
}

/// Returns whether a property of the payload has a name with a dot.
pub fn has_dots(api: &Api, event: &Webhook) -> bool {
    let Some(TypeRef::Named(id)) = event.payload.as_ref().map(|ty| api.resolved(ty)) else { return false };
    match &api.types[*id].shape {
        Shape::Record(record) => record.fields.iter().any(|field| field.wire.contains('.')),
        _ => false,
    }
}
