//! The environment variables that `from_env` reads credentials from: the configured ones, or names inferred from the
//! crate and the security schemes.

use std::collections::BTreeSet;

use heck::ToShoutySnakeCase;

use crate::config::{Config, Credentials, Held};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::ir::{Api, SchemeKind, SecurityScheme};
use crate::naming::case;
use crate::naming::scope::NameScope;
use crate::source::Pointer;

/// The maximum number of listed alternatives.
const MOST: usize = 64;

/// Returns the name of an environment variable of a crate.
pub fn variable(krate: &str, rest: &str) -> String {
    format!("{}_{rest}", krate.replace('-', "_").to_ascii_uppercase())
}

/// Infers the names of the variables for each security scheme of the document.
pub fn derive(krate: &str, api: &Api) -> Vec<Credentials> {
    let mut all: Vec<(usize, Credentials)> = Vec::new();
    for (suffix, group) in [("USERNAME", 0), ("TOKEN", 1), ("API_KEY", 2)] {
        let schemes: Vec<(usize, &SecurityScheme)> =
            api.security.iter().enumerate().filter(|(_, scheme)| group_of(scheme) == group).collect();
        let origin = Pointer::root();
        let origins = vec![&origin; schemes.len()];
        let names = NameScope::default().claim_all(&origins, |index, turn| {
            let scheme = &schemes.get(index)?.1.name;
            Some(match turn {
                0 if schemes.len() == 1 => variable(krate, ""),
                0 => variable(krate, &shortened(&word(scheme), suffix)),
                turn => variable(krate, &format!("{}_", word(&case::spelling(scheme, turn - 1)?))),
            })
        });
        for ((index, scheme), stem) in schemes.iter().zip(names) {
            let stem = stem.unwrap_or_else(|tried| tried);
            let named = |last: &str| Some(format!("{stem}{last}"));
            let shared = api.security.iter().filter(|other| other.kind.parts() == scheme.kind.parts()).count() > 1;
            let own = Credentials {
                scheme: (shared || group == 2 && schemes.len() > 1).then(|| scheme.name.clone()),
                ..Credentials::default()
            };
            match group {
                0 => all.push((*index, Credentials { user: named(suffix), password: named("PASSWORD"), ..own })),
                2 => all.push((*index, Credentials { key: named(suffix), ..own })),
                _ => {
                    let granted = scheme.token_url().map(|_| Credentials {
                        client_id: named("CLIENT_ID"),
                        client_secret: named("CLIENT_SECRET"),
                        ..own.clone()
                    });
                    all.push((*index, Credentials { token: named(suffix), ..own }));
                    all.extend(granted.map(|granted| (*index, granted)));
                }
            }
        }
    }
    // In the order of the document.
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, credentials)| credentials).collect()
}

fn group_of(scheme: &SecurityScheme) -> usize {
    match scheme.kind {
        SchemeKind::Basic => 0,
        SchemeKind::Bearer => 1,
        SchemeKind::Header(_) | SchemeKind::Query(_) | SchemeKind::Cookie(_) => 2,
    }
}

/// Returns the name of a scheme as a part of a variable name.
fn word(name: &str) -> String {
    let name = if name.is_ascii() { name.to_owned() } else { case::spell_code_points(name) };
    name.to_shouty_snake_case()
}

/// A word without the words at its end that the suffix repeats: `STORE_TOKEN` before `TOKEN` is `STORE_`.
fn shortened(word: &str, suffix: &str) -> String {
    let repeats = |part: &&str| suffix.split('_').any(|known| known == *part);
    let parts: Vec<&str> = word.split('_').filter(|part| !part.is_empty()).collect();
    let kept = parts.len() - parts.iter().rev().take_while(|part| repeats(part)).count();
    parts.iter().take(kept).map(|part| format!("{part}_")).collect()
}

