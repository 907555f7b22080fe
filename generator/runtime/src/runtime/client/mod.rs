//! The client: its settings, its connection, retries and rate limits.

pub(crate) mod api;
pub(crate) mod base_url;
#[cfg(feature = "blocking")]
pub(crate) mod blocking;
pub(crate) mod builder;
pub(crate) mod connection;
pub(crate) mod environment;
pub(crate) mod exchange;
pub(crate) mod host_template;
pub(crate) mod observe;
pub(crate) mod rate_limit;
pub(crate) mod retry;
pub(crate) mod scope;
#[cfg(feature = "servers")]
pub(crate) mod servers;
pub(crate) mod time;
pub(crate) mod tls;
pub(crate) mod tokio_context;
pub(crate) mod transport;
