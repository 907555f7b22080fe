//! The credentials of a client.

pub(crate) mod credential_set;
pub(crate) mod token_provider;

use std::fmt;

use http::Uri;

// [if credential_set.rs
use self::credential_set::CredentialSet;
// [end credential_set.rs]
use crate::runtime::auth::authorization::{Authorization, TokenSource};
use crate::runtime::{InvalidValue, Result, Secret};

/// The credentials of a client.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Credentials {
    /// Nothing: requests carry no `Authorization`.
    #[default]
    None,
    /// HTTP Basic authentication.
    Basic {
        /// The user name: an account, or the name of a key.
        user: String,
        /// The password, token or secret that belongs to it.
        password: Secret,
    },
    /// Tokens by the client credentials grant of OAuth 2. A token is fetched with the first request and renewed 30
    /// seconds before it expires, or once when the API refuses it.
    ClientCredentials {
        /// The id of the client.
        client_id: String,
        /// The secret that belongs to it.
        client_secret: Secret,
    },
    // [if credential_set.rs
    /// Whatever else proves who asks, such as a key in a header; or several of these.
    Several(CredentialSet),
    // [end credential_set.rs]
}

impl Credentials {
    /// HTTP Basic authentication. A client refuses a user name with a colon and control characters in either.
    pub fn basic(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::Basic { user: user.into(), password: password.into() }
    }

    /// Tokens by the client credentials grant of OAuth 2.
    pub fn client_credentials(client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        Self::ClientCredentials { client_id: client_id.into(), client_secret: client_secret.into() }
    }

    /// Refuses what an HTTP header cannot carry.
    pub(crate) fn check(&self) -> Result<(), InvalidValue> {
        let (name, text, secret_name, secret) = match self {
            Self::None => return Ok(()),
            // [if credential_set.rs
            Self::Several(_) => return Ok(()),
            // [end credential_set.rs]
            Self::Basic { user, password } => ("user", user, "password", password),
            Self::ClientCredentials { client_id, client_secret } => {
                ("client_id", client_id, "client_secret", client_secret)
            }
        };
        let refuse = |name, problem| Err(InvalidValue::new(name, None, problem));
        match (problem(text), problem(secret.expose())) {
            (Some(problem), _) => refuse(name, problem),
            (_, Some(problem)) => refuse(secret_name, problem),
            _ if text.contains(':') && matches!(self, Self::Basic { .. }) => refuse(name, COLON),
            _ => Ok(()),
        }
    }

    /// What goes into the header; tokens come from `token_url`.
    pub(crate) fn into_authorization(self, token_url: Option<Uri>) -> Result<Authorization, InvalidValue> {
        self.check()?;
        match self {
            Self::None => Ok(Authorization::None),
            // [if credential_set.rs
            Self::Several(keys) => keys.into_authorization(token_url),
            // [end credential_set.rs]
            Self::Basic { user, password } => Authorization::basic(&user, &password)
                .ok_or_else(|| InvalidValue::new("credentials", None, "must fit into a header")),
            Self::ClientCredentials { client_id, client_secret } => match token_url {
                Some(url) => Ok(Authorization::Token(Box::new(TokenSource::new(url, client_id, client_secret)))),
                None => Err(InvalidValue::new("token_url", None, "must be set, since this API has none of its own")),
            },
        }
    }
}

/// Shows the kind alone: a user name can be an address.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Basic { .. } => "Basic",
            Self::ClientCredentials { .. } => "ClientCredentials",
            // [if credential_set.rs
            Self::Several(_) => "Several",
            // [end credential_set.rs]
        })
    }
}

/// The constraint that a user name with a colon violates.
pub const COLON: &str = "must not contain a colon";

/// Returns what keeps a string from being a part of credentials.
pub fn problem(text: &str) -> Option<&'static str> {
    match text {
        "" => Some("must not be empty"),
        _ if text.chars().any(char::is_control) => Some("must not contain control characters"),
        _ => None,
    }
}
