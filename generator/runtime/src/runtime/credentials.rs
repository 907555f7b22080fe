//! Who a client says it is, in code or from the environment.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fmt;

use reqwest::RequestBuilder;

use super::{Api, EnvCredentials, InvalidValue, Result, Secret};

/// What a client proves its identity with.
#[derive(Clone, Debug, Default)]
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
}

impl Credentials {
    /// HTTP Basic authentication. A client refuses a user name with a colon and control characters in either.
    pub fn basic(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::Basic { user: user.into(), password: password.into() }
    }

    /// The credentials that the environment holds for an API. Of several kinds the first that is complete counts.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the variables that are missing or cannot be used, and shows no values.
    pub fn from_env(api: &Api) -> Result<Self> {
        Self::from_lookup(api, |variable| env::var_os(variable))
    }

    /// Like [`from_env`](Self::from_env), with variables from elsewhere.
    ///
    /// # Errors
    ///
    /// As for [`from_env`](Self::from_env).
    pub fn from_lookup(api: &Api, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        let mut missing = None;
        for EnvCredentials::Basic { user, password } in api.credentials.iter().copied() {
            match (variable(user, &lookup)?, variable(password, &lookup)?) {
                (Some(name), Some(_)) if name.contains(':') => {
                    return Err(ConfigError::Malformed { variable: user, problem: COLON }.into());
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

    /// Puts the credentials on a request, in a header that is marked as sensitive.
    pub(super) fn apply(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::None => request,
            Self::Basic { user, password } => request.basic_auth(user, Some(password.expose())),
        }
    }

    /// Refuses what an HTTP header cannot carry.
    pub(super) fn check(&self) -> Result<(), InvalidValue> {
        let Self::Basic { user, password } = self else { return Ok(()) };
        let refuse = |name, problem| Err(InvalidValue::new(name, None, problem));
        match (problem(user), problem(password.expose())) {
            (Some(problem), _) => refuse("user", problem),
            (_, Some(problem)) => refuse("password", problem),
            _ if user.contains(':') => refuse("user", COLON),
            _ => Ok(()),
        }
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

fn variable(name: &'static str, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Option<String>, ConfigError> {
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
                for (index, EnvCredentials::Basic { user, password }) in accepted.iter().enumerate() {
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
