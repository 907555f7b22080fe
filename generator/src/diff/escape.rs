//! Escapes the names and values of documents, which may contain any characters, for each output.

use crate::characters::{escape, for_terminal, is_hidden};
use crate::diagnostics::machine::{escape_message, escape_property};

/// The maximum number of characters of a name or a value.
const MAX_NAME: usize = 200;

/// Escapes a name or a value for a title. Titles put names between backticks, so a backtick is escaped as well. The end of a very long
/// name is left out.
pub(super) fn name(text: &str) -> String {
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    let is_escaped = |c| is_hidden(c) || c == '`';
    match text.char_indices().nth(MAX_NAME) {
        Some((end, _)) => escape(&text[..end], is_escaped) + "…",
        None => escape(text, is_escaped),
    }
}

/// Writes a command as code in Markdown, between more backticks than it has. Nothing is left out.
pub(super) fn command(text: &str) -> String {
    let fence = "`".repeat(1 + text.split(|c| c != '`').map(str::len).max().unwrap_or_default());
    // Markdown removes these spaces, which separate the backticks.
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", escape(text, is_hidden))
}

/// Writes text as a string of TOML.
pub(super) fn toml_string(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if is_hidden(c) => format!("\\U{:08x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Escapes a title for Markdown.
pub(super) fn markdown(title: &str) -> String {
    markdown_with(title, str::to_owned)
}

/// Escapes a title for the cell of a table in Markdown. Between backticks, a bar needs a backslash, and the backslash itself cannot
/// be escaped. So `\|` is written as `\u{7c}`.
pub(super) fn markdown_cell(title: &str) -> String {
    markdown_with(title, |code| code.replace("\\|", "\\\\u{7c}").replace('|', "\\|"))
}

/// Escapes a message of a workflow command of GitHub.
pub(super) fn github(message: &str) -> String {
    escape_message(&for_terminal(message))
}

/// Escapes a property of a workflow command of GitHub.
pub(super) fn github_property(value: &str) -> String {
    escape_property(&for_terminal(value))
}

/// Escapes the parts of a title outside of backticks, and applies a function to the parts between backticks.
fn markdown_with(title: &str, escape_code: impl Fn(&str) -> String) -> String {
    let title = for_terminal(title);
    let parts: Vec<&str> = title.split('`').collect();
    // A backtick without a second one is text.
    if parts.len().is_multiple_of(2) {
        return markdown_text(&title);
    }
    let parts = parts.iter().enumerate().map(|(index, part)| match index % 2 {
        0 => markdown_text(part),
        _ => format!("`{}`", escape_code(part)),
    });
    parts.collect()
}

/// Escapes text in Markdown outside of backticks. A zero-width space after `@` and `#` keeps GitHub from notifying users and from
/// linking issues.
fn markdown_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '@' | '#' => {
                escaped.push(c);
                escaped.push_str("&#8203;");
                continue;
            }
            '<' | '>' | '&' | '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '|' | '$' => escaped.push('\\'),
            _ => {}
        }
        escaped.push(c);
    }
    escaped
}
