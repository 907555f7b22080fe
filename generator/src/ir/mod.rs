//! The intermediate representation (IR): the API as data, for the generator, the mock and the comparison.
//!
//! Wire names only. What a thing is called in Rust is decided beside it, in [`crate::naming`]. Every node says where in
//! the document it comes from.

mod api;
mod arena;
mod cycles;
mod docs;
mod dump;
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

pub use api::Api;
pub use arena::{Arena, Id};
pub use cycles::cycles;
pub use docs::Docs;
pub use media_type::{Content, Framing, Media, charset_of};
pub use operation::{Alternative, Body, Header, Method, Operation, Response, Role, Side, Status};
pub use pagination::{Next, Paging};
pub use param::{Param, ParamPlace, Segment, Style};
pub use resource::{Key, Resource, Surface};
pub use response::{ResponseBody, succeeds};
pub use security::{CLIENT_CREDENTIALS, Flow, SchemeKind, SecurityScheme};
pub use server::{Server, Variable};
pub use stream::{STREAM_FLAG, StreamFlag};
pub use traverse::{parts, reach};
pub use types::{
    Constraint, Decimal, Field, Literal, Record, Shape, TypeDef, TypeId, TypeRef, Union, UnionVariant, ValueEnum,
    Variant, canonical, compare, is_same,
};

/// Names an operation of an [`Api`].
pub type OperationId = Id<Operation>;

/// Names a resource of an [`Api`].
pub type ResourceId = Id<Resource>;
