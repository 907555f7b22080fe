//! The secrets of a receiver, and the settings with which it verifies signatures.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::error::WebhookError;
use crate::runtime::Secret;

/// How far the time of a signature may be from the time at which it is verified, by default.
const TOLERANCE: Duration = Duration::from_secs(300);

/// The secrets and settings with which signatures are verified.
#[derive(Clone)]
pub struct Verifier {
    pub(super) secrets: Vec<Secret>,
    pub(super) shared_keys: Vec<Secret>,
    pub(super) public_url: Option<String>,
    pub(super) tolerance: Duration,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Verifier {
    /// Creates a verifier with one secret.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Self::default().secret(secret)
    }

    /// Adds a secret. A signature with any of the secrets is valid, so that a secret can be replaced without lost webhooks.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<Secret>) -> Self {
        self.secrets.push(secret.into());
        self
    }

    /// Adds a secret for requests that name their key and their algorithm in a header. Without such a secret, the other secrets
    /// also apply to these requests.
    #[must_use]
    pub fn shared_key(mut self, secret: impl Into<Secret>) -> Self {
        self.shared_keys.push(secret.into());
        self
    }

    /// Sets the URL that the sender calls, without its query. Behind a proxy, a server sees a different URL.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Sets how far the time of a signature may be in the past or in the future. The default is 5 minutes.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the clock with which the time of a signature is compared, for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Returns an error if a time is too far in the past or in the future. `timestamp` is in seconds since 1970.
    pub(super) fn check_time(&self, timestamp: u64) -> Result<(), WebhookError> {
        let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(timestamp));
        let now = (self.clock)();
        match time.map(|time| now.duration_since(time)) {
            Some(Ok(age)) if age <= self.tolerance => Ok(()),
            Some(Ok(age)) => Err(WebhookError::Expired(age)),
            Some(Err(error)) if error.duration() <= self.tolerance => Ok(()),
            Some(Err(error)) => Err(WebhookError::NotYetValid(error.duration())),
            None => Err(WebhookError::NotYetValid(Duration::MAX)),
        }
    }
}

impl Default for Verifier {
    /// Creates a verifier without secrets.
    fn default() -> Self {
        Self {
            secrets: Vec::new(),
            shared_keys: Vec::new(),
            public_url: None,
            tolerance: TOLERANCE,
            clock: Arc::new(SystemTime::now),
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Verifier");
        fields.field("secrets", &self.secrets).field("shared_keys", &self.shared_keys);
        fields.field("public_url", &self.public_url).field("tolerance", &self.tolerance).finish_non_exhaustive()
    }
}
