//! Verifies the signatures of webhooks: HTTP requests that an API sends to a program.

pub mod body_signature;
pub mod error;
pub mod keys;
pub mod request;
pub mod signature;
pub mod url_signature;
