//! Who a client says it is, in code or from the environment.

use std::error::Error;
use std::ffi::OsString;
use std::fmt;

use http::Uri;

use super::rule::finds;
// [keys.rs
use super::keys::Keys;
// keys.rs]
use super::token::{Authorization, TokenSource};
use super::{Api, EnvCredentials, InvalidValue, Result, Secret};

/// What a client proves its identity with.
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
    // [keys.rs
    /// Whatever else proves who asks, such as a key in a header; or several of these.
    Several(Keys),
    // keys.rs]
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

    /// The credentials that an environment holds for an API. Of several kinds the first that is complete counts.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the variables that are missing or cannot be used, and shows no values.
    pub fn from_lookup(api: &Api, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        let mut missing = None;
        for EnvCredentials::Basic { user, pattern, password } in api.credentials.iter().copied() {
            match (variable(user, &lookup)?, variable(password, &lookup)?) {
                (Some(name), Some(_)) if name.contains(':') => {
                    return Err(ConfigError::Malformed { variable: user, problem: COLON }.into());
                }
                (Some(name), Some(_)) if !pattern.is_none_or(|pattern| finds(pattern, &name)) => {
                    let problem = "must have the form that the API gives such names";
                    return Err(ConfigError::Malformed { variable: user, problem }.into());
                }
                (Some(user), Some(password)) => return Ok(Self::basic(user, password)),
                (Some(_), None) => missing = missing.or(Some(password)),
                (None, Some(_)) => missing = missing.or(Some(user)),
                (None, None) => {}
            }
        }
        match missing {
            Some(variable) => Err(ConfigError::Missing { variable }.into()),
            None if api.credentials.is_empty() => Ok(Self::None),
            None => Err(ConfigError::NoCredentials { accepted: api.credentials }.into()),
        }
    }

    /// Refuses what an HTTP header cannot carry.
    pub(super) fn check(&self) -> Result<(), InvalidValue> {
        let (name, text, secret_name, secret) = match self {
            Self::None => return Ok(()),
            // [keys.rs
            Self::Several(_) => return Ok(()),
            // keys.rs]
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
    pub(super) fn into_authorization(self, token_url: Option<Uri>) -> Result<Authorization, InvalidValue> {
        self.check()?;
        match self {
            Self::None => Ok(Authorization::None),
            // [keys.rs
            Self::Several(keys) => keys.into_authorization(token_url),
            // keys.rs]
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
            // [keys.rs
            Self::Several(_) => "Several",
            // keys.rs]
        })
    }
}

const COLON: &str = "must not contain a colon";

fn problem(text: &str) -> Option<&'static str> {
    match text {
        "" => Some("must not be empty"),
        _ if text.chars().any(char::is_control) => Some("must not contain control characters"),
        _ => None,
    }
}

/// The value of an environment variable, if it is set.
pub fn variable(name: &'static str, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Option<String>, ConfigError> {
    let Some(value) = lookup(name) else { return Ok(None) };
    let malformed = |problem| ConfigError::Malformed { variable: name, problem };
    let text = value.into_string().map_err(|_| malformed("must be UTF-8"))?;
    problem(&text).map_or(Ok(Some(text)), |problem| Err(malformed(problem)))
}

/// What is wrong with the environment. It names variables and never shows their values.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConfigError {
    /// None of the variables that could hold credentials is set.
    NoCredentials {
        /// The variables that would do.
        accepted: &'static [EnvCredentials],
    },
    /// A variable is missing beside another one that is set.
    Missing {
        /// The name of the variable.
        variable: &'static str,
    },
    /// A variable is set to something that cannot be used.
    Malformed {
        /// The name of the variable.
        variable: &'static str,
        /// The rule that it breaks, as in `must not be empty`.
        problem: &'static str,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCredentials { accepted } => {
                f.write_str("the environment holds no credentials: set ")?;
                for (index, EnvCredentials::Basic { user, password, .. }) in accepted.iter().enumerate() {
                    let or = if index > 0 { ", or " } else { "" };
                    write!(f, "{or}{user} and {password}")?;
                }
                Ok(())
            }
            Self::Missing { variable } => write!(f, "the environment variable {variable} is not set"),
            Self::Malformed { variable, problem } => write!(f, "the environment variable {variable} {problem}"),
        }
    }
}

impl Error for ConfigError {}
