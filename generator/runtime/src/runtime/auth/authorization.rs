//! The credentials of a client in the form in which requests send them.

use std::fmt;
// [only with token_provider.rs]
use std::pin::Pin;
// [end token_provider.rs]
// [only with credential_set.rs]
use std::sync::Arc;
// [end credential_set.rs]
use std::sync::atomic::AtomicU64;
// [only with token_provider.rs]
use std::time::Duration;
// [end token_provider.rs]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Uri;
use reqwest::header::HeaderValue;
use tokio::sync::Mutex;
use tokio::time::Instant;
use zeroize::Zeroizing;

// [only with credential_set.rs]
use super::scheme::Kind;
use crate::runtime::Body;
// [end credential_set.rs]
// [only with token_provider.rs]
use crate::runtime::SendError;
// [end token_provider.rs]
use crate::runtime::{Result, Secret};

/// The credentials of a client in the form in which requests send them.
pub enum Authorization {
    None,
    /// A constant value of the header `Authorization`.
    Fixed(HeaderValue),
    /// Access tokens, which the client fetches and renews.
    Token(Box<TokenSource>),
    // [only with credential_set.rs]
    /// An API key or a token in a header, a cookie or the query.
    Key(AddKey),
    /// Credentials for several security schemes.
    Several(Vec<SchemeAuthorization>),
    // [end credential_set.rs]
}

impl Authorization {
    /// Creates the header value for HTTP Basic authentication. Returns `None` if the value is not valid in a header.
    pub fn basic(user: &str, password: &Secret) -> Option<Self> {
        let pair = Zeroizing::new(format!("{user}:{}", password.expose()));
        secret_header(Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))).map(Self::Fixed)
    }
}

/// Shows only the kind of the credentials.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Fixed(_) => "Fixed",
            Self::Token(_) => "Token",
            // [only with credential_set.rs]
            Self::Key(_) => "Key",
            Self::Several(_) => "Several",
            // [end credential_set.rs]
        })
    }
}

/// A source of access tokens from the OAuth 2 client credentials grant (RFC 6749, section 4.4).
///
/// The first request fetches a token. The client fetches a new token shortly before the old token expires, or after the API
/// rejected the old token. While one request fetches a token, all other requests wait for the result.
pub struct TokenSource {
    pub url: Uri,
    pub client_id: String,
    pub client_secret: Secret,
    // [only with credential_set.rs]
    /// The requested scopes, separated by spaces. If the string is empty, the API determines the scopes.
    pub scope: String,
    /// Whether the client ID and secret are sent in the header `Authorization` instead of the form.
    pub by_header: bool,
    // [end credential_set.rs]
    // [only with token_provider.rs]
    /// The function that provides the tokens instead of a token endpoint.
    pub provider: Option<TokenProvider>,
    // [end token_provider.rs]
    pub(crate) state: Mutex<TokenState>,
    /// The number of completed fetches.
    pub(crate) completed_fetches: AtomicU64,
}

#[derive(Default)]
pub(crate) struct TokenState {
    /// The current token. `None` if there is no token, or if the API rejected it.
    pub(crate) token: Option<Token>,
    /// The result of the last fetch.
    pub(crate) last_result: Option<Result<HeaderValue>>,
}

/// An access token.
pub struct Token {
    /// The value of the header `Authorization`.
    pub(crate) header: HeaderValue,
    /// The time at which the client fetches a new token.
    pub(crate) renew_at: Option<Instant>,
}

impl TokenSource {
    pub fn new(url: Uri, client_id: String, client_secret: Secret) -> Self {
        Self {
            url,
            client_id,
            client_secret,
            // [only with credential_set.rs]
            scope: String::new(),
            by_header: false,
            // [end credential_set.rs]
            // [only with token_provider.rs]
            provider: None,
            // [end token_provider.rs]
            state: Mutex::default(),
            completed_fetches: AtomicU64::new(0),
        }
    }
}

// [only with credential_set.rs]
/// A function that adds an API key or a token to a request.
pub type AddKey = Arc<dyn Fn(&mut http::Request<Body>) + Send + Sync>;

/// The credentials for a security scheme.
pub struct SchemeAuthorization {
    pub kind: Kind,
    /// The name of the scheme. `None` if the credentials are for all schemes of their kind.
    pub scheme: Option<String>,
    pub authorization: Authorization,
}
// [end credential_set.rs]

// [only with token_provider.rs]
/// A token that is sent as `Authorization: Bearer`, with its lifetime.
#[derive(Clone, Debug)]
pub struct BearerToken {
    pub(crate) token: Secret,
    pub(crate) lifetime: Option<Duration>,
}

/// A function that provides tokens.
#[derive(Clone)]
pub struct TokenProvider(pub(crate) Arc<dyn Fn() -> TokenFuture + Send + Sync>);

pub(crate) type TokenFuture = Pin<Box<dyn Future<Output = Result<BearerToken, SendError>> + Send>>;
// [end token_provider.rs]

/// Returns a sensitive header value. Its memory is wiped when its last copy is dropped.
pub(crate) fn secret_header(value: Zeroizing<String>) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(SecretBytes(value))).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The bytes of a string whose memory is wiped on drop.
pub(crate) struct SecretBytes(pub(crate) Zeroizing<String>);

impl AsRef<[u8]> for SecretBytes {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
