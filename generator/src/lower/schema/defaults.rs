//! Lowers defaults, and checks that they match their schemas.

use std::collections::HashSet;

use openapiv3::Schema;
use serde_json::Value;

use super::merged_schema::{Kind, SchemaPart};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::json_equal;
use crate::lower::Lowering;
use crate::lower::schema::Node;
use crate::source::Pointer;

/// The maximum number of alternatives that a default is compared with.
const MAX_ALTERNATIVES: usize = 1_000;

impl<'a> Lowering<'a> {
    /// Returns the default of a schema if it matches the `type` and `enum` of the schema and of everything in its
    /// `allOf`. Reports a default that does not match.
    pub(crate) fn default_of(&mut self, schema: &'a Schema, at: &Pointer) -> Option<&'a Value> {
        schema.schema_data.default.as_ref()?;
        let parts = self.parts(Node::Item(schema), at);
        self.matching_default(schema, at, &parts)
    }

    /// Returns the default of a schema part if it matches all `parts` of the same schema.
    pub(crate) fn default_among(&mut self, part: &SchemaPart<'a>, parts: &[SchemaPart<'a>]) -> Option<&'a Value> {
        // `check_defaults` does not compare a part without a type with the other parts, so a mismatch is reported here.
        if part.kind() == Kind::Any {
            return self.matching_default(part.schema, &part.at, parts);
        }
        let default = self.default_of(part.schema, &part.at)?;
        self.mismatch(parts, default).is_none().then_some(default)
    }

    /// Returns the default of a schema if it matches all `parts`. Reports a default that does not match.
    fn matching_default(&mut self, schema: &'a Schema, at: &Pointer, parts: &[SchemaPart<'a>]) -> Option<&'a Value> {
        let default = schema.schema_data.default.as_ref().filter(|default| !default.is_null())?;
        let Some(message) = self.mismatch(parts, default) else { return Some(default) };
        let diagnostic = Diagnostic::warning(code::WRONG_TYPE, Location::Value(at.child("default")), message);
        self.diagnostics.push(diagnostic.label("ignored").help("write a default that matches the schema"));
        None
    }

    /// Reports the defaults of all lowered schemas that do not match their schemas.
    pub(crate) fn check_defaults(&mut self) {
        for (at, schema) in std::mem::take(&mut self.defaults) {
            self.default_of(schema, &at);
        }
    }

    /// Returns a message if a default does not match all `parts`. Returns `None` if it matches, or if there are more
    /// than [`MAX_ALTERNATIVES`] alternatives.
    fn mismatch(&mut self, parts: &[SchemaPart<'a>], default: &Value) -> Option<&'static str> {
        // The sets of parts that are not compared yet, each with the locations of the parts whose alternatives are already
        // expanded.
        let mut uncompared = vec![(parts.to_vec(), HashSet::new())];
        let mut first_message = None;
        for _ in 0..MAX_ALTERNATIVES {
            let Some((parts, mut expanded)) = uncompared.pop() else { return first_message };
            if !parts.first().is_some_and(|part| self.spend(parts.len(), &part.at)) {
                return None;
            }
            let Some((owner, alternatives)) = self.split_alternatives(&parts) else {
                first_message = first_message.or(Some(mismatch_of_parts(&parts, default)?));
                continue;
            };
            // Expand each part only once. A part that is reached again through its own alternatives allows no additional
            // values.
            if expanded.insert(owner) {
                uncompared.extend(alternatives.into_iter().rev().map(|parts| (parts, expanded.clone())));
            }
        }
        None
    }
}

/// Returns a message if a default does not match all `parts`. The parts have no alternatives.
fn mismatch_of_parts(parts: &[SchemaPart<'_>], default: &Value) -> Option<&'static str> {
    if !parts.iter().all(|part| has_kind(part.kind(), default)) {
        return Some("the default does not have the type of the schema");
    }
    // A value of an `enum` can have another JSON type than the schema, such as `"1"` for an integer. So only the texts
    // are compared.
    let is_listed =
        |part: &SchemaPart<'_>| part.keywords().enumeration.iter().any(|value| has_same_text(value, default));
    let has_enum = |part: &&SchemaPart<'_>| !part.keywords().enumeration.is_empty();
    (!parts.iter().filter(has_enum).all(is_listed)).then_some("the default is not one of the values of the `enum`")
}

/// Returns whether a value is of a kind.
pub(crate) fn has_kind(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Null => value.is_null(),
        Kind::Bool => value.is_boolean(),
        Kind::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        Kind::Number => value.is_number(),
        Kind::String => value.is_string(),
        Kind::Array => value.is_array(),
        Kind::Object => value.is_object(),
    }
}

/// Returns whether two values are equal, or whether one is a string with the text of the other.
fn has_same_text(a: &Value, b: &Value) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    json_equal(a, b) || text(a) == text(b)
}
