//! Receives webhooks: HTTP requests that an API sends to a program. Verifies their signatures, and decodes their events. Also signs
//! requests for tests of a receiver.

#[cfg(feature = "axum")]
pub mod axum;
pub mod body_signature;
pub mod error;
pub mod keys;
pub mod payload;
pub mod receiver;
pub mod reply;
pub mod request;
pub mod signature;
pub mod signer;
pub mod url_signature;
pub mod verifier;

#[cfg(feature = "axum")]
pub use axum::{AxumResponse, IntoResponse, Webhook, axum_response};
pub use body_signature::{BodySignature, Content, HeaderFormat, TimestampLocation};
pub use error::WebhookError;
pub use keys::{Encoding, Hash, sha256};
pub use payload::{Dots, Payload, UnknownEvent};
pub use receiver::{EventKind, EventName, Receiver, Signed, Unsigned, WebhookApi, WebhookEvent};
pub use reply::{empty_reply, json_reply, reply, status};
pub use request::WebhookRequest;
pub use signature::Signature;
pub use signer::Signer;
pub use url_signature::UrlSignature;
pub use verifier::Verifier;

pub use bytes::Bytes;
