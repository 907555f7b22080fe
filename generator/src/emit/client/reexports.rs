//! Finds the crates that the generated crate re-exports, because their types are part of its public API.

use crate::emit::Context;
use crate::ir::{TypeRef, contained_types};
use crate::runtime::features::Feature;

impl Context<'_> {
    /// Returns the names of the re-exported crates. `http` and `reqwest` are always re-exported, because the runtime's
    /// API has their types.
    pub fn reexports(&self) -> Vec<&'static str> {
        let is_date = |ty: &TypeRef| matches!(ty, TypeRef::DateTime | TypeRef::Date);
        let is_json = |ty: &TypeRef| matches!(ty, TypeRef::Json);
        let candidates = [
            ("http", true),
            ("indexmap", self.features.contains(Feature::IndexMaps)),
            ("reqwest", true),
            ("serde_json", self.uses_type(is_json)),
        ];
        let mut names: Vec<_> = candidates.into_iter().filter(|(_, is_used)| *is_used).map(|(name, _)| name).collect();
        names.extend(self.config.types.date_time.crate_name().filter(|_| self.uses_type(is_date)));
        names.sort_unstable();
        names
    }

    /// Returns whether the type of a model, parameter, response or header contains a type for which `predicate` is
    /// true.
    fn uses_type(&self, predicate: fn(&TypeRef) -> bool) -> bool {
        let models = self.api.types.iter().filter(|(id, _)| self.analysis.facts(*id).is_used);
        let mut models = models.flat_map(|(id, _)| contained_types(self.api, id));
        let mut operations = self.api.operations.iter().map(|(_, operation)| operation);
        models.any(|ty| contains_type(ty, predicate))
            || operations.any(|operation| {
                let headers = operation.responses.iter().flat_map(|response| &response.headers);
                let mut bodies = operation.possible_response_bodies().flat_map(|body| body.types());
                operation
                    .params
                    .iter()
                    .map(|param| &param.ty)
                    .chain(headers.map(|header| &header.ty))
                    .any(|ty| contains_type(ty, predicate))
                    || bodies.any(|ty| contains_type(ty, predicate))
            })
    }
}

/// Returns whether `predicate` is true for a type or, if the type is a collection, for the type of its items.
fn contains_type(ty: &TypeRef, predicate: fn(&TypeRef) -> bool) -> bool {
    match ty {
        TypeRef::Nullable(inner) | TypeRef::Array(inner) | TypeRef::Map(inner) => contains_type(inner, predicate),
        TypeRef::Tuple(items) => items.iter().any(|item| contains_type(item, predicate)),
        ty => predicate(ty),
    }
}
