//! Groups types into modules: a type together with the types that only it uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::Analysis;
use crate::ir::{Api, ResponseBody, Shape, TypeId, TypeRef, contained_types};

/// Returns the type that names the module of each type, by its index in the arena.
///
/// A page is in the module of its item type. A type that only one other type contains, and that is not a response, is in the
/// module of that one. All others have modules of their own.
pub fn heads(api: &Api, analysis: &Analysis) -> Vec<TypeId> {
    let named = |ty: &TypeRef| if let TypeRef::Named(id) = ty { Some(*id) } else { None };
    let mut answers = BTreeSet::new();
    let mut pages = BTreeMap::new();
    for (_, operation) in api.operations.iter() {
        let answer = if let ResponseBody::Json(ty) = operation.response_body() { named(ty) } else { None };
        let item = operation.paging.as_ref().and_then(|paging| named(&paging.item));
        match (answer, item) {
            (Some(page), Some(item)) => {
                pages.insert(page, item);
                answers.insert(item);
            }
            (answer, _) => answers.extend(answer),
        }
    }
    let mut holders: Vec<BTreeSet<TypeId>> = vec![BTreeSet::new(); api.types.len()];
    for (id, _) in api.types.iter().filter(|(id, _)| analysis.facts(*id).is_used && !pages.contains_key(id)) {
        for part in contained_types(api, id).into_iter().flat_map(TypeRef::named_types) {
            if part != id {
                holders[part.index()].insert(id);
            }
        }
    }
    let above = |id: TypeId| match (pages.get(&id), holders[id.index()].first()) {
        (Some(item), _) => Some(*item),
        (None, Some(only)) if holders[id.index()].len() == 1 && !answers.contains(&id) => Some(*only),
        _ => None,
    };
    let above = |id: TypeId| above(id).filter(|next| !matches!(api.types[*next].shape, Shape::Alias(_)));
    let mut heads: Vec<Option<TypeId>> = vec![None; api.types.len()];
    for (id, _) in api.types.iter() {
        let (mut way, mut seen, mut at) = (Vec::new(), BTreeSet::new(), id);
        // Types that contain only each other have no such type, and neither have those that lead to them.
        let head = loop {
            match (heads[at.index()], above(at)) {
                (Some(head), next) => break Some(head).filter(|head| *head != at || next.is_none()),
                (None, None) => {
                    way.push(at);
                    break Some(at);
                }
                (None, Some(_)) if !seen.insert(at) => break None,
                (None, Some(next)) => {
                    way.push(at);
                    at = next;
                }
            }
        };
        way.into_iter().for_each(|id| heads[id.index()] = Some(head.unwrap_or(id)));
    }
    api.types.iter().map(|(id, _)| heads[id.index()].unwrap_or(id)).collect()
}
