//! The `Authorization` of requests: none, one for good, or a token that is fetched and renewed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Uri;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::runtime::auth::authorization::{Authorization, Token, TokenSource, Wiped, header};
use crate::runtime::client::connection::Allowance;
use crate::runtime::client::time::after;
use crate::runtime::error::redaction::{Carrier, Sensitive};
use crate::runtime::request::encode::push_pair;
use crate::runtime::request::request_parts::FORM;
use crate::runtime::response::mismatch::without_mark;
use crate::runtime::{Body, Call, Connection, DecodeError, Error, Result, Secret, SendError};

/// How long before a token expires it is not used any more, so that it does not expire on the way.
const EARLY: Duration = Duration::from_secs(30);

impl TokenSource {
    fn form(&self) -> Zeroizing<String> {
        let mut form = Zeroizing::new(String::with_capacity(512));
        push_pair(&mut form, "grant_type", "client_credentials");
        // [if credential_set.rs
        if !self.scope.is_empty() {
            push_pair(&mut form, "scope", &self.scope);
        }
        if self.by_header {
            return form;
        }
        // [end credential_set.rs]
        push_pair(&mut form, "client_id", &self.client_id);
        push_pair(&mut form, "client_secret", self.client_secret.expose());
        form
    }
}

/// The response of a token endpoint.
#[derive(Deserialize)]
struct Granted {
    access_token: Zeroizing<String>,
    /// In seconds. Some APIs send the number as a string.
    expires_in: Option<serde_json::Value>,
}

impl Connection {
    /// Returns the `Authorization` for the next attempt, with a token that may have to be fetched first.
    pub(crate) async fn authorize(
        &self,
        identity: &Authorization,
        allowance: Allowance,
    ) -> Result<Option<HeaderValue>> {
        let source = match identity {
            Authorization::Fixed(header) => return Ok(Some(header.clone())),
            Authorization::Token(source) => source,
            _ => return Ok(None),
        };
        let rounds = source.rounds.load(Ordering::Acquire);
        let late = |elapsed| self.token_error(source, allowance, SendError::from(elapsed));
        let mut state = timeout_at(allowance.end, source.state.lock()).await.map_err(late)?;
        if source.rounds.load(Ordering::Acquire) != rounds
            && let Some(last) = &state.last
        {
            // Whatever came out while this request waited is meant for it, too: also a failure, or all those who
            // wait would fail one after the other.
            return last.clone().map(Some);
        }
        if let Some(token) = &state.token
            && token.fresh_until.is_none_or(|end| Instant::now() < end)
        {
            return Ok(Some(token.header.clone()));
        }
        let fetched = Box::pin(self.fetch(source, allowance)).await;
        let result = fetched.as_ref().map(|token| token.header.clone()).map_err(Clone::clone);
        state.token = fetched.ok();
        state.last = Some(result.clone());
        source.rounds.fetch_add(1, Ordering::Release);
        result.map(Some)
    }

    /// Returns whether the API refused the token that was sent (401). Then it is not used again.
    pub(crate) async fn is_stale(
        &self,
        identity: &Authorization,
        error: &Error,
        sent: &HeaderValue,
        deadline: Instant,
    ) -> bool {
        let Authorization::Token(source) = identity else { return false };
        let refused = error.status() == Some(StatusCode::UNAUTHORIZED);
        // Another request may have been faster.
        if refused
            && let Ok(mut state) = timeout_at(deadline, source.state.lock()).await
            && state.token.as_ref().is_some_and(|token| token.header == sent)
        {
            state.token = None;
        }
        refused
    }

    async fn fetch(&self, source: &TokenSource, allowance: Allowance) -> Result<Token> {
        // [if token_provider.rs
        if let Some(provider) = &source.provider {
            let given = provider.token(allowance.end).await;
            return given.map_err(|error| self.token_error(source, allowance, error));
        }
        // [end token_provider.rs]
        let call = self.token_call(source, allowance);
        let mut request = http::Request::new(Body::from(Bytes::from_owner(Wiped(source.form()))));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = source.url.clone();
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, self.user_agent.clone());
        // [if credential_set.rs
        if source.by_header
            && let Some(Authorization::Fixed(header)) = Authorization::client(&source.client_id, &source.client_secret)
        {
            headers.insert(reqwest::header::AUTHORIZATION, header);
        }
        // [end credential_set.rs]
        let carrier = Arc::new(Client { id: source.client_id.clone(), secret: source.client_secret.clone() });
        let answer = self.attempt(call, request, allowance, carrier).await;
        let mut answer = answer.map_err(|error| match error {
            Error::Api(error) => error.of_token_endpoint().into(),
            other => other,
        })?;
        // The body holds a secret: it is wiped, and no error quotes it.
        let body = Zeroizing::new(Vec::from(std::mem::take(&mut answer.body)));
        let unusable = || DecodeError::unread(&answer, "the body has no usable `access_token`".to_owned());
        let granted: Granted = serde_json::from_slice(without_mark(&body)).map_err(|_| unusable())?;
        let seconds = granted.expires_in.and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()));
        let life = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let life = remaining(&granted.access_token).or(life);
        Ok(Token::new(&granted.access_token, life).ok_or_else(unusable)?)
    }

    fn token_call(&self, source: &TokenSource, allowance: Allowance) -> Call {
        let (url, attempts) = (source.url.to_string(), allowance.attempts);
        Call { operation: "token", method: Method::POST, url, attempts, gave_up: None }
    }

    fn token_error(&self, source: &TokenSource, allowance: Allowance, error: SendError) -> Error {
        let call = self.token_call(source, allowance);
        Error::exchange(call, error, &Sensitive::default(), allowance.time, self.connect_timeout)
    }
}

/// Who asks for a token.
struct Client {
    id: String,
    secret: Secret,
}

impl Carrier for Client {
    fn add_values(&self, _: &Uri, to: &mut Sensitive) {
        to.add(&self.id);
        to.add(self.secret.expose());
    }
}

impl Token {
    /// Creates a token that is valid for `life`, or until the server refuses it; `None` if it is empty or not a valid
    /// header value.
    pub fn new(token: &str, life: Option<Duration>) -> Option<Self> {
        if token.trim().is_empty() {
            return None;
        }
        let header = header(Zeroizing::new(format!("Bearer {token}")))?;
        Some(Self { header, fresh_until: life.map(|life| after(Instant::now(), life.saturating_sub(EARLY))) })
    }
}

/// How long a token that is a JWT (RFC 7519) lasts from now. Anything else says nothing about that.
pub fn remaining(token: &str) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Claims {
        exp: f64,
    }
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    // A number that is no time at all must not become a panic.
    let seconds = (claims.exp - now.as_secs_f64()).clamp(0.0, 1e9);
    Some(Duration::from_secs_f64(seconds))
}
