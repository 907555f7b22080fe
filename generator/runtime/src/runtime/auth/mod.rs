//! Credentials, security schemes and access tokens.

#[cfg(feature = "anonymous-operations")]
pub(crate) mod anonymous;
pub(crate) mod authorization;
pub(crate) mod credentials;
#[cfg(feature = "security-schemes")]
pub(crate) mod scheme;
pub(crate) mod secret;
#[cfg(feature = "security-schemes")]
pub(crate) mod security;
pub(crate) mod token;
