//! Visits the types that a type consists of, one level or all levels deep.

use std::collections::BTreeSet;

use crate::ir::{Api, Shape, TypeId, TypeRef};

/// The types that a type is made of.
pub fn parts(api: &Api, id: TypeId) -> Vec<&TypeRef> {
    match &api.types[id].shape {
        Shape::Record(record) => record.fields.iter().map(|field| &field.ty).chain(&record.additional).collect(),
        Shape::Alias(ty) | Shape::Wrapper(ty) => vec![ty],
        Shape::Union(union) => union.variants.iter().map(|variant| &variant.ty).collect(),
        Shape::ValueEnum(values) => vec![&values.ty],
        Shape::Newtype(_) | Shape::StringEnum(_) => Vec::new(),
    }
}

/// Every type that values of these are made of.
pub fn reach<'t>(api: &Api, types: impl Iterator<Item = &'t TypeRef>) -> BTreeSet<TypeId> {
    let mut open: Vec<TypeId> = types.flat_map(TypeRef::named_types).collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            open.extend(parts(api, id).into_iter().flat_map(TypeRef::named_types));
        }
    }
    reached
}