/// Reports credentials of the configuration for which the document has no security scheme.
pub fn check(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    for (index, one) in config.client.credentials.iter().enumerate() {
        // Incomplete credentials were reported before.
        let Some(held) = one.held() else { continue };
        let any_scheme = Credentials { scheme: None, ..one.clone() };
        let same_kind = api.security.iter().filter(|scheme| fits(&any_scheme, scheme));
        let same_kind: Vec<&str> = same_kind.map(|scheme| scheme.name.as_str()).collect();
        let (key, problem) = match (&one.scheme, held, same_kind.len()) {
            (Some(name), ..) if !same_kind.contains(&name.as_str()) => {
                ("scheme", format!("`{name}` is not a security scheme for these credentials"))
            }
            (None, Held::Token(name), 0) => {
                ("token", format!("`{name}` holds a bearer token, and the document has no security scheme for one"))
            }
            (None, Held::Key(name), 0) => {
                ("key", format!("`{name}` holds an API key, and the document has no security scheme for one"))
            }
            (None, Held::Key(name), 2..) => {
                ("key", format!("`{name}` holds an API key, and the document has several security schemes for one"))
            }
            _ => continue,
        };
        let quoted: Vec<String> = same_kind.iter().map(|name| format!("`{name}`")).collect();
        let help = match quoted.as_slice() {
            [] => "describe the scheme in `components.securitySchemes` of the document, or remove these credentials"
                .to_owned(),
            [name] => format!("set `scheme` to {name}, or remove it"),
            names => format!("set `scheme` to one of {}", names.join(", ")),
        };
        let place = config.place(&format!("client.credentials.{index}.{key}"));
        diagnostics.push(Diagnostic::error(code::CONFIG_VALUE, place, problem).help(help));
    }
}

/// Returns whether credentials can be used for a security scheme.
pub fn fits(one: &Credentials, scheme: &SecurityScheme) -> bool {
    let same_kind = match one.held() {
        Some(Held::User(..)) => scheme.kind == SchemeKind::Basic,
        Some(Held::Token(_) | Held::Client(..)) => scheme.kind == SchemeKind::Bearer,
        Some(Held::Key(_)) => group_of(scheme) == 2,
        None => false,
    };
    same_kind && one.scheme.as_ref().is_none_or(|name| *name == scheme.name)
}

/// The credentials that operations take together, each list enough for some of them. An empty list is among them if no
/// operation requires any.
pub fn alternatives<'c>(config: &'c Config, api: &Api) -> Vec<Vec<&'c Credentials>> {
    let entries = &config.client.credentials;
    let operations = || api.operations.iter().map(|(_, operation)| operation);
    let mut wanted: BTreeSet<Vec<&str>> = BTreeSet::new();
    let mut ordered: Vec<Vec<&str>> = Vec::new();
    let taken = operations().flat_map(|operation| api.security_alternatives(operation));
    let alone = api.security.iter().map(|scheme| vec![scheme.name.as_str()]);
    let taken: Vec<Vec<&str>> = taken.filter(|all| !all.is_empty()).collect();
    let taken = if taken.is_empty() { alone.collect() } else { taken };
    for all in taken {
        if wanted.insert(all.clone()) {
            ordered.push(all);
        }
    }
    let fitting = |name: &str| {
        let scheme = api.security.iter().find(|scheme| scheme.name == name);
        entries.iter().filter(move |one| scheme.is_some_and(|scheme| fits(one, scheme)))
    };
    let mut found: Vec<Vec<&Credentials>> = Vec::new();
    for all in &ordered {
        let mut combined: Vec<Vec<&Credentials>> = vec![Vec::new()];
        for name in all {
            let longer = |known: &Vec<&'c Credentials>| {
                let known = known.clone();
                fitting(name).map(move |one| known.iter().copied().chain([one]).collect::<Vec<_>>()).collect::<Vec<_>>()
            };
            combined = combined.iter().flat_map(longer).take(MOST).collect();
        }
        for one in combined {
            if found.len() < MOST && !found.contains(&one) {
                found.push(one);
            }
        }
    }
    // What is for no scheme of the document counts by itself.
    let described = |one: &Credentials| api.security.iter().any(|scheme| fits(one, scheme));
    found.extend(entries.iter().filter(|one| !described(one)).map(|one| vec![one]));
    let required = api.security.is_empty() || operations().any(|one| !one.credentials_optional && !one.anonymous);
    if !found.is_empty() && !required {
        found.push(Vec::new());
    }
    found
}
