//! The part of the client that is independent of the API: sends requests, decodes responses, and handles pagination and errors.
//!
//! The most common types are also exported at the root of the crate.
//!
//! # Faults and retries
//!
//! *Retries* means that the client sends the request again: up to 4 attempts by default ([`RetryPolicy`]), while the
//! retry budget is not exhausted, and only if the wait ends before the deadline of the request. Retries after 429 are
//! described under [rate limits](RetryPolicy#rate-limits). *Reads* are GET, HEAD, OPTIONS and TRACE requests. *Writes*
//! are POST and PATCH requests, which may take effect twice if they are sent twice. A POST or PATCH request with an
//! idempotency key is repeated like a PUT request, because the API recognises the key.
//!
//! | Fault | Reads, PUT, DELETE | Writes | Error |
//! |---|---|---|---|
//! | A value violates a constraint or cannot be sent | nothing is sent | nothing is sent | [`Error::InvalidRequest`] |
//! | No connection within the connect timeout (10 s), or it was closed before anything was sent | retries | retries: nothing was sent | [`Error::Transport`], [`Error::Timeout`] |
//! | The connection breaks, is closed early or does not speak HTTP | retries | fails at once | [`Error::Transport`] |
//! | No complete response within the attempt timeout (30 s) | retries | fails at once | [`Error::Timeout`] |
//! | The deadline passes (90 s for all attempts and waits) | fails | fails | [`Error::Timeout`], or the last error if a wait would exceed the deadline |
//! | 429 | all requests of the client pause, then retries | the same: the request had no effect | [`Error::Api`] |
//! | 502, 503, 504 | retries | fails at once | [`Error::Api`] |
//! | 500 | retries reads only | fails at once | [`Error::Api`] |
//! | 401 with a token that the client fetched | fetches a new token and retries once | the same | [`Error::Api`] |
//! | The token request fails | retries only the token request, as a read | the same | the error of the token request |
//! | Any other status of 300 or more, including redirects that are not documented | fails at once | fails at once | [`Error::Api`] |
//! | `Retry-After`, in seconds or as a date | waits at least as long | the same | |
//! | An error response whose body is incomplete, too long, empty or not JSON | depends on the status | depends on the status | [`Error::Api`] with the received bytes |
//! | A successful response whose body exceeds the limit (64 MiB) | stops reading | stops reading | [`Error::Decode`] |
//! | A successful response whose body is empty or does not match the document | fails at once | fails at once | [`Error::Decode`] |
//! | A successful response with an unexpected media type that cannot be decoded | fails at once | fails at once | [`Error::Decode`] with the media types and the body |
//! | The URL of the next page has a different origin or was requested before | the list ends, nothing is sent to the URL | | [`Error::Paging`] |
//! | The retry budget of the client is exhausted | fails at once | fails at once | the error of the last attempt; see [`Error::is_retry_budget_exhausted`] |
//! | The future is dropped | the request is cancelled | the same | |
//!
//! # Responses that differ from the document
//!
//! | Response | Result |
//! |---|---|
//! | An undocumented property | the value, without the property |
//! | An undocumented property of a type with additional properties | the value, with the property among the additional properties |
//! | An optional property is missing or `null` | the value, with `None` |
//! | A required property is missing | [`Error::Decode`], unless the property may be `null`: then the value, with `None` |
//! | A required property is `null` | [`Error::Decode`], unless the property may be `null` |
//! | A value is not in its `enum` | the value, with the variant for unknown values |
//! | A discriminator has an unknown value | the value, with the variant for unknown values, which keeps the JSON |
//! | A discriminator selects a type that the value does not match | [`Error::Decode`] |
//! | A value matches none of the alternatives | the value, with the variant for unknown values, which keeps the JSON |
//! | A number is a string, or an integer is `1.0` | the value, with the number |
//! | A time has no zone, a time is a date, or a date is a time | the value: the zone is UTC, a date becomes midnight of that day |
//! | A value is of a different type | [`Error::Decode`] |
//! | A number does not fit its type | [`Error::Decode`] |
//! | A value violates a limit such as `maxLength` | the value: limits are checked in requests only |
//! | A property is repeated | [`Error::Decode`]; of undocumented properties, the last one counts |
//! | The body is not JSON | [`Error::Decode`] |
//! | A byte order mark is in front of JSON | the value |
//! | JSON is in a different charset than UTF-8 | [`Error::Decode`], unless its bytes are also valid UTF-8 |
//! | No body | [`Error::Decode`], unless the document allows `null` or a response without a body |
//! | A media type that the decoder of the documented media type cannot read | [`Error::Decode`] with both media types and the body |
//! | An unspecific media type, such as `text/plain` for JSON, or none | the value |
//! | JSON that is nested more than 128 levels deep | [`Error::Decode`], unless it is in an undocumented property that is left out |
//! | HTML or JSON instead of a file with a specific media type, such as `application/pdf` | [`Error::Decode`] with both media types and the body |
//! | A file with any other media type, or none | the value |
//! | The media type that the document has for another status, such as JSON instead of a PDF | [`Error::Decode`] with both media types and the body |
//! | A header is missing, or of a different type | the value; the header is `None` |
//!
//! If the crate was generated with `strict = true`, numbers as strings and times in a different form are errors, too.

