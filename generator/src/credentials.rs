//! The environment variables that `from_env` reads credentials from. The names are configured, or inferred from the
//! names of the crate and of the security schemes.

use std::collections::{BTreeSet, HashMap};

use heck::ToShoutySnakeCase;

use crate::config::{Config, CredentialVariables, Credentials};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::ir::{Api, SchemeKind, SecurityScheme};
use crate::naming::case;
use crate::naming::scope::NameScope;
use crate::source::Pointer;

/// The maximum number of sets of credentials that generated code tries.
const MAX_CREDENTIAL_SETS: usize = 64;

/// A kind of security scheme. It determines the suffix of the environment variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum VariableKind {
    User,
    Token,
    Key,
}

impl VariableKind {
    fn of_scheme(scheme: &SecurityScheme) -> Self {
        match scheme.kind {
            SchemeKind::Basic => Self::User,
            SchemeKind::Bearer => Self::Token,
            SchemeKind::Header(_) | SchemeKind::Query(_) | SchemeKind::Cookie(_) => Self::Key,
        }
    }

    /// Returns `None` if the credentials are incomplete.
    fn of_credentials(credentials: &Credentials) -> Option<Self> {
        Some(match credentials.variables()? {
            CredentialVariables::User(..) => Self::User,
            CredentialVariables::Token(_) | CredentialVariables::Client(..) => Self::Token,
            CredentialVariables::Key(_) => Self::Key,
        })
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::User => "USERNAME",
            Self::Token => "TOKEN",
            Self::Key => "API_KEY",
        }
    }
}

/// The security schemes of a document.
pub struct Schemes<'a> {
    by_name: HashMap<&'a str, &'a SecurityScheme>,
    by_kind: HashMap<VariableKind, Vec<&'a SecurityScheme>>,
}

impl<'a> Schemes<'a> {
    /// Collects the security schemes of a document.
    pub fn of(api: &'a Api) -> Self {
        let mut by_kind: HashMap<_, Vec<_>> = HashMap::new();
        for scheme in &api.security {
            by_kind.entry(VariableKind::of_scheme(scheme)).or_default().push(scheme);
        }
        Self { by_name: api.security.iter().map(|scheme| (scheme.name.as_str(), scheme)).collect(), by_kind }
    }

