//! Lowers defaults, and checks that they match their schemas.

use std::collections::HashSet;

use openapiv3::Schema;
use serde_json::Value;

use super::merged_schema::{Kind, Part};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::json_equal;
use crate::lower::Lowering;
use crate::lower::schema::Node;
use crate::source::Pointer;

/// The maximum number of alternatives that a default is compared with.
const MAX_ALTERNATIVES: usize = 1_000;

impl<'a> Lowering<'a> {
    /// Returns the default of a schema if it matches the types and the `enum`s of the schema and of what it combines.
    pub(crate) fn default_of(&mut self, schema: &'a Schema, at: &Pointer) -> Option<&'a Value> {
        schema.schema_data.default.as_ref()?;
        let parts = self.parts(Node::Item(schema), at);
        self.matching_default(schema, at, &parts)
    }

    /// Returns the default of one of the `parts` of a value if it matches all of them. A part with a type reports its own default
    /// elsewhere.
    pub(crate) fn default_among(&mut self, part: &Part<'a>, parts: &[Part<'a>]) -> Option<&'a Value> {
        if part.kind() == Kind::Any {
            return self.matching_default(part.schema, &part.at, parts);
        }
        let default = self.default_of(part.schema, &part.at)?;
        self.mismatch(parts, default).is_none().then_some(default)
    }

    fn matching_default(&mut self, schema: &'a Schema, at: &Pointer, parts: &[Part<'a>]) -> Option<&'a Value> {
        let default = schema.schema_data.default.as_ref().filter(|default| !default.is_null())?;
        let Some(message) = self.mismatch(parts, default) else { return Some(default) };
        let diagnostic = Diagnostic::warning(code::WRONG_TYPE, Location::Value(at.child("default")), message);
        self.diagnostics.push(diagnostic.label("ignored").help("write a default that matches the schema"));
        None
    }

    /// Reports the defaults that do not match among those of all schemas that have been read.
    pub(crate) fn check_defaults(&mut self) {
        for (at, schema) in std::mem::take(&mut self.defaults) {
            self.default_of(schema, &at);
        }
    }

    /// Returns why a value does not match all parts; `None` if it does, or if there are too many alternatives to compare.
    fn mismatch(&mut self, parts: &[Part<'a>], value: &Value) -> Option<&'static str> {
        let mut open = vec![(parts.to_vec(), HashSet::new())];
        let mut first = None;
        for _ in 0..MAX_ALTERNATIVES {
            let Some((parts, mut seen)) = open.pop() else { return first };
            if !parts.first().is_some_and(|part| self.spend(parts.len(), &part.at)) {
                return None;
            }
            let Some((owner, alternatives)) = self.split(&parts) else {
                first = first.or(Some(misfit(&parts, value)?));
                continue;
            };
            // A recursive alternative has no values of its own.
            if seen.insert(owner) {
                open.extend(alternatives.into_iter().rev().map(|parts| (parts, seen.clone())));
            }
        }
        None
    }
}

/// Returns why a value does not match parts without alternatives.
fn misfit(parts: &[Part<'_>], value: &Value) -> Option<&'static str> {
    if !parts.iter().all(|part| is_of(part.kind(), value)) {
        return Some("the default does not have the type of the schema");
    }
    // The values of an `enum` may have another type than the schema.
    let is_listed = |part: &Part<'_>| part.any().enumeration.iter().any(|listed| is_written_as(listed, value));
    let lists = |part: &&Part<'_>| !part.any().enumeration.is_empty();
    (!parts.iter().filter(lists).all(is_listed)).then_some("the default is not one of the values of the `enum`")
}

/// Returns whether a value has a kind.
pub(crate) fn is_of(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Null => value.is_null(),
        Kind::Bool => value.is_boolean(),
        Kind::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        Kind::Number => value.is_number(),
        Kind::Text => value.is_string(),
        Kind::List => value.is_array(),
        Kind::Object => value.is_object(),
    }
}

/// Returns whether two values are equal, even if one of them is written as a string.
fn is_written_as(value: &Value, other: &Value) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    json_equal(value, other) || text(value) == text(other)
}
