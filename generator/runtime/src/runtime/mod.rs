//! The hand-written half of this crate: sending requests, reading answers, walking lists, reporting errors.
//!
//! The generated half says what the API is: each operation is a few lines over [`Request`], each list a [`Page`],
//! each identifier and enum a type of its own. What is particular to the API comes in as data, in [`Api`]. Most of what is
//! here is of interest to that half only; what a program uses is also at the root of the crate.
//!
//! # What the client does about faults
//!
//! *Repeats* means: sends the request again, up to 4 attempts unless the [`RetryPolicy`] says something else, while the
//! client's budget of repeats lasts and only where the wait ends before the deadline of the request. Repeats after 429 have
//! rules of their own ([rate limits](RetryPolicy#rate-limits)). *Writes* are
//! requests that may do a thing twice when they arrive twice: POST and PATCH.
//!
//! | Fault | Reads, PUT, DELETE | Writes | Ends with |
//! |---|---|---|---|
//! | A value breaks a rule, or cannot be sent as it is | nothing is sent | nothing is sent | [`Error::InvalidRequest`] |
//! | No connection, or none in the connect timeout (10 s), or one that was closed before anything was sent | repeats | repeats: nothing arrived | [`Error::Transport`], [`Error::Timeout`] |
//! | The connection breaks: reset, closed early, cut off, no HTTP | repeats | fails at once | [`Error::Transport`] |
//! | No complete answer in the attempt timeout (30 s) | repeats | fails at once | [`Error::Timeout`] |
//! | The deadline passes (90 s for all attempts and waits) | gives up | gives up | [`Error::Timeout`], or the last error if a wait would outlast it |
//! | 429 | all requests of the client pause, then repeats | the same: nothing was done | [`Error::Api`] |
//! | 502, 503, 504 | repeats | fails at once | [`Error::Api`] |
//! | 500 | repeats reads only | fails at once | [`Error::Api`] |
//! | 401 with a token that is fetched | fetches a new token and repeats once | the same | [`Error::Api`] |
//! | No token can be had | repeats the request for the token by the same rules; nothing else is sent | the same | the error of that request |
//! | Any other status of 300 or more; redirects too, where they are not what is described | fails at once | fails at once | [`Error::Api`] |
//! | `Retry-After`, in seconds or as a date | waits so long at least | the same | |
//! | A failure whose body is cut off, too long, empty or not JSON | as the status says | as the status says | [`Error::Api`] with what came |
//! | A success whose body is longer than the limit (64 MiB) | stops reading | stops reading | [`Error::Decode`] |
//! | A success whose body is empty or not what the document says | fails at once | fails at once | [`Error::Decode`] |
//! | A success of an unexpected media type that cannot be decoded | fails at once | fails at once | [`Error::Decode`] with the media types and the body |
//! | A link to the next page that leaves the API or closes a loop | the list ends, nothing is sent there | | [`Error::Paging`] |
//! | Too many repeats of all requests together, those after 429 not counted | fails at once | fails at once | the error of the last attempt, which [says so](Error::is_retry_budget_exhausted) |
//! | The future is dropped | the request is cancelled | the same | |
//!
//! # What the client does about responses that differ from their description
//!
//! | The response | The call ends with |
//! |---|---|
//! | A property is not described | the value, without the property |
//! | A property is not described, but additional properties are | the value, with the property among the additional ones |
//! | An optional property is missing or `null` | the value, with `None` |
//! | A required property is missing | [`Error::Decode`] |
//! | A required property is `null` | [`Error::Decode`], unless the property may be `null` |
//! | A value is not in its `enum` | the value, with the variant for unknown values |
//! | A discriminator has an unknown value | the value, with the variant for unknown values, which keeps the JSON |
//! | A discriminator selects a type that the value does not match | [`Error::Decode`] |
//! | A value matches none of the alternatives | the value, with the variant for unknown values, which keeps the JSON |
//! | A number is a string, or an integer is `1.0` | the value, with the number |
//! | A time has no zone, a time is a date, or a date is a time | the value: the zone is UTC, a date begins at midnight |
//! | A value is of another type | [`Error::Decode`] |
//! | A number does not fit its type | [`Error::Decode`] |
//! | A value violates a limit such as `maxLength` | the value: limits are checked in requests only |
//! | A property is repeated | [`Error::Decode`] |
//! | The body is not JSON | [`Error::Decode`] |
//! | A byte order mark is in front of JSON | the value |
//! | JSON is in another charset than UTF-8 | [`Error::Decode`], unless its bytes are also valid UTF-8 |
//! | No body | [`Error::Decode`], unless the body may be `null` or no body is described, too |
//! | A media type that cannot be read as the described one | [`Error::Decode`], which names both and keeps the body |
//! | A media type that says little, such as `text/plain` for JSON, or none | the value |
//! | JSON that is nested too deep | [`Error::Decode`]: 128 levels are read |
//! | HTML or JSON instead of a file with a specific media type, such as `application/pdf` | [`Error::Decode`], which names both and keeps the body |
//! | A file with any other media type, or none | the value |
//! | A header is missing, or of another type | the value; the header is `None` |
//!
//! With `strict = true` in the configuration of the generator, numbers as strings and times in another form are errors, too.