mod auth;
mod client;
pub(crate) mod error;
#[macro_use]
mod model;
#[macro_use]
mod pagination;
#[macro_use]
mod request;
#[macro_use]
mod response;
mod validation;
#[cfg(feature = "webhooks")]
pub mod webhooks;

#[cfg(feature = "token-providers")]
pub use auth::authorization::BearerToken;
pub use auth::credentials::Credentials;
#[doc(hidden)]
#[cfg(feature = "security-schemes")]
pub use auth::credentials::credential_set::CredentialSet;
#[doc(hidden)]
#[cfg(feature = "security-schemes")]
pub use auth::scheme::Scheme;
pub use auth::secret::Secret;
#[doc(hidden)]
pub use client::api::{Api, EnvCredentials, EnvKind, ErrorFields};
#[cfg(feature = "blocking")]
pub use client::blocking::wait;
pub use client::builder::ClientBuilder;
#[doc(hidden)]
pub use client::connection::Connection;
#[doc(hidden)]
pub use client::host_template::HostTemplate;
pub use client::observe::Attempt;
pub use client::retry::RetryPolicy;
#[doc(hidden)]
pub use client::scope::Scope;
pub use client::transport::{Body, SendError, Transport, TransportFuture};
pub use error::api_error::{ApiError, Code};
pub use error::call::{Call, GaveUp};
pub use error::call_error::{TimeoutError, TransportError};
pub use error::config_error::ConfigError;
pub use error::decode_error::DecodeError;
pub use error::invalid::{InvalidRequest, InvalidValue};
#[cfg(feature = "json-strings")]
pub use error::json_text_error::JsonTextError;
pub use error::missing_field::MissingField;
pub use error::paging_error::PagingError;
pub use error::{Error, Result};
#[doc(hidden)]
#[cfg(feature = "unions")]
pub use model::alternative::{Kind, Literal, Match};
#[cfg(feature = "any-json")]
pub use model::any_json::AnyJson;
#[cfg(feature = "base64")]
pub use model::base64::{Base64, Base64Url};
#[cfg(feature = "big-numbers")]
pub use model::big_number::BigNumber;
#[cfg(feature = "built-in-dates")]
pub use model::date::{Date, DateTimeError};
#[doc(hidden)]
pub use model::from_json::{Decoding, FromJson, JsonNode, Property, Reading, property, read_object};
#[cfg(feature = "durations")]
pub use model::iso_duration::IsoDuration;
#[doc(hidden)]
#[cfg(feature = "json-strings")]
pub use model::json_text::{OptionalText, json_in, json_string};
#[cfg(feature = "nested-types")]
pub use model::nested::Nested;
#[doc(hidden)]
pub use model::newtype::StringKind;
#[doc(hidden)]
pub use model::newtype::checked_text;
pub use model::newtype::{Newtype, StringOf, StringOr};
pub use model::nullable::Nullable;
#[doc(hidden)]
pub use model::rfc3339::PointInTime;
#[doc(hidden)]
pub use model::scalars::string;
#[cfg(feature = "time")]
pub use model::time_types::{ParseRfc3339Error, Rfc3339};
#[cfg(feature = "built-in-dates")]
pub use model::timestamp::Timestamp;
#[doc(hidden)]
#[cfg(feature = "unions")]
pub use model::union::{Alternative, Union, decode_known, read_union, text_of, write_tagged};
#[doc(hidden)]
#[cfg(feature = "value-enums")]
pub use model::value_enum::{EnumValue, enum_param_value};
#[doc(hidden)]
#[cfg(feature = "foreign-types")]
pub use model::with_serde::WithSerde;
#[doc(hidden)]
pub use model::{Give, Personal, debug_fields, given};
#[doc(hidden)]
pub use pagination::next_page::{NextPage, Paginated};
pub use pagination::page::{AllItems, Items, Pages};
#[doc(hidden)]
#[cfg(feature = "page-parameters")]
pub use pagination::page_parameter::json_scalar;
#[doc(hidden)]
pub use request::Request;
pub use request::future::RequestFuture;
#[cfg(feature = "json-lines")]
pub use request::json_lines::JsonLines;
pub use request::operation::{Operation, ValueOf};
pub use request::param_value::Value;
pub use request::raw_request::RawRequest;
#[cfg(feature = "uploads")]
pub use request::upload::Upload;
pub use response::Response;
#[doc(hidden)]
pub use response::decode::{Decode, Direct, Json, Nothing};
#[doc(hidden)]
#[cfg(feature = "foreign-types")]
pub use response::decode_with_serde::Serde;
#[cfg(feature = "downloads")]
pub use response::download::Download;
#[doc(hidden)]
#[cfg(feature = "downloads")]
pub use response::download::Streamed;
#[cfg(feature = "streams")]
pub use response::event::Event;
#[doc(hidden)]
#[cfg(feature = "streams")]
pub use response::events::{DataEnvelopes, Envelopes, Events, Lines, TextEnvelopes, TextEvents, TextLines};
#[doc(hidden)]
pub use response::json_reader::{decode_json, decode_text};
#[doc(hidden)]
#[cfg(feature = "json-values")]
pub use response::json_value::deserialize_json;
#[doc(hidden)]
pub use response::media_type::Reads;
#[doc(hidden)]
pub use response::mismatch::Mismatch;
#[doc(hidden)]
#[cfg(feature = "optional-bodies")]
pub use response::optional_body::Optional;
#[doc(hidden)]
pub use response::properties::{Properties, is_shallow};
#[doc(hidden)]
pub use response::raw_json::raw_json;
pub use response::raw_response::RawResponse;
#[doc(hidden)]
#[cfg(feature = "response-enums")]
pub use response::response_enum::undocumented_status;
#[doc(hidden)]
#[cfg(feature = "streams")]
pub use response::stream_rules::StreamRules;
#[doc(hidden)]
#[cfg(feature = "text-bodies")]
pub use response::text_body::Text;
#[doc(hidden)]
pub use response::value_reader::deserialize;
#[cfg(feature = "streams")]
pub use response::values::Values;
#[doc(hidden)]
pub use validation::constraint::{Constraint, Constraints};
#[doc(hidden)]
#[cfg(feature = "json-validation")]
pub use validation::json_validation::Constrained;
#[doc(hidden)]
pub use validation::{check, is_personal};
