//! Reports errors of codegen.toml that keep the generator from reading it.

use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};

/// Reports text that is not TOML.
pub(super) fn unreadable(text: &str, error: &toml::de::Error, diagnostics: &mut Diagnostics) -> Option<Config> {
    let place = Location::Config(error.span().unwrap_or_default());
    let diagnostic = Diagnostic::error(code::CONFIG_SYNTAX, place, "the configuration cannot be read");
    let word = error.span().and_then(|span| bare_word(text, span.start));
    diagnostics.push(match word {
        Some(word) => {
            diagnostic.label("not a valid TOML value").help(format!("write a string, in quotes: `\"{word}\"`"))
        }
        None => diagnostic.label(error.message().to_owned()).help("correct the TOML here"),
    });
    None
}

/// The text without quotes that stands where a value must stand.
fn bare_word(text: &str, at: usize) -> Option<&str> {
    let (before, from) = text.split_at_checked(at)?;
    let is_value = before.trim_end_matches([' ', '\t']).ends_with(['=', '[', ',']);
    let word = from.split(['\n', '\r', ',', ']', '}', '#']).next()?.trim_end();
    (is_value && word.starts_with(|c: char| c.is_alphabetic())).then_some(word)
}

/// Reports a value that TOML allows and the configuration does not. Serde says what is wrong in words of its own.
pub(super) fn unusable(text: &str, error: &toml::de::Error, diagnostics: &mut Diagnostics) -> Option<Config> {
    let place = Location::Config(error.span().unwrap_or_default());
    let said = error.message();
    let expected = said.rsplit_once("expected ").map(|(_, expected)| expected);
    let (message, help) = match (said.split(' ').next(), expected) {
        (Some("missing"), _) => {
            let key = said.split('`').nth(1).unwrap_or_default();
            (format!("the key `{key}` is missing"), format!("add `{key} = …` to this table"))
        }
        (_, Some("a boolean")) => (UNUSABLE.to_owned(), "write `true` or `false`".to_owned()),
        (_, Some("a string")) => (UNUSABLE.to_owned(), "write a string, in quotes".to_owned()),
        (_, Some("a sequence")) if said.starts_with("invalid type: map") => {
            let name = error.span().and_then(|span| table_name(text.get(span)?)).unwrap_or("…");
            (UNUSABLE.to_owned(), format!("write `[[{name}]]`: there can be several of these tables"))
        }
        (_, Some("a sequence")) => (UNUSABLE.to_owned(), "write an array, in brackets".to_owned()),
        (_, Some("a map")) => (UNUSABLE.to_owned(), "write a table".to_owned()),
        (_, Some(expected)) if expected.starts_with("struct ") => (UNUSABLE.to_owned(), "write a table".to_owned()),
        (_, Some(expected)) => (UNUSABLE.to_owned(), format!("write {expected}")),
        (_, None) => (UNUSABLE.to_owned(), "correct the value".to_owned()),
    };
    let diagnostic = Diagnostic::error(code::CONFIG_SYNTAX, place, message);
    diagnostics.push(diagnostic.label(said.to_owned()).help(help));
    None
}

/// The name of the first table in the header `[a.b]`, or in the part `a` of it.
fn table_name(header: &str) -> Option<&str> {
    let name = header.trim_matches(['[', ']']).split('.').next()?.trim();
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (!name.is_empty() && name.chars().all(is_key)).then_some(name)
}

const UNUSABLE: &str = "invalid value";
