//! The crates whose types stand in the API of the generated crate, and which it therefore re-exports.

use crate::emit::Context;
use crate::ir::{TypeRef, contained_types};

impl Context<'_> {
    /// The names of these crates. The runtime has `http` and `reqwest` in its own API.
    pub fn reexports(&self) -> Vec<&'static str> {
        let is_date = |ty: &TypeRef| matches!(ty, TypeRef::DateTime | TypeRef::Date);
        let is_json = |ty: &TypeRef| matches!(ty, TypeRef::Json);
        let candidates =
            [("chrono", self.uses(is_date)), ("http", true), ("reqwest", true), ("serde_json", self.uses(is_json))];
        candidates.into_iter().filter(|(_, used)| *used).map(|(name, _)| name).collect()
    }

    /// Whether a model, a parameter, a response or one of its headers has such a type in it.
    fn uses(&self, such: fn(&TypeRef) -> bool) -> bool {
        let models = self.api.types.iter().filter(|(id, _)| self.analysis.facts(*id).is_used);
        let mut models = models.flat_map(|(id, _)| contained_types(self.api, id));
        let mut operations = self.api.operations.iter().map(|(_, operation)| operation);
        models.any(|ty| has(ty, such))
            || operations.any(|operation| {
                let headers = operation.responses.iter().flat_map(|response| &response.headers);
                let mut bodies = operation.possible_response_bodies().flat_map(|answer| answer.types());
                operation
                    .params
                    .iter()
                    .map(|param| &param.ty)
                    .chain(headers.map(|header| &header.ty))
                    .any(|ty| has(ty, such))
                    || bodies.any(|ty| has(ty, such))
            })
    }
}

/// Whether a type, or what it is a collection of, is such.
fn has(ty: &TypeRef, such: fn(&TypeRef) -> bool) -> bool {
    match ty {
        TypeRef::Nullable(inner) | TypeRef::Array(inner) | TypeRef::Map(inner) => has(inner, such),
        TypeRef::Tuple(items) => items.iter().any(|item| has(item, such)),
        ty => such(ty),
    }
}
