//! The intermediate representation (IR): the API as data, for the generator, the mock and the comparison.
//!
//! The IR has only wire names. [`crate::naming`] adds the Rust names in separate tables. Every node has its source
//! location.

mod api;
mod arena;
mod cycles;
mod decimal;
mod docs;
mod dump;
mod event_names;
mod media_type;
mod operation;
mod pages;
mod pagination;
mod param;
mod resource;
mod response;
mod security;
mod server;
mod stream;
mod traverse;
mod types;
mod webhook;

pub use api::{Api, LeftOut};
pub use arena::{Arena, Id};
pub use cycles::for_each_cycle;
pub use decimal::Decimal;
pub use docs::Docs;
pub use media_type::{Content, Framing, Media, charset_of};
pub use operation::{Alternative, BodyKind, Header, Level, Method, Operation, Response, Role, Status};
pub use pagination::{Next, Paging};
pub use param::{Param, ParamLocation, Segment, Style};
pub use resource::{Key, Layout, Resource};
pub use response::{ResponseBody, is_success};
pub use security::{CLIENT_CREDENTIALS, Flow, SchemeKind, SecurityScheme};
pub use server::{Server, Variable};
pub use stream::{StreamFlag, stream_ends};
pub use traverse::{contained_types, containing_types, reachable_types, reachable_types_without, resolve_alias};
pub use types::{
    Constraint, Field, Literal, Record, Shape, TypeDef, TypeId, TypeRef, Union, UnionVariant, ValueEnum, Variant,
    canonical_json, compare_numbers, json_equal,
};
pub use webhook::{Callback, Webhook, WebhookGroup};

/// The id of an operation of an [`Api`].
pub type OperationId = Id<Operation>;

/// The id of a resource of an [`Api`].
pub type ResourceId = Id<Resource>;
