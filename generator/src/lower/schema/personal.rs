//! Marks the types, properties and parameters that contain personal data.

use crate::ir::{Api, OperationId, Shape, TypeId, TypeRef, containing_types};

/// Marks everything that contains a type with personal data as personal data. For an object, marks the properties
/// instead of the type.
pub(crate) fn mark_containing_types(api: &mut Api) {
    let ids: Vec<TypeId> = api.types.iter().map(|(id, _)| id).collect();
    let is_record = |id: &TypeId| matches!(api.types[*id].shape, Shape::Record(_));
    let (records, non_records): (Vec<TypeId>, Vec<TypeId>) = ids.into_iter().partition(is_record);
    let marked_types = non_records.iter().copied().filter(|id| api.types[*id].is_personal);
    let personal_types = containing_types(api, non_records.iter().copied(), marked_types);
    for id in &personal_types {
        api.types[*id].is_personal = true;
    }
    let is_personal = |ty: &TypeRef| ty.named_types().any(|id| personal_types.contains(&id));
    for id in records {
        if let Shape::Record(record) = &mut api.types[id].shape {
            record.fields.iter_mut().for_each(|field| {
                field.is_personal |= [&field.ty].into_iter().chain(&field.content).any(is_personal);
            });
        }
    }
    let operations: Vec<OperationId> = api.operations.iter().map(|(id, _)| id).collect();
    for id in operations {
        api.operations[id].params.iter_mut().for_each(|param| {
            param.is_personal |= [&param.ty].into_iter().chain(&param.content).any(is_personal);
        });
    }
}
