//! A set of strings that compiles to less code than `HashSet`.

/// A set of strings, as a sorted list.
pub struct StringSet(Vec<String>);

impl StringSet {
    /// Creates the set of some strings.
    pub fn new(strings: impl Iterator<Item = String>) -> Self {
        let mut sorted = Vec::new();
        for string in strings {
            sorted.push(string);
        }
        sorted.sort_unstable();
        Self(sorted)
    }

    /// Returns whether the set has a string.
    pub fn contains(&self, string: &str) -> bool {
        self.0.binary_search_by(|other| other.as_str().cmp(string)).is_ok()
    }
}
