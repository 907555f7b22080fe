//! Credentials, security schemes and access tokens.

pub(crate) mod anonymous;
pub(crate) mod authorization;
pub(crate) mod credentials;
pub(crate) mod scheme;
pub(crate) mod secret;
pub(crate) mod security;
pub(crate) mod token;
