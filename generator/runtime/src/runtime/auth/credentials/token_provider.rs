//! Tokens that a function of the program gives, whatever grant they come by.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::Uri;
use tokio::time::{Instant, timeout_at};

use crate::runtime::auth::authorization::{Authorization, Provider, Token, TokenSource};
use crate::runtime::auth::token::remaining;
use crate::runtime::{BearerToken, Credentials, Result, Secret, SendError};

impl BearerToken {
    /// Creates a token. It is valid until the expiry time in it, if it is a JWT, or until the API rejects it.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self { token: token.into(), life: None }
    }

    /// Sets how long the token is valid from now.
    pub fn expires_in(self, life: Duration) -> Self {
        Self { life: Some(life), ..self }
    }

    /// Sets when the token expires.
    pub fn expires_at(self, time: SystemTime) -> Self {
        self.expires_in(time.duration_since(SystemTime::now()).unwrap_or_default())
    }
}

impl Credentials {
    /// Tokens that a function gives. It is called with the first request, 30 seconds before a token expires, and once when
    /// the API refuses one (401); while it is under way, all requests wait for the one token. What it fails with is the end
    /// of a request like a broken connection.
    pub fn token_provider<F, T, E>(provide: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<BearerToken, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        Self::provided(Provider(Arc::new(move || {
            let token = provide();
            Box::pin(async { token.await.map_err(SendError::new) })
        })))
    }
}

impl Provider {
    /// Returns the next token, if it comes in time.
    pub(crate) async fn token(&self, end: Instant) -> Result<Token, SendError> {
        let BearerToken { token, life } = timeout_at(end, self.0()).await??;
        let token = token.expose();
        let problem = "the token is empty or not valid in a header";
        Token::new(token, life.or_else(|| remaining(token))).ok_or_else(|| SendError::new(problem))
    }
}

impl From<Provider> for Authorization {
    fn from(provider: Provider) -> Self {
        // In place of the URL, errors show where the token did not come from.
        let mut source = TokenSource::new(Uri::from_static("provider"), String::new(), Secret::new(""));
        source.provider = Some(provider);
        Self::Token(Box::new(source))
    }
}
