//! Splits types by use: request types have no read-only properties, response types no write-only properties. A type
//! that is used for both becomes two types if they differ.

use std::collections::{BTreeSet, HashMap};

use crate::ir::{Api, Field, Shape, TypeDef, TypeId, TypeRef, contained_types, reachable_types};

/// Splits the types of an API. Where a type that is both sent and received requires what only one side has, or holds
/// such a type, requests get one of their own; the other keeps its place.
pub(crate) fn split(api: &mut Api) {
    let operations = || api.operations.iter().map(|(_, operation)| operation);
    let whole = operations().flat_map(|operation| &operation.params).filter(|param| param.is_structured());
    let sent = reachable_types(api, whole.map(|param| &param.ty));
    let answers = operations().flat_map(|operation| &operation.responses);
    let plain = operations().flat_map(|operation| &operation.params).filter(|param| !param.is_structured());
    let carried = answers.flat_map(|answer| answer.body.iter().chain(answer.headers.iter().map(|header| &header.ty)));
    let received = reachable_types(api, carried.chain(plain.map(|param| &param.ty)));
    let both: BTreeSet<TypeId> = sent.intersection(&received).copied().collect();
    let twofold = twofold(api, &both);
    let mut halves: HashMap<TypeId, TypeId> = HashMap::new();
    for id in &twofold {
        let half = half(&api.types[*id]);
        halves.insert(*id, api.types.push(half));
    }
    let sent_alone = sent.difference(&both).chain(halves.values());
    for id in sent_alone.copied().collect::<BTreeSet<_>>() {
        let def = &mut api.types[id];
        each_part(&mut def.shape, &mut |ty| lead(ty, &halves));
        keep(def, |field| !field.read_only);
    }
    for id in received.difference(&both).chain(&twofold) {
        keep(&mut api.types[*id], |field| !field.write_only);
    }
    let ids: Vec<_> = api.operations.iter().map(|(id, _)| id).collect();
    for id in ids {
        let params = api.operations[id].params.iter_mut();
        params.filter(|param| param.is_structured()).for_each(|param| lead(&mut param.ty, &halves));
    }
}

/// The types that cannot be the same on both sides: those that require what only one has, and those that hold such.
fn twofold(api: &Api, both: &BTreeSet<TypeId>) -> BTreeSet<TypeId> {
    let one_sided = |field: &Field| field.required && (field.read_only || field.write_only);
    let own = |id: &TypeId| match &api.types[*id].shape {
        Shape::Record(record) => record.fields.iter().any(one_sided),
        _ => false,
    };
    let mut holders: HashMap<TypeId, Vec<TypeId>> = HashMap::new();
    for id in both {
        for part in contained_types(api, *id).into_iter().flat_map(TypeRef::named_types) {
            holders.entry(part).or_default().push(*id);
        }
    }
    let mut open: Vec<TypeId> = both.iter().copied().filter(own).collect();
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(holders.get(&id).into_iter().flatten());
        }
    }
    found
}

/// Returns the request type of a type.
fn half(def: &TypeDef) -> TypeDef {
    let mut name = def.name.clone();
    name.insert(name.len().min(1), "input".to_owned());
    TypeDef { name, is_request_type: true, ..def.clone() }
}

fn each_part(shape: &mut Shape, change: &mut impl FnMut(&mut TypeRef)) {
    match shape {
        Shape::Record(record) => {
            record.fields.iter_mut().map(|field| &mut field.ty).chain(&mut record.additional).for_each(change);
        }
        Shape::Union(union) => union.variants.iter_mut().for_each(|choice| change(&mut choice.ty)),
        Shape::Wrapper(ty) | Shape::Alias(ty) => change(ty),
        Shape::StringEnum(_) | Shape::ValueEnum(_) | Shape::Newtype(_) => {}
    }
}

fn lead(ty: &mut TypeRef, halves: &HashMap<TypeId, TypeId>) {
    match ty {
        TypeRef::Named(id) => *id = halves.get(id).copied().unwrap_or(*id),
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => lead(inner, halves),
        TypeRef::Tuple(items) => items.iter_mut().for_each(|item| lead(item, halves)),
        _ => {}
    }
}

fn keep(def: &mut TypeDef, wanted: impl FnMut(&Field) -> bool) {
    if let Shape::Record(record) = &mut def.shape {
        record.fields.retain(wanted);
    }
}
