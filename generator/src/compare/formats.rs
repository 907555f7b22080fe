//! The formats of strings and numbers whose types do not depend on them.

use super::facts::{Fact, value_type};
use super::{Comparer, Pair, Step};
use crate::ir::{Api, ParamLocation, Shape, TypeRef};
use crate::source::Pointer;

impl Comparer<'_> {
    /// Adds the formats of two values to their facts if the formats differ, and the types do not. Only the formats of two versions of a
    /// document are compared. `schemas` are the locations of the schemas.
    pub(super) fn add_formats(&self, schemas: Pair<&Pointer>, types: Pair<&TypeRef>, facts: &mut Pair<Vec<Fact>>) {
        let formats = Pair {
            ours: self.apis.ours.formats.get(schemas.ours),
            theirs: self.apis.theirs.formats.get(schemas.theirs),
        };
        if self.replaced.names.is_none() || formats.ours == formats.theirs {
            return;
        }
        let name = value_type(self.apis.ours, types.ours).0;
        if name == value_type(self.apis.theirs, types.theirs).0 {
            // A password is marked as personal data, which is a fact of its own.
            let is_own = |format: &&String| !matches!(format.as_str(), "" | "string" | "password") && **format != name;
            let fact = |format: Option<&String>| format.filter(is_own).cloned().map(Fact::Format);
            facts.ours.extend(fact(formats.ours));
            facts.theirs.extend(fact(formats.theirs));
        }
    }
}

/// Returns the location of the schema of a node. It is not found for payloads, streams and parameters with a media type. The first media
/// type among the facts of a response is that of its body.
pub(super) fn schema_of_node(step: Option<&Step>, origin: &Pointer, facts: &[Fact]) -> Pointer {
    match step {
        Some(Step::Param(ParamLocation::Form | ParamLocation::File, _)) | None => origin.clone(),
        Some(Step::Param(..) | Step::Header(_) | Step::MediaType(_)) => origin.child("schema"),
        Some(Step::Response(_)) => {
            let media_type = facts.iter().find_map(|fact| match fact {
                Fact::MediaType(name) => Some(name.as_str()),
                _ => None,
            });
            origin.child("content").child(media_type.unwrap_or_default()).child("schema")
        }
        Some(step) => contained_schema(origin, step),
    }
}

/// Returns the location of the schema of contained values.
pub(super) fn contained_schema(schema: &Pointer, step: &Step) -> Pointer {
    match step {
        Step::Items => schema.child("items"),
        Step::Item(index) => schema.child("prefixItems").child(index),
        Step::AdditionalProperties => schema.child("additionalProperties"),
        _ => schema.clone(),
    }
}

/// Returns the location of the schema of a type at the end of its aliases. `schema` is the location of the type itself.
pub(super) fn resolved_schema<'a>(api: &'a Api, mut schema: &'a Pointer, mut ty: &'a TypeRef) -> &'a Pointer {
    // As in `resolve`, more steps are a cycle.
    for _ in 0..=2 * api.types.len() {
        match ty {
            TypeRef::Nullable(inner) => ty = inner,
            TypeRef::Named(id) => {
                let def = &api.types[*id];
                schema = &def.origin;
                let (Shape::Alias(target) | Shape::Wrapper(target)) = &def.shape else { break };
                ty = target;
            }
            _ => break,
        }
    }
    schema
}
