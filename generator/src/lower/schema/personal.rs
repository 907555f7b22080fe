//! Marks the types, properties and parameters that contain personal data.

use std::collections::{BTreeSet, HashMap};

use crate::ir::{Api, OperationId, Shape, TypeId, TypeRef, contained_types};

/// Marks everything that contains a type which the document marks as personal. For an object, the properties are marked
/// instead of the type.
pub(crate) fn mark_containing_types(api: &mut Api) {
    let ids: Vec<TypeId> = api.types.iter().map(|(id, _)| id).collect();
    let is_record = |id: &TypeId| matches!(api.types[*id].shape, Shape::Record(_));
    let (records, others): (Vec<TypeId>, Vec<TypeId>) = ids.into_iter().partition(is_record);
    let mut containing_types: HashMap<TypeId, Vec<TypeId>> = HashMap::new();
    for id in &others {
        for part in contained_types(api, *id).into_iter().flat_map(TypeRef::named_types) {
            containing_types.entry(part).or_default().push(*id);
        }
    }
    let mut unmarked: Vec<TypeId> = others.into_iter().filter(|id| api.types[*id].pii).collect();
    let mut personal = BTreeSet::new();
    while let Some(id) = unmarked.pop() {
        if personal.insert(id) {
            api.types[id].pii = true;
            unmarked.extend(containing_types.get(&id).into_iter().flatten());
        }
    }
    let is_personal = |ty: &TypeRef| ty.named_types().any(|id| personal.contains(&id));
    for id in records {
        if let Shape::Record(record) = &mut api.types[id].shape {
            record.fields.iter_mut().for_each(|field| field.pii |= is_personal(&field.ty));
        }
    }
    let operations: Vec<OperationId> = api.operations.iter().map(|(id, _)| id).collect();
    for id in operations {
        api.operations[id].params.iter_mut().for_each(|param| param.pii |= is_personal(&param.ty));
    }
}
