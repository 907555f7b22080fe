//! How many values of enums in a response are not among those that the document lists.
//!
//! A value that fits only one alternative of a union can still be read as others whose enums are open. The one that leaves
//! the fewest values unknown is the one that was meant.

use std::cell::Cell;

thread_local! {
    static UNKNOWN: Cell<usize> = const { Cell::new(0) };
}

/// Counts a value if it is unknown.
pub fn note_unknown(is_unknown: bool) {
    UNKNOWN.set(UNKNOWN.get() + usize::from(is_unknown));
}

/// Decodes, and returns how many unknown values there are in the result. They are not counted anywhere else.
pub fn count_unknown<T>(decode: impl FnOnce() -> T) -> (T, usize) {
    let before = UNKNOWN.replace(0);
    let value = decode();
    (value, UNKNOWN.replace(before))
}
