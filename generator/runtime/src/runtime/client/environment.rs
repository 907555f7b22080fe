//! Settings of a client from environment variables.

use std::ffi::OsString;

use super::base_url::BaseUrl;
use crate::runtime::auth::credentials::{COLON_PROBLEM, problem};
use crate::runtime::validation::pattern::matches;
use crate::runtime::{Api, ConfigError, Credentials, EnvCredentials, EnvKind, Result};

impl Credentials {
    /// Reads the credentials for an API from environment variables. For each security scheme, the first credentials whose
    /// variables are all set are used.
    ///
    /// # Errors
    ///
    /// Returns a [`ConfigError`] with the names of the variables that are missing or malformed. The error shows no values.
    pub(crate) fn from_lookup(api: &Api, lookup: &dyn Fn(&str) -> Option<OsString>) -> Result<Self> {
        let mut complete_credentials: Vec<(EnvCredentials, Self)> = Vec::new();
        // The variables that the error names. They come from the alternative that is only partly set and has the fewest
        // unset variables.
        let mut missing: Option<Vec<&'static str>> = None;
        for alternative in api.credentials {
            let (mut unset, mut variable_count) = (Vec::new(), 0);
            for env in *alternative {
                variable_count += env.variables().len();
                if complete_credentials.iter().any(|(found_env, _)| found_env.replaces(env)) {
                    continue;
                }
                match env.read(api, lookup)? {
                    Ok(credentials) => complete_credentials.push((*env, credentials)),
                    Err(mut variables) => unset.append(&mut variables),
                }
            }
            let is_closest = missing.as_ref().is_none_or(|missing| unset.len() < missing.len());
            if (1..variable_count).contains(&unset.len()) && is_closest {
                missing = Some(unset);
            }
        }
        let is_found = |env: &EnvCredentials| complete_credentials.iter().any(|(found_env, _)| found_env.replaces(env));
        if !api.credentials.iter().any(|alternative| !alternative.is_empty() && alternative.iter().all(is_found)) {
            let is_required =
                !api.credentials.is_empty() && api.credentials.iter().all(|alternative| !alternative.is_empty());
            return match missing {
                Some(variables) => Err(ConfigError::Missing { variables }.into()),
                None if is_required => Err(ConfigError::NoCredentials { accepted: api.credentials }.into()),
                None => Ok(Self::None),
            };
        }
        let mut complete_credentials = complete_credentials.into_iter();
        let credentials = complete_credentials.next().map_or(Self::None, |(_, credentials)| credentials);
        #[cfg(feature = "security-schemes")]
        let credentials = complete_credentials.fold(credentials, |all, (_, credentials)| all.and(credentials));
        Ok(credentials)
    }
}

impl EnvCredentials {
    pub(crate) fn variables(&self) -> Vec<&'static str> {
        self.secret.map_or_else(|| vec![self.name], |secret| vec![self.name, secret])
    }

    /// Reads the variables. The inner `Err` has the names of the variables that are not set.
    fn read(
        &self,
        api: &Api,
        lookup: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Result<Credentials, Vec<&'static str>>, ConfigError> {
        let name = variable(self.name, lookup)?;
        let secret = match self.secret {
            Some(secret) => variable(secret, lookup)?,
            None => Some(String::new()),
        };
        let (name, secret) = match (name, secret) {
            (Some(name), Some(secret)) => (name, secret),
            (None, Some(_)) => return Ok(Err(vec![self.name])),
            (Some(_), None) => return Ok(Err(self.secret.as_slice().to_vec())),
            (None, None) => return Ok(Err(self.variables())),
        };
        self.check_value(&name, api)?;
        let credentials = self.kind.credentials(name, secret);
        #[cfg(feature = "security-schemes")]
        let credentials = if self.scheme.is_empty() { credentials } else { credentials.scheme(self.scheme) };
        Ok(Ok(credentials))
    }

    /// Returns whether both credentials are for the same security scheme. A client has only one credential for each scheme.
    fn replaces(&self, other: &Self) -> bool {
        self.security_scheme() == other.security_scheme()
    }

    /// Returns the kind and the name of the security scheme.
    fn security_scheme(&self) -> (EnvKind, &str) {
        // The client exchanges client credentials for a bearer token, so requests have a bearer token.
        #[cfg(feature = "security-schemes")]
        if self.kind == EnvKind::ClientCredentials {
            return (EnvKind::Bearer, self.scheme);
        }
        (self.kind, self.scheme)
    }

    /// Returns an error if the user name, token, key or client ID is malformed.
    fn check_value(&self, value: &str, api: &Api) -> Result<(), ConfigError> {
        let malformed = |problem| Err(ConfigError::Malformed { variable: self.name, problem });
        if self.kind == EnvKind::Basic && value.as_bytes().contains(&b':') {
            return malformed(COLON_PROBLEM.into());
        }
        let Some(pattern) = self.pattern.filter(|pattern| !matches(pattern, value)) else { return Ok(()) };
        let mut problem = describe_pattern(pattern);
        if let Some((name, pattern)) = variable_matching(value, api) {
            problem += &format!(", but has the form of {name}{}", prefix_in_brackets(pattern));
        }
        malformed(problem.into())
    }
}

