//! Marks types that contain personal data as personal.

use std::collections::{BTreeSet, HashMap};

use crate::ir::{Api, OperationId, Shape, TypeId, TypeRef, contained_types};

/// Marks the types, properties and parameters that contain a personal type. An object is not marked, because each of its
/// properties is marked.
pub(crate) fn spread(api: &mut Api) {
    let ids: Vec<TypeId> = api.types.iter().map(|(id, _)| id).collect();
    let is_record = |id: &TypeId| matches!(api.types[*id].shape, Shape::Record(_));
    let (records, others): (Vec<TypeId>, Vec<TypeId>) = ids.into_iter().partition(is_record);
    let mut holders: HashMap<TypeId, Vec<TypeId>> = HashMap::new();
    for id in &others {
        for part in contained_types(api, *id).into_iter().flat_map(TypeRef::named_types) {
            holders.entry(part).or_default().push(*id);
        }
    }
    let mut open: Vec<TypeId> = others.into_iter().filter(|id| api.types[*id].pii).collect();
    let mut personal = BTreeSet::new();
    while let Some(id) = open.pop() {
        if personal.insert(id) {
            api.types[id].pii = true;
            open.extend(holders.get(&id).into_iter().flatten());
        }
    }
    let marked = |ty: &TypeRef| ty.named_types().any(|id| personal.contains(&id));
    for id in records {
        if let Shape::Record(record) = &mut api.types[id].shape {
            record.fields.iter_mut().for_each(|field| field.pii |= marked(&field.ty));
        }
    }
    let operations: Vec<OperationId> = api.operations.iter().map(|(id, _)| id).collect();
    for id in operations {
        api.operations[id].params.iter_mut().for_each(|param| param.pii |= marked(&param.ty));
    }
}
