//! A stateful mock server for an OpenAPI document.
//!
//! The server interprets the IR from which clients are generated ([`bindery::ir`]). It validates each request against
//! the document and stores the created records, so that requests can fetch, list, update and delete them. The paths of
//! the document define the collections and records.
//!
//! A [`Mock`] keeps its state in memory and shares nothing with other mocks. Each test can therefore start its own
//! mock.
//!
//! An error response has one of these statuses, even if the operation does not document the status:
//!
//! - 400 for an invalid request, or 422 if the operation documents 422 and not 400
//! - 401 for missing credentials
//! - 404 for an unknown path or record
//! - 405 for a method that the path does not have
//! - 409 for a value that must be unique
//! - 415 for an unsupported media type
//!
//! The body has the form that the document or codegen.toml describes.
//!
//! # Behavior beyond the document
//!
//! `[[mock.rules]]` in codegen.toml describes behavior for which a document has no keywords, such as unique values,
//! counters, mutually exclusive parameters, and filters of lists. A rule can also store a record in another collection,
//! create further records with it, or copy it to other collections. `docs/configuration.md` lists the keys. A rule that
//! names something that the document does not have is an error.
//!
//! # Webhooks
//!
//! [`Mock::send_webhook`] sends a webhook of the document, and [`Mock::deliveries`] returns the sent webhooks. The mock sends
//! callbacks after their operation. `[[mock.events]]` in codegen.toml lists the changes of records about which the mock sends
//! webhooks, and `[[mock.subscriptions]]` the records with their URLs. `docs/mock.md` has examples.
//!
//! # What the mock does not do
//!
//! - Webhooks are sent without TLS, to `http` URLs. Redirects are not followed. [`Mock::ask`] does not send the webhooks
//!   before a change.
//! - Query parameters that are neither part of `[[mock.rules]]` nor of pagination are validated but have no effect. The
//!   response header `Mock-Ignored-Parameters` lists them. Request headers have no effect, except credentials,
//!   `X-Mock-Fault`, and the headers in `[[mock.subscriptions]]`.
//! - Operations other than list, create, fetch, update, replace and delete change nothing. Such an operation returns
//!   the stored record at its path, or a generated value.
//! - The clock of the mock starts at 2026-01-01T00:00:00Z and advances by one second with each write, so that tests have the same
//!   results at any time. Compare times with those of records, not with the current time.
//! - The mock changes nothing on its own: it has no timers, and does not count records in properties of other records.
//!   Records that only the real API creates, such as delivery receipts, exist only if [`Mock::put`] stores them.
//! - Values that no request has set are generated from the schema and have no meaning.
//! - References to other records, such as the ID of a role in a body, are not validated.
//! - Records of another resource are not created implicitly. With the Twilio Conversations document, adding a
//!   participant with a new identity creates no user.
//! - Lists do not contain resources that an account has by default. With the Twilio Conversations document, the list of
//!   Services does not contain the default Service.
//! - Uniqueness is checked within one collection, for one property at a time. With the Twilio Conversations document,
//!   the uniqueness of an address pair (address and proxy address) across conversations is not checked.
//! - Parameters in styles such as `deepObject`, and bodies that are neither JSON nor forms, are accepted without
//!   validation.
//! - A copy that `[[mock.rules.copies]]` creates follows its record. Updating or deleting the copy does not change the
//!   record.
//! - Scopes and permissions are not checked: any accepted credential may do everything.
//! - String formats are validated for dates, date-times, URIs, UUIDs, Base64, email addresses, host names and IP
//!   addresses. `time` and `duration` are generated but not validated.
//! - Text and binary responses have generated contents. So do streams, unless they contain the records of a collection.
//!   The contents of uploaded files are not stored: a record has the name, size and media type of a file, if the record
//!   has such properties.
//! - Integers keep all digits. Other numbers have 64 bits.

mod big;
mod body;
mod console;
mod content;
mod copies;
mod corruption;
mod error;
mod error_response;
mod execute;
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
mod record_change;
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
mod stream;
mod validate;
mod webhooks;

pub use error::Error;
pub use fault::{Damage, Fault};
pub use http::{Recorded, Request, Response};
pub use mock::{Builder, Mock, Ready};
pub use validate::{Problem, check};
pub use webhooks::{Attempt, Delivery};