/// Returns the first variable whose pattern matches a value, with the pattern.
fn variable_matching(value: &str, api: &Api) -> Option<(&'static str, &'static str)> {
    for alternative in api.credentials {
        for EnvCredentials { name, pattern, .. } in *alternative {
            if let Some(pattern) = pattern
                && matches(pattern, value)
            {
                return Some((name, pattern));
            }
        }
    }
    None
}

impl EnvKind {
    fn credentials(self, name: String, secret: String) -> Credentials {
        match self {
            Self::Basic => Credentials::basic(name, secret),
            Self::ClientCredentials => Credentials::client_credentials(name, secret),
            #[cfg(feature = "security-schemes")]
            Self::Bearer => Credentials::bearer(name),
            #[cfg(feature = "security-schemes")]
            Self::Header(header) => Credentials::header(header, name),
            #[cfg(feature = "security-schemes")]
            Self::Query(parameter) => Credentials::query(parameter, name),
            #[cfg(feature = "security-schemes")]
            Self::Cookie(cookie) => Credentials::cookie(cookie, name),
        }
    }
}

/// Describes the constraint of a pattern, such as ``must match the pattern `^[a-z]+$` ``.
fn describe_pattern(pattern: &str) -> String {
    match literal_prefix(pattern) {
        "" => format!("must match the pattern `{pattern}`"),
        prefix => format!("must begin with `{prefix}` and match the pattern `{pattern}`"),
    }
}

fn prefix_in_brackets(pattern: &str) -> String {
    match literal_prefix(pattern) {
        "" => String::new(),
        prefix => format!(" (`{prefix}…`)"),
    }
}

/// Returns the prefix of all strings that match a pattern.
fn literal_prefix(pattern: &str) -> &str {
    let Some(pattern) = pattern.strip_prefix('^').filter(|pattern| !pattern.as_bytes().contains(&b'|')) else {
        return "";
    };
    let is_literal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let end = pattern.find(|c| !is_literal(c)).unwrap_or(pattern.len());
    let (prefix, remainder) = pattern.split_at(end);
    // A quantifier such as `?` can make the last character optional, so that character is not part of the prefix.
    let has_quantifier = remainder.starts_with(['?', '*', '+', '{']);
    &prefix[..prefix.len() - usize::from(has_quantifier && !prefix.is_empty())]
}

/// Returns the value of an environment variable, if the variable is set and not empty.
pub fn variable(name: &'static str, lookup: &dyn Fn(&str) -> Option<OsString>) -> Result<Option<String>, ConfigError> {
    let Some(value) = lookup(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let malformed = |problem: &'static str| ConfigError::Malformed { variable: name, problem: problem.into() };
    let value = value.into_string().map_err(|_| malformed("must be UTF-8"))?;
    problem(&value).map_or(Ok(Some(value)), |problem| Err(malformed(problem)))
}

/// Returns the value of an environment variable that holds a base URL.
pub fn base_url(name: &'static str, lookup: &dyn Fn(&str) -> Option<OsString>) -> Result<Option<String>, ConfigError> {
    let url = variable(name, lookup)?;
    match url.as_deref().map(BaseUrl::parse) {
        Some(Err(error)) => Err(ConfigError::Malformed { variable: name, problem: error.rule().to_owned().into() }),
        _ => Ok(url),
    }
}
