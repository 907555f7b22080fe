//! The receiver of webhooks: verifies a request, recognises its event, and decodes its payload.

use std::fmt;
use std::marker::PhantomData;
use std::time::{Duration, SystemTime};

use super::error::WebhookError;
use super::payload::{Dots, Payload};
use super::request::WebhookRequest;
use super::signature::Signature;
use super::verifier::Verifier;
use crate::runtime::Secret;

/// The maximum length of a body in bytes, by default.
const MAX_BODY_LEN: usize = 1 << 20;

/// The events that one receiver distinguishes.
pub trait WebhookEvent: Sized {
    /// [`Signed`] or [`Unsigned`].
    type Signing;

    /// How requests are verified, and how their events are recognised.
    const API: WebhookApi;

    /// Decodes the event with an index in [`WebhookApi::events`], or an unknown event.
    ///
    /// # Errors
    ///
    /// Returns where and why the payload does not match the type of the event.
    fn decode(index: Option<usize>, payload: &Payload<'_>) -> Result<Self, WebhookError>;
}

/// How an API sends its webhooks.
#[derive(Clone, Copy, Debug)]
pub struct WebhookApi {
    /// How requests are signed.
    pub signature: Signature<'static>,
    /// Where a request has the name of its event.
    pub name: EventName,
    /// The events.
    pub events: &'static [EventKind],
}

/// Where a request has the name of its event.
#[derive(Clone, Copy, Debug)]
pub enum EventName {
    /// Nowhere, because there is only one event.
    Only,
    /// In a property of the payload. Each path has the keys that lead to a property. The first property with a value is used.
    Property(&'static [&'static [&'static str]]),
    /// In a header.
    Header(&'static str),
    /// In the last segment of the path.
    Path,
    /// Nowhere: the method of the request distinguishes the events.
    Method,
}

/// An event of an API.
#[derive(Clone, Copy, Debug)]
pub struct EventKind {
    /// The names that requests have for the event.
    pub names: &'static [&'static str],
    /// The method of the request.
    pub method: &'static str,
    /// How names of form fields with dots are read.
    pub dots: Dots,
}

impl EventKind {
    /// Creates an event. The form field `a.b` is the property `b` of the object `a`.
    pub const fn new(method: &'static str, names: &'static [&'static str]) -> Self {
        Self { names, method, dots: Dots::Nest }
    }

    /// Treats the form field `a.b` as the property `a.b`.
    #[must_use]
    pub const fn keep_dots(self) -> Self {
        Self { dots: Dots::Keep, ..self }
    }
}

/// A receiver of webhooks that are signed with a secret.
#[derive(Clone, Copy, Debug)]
pub struct Signed;

/// A receiver of webhooks without a signature.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned;

/// A receiver of the webhooks with the events `E`. It verifies a request before it decodes the payload.
pub struct Receiver<E, S = Signed> {
    verifier: Verifier,
    pub(super) max_body_len: usize,
    kind: PhantomData<fn() -> (E, S)>,
}

impl<E> Receiver<E, Signed> {
    /// Creates a receiver with the secret that the API signs its webhooks with.
    ///
    /// The secret is not checked here. If it is empty, or not in the format of the signature scheme,
    /// [`receive`](Self::receive) returns [`WebhookError::InvalidSecret`] for signed requests.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Self::with_verifier(Verifier::new(secret))
    }

    /// Adds a secret. A signature with any of the secrets is valid, so that a secret can be replaced without lost webhooks.
    #[must_use]
    pub fn secret(self, secret: impl Into<Secret>) -> Self {
        Self { verifier: self.verifier.secret(secret), ..self }
    }

    /// Adds a secret for requests that name their key and their algorithm in a header. Without such a secret, the other secrets
    /// also apply to these requests.
    #[must_use]
    pub fn shared_key(self, secret: impl Into<Secret>) -> Self {
        Self { verifier: self.verifier.shared_key(secret), ..self }
    }

    /// Sets the URL that the API calls, without its query. Behind a proxy, a server sees a different URL.
    #[must_use]
    pub fn public_url(self, url: impl Into<String>) -> Self {
        Self { verifier: self.verifier.public_url(url), ..self }
    }

    /// Sets how far the time of a signature may be in the past or in the future. The default is 5 minutes.
    #[must_use]
    pub fn tolerance(self, tolerance: Duration) -> Self {
        Self { verifier: self.verifier.tolerance(tolerance), ..self }
    }

    /// Sets the clock with which the time of a signature is compared, for tests.
    #[must_use]
    pub fn clock(self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self { verifier: self.verifier.clock(clock), ..self }
    }
}

impl<E> Receiver<E, Unsigned> {
    /// Creates a receiver. The webhooks have no signature, so anybody who knows the URL can send them.
    pub fn new() -> Self {
        Self::with_verifier(Verifier::default())
    }
}

impl<E> Default for Receiver<E, Unsigned> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E, S> Receiver<E, S> {
    fn with_verifier(verifier: Verifier) -> Self {
        Self { verifier, max_body_len: MAX_BODY_LEN, kind: PhantomData }
    }

    /// Sets the maximum length of a body in bytes. The default is 1 MiB.
    #[must_use]
    pub fn max_body_len(self, max_body_len: usize) -> Self {
        Self { max_body_len, ..self }
    }
}

impl<E: WebhookEvent, S> Receiver<E, S> {
    /// Verifies a request, and decodes its event.
    ///
    /// # Errors
    ///
    /// Returns why the request is not accepted. [`WebhookError::status`] is the status for the response.
    pub fn receive<'a>(&self, request: impl Into<WebhookRequest<'a>>) -> Result<E, WebhookError> {
        let request = request.into();
        let mut payload = self.verified_payload(&request)?;
        let index = E::API.recognise(&request, &mut payload)?;
        E::decode(index, &payload)
    }

    /// Verifies a request, and decodes all its events: the items of a JSON array, or the only event.
    ///
    /// If an item cannot be decoded, it becomes an unknown event with its payload and an
    /// [`error`](super::UnknownEvent::error), so that the other items are not lost.
    ///
    /// # Errors
    ///
    /// Returns why the request is not accepted. [`WebhookError::status`] is the status for the response.
    pub fn receive_all<'a>(&self, request: impl Into<WebhookRequest<'a>>) -> Result<Vec<E>, WebhookError> {
        let request = request.into();
        let mut payload = self.verified_payload(&request)?;
        let Some(items) = payload.items() else {
            let index = E::API.recognise(&request, &mut payload)?;
            return Ok(vec![E::decode(index, &payload)?]);
        };
        let events = items.into_iter().map(|mut item| {
            let index = E::API.recognise(&request, &mut item)?;
            E::decode(index, &item).or_else(|error| {
                item.error = Some(error);
                E::decode(None, &item)
            })
        });
        events.collect()
    }

