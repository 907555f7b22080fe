//! Groups types into modules. A module contains a type, and the types that only this type contains.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::Analysis;
use crate::ir::{Api, ResponseBody, Shape, TypeId, TypeRef, contained_types};

/// The maximum estimated number of lines of a module with several types. The real number is then at most 1,000, even if
/// the estimate is 10 percent too low.
const MAX_LINES: usize = 900;

/// The module that each type belongs to.
pub struct Modules {
    /// The owner of the module of each type, by the index of the type in the arena. A module has the name of its owner.
    pub owners: Vec<TypeId>,
    /// The type that contains each type, if both are in the same module.
    parents: Vec<Option<TypeId>>,
}

/// Groups the types into modules.
///
/// A page is in the module of its item type. If only one type contains a type that is not a response, both types are in
/// the same module. Each remaining type has a separate module.
pub fn module_owners(api: &Api, analysis: &Analysis) -> Modules {
    let mut parents = parents(api, analysis);
    let mut owners: Vec<Option<TypeId>> = vec![None; api.types.len()];
    for (id, _) in api.types.iter() {
        let (mut path, mut on_path, mut current) = (Vec::new(), BTreeSet::new(), id);
        // Types in a cycle, in which each type contains the next, have no common owner. Each type in the cycle, and
        // each type whose containers lead to the cycle, has a separate module.
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
        // The owner of a module is not in the module of its parent, so it has no parent here. This also breaks cycles
        // of parents.
        parents[id.index()].take_if(|_| owners[id.index()] == id);
    }
    Modules { owners, parents }
}

impl Modules {
    /// Moves types out of modules that are too long. The types that a moved type contains move with it. `modules` has
    /// the module of each type, `lines` has the number of lines of each type, and `separate_modules` has the module
    /// that each type gets when it is moved.
    ///
    /// Returns a flag for each type. The flag is `true` if the type is moved and is the owner of its new module.
    pub fn split(&self, modules: &mut [String], lines: &[usize], separate_modules: &[String]) -> Vec<bool> {
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
            let remaining_lines = move_longest(&children[*index], lines[*index], &total_lines, &mut is_moved, |_| true);
            total_lines[*index] = remaining_lines;
        }
        // The new module of a moved type may already contain types whose names begin with the name of the moved type,
        // so that module may become too long.
        let mut moved_lines: BTreeMap<&str, usize> = BTreeMap::new();
        for index in order.iter().copied().filter(|index| is_moved[*index]) {
            *moved_lines.entry(&separate_modules[index]).or_default() += total_lines[index];
        }
        for (module, types) in &roots {
            let lines_moved_here = moved_lines.get(module).copied().unwrap_or_default();
            move_longest(types, lines_moved_here, &total_lines, &mut is_moved, |index| {
                separate_modules[index] != *module
            });
        }
        for index in order {
            if is_moved[index] {
                modules[index].clone_from(&separate_modules[index]);
            } else if let Some(parent) = parents[index] {
                modules[index] = modules[parent].clone();
            }
        }
        is_moved
    }
}

/// Moves the longest types out of a module until the remaining types and `lines` other lines fit into the module.
/// Returns the number of lines that remain.
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

/// Returns the parent of each type. A type is in the module of its parent.
fn parents(api: &Api, analysis: &Analysis) -> Vec<Option<TypeId>> {
    let named_type = |ty: &TypeRef| if let TypeRef::Named(id) = ty { Some(*id) } else { None };
    let mut responses = BTreeSet::new();
    let mut item_of_page = BTreeMap::new();
    for (_, operation) in api.operations.iter() {
        let response = if let ResponseBody::Json(ty) = operation.response_body() { named_type(ty) } else { None };
        let item = operation.paging.as_ref().and_then(|paging| named_type(&paging.item));
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
        (None, Some(only_container)) if containers[id.index()].len() == 1 && !responses.contains(&id) => {
            Some(*only_container)
        }
        _ => None,
    };
    let is_alias = |id: TypeId| matches!(api.types[id].shape, Shape::Alias(_));
    api.types.iter().map(|(id, _)| parent(id).filter(|parent| !is_alias(*parent))).collect()
}
