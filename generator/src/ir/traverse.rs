//! Visits the types that a type contains, directly or at any depth.

use std::collections::BTreeSet;

use crate::ir::{Api, Shape, TypeId, TypeRef};

/// Returns the types that a type contains directly.
pub fn contained_types(api: &Api, id: TypeId) -> Vec<&TypeRef> {
    match &api.types[id].shape {
        Shape::Record(record) => record.fields.iter().map(|field| &field.ty).chain(&record.additional).collect(),
        Shape::Alias(ty) | Shape::Wrapper(ty) => vec![ty],
        Shape::Union(union) => union.variants.iter().map(|variant| &variant.ty).collect(),
        Shape::ValueEnum(values) => vec![&values.ty],
        Shape::Newtype(_) | Shape::StringEnum(_) => Vec::new(),
    }
}

/// Returns the given named types and all that they contain, at any depth.
pub fn reachable_types<'t>(api: &Api, types: impl Iterator<Item = &'t TypeRef>) -> BTreeSet<TypeId> {
    let mut pending: Vec<TypeId> = types.flat_map(TypeRef::named_types).collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if reached.insert(id) {
            pending.extend(contained_types(api, id).into_iter().flat_map(TypeRef::named_types));
        }
    }
    reached
}
