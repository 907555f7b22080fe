//! Checks regular expressions with the crate `regex-lite`.

use std::sync::{PoisonError, RwLock};

use regex_lite::Regex;

/// Returns whether a part of `string` matches `pattern`. Each pattern is compiled once, on its first use. Returns `None` for an
/// invalid pattern.
pub fn matches_regex(pattern: &str, string: &str) -> Option<bool> {
    /// The compiled patterns, sorted by their text.
    static COMPILED: RwLock<Vec<(String, Option<Regex>)>> = RwLock::new(Vec::new());
    let position_in = |compiled: &[(String, _)]| compiled.binary_search_by(|(other, _)| other.as_str().cmp(pattern));
    let is_match = |regex: &Option<Regex>| regex.as_ref().map(|regex| regex.is_match(string));
    let compiled = COMPILED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, regex)) = position_in(&compiled).ok().and_then(|position| compiled.get(position)) {
        return is_match(regex);
    }
    drop(compiled);
    let regex = Regex::new(pattern).ok();
    let result = is_match(&regex);
    let mut compiled = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    if let Err(position) = position_in(&compiled) {
        compiled.insert(position, (pattern.to_owned(), regex));
    }
    result
}
