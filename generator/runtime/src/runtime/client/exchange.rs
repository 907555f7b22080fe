//! Sends a request, retries it, and converts the response to a result.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Request};
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, StatusCode, Url};
use tokio::time::{Instant, sleep, timeout_at};

use super::observe::{Attempt, Observer};
use super::rate_limit::Rejections;
use super::retry::{Limits, is_safe_to_retry};
use super::tokio_context::{outside_runtime, with_timers_and_io};
use crate::runtime::Connection;
use crate::runtime::auth::authorization::Authorization;
use crate::runtime::client::connection::AttemptLimit;
use crate::runtime::client::time::after;
#[cfg(feature = "security-schemes")]
use crate::runtime::error::invalid::InvalidRequest;
use crate::runtime::error::redaction::{SensitiveValues, SentRequest};
use crate::runtime::request::path::template;
#[cfg(feature = "redirects")]
use crate::runtime::request::request_parts::ExpectsRedirect;
use crate::runtime::request::request_parts::{Outgoing, Parts};
use crate::runtime::response::body::{Incomplete, Received, read};
use crate::runtime::response::media_type::Expected;
use crate::runtime::response::raw_response::ResponseFuture;
#[cfg(feature = "downloads")]
use crate::runtime::response::raw_response::UnreadBody;
use crate::runtime::{ApiError, Body, Call, DecodeError, Error, GaveUp, RawResponse, Result, SendError, Transport};

/// The attempts of a request so far.
#[derive(Default)]
struct Progress {
    attempts: u32,
    rejections: Rejections,
    /// Whether the request was already retried with a new token.
    has_renewed_token: bool,
}

/// The result of one attempt, with the credentials of the attempt.
struct AttemptResult<'a> {
    result: Result<RawResponse>,
    credentials: &'a Authorization,
    /// The `Authorization` header, or the error of the token request.
    authorization: Result<Option<HeaderValue>>,
}

impl Parts {
    /// Sends the request, retries it as its policy allows, and returns a complete successful response. `page` is the URL of a further
    /// page of a list.
    pub(crate) fn exchange(self: Arc<Self>, page: Option<Url>) -> ResponseFuture<'static> {
        Box::pin(async move {
            let exchange = self.connection.send_with_retries(&self, page);
            #[cfg(feature = "tracing")]
            let exchange = {
                let (operation, method) = (self.operation, self.method.as_str());
                let span = tracing::debug_span!("request", operation, method, path = ?template("", &self.path));
                tracing::Instrument::instrument(exchange, span)
            };
            with_timers_and_io(exchange).await.unwrap_or_else(|| Err(outside_runtime(self.operation)))
        })
    }
}

impl Connection {
    async fn send_with_retries(&self, parts: &Arc<Parts>, page: Option<Url>) -> Result<RawResponse> {
        let mut first_outgoing = Some(parts.to_http(page.as_ref())?);
        let deadline = after(Instant::now(), parts.limits.deadline);
        let mut progress = Progress::default();
        loop {
            if parts.limits.retry.is_enabled() {
                self.rate_limit.wait(deadline).await;
            }
            progress.attempts += 1;
            let start = Instant::now();
            // A retry builds the HTTP request again. Few requests are retried, so a copy of every HTTP request would
            // cost more.
            let outgoing = match first_outgoing.take() {
                Some(outgoing) => outgoing,
                None => parts.to_http(page.as_ref())?,
            };
            let limit = attempt_limit(progress.attempts, start, &parts.limits, deadline);
            let mut attempt = self.authorized_attempt(parts, outgoing, limit).await?;
            let pause = self.record_rate_limit(parts, &attempt.result, &mut progress.rejections, start, deadline);
            let wait = self.wait_before_retry(parts, &mut attempt, &mut progress, pause, deadline).await;
            self.notify_observer(parts, &attempt.result, start.elapsed(), wait);
            match wait {
                None => {
                    #[cfg(feature = "streams")]
                    if let Ok(RawResponse { unread: Some(unread), .. }) = &mut attempt.result {
                        unread.request = Some(Arc::clone(parts));
                    }
                    return attempt.result;
                }
                Some(wait) => sleep(wait).await,
            }
        }
    }

