//! Texts that match a regular expression.

use regex_syntax::hir::{Hir, HirKind};

use crate::rng::Rng;

/// A regular expression that texts are made for.
pub(crate) struct Pattern(Hir);

impl Pattern {
    /// Reads a pattern; `None` if it is none.
    pub fn new(pattern: &str) -> Option<Self> {
        regex_syntax::parse(pattern).ok().map(Self)
    }

    /// A text that matches, unless the pattern looks around; `None` if nothing can match it.
    ///
    /// An open repetition (`a*`) is repeated `open` times more than it must be; without that, at most four times.
    pub fn text(&self, rng: &mut Rng, open: Option<u32>) -> Option<String> {
        let mut text = String::new();
        write(&self.0, rng, open, &mut text)?;
        Some(text)
    }
}

/// The length past which a pattern is not followed: nested counts multiply.
const LONGEST: usize = 10_000;

fn write(hir: &Hir, rng: &mut Rng, open: Option<u32>, text: &mut String) -> Option<()> {
    if text.len() > LONGEST {
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
            text.push(one_of(&ranges, rng)?);
            Some(())
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.map_or(u32::MAX, |max| max.saturating_sub(repetition.min));
            let more = match open {
                Some(times) => u64::from(times.min(most)),
                None if repetition.max.is_some() => rng.below(u64::from(most) + 1),
                None => rng.below(5),
            };
            (0..u64::from(repetition.min) + more).try_for_each(|_| write(&repetition.sub, rng, open, text))
        }
        HirKind::Capture(capture) => write(&capture.sub, rng, open, text),
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, rng, open, text)),
        HirKind::Alternation(parts) => write(parts.get(rng.below(parts.len() as u64) as usize)?, rng, open, text),
    }
}

/// A character of the class: a small letter or a digit where it has one, since those read best in an identifier.
fn one_of(ranges: &[(char, char)], rng: &mut Rng) -> Option<char> {
    let plain: Vec<char> =
        ('0'..='9').chain('a'..='z').filter(|c| ranges.iter().any(|(from, to)| (from..=to).contains(&c))).collect();
    if !plain.is_empty() {
        return plain.get(rng.below(plain.len() as u64) as usize).copied();
    }
    let (from, to) = ranges.get(rng.below(ranges.len() as u64) as usize)?;
    let span = u64::from(u32::from(*to)).saturating_sub(u64::from(u32::from(*from))) + 1;
    // A number between the two may be no character; the first of the range is one.
    char::from_u32(u32::from(*from) + rng.below(span) as u32).or(Some(*from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_matches() {
        let mut rng = Rng(1);
        for pattern in ["^IS[0-9a-fA-F]{32}$", "^[a-z]{3,8}$", "a(b|cd)*e?", r"^\d{4}-\d{2}$", "^[^a-z0-9]+$", ""] {
            let regex = regex_lite::Regex::new(pattern).expect("a pattern");
            for _ in 0..50 {
                let text = Pattern::new(pattern).and_then(|one| one.text(&mut rng, None)).expect("a text");
                assert!(regex.is_match(&text), "{text:?} does not match {pattern}");
            }
        }
        assert!(Pattern::new("(").is_none());
        assert_eq!(Pattern::new("^ab*c{1,3}").and_then(|one| one.text(&mut rng, Some(2))).as_deref(), Some("abbccc"));
    }
}
