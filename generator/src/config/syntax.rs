//! Reports the errors that make codegen.toml unreadable: syntax errors and values of the wrong type.

use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};

/// Reports text that is not TOML. Always returns `None`.
pub(super) fn report_syntax_error(
    text: &str,
    error: &toml::de::Error,
    diagnostics: &mut Diagnostics,
) -> Option<Config> {
    let location = Location::Config(error.span().unwrap_or_default());
    let diagnostic = Diagnostic::error(code::CONFIG_SYNTAX, location, "the configuration cannot be read");
    let word = error.span().and_then(|span| bare_word(text, span.start));
    diagnostics.push(match word {
        Some(word) => {
            diagnostic.label("not a valid TOML value").help(format!("write a string, in quotes: `\"{word}\"`"))
        }
        None => diagnostic.label(error.message().to_owned()).help("correct the TOML here"),
    });
    None
}

/// Returns the unquoted string at a byte position, if a value is expected there.
fn bare_word(text: &str, position: usize) -> Option<&str> {
    let (before, after) = text.split_at_checked(position)?;
    let is_value = before.trim_end_matches([' ', '\t']).ends_with(['=', '[', ',']);
    let word = after.split(['\n', '\r', ',', ']', '}', '#']).next()?.trim_end();
    (is_value && word.starts_with(|c: char| c.is_alphabetic())).then_some(word)
}

/// Reports a value that is valid TOML but not a valid configuration. Always returns `None`.
pub(super) fn report_invalid_value(
    text: &str,
    error: &toml::de::Error,
    diagnostics: &mut Diagnostics,
) -> Option<Config> {
    let location = Location::Config(error.span().unwrap_or_default());
    let serde_message = error.message();
    let expected = serde_message.rsplit_once("expected ").map(|(_, expected)| expected);
    let (message, help) = match (serde_message.split(' ').next(), expected) {
        (Some("missing"), _) => {
            let key = serde_message.split('`').nth(1).unwrap_or_default();
            (format!("the key `{key}` is missing"), format!("add `{key} = …` to this table"))
        }
        (_, Some("a boolean")) => (INVALID_VALUE.to_owned(), "write `true` or `false`".to_owned()),
        (_, Some("a string")) => (INVALID_VALUE.to_owned(), "write a string, in quotes".to_owned()),
        (_, Some("a sequence")) if serde_message.starts_with("invalid type: map") => {
            let name = error.span().and_then(|span| table_name(text.get(span)?)).unwrap_or("…");
            (INVALID_VALUE.to_owned(), format!("write `[[{name}]]`: there can be several of these tables"))
        }
        (_, Some("a sequence")) => (INVALID_VALUE.to_owned(), "write an array, in brackets".to_owned()),
        (_, Some("a map")) => (INVALID_VALUE.to_owned(), "write a table".to_owned()),
        (_, Some(expected)) if expected.starts_with("struct ") => {
            (INVALID_VALUE.to_owned(), "write a table".to_owned())
        }
        (_, Some(expected)) => (INVALID_VALUE.to_owned(), format!("write {expected}")),
        (_, None) => (INVALID_VALUE.to_owned(), "correct the value".to_owned()),
    };
    let diagnostic = Diagnostic::error(code::CONFIG_SYNTAX, location, message);
    diagnostics.push(diagnostic.label(serde_message.to_owned()).help(help));
    None
}

/// Returns the first key of a table header: `a` in `[a.b]`.
fn table_name(header: &str) -> Option<&str> {
    let name = header.trim_matches(['[', ']']).split('.').next()?.trim();
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (!name.is_empty() && name.chars().all(is_key)).then_some(name)
}

const INVALID_VALUE: &str = "invalid value";
