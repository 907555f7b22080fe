//! What goes into the header `Authorization`: nothing, one value for good, or a token that is fetched and renewed.

use std::fmt;
// [if token_provider.rs
use std::pin::Pin;
// [end token_provider.rs]
// [if credential_set.rs
use std::sync::Arc;
// [end credential_set.rs]
use std::sync::atomic::AtomicU64;
// [if token_provider.rs
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

// [if credential_set.rs
use super::scheme::Kind;
use crate::runtime::Body;
// [end credential_set.rs]
// [if token_provider.rs
use crate::runtime::SendError;
// [end token_provider.rs]
use crate::runtime::{Result, Secret};

/// What goes into the header `Authorization`.
pub enum Authorization {
    None,
    Fixed(HeaderValue),
    Token(Box<TokenSource>),
    // [if credential_set.rs
    Signed(Sign),
    Several(Vec<Held>),
    // [end credential_set.rs]
}

impl Authorization {
    /// HTTP Basic authentication; none if a header cannot hold it.
    pub fn basic(user: &str, password: &Secret) -> Option<Self> {
        let plain = Zeroizing::new(format!("{user}:{}", password.expose()));
        header(Zeroizing::new(format!("Basic {}", STANDARD.encode(plain.as_bytes())))).map(Self::Fixed)
    }
}

/// Shows the kind.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Fixed(_) => "Fixed",
            Self::Token(_) => "Token",
            // [if credential_set.rs
            Self::Signed(_) => "Signed",
            Self::Several(_) => "Several",
            // [end credential_set.rs]
        })
    }
}

/// Tokens by the client credentials grant of OAuth 2 (RFC 6749, 4.4). One is fetched when it is first needed, and the
/// next when it is about to expire or was refused; while one request fetches it, all others wait for that one.
pub struct TokenSource {
    pub url: Uri,
    pub client_id: String,
    pub client_secret: Secret,
    // [if credential_set.rs
    /// What the tokens are to be good for, if not for what the API says.
    pub scope: String,
    /// Whether id and secret go into a header.
    pub by_header: bool,
    // [end credential_set.rs]
    // [if token_provider.rs
    /// What gives the tokens in place of the grant.
    pub provider: Option<Provider>,
    // [end token_provider.rs]
    pub(crate) state: Mutex<State>,
    /// How many fetches have ended.
    pub(crate) rounds: AtomicU64,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) token: Option<Token>,
    /// How the last fetch ended.
    pub(crate) last: Option<Result<HeaderValue>>,
}

/// A token as it is sent.
pub struct Token {
    pub(crate) header: HeaderValue,
    pub(crate) fresh_until: Option<Instant>,
}

impl TokenSource {
    pub fn new(url: Uri, client_id: String, client_secret: Secret) -> Self {
        Self {
            url,
            client_id,
            client_secret,
            // [if credential_set.rs
            scope: String::new(),
            by_header: false,
            // [end credential_set.rs]
            // [if token_provider.rs
            provider: None,
            // [end token_provider.rs]
            state: Mutex::default(),
            rounds: AtomicU64::new(0),
        }
    }
}

// [if credential_set.rs
/// Puts into a request what proves who asks.
pub type Sign = Arc<dyn Fn(&mut http::Request<Body>) + Send + Sync>;

/// One of several credentials, as a connection has it.
pub struct Held {
    pub kind: Kind,
    pub scheme: Option<String>,
    pub proof: Authorization,
}
// [end credential_set.rs]

// [if token_provider.rs
/// A token that is sent as `Authorization: Bearer`, and how long it lasts.
#[derive(Clone, Debug)]
pub struct BearerToken {
    pub(crate) token: Secret,
    pub(crate) life: Option<Duration>,
}

/// A function that gives tokens.
#[derive(Clone)]
pub struct Provider(pub(crate) Arc<dyn Fn() -> Provided + Send + Sync>);

pub(crate) type Provided = Pin<Box<dyn Future<Output = Result<BearerToken, SendError>> + Send>>;
// [end token_provider.rs]

/// A header that nothing shows, and whose memory is wiped when its last copy is gone.
pub(crate) fn header(text: Zeroizing<String>) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(Wiped(text))).ok()?;
    header.set_sensitive(true);
    Some(header)
}

pub(crate) struct Wiped(pub(crate) Zeroizing<String>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
