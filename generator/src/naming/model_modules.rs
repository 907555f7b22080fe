//! Groups types into modules. A module contains a type, and the types that only this type uses.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::Analysis;
use crate::ir::{Api, ResponseBody, Shape, TypeId, TypeRef, contained_types};

/// The maximum estimated number of lines of a module. A file with more than one type then has at most 1,000 lines, even if the
/// estimate is too low by a tenth.
const MAX_LINES: usize = 900;

/// How the types are grouped into modules.
pub struct Modules {
    /// The type that the module of each type is named after, by the index of the type in the arena.
    pub owners: Vec<TypeId>,
    /// The type in whose module each type is, if that is not its own.
    parents: Vec<Option<TypeId>>,
}

/// Groups the types into modules.
///
/// A page is in the module of its item type. A type that is contained in only one other type, and that is not a
/// response, is in the module of that one. All others have modules of their own.
pub fn module_owners(api: &Api, analysis: &Analysis) -> Modules {
    let mut parents = parents(api, analysis);
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
    let owners: Vec<TypeId> = api.types.iter().map(|(id, _)| owners[id.index()].unwrap_or(id)).collect();
    for (id, _) in api.types.iter() {
        // A type with a module of its own is not in the module of another type, so it has no parent. This also breaks
        // cycles of parents.
        parents[id.index()].take_if(|_| owners[id.index()] == id);
    }
    Modules { owners, parents }
}

impl Modules {
    /// Moves types out of modules that are too long, with the types that are in their modules because of them. `modules` has the
    /// module of each type, `lines` its number of lines, and `own_modules` the module that it gets if it is moved.
    ///
    /// Returns whether each type is moved by itself, and so names a module.
    pub fn split(&self, modules: &mut [String], lines: &[usize], own_modules: &[String]) -> Vec<bool> {
        let parent = |index: usize| {
            let parent = self.parents[index]?.index();
            (modules[parent] == modules[index]).then_some(parent)
        };
        let parents: Vec<Option<usize>> = (0..modules.len()).map(parent).collect();
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); modules.len()];
        let mut roots: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, parent) in parents.iter().enumerate() {
            match parent {
                Some(parent) => children[*parent].push(index),
                None => roots.entry(&modules[index]).or_default().push(index),
            }
        }
        // Types come after their parents in this order.
        let mut order: Vec<usize> = roots.values().flatten().copied().collect();
        let mut next = 0;
        while let Some(index) = order.get(next) {
            order.extend(&children[*index]);
            next += 1;
        }
        let (mut is_moved, mut total_lines) = (vec![false; modules.len()], lines.to_vec());
        for index in order.iter().rev() {
            let of_children = move_longest(&children[*index], lines[*index], &total_lines, &mut is_moved, |_| true);
            total_lines[*index] = of_children;
        }
        // A moved type may be alone in its module, or join types whose names begin with its name.
        let mut moved_lines: BTreeMap<&str, usize> = BTreeMap::new();
        for index in order.iter().copied().filter(|index| is_moved[*index]) {
            *moved_lines.entry(&own_modules[index]).or_default() += total_lines[index];
        }
        for (module, types) in &roots {
            let joining = moved_lines.get(module).copied().unwrap_or_default();
            move_longest(types, joining, &total_lines, &mut is_moved, |index| own_modules[index] != *module);
        }
        for index in order {
            if is_moved[index] {
                modules[index].clone_from(&own_modules[index]);
            } else if let Some(parent) = parents[index] {
                modules[index] = modules[parent].clone();
            }
        }
        is_moved
    }
}

/// Moves the longest of some types until the others, together with `lines` other lines, fit into a module. Returns the number of
/// lines that remain.
fn move_longest(
    types: &[usize],
    lines: usize,
    total_lines: &[usize],
    is_moved: &mut [bool],
    can_move: impl Fn(usize) -> bool,
) -> usize {
    let mut remaining = lines + types.iter().map(|index| total_lines[*index]).sum::<usize>();
    let mut types: Vec<usize> = types.iter().copied().filter(|index| can_move(*index)).collect();
    types.sort_by_key(|index| Reverse(total_lines[*index]));
    for index in types {
        if remaining <= MAX_LINES {
            break;
        }
        is_moved[index] = true;
        remaining -= total_lines[index];
    }
    remaining
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
