//! Observation of requests: a callback for each attempt, and `tracing`.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;

use crate::runtime::{Call, Error};

/// One completed attempt to send a request. No string in it shows secrets or personal values, but the methods of
/// the error give the response as it came.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The call; [`Call::attempts`] says which attempt it was, from 1.
    pub call: &'a Call,
    /// The template of the path.
    pub path: &'a str,
    /// The status of the response, if there was one.
    pub status: Option<StatusCode>,
    /// The error of the attempt, if it failed.
    pub error: Option<&'a Error>,
    /// How long it took.
    pub duration: Duration,
    /// The wait before the next attempt; none if there will be no other.
    pub wait: Option<Duration>,
}

impl Attempt<'_> {
    /// Tells the log, if there is one.
    pub(crate) fn log(&self) {
        #[cfg(feature = "tracing")]
        {
            let (attempt, status) = (self.call.attempts(), self.status.map(|status| status.as_u16()));
            let duration = self.duration;
            match (self.error, self.wait) {
                (None, _) => tracing::debug!(attempt, status, ?duration, "received a response"),
                (Some(error), Some(wait)) => {
                    tracing::warn!(attempt, status, ?duration, ?wait, %error, "repeating");
                }
                (Some(error), None) => tracing::debug!(attempt, status, ?duration, %error, "failed"),
            }
        }
    }
}

/// A function that is called after each attempt.
#[derive(Clone)]
pub struct Observer(pub Arc<dyn Fn(&Attempt<'_>) + Send + Sync>);