    /// Returns the first security scheme for which credentials can be used.
    pub fn first_for(&self, credentials: &Credentials) -> Option<&'a SecurityScheme> {
        let kind = VariableKind::of_credentials(credentials)?;
        match &credentials.scheme {
            Some(name) => {
                self.by_name.get(name.as_str()).copied().filter(|scheme| VariableKind::of_scheme(scheme) == kind)
            }
            None => self.of_kind(kind).first().copied(),
        }
    }

    fn of_kind(&self, kind: VariableKind) -> &[&'a SecurityScheme] {
        self.by_kind.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Returns the name of an environment variable: `MY_CRATE_TOKEN` for the crate `my-crate` and the suffix `TOKEN`.
pub fn variable_name(crate_name: &str, suffix: &str) -> String {
    format!("{}_{suffix}", crate_name.replace('-', "_").to_ascii_uppercase())
}

/// Infers the names of the variables for each security scheme of the document.
pub fn infer(crate_name: &str, api: &Api) -> Vec<Credentials> {
    let mut inferred: Vec<(usize, Credentials)> = Vec::new();
    let mut numbers: HashMap<(&str, &str), usize> = HashMap::new();
    for scheme in &api.security {
        *numbers.entry(scheme.kind.kind_and_name()).or_default() += 1;
    }
    for kind in [VariableKind::User, VariableKind::Token, VariableKind::Key] {
        let schemes: Vec<(usize, &SecurityScheme)> =
            api.security.iter().enumerate().filter(|(_, scheme)| VariableKind::of_scheme(scheme) == kind).collect();
        let prefixes = variable_prefixes(crate_name, &schemes, kind);
        for ((index, scheme), prefix) in schemes.iter().zip(prefixes) {
            let is_ambiguous = numbers.get(&scheme.kind.kind_and_name()).is_some_and(|number| *number > 1);
            let must_name_scheme = is_ambiguous || kind == VariableKind::Key && schemes.len() > 1;
            let credentials = credentials_of(scheme, kind, &prefix, must_name_scheme);
            inferred.extend(credentials.into_iter().map(|credentials| (*index, credentials)));
        }
    }
    // The loop above adds the credentials kind by kind. The sort restores the order of the document.
    inferred.sort_by_key(|(index, _)| *index);
    inferred.into_iter().map(|(_, credentials)| credentials).collect()
}

/// Returns the prefix of the variables of each scheme. If there is only one scheme, its prefix is the name of the
/// crate.
fn variable_prefixes(crate_name: &str, schemes: &[(usize, &SecurityScheme)], kind: VariableKind) -> Vec<String> {
    let origin = Pointer::root();
    let origins = vec![&origin; schemes.len()];
    let prefixes = NameScope::default().claim_all(&origins, |index, attempt| {
        let name = &schemes.get(index)?.1.name;
        Some(match attempt {
            0 if schemes.len() == 1 => variable_name(crate_name, ""),
            0 => variable_name(crate_name, &without_suffix(&screaming_snake_case(name), kind.suffix())),
            attempt => {
                variable_name(crate_name, &format!("{}_", screaming_snake_case(&case::spelling(name, attempt - 1)?)))
            }
        })
    });
    prefixes.into_iter().map(|(Ok(prefix) | Err(prefix))| prefix).collect()
}

/// Returns the credentials for a scheme. A scheme with a token URL has two: a token, and client credentials that
/// request a token.
fn credentials_of(
    scheme: &SecurityScheme,
    kind: VariableKind,
    prefix: &str,
    must_name_scheme: bool,
) -> Vec<Credentials> {
    let variable = |suffix: &str| Some(format!("{prefix}{suffix}"));
    let with_scheme = Credentials { scheme: must_name_scheme.then(|| scheme.name.clone()), ..Credentials::default() };
    let variable_of_kind = variable(kind.suffix());
    match kind {
        VariableKind::User => {
            vec![Credentials { user: variable_of_kind, password: variable("PASSWORD"), ..with_scheme }]
        }
        VariableKind::Key => vec![Credentials { key: variable_of_kind, ..with_scheme }],
        VariableKind::Token if scheme.token_url().is_some() => {
            let (client_id, client_secret) = (variable("CLIENT_ID"), variable("CLIENT_SECRET"));
            let client = Credentials { client_id, client_secret, ..with_scheme.clone() };
            vec![Credentials { token: variable_of_kind, ..with_scheme }, client]
        }
        VariableKind::Token => vec![Credentials { token: variable_of_kind, ..with_scheme }],
    }
}

/// Returns the name of a scheme as a part of a variable name.
fn screaming_snake_case(name: &str) -> String {
    let name = if name.is_ascii() { name.to_owned() } else { case::spell_code_points(name) };
    name.to_shouty_snake_case()
}

/// Removes the last words of a name that also occur in the suffix: `STORE_TOKEN` with the suffix `TOKEN` is `STORE_`.
fn without_suffix(name: &str, suffix: &str) -> String {
    let is_repeated = |word: &&str| suffix.split('_').any(|suffix_word| suffix_word == *word);
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    let kept_count = words.len() - words.iter().rev().take_while(|word| is_repeated(word)).count();
    words.iter().take(kept_count).map(|word| format!("{word}_")).collect()
}

/// Reports credentials of the configuration for which the document has no security scheme.
pub fn check(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    let schemes = Schemes::of(api);
    for (index, credentials) in config.client.credentials.iter().enumerate() {
        // `config::check` has already reported incomplete credentials.
        let (Some(kind), Some(variables)) = (VariableKind::of_credentials(credentials), credentials.variables()) else {
            continue;
        };
        let usable_schemes = schemes.of_kind(kind);
        let (key, problem) = match (&credentials.scheme, variables, usable_schemes.len()) {
            (Some(name), ..) if schemes.first_for(credentials).is_none() => {
                ("scheme", format!("`{name}` is not a security scheme for these credentials"))
            }
            (None, CredentialVariables::Token(name), 0) => {
                ("token", format!("`{name}` holds a bearer token, and the document has no security scheme for one"))
            }
            (None, CredentialVariables::Key(name), 0) => {
                ("key", format!("`{name}` holds an API key, and the document has no security scheme for one"))
            }
            (None, CredentialVariables::Key(name), 2..) => {
                ("key", format!("`{name}` holds an API key, and the document has several security schemes for one"))
            }
            _ => continue,
        };
        let quoted: Vec<String> = usable_schemes.iter().map(|scheme| format!("`{}`", scheme.name)).collect();
        let help = match quoted.as_slice() {
            [] => "describe the scheme in `components.securitySchemes` of the document, or remove these credentials"
                .to_owned(),
            [name] => format!("set `scheme` to {name}, or remove it"),
            names => format!("set `scheme` to one of {}", names.join(", ")),
        };
        let location = config.location(&format!("client.credentials.{index}.{key}"));
        diagnostics.push(Diagnostic::error(code::CONFIG_VALUE, location, problem).help(help));
    }
}

/// Returns the sets of configured credentials that `from_env` tries in order. The credentials of a set are used
/// together. If no operation requires credentials, the last set is empty.
pub fn credential_sets<'c>(config: &'c Config, api: &Api) -> Vec<Vec<&'c Credentials>> {
    let configured = &config.client.credentials;
    let mut sets: Vec<Vec<&Credentials>> = Vec::new();
    let schemes = Schemes::of(api);
    let usable = UsableCredentials::of(configured);
    for names in scheme_sets(api) {
        for set in combinations(&usable, &schemes, &names) {
            if sets.len() < MAX_CREDENTIAL_SETS && !sets.contains(&set) {
                sets.push(set);
            }
        }
        if sets.len() == MAX_CREDENTIAL_SETS {
            break;
        }
    }
    // Each configured credential that matches no scheme of the document is a set of its own.
    let without_scheme = configured.iter().filter(|credentials| schemes.first_for(credentials).is_none());
    sets.extend(without_scheme.map(|credentials| vec![credentials]));
    let mut operations = api.operations.iter().map(|(_, operation)| operation);
    let is_required = api.security.is_empty()
        || operations.any(|operation| !operation.has_optional_credentials && !operation.is_anonymous);
    if !sets.is_empty() && !is_required {
        sets.push(Vec::new());
    }
    sets
}

