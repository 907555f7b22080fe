//! The documented names of events: the values of a property of the payload, or of a header.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Api, Shape, TypeRef, Webhook, WebhookGroup};

impl Webhook {
    /// Returns the documented values of the property of the payload to which the keys lead.
    pub fn payload_values<'a>(&'a self, api: &'a Api, keys: &[String]) -> Vec<&'a str> {
        self.payload.as_ref().map(|payload| values_at(api, payload, keys)).unwrap_or_default()
    }

    /// Returns whether the payload may have a property to which the keys lead.
    pub fn may_have_property(&self, api: &Api, keys: &[String]) -> bool {
        self.payload.as_ref().is_some_and(|payload| may_lead_to_value(api, payload, keys))
    }

    /// Returns the documented values of a header.
    pub fn header_values<'a>(&'a self, api: &'a Api, name: &str) -> Vec<&'a str> {
        let header = self.headers.iter().find(|header| header.wire.eq_ignore_ascii_case(name));
        header.map(|header| values_at(api, &header.ty, &[])).unwrap_or_default()
    }
}

impl WebhookGroup {
    /// Returns the number of different names of events.
    pub fn name_count(&self) -> usize {
        self.events.iter().map(|event| &event.name).collect::<BTreeSet<_>>().len()
    }

    /// Returns the path of the property that has only one value in each payload, and a different value for each event.
    pub fn discriminator(&self, api: &Api) -> Option<Vec<String>> {
        self.constant_properties(api).into_iter().find(|keys| {
            let mut names: BTreeMap<&str, &str> = BTreeMap::new();
            self.events.iter().all(|event| match event.payload_values(api, keys).as_slice() {
                [value] => *names.entry(value).or_insert(&event.name) == event.name,
                _ => false,
            })
        })
    }

    /// Returns the path of the first property that has only one value in each payload, and different values in some of them.
    pub fn partial_discriminator(&self, api: &Api) -> Option<Vec<String>> {
        self.constant_properties(api).into_iter().find(|keys| {
            let values: Vec<_> = self.events.iter().map(|event| event.payload_values(api, keys)).collect();
            values.iter().all(|values| values.len() == 1) && values.iter().any(|other| *other != values[0])
        })
    }

    /// Returns the paths of the properties that have only one value in the payload of the first event.
    fn constant_properties(&self, api: &Api) -> Vec<Vec<String>> {
        /// The maximum number of properties that are compared.
        const MAX_CANDIDATES: usize = 64;
        let payload = self.events.first().and_then(|event| event.payload.as_ref());
        payload.map(|payload| single_values(api, payload, MAX_CANDIDATES)).unwrap_or_default()
    }
}

/// Returns the paths of the properties that have only one value, in an object or in an object of its properties.
fn single_values(api: &Api, payload: &TypeRef, max: usize) -> Vec<Vec<String>> {
    let fields = |ty: &TypeRef| match api.resolved(ty) {
        TypeRef::Named(id) => match &api.types[*id].shape {
            Shape::Record(record) => record.fields.iter().take(max).cloned().collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let has_single_value = |ty: &TypeRef| values_at(api, ty, &[]).len() == 1;
    let (mut paths, mut nested_paths) = (Vec::new(), Vec::new());
    for field in fields(payload) {
        if has_single_value(&field.ty) {
            paths.push(vec![field.wire.clone()]);
        }
        let nested = fields(&field.ty).into_iter().filter(|nested| has_single_value(&nested.ty));
        nested_paths.extend(nested.map(|nested| vec![field.wire.clone(), nested.wire]));
    }
    paths.into_iter().chain(nested_paths).take(max).collect()
}

impl Api {
    /// Returns all webhooks, including those of callbacks.
    pub fn all_webhooks(&self) -> impl Iterator<Item = &Webhook> {
        self.webhooks.iter().flat_map(|group| &group.events)
    }

    /// Returns the types of the payloads of all webhooks.
    pub fn payload_types(&self) -> impl Iterator<Item = &TypeRef> {
        self.all_webhooks().filter_map(|webhook| webhook.payload.as_ref())
    }

    /// Returns the types of the bodies that a program may send in response to a webhook.
    pub fn reply_types(&self) -> impl Iterator<Item = &TypeRef> {
        self.all_webhooks().flat_map(|webhook| &webhook.responses).filter_map(|reply| reply.body.as_ref())
    }
}

/// Returns the values of the string enum to which the keys lead in a value of a type.
fn values_at<'a>(api: &'a Api, ty: &'a TypeRef, keys: &[String]) -> Vec<&'a str> {
    match (api.resolved(ty), keys) {
        (TypeRef::Nullable(ty), _) => values_at(api, ty, keys),
        (TypeRef::Named(id), _) => match (&api.types[*id].shape, keys) {
            (Shape::StringEnum(variants), []) => variants.iter().map(|variant| variant.wire.as_str()).collect(),
            (Shape::Record(record), [key, below @ ..]) => {
                let field = record.fields.iter().find(|field| field.wire == *key);
                field.map(|field| values_at(api, &field.ty, below)).unwrap_or_default()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Returns whether the keys may lead to a value. Objects in arrays, maps and unions may have any property.
fn may_lead_to_value(api: &Api, ty: &TypeRef, keys: &[String]) -> bool {
    match (api.resolved(ty), keys) {
        (_, []) => true,
        (TypeRef::Nullable(ty), _) => may_lead_to_value(api, ty, keys),
        (TypeRef::Named(id), [key, below @ ..]) => match &api.types[*id].shape {
            Shape::Record(record) => {
                let field = record.fields.iter().find(|field| field.wire == *key);
                field.map_or(record.additional.is_some(), |field| may_lead_to_value(api, &field.ty, below))
            }
            Shape::Union(_) | Shape::Wrapper(_) => true,
            _ => false,
        },
        (TypeRef::Array(_) | TypeRef::Tuple(_) | TypeRef::Map(_) | TypeRef::Json, _) => true,
        _ => false,
    }
}
