//! The list of accepted differences between two documents, each with a reason.

use std::collections::HashSet;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::compare::Difference;

/// A list of accepted differences.
#[derive(Clone, Debug, Default)]
pub struct AcceptedDifferences {
    /// All patterns, in the order of the list.
    patterns: Vec<Pattern>,
    /// The texts of the patterns without wildcards.
    exact: HashSet<String>,
}

/// The maximum number of patterns with wildcards. Each of them is compared with each difference.
const MAX_WILDCARDS: usize = 500;

/// A pattern of a list.
#[derive(Clone, Debug)]
struct Pattern {
    /// The pattern as in the list.
    text: String,
    /// The texts before, between and after the wildcards. There is at least one.
    literals: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    #[serde(default, rename = "difference")]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The patterns. A difference is accepted if a pattern matches its line. `*` matches any text, and `\*` only a `*`.
    #[serde(rename = "where")]
    patterns: Vec<String>,
    /// The reason. It is for the readers of the list, and must not be empty.
    #[serde(deserialize_with = "nonempty_reason", rename = "reason")]
    _reason: String,
}

/// The differences that a list does not accept, and the patterns of the list that match no difference.
#[derive(Debug, Default)]
pub struct AllowlistMismatches<'a> {
    /// The differences that no pattern matches.
    pub not_accepted: Vec<&'a Difference>,
    /// The patterns that match no difference.
    pub unused_patterns: Vec<&'a str>,
}

impl AcceptedDifferences {
    /// Parses a list.
    ///
    /// ```
    /// # use bindery::compare::AcceptedDifferences;
    /// let list = "
    /// [[difference]]
    /// where = ['* / response default: added', 'Ping / query Name / maxLength: *']
    /// reason = 'The other document does not describe errors and lengths.'
    /// ";
    /// assert!(AcceptedDifferences::parse(list).is_ok());
    /// assert!(AcceptedDifferences::parse(&list.replace("reason", "because")).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// The text is not valid TOML, an entry has keys other than `where` and `reason`, or more than 500 patterns have a `*`.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let entries = toml::from_str::<Entries>(text)?.entries;
        let patterns: Vec<Pattern> = entries.into_iter().flat_map(|entry| entry.patterns).map(Pattern::new).collect();
        let wildcards = patterns.iter().filter(|pattern| pattern.exact().is_none()).count();
        if wildcards > MAX_WILDCARDS {
            let message = format!(
                "{wildcards} patterns have a `*`, but no more than {MAX_WILDCARDS} may have one; join them, or write whole lines"
            );
            return Err(toml::de::Error::custom(message));
        }
        let exact = patterns.iter().filter_map(|pattern| pattern.exact().map(str::to_owned)).collect();
        Ok(Self { patterns, exact })
    }

    /// Compares differences with the list.
    pub fn check<'a>(&'a self, differences: &'a [Difference]) -> AllowlistMismatches<'a> {
        let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
        let not_accepted = differences.iter().zip(&lines).filter(|(_, line)| !self.accepts(line));
        AllowlistMismatches {
            not_accepted: not_accepted.map(|(difference, _)| difference).collect(),
            unused_patterns: self.unused_patterns(&lines),
        }
    }

    /// Returns whether a pattern matches a line.
    pub fn accepts(&self, line: &str) -> bool {
        self.exact.contains(line)
            || self.patterns.iter().any(|pattern| pattern.exact().is_none() && pattern.matches(line))
    }

    /// Returns the patterns that match none of the lines.
    pub fn unused_patterns(&self, lines: &[String]) -> Vec<&str> {
        let exact_lines: HashSet<&str> = lines.iter().map(String::as_str).collect();
        let is_used = |pattern: &Pattern| match pattern.exact() {
            Some(text) => exact_lines.contains(text),
            None => lines.iter().any(|line| pattern.matches(line)),
        };
        self.patterns.iter().filter(|pattern| !is_used(pattern)).map(|pattern| pattern.text.as_str()).collect()
    }
}

impl Pattern {
    fn new(text: String) -> Self {
        let (mut literals, mut literal) = (Vec::new(), String::new());
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if chars.next_if_eq(&'*').is_some() => literal.push('*'),
                '*' => literals.push(std::mem::take(&mut literal)),
                c => literal.push(c),
            }
        }
        literals.push(literal);
        Self { text, literals }
    }

    /// Returns the only text that the pattern matches, or `None` if it has wildcards.
    fn exact(&self) -> Option<&str> {
        if let [literal] = self.literals.as_slice() { Some(literal) } else { None }
    }

    fn matches(&self, text: &str) -> bool {
        let [start, middle @ .., end] = self.literals.as_slice() else { return self.exact() == Some(text) };
        let Some(mut rest) = text.strip_prefix(start.as_str()) else { return false };
        for literal in middle {
            let Some((_, after)) = rest.split_once(literal.as_str()) else { return false };
            rest = after;
        }
        rest.ends_with(end.as_str())
    }
}

/// Returns the pattern that matches only a line.
pub fn exact_pattern(line: &str) -> String {
    line.replace('*', r"\*")
}

fn nonempty_reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let reason = String::deserialize(deserializer)?;
    if reason.trim().is_empty() { Err(D::Error::custom("the reason is empty")) } else { Ok(reason) }
}

#[cfg(test)]
mod tests {
    use super::{AcceptedDifferences, MAX_WILDCARDS, Pattern, exact_pattern};

    #[test]
    fn the_number_of_patterns_with_wildcards_is_limited() {
        let list = |pattern: &str, count: usize| {
            let patterns = vec![format!("'{pattern}'"); count].join(", ");
            AcceptedDifferences::parse(&format!("[[difference]]\nwhere = [{patterns}]\nreason = 'A test.'"))
        };
        assert!(list("Ping / *", MAX_WILDCARDS).is_ok());
        assert!(list(r"Ping / \*", MAX_WILDCARDS + 1).is_ok());
        let error = list("Ping / *", MAX_WILDCARDS + 1).expect_err("too many").to_string();
        assert!(error.starts_with("501 patterns have a `*`, but no more than 500 may have one"), "{error}");
    }

    #[test]
    fn a_star_matches_any_text_unless_it_is_escaped() {
        for (pattern, line, expected) in [
            ("Ping / *: added", "Ping / response 404: added", true),
            ("Ping / *: added", "Pong / response 404: added", false),
            ("*a*b*", "xaxbx", true),
            ("*a*b*", "xbxax", false),
            ("a*a", "a", false),
            (r"property \*: added", "property *: added", true),
            (r"property \*: added", "property evil: added", false),
            (r"a\b", r"a\b", true),
        ] {
            assert_eq!(Pattern::new(pattern.to_owned()).matches(line), expected, "{pattern} {line}");
        }
        for line in ["a*b", r"a\*b", r"*\", "plain"] {
            let pattern = Pattern::new(exact_pattern(line));
            assert_eq!(pattern.exact(), Some(line));
        }
    }
}
