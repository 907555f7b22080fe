//! What models need that are sent as JSON: properties that distinguish `null` from a missing value.

use serde::{Deserialize, Deserializer};

/// Reads a property that is there, whatever its value: `null` is a value, too.
///
/// # Errors
///
/// It is not of the type.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
