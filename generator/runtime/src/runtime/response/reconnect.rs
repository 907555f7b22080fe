//! Requests a stream again after its connection broke.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::HeaderValue;
use tokio::time::sleep;

use super::download::Download;
use super::raw_response::ResponseFuture;
use crate::runtime::client::retry::{changes_nothing, is_safe_to_retry};
use crate::runtime::client::tokio_context::{outside_runtime, with_timers_and_io};
use crate::runtime::request::request_parts::Parts;
use crate::runtime::{Error, InvalidValue, RawResponse, Result, RetryPolicy};

/// The request of a stream, and whether it is sent again.
pub struct Reconnect {
    policy: RetryPolicy,
    request: Arc<Parts>,
    /// Whether the request is also sent again when the API ends the response.
    pub at_end: bool,
    /// The number of requests without an event since the last event.
    pub failures: u32,
    /// The wait before the next request, and the request. The mutex makes the stream `Sync`, and is never locked.
    exchange: Option<Mutex<ResponseFuture<'static>>>,
}

impl Reconnect {
    /// Returns an error if the request of a stream must not be repeated.
    pub fn new(policy: RetryPolicy, download: &Download, has_ids: bool) -> Result<Self, InvalidValue> {
        let invalid = |rule| InvalidValue::new("reconnect", None, rule);
        if !has_ids {
            return Err(invalid("can only be used for server-sent events, because lines have no ID"));
        }
        let request = download
            .request
            .as_ref()
            .ok_or_else(|| invalid("can only be used for a response whose body was not received completely"))?;
        let is_repeatable = request.body.as_ref().is_none_or(|body| body.is_repeatable());
        if !changes_nothing(&request.method) || !is_repeatable {
            return Err(invalid(
                "can only be used for a GET, HEAD, OPTIONS or QUERY request whose body can be sent again",
            ));
        }
        Ok(Self { policy, request: Arc::clone(request), at_end: false, failures: 0, exchange: None })
    }

    /// Returns whether an error allows another request.
    pub fn allows(&self, error: &Error) -> bool {
        is_safe_to_retry(&self.request.method, error)
    }

    /// Starts the wait before the next request. `id` is the ID of the last event, and `min_wait` the reconnection time of the
    /// API. Returns whether an attempt is left.
    pub fn start(&mut self, id: &str, min_wait: Duration) -> bool {
        self.failures += 1;
        let Some(wait) = self.policy.wait(self.failures, min_wait.min(MAX_RECONNECTION_TIME)) else { return false };
        let mut request = Parts::clone(&self.request);
        if !id.is_empty() {
            // An ID can be any text, but a header has no control characters. Without its ID, the event would be repeated.
            let Ok(id) = HeaderValue::from_bytes(id.as_bytes()) else { return false };
            request.extra.last_event_id = Some(id);
        }
        self.exchange = Some(Mutex::new(Box::pin(exchange_after(wait, Arc::new(request)))));
        true
    }

    /// Returns the new response, or `None` if no request was started.
    pub fn poll_response(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<RawResponse>>> {
        let Some(exchange) = &mut self.exchange else { return Poll::Ready(None) };
        let exchange = exchange.get_mut().unwrap_or_else(PoisonError::into_inner);
        exchange.as_mut().poll(context).map(|result| {
            self.exchange = None;
            Some(result)
        })
    }
}

/// The longest reconnection time of an API that is respected.
const MAX_RECONNECTION_TIME: Duration = Duration::from_secs(3600);

/// Waits, and sends a request.
async fn exchange_after(wait: Duration, request: Arc<Parts>) -> Result<RawResponse> {
    match with_timers_and_io(async { sleep(wait).await }).await {
        Some(()) => request.exchange(None).await,
        None => Err(outside_runtime(request.operation)),
    }
}
