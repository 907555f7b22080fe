//! The hand-written half of this crate: sending requests, reading answers, walking lists, reporting errors.
//!
//! The generated half says what the API is: each operation is a few lines over [`Request`], each list a [`Page`],
//! each identifier and enum a macro call. What is particular to the API comes in as data, in [`Api`]. Most of what is
//! here is of interest to that half only; what a program uses is also at the root of the crate.

mod api;
mod api_error;
mod base_url;
mod body;
mod builder;
mod call;
mod connection;
mod credentials;
mod decode;
mod encode;
mod error;
mod excerpt;
mod failure;
mod host;
mod invalid;
#[macro_use]
mod model;
#[macro_use]
mod newtype;
mod observe;
#[macro_use]
mod page;
mod path;
#[macro_use]
mod request;
mod response;
mod retry;
mod rule;
mod scope;
mod secret;
#[macro_use]
mod string_enum;
mod token;
mod transport;
mod value;
mod walk;

pub use api::{Api, EnvCredentials, ErrorFields};
pub use api_error::{ApiError, Code};
pub use builder::ClientBuilder;
pub use connection::Connection;
pub use credentials::{ConfigError, Credentials};
pub use decode::{Answer, Decode, Json, Nothing};
pub use error::{Error, Result};
pub use failure::{Call, DecodeError, TimeoutError, TransportError};
pub use host::HostRule;
pub use invalid::{InvalidRequest, InvalidValue};
pub use model::{Give, MissingField, Personal, given};
pub use newtype::checked_text;
pub use observe::Attempt;
pub use page::{Items, Page, Pages};
pub use request::{Request, RequestFuture};
pub use response::Response;
pub use retry::RetryPolicy;
pub use rule::{Rule, check, is_personal};
pub use scope::Scope;
pub use secret::Secret;
pub use transport::{Body, SendError, Transport, TransportFuture};
pub use value::Value;
pub use walk::PagingError;