    /// Adds the credentials to a request, and sends the request once. Returns an error if the client has no suitable
    /// credentials.
    async fn authorized_attempt<'a>(
        &'a self,
        parts: &Arc<Parts>,
        outgoing: Outgoing,
        limit: AttemptLimit,
    ) -> Result<AttemptResult<'a>> {
        let Outgoing { mut call, mut request } = outgoing;
        call.attempts = limit.attempts;
        let credentials = &self.authorization;
        #[cfg(feature = "anonymous-operations")]
        let credentials = if parts.anonymous { &Authorization::None } else { credentials };
        #[cfg(feature = "security-schemes")]
        let selected = parts.add_credentials(credentials, &mut request);
        #[cfg(feature = "security-schemes")]
        let credentials = selected.map_err(|value| InvalidRequest::new(parts.operation, value))?;
        let authorization = self.authorize(credentials, limit).await;
        let result = match &authorization {
            Ok(header) => {
                if let Some(header) = header {
                    request.headers_mut().insert(AUTHORIZATION, header.clone());
                }
                self.attempt(call, request, Some(parts.expected), limit, Arc::<Parts>::clone(parts)).await
            }
            Err(error) => Err(error.clone()),
        };
        Ok(AttemptResult { result, credentials, authorization })
    }

    /// Records whether the API rejected an attempt because of its rate limit. Returns how long to wait after a rejection.
    fn record_rate_limit(
        &self,
        parts: &Parts,
        result: &Result<RawResponse>,
        rejections: &mut Rejections,
        start: Instant,
        deadline: Instant,
    ) -> Option<Duration> {
        match result {
            Err(error) if error.is_rate_limited() => {
                let retry_after = error.api().and_then(ApiError::retry_after);
                let is_enabled = parts.limits.retry.is_enabled();
                is_enabled.then(|| rejections.record(&self.rate_limit.record_rejected(start, retry_after, deadline)))
            }
            // If there is no response, or if the server failed, it is unknown whether the rate limit allowed the
            // request.
            Err(error) if error.status().is_none_or(|status| status.is_server_error()) => None,
            _ => {
                self.rate_limit.record_accepted(start);
                None
            }
        }
    }

    /// Returns how long to wait before the next attempt, or `None` if the request is not retried.
    async fn wait_before_retry(
        &self,
        parts: &Parts,
        attempt: &mut AttemptResult<'_>,
        progress: &mut Progress,
        pause: Option<Duration>,
        deadline: Instant,
    ) -> Option<Duration> {
        let error = match &mut attempt.result {
            Ok(_) => {
                self.retry_budget.deposit();
                return None;
            }
            Err(error) => error,
        };
        if parts.body.as_ref().is_some_and(|body| !body.is_repeatable()) {
            return None;
        }
        if let Ok(Some(header)) = &attempt.authorization
            && !progress.has_renewed_token
            && self.discard_rejected_token(attempt.credentials, error, header, deadline).await
        {
            progress.has_renewed_token = true;
            return Some(Duration::ZERO);
        }
        // If the token request failed, the request itself was not sent, so a retry is as safe as a retry of a GET request.
        let method = if attempt.authorization.is_ok() { &parts.method } else { &Method::GET };
        #[cfg(feature = "idempotency-keys")]
        let method =
            if parts.idempotency_key.is_some() && !super::retry::is_idempotent(method) { &Method::PUT } else { method };
        let min_wait = pause.unwrap_or_else(|| error.api().and_then(ApiError::retry_after).unwrap_or_default());
        let counted_attempts = progress.attempts - progress.rejections.uncounted;
        let wait = parts.limits.retry.wait(counted_attempts, min_wait).filter(|_| is_safe_to_retry(method, error));
        let gave_up = match wait {
            Some(wait) if wait >= deadline - Instant::now() => Some(GaveUp::Deadline),
            Some(_) if pause.is_none() && !self.retry_budget.withdraw() => Some(GaveUp::RetryBudget),
            _ => None,
        };
        error.set_gave_up(gave_up);
        wait.filter(|_| gave_up.is_none())
    }

    /// Sends a request once. `expected` describes the documented response, and `sensitive_values` provides the secrets and
    /// personal values that errors must not show.
    ///
    /// The future is boxed, so that it is compiled once, and not again for the requests of tokens.
    pub(crate) fn attempt(
        &self,
        call: Call,
        request: Request<Body>,
        expected: Option<Expected>,
        limit: AttemptLimit,
        sensitive_values: Arc<dyn SensitiveValues>,
    ) -> ResponseFuture<'_> {
        Box::pin(async move {
            let sent_request = SentRequest::new(request.uri(), request.headers(), sensitive_values);
            let transport_error = |call, error, sent_request: &SentRequest| {
                Error::from_send_error(call, error, &sent_request.sensitive(), limit.timeout, self.connect_timeout)
            };
            #[cfg(feature = "redirects")]
            let expects_redirect = request.extensions().get::<ExpectsRedirect>().is_some();
            let result = timeout_at(limit.end, self.transport.send(request)).await;
            let (head, body) = match result.unwrap_or_else(|elapsed| Err(SendError::from(elapsed))) {
                Ok(response) => response.into_parts(),
                Err(error) => return Err(transport_error(call, error, &sent_request)),
            };
            let status = head.status.as_u16();
            // A response with the status 204 has no body, so its media type does not matter.
            let decoded = expected.filter(|_| head.status.is_success() && head.status != StatusCode::NO_CONTENT);
            let is_streamed = decoded.is_some_and(|expected| (expected.reads)(status).streams());
            let unreadable_media_type =
                decoded.and_then(|expected| expected.unreadable_media_type(status, &head.headers));
            let mut response = RawResponse {
                api: self.api,
                call,
                sent: sent_request,
                status: head.status,
                headers: head.headers,
                body: Default::default(),
                expected,
                #[cfg(feature = "downloads")]
                unread: None,
            };
            #[cfg(feature = "downloads")]
            if is_streamed && unreadable_media_type.is_none() {
                response.unread = Some(UnreadBody {
                    body,
                    timeout: limit.timeout,
                    limit: self.body_limit,
                    #[cfg(feature = "streams")]
                    request: None,
                });
                return Ok(response);
            }
            let Received { bytes, incomplete } = read(body, self.body_limit, limit.end).await;
            response.body = bytes;
            // The media type of an empty body does not matter, unless the request expects a stream.
            let is_empty = response.body.is_empty() && incomplete.is_none();
            if let Some(received) = unreadable_media_type.filter(|_| is_streamed || !is_empty) {
                return Err(DecodeError::of_media_type(&response, received).into());
            }
            let is_success = response.status.is_success();
            #[cfg(feature = "redirects")]
            let is_success = is_success || expects_redirect && response.status.is_redirection();
            if !is_success {
                // The status of an error response is more useful to the caller than the reason why its body is incomplete.
                return Err(ApiError::new(response).into());
            }
            match incomplete {
                None => Ok(response),
                Some(Incomplete::Failed(error)) => Err(transport_error(response.call, error, &response.sent)),
                Some(Incomplete::TooLong) => {
                    let problem = format!("the body is longer than {} bytes", self.body_limit);
                    Err(DecodeError::with_problem(&response, problem).into())
                }
            }
        })
    }

    /// Logs a completed attempt, and calls the observer of the client.
    fn notify_observer(&self, parts: &Parts, result: &Result<RawResponse>, duration: Duration, wait: Option<Duration>) {
        let (call, status, error) = match result {
            Ok(response) => (Some(&response.call), Some(response.status), None),
            Err(error) => (error.call(), error.status(), Some(error)),
        };
        let Some(call) = call else { return };
        // Without an observer, the template of the path is not needed.
        let path = self.observer.as_ref().map(|_| template("", &parts.path)).unwrap_or_default();
        let attempt = Attempt { call, path: &path, status, error, duration, wait };
        attempt.log();
        if let Some(Observer(observer)) = &self.observer {
            observer(&attempt);
        }
    }
}

/// Returns the time limit of an attempt: the attempt timeout or, if it is shorter, the time until the deadline.
fn attempt_limit(attempts: u32, start: Instant, limits: &Limits, deadline: Instant) -> AttemptLimit {
    let end = after(start, limits.attempt_timeout);
    if end < deadline {
        AttemptLimit { attempts, end, timeout: limits.attempt_timeout }
    } else {
        AttemptLimit { attempts, end: deadline, timeout: limits.deadline }
    }
}
