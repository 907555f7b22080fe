//! Counts the enum values of a response that the document does not list.
//!
//! Enums accept unknown values, so several alternatives of a union may be able to decode a value. The one with the fewest
//! unknown enum values is the best match.

use std::cell::Cell;

thread_local! {
    static UNKNOWN: Cell<usize> = const { Cell::new(0) };
}

/// Counts a value if it is unknown.
pub fn note_unknown(is_unknown: bool) {
    UNKNOWN.set(UNKNOWN.get() + usize::from(is_unknown));
}

/// Calls `decode`, and returns its result with the number of unknown values in it. The count around the call excludes them.
pub fn count_unknown<T>(decode: impl FnOnce() -> T) -> (T, usize) {
    let before = UNKNOWN.replace(0);
    let value = decode();
    (value, UNKNOWN.replace(before))
}
