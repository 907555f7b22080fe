//! Parses path templates: the segments, and the parts of a segment with placeholders.

use crate::config;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::Segment;
use crate::lower::Lowering;
use crate::source::Pointer;

impl Lowering<'_> {
    /// Parses a path. Returns `None` and reports an error if its braces are not valid.
    pub(crate) fn template(&mut self, path: &str, at: &Pointer) -> Option<Vec<Segment>> {
        if path.matches(['/', '{']).count() > LONGEST {
            let message = format!("the path has more than {LONGEST} segments and placeholders");
            let help = "check that this is a path: most paths have a few segments";
            self.error(code::BAD_PATH, Location::Key(at.clone()), message, help);
            return None;
        }
        let mut segments: Vec<Segment> = Vec::new();
        let mut texts = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
        let mut slashes = String::new();
        while let Some(text) = texts.next() {
            if text.is_empty() && texts.peek().is_some() {
                slashes.push('/');
                continue;
            }
            let Some(parts) = parts(text).map(|parts| after(&std::mem::take(&mut slashes), parts)) else {
                let message = format!("the path segment `{text}` has unbalanced braces or an empty placeholder");
                let help = "write a placeholder as `{name}`, with a parameter of that name";
                self.error(code::BAD_PATH, Location::Key(at.clone()), message, help);
                return None;
            };
            for part in parts {
                let again = part.param().filter(|name| segments.iter().any(|one| one.param() == Some(name)));
                if let Some(name) = again {
                    let message = format!("the placeholder `{{{name}}}` is repeated in the path");
                    let (place, help) = (Location::Key(at.clone()), "give each placeholder its own name");
                    // In the resource tree, each placeholder is an argument of a handle.
                    if self.config.surface == config::Surface::Tree {
                        self.error(code::BAD_PATH, place, message, help);
                        return None;
                    }
                    let diagnostic =
                        Diagnostic::warning(code::BAD_PATH, place, message).label("both get the same value");
                    self.diagnostics.push(diagnostic.help(help));
                }
                segments.push(part);
            }
        }
        Some(segments)
    }
}

/// The maximum number of segments and placeholders of a path. Each is a nested handle.
const LONGEST: usize = 100;

/// Parses one segment.
///
/// What a literal ends with that is no word belongs to the placeholder behind it, so that `/media.{format}` is something
/// of `/media`, and `/@{name}` something of what stands before the slash.
fn parts(text: &str) -> Option<Vec<Segment>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((literal, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        if literal.contains('}') || name.is_empty() || name.contains('{') {
            return None;
        }
        let word = literal.trim_end_matches(|c: char| !c.is_alphanumeric());
        let slash = if parts.is_empty() && word.is_empty() { "/" } else { "" };
        parts.extend(self::literal(word, parts.is_empty()));
        parts.push(match format!("{slash}{}", &literal[word.len()..]) {
            between if between == "/" => Segment::Param(name.to_owned()),
            between => Segment::ParamSuffix(between, name.to_owned()),
        });
        rest = after;
    }
    if rest.contains('}') {
        return None;
    }
    match parts.is_empty() {
        true => parts.push(Segment::Literal(rest.to_owned())),
        false => parts.extend(literal(rest, false)),
    }
    Some(parts)
}

/// Adds the slashes of the empty segments before a segment to its first part.
fn after(slashes: &str, mut parts: Vec<Segment>) -> Vec<Segment> {
    if let Some(first) = parts.first_mut().filter(|_| !slashes.is_empty()) {
        *first = match first {
            Segment::Literal(text) | Segment::LiteralSuffix(text) => Segment::Literal(format!("{slashes}{text}")),
            Segment::Param(name) => Segment::ParamSuffix(format!("/{slashes}"), name.clone()),
            Segment::ParamSuffix(before, name) => Segment::ParamSuffix(format!("{slashes}{before}"), name.clone()),
        };
    }
    parts
}

fn literal(text: &str, first: bool) -> Option<Segment> {
    let part = if first { Segment::Literal } else { Segment::LiteralSuffix };
    (!text.is_empty()).then(|| part(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_and_its_parts() {
        let literal = |text: &str| Segment::Literal(text.to_owned());
        let param = |name: &str| Segment::Param(name.to_owned());
        let suffix = |text: &str| Segment::LiteralSuffix(text.to_owned());
        let infix = |between: &str, name: &str| Segment::ParamSuffix(between.to_owned(), name.to_owned());
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
            assert_eq!(parts(text), Some(expected), "{text}");
        }
        for broken in ["{", "}", "{}", "{a", "a}", "{a{b}}", "{a}}", "a}{b}", "{{a}"] {
            assert_eq!(parts(broken), None, "{broken}");
        }
    }
}
