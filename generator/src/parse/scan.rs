//! Scans YAML for brackets and quoted strings. It recognises quotes, comments and block scalars.
//!
//! The library that reads YAML refuses brackets that are nested too deeply, but takes time with the square of the depth
//! to find out; and it does not say where a string begins that has no end.

use std::ops::ControlFlow;

/// A mark that the scan finds, with its byte offset.
enum Mark {
    OpenBracket,
    CloseBracket,
    OpenQuote,
    CloseQuote,
}

/// Deeper brackets are refused here. The YAML library has a lower limit of its own.
const DEEPEST: usize = 1_000;

/// Returns the first bracket that is nested too deeply.
pub fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut found = None;
    scan(text, |mark, at| {
        match mark {
            Mark::OpenBracket => depth += 1,
            Mark::CloseBracket => depth -= 1,
            Mark::OpenQuote | Mark::CloseQuote => {}
        }
        found = (depth > DEEPEST).then_some(at);
        found.map_or(ControlFlow::Continue(()), |_| ControlFlow::Break(()))
    });
    found
}

/// Returns the opening quote of the string that ends right before a byte, or that no quote ends.
pub fn quote_before(text: &str, end: usize) -> Option<usize> {
    let (mut open, mut found) = (None, None);
    scan(text, |mark, at| {
        match mark {
            Mark::OpenQuote => open = Some(at),
            Mark::CloseQuote if at + 1 == end => found = open,
            Mark::CloseQuote => open = None,
            Mark::OpenBracket | Mark::CloseBracket => {}
        }
        if at >= end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    found.or(open.filter(|_| end >= text.trim_end().len()))
}

/// Calls `visit` with each bracket and quote until it breaks.
fn scan(text: &str, mut visit: impl FnMut(Mark, usize) -> ControlFlow<()>) {
    let mut depth = 0_usize;
    // The indentation of the line that a block scalar belongs to.
    let mut block: Option<usize> = None;
    let mut quote: Option<u8> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let indent = line.len() - line.trim_start_matches(' ').len();
        if block.is_some_and(|above| indent > above || line.trim().is_empty()) {
            continue;
        }
        block = None;
        // A value begins at the beginning of a line and behind the sign before it.
        let mut begins = true;
        let mut bytes = line.bytes().enumerate().peekable();
        while let Some((offset, byte)) = bytes.next() {
            match (quote, byte) {
                (Some(b'"'), b'\\') => drop(bytes.next()),
                (Some(open), byte) if open == byte => {
                    // Two single quotes are one that does not end the text.
                    if byte == b'\'' && bytes.next_if(|(_, next)| *next == b'\'').is_some() {
                        continue;
                    }
                    (quote, begins) = (None, false);
                    if visit(Mark::CloseQuote, at + offset).is_break() {
                        return;
                    }
                }
                (Some(_), _) => {}
                (None, b'"' | b'\'') if begins => {
                    quote = Some(byte);
                    if visit(Mark::OpenQuote, at + offset).is_break() {
                        return;
                    }
                }
                (None, b'#') if offset == 0 || line.as_bytes()[offset - 1].is_ascii_whitespace() => break,
                (None, b'[' | b'{') if begins || depth > 0 => {
                    (depth, begins) = (depth + 1, true);
                    if visit(Mark::OpenBracket, at + offset).is_break() {
                        return;
                    }
                }
                (None, b']' | b'}') if depth > 0 => {
                    (depth, begins) = (depth - 1, false);
                    if visit(Mark::CloseBracket, at + offset).is_break() {
                        return;
                    }
                }
                (None, b',') if depth > 0 => begins = true,
                (None, b':' | b'-' | b'?')
                    if depth > 0 || matches!(line.as_bytes().get(offset + 1), Some(b' ' | b'\t')) =>
                {
                    begins = true;
                }
                // A value may be behind a tag or an anchor.
                (None, b'!' | b'&') if begins => {
                    while bytes.next_if(|(_, next)| !next.is_ascii_whitespace() && !b"[]{},".contains(next)).is_some() {
                    }
                }
                (None, b' ' | b'\t' | b'\r' | b'\n') => {}
                (None, _) => begins = false,
            }
        }
        let is_block = |line: &str| {
            let last = line.rsplit(' ').next().unwrap_or_default();
            last.starts_with(['|', '>']) && last[1..].chars().all(|sign| "+-0123456789".contains(sign))
        };
        if depth == 0 && quote.is_none() && is_block(line.trim_end()) {
            block = Some(indent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, quote_before, too_deep};

    #[test]
    fn brackets_in_texts_are_none() {
        let many = "[".repeat(DEEPEST + 1);
        for (text, expected) in [
            (many.clone(), Some(DEEPEST)),
            (format!("a: {many}"), Some(DEEPEST + 3)),
            (format!("- {many}"), Some(DEEPEST + 2)),
            (format!("a: \"{many}\"\nb: 1"), None),
            (format!("a: \"\\\"{many}\"\nb: 1"), None),
            (format!("a: 'it''s {many}'\nb: 1"), None),
            (format!("a: b{many}"), None),
            (format!("a: |\n  {many}\n\n  {many}\nb: 1"), None),
            (format!("a: >-\n  {many}\nb: {many}"), Some(12 + 2 * DEEPEST + 1)),
            (format!("x: !t {many}"), Some(DEEPEST + 6)),
            (format!("x: &b {many}"), Some(DEEPEST + 6)),
            (format!("x:\t{many}"), Some(DEEPEST + 3)),
            ("!a [".repeat(DEEPEST + 1), Some(4 * DEEPEST + 3)),
            (format!("# {many}\nb: 1"), None),
            (format!("a: don't {many}"), None),
            ("[[]]".repeat(DEEPEST), None),
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
