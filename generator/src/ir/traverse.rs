//! Finds the types that a type contains, the types that contain a type, and the targets of aliases.

use std::collections::{BTreeSet, HashMap};

use crate::ir::{Api, Arena, Field, Shape, TypeDef, TypeId, TypeRef};

/// Returns the types that a type contains directly, including the types of the JSON in its strings.
pub fn contained_types(api: &Api, id: TypeId) -> Vec<&TypeRef> {
    contained_types_without(api, id, |_| false)
}

/// Returns the types that a type contains directly, as [`contained_types`] does, without the types of some properties.
fn contained_types_without(api: &Api, id: TypeId, is_left_out: impl Fn(&Field) -> bool) -> Vec<&TypeRef> {
    match &api.types[id].shape {
        Shape::Record(record) => {
            let fields = record.fields.iter().filter(|field| !is_left_out(field));
            let fields = fields.flat_map(|field| [&field.ty].into_iter().chain(&field.content));
            fields.chain(&record.additional).collect()
        }
        Shape::Alias(ty) | Shape::Wrapper(ty) => vec![ty],
        Shape::Union(union) => union.variants.iter().map(|variant| &variant.ty).collect(),
        Shape::ValueEnum(values) => vec![&values.ty],
        Shape::Newtype(_) | Shape::StringEnum(_) => Vec::new(),
    }
}

/// Returns the named types in `types`, and all named types inside them at any depth.
pub fn reachable_types<'t>(api: &Api, types: impl Iterator<Item = &'t TypeRef>) -> BTreeSet<TypeId> {
    reachable_types_without(api, types, |_| false)
}

/// Returns the named types in `types` and inside them, as [`reachable_types`] does, without the types of some properties.
pub fn reachable_types_without<'t>(
    api: &Api,
    types: impl Iterator<Item = &'t TypeRef>,
    is_left_out: impl Fn(&Field) -> bool,
) -> BTreeSet<TypeId> {
    let mut pending: Vec<TypeId> = types.flat_map(TypeRef::named_types).collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if reached.insert(id) {
            let contained = contained_types_without(api, id, &is_left_out);
            pending.extend(contained.into_iter().flat_map(TypeRef::named_types));
        }
    }
    reached
}

/// Returns the types in `start`, and the types in `candidates` that contain a type in `start` at any depth.
pub fn containing_types(
    api: &Api,
    candidates: impl Iterator<Item = TypeId>,
    start: impl Iterator<Item = TypeId>,
) -> BTreeSet<TypeId> {
    let mut containers: HashMap<TypeId, Vec<TypeId>> = HashMap::new();
    for id in candidates {
        for contained in contained_types(api, id).into_iter().flat_map(TypeRef::named_types) {
            containers.entry(contained).or_default().push(id);
        }
    }
    let mut pending: Vec<TypeId> = start.collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if reached.insert(id) {
            pending.extend(containers.get(&id).into_iter().flatten());
        }
    }
    reached
}

/// Returns the target of an alias, or the type itself if it is not an alias. Stops in a cycle of aliases.
pub fn resolve_alias<'t>(types: &'t Arena<TypeDef>, mut ty: &'t TypeRef) -> &'t TypeRef {
    for _ in 0..types.len() {
        let TypeRef::Named(id) = ty else { break };
        let Shape::Alias(target) = &types[*id].shape else { break };
        ty = target;
    }
    ty
}
