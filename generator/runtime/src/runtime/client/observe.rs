//! Observation of requests: a callback for each attempt, and `tracing`.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;

use crate::runtime::{Call, Error};

/// One completed attempt to send a request. The strings contain no secrets or personal data. However, the methods of `error`
/// return the response as received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The call. [`Call::attempts`] is the number of this attempt, counted from 1.
    pub call: &'a Call,
    /// The template of the path, such as `/pets/{id}`.
    pub path: &'a str,
    /// The status of the response, if the attempt had a response.
    pub status: Option<StatusCode>,
    /// The error of the attempt, if it failed.
    pub error: Option<&'a Error>,
    /// How long the attempt took.
    pub duration: Duration,
    /// The wait before the next attempt. `None` if this was the last attempt.
    pub wait: Option<Duration>,
}

impl Attempt<'_> {
    /// Emits an event of the `tracing` crate, if the feature `tracing` is enabled.
    pub(crate) fn log(&self) {
        #[cfg(feature = "tracing")]
        {
            let (attempt, status) = (self.call.attempts(), self.status.map(|status| status.as_u16()));
            let duration = self.duration;
            match (self.error, self.wait) {
                (Some(error), Some(wait)) => {
                    tracing::warn!(attempt, status, ?duration, ?wait, %error, "retrying");
                }
                (error, _) => {
                    let message = if error.is_some() { "failed" } else { "received a response" };
                    let error = error.map(tracing::field::display);
                    tracing::debug!(attempt, status, ?duration, error, "{message}");
                }
            }
        }
    }
}

/// A function that is called after each attempt.
#[derive(Clone)]
pub struct Observer(pub Arc<dyn Fn(&Attempt<'_>) + Send + Sync>);
