//! Checks regular expressions.

#[cfg(feature = "regexes")]
use super::regexes::matches_regex;
use super::simple_pattern::matches_simple;

/// Returns whether a part of `string` matches `pattern`. An invalid pattern matches every string.
pub fn matches(pattern: &str, string: &str) -> bool {
    let is_match = matches_simple(pattern, string);
    // An API that does not need this feature has only simple patterns.
    #[cfg(feature = "regexes")]
    let is_match = is_match.or_else(|| matches_regex(pattern, string));
    is_match.unwrap_or(true)
}