mod auth;
mod client;
mod error;
#[macro_use]
mod model;
#[macro_use]
mod pagination;
#[macro_use]
mod request;
#[macro_use]
mod response;
mod validation;

pub use auth::credential_set::Keys;
pub use auth::credentials::Credentials;
pub use auth::secret::Secret;
pub use auth::security::Scheme;
pub use auth::token_provider::{BearerToken, Provider};
pub use client::api::{Api, EnvCredentials, EnvKind, ErrorFields};
#[cfg(feature = "blocking")]
pub use client::blocking::wait;
pub use client::builder::ClientBuilder;
pub use client::connection::Connection;
pub use client::environment::ConfigError;
pub use client::host_template::HostRule;
pub use client::observe::Attempt;
pub use client::retry::RetryPolicy;
pub use client::scope::Scope;
pub use client::transport::{Body, SendError, Transport, TransportFuture};
pub use error::api_error::{ApiError, Code};
pub use error::call_error::{Call, DecodeError, GaveUp, TimeoutError, TransportError};
pub use error::invalid::{InvalidRequest, InvalidValue};
pub use error::{Error, Result};
pub use model::alternative::{Kind, Literal, Match};
pub use model::any_json::{AnyJson, raw_json};
pub use model::base64::{Base64, Base64Url};
pub use model::big_number::BigNumber;
pub use model::iso_duration::IsoDuration;
pub use model::json_text::{JsonTextError, OptionalText, json_in};
pub use model::model_decode::{PropertyName, missing};
pub use model::nested::Nested;
pub use model::newtype::{Newtype, StringOr, checked_text};
pub use model::nullable::Nullable;
pub use model::union::{Alternative, Reading, Union, read_as, read_known, read_union, write_tagged};
pub use model::unknown::{count_unknown, note_unknown};
pub use model::value_enum::{EnumValue, enum_param_value};
pub use model::{Give, MissingField, Personal, given};
pub use pagination::next_page::NextPage;
pub use pagination::page::{Items, Page, Pages, token_of_cursor, token_of_link};
pub use pagination::pager::PagingError;
pub use request::param_value::Value;
pub use request::upload::Upload;
pub use request::{Request, RequestFuture};
pub use response::Response;
pub use response::decode::{Answer, Decode, Json, Nothing};
pub use response::download::{Download, Streamed};
pub use response::events::{Envelopes, Event, Events, Lines, TextEnvelopes, TextEvents, TextLines, Values};
pub use response::media_type::Reads;
pub use response::mismatch::{Mismatch, from_json};
pub use response::optional_body::Optional;
pub use response::properties::{Properties, is_shallow};
pub use response::response_enum::unnamed;
pub use response::text_body::Text;
pub use validation::json_validation::{Check, Checked};
pub use validation::{Rule, check, is_personal};
