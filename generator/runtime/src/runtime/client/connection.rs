//! The connection of a client to its API: base URL, credentials, and the exchange of a request and its response.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use tokio::time::Instant;

use super::base_url::BaseUrl;
use super::observe::Observer;
use super::rate_limit::RateLimit;
use super::retry::{Budget, Limits};
use crate::runtime::auth::authorization::Authorization;
use crate::runtime::{Api, Transport};

/// What all requests of a client share.
pub struct Connection {
    pub(crate) api: &'static Api,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) base: BaseUrl,
    /// Where the API believes itself to be.
    pub(crate) home: Option<BaseUrl>,
    // [if servers.rs
    /// Whether `base` stands for all servers of the API.
    pub(crate) moved: bool,
    pub(crate) variables: Vec<(String, String)>,
    // [end servers.rs]
    pub(crate) authorization: Authorization,
    pub(crate) user_agent: HeaderValue,
    pub(crate) connect_timeout: Duration,
    pub(crate) limits: Limits,
    pub(crate) body_limit: usize,
    pub(crate) budget: Budget,
    pub(crate) rate_limit: RateLimit,
    pub(crate) observer: Option<Observer>,
}

/// Which attempt it is, until when it may last, and what that allows it altogether.
#[derive(Clone, Copy)]
pub struct Allowance {
    pub attempts: u32,
    pub end: Instant,
    pub time: Duration,
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
