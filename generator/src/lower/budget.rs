//! The limit on what a document may expand to through its references.
//!
//! A short document can describe a lot: `n` schemas that combine each other have up to 2ⁿ combinations, and `n` operations
//! that share a response of `n` headers have n² headers. So the generator counts every step and every
//! string that references can repeat. A document may have a fixed number of steps, and more in proportion to its length.

use std::io;

use serde::Serialize;

use crate::diagnostics::{Location, code};
use crate::lower::Lowering;
use crate::source::{Pointer, Source};

/// The number of steps that any document may have.
const BASE: usize = 1_000_000;

/// The number of bytes of a document that give it one more step.
const BYTES_PER_STEP: usize = 2;

/// The number of repeated bytes that count as one step.
pub(crate) const REPEATED_BYTES: usize = 16;

/// The number of steps that a type which combines several schemas counts as, because all of its code is generated again.
pub(crate) const COMBINED_STEPS: usize = 200;

/// The number of steps that each media type of the body of an operation counts as, because it is a method of its own.
pub(crate) const BODY_STEPS: usize = 20;

/// The number of bytes of a location that count as one step. Few locations are that long.
const LOCATION_BYTES: usize = 256;

impl Lowering<'_> {
    /// Counts steps; returns whether the document still has some left. The first time it has none, that is an error at the
    /// location.
    pub(crate) fn spend(&mut self, steps: usize, at: &Pointer) -> bool {
        let Some(left) = self.steps_left else { return false };
        self.steps_left = left.checked_sub(steps + at.as_str().len() / LOCATION_BYTES);
        if self.steps_left.is_none() {
            let message = "the references of the document expand to more than the generator allows";
            let help =
                "use fewer references: each `allOf`, `oneOf`, `anyOf` or shared component repeats what it refers to";
            self.error(code::TOO_MANY, Location::Key(at.clone()), message, help);
        }
        self.steps_left.is_some()
    }

    /// Counts bytes of the document that a reference repeats.
    pub(crate) fn spend_bytes(&mut self, bytes: usize, at: &Pointer) -> bool {
        self.spend(bytes / REPEATED_BYTES, at)
    }

    /// Returns the number of steps that were counted since `left` of them were left.
    pub(crate) fn steps_since(&self, left: Option<usize>) -> usize {
        left.zip(self.steps_left).map_or(0, |(before, now)| before - now)
    }
}

/// Returns the number of steps that a document may have.
pub(crate) fn budget(source: &Source) -> usize {
    let files = source.files.values().map(|file| file.text.len());
    BASE + (source.text.len() + files.sum::<usize>()) / BYTES_PER_STEP
}

/// Returns the length of a part of the document as JSON.
pub(crate) fn json_len(part: &impl Serialize) -> usize {
    let mut count = Count(0);
    // Writing a parsed document to memory cannot fail.
    let _ = serde_json::to_writer(&mut count, part);
    count.0
}

/// A writer that only counts bytes.
struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
