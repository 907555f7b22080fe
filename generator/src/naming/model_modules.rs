//! Groups types into modules. A module contains a type, and the types that only this type uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::Analysis;
use crate::ir::{Api, ResponseBody, Shape, TypeId, TypeRef, contained_types};

/// Returns the owner of each type, by the index of the type in the arena. The module of a type is named after its
/// owner.
///
/// A page is in the module of its item type. A type that only one other type contains, and that is not a response, is
/// in the module of that type. All other types have modules of their own.
pub fn module_owners(api: &Api, analysis: &Analysis) -> Vec<TypeId> {
    let parents = parents(api, analysis);
    let mut owners: Vec<Option<TypeId>> = vec![None; api.types.len()];
    for (id, _) in api.types.iter() {
        let (mut path, mut on_path, mut current) = (Vec::new(), BTreeSet::new(), id);
        // Types that contain each other in a cycle have no owner outside of the cycle. Each of them, and each type that
        // leads to the cycle, has a module of its own.
        let owner = loop {
            match (owners[current.index()], parents[current.index()]) {
                (Some(owner), parent) => break Some(owner).filter(|owner| *owner != current || parent.is_none()),
                (None, None) => {
                    path.push(current);
                    break Some(current);
                }
                (None, Some(_)) if !on_path.insert(current) => break None,
                (None, Some(parent)) => {
                    path.push(current);
                    current = parent;
                }
            }
        };
        path.into_iter().for_each(|id| owners[id.index()] = Some(owner.unwrap_or(id)));
    }
    api.types.iter().map(|(id, _)| owners[id.index()].unwrap_or(id)).collect()
}

/// Returns, for each type, the type whose module it belongs to, if that is not its own.
fn parents(api: &Api, analysis: &Analysis) -> Vec<Option<TypeId>> {
    let named = |ty: &TypeRef| if let TypeRef::Named(id) = ty { Some(*id) } else { None };
    let mut responses = BTreeSet::new();
    let mut item_of_page = BTreeMap::new();
    for (_, operation) in api.operations.iter() {
        let response = if let ResponseBody::Json(ty) = operation.response_body() { named(ty) } else { None };
        let item = operation.paging.as_ref().and_then(|paging| named(&paging.item));
        match (response, item) {
            (Some(page), Some(item)) => {
                item_of_page.insert(page, item);
                responses.insert(item);
            }
            (response, _) => responses.extend(response),
        }
    }
    let mut containers: Vec<BTreeSet<TypeId>> = vec![BTreeSet::new(); api.types.len()];
    for (id, _) in api.types.iter().filter(|(id, _)| analysis.facts(*id).is_used && !item_of_page.contains_key(id)) {
        for contained in contained_types(api, id).into_iter().flat_map(TypeRef::named_types) {
            if contained != id {
                containers[contained.index()].insert(id);
            }
        }
    }
    let parent = |id: TypeId| match (item_of_page.get(&id), containers[id.index()].first()) {
        (Some(item), _) => Some(*item),
        (None, Some(only)) if containers[id.index()].len() == 1 && !responses.contains(&id) => Some(*only),
        _ => None,
    };
    let is_alias = |id: TypeId| matches!(api.types[id].shape, Shape::Alias(_));
    api.types.iter().map(|(id, _)| parent(id).filter(|parent| !is_alias(*parent))).collect()
}
