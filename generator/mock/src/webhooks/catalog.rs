//! The webhooks of the document: their names, and how they are signed.

use bindery::config::{Signature as SignatureConfig, SignatureEncoding, SignatureHash, SignatureKind};
use bindery::diagnostics::did_you_mean;
use bindery::ir::{Webhook, WebhookGroup};
use bindery::webhook_names::{EventName, has_dots};
use bindery_runtime::runtime::webhooks::{
    BodySignature, Content, Encoding, Hash, HeaderFormat, Signature, TimestampLocation, UrlSignature,
};

use crate::error::Error;
use crate::model::Model;

/// The webhooks of the document, with their names in requests.
#[derive(Debug)]
pub(crate) struct Catalog {
    /// For each group of the API, the location of the event name in requests, and facts about each event.
    groups: Vec<(EventName, Vec<EventInfo>)>,
}

/// Facts about an event.
#[derive(Debug)]
struct EventInfo {
    /// The name with which the event is sent on demand. For a callback, this is the operation and the callback, such as
    /// `watchPets.moved`. If the callback has several events, the name of the event follows.
    title: String,
    /// The names of the event in requests. There is at least one.
    names: Vec<String>,
    /// The keys that lead to the property with the name. There are none if the payload has no name.
    name_property: Vec<String>,
    has_dots: bool,
}

/// The location of an event in the API: the index of its group, and its index in the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventId {
    pub group: usize,
    pub event: usize,
}

/// An event with the data to send it.
#[derive(Clone, Copy)]
pub(crate) struct Event<'a> {
    pub webhook: &'a Webhook,
    /// The name with which the event is sent on demand.
    pub title: &'a str,
    /// The header with the name of the event.
    pub name_header: Option<&'a str>,
    /// The keys that lead to the property with the name of the event. If there are none, the payload has no name.
    pub name_property: &'a [String],
    /// The names of the event in requests. The mock uses the first one.
    pub names: &'a [String],
    /// Whether property names have dots. Dots in the names of form fields then do not lead into objects.
    pub has_dots: bool,
}

impl Event<'_> {
    /// Returns the name of the event in requests.
    pub fn name(&self) -> &str {
        self.names.first().map_or(self.webhook.name.as_str(), String::as_str)
    }

    /// Returns whether the event can be sent with a name. A webhook of the document can also have its name in requests.
    pub fn has_name(&self, name: &str) -> bool {
        self.title == name || self.title == self.webhook.name && self.names.iter().any(|own| own == name)
    }
}

impl Catalog {
    pub fn new(model: &Model) -> Self {
        let groups = model.api.webhooks.iter().map(|group| {
            let name = EventName::of(&model.config.webhooks, &model.api, group);
            let infos =
                name.values(&model.api, group).into_iter().zip(&group.events).map(|(values, event)| EventInfo {
                    title: title(model, group, event),
                    names: values.into_iter().map(str::to_owned).collect(),
                    name_property: name_property(model, &name, event),
                    has_dots: has_dots(&model.api, event),
                });
            let infos = infos.collect();
            (name, infos)
        });
        Self { groups: groups.collect() }
    }

    /// Returns an event.
    pub fn get<'a>(&'a self, model: &'a Model, id: EventId) -> Option<Event<'a>> {
        let webhook = model.api.webhooks.get(id.group)?.events.get(id.event)?;
        let (location, infos) = self.groups.get(id.group)?;
        let info = infos.get(id.event)?;
        let name_header = if let EventName::Header(name) = location { Some(name.as_str()) } else { None };
        let EventInfo { title, names, name_property, has_dots } = info;
        Some(Event { webhook, title, name_header, name_property, names, has_dots: *has_dots })
    }

