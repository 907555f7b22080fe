//! The API as data: what every reader of a document works on.
//!
//! Wire names only. What a thing is called in Rust is decided beside it, in [`crate::name`]. Every node says where in
//! the document it comes from.

mod answer;
mod api;
mod cycles;
mod op;
mod outline;
mod paging;
mod reach;
mod resource;
mod security;
mod server;
mod stream;
mod ty;

pub use answer::{Answer, Content, Framing, succeeds};
pub use api::{Api, Arena, Docs, Id};
pub use cycles::cycles;
pub use op::{
    Alternative, Body, Header, Media, Method, Operation, Param, ParamPlace, Response, Segment, Status, Style,
    charset_of,
};
pub use paging::{Next, Paging};
pub use reach::{parts, reach};
pub use resource::{Key, Resource, Role, Side, Surface};
pub use security::{CLIENT_CREDENTIALS, Flow, SchemeKind, SecurityScheme};
pub use server::{Server, Variable};
pub use stream::{STREAM_FLAG, StreamFlag};
pub use ty::{
    Choice, Constraint, Field, Literal, Record, Shape, TypeDef, TypeId, TypeRef, Union, ValueEnum, Variant, canonical,
    compare, is_same,
};

/// Names an operation of an [`Api`].
pub type OperationId = Id<Operation>;

/// Names a resource of an [`Api`].
pub type ResourceId = Id<Resource>;
