//! Reports codegen.toml if it is not valid TOML.

use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};

/// Reports text that cannot be read.
pub(super) fn report(text: &str, error: &toml::de::Error, diagnostics: &mut Diagnostics) {
    let location = Location::Config(error.span().unwrap_or_default());
    let diagnostic = Diagnostic::error(code::CONFIG_SYNTAX, location, "the configuration cannot be read");
    let word = error.span().and_then(|span| bare_word(text, span.start));
    diagnostics.push(match word {
        Some(word) => {
            diagnostic.label("not a valid TOML value").help(format!("write a string, in quotes: `\"{word}\"`"))
        }
        None => diagnostic.label(error.message().to_owned()).help("correct the TOML here"),
    });
}

/// Returns the unquoted string at a byte position, if a value is expected there.
fn bare_word(text: &str, position: usize) -> Option<&str> {
    let (before, after) = text.split_at_checked(position)?;
    let is_value = before.trim_end_matches([' ', '\t']).ends_with(['=', '[', ',']);
    let word = after.split(['\n', '\r', ',', ']', '}', '#']).next()?.trim_end();
    (is_value && word.starts_with(|c: char| c.is_alphabetic())).then_some(word)
}
