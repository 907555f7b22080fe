//! The URL of the next page in the header `Link`.

use reqwest::header::{HeaderMap, LINK};

/// Returns the URL of the next page from the headers of a page.
pub fn next_link_in(headers: &HeaderMap) -> Option<String> {
    headers.get_all(LINK).iter().find_map(|header| next_link(header.to_str().ok()?))
}

/// Returns the target of the first link with the relation `next` in a header `Link`.
fn next_link(header: &str) -> Option<String> {
    split_unquoted(header, ',').into_iter().find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let parameters: Vec<(String, &str)> = split_unquoted(parameters, ';')
            .into_iter()
            .filter_map(|parameter| parameter.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"')))
            .collect();
        let value_of = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
        let is_next = value_of("rel")?.split_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"));
        // A link with an anchor belongs to another resource.
        (is_next && value_of("anchor").is_none() && !target.trim().is_empty()).then(|| target.to_owned())
    })
}

/// Splits a header at separators that are neither in quotes nor in angle brackets.
fn split_unquoted(header: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut is_quoted, mut is_bracketed, mut is_escaped) = (false, false, false);
    for (index, character) in header.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' if !is_bracketed => is_quoted = !is_quoted,
            '<' if !is_quoted => is_bracketed = true,
            '>' if !is_quoted => is_bracketed = false,
            _ if character == separator && !is_quoted && !is_bracketed => {
                parts.push(&header[start..index]);
                start = index + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&header[start..]);
    parts
}
