//! A stateful mock of an API, straight from its OpenAPI document.
//!
//! The server interprets the representation that bindings are generated from ([`bindery::ir`]), so that the two cannot
//! disagree about the API. What is created can be fetched, listed in pages, changed and deleted; what a request gets
//! wrong is refused as the API would refuse it. The paths say which collections and instances there are; nothing in
//! here knows any API.
//!
//! A [`Mock`] keeps everything in memory and shares nothing with others, so that each test may have its own.

mod answer;
mod check;
mod console;
mod damage;
mod error;
mod failure;
mod fault;
mod form;
mod generate;
mod http;
mod mock;
mod model;
mod page;
mod pattern;
mod rng;
mod route;
mod security;
mod seed;
mod server;
mod state;
mod state_file;
mod store;

pub use check::{Problem, check};
pub use error::Error;
pub use fault::{Damage, Fault};
pub use http::{Recorded, Request, Response};
pub use mock::{Builder, Mock, Ready};
