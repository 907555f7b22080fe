//! The differences that the comparison finds.

use super::facts::Fact;
use super::pair::Pair;
use crate::ir::{OperationId, ParamLocation, Status, TypeId};
use crate::source::Pointer;

/// A difference between two documents.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The API, the operation, the webhook or the type that has the node.
    pub subject: Subject,
    /// The path to the node from an operation, a webhook or a type. It is empty for the API itself.
    pub path: Vec<Step>,
    /// The change.
    pub change: Change,
    /// The location of the node in each document. If a document does not have the node, the location of the nearest
    /// parent.
    pub origins: Pair<Pointer>,
}

/// The API, the operation, the webhook or the type to which a node belongs, in each document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The API itself.
    Api,
    /// An operation. The ID is `None` if the document does not have the operation.
    Operation(Pair<Option<OperationId>>),
    /// A webhook. The ID is `None` if the document does not have the webhook.
    Webhook(Pair<Option<WebhookId>>),
    /// A type.
    Type(Pair<TypeId>),
}

/// The indexes of a webhook in [`Api::webhooks`](crate::ir::Api::webhooks).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WebhookId {
    /// The index of the group.
    pub group: usize,
    /// The index of the event in the group.
    pub event: usize,
}

/// The change of a node from the second document to the first document.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Only the first document has the fact.
    Added(Fact),
    /// Only the second document has the fact.
    Missing(Fact),
    /// The documents have different facts of the same kind.
    Changed(Pair<Fact>),
}

/// A step of the path to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An operation, by its id.
    Operation(String),
    /// A variable of a server, by its name.
    ServerVariable(String),
    /// A type, by its name.
    Type(String),
    /// A webhook, or a callback with its operation, by its name.
    Webhook(String),
    /// The payload of a webhook.
    Payload,
    /// A parameter or form field, by its name.
    Param(ParamLocation, String),
    /// A response, by its status.
    Response(Status),
    /// A media type of a response, other than its default.
    MediaType(String),
    /// A header, by its name.
    Header(String),
    /// A property, by its name.
    Property(String),
    /// The items of an array.
    Items,
    /// An item of a tuple, by its index.
    Item(usize),
    /// An alternative of a union, by its name.
    UnionVariant(String),
    /// The values of a map, or the additional properties of an object.
    AdditionalProperties,
}

impl Change {
    /// Returns the fact that was added, is missing, or replaced another fact.
    pub fn fact(&self) -> &Fact {
        let (Self::Added(fact) | Self::Missing(fact) | Self::Changed(Pair { ours: fact, .. })) = self;
        fact
    }
}
