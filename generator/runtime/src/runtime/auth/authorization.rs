//! The credentials of a client in the form in which requests send them.

use std::fmt;
#[cfg(feature = "token-providers")]
use std::pin::Pin;
#[cfg(feature = "security-schemes")]
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
#[cfg(feature = "token-providers")]
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Uri;
use reqwest::header::HeaderValue;
use tokio::sync::Mutex;
use tokio::time::Instant;
use zeroize::Zeroizing;

#[cfg(feature = "security-schemes")]
use super::scheme::Kind;
#[cfg(feature = "security-schemes")]
use crate::runtime::Body;
#[cfg(feature = "token-providers")]
use crate::runtime::SendError;
use crate::runtime::{Result, Secret};

/// The credentials of a client in the form in which requests send them.
pub enum Authorization {
    None,
    /// A constant value of the header `Authorization`.
    Fixed(HeaderValue),
    /// Access tokens, which the client fetches and renews.
    Token(Box<TokenSource>),
    /// An API key or a token in a header, a cookie or the query.
    #[cfg(feature = "security-schemes")]
    Key(AddKey),
    /// Credentials for several security schemes.
    #[cfg(feature = "security-schemes")]
    Several(Vec<SchemeAuthorization>),
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
            #[cfg(feature = "security-schemes")]
            Self::Key(_) => "Key",
            #[cfg(feature = "security-schemes")]
            Self::Several(_) => "Several",
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
    /// The requested scopes, separated by spaces. If the string is empty, the API determines the scopes.
    #[cfg(feature = "security-schemes")]
    pub scope: String,
    /// Whether the client ID and secret are sent in the header `Authorization` instead of the form.
    #[cfg(feature = "security-schemes")]
    pub by_header: bool,
    /// The function that provides the tokens instead of a token endpoint.
    #[cfg(feature = "token-providers")]
    pub provider: Option<TokenProvider>,
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
            #[cfg(feature = "security-schemes")]
            scope: String::new(),
            #[cfg(feature = "security-schemes")]
            by_header: false,
            #[cfg(feature = "token-providers")]
            provider: None,
            state: Mutex::default(),
            completed_fetches: AtomicU64::new(0),
        }
    }
}

/// A function that adds an API key or a token to a request.
#[cfg(feature = "security-schemes")]
pub type AddKey = Arc<dyn Fn(&mut http::Request<Body>) + Send + Sync>;

/// The credentials for a security scheme.
#[cfg(feature = "security-schemes")]
pub struct SchemeAuthorization {
    pub kind: Kind,
    /// The name of the scheme. `None` if the credentials are for all schemes of their kind.
    pub scheme: Option<String>,
    pub authorization: Authorization,
}

/// A token that is sent as `Authorization: Bearer`, with its lifetime.
#[derive(Clone, Debug)]
#[cfg(feature = "token-providers")]
pub struct BearerToken {
    pub(crate) token: Secret,
    pub(crate) lifetime: Option<Duration>,
}

/// A function that provides tokens.
#[derive(Clone)]
#[cfg(feature = "token-providers")]
pub struct TokenProvider(pub(crate) Arc<dyn Fn() -> TokenFuture + Send + Sync>);

#[cfg(feature = "token-providers")]
pub(crate) type TokenFuture = Pin<Box<dyn Future<Output = Result<BearerToken, SendError>> + Send>>;

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
