//! Creates the diagnostics for syntax errors of documents.

use super::scan::quote_before;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::source::Source;

const UNREADABLE: &str = "the document cannot be read";

/// Creates a syntax error at the byte `start` of the document.
pub(super) fn error(start: usize, message: &str) -> Diagnostic {
    Diagnostic::error(code::SYNTAX, Location::Document(start..start + 1), UNREADABLE)
        .label(message)
        .help("correct the document here; nothing after this location was read")
}

/// Returns whether a text has no content, apart from comments and the separators between YAML documents.
pub(super) fn is_empty(text: &str) -> bool {
    text.trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .all(|line| matches!(line, "" | "---" | "...") || line.starts_with('#'))
}

/// Creates the error for a text without content.
pub(super) fn empty() -> Diagnostic {
    Diagnostic::error(code::SYNTAX, Location::Document(0..0), "the document is empty")
        .help("write an OpenAPI document: its first line is often `openapi: 3.1.0`")
}

/// Creates the error for JSON that ends too early.
pub(super) fn unclosed(source: &Source) -> Diagnostic {
    let end = source.text.len();
    match quote_before(&source.text, end) {
        Some(quote) => unclosed_quote(quote, end, "the document ends here"),
        None => error(end, "a bracket is not closed"),
    }
}

/// Creates the error for YAML that the library rejects.
pub(super) fn yaml(source: &Source, error: &serde_yaml::Error) -> Diagnostic {
    // The YAML library returns a column in characters. A location needs a byte offset.
    let start = error.location().map_or(0, |at| byte_offset(&source.text, at.line(), at.column()));
    if let Some(tab) = indenting_tab(source, start) {
        let diagnostic = Diagnostic::error(code::SYNTAX, Location::Document(tab..tab + 1), UNREADABLE);
        return diagnostic.label("a tab cannot indent YAML").help("use spaces");
    }
    let message = error.to_string();
    // The diagnostic shows the location, so the message need not contain it.
    let message = message.split(" at line ").next().unwrap_or(&message);
    // A complete string and a colon are a key, so its quotes are correct.
    if message.contains("expected ':'") && source.text.get(start..).is_some_and(|rest| rest.starts_with(':')) {
        return self::error(start, message).help("write the `:` that seems to be missing after an earlier key");
    }
    match quote_before(&source.text, start) {
        Some(quote) => unclosed_quote(quote, start, message),
        None => self::error(start, message),
    }
}

/// Creates the error for a string whose closing quote is probably missing. The parser uses the opening quote of the
/// next string as the closing quote, and then rejects the content of the next string.
fn unclosed_quote(quote: usize, end: usize, message: &str) -> Diagnostic {
    Diagnostic::error(code::SYNTAX, Location::Document(quote..quote + 1), UNREADABLE)
        .label("the closing quote of this string seems to be missing")
        .related(Location::Document(end..end + 1), message)
        .help("close the string; a quote within it is written `\\\"` in double quotes and `''` in single quotes")
}

/// Returns the byte offset of a line and a column. Both begin at 1, and the column counts characters.
fn byte_offset(text: &str, line: usize, column: usize) -> usize {
    let Some(line) = text.split_inclusive('\n').nth(line.saturating_sub(1)) else { return text.len() };
    let start = line.as_ptr() as usize - text.as_ptr() as usize;
    start + line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at)
}

/// Returns the byte offset of the first tab in the indentation of the line that contains the byte `at`.
fn indenting_tab(source: &Source, at: usize) -> Option<usize> {
    // JSON may be indented with tabs.
    if source.text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let (_, line) = source.line(at);
    let text = &source.text[line.clone()];
    let indent = &text[..text.len() - text.trim_start_matches([' ', '\t']).len()];
    indent.find('\t').map(|tab| line.start + tab)
}
