//! The state that all requests of a client share: base URL, credentials, limits and transport.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use tokio::time::Instant;

use super::base_url::BaseUrl;
use super::observe::Observer;
use super::rate_limit::RateLimit;
use super::retry::{Limits, RetryBudget};
use crate::runtime::auth::authorization::Authorization;
use crate::runtime::{Api, Transport};

/// The state that all requests of a client share.
pub struct Connection {
    pub(crate) api: &'static Api,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) base: BaseUrl,
    /// The documented base URL, if it is valid.
    pub(crate) documented_base: Option<BaseUrl>,
    /// Whether `base` replaces all servers of the API.
    #[cfg(feature = "servers")]
    pub(crate) overrides_servers: bool,
    /// The values of the server variables that were set.
    #[cfg(feature = "servers")]
    pub(crate) server_variables: Vec<(String, String)>,
    pub(crate) authorization: Authorization,
    pub(crate) user_agent: HeaderValue,
    pub(crate) connect_timeout: Duration,
    pub(crate) limits: Limits,
    pub(crate) body_limit: usize,
    pub(crate) retry_budget: RetryBudget,
    pub(crate) rate_limit: RateLimit,
    pub(crate) observer: Option<Observer>,
}

/// The number of an attempt, and its time limit.
#[derive(Clone, Copy)]
pub struct AttemptLimit {
    /// The number of attempts, including this one.
    pub attempts: u32,
    /// When the attempt times out.
    pub end: Instant,
    /// The length of the timeout that elapses at `end`: the attempt timeout, or the deadline of all attempts together.
    pub timeout: Duration,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("base_url", &self.base.as_str())
            .field("authorization", &self.authorization)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
