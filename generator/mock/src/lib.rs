//! A stateful mock of an API, straight from its OpenAPI document.
//!
//! The server interprets the representation that clients are generated from ([`bindery::ir`]). It stores what is created, so that
//! it can be fetched, listed in pages, changed and deleted, and checks each request against the document. The paths say which
//! collections and instances there are; nothing in here knows any API.
//!
//! A [`Mock`] keeps everything in memory and shares nothing with others, so that each test may have its own.
//!
//! A refused request has the status that says why, whether the operation documents it or not: 400 for an invalid request (422 if
//! the operation documents 422 and not 400), 401 without credentials, 404 for an unknown path or record, 405 for another method, 409
//! for a value that is taken, 415 for another media type. The body is an error as the document or codegen.toml describes it.
//!
//! # What an API does beyond its document
//!
//! `[[mock.rules]]` in codegen.toml states facts that a document has no keywords for: unique values (409), values that identify a
//! record in a path, counters, defaults, strings of JSON, parameters that exclude each other, the largest number of records,
//! filters and the order of lists, records that are stored in another collection, records that are created together, and
//! collections in which records appear in another form. `docs/configuration.md` lists the keys. A rule that names something
//! that the document does not have is an error.
//!
//! # What the mock does not do
//!
//! - Query parameters that no rule and no pagination gives a meaning to are checked and have no effect, as those that the document does
//!   not have. The response header `Mock-Ignored-Parameters` names those of the request. Headers have no effect, apart from credentials and `X-Mock-Fault`.
//! - Operations that are not list, create, fetch, update, replace or delete change nothing. They respond with the stored record of
//!   their path, or with a generated value.
//! - Nothing happens by itself: no states change with time, no webhooks are sent, no counts of other records are computed. Records
//!   that only the API creates, such as receipts of deliveries, are not there unless [`Mock::put`] stores them.
//! - Values that nobody has set are generated from the schema, and mean nothing.
//! - A reference to another record, such as the id of a role in a body, is not looked up.
//! - Parameters in styles such as `deepObject` are accepted as they are, and so are bodies that are neither JSON nor
//!   forms.
//! - A copy that a rule makes follows its record. To change or delete the copy does not change the record.
//! - Scopes and permissions are not checked: any accepted credential may do everything.
//! - Formats of strings are checked for dates, points in time, URIs, UUIDs, Base64, email addresses, host names and IP addresses.
//!   `time` and `duration` are generated and not checked.
//! - Responses of text, bytes and streams of anything but the records of a collection have generated contents. The contents of files
//!   that are sent are not kept: a record keeps their name, size and media type if it has properties for them.
//! - Numbers keep their digits if they are integers; other numbers have 64 bits.

mod act;
mod big;
mod body;
mod console;
mod content;
mod copies;
mod corruption;
mod error;
mod error_response;
mod fault;
mod filter;
mod formats;
mod generate;
mod handler;
mod http;
mod json_path;
mod mock;
mod model;
mod multipart;
mod page;
mod path;
mod pattern;
mod record;
mod request_values;
mod rng;
mod route;
mod rule_checks;
mod rules;
mod security;
mod seed_data;
mod server;
mod shared;
mod state;
mod state_file;
mod store;
mod validate;

pub use error::Error;
pub use fault::{Damage, Fault};
pub use http::{Recorded, Request, Response};
pub use mock::{Builder, Mock, Ready};
pub use validate::{Problem, check};
