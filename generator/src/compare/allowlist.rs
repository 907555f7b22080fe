//! The list of accepted differences between two documents, each with a reason.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::compare::Difference;

/// A list of accepted differences.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    #[serde(default, rename = "difference")]
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Patterns for the lines of differences, with `*` for any text.
    #[serde(rename = "where")]
    patterns: Vec<String>,
    /// The reason, which the program does not use.
    #[serde(deserialize_with = "said", rename = "reason")]
    _reason: String,
}

/// The result of matching differences with a list.
#[derive(Debug, Default)]
pub struct Verdict<'a> {
    /// The differences that no pattern matches.
    pub unlisted: Vec<&'a Difference>,
    /// The patterns that match no difference.
    pub idle: Vec<&'a str>,
}

impl Listed {
    /// Parses a list.
    ///
    /// ```
    /// # use bindery::compare::Listed;
    /// let list = "
    /// [[difference]]
    /// where = ['* / answer default: added', 'Ping / query Name / maxLength: *']
    /// reason = 'The other document is silent about errors and lengths.'
    /// ";
    /// assert!(Listed::parse(list).is_ok());
    /// assert!(Listed::parse(&list.replace("reason", "because")).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// The text is not valid TOML, or an entry has other keys than `where` and `reason`.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Matches differences with the list.
    pub fn check<'a>(&'a self, differences: &'a [Difference]) -> Verdict<'a> {
        let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
        let patterns: Vec<_> = self.entries.iter().flat_map(|entry| &entry.patterns).map(String::as_str).collect();
        let listed = |line: &str| patterns.iter().any(|pattern| matches(pattern, line));
        Verdict {
            unlisted: differences.iter().zip(&lines).filter(|(_, line)| !listed(line)).map(|(one, _)| one).collect(),
            idle: (patterns.iter().copied())
                .filter(|pattern| !lines.iter().any(|line| matches(pattern, line)))
                .collect(),
        }
    }
}

/// Returns whether a text matches a pattern, in which `*` matches any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(found) = text.find(part) else { return false };
        text = &text[found + part.len()..];
    }
    text.ends_with(end)
}

fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let reason = String::deserialize(deserializer)?;
    if reason.trim().is_empty() { Err(D::Error::custom("the reason is empty")) } else { Ok(reason) }
}
