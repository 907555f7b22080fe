//! Generates strings that match a regular expression.

use regex_syntax::hir::{Hir, HirKind};

use crate::rng::Rng;

/// A regular expression for which strings are generated.
pub(crate) struct Pattern(Hir);

impl Pattern {
    /// Parses a pattern. Returns `None` if the pattern is invalid.
    pub fn new(pattern: &str) -> Option<Self> {
        regex_syntax::parse(pattern).ok().map(Self)
    }

    /// Generates a matching string. Returns `None` if no string matches. Look-around assertions are ignored.
    ///
    /// A repetition such as `a*` is repeated `extra` times more than its minimum. If `extra` is `None`, the number of
    /// repetitions is random.
    pub fn text(&self, rng: &mut Rng, extra: Option<u32>) -> Option<String> {
        let mut text = String::new();
        write(&self.0, rng, extra, &mut text)?;
        Some(text)
    }
}

/// The maximum length of a generated string in bytes. Without this limit, nested repetitions could result in very long
/// strings.
const MAX_BYTES: usize = 10_000;

fn write(hir: &Hir, rng: &mut Rng, extra: Option<u32>, text: &mut String) -> Option<()> {
    if text.len() > MAX_BYTES {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(()),
        HirKind::Literal(literal) => {
            text.push_str(std::str::from_utf8(&literal.0).ok()?);
            Some(())
        }
        HirKind::Class(class) => {
            let ranges: Vec<(char, char)> = match class {
                regex_syntax::hir::Class::Unicode(class) => {
                    class.ranges().iter().map(|range| (range.start(), range.end())).collect()
                }
                regex_syntax::hir::Class::Bytes(class) => {
                    class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
                }
            };
            text.push(random_char(&ranges, rng)?);
            Some(())
        }
        HirKind::Repetition(repetition) => {
            let max_extra = repetition.max.map_or(u32::MAX, |max| max.saturating_sub(repetition.min));
            let extra_times = match extra {
                Some(times) => u64::from(times.min(max_extra)),
                None if repetition.max.is_some() => rng.below(u64::from(max_extra) + 1),
                None => rng.below(5),
            };
            (0..u64::from(repetition.min) + extra_times).try_for_each(|_| write(&repetition.sub, rng, extra, text))
        }
        HirKind::Capture(capture) => write(&capture.sub, rng, extra, text),
        HirKind::Concat(items) => items.iter().try_for_each(|item| write(item, rng, extra, text)),
        HirKind::Alternation(items) => write(items.get(rng.below(items.len() as u64) as usize)?, rng, extra, text),
    }
}

/// Returns a random character of a class. Prefers lower-case letters and digits, because they make identifiers easier
/// to read.
fn random_char(ranges: &[(char, char)], rng: &mut Rng) -> Option<char> {
    let letters_and_digits: Vec<char> =
        ('0'..='9').chain('a'..='z').filter(|c| ranges.iter().any(|(from, to)| (from..=to).contains(&c))).collect();
    if !letters_and_digits.is_empty() {
        return letters_and_digits.get(rng.below(letters_and_digits.len() as u64) as usize).copied();
    }
    let (from, to) = ranges.get(rng.below(ranges.len() as u64) as usize)?;
    let span = u64::from(u32::from(*to)).saturating_sub(u64::from(u32::from(*from))) + 1;
    // A surrogate in the range is not a character. The start of the range always is a character, so use the start
    // instead.
    char::from_u32(u32::from(*from) + rng.below(span) as u32).or(Some(*from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_strings_match_their_pattern() {
        let mut rng = Rng(1);
        for pattern in ["^IS[0-9a-fA-F]{32}$", "^[a-z]{3,8}$", "a(b|cd)*e?", r"^\d{4}-\d{2}$", "^[^a-z0-9]+$", ""] {
            let regex = regex_lite::Regex::new(pattern).expect("a valid pattern");
            for _ in 0..50 {
                let text =
                    Pattern::new(pattern).and_then(|pattern| pattern.text(&mut rng, None)).expect("a matching string");
                assert!(regex.is_match(&text), "{text:?} does not match {pattern}");
            }
        }
        assert!(Pattern::new("(").is_none());
        assert_eq!(
            Pattern::new("^ab*c{1,3}").and_then(|pattern| pattern.text(&mut rng, Some(2))).as_deref(),
            Some("abbccc")
        );
    }
}
