//! Webhooks: the requests that the API sends, and the events in them.

use crate::ir::{Docs, Method, OperationId, Param, Response, TypeRef};
use crate::source::Pointer;

/// The events that one receiver distinguishes: all webhooks of the document, or one callback.
#[derive(Clone, Debug)]
pub struct WebhookGroup {
    /// The callback, or `None` for the webhooks of the document.
    pub callback: Option<Callback>,
    /// The events.
    pub events: Vec<Webhook>,
}

/// A callback: webhooks to a URL that a request of an operation registers.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The name.
    pub name: String,
    /// The operation that registers the URL, if the document names it.
    pub operation: Option<OperationId>,
    /// The location of the callback.
    pub origin: Pointer,
}

/// An event: a request that the API sends to a program.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The name of the event.
    pub name: String,
    /// The expression with which the API computes the URL of a callback.
    pub expression: Option<String>,
    /// The method of the request.
    pub method: Method,
    /// The type of the payload. This is the body, or an object with the query parameters.
    pub payload: Option<TypeRef>,
    /// The media types of the body.
    pub media_types: Vec<String>,
    /// The headers of the request.
    pub headers: Vec<Param>,
    /// The responses that the program may send.
    pub responses: Vec<Response>,
    /// The documentation.
    pub docs: Docs,
    /// Whether the event is deprecated.
    pub deprecated: bool,
    /// The location of the operation.
    pub origin: Pointer,
}
