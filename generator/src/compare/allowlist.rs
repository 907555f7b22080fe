//! The list of accepted differences between two documents, each with a reason.

use std::collections::HashSet;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::compare::Difference;

/// A list of accepted differences.
#[derive(Clone, Debug, Default)]
pub struct AcceptedDifferences {
    /// All patterns, in the order of the list.
    patterns: Vec<String>,
    /// The patterns without `*`.
    exact: HashSet<String>,
    /// The patterns with `*`.
    wildcards: Vec<String>,
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
    /// The patterns. A difference is accepted if a pattern matches its line. `*` matches any text.
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
    /// The text is not valid TOML, or an entry has keys other than `where` and `reason`.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let entries = toml::from_str::<Entries>(text)?.entries;
        let patterns: Vec<String> = entries.into_iter().flat_map(|entry| entry.patterns).collect();
        let (wildcards, exact): (Vec<_>, Vec<_>) = patterns.iter().cloned().partition(|pattern| pattern.contains('*'));
        Ok(Self { patterns, exact: exact.into_iter().collect(), wildcards })
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
        self.exact.contains(line) || self.wildcards.iter().any(|pattern| matches(pattern, line))
    }

    /// Returns the patterns that match none of the lines.
    pub fn unused_patterns(&self, lines: &[String]) -> Vec<&str> {
        let exact_lines: HashSet<&str> = lines.iter().map(String::as_str).collect();
        let is_used = |pattern: &str| match pattern.contains('*') {
            true => lines.iter().any(|line| matches(pattern, line)),
            false => exact_lines.contains(pattern),
        };
        self.patterns.iter().map(String::as_str).filter(|pattern| !is_used(pattern)).collect()
    }
}

/// Returns whether a text matches a pattern, in which `*` matches any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, after)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let (middle, end) = after.rsplit_once('*').unwrap_or(("", after));
    for literal in middle.split('*') {
        let Some(position) = text.find(literal) else { return false };
        text = &text[position + literal.len()..];
    }
    text.ends_with(end)
}

fn nonempty_reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let reason = String::deserialize(deserializer)?;
    if reason.trim().is_empty() { Err(D::Error::custom("the reason is empty")) } else { Ok(reason) }
}
