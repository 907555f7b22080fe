//! One exchange of request and response: attempts, pauses between them, and how the last one ends.

use std::sync::Arc;
use std::time::Duration;

use http::Request;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, StatusCode, Url};
use tokio::time::{Instant, sleep, timeout_at};

use crate::runtime::Connection;
use crate::runtime::client::connection::Allowance;
use crate::runtime::client::time::after;
use crate::runtime::request::request_parts::{Outgoing, Parts};
use crate::runtime::response::body::{Cut, Received, read};
// [if security.rs
use crate::runtime::error::invalid::InvalidRequest;
// [end security.rs]
// [if download.rs
use crate::runtime::response::answer::Rest;
// [end download.rs]
// [if redirect.rs
use crate::runtime::request::request_parts::ExpectsRedirect;
// [end redirect.rs]
use super::observe::{Attempt, Observer};
use super::rate_limit::Refusals;
use super::retry::may_repeat;
use super::tokio_context::{outside_runtime, with_timers_and_io};
// [if anonymous.rs
use crate::runtime::auth::authorization::Authorization;
// [end anonymous.rs]
use crate::runtime::error::redaction::{Carrier, Sent};
use crate::runtime::request::path::template;
use crate::runtime::response::media_type::Expected;
use crate::runtime::{ApiError, Body, Call, DecodeError, Error, GaveUp, RawResponse, Result, SendError, Transport};

impl Connection {
    /// Sends a request, to `page` if it is not the first of its list, as often as it takes and is allowed, and waits
    /// for a complete response of success.
    pub(crate) async fn exchange(&self, parts: &Arc<Parts>, page: Option<Url>) -> Result<RawResponse> {
        let exchange = self.repeat(parts, page);
        #[cfg(feature = "tracing")]
        let exchange = {
            let (operation, method) = (parts.operation, parts.method.as_str());
            let span = tracing::debug_span!("request", operation, method, path = ?template("", &parts.path));
            tracing::Instrument::instrument(exchange, span)
        };
        with_timers_and_io(exchange).await.unwrap_or_else(|| Err(outside_runtime(parts.operation)))
    }

    async fn repeat(&self, parts: &Arc<Parts>, page: Option<Url>) -> Result<RawResponse> {
        let limits = &parts.limits;
        let mut outgoing = Some(parts.to_http(page.as_ref())?);
        let deadline = after(Instant::now(), limits.deadline);
        let mut replayed = false;
        let mut attempts = 0;
        let mut refusals = Refusals::default();
        loop {
            if limits.retry.repeats() {
                self.rate_limit.passed(deadline).await;
            }
            attempts += 1;
            let begin = Instant::now();
            let end = after(begin, limits.attempt_timeout);
            let allowance = if end < deadline {
                Allowance { attempts, end, time: limits.attempt_timeout }
            } else {
                Allowance { attempts, end: deadline, time: limits.deadline }
            };
            // What is sent is made anew for each repeat: few requests need one, and so nobody pays for a copy.
            let Outgoing { mut call, mut request } = match outgoing.take() {
                Some(outgoing) => outgoing,
                None => parts.to_http(page.as_ref())?,
            };
            call.attempts = attempts;
            let identity = &self.authorization;
            // [if anonymous.rs
            let identity = if parts.anonymous { &Authorization::None } else { identity };
            // [end anonymous.rs]
            // [if security.rs
            let chosen = parts.identify(identity, &mut request);
            let identity = chosen.map_err(|value| InvalidRequest::new(parts.operation, value))?;
            // [end security.rs]
            let authorization = self.authorize(identity, allowance).await;
            let authorized = authorization.is_ok();
            let mut result = match &authorization {
                Ok(authorization) => {
                    request.headers_mut().extend(authorization.clone().map(|value| (AUTHORIZATION, value)));
                    self.attempt(call, request, allowance, Arc::<Parts>::clone(parts)).await
                }
                Err(error) => Err(error.clone()),
            };
            let pause = match &result {
                Err(error) if error.is_rate_limited() && limits.retry.repeats() => {
                    let asked = error.api().and_then(ApiError::retry_after);
                    Some(refusals.note(&self.rate_limit.refused(begin, asked, deadline)))
                }
                _ => None,
            };
            // The limit lets through what fails for another reason, such as a resource that is not there.
            let failed =
                |error: &Error| error.is_rate_limited() || error.status().is_none_or(|status| status.is_server_error());
            if !result.as_ref().is_err_and(failed) {
                self.rate_limit.accepted(begin);
            }
            let wait = match (&mut result, authorization) {
                (Ok(_), _) => {
                    self.budget.earn();
                    None
                }
                // What is gone with the first attempt cannot be sent again.
                (Err(_), _) if parts.body.as_ref().is_some_and(|body| !body.repeats()) => None,
                (Err(error), Ok(Some(sent))) if !replayed && self.is_stale(identity, error, &sent, deadline).await => {
                    replayed = true;
                    Some(Duration::ZERO)
                }
                (Err(error), _) => {
                    // Without authorization nothing was sent, and one more request for a token does no harm.
                    let method = if authorized { &parts.method } else { &Method::GET };
                    let least =
                        pause.unwrap_or_else(|| error.api().and_then(ApiError::retry_after).unwrap_or_default());
                    let wait = limits.retry.wait(attempts - refusals.free, least).filter(|_| may_repeat(method, error));
                    let gave_up = match wait {
                        Some(wait) if wait >= deadline - Instant::now() => Some(GaveUp::Deadline),
                        Some(_) if pause.is_none() && !self.budget.spend() => Some(GaveUp::RetryBudget),
                        _ => None,
                    };
                    error.give_up(gave_up);
                    wait.filter(|_| gave_up.is_none())
                }
            };
            self.tell(parts, &result, begin.elapsed(), wait);
            match wait {
                None => return result,
                Some(wait) => sleep(wait).await,
            }
        }
    }