/// Returns the distinct sets of security schemes that operations require, in the order of the document. If no operation
/// requires a scheme, each scheme is a set.
fn scheme_sets(api: &Api) -> Vec<Vec<&str>> {
    let operation_sets = api.operations.iter().flat_map(|(_, operation)| api.security_alternatives(operation));
    let mut sets: Vec<Vec<&str>> = operation_sets.filter(|set| !set.is_empty()).collect();
    if sets.is_empty() {
        sets = api.security.iter().map(|scheme| vec![scheme.name.as_str()]).collect();
    }
    let mut seen: BTreeSet<Vec<&str>> = BTreeSet::new();
    sets.retain(|set| seen.insert(set.clone()));
    sets
}

/// The configured credentials, by their kind and their scheme.
struct UsableCredentials<'c> {
    configured: &'c [Credentials],
    indexes: HashMap<(VariableKind, Option<&'c str>), Vec<usize>>,
}

impl<'c> UsableCredentials<'c> {
    fn of(configured: &'c [Credentials]) -> Self {
        let mut indexes: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, credentials) in configured.iter().enumerate() {
            if let Some(kind) = VariableKind::of_credentials(credentials) {
                indexes.entry((kind, credentials.scheme.as_deref())).or_default().push(index);
            }
        }
        Self { configured, indexes }
    }

    /// Returns the first [`MAX_CREDENTIAL_SETS`] credentials that can be used for a scheme, in the order of the configuration.
    fn for_scheme(&self, scheme: &SecurityScheme) -> Vec<&'c Credentials> {
        let kind = VariableKind::of_scheme(scheme);
        let names = [Some(scheme.name.as_str()), None];
        let indexes = names.into_iter().filter_map(|name| self.indexes.get(&(kind, name)));
        let mut indexes: Vec<usize> =
            indexes.flat_map(|found| found.iter().take(MAX_CREDENTIAL_SETS)).copied().collect();
        indexes.sort_unstable();
        indexes.into_iter().take(MAX_CREDENTIAL_SETS).filter_map(|index| self.configured.get(index)).collect()
    }
}

/// Returns the combinations of configured credentials for a set of schemes. Each combination has one of the usable
/// credentials for each scheme. There are at most [`MAX_CREDENTIAL_SETS`] combinations.
fn combinations<'c>(
    usable: &UsableCredentials<'c>,
    schemes: &Schemes<'_>,
    names: &[&str],
) -> Vec<Vec<&'c Credentials>> {
    let mut combinations: Vec<Vec<&Credentials>> = vec![Vec::new()];
    for name in names {
        let usable = schemes.by_name.get(name).map(|scheme| usable.for_scheme(scheme)).unwrap_or_default();
        let extended = combinations.iter().flat_map(|combination| {
            usable.iter().map(move |credentials| combination.iter().copied().chain([*credentials]).collect())
        });
        combinations = extended.take(MAX_CREDENTIAL_SETS).collect();
    }
    combinations
}
