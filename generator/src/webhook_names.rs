//! The location of the event name in the requests of webhooks, and the names that it can have. The emitter and the mock share this
//! code.

use std::collections::{HashMap, HashSet};

use crate::config::Webhooks;
use crate::ir::{Api, Shape, TypeRef, Webhook, WebhookGroup};
use crate::source::pointer_keys;

/// The location of the event name in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventName {
    /// A request has no name, because there is only one event.
    Only,
    /// A request has no name. The method distinguishes the events.
    Method,
    /// A property of the payload. Each item has the keys that lead to a property. The first property with a value is used.
    Property(Vec<Vec<String>>),
    /// A header, with its name in lower case.
    Header(String),
    /// The last segment of the path.
    Path,
}

impl EventName {
    /// Returns the location of the event name in the requests of a group of events.
    pub fn of(webhooks: &Webhooks, api: &Api, group: &WebhookGroup) -> Self {
        match (webhooks.event.as_slice(), &webhooks.event_header) {
            (pointers @ [_, ..], _) if group.callback.is_none() => {
                Self::Property(pointers.iter().map(|pointer| pointer_keys(pointer)).collect())
            }
            (_, Some(header)) if group.callback.is_none() => Self::Header(header.to_ascii_lowercase()),
            _ if group.events.len() == 1 => Self::Only,
            _ if group.name_count() == 1 => Self::Method,
            _ => match group.discriminator(api).filter(|_| group.callback.is_some()) {
                Some(keys) => Self::Property(vec![keys]),
                None => Self::Path,
            },
        }
    }

    /// Returns the names of each event of a group in requests.
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

    /// Returns the names of an event that the document lists as values of the property or header.
    pub fn documented_values<'a>(&self, api: &'a Api, event: &'a Webhook) -> Vec<&'a str> {
        match self {
            Self::Property(paths) => paths.iter().flat_map(|keys| event.payload_values(api, keys)).collect(),
            Self::Header(header) => event.header_values(api, header),
            Self::Only | Self::Method | Self::Path => Vec::new(),
        }
    }

    /// Returns the name of an event in requests, if the document does not list the values of the property or header. Some documents
    /// write the names as paths.
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
