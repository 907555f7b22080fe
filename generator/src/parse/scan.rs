//! Scans YAML for brackets and quoted strings. The scan recognises quotes, comments and block scalars.
//!
//! The YAML library rejects brackets that are nested too deeply, but needs quadratic time for this. The library does
//! not say where an unclosed string begins.

use std::ops::ControlFlow;

/// A bracket or quote that the scan finds.
enum Mark {
    OpenBracket,
    CloseBracket,
    OpenQuote,
    CloseQuote,
}

/// The maximum depth of nested brackets. The limit of the YAML library is lower, but up to this depth it is fast enough.
const MAX_DEPTH: usize = 1_000;

/// Returns the byte offset of the first bracket that is nested more than [`MAX_DEPTH`] levels deep.
pub fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut first = None;
    scan(text, |mark, at| {
        match mark {
            Mark::OpenBracket => depth += 1,
            Mark::CloseBracket => depth -= 1,
            Mark::OpenQuote | Mark::CloseQuote => {}
        }
        first = (depth > MAX_DEPTH).then_some(at);
        first.map_or(ControlFlow::Continue(()), |_| ControlFlow::Break(()))
    });
    first
}

/// Returns the byte offset of the opening quote of the string that ends at the byte `end`. If the text ends at `end`,
/// also returns the opening quote of an unclosed string.
pub fn quote_before(text: &str, end: usize) -> Option<usize> {
    let (mut open_quote, mut start_of_closed_string) = (None, None);
    scan(text, |mark, at| {
        match mark {
            Mark::OpenQuote => open_quote = Some(at),
            Mark::CloseQuote if at + 1 == end => start_of_closed_string = open_quote,
            Mark::CloseQuote => open_quote = None,
            Mark::OpenBracket | Mark::CloseBracket => {}
        }
        if at >= end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    start_of_closed_string.or(open_quote.filter(|_| end >= text.trim_end().len()))
}

/// Calls `visit` with each bracket and quote, until `visit` returns `Break`.
fn scan(text: &str, mut visit: impl FnMut(Mark, usize) -> ControlFlow<()>) {
    let mut depth = 0_usize;
    // The indentation of the line that contains the indicator (`|` or `>`) of the current block scalar.
    let mut block_indent: Option<usize> = None;
    let mut quote: Option<u8> = None;
    let mut next_line_start = 0;
    for line in text.split_inclusive('\n') {
        let line_start = next_line_start;
        next_line_start += line.len();
        let indent = line.len() - line.trim_start_matches(' ').len();
        if block_indent.is_some_and(|parent| indent > parent || line.trim().is_empty()) {
            continue;
        }
        block_indent = None;
        // A value can begin at the start of a line, or after an indicator such as `:`.
        let mut may_begin = true;
        let mut bytes = line.bytes().enumerate().peekable();
        while let Some((offset, byte)) = bytes.next() {
            match (quote, byte) {
                (Some(b'"'), b'\\') => drop(bytes.next()),
                (Some(open_quote), byte) if open_quote == byte => {
                    // Two single quotes are an escaped quote, which does not end the string.
                    if byte == b'\'' && bytes.next_if(|(_, next)| *next == b'\'').is_some() {
                        continue;
                    }
                    (quote, may_begin) = (None, false);
                    if visit(Mark::CloseQuote, line_start + offset).is_break() {
                        return;
                    }
                }
                (Some(_), _) => {}
                (None, b'"' | b'\'') if may_begin => {
                    quote = Some(byte);
                    if visit(Mark::OpenQuote, line_start + offset).is_break() {
                        return;
                    }
                }
                (None, b'#') if offset == 0 || line.as_bytes()[offset - 1].is_ascii_whitespace() => break,
                (None, b'[' | b'{') if may_begin || depth > 0 => {
                    (depth, may_begin) = (depth + 1, true);
                    if visit(Mark::OpenBracket, line_start + offset).is_break() {
                        return;
                    }
                }
                (None, b']' | b'}') if depth > 0 => {
                    (depth, may_begin) = (depth - 1, false);
                    if visit(Mark::CloseBracket, line_start + offset).is_break() {
                        return;
                    }
                }
                (None, b',') if depth > 0 => may_begin = true,
                (None, b':' | b'-' | b'?')
                    if depth > 0 || matches!(line.as_bytes().get(offset + 1), Some(b' ' | b'\t')) =>
                {
                    may_begin = true;
                }
                // A tag or an anchor may precede a value.
                (None, b'!' | b'&') if may_begin => {
                    while bytes.next_if(|(_, next)| !next.is_ascii_whitespace() && !b"[]{},".contains(next)).is_some() {
                    }
                }
                (None, b' ' | b'\t' | b'\r' | b'\n') => {}
                (None, _) => may_begin = false,
            }
        }
        let is_block = |line: &str| {
            let last_word = line.rsplit(' ').next().unwrap_or_default();
            last_word.starts_with(['|', '>'])
                && last_word[1..].chars().all(|indicator| "+-0123456789".contains(indicator))
        };
        if depth == 0 && quote.is_none() && is_block(line.trim_end()) {
            block_indent = Some(indent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_DEPTH, quote_before, too_deep};

    #[test]
    fn brackets_in_strings_do_not_count() {
        let brackets = "[".repeat(MAX_DEPTH + 1);
        for (text, expected) in [
            (brackets.clone(), Some(MAX_DEPTH)),
            (format!("a: {brackets}"), Some(MAX_DEPTH + 3)),
            (format!("- {brackets}"), Some(MAX_DEPTH + 2)),
            (format!("a: \"{brackets}\"\nb: 1"), None),
            (format!("a: \"\\\"{brackets}\"\nb: 1"), None),
            (format!("a: 'it''s {brackets}'\nb: 1"), None),
            (format!("a: b{brackets}"), None),
            (format!("a: |\n  {brackets}\n\n  {brackets}\nb: 1"), None),
            (format!("a: >-\n  {brackets}\nb: {brackets}"), Some(12 + 2 * MAX_DEPTH + 1)),
            (format!("x: !t {brackets}"), Some(MAX_DEPTH + 6)),
            (format!("x: &b {brackets}"), Some(MAX_DEPTH + 6)),
            (format!("x:\t{brackets}"), Some(MAX_DEPTH + 3)),
            ("!a [".repeat(MAX_DEPTH + 1), Some(4 * MAX_DEPTH + 3)),
            (format!("# {brackets}\nb: 1"), None),
            (format!("a: don't {brackets}"), None),
            ("[[]]".repeat(MAX_DEPTH), None),
        ] {
            assert_eq!(too_deep(&text), expected, "{}", text.chars().take(20).collect::<String>());
        }
    }

    #[test]
    fn the_string_before_an_error_is_found() {
        for (text, end, expected) in [
            ("a: \"b\nc: \"d\"", 10, Some(3)),
            ("a: 'it's fine", 7, Some(3)),
            ("a: 'it''s fine", 14, Some(3)),
            ("{\"a\": \"b, \"c\": 1}", 11, Some(6)),
            ("{\"a\": \"b}", 10, Some(6)),
            ("a: don't \"b\" c", 12, None),
            ("# don't\na: \"b\" c", 16, None),
            ("a: \"b\"\nc", 6, Some(3)),
            ("", 0, None),
        ] {
            assert_eq!(quote_before(text, end), expected, "{text}");
        }
    }
}
