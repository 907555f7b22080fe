//! Characters that generated text must not contain unescaped, and the boundaries of characters.

/// Returns whether a character is invisible, or changes how the text around it is displayed. Such characters are
/// control characters, marks of the writing direction, spaces and joiners of zero width, and tags. The Rust compiler
/// rejects some of them in comments.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Removes hidden characters.
pub fn remove_hidden(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

/// Escapes hidden characters as in Rust, so that a terminal shows them.
pub fn escape_hidden(text: &mut String) {
    if text.chars().any(|c| is_hidden(c) && c != '\n') {
        let escaped = text.chars().map(|c| match is_hidden(c) && c != '\n' {
            true => c.escape_unicode().to_string(),
            false => c.to_string(),
        });
        *text = escaped.collect();
    }
}

/// Escapes the characters as in Rust for which `is_escaped` returns `true`.
pub fn escape(text: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let escaped = text.chars().map(|c| match c {
        c if !is_escaped(c) => c.to_string(),
        '\n' | '\r' | '\t' => c.escape_default().to_string(),
        c => c.escape_unicode().to_string(),
    });
    escaped.collect()
}

/// Escapes text for a terminal, which would execute control characters. The result is one line.
pub fn for_terminal(text: &str) -> String {
    escape(text, |c| is_hidden(c) && c != '\t')
}

/// Escapes the hidden characters of a JSON text, which occur only in its strings.
pub fn escape_hidden_in_json(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut units = [0; 2];
    for c in text.chars() {
        match is_hidden(c) && c != '\n' {
            true => c.encode_utf16(&mut units).iter().for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}"))),
            false => escaped.push(c),
        }
    }
    escaped
}
/// Returns the last boundary of a character at or before a byte position. `str::floor_char_boundary` needs Rust 1.91.
pub fn floor_boundary(text: &str, position: usize) -> usize {
    (0..=position.min(text.len())).rev().find(|position| text.is_char_boundary(*position)).unwrap_or(0)
}

/// Returns the first boundary of a character at or after a byte position.
pub fn ceil_boundary(text: &str, position: usize) -> usize {
    (position..text.len()).find(|position| text.is_char_boundary(*position)).unwrap_or(text.len())
}
