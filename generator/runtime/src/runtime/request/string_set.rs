//! A set of strings.

/// A set of strings, as a sorted list. It compiles faster than a hash set.
pub struct StringSet(Vec<String>);

impl StringSet {
    pub fn new(strings: impl Iterator<Item = String>) -> Self {
        let mut sorted = Vec::new();
        for string in strings {
            sorted.push(string);
        }
        sorted.sort_unstable();
        Self(sorted)
    }

    pub fn contains(&self, string: &str) -> bool {
        self.0.binary_search_by(|other| other.as_str().cmp(string)).is_ok()
    }
}
