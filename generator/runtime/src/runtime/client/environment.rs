//! Settings of a client from environment variables.

use std::ffi::OsString;

use super::base_url::BaseUrl;
use crate::runtime::auth::credentials::{COLON, problem};
use crate::runtime::validation::constraint::matches;
use crate::runtime::{Api, ConfigError, Credentials, EnvCredentials, EnvKind, Result};

impl Credentials {
    /// Returns the credentials that an environment holds for an API: of those for the same security scheme, the first that
    /// are complete.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the variables that are missing or cannot be used, and shows no values.
    pub fn from_lookup(api: &Api, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        let mut found: Vec<(EnvCredentials, Self)> = Vec::new();
        // The fewest variables that are missing beside others that are set.
        let mut missing: Option<Vec<&'static str>> = None;
        for alternative in api.credentials {
            let mut unset = Vec::new();
            for one in *alternative {
                if found.iter().any(|(other, _)| other.replaces(one)) {
                    continue;
                }
                match one.read(api, &lookup)? {
                    Ok(credentials) => found.push((*one, credentials)),
                    Err(variables) => unset.extend(variables),
                }
            }
            let all = alternative.iter().flat_map(EnvCredentials::variables).count();
            let fewer = missing.as_ref().is_none_or(|missing| unset.len() < missing.len());
            if (1..all).contains(&unset.len()) && fewer {
                missing = Some(unset);
            }
        }
        let held = |one: &EnvCredentials| found.iter().any(|(other, _)| other.replaces(one));
        if !api.credentials.iter().any(|all| !all.is_empty() && all.iter().all(held)) {
            let required = !api.credentials.is_empty() && api.credentials.iter().all(|all| !all.is_empty());
            return match missing {
                Some(variables) => Err(ConfigError::Missing { variables }.into()),
                None if required => Err(ConfigError::NoCredentials { accepted: api.credentials }.into()),
                None => Ok(Self::None),
            };
        }
        let mut found = found.into_iter().map(|(_, credentials)| credentials);
        let credentials = found.next().unwrap_or_default();
        // [if credential_set.rs
        let credentials = found.fold(credentials, Self::and);
        // [end credential_set.rs]
        Ok(credentials)
    }
}

impl EnvCredentials {
    pub(crate) fn variables(&self) -> impl Iterator<Item = &'static str> {
        [self.name].into_iter().chain(self.secret)
    }

    /// Reads the variables. If not all of them are set, returns those that are not.
    fn read(
        &self,
        api: &Api,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Result<Credentials, Vec<&'static str>>, ConfigError> {
        let name = variable(self.name, &lookup)?;
        let secret = self.secret.map(|secret| variable(secret, &lookup)).transpose()?;
        let unset = [(self.name, name.is_none()), (self.secret.unwrap_or_default(), secret == Some(None))];
        let (Some(name), None | Some(Some(_))) = (&name, &secret) else {
            return Ok(Err(unset.into_iter().filter(|(_, unset)| *unset).map(|(name, _)| name).collect()));
        };
        self.check(name, api)?;
        let credentials = self.kind.credentials(name.clone(), secret.flatten().unwrap_or_default());
        // [if credential_set.rs
        let credentials = if self.scheme.is_empty() { credentials } else { credentials.scheme(self.scheme) };
        // [end credential_set.rs]
        Ok(Ok(credentials))
    }

    /// Whether a client needs only these or the others.
    fn replaces(&self, other: &Self) -> bool {
        self.purpose() == other.purpose()
    }

    fn purpose(&self) -> (EnvKind, &str) {
        // [if credential_set.rs
        // Client credentials are exchanged for a bearer token.
        if self.kind == EnvKind::ClientCredentials {
            return (EnvKind::Bearer, self.scheme);
        }
        // [end credential_set.rs]
        (self.kind, self.scheme)
    }

    /// Refuses a user name, token, key or client id that cannot be right.
    fn check(&self, value: &str, api: &Api) -> Result<(), ConfigError> {
        let malformed = |problem| Err(ConfigError::Malformed { variable: self.name, problem });
        if self.kind == EnvKind::Basic && value.contains(':') {
            return malformed(COLON.into());
        }
        let Some(pattern) = self.pattern.filter(|pattern| !matches(pattern, value)) else { return Ok(()) };
        let mut problem = expected(pattern);
        let mut others = api.credentials.iter().flat_map(|all| all.iter());
        let fits = |other: &&EnvCredentials| other.pattern.is_some_and(|pattern| matches(pattern, value));
        if let Some(EnvCredentials { name, pattern: Some(pattern), .. }) = others.find(fits) {
            problem += &format!(", but has the form of {name}{}", in_brackets(pattern));
        }
        malformed(problem.into())
    }
}

impl EnvKind {
    fn credentials(self, name: String, secret: String) -> Credentials {
        match self {
            Self::Basic => Credentials::basic(name, secret),
            Self::ClientCredentials => Credentials::client_credentials(name, secret),
            // [if credential_set.rs
            Self::Bearer => Credentials::bearer(name),
            Self::Header(header) => Credentials::header(header, name),
            Self::Query(parameter) => Credentials::query(parameter, name),
            Self::Cookie(cookie) => Credentials::cookie(cookie, name),
            // [end credential_set.rs]
        }
    }
}

/// What a pattern asks of a value.
fn expected(pattern: &str) -> String {
    match literal_prefix(pattern) {
        "" => format!("must match the pattern `{pattern}`"),
        prefix => format!("must begin with `{prefix}` and match the pattern `{pattern}`"),
    }
}

fn in_brackets(pattern: &str) -> String {
    match literal_prefix(pattern) {
        "" => String::new(),
        prefix => format!(" (`{prefix}…`)"),
    }
}

/// The text that all values of a pattern begin with.
fn literal_prefix(pattern: &str) -> &str {
    let Some(rest) = pattern.strip_prefix('^').filter(|rest| !rest.contains('|')) else { return "" };
    let is_literal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let end = rest.find(|c| !is_literal(c)).unwrap_or(rest.len());
    let (prefix, next) = rest.split_at(end);
    // The last character may be repeated or left out.
    let repeated = next.starts_with(['?', '*', '+', '{']);
    &prefix[..prefix.len() - usize::from(repeated && !prefix.is_empty())]
}

/// Returns the value of an environment variable, if it is set and not empty.
pub fn variable(name: &'static str, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Option<String>, ConfigError> {
    let Some(value) = lookup(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let malformed = |problem: &'static str| ConfigError::Malformed { variable: name, problem: problem.into() };
    let text = value.into_string().map_err(|_| malformed("must be UTF-8"))?;
    problem(&text).map_or(Ok(Some(text)), |problem| Err(malformed(problem)))
}

/// Returns the value of an environment variable that holds a base URL.
pub fn base_url(name: &'static str, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Option<String>, ConfigError> {
    let url = variable(name, lookup)?;
    match url.as_deref().map(BaseUrl::parse) {
        Some(Err(error)) => Err(ConfigError::Malformed { variable: name, problem: error.rule().to_owned().into() }),
        _ => Ok(url),
    }
}
