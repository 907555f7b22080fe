//! Parses paths to segments, and splits each segment into literals and placeholders.

use crate::config;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::Segment;
use crate::lower::Lowering;
use crate::source::Pointer;

impl Lowering<'_> {
    /// Parses a path. Reports an error and returns `None` if the path is not valid.
    pub(crate) fn parse_path_template(&mut self, path: &str, at: &Pointer) -> Option<Vec<Segment>> {
        if path.matches(['/', '{']).count() > MAX_PATH_PIECES {
            let message = format!("the path has more than {MAX_PATH_PIECES} segments and placeholders");
            let help = "check that this is a path: most paths have a few segments";
            self.error(code::BAD_PATH, Location::Key(at.clone()), message, help);
            return None;
        }
        let mut segments: Vec<Segment> = Vec::new();
        let mut segment_texts = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
        // The slashes of empty segments. They become part of the next segment.
        let mut extra_slashes = String::new();
        while let Some(text) = segment_texts.next() {
            if text.is_empty() && segment_texts.peek().is_some() {
                extra_slashes.push('/');
                continue;
            }
            let pieces = parse_segment(text);
            let Some(pieces) = pieces.map(|pieces| prepend_slashes(&std::mem::take(&mut extra_slashes), pieces)) else {
                let message = format!("the path segment `{text}` has unbalanced braces or an empty placeholder");
                let help = "write a placeholder as `{name}`, with a parameter of that name";
                self.error(code::BAD_PATH, Location::Key(at.clone()), message, help);
                return None;
            };
            for piece in pieces {
                let is_repeated = |name: &&str| segments.iter().any(|segment| segment.param() == Some(name));
                if let Some(name) = piece.param().filter(is_repeated) {
                    let message = format!("the placeholder `{{{name}}}` is repeated in the path");
                    let (location, help) = (Location::Key(at.clone()), "give each placeholder its own name");
                    // In the resource tree, each placeholder is an argument of a different handle, so two placeholders
                    // cannot share a value. With tag groups, all placeholders are arguments of one method.
                    if self.config.surface == config::Surface::Tree {
                        self.error(code::BAD_PATH, location, message, help);
                        return None;
                    }
                    let diagnostic = Diagnostic::warning(code::BAD_PATH, location, message)
                        .label("all occurrences get the same value");
                    self.diagnostics.push(diagnostic.help(help));
                }
                segments.push(piece);
            }
        }
        Some(segments)
    }
}

/// The maximum number of segments and placeholders of a path. The generated client nests a handle for each segment and
/// placeholder.
const MAX_PATH_PIECES: usize = 100;

/// Splits a segment of a path into literals and placeholders. Returns `None` if the segment is not valid.
///
/// Punctuation at the end of a literal becomes the prefix of the next placeholder. The segment `media.{format}` has the
/// literal `media` and a placeholder with the prefix `.`. The segment `@{name}` has only a placeholder with the prefix
/// `/@`.
fn parse_segment(text: &str) -> Option<Vec<Segment>> {
    let mut pieces = Vec::new();
    let mut remaining = text;
    while let Some((literal, after_brace)) = remaining.split_once('{') {
        let (name, after_placeholder) = after_brace.split_once('}')?;
        if literal.contains('}') || name.is_empty() || name.contains('{') {
            return None;
        }
        let word = literal.trim_end_matches(|c: char| !c.is_alphanumeric());
        let slash = if pieces.is_empty() && word.is_empty() { "/" } else { "" };
        pieces.extend(literal_piece(word, pieces.is_empty()));
        pieces.push(match format!("{slash}{}", &literal[word.len()..]) {
            prefix if prefix == "/" => Segment::Param(name.to_owned()),
            prefix => Segment::ParamSuffix(prefix, name.to_owned()),
        });
        remaining = after_placeholder;
    }
    if remaining.contains('}') {
        return None;
    }
    match pieces.is_empty() {
        true => pieces.push(Segment::Literal(remaining.to_owned())),
        false => pieces.extend(literal_piece(remaining, false)),
    }
    Some(pieces)
}

/// Adds the slashes of empty segments to the first piece of the segment after them.
fn prepend_slashes(slashes: &str, mut pieces: Vec<Segment>) -> Vec<Segment> {
    if let Some(first) = pieces.first_mut().filter(|_| !slashes.is_empty()) {
        *first = match first {
            Segment::Literal(text) | Segment::LiteralSuffix(text) => Segment::Literal(format!("{slashes}{text}")),
            Segment::Param(name) => Segment::ParamSuffix(format!("/{slashes}"), name.clone()),
            Segment::ParamSuffix(before, name) => Segment::ParamSuffix(format!("{slashes}{before}"), name.clone()),
        };
    }
    pieces
}

fn literal_piece(text: &str, is_first: bool) -> Option<Segment> {
    let new_piece = if is_first { Segment::Literal } else { Segment::LiteralSuffix };
    (!text.is_empty()).then(|| new_piece(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_parsed_to_literals_and_placeholders() {
        let literal = |text: &str| Segment::Literal(text.to_owned());
        let param = |name: &str| Segment::Param(name.to_owned());
        let suffix = |text: &str| Segment::LiteralSuffix(text.to_owned());
        let infix = |prefix: &str, name: &str| Segment::ParamSuffix(prefix.to_owned(), name.to_owned());
        for (text, expected) in [
            ("", vec![literal("")]),
            ("items", vec![literal("items")]),
            ("{id}", vec![param("id")]),
            ("{id}.json", vec![param("id"), suffix(".json")]),
            ("@{name}", vec![infix("/@", "name")]),
            ("media.{format}", vec![literal("media"), infix(".", "format")]),
            ("v{version}", vec![literal("v"), infix("", "version")]),
            ("{x},{y}", vec![param("x"), infix(",", "y")]),
            ("{b}...{c}", vec![param("b"), infix("...", "c")]),
            ("{a}{b}", vec![param("a"), infix("", "b")]),
            ("{a}-to-{b}.x", vec![param("a"), suffix("-to"), infix("-", "b"), suffix(".x")]),
            ("{a}:{verb}", vec![param("a"), infix(":", "verb")]),
        ] {
            assert_eq!(parse_segment(text), Some(expected), "{text}");
        }
        for invalid in ["{", "}", "{}", "{a", "a}", "{a{b}}", "{a}}", "a}{b}", "{{a}"] {
            assert_eq!(parse_segment(invalid), None, "{invalid}");
        }
    }
}
