//! Defaults, and whether they match the schemas that they belong to.

use std::collections::HashSet;

use openapiv3::Schema;
use serde_json::Value;

use super::Lowering;
use super::schema::Node;
use super::view::{Kind, Part};
use crate::diag::{Diagnostic, Place, code};
use crate::ir::is_same;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the default of a schema if it matches the schema and everything that the schema refers to.
    pub(super) fn default_of(&mut self, schema: &'a Schema, at: &Pointer) -> Option<&'a Value> {
        schema.schema_data.default.as_ref()?;
        let parts = self.parts(Node::Item(schema), at);
        self.matching_default(schema, at, &parts)
    }

    /// Returns the default of one of the `parts` of a value if it matches all of them. It may be right where the part is alone,
    /// so it is reported only if the part has no type.
    pub(super) fn default_among(&mut self, part: &Part<'a>, parts: &[Part<'a>]) -> Option<&'a Value> {
        if part.kind() == Kind::Any {
            return self.matching_default(part.schema, &part.at, parts);
        }
        let default = self.default_of(part.schema, &part.at)?;
        self.mismatch(parts, default, &mut HashSet::new()).is_none().then_some(default)
    }

    fn matching_default(&mut self, schema: &'a Schema, at: &Pointer, parts: &[Part<'a>]) -> Option<&'a Value> {
        let default = schema.schema_data.default.as_ref().filter(|default| !default.is_null())?;
        let Some(message) = self.mismatch(parts, default, &mut HashSet::new()) else { return Some(default) };
        let diagnostic = Diagnostic::warning(code::WRONG_TYPE, Place::Value(at.child("default")), message);
        self.diagnostics.push(diagnostic.label("it is ignored").help("give one that fits the schema"));
        None
    }

    /// Reports the defaults that do not match among those of all schemas that have been read.
    pub(super) fn check_defaults(&mut self) {
        for (at, schema) in std::mem::take(&mut self.defaults) {
            self.default_of(schema, &at);
        }
    }

    /// Returns why a value does not match all parts; `None` if it does. Alternatives may be recursive, so each is `seen` once.
    fn mismatch(&mut self, parts: &[Part<'a>], value: &Value, seen: &mut HashSet<Pointer>) -> Option<&'static str> {
        if let Some(owner) = parts.iter().find(|part| part.choices().is_some()) {
            if !seen.insert(owner.at.clone()) {
                return None;
            }
            let rest = parts.iter().filter(|part| part.at != owner.at || part.says_anything());
            let rest = rest.map(|part| Part { open: part.open && part.at != owner.at, ..part.clone() });
            let rest: Vec<Part<'a>> = rest.collect();
            let (options, _) = self.options(owner, &rest);
            if !options.is_empty() {
                let mut first = None;
                for option in options {
                    first = first.or(Some(self.mismatch(&option.parts, value, seen)?));
                }
                return first;
            }
            return self.mismatch(&rest, value, seen);
        }
        if !parts.iter().all(|part| is_of(part.kind(), value)) {
            return Some("the default is not of the schema's type");
        }
        // The values of an `enum` may be written as another type than that of the schema.
        let is_listed = |part: &Part<'_>| part.any().enumeration.iter().any(|listed| is_written_as(listed, value));
        let lists = |part: &&Part<'_>| !part.any().enumeration.is_empty();
        (!parts.iter().filter(lists).all(is_listed)).then_some("the default is not one of the values of the schema")
    }
}

/// Returns whether a value is of a kind.
pub(super) fn is_of(kind: Kind, value: &Value) -> bool {
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
    is_same(value, other) || text(value) == text(other)
}