    /// Returns the webhook with a name. This is the name in the document, the name in requests, or a name such as
    /// `watchPets.moved` for a callback.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Webhook`] if there is none.
    pub fn find(&self, model: &Model, name: &str) -> Result<EventId, Error> {
        let ids = || self.ids(model);
        let has_name = |id: &EventId| self.get(model, *id).is_some_and(|event| event.has_name(name));
        ids().find(has_name).ok_or_else(|| {
            let names = ids().filter_map(|id| self.get(model, id)).map(|event| event.title);
            let help = match did_you_mean(name, names) {
                Some(similar) => format!("; did you mean `{similar}`?"),
                None => String::new(),
            };
            Error::Webhook(format!("the document has no webhook `{name}`{help}"))
        })
    }

    /// Returns the webhooks of the document and the callbacks.
    pub fn ids<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = EventId> + 'a {
        let groups = model.api.webhooks.iter().enumerate();
        groups.flat_map(|(group, webhooks): (usize, &WebhookGroup)| {
            (0..webhooks.events.len()).map(move |event| EventId { group, event })
        })
    }
}

/// Returns the name with which an event is sent on demand.
fn title(model: &Model, group: &WebhookGroup, event: &Webhook) -> String {
    let Some(callback) = &group.callback else { return event.name.clone() };
    let operation = callback.operation.map(|id| model.api.operations[id].id.as_str());
    let event = (group.events.len() > 1).then_some(event.name.as_str());
    operation.into_iter().chain([callback.name.as_str()]).chain(event).collect::<Vec<_>>().join(".")
}

/// Returns the keys that lead to the property with the name of an event.
fn name_property(model: &Model, name: &EventName, event: &Webhook) -> Vec<String> {
    let EventName::Property(paths) = name else { return Vec::new() };
    let path = paths.iter().find(|keys| event.may_have_property(&model.api, keys));
    path.cloned().unwrap_or_default()
}

/// Returns the signature scheme of the API. The emitter generates the same value.
pub(crate) fn signature(config: Option<&SignatureConfig>) -> Signature<'_> {
    let Some(config) = config else { return Signature::None };
    let header = config.header.as_deref().unwrap_or("webhook-signature");
    if config.kind == SignatureKind::Url {
        return Signature::Url(UrlSignature {
            header,
            settings_header: config.settings_header.as_deref().unwrap_or_default(),
            body_hash: config.body_hash.as_deref().unwrap_or_default(),
        });
    }
    let standard = BodySignature {
        header,
        format: HeaderFormat::Pairs { separator: ' ', assignment: ',', key: "v1" },
        id_header: Some("webhook-id"),
        timestamp: Some(TimestampLocation::Header("webhook-timestamp")),
        content: &[Content::Id, Content::Text("."), Content::Timestamp, Content::Text("."), Content::Body],
        hash: Hash::Sha256,
        encoding: Encoding::Base64,
        base64_secret_prefix: Some("whsec_"),
    };
    let hash = match config.hash.unwrap_or_default() {
        SignatureHash::Sha1 => Hash::Sha1,
        SignatureHash::Sha256 => Hash::Sha256,
        SignatureHash::Sha512 => Hash::Sha512,
    };
    let encoding = match config.encoding.unwrap_or_default() {
        SignatureEncoding::Hex => Encoding::Hex,
        SignatureEncoding::Base64 => Encoding::Base64,
    };
    let other = BodySignature { id_header: None, base64_secret_prefix: None, hash, encoding, ..standard };
    Signature::Body(match config.kind {
        SignatureKind::Standard => standard,
        SignatureKind::Timestamped => BodySignature {
            format: HeaderFormat::Pairs {
                separator: ',',
                assignment: '=',
                key: config.signature_key.as_deref().unwrap_or("v1"),
            },
            timestamp: Some(TimestampLocation::Pair(config.timestamp_key.as_deref().unwrap_or("t"))),
            content: &[Content::Timestamp, Content::Text("."), Content::Body],
            ..other
        },
        SignatureKind::Body | SignatureKind::Url => BodySignature {
            format: HeaderFormat::Prefix(config.prefix.as_deref().unwrap_or_default()),
            timestamp: None,
            content: &[Content::Body],
            ..other
        },
    })
}
