//! Implements serde's `Deserialize` for types that implement [`FromJson`].

use std::cell::Cell;

use serde::de::Deserializer;

use super::json_reader::decode_text;
use crate::runtime::model::from_json::{Decoding, FromJson, Reading};
use crate::runtime::{Mismatch, raw_json};

thread_local! {
    /// How [`deserialize`] reads values. This is a thread-local variable, because deserializers cannot pass it to nested
    /// values.
    static READING: Cell<Reading> = const { Cell::new(Reading::Lenient) };
}

/// Calls `read`, in which [`deserialize`] reads values with `reading`.
#[cfg(feature = "json-values")]
pub fn with_reading<T>(reading: Reading, read: impl FnOnce() -> T) -> T {
    /// Restores the previous reading, even if the decoding of a type panics.
    struct Restore(Reading);

    impl Drop for Restore {
        #[inline]
        fn drop(&mut self) {
            READING.set(self.0);
        }
    }

    let _restore = Restore(READING.replace(reading));
    read()
}

/// Implements `Deserialize::deserialize` for a type: converts the value to JSON text, and decodes the text.
///
/// # Errors
///
/// Returns the error of the deserializer, or why its value cannot be decoded as a `T`.
pub fn deserialize<'de, T: FromJson, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let json = raw_json(deserializer)?;
    decode_text(&json, &mut Decoding::new(READING.get())).map_err(Mismatch::into_error)
}
