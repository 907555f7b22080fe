//! Quoting texts and answers in errors: shortened, and without what is personal.

use std::borrow::Cow;
use std::ops::Range;

/// What stands in place of a personal value.
pub const PERSONAL: &str = "[personal]";

/// The first `most` characters of `text`, and `…` if that is not all.
pub fn excerpt(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// `text` with each of the personal `values` taken out. Values of one or two characters stay, since they would be
/// found in any text.
pub fn mask(text: &str, values: &[String]) -> String {
    let long = values.iter().filter(|value| value.chars().nth(2).is_some());
    long.fold(text.to_owned(), |text, value| text.replace(value.as_str(), PERSONAL))
}

/// A body of JSON as far as quoting it is concerned: where the values of personal properties are.
///
/// It reads broken JSON too, because that is what errors quote.
pub struct Quotable<'a> {
    text: Cow<'a, str>,
    personal: Vec<Range<usize>>,
}

impl<'a> Quotable<'a> {
    /// Finds the values of the properties called `personal` in `body`.
    pub fn new(body: &'a [u8], personal: &[&str]) -> Self {
        let text = String::from_utf8_lossy(body);
        let personal = if personal.is_empty() { Vec::new() } else { personal_values(&text, personal) };
        Self { text, personal }
    }

    /// The personal values as texts.
    pub fn personal_values(&self) -> Vec<String> {
        let spans = self.personal.iter().map(|span| &self.text[span.clone()]);
        spans.map(|literal| serde_json::from_str(literal).unwrap_or_else(|_| literal.to_owned())).collect()
    }

    /// About `most` bytes around the byte at `place`, white space squeezed.
    pub fn around(&self, place: usize, most: usize) -> String {
        let place = place.min(self.text.len());
        let start = self.text.floor_char_boundary(place.saturating_sub(most / 2));
        let end = self.text.ceil_char_boundary(place.saturating_add(most / 2).min(self.text.len()));
        let mut quote = String::new();
        let mut at = start;
        for span in self.personal.iter().filter(|span| span.end > start && span.start < end) {
            quote.push_str(&self.text[at..span.start.max(at)]);
            quote.push_str(PERSONAL);
            at = span.end;
        }
        quote.push_str(self.text.get(at..end).unwrap_or_default());
        let squeezed = quote.split_whitespace().collect::<Vec<_>>().join(" ");
        let before = if start > 0 { "…" } else { "" };
        let after = if at.max(end) < self.text.len() { "…" } else { "" };
        format!("{before}{squeezed}{after}")
    }
}

/// The spans of the values of the properties with these names, outermost only.
fn personal_values(text: &str, names: &[&str]) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(start) = find(bytes, at, |byte| byte == b'"') {
        let end = string_end(bytes, start);
        at = end;
        let colon = skip_space(bytes, end);
        if bytes.get(colon) != Some(&b':') || !is_one_of(&text[start..end], names) {
            continue;
        }
        let value = skip_space(bytes, colon + 1);
        at = value_end(bytes, value);
        if !text[value..at].eq("null") {
            spans.push(value..at);
        }
    }
    spans
}

fn is_one_of(literal: &str, names: &[&str]) -> bool {
    serde_json::from_str::<String>(literal).is_ok_and(|name| names.contains(&name.as_str()))
}

fn find(bytes: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    (from..bytes.len()).find(|&at| wanted(bytes[at]))
}

fn skip_space(bytes: &[u8], from: usize) -> usize {
    find(bytes, from, |byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len())
}

/// Behind the closing quote of the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Behind the value that begins at `start`: a string, a list or an object with all it holds, or a plain word.
fn value_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            _ if depth == 0 && byte.is_ascii_whitespace() => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
