//! Credentials: the schemes of an API, and the tokens that are fetched for them.

pub(crate) mod anonymous;
pub(crate) mod authorization;
pub(crate) mod credentials;
pub(crate) mod scheme;
pub(crate) mod secret;
pub(crate) mod security;
pub(crate) mod token;
