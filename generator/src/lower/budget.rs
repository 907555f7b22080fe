//! Limits the size to which references can expand a document.
//!
//! A short document can expand to a very large API. For example, `n` operations that share a response with `n` headers
//! have n² headers, and `n` schemas that combine each other have up to 2ⁿ combinations. The lowering therefore counts
//! steps. Each item is a step, and each [`REPEATED_BYTES_PER_STEP`] bytes that a reference repeats are a step. The
//! limit is a fixed number plus a number that is proportional to the length of the document.

use std::io;

use serde::Serialize;

use crate::diagnostics::{Location, code};
use crate::lower::Lowering;
use crate::source::{Pointer, Source};

/// The number of steps that a document of any length may take.
const BASE_STEPS: usize = 1_000_000;

/// The number of bytes of the document for which the budget grows by one step.
const BYTES_PER_STEP: usize = 2;

/// The number of repeated bytes that count as one step.
pub(crate) const REPEATED_BYTES_PER_STEP: usize = 16;

/// The cost in steps of a type that combines several schemas. All properties of these schemas are generated again.
pub(crate) const STEPS_PER_COMBINED_TYPE: usize = 200;

/// The cost in steps of each media type of a request body, because each media type has a separate method.
pub(crate) const STEPS_PER_REQUEST_BODY: usize = 20;

/// The number of bytes of a location that count as one step. Most locations are shorter, and cost nothing.
const LOCATION_BYTES_PER_STEP: usize = 256;

impl Lowering<'_> {
    /// Subtracts steps from the budget. Returns `false` if the budget is exceeded. Reports an error at the
    /// location when the budget is exceeded for the first time.
    pub(crate) fn spend(&mut self, steps: usize, at: &Pointer) -> bool {
        let Some(steps_left) = self.steps_left else { return false };
        self.steps_left = steps_left.checked_sub(steps + at.as_str().len() / LOCATION_BYTES_PER_STEP);
        if self.steps_left.is_none() {
            let message = "the document with its references expanded is larger than the generator allows";
            let help = "use fewer references to shared components, above all in `allOf`, `oneOf` and `anyOf`: \
                        each reference copies its target";
            self.error(code::TOO_MANY, Location::Key(at.clone()), message, help);
        }
        self.steps_left.is_some()
    }

    /// Subtracts the steps for bytes of the document that a reference repeats. Returns `false` if the budget is
    /// exceeded.
    pub(crate) fn spend_bytes(&mut self, bytes: usize, at: &Pointer) -> bool {
        self.spend(bytes / REPEATED_BYTES_PER_STEP, at)
    }

    /// Returns the number of steps that were spent since `steps_left` had the value `earlier_steps_left`.
    pub(crate) fn steps_since(&self, earlier_steps_left: Option<usize>) -> usize {
        earlier_steps_left.zip(self.steps_left).map_or(0, |(earlier, now)| earlier - now)
    }
}

/// Returns the number of steps that a document may take.
pub(crate) fn step_budget(source: &Source) -> usize {
    BASE_STEPS + source.texts().map(str::len).sum::<usize>() / BYTES_PER_STEP
}

/// Returns the length in bytes of the JSON of a part of the document.
pub(crate) fn json_len(part: &impl Serialize) -> usize {
    let mut counter = ByteCounter(0);
    // A `ByteCounter` never returns an error.
    let _ = serde_json::to_writer(&mut counter, part);
    counter.0
}

/// A writer that only counts bytes.
struct ByteCounter(usize);

impl io::Write for ByteCounter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
