//! Access tokens that a function of the program provides.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::Uri;
use tokio::time::{Instant, timeout_at};

use crate::runtime::auth::authorization::{Authorization, Token, TokenProvider, TokenSource};
use crate::runtime::auth::token::remaining_lifetime;
use crate::runtime::{BearerToken, Credentials, Result, Secret, SendError};

impl BearerToken {
    /// Creates a token. A JWT is valid until its expiry time. Any other token is valid until the API rejects it.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self { token: token.into(), lifetime: None }
    }

    /// Sets how long the token is valid from now.
    pub fn expires_in(self, lifetime: Duration) -> Self {
        Self { lifetime: Some(lifetime), ..self }
    }

    /// Sets when the token expires.
    pub fn expires_at(self, time: SystemTime) -> Self {
        self.expires_in(time.duration_since(SystemTime::now()).unwrap_or_default())
    }
}

impl Credentials {
    /// Creates credentials from a function that provides access tokens.
    ///
    /// The client calls the function before the first request, 30 seconds before a token expires, and once if the API rejects a
    /// token (401). While the function runs, all requests wait for its result. If the function fails, requests fail with
    /// [`Error::Transport`](crate::runtime::Error::Transport), as if the connection were broken.
    pub fn token_provider<F, T, E>(provide: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<BearerToken, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        Self::from_provider(TokenProvider(Arc::new(move || {
            let token = provide();
            Box::pin(async { token.await.map_err(SendError::new) })
        })))
    }
}

impl TokenProvider {
    /// Calls the function for the next token. Returns an error if the function returns no token before `end`.
    pub(crate) async fn token(&self, end: Instant) -> Result<Token, SendError> {
        let BearerToken { token, lifetime } = timeout_at(end, self.0()).await??;
        let token = token.expose();
        let problem = "the token is empty or not valid in a header";
        Token::new(token, lifetime.or_else(|| remaining_lifetime(token))).ok_or_else(|| SendError::new(problem))
    }
}

impl From<TokenProvider> for Authorization {
    fn from(provider: TokenProvider) -> Self {
        // There is no token endpoint, so errors show `provider` instead of its URL.
        let mut source = TokenSource::new(Uri::from_static("provider"), String::new(), Secret::new(""));
        source.provider = Some(provider);
        Self::Token(Box::new(source))
    }
}
