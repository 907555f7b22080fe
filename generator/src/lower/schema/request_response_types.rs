//! Removes read-only properties from request types, and write-only properties from response types.
//!
//! A type that requests and responses share keeps these properties if they are optional. If one of them is required,
//! the type is split into a request type and a response type.

use std::collections::{BTreeSet, HashMap};

use crate::ir::{Api, Field, Param, Shape, TypeDef, TypeId, TypeRef, containing_types, reachable_types};

/// Removes the properties that a request or a response never has, and splits types where necessary. When a type is
/// split, the response type keeps its ID, and the request type is new.
pub(crate) fn split_types(api: &mut Api) {
    let params = || api.operations.iter().flat_map(|(_, operation)| &operation.params);
    let responses = api.operations.iter().flat_map(|(_, operation)| &operation.responses);
    let request_types = reachable_types(api, params().flat_map(Param::json_types));
    let response_roots = responses.flat_map(|response| {
        let alternatives = response.alternatives.iter().map(|alternative| &alternative.ty);
        response.body.iter().chain(alternatives).chain(response.headers.iter().map(|header| &header.ty))
    });
    // The type of an unstructured parameter has no properties, so it is never split. It is added to the response types,
    // because it would otherwise count as a type that only requests use.
    let other_params = params().filter(|param| !param.is_structured()).map(|param| &param.ty);
    // The program receives the payloads of webhooks and sends the responses to them.
    let request_types: BTreeSet<TypeId> =
        request_types.union(&reachable_types(api, api.reply_types())).copied().collect();
    let payload_types = api.payload_types();
    let response_types = reachable_types(api, response_roots.chain(other_params).chain(payload_types));
    let shared_types: BTreeSet<TypeId> = request_types.intersection(&response_types).copied().collect();
    let types_to_split = types_to_split(api, &shared_types);
    let mut new_request_types: HashMap<TypeId, TypeId> = HashMap::new();
    for id in &types_to_split {
        let request_type = request_type(&api.types[*id]);
        new_request_types.insert(*id, api.types.push(request_type));
    }
    let request_only = request_types.difference(&shared_types).chain(new_request_types.values());
    for id in request_only.copied().collect::<BTreeSet<_>>() {
        let def = &mut api.types[id];
        for_each_type(&mut def.shape, &mut |ty| replace_types(ty, &new_request_types));
        retain_fields(def, |field| !field.read_only);
    }
    for id in response_types.difference(&shared_types).chain(&types_to_split) {
        retain_fields(&mut api.types[*id], |field| !field.write_only);
    }
    let operation_ids: Vec<_> = api.operations.iter().map(|(id, _)| id).collect();
    for id in operation_ids {
        for param in &mut api.operations[id].params {
            if param.is_structured() {
                replace_types(&mut param.ty, &new_request_types);
            }
            param.content.iter_mut().for_each(|ty| replace_types(ty, &new_request_types));
        }
    }
    let webhooks = api.webhooks.iter_mut().flat_map(|group| &mut group.events);
    let replies = webhooks.flat_map(|webhook| &mut webhook.responses);
    replies.flat_map(|reply| &mut reply.body).for_each(|ty| replace_types(ty, &new_request_types));
}

/// Returns the types that requests and responses cannot share. These are types with a required property that is
/// read-only or write-only, and types that contain such a type.
fn types_to_split(api: &Api, shared_types: &BTreeSet<TypeId>) -> BTreeSet<TypeId> {
    let is_one_way = |field: &Field| field.required && (field.read_only || field.write_only);
    let has_one_way_field = |id: &TypeId| match &api.types[*id].shape {
        Shape::Record(record) => record.fields.iter().any(is_one_way),
        _ => false,
    };
    let start = shared_types.iter().copied().filter(has_one_way_field);
    containing_types(api, shared_types.iter().copied(), start)
}

/// Returns a copy of a type for requests.
fn request_type(def: &TypeDef) -> TypeDef {
    let mut name = def.name.clone();
    name.insert(name.len().min(1), "input".to_owned());
    TypeDef { name, is_request_type: true, ..def.clone() }
}

/// Calls `change` for each type that a type contains directly.
fn for_each_type(shape: &mut Shape, change: &mut impl FnMut(&mut TypeRef)) {
    match shape {
        Shape::Record(record) => {
            let fields = record.fields.iter_mut();
            let fields = fields.flat_map(|field| [&mut field.ty].into_iter().chain(&mut field.content));
            fields.chain(&mut record.additional).for_each(change);
        }
        Shape::Union(union) => union.variants.iter_mut().for_each(|variant| change(&mut variant.ty)),
        Shape::Wrapper(ty) | Shape::Alias(ty) => change(ty),
        Shape::StringEnum(_) | Shape::ValueEnum(_) | Shape::Newtype(_) => {}
    }
}

/// Replaces the named types in a type.
fn replace_types(ty: &mut TypeRef, replacements: &HashMap<TypeId, TypeId>) {
    match ty {
        TypeRef::Named(id) => *id = replacements.get(id).copied().unwrap_or(*id),
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => replace_types(inner, replacements),
        TypeRef::Tuple(items) => items.iter_mut().for_each(|item| replace_types(item, replacements)),
        _ => {}
    }
}

/// Removes the properties of an object for which `is_retained` returns `false`.
fn retain_fields(def: &mut TypeDef, is_retained: impl FnMut(&Field) -> bool) {
    if let Shape::Record(record) = &mut def.shape {
        record.fields.retain(is_retained);
    }
}
