//! The `Authorization` header of requests, and the access tokens that the client fetches.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Uri;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::{Method, StatusCode};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::runtime::auth::authorization::{Authorization, SecretBytes, Token, TokenSource, secret_header};
use crate::runtime::client::connection::AttemptLimit;
use crate::runtime::client::time::after;
use crate::runtime::error::redaction::{Sensitive, SensitiveValues};
use crate::runtime::request::encode::push_pair;
use crate::runtime::request::request_parts::FORM;
use crate::runtime::response::mismatch::parse_json;
use crate::runtime::{Body, Call, Connection, DecodeError, Error, Result, Secret, SendError};

/// The time between the replacement of a token and its expiry, so that no token expires during a request.
const EXPIRY_MARGIN: Duration = Duration::from_secs(30);

impl TokenSource {
    /// Returns the body of a token request.
    fn form(&self) -> Zeroizing<String> {
        let mut form = Zeroizing::new(String::with_capacity(512));
        push_pair(&mut form, "grant_type", "client_credentials");
        #[cfg(feature = "security-schemes")]
        if !self.scope.is_empty() {
            push_pair(&mut form, "scope", &self.scope);
        }
        #[cfg(feature = "security-schemes")]
        if self.by_header {
            return form;
        }
        push_pair(&mut form, "client_id", &self.client_id);
        push_pair(&mut form, "client_secret", self.client_secret.expose());
        form
    }
}

impl Connection {
    /// Returns the value of the header `Authorization` for the next attempt, and fetches a token if necessary.
    pub(crate) async fn authorize(
        &self,
        credentials: &Authorization,
        limit: AttemptLimit,
    ) -> Result<Option<HeaderValue>> {
        let source = match credentials {
            Authorization::Fixed(header) => return Ok(Some(header.clone())),
            Authorization::Token(source) => source,
            _ => return Ok(None),
        };
        let completed_fetches = source.completed_fetches.load(Ordering::Acquire);
        let timed_out = |elapsed| self.token_error(source, limit, SendError::from(elapsed));
        let mut state = timeout_at(limit.end, source.state.lock()).await.map_err(timed_out)?;
        if source.completed_fetches.load(Ordering::Acquire) != completed_fetches
            && let Some(result) = &state.last_result
        {
            // The fetch that this request waited for is complete, so the request uses the result, even an error.
            // Otherwise, each waiting request would repeat a failed fetch.
            return result.clone().map(Some);
        }
        if let Some(token) = &state.token
            && token.renew_at.is_none_or(|time| Instant::now() < time)
        {
            return Ok(Some(token.header.clone()));
        }
        let fetched = Box::pin(self.fetch_token(source, limit)).await;
        let result = fetched.as_ref().map(|token| token.header.clone()).map_err(Clone::clone);
        state.token = fetched.ok();
        state.last_result = Some(result.clone());
        source.completed_fetches.fetch_add(1, Ordering::Release);
        result.map(Some)
    }

    /// Returns whether the API rejected the token in `header` (401), and discards the token in this case.
    pub(crate) async fn discard_rejected_token(
        &self,
        credentials: &Authorization,
        error: &Error,
        header: &HeaderValue,
        deadline: Instant,
    ) -> bool {
        let Authorization::Token(source) = credentials else { return false };
        let is_rejected = error.status() == Some(StatusCode::UNAUTHORIZED);
        // If another request has already replaced the rejected token, keep the new token.
        if is_rejected
            && let Ok(mut state) = timeout_at(deadline, source.state.lock()).await
            && state.token.as_ref().is_some_and(|token| token.header == header)
        {
            state.token = None;
        }
        is_rejected
    }

    async fn fetch_token(&self, source: &TokenSource, limit: AttemptLimit) -> Result<Token> {
        #[cfg(feature = "token-providers")]
        if let Some(provider) = &source.provider {
            let token = provider.token(limit.end).await;
            return token.map_err(|error| self.token_error(source, limit, error));
        }
        let call = self.token_call(source, limit);
        let mut request = http::Request::new(Body::from(Bytes::from_owner(SecretBytes(source.form()))));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = source.url.clone();
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, self.user_agent.clone());
        #[cfg(feature = "security-schemes")]
        if source.by_header
            && let Some(Authorization::Fixed(header)) =
                Authorization::form_encoded_basic(&source.client_id, &source.client_secret)
        {
            headers.insert(reqwest::header::AUTHORIZATION, header);
        }
        let client = ClientId { id: source.client_id.clone(), secret: source.client_secret.clone() };
        let response = self.attempt(call, request, None, limit, Arc::new(client)).await;
        let mut response = response.map_err(|error| match error {
            Error::Api(error) => error.into_token_endpoint_error().into(),
            error => error,
        })?;
        // The body contains the token: its memory is wiped after use, and errors do not quote the body.
        let body = Zeroizing::new(Vec::from(std::mem::take(&mut response.body)));
        let no_token = || DecodeError::with_problem(&response, "the body has no usable `access_token`".to_owned());
        let mut properties = parse_json(&body).ok_or_else(no_token)?;
        let token = match properties.get_mut("access_token").map(serde_json::Value::take) {
            Some(serde_json::Value::String(token)) => Zeroizing::new(token),
            _ => return Err(no_token().into()),
        };
        // Some APIs send the number of seconds as a string.
        let lifetime = properties.get("expires_in");
        let seconds = lifetime.and_then(|seconds| seconds.as_f64().or_else(|| seconds.as_str()?.parse().ok()));
        let lifetime = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let lifetime = remaining_lifetime(&token).or(lifetime);
        Ok(Token::new(&token, lifetime).ok_or_else(no_token)?)
    }

    fn token_call(&self, source: &TokenSource, limit: AttemptLimit) -> Call {
        let (url, attempts) = (source.url.to_string(), limit.attempts);
        Call { operation: "token", method: Method::POST, url, attempts, gave_up: None }
    }

    fn token_error(&self, source: &TokenSource, limit: AttemptLimit, error: SendError) -> Error {
        let call = self.token_call(source, limit);
        Error::from_send_error(call, error, &Sensitive::default(), limit.timeout, self.connect_timeout)
    }
}

/// The client ID and secret of a token request.
struct ClientId {
    id: String,
    secret: Secret,
}

impl SensitiveValues for ClientId {
    fn add_values(&self, _: &Uri, to: &mut Sensitive) {
        to.add(&self.id);
        to.add(self.secret.expose());
    }
}

impl Token {
    /// Creates a token that is valid for `lifetime`, or until the API rejects it. Returns `None` if the token is empty or
    /// not valid in a header.
    pub fn new(token: &str, lifetime: Option<Duration>) -> Option<Self> {
        if token.trim().is_empty() {
            return None;
        }
        let header = secret_header(Zeroizing::new(format!("Bearer {token}")))?;
        let renew_at = lifetime.map(|lifetime| after(Instant::now(), lifetime.saturating_sub(EXPIRY_MARGIN)));
        Some(Self { header, renew_at })
    }
}

/// Returns the remaining lifetime of a token, if the token is a JWT (RFC 7519) with an expiry time.
pub fn remaining_lifetime(token: &str) -> Option<Duration> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?.trim_end_matches('=')).ok()?;
    let expiry = parse_json(&payload)?.get("exp")?.as_f64()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    // The server can send any number, but `from_secs_f64` panics for a negative or too large number.
    let seconds = (expiry - now.as_secs_f64()).clamp(0.0, 1e9);
    Some(Duration::from_secs_f64(seconds))
}