    /// Sends a request once. What errors show is without the values that `carrier` knows.
    pub(crate) async fn attempt(
        &self,
        call: Call,
        request: Request<Body>,
        allowance: Allowance,
        carrier: Arc<dyn Carrier>,
    ) -> Result<RawResponse> {
        let sent = Sent::new(request.uri(), request.headers(), carrier);
        let failed = |call, error, sent: &Sent| {
            Error::exchange(call, error, &sent.sensitive(), allowance.time, self.connect_timeout)
        };
        let expected = request.extensions().get::<Expected>().copied();
        // [if redirect.rs
        let elsewhere = request.extensions().get::<ExpectsRedirect>().is_some();
        // [end redirect.rs]
        let result = timeout_at(allowance.end, self.transport.send(request)).await;
        let (head, body) = match result.map_err(SendError::from).flatten() {
            Ok(response) => response.into_parts(),
            Err(error) => return Err(failed(call, error, &sent)),
        };
        let status = head.status.as_u16();
        // A response without content may have any media type.
        let reading = expected.filter(|_| head.status.is_success() && head.status != StatusCode::NO_CONTENT);
        let streams = reading.is_some_and(|expected| (expected.reads)(status).streams());
        let refused = reading.and_then(|expected| expected.refused(status, &head.headers));
        // [if download.rs
        if streams && refused.is_none() {
            let rest = Some(Rest { body, time: allowance.time, limit: self.body_limit });
            let (status, headers) = (head.status, head.headers);
            return Ok(RawResponse {
                api: self.api,
                call,
                sent,
                status,
                headers,
                body: Default::default(),
                expected,
                rest,
            });
        }
        // [end download.rs]
        let Received { bytes: body, cut } = read(body, self.body_limit, allowance.end).await;
        let (api, status, headers) = (self.api, head.status, head.headers);
        let answer = RawResponse {
            api,
            call,
            sent,
            status,
            headers,
            body,
            expected,
            // [if download.rs
            rest: None,
            // [end download.rs]
        };
        // The media type of an empty response does not matter, unless the request expects a stream.
        if let Some(received) = refused.filter(|_| streams || cut.is_some() || !answer.body.is_empty()) {
            return Err(DecodeError::of_media_type(&answer, received).into());
        }
        let success = answer.status.is_success();
        // [if redirect.rs
        let success = success || elsewhere && answer.status.is_redirection();
        // [end redirect.rs]
        if !success {
            // The status says more than that the rest did not come.
            return Err(ApiError::new(answer).into());
        }
        match cut {
            None => Ok(answer),
            Some(Cut::Broken(error)) => Err(failed(answer.call, error, &answer.sent)),
            Some(Cut::TooLong) => {
                let problem = format!("the body is longer than {} bytes", self.body_limit);
                Err(DecodeError::unread(&answer, problem).into())
            }
        }
    }

    /// Tells who watches that an attempt has ended.
    fn tell(&self, parts: &Parts, result: &Result<RawResponse>, duration: Duration, wait: Option<Duration>) {
        let (call, status, error) = match result {
            Ok(answer) => (Some(&answer.call), Some(answer.status), None),
            Err(error) => (error.call(), error.status(), Some(error)),
        };
        let Some(call) = call else { return };
        // Only who watches has a use for the template of the path.
        let path = self.observer.as_ref().map(|_| template("", &parts.path)).unwrap_or_default();
        let attempt = Attempt { call, path: &path, status, error, duration, wait };
        attempt.log();
        if let Some(Observer(observer)) = &self.observer {
            observer(&attempt);
        }
    }
}
