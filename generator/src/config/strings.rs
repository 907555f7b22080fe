//! A value of codegen.toml that is a string or an array of strings.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

/// Deserializes a string or an array of strings.
pub(super) fn string_or_array<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Strings {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Strings::deserialize(deserializer)? {
        Strings::One(value) => vec![value],
        Strings::Several(values) => values,
    })
}

/// Returns the JSON schema of a string or an array of strings.
pub(super) fn string_or_array_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "array"], "items": { "type": "string" } })
}
