//! A pair of values, one for each document.

/// A pair of values, one for each document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pair<T> {
    /// The value of the first document.
    pub ours: T,
    /// The value of the second document.
    pub theirs: T,
}

impl<T: Copy> Pair<T> {
    /// Applies a function to both values.
    pub fn map<U>(self, convert: impl Fn(T) -> U) -> Pair<U> {
        Pair { ours: convert(self.ours), theirs: convert(self.theirs) }
    }
}
