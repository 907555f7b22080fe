//! The credentials of a client.

#[cfg(feature = "security-schemes")]
pub(crate) mod credential_set;
#[cfg(feature = "token-providers")]
pub(crate) mod token_provider;

use std::fmt;

use http::Uri;

#[cfg(feature = "security-schemes")]
use self::credential_set::CredentialSet;
use crate::runtime::auth::authorization::{Authorization, TokenSource};
use crate::runtime::{InvalidValue, Result, Secret};

/// The credentials of a client.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Credentials {
    /// No credentials: requests have no `Authorization` header.
    #[default]
    None,
    /// HTTP Basic authentication.
    Basic {
        /// The user name, such as an account ID or an API key ID.
        user: String,
        /// The password, token or secret.
        password: Secret,
    },
    /// Access tokens from the OAuth 2 client credentials grant. The client fetches a token before the first request. It fetches
    /// a new token 30 seconds before the old token expires, and once if the API rejects a token.
    ClientCredentials {
        /// The client ID.
        client_id: String,
        /// The client secret.
        client_secret: Secret,
    },
    /// Other credentials, such as an API key in a header, or a combination of credentials.
    #[cfg(feature = "security-schemes")]
    Several(CredentialSet),
}

impl Credentials {
    /// Creates credentials for HTTP Basic authentication. Building a client fails if the user name contains a colon, or if
    /// either string contains control characters.
    pub fn basic(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::Basic { user: user.into(), password: password.into() }
    }

    /// Creates credentials for the OAuth 2 client credentials grant.
    pub fn client_credentials(client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        Self::ClientCredentials { client_id: client_id.into(), client_secret: client_secret.into() }
    }

    /// Returns an error if the credentials are not valid in an HTTP header.
    pub(crate) fn check(&self) -> Result<(), InvalidValue> {
        let (name, text, secret_name, secret) = match self {
            Self::None => return Ok(()),
            #[cfg(feature = "security-schemes")]
            Self::Several(_) => return Ok(()),
            Self::Basic { user, password } => ("user", user, "password", password),
            Self::ClientCredentials { client_id, client_secret } => {
                ("client_id", client_id, "client_secret", client_secret)
            }
        };
        let invalid = |name, problem| Err(InvalidValue::new(name, None, problem));
        match (problem(text), problem(secret.expose())) {
            (Some(problem), _) => invalid(name, problem),
            (_, Some(problem)) => invalid(secret_name, problem),
            _ if text.as_bytes().contains(&b':') && matches!(self, Self::Basic { .. }) => invalid(name, COLON_PROBLEM),
            _ => Ok(()),
        }
    }

    /// Converts the credentials to the form in which requests send them. `token_url` is the token endpoint.
    pub(crate) fn into_authorization(self, token_url: Option<Uri>) -> Result<Authorization, InvalidValue> {
        self.check()?;
        match self {
            Self::None => Ok(Authorization::None),
            #[cfg(feature = "security-schemes")]
            Self::Several(set) => set.into_authorization(token_url),
            Self::Basic { user, password } => Authorization::basic(&user, &password)
                .ok_or_else(|| InvalidValue::new("credentials", None, "must be valid in a header")),
            Self::ClientCredentials { client_id, client_secret } => match token_url {
                Some(url) => Ok(Authorization::Token(Box::new(TokenSource::new(url, client_id, client_secret)))),
                None => {
                    Err(InvalidValue::new("token_url", None, "must be set, because the document does not declare it"))
                }
            },
        }
    }
}

/// Shows only the kind of the credentials, because a user name may be personal data.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Basic { .. } => "Basic",
            Self::ClientCredentials { .. } => "ClientCredentials",
            #[cfg(feature = "security-schemes")]
            Self::Several(_) => "Several",
        })
    }
}

/// The constraint that a user name with a colon violates.
pub const COLON_PROBLEM: &str = "must not contain a colon";

/// Returns the constraint that a string violates, if the string is not valid in credentials.
pub fn problem(string: &str) -> Option<&'static str> {
    match string {
        "" => Some("must not be empty"),
        _ if string.chars().any(char::is_control) => Some("must not contain control characters"),
        _ => None,
    }
}