    /// Verifies a request, and returns its payload.
    fn verified_payload<'a>(&self, request: &WebhookRequest<'a>) -> Result<Payload<'a>, WebhookError> {
        if request.body.len() > self.max_body_len {
            return Err(WebhookError::BodyTooLong(self.max_body_len));
        }
        self.verifier.verify(&E::API.signature, request)?;
        Payload::read(request)
    }
}

impl WebhookApi {
    /// Returns the index of the event of a request. Adds the name of the event to the payload.
    fn recognise(
        &self,
        request: &WebhookRequest<'_>,
        payload: &mut Payload<'_>,
    ) -> Result<Option<usize>, WebhookError> {
        payload.name = match self.name {
            EventName::Only | EventName::Method => None,
            EventName::Property(paths) => payload.name_at(paths)?,
            EventName::Header(name) => request.header(name)?.map(str::to_owned),
            EventName::Path => request.last_path_segment(),
        };
        let has_name = |kind: &EventKind| match (self.name, &payload.name) {
            (EventName::Only | EventName::Method, _) => true,
            (_, Some(name)) => kind.names.contains(&name.as_str()),
            (_, None) => false,
        };
        let candidates = || self.events.iter().enumerate().filter(|(_, kind)| has_name(kind));
        let mut same_method = candidates().filter(|(_, kind)| kind.method == request.method.as_str());
        let found = match self.name {
            EventName::Method => same_method.next(),
            _ => same_method.next().or_else(|| candidates().next()),
        };
        if let Some((_, kind)) = found {
            payload.dots = kind.dots;
        }
        Ok(found.map(|(index, _)| index))
    }
}

impl<E, S> Clone for Receiver<E, S> {
    fn clone(&self) -> Self {
        Self { verifier: self.verifier.clone(), ..*self }
    }
}

impl<E, S> fmt::Debug for Receiver<E, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Receiver");
        fields.field("verifier", &self.verifier).field("max_body_len", &self.max_body_len).finish()
    }
}
