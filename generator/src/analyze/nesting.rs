//! Limits how deeply generated types are nested, so that the compiler can check them.
//!
//! To find out whether a type is `Send`, the compiler goes through the types of its fields, and those of their fields, and
//! gives up after 128 steps; and a type is as large as all that it holds without a pointer between. Both grow with the
//! number of types in a row, and the second doubles where a type holds another twice. So where types are held too deep,
//! the field at fault holds its value behind a pointer that the compiler does not look through (`Nested`); where they
//! are too large, behind a `Box`. What remains is the code that reads and writes the types, which is instantiated for one in
//! another; that happens in the crate itself, which raises its limit accordingly.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::ir::{Api, Shape, TypeId, TypeRef, cycles, parts};

/// The maximum number of compiler steps through the types of an API. Code that uses them needs some steps too.
const DEEPEST: usize = 80;

/// The maximum number of fields of a type without a pointer between, including those of contained types.
const LARGEST: usize = 1_000;

/// The number of compiler steps through a pointer.
const POINTER: usize = 4;

/// A contained type: its index in the arena, and the number of compiler steps to it.
type Edge = (usize, usize);

/// The types that contain another one behind an opaque pointer: the owner, and the contained type.
pub(super) fn nested(api: &Api, boxed: &HashSet<(TypeId, TypeId)>) -> HashSet<(TypeId, TypeId)> {
    let ids: Vec<TypeId> = api.types.iter().map(|(id, _)| id).collect();
    let edges: Vec<Vec<Edge>> = ids.iter().map(|id| edges(api, *id, boxed)).collect();
    let mut cut: HashSet<(usize, usize)> = HashSet::new();
    let components = components(&edges, &cut);
    let mut large: Vec<Option<usize>> = vec![None; ids.len()];
    for (index, component) in components.iter().enumerate() {
        if inside(component, &edges, &cut) > DEEPEST {
            component.iter().for_each(|node| large[*node] = Some(index));
        }
    }
    // In a large cycle of types, all back edges are opaque.
    let next = |node: usize| {
        let within = edges[node].iter().map(|(part, _)| *part);
        within.filter(|part| large[node].is_some() && large[*part] == large[node]).collect()
    };
    cycles(ids.len(), next, |way| {
        if let (Some(first), Some(last)) = (way.first(), way.last()) {
            cut.insert((*last, *first));
        }
    });
    // Contained types come before the types that contain them.
    let mut depth = vec![0; ids.len()];
    for component in self::components(&edges, &cut) {
        let own = inside(&component, &edges, &cut);
        let members: HashSet<usize> = component.iter().copied().collect();
        let mut below = 0;
        for node in &component {
            for (part, steps) in edges[*node].iter().filter(|(part, _)| !members.contains(part)) {
                if own + steps + depth[*part] > DEEPEST {
                    cut.insert((*node, *part));
                }
                below = below.max(if cut.contains(&(*node, *part)) { POINTER } else { steps + depth[*part] });
            }
        }
        component.iter().for_each(|node| depth[*node] = own + below);
    }
    cut.into_iter().map(|(owner, part)| (ids[owner], ids[part])).collect()
}

/// Returns the length of the longest chain of types that contain each other.
pub(super) fn longest(api: &Api) -> usize {
    let boxed = HashSet::new();
    let edges: Vec<Vec<Edge>> = api.types.iter().map(|(id, _)| edges(api, id, &boxed)).collect();
    let mut longest = vec![0; edges.len()];
    for component in components(&edges, &HashSet::new()) {
        let below = component.iter().flat_map(|node| &edges[*node]).map(|(part, _)| longest[*part]).max();
        let own = component.len() + below.unwrap_or_default();
        component.iter().for_each(|node| longest[*node] = own);
    }
    longest.into_iter().max().unwrap_or_default()
}

/// Adds the types that contain others which are too large to be contained without a pointer. There is no recursion left.
pub(super) fn large(api: &Api, held: impl Fn(TypeId) -> Vec<TypeId>, boxed: &mut HashSet<(TypeId, TypeId)>) {
    let ids: Vec<TypeId> = api.types.iter().map(|(id, _)| id).collect();
    let direct = |id: &TypeId| {
        held(*id).into_iter().filter(|part| !boxed.contains(&(*id, *part))).map(|part| (part.index(), 1)).collect()
    };
    let edges: Vec<Vec<Edge>> = ids.iter().map(direct).collect();
    let mut size = vec![0; ids.len()];
    for node in components(&edges, &HashSet::new()).into_iter().flatten() {
        let mut parts = edges[node].clone();
        // The largest types get a pointer first.
        parts.sort_by_key(|(part, _)| Reverse((size[*part], *part)));
        let mut total = parts.iter().map(|(part, _)| size[*part]).sum::<usize>() + self::parts(api, ids[node]).len();
        for (part, _) in parts {
            if total > LARGEST && size[part] > 1 && boxed.insert((ids[node], ids[part])) {
                let times = edges[node].iter().filter(|(other, _)| *other == part).count();
                total -= size[part] * times;
            }
        }
        size[node] = total.clamp(1, LARGEST * 2);
    }
}

/// Returns the types that a type contains, with aliases resolved.
pub(super) fn all_held(api: &Api, ty: &TypeRef) -> Vec<TypeId> {
    let mut found = Vec::new();
    steps(api, ty, 0, &mut |id, _| found.push(id));
    found
}

fn edges(api: &Api, owner: TypeId, boxed: &HashSet<(TypeId, TypeId)>) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut add = |ty: &TypeRef, before: usize| {
        steps(api, ty, before, &mut |part, steps| {
            let pointer = if boxed.contains(&(owner, part)) { POINTER } else { 0 };
            edges.push((part.index(), steps + pointer));
        });
    };
    match &api.types[owner].shape {
        // Aliases are resolved where they are used.
        Shape::Alias(_) | Shape::Newtype(_) | Shape::StringEnum(_) | Shape::ValueEnum(_) => {}
        Shape::Record(record) => {
            for field in &record.fields {
                add(&field.ty, 1 + usize::from(!field.required) + usize::from(field.nullable));
            }
            record.additional.iter().for_each(|ty| add(ty, 1 + MAP));
        }
        Shape::Union(union) => union.variants.iter().for_each(|variant| add(&variant.ty, 1 + POINTER)),
        Shape::Wrapper(ty) => add(ty, 1),
    }
    edges
}

/// The number of compiler steps through an array.
const LIST: usize = 4;

/// The number of compiler steps through a map.
const MAP: usize = 8;

fn steps(api: &Api, ty: &TypeRef, before: usize, found: &mut impl FnMut(TypeId, usize)) {
    match ty {
        TypeRef::Named(id) => match &api.types[*id].shape {
            Shape::Alias(ty) => steps(api, ty, before, found),
            _ => found(*id, before),
        },
        TypeRef::List(inner) => steps(api, inner, before + LIST, found),
        TypeRef::Map(inner) => steps(api, inner, before + MAP, found),
        TypeRef::Nullable(inner) => steps(api, inner, before + 1, found),
        TypeRef::Tuple(items) => items.iter().for_each(|item| steps(api, item, before + 1, found)),
        _ => {}
    }
}

/// The most steps that it takes to go through all types that lead back to each other: the compiler goes on from type to type
/// before it comes back to the other fields of one.
fn inside(component: &[usize], edges: &[Vec<Edge>], cut: &HashSet<(usize, usize)>) -> usize {
    let members: HashSet<usize> = component.iter().copied().collect();
    let longest = |node: &usize| {
        let within = edges[*node].iter().filter(|(part, _)| members.contains(part) && !cut.contains(&(*node, *part)));
        within.map(|(_, steps)| *steps).max().unwrap_or_default()
    };
    component.iter().map(longest).sum()
}

/// Returns the strongly connected components of the types, contained types first (Tarjan's algorithm).
fn components(edges: &[Vec<Edge>], cut: &HashSet<(usize, usize)>) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut found = Vec::new();
    let (mut number, mut lowest) = (vec![NEW; edges.len()], vec![NEW; edges.len()]);
    let mut waiting: Vec<usize> = Vec::new();
    let mut waits = vec![false; edges.len()];
    let mut count = 0;
    for start in 0..edges.len() {
        if number[start] != NEW {
            continue;
        }
        // The way to the node at hand, with the next edge of each.
        let mut way = vec![(start, 0)];
        while let Some((node, next)) = way.last_mut() {
            let node = *node;
            if *next == 0 {
                (number[node], lowest[node], waits[node]) = (count, count, true);
                count += 1;
                waiting.push(node);
            }
            let part = edges[node].get(*next).map(|(part, _)| *part);
            *next += 1;
            match part {
                Some(part) if cut.contains(&(node, part)) => {}
                Some(part) if number[part] == NEW => way.push((part, 0)),
                Some(part) if waits[part] => lowest[node] = lowest[node].min(number[part]),
                Some(_) => {}
                None => {
                    way.pop();
                    if let Some((above, _)) = way.last() {
                        lowest[*above] = lowest[*above].min(lowest[node]);
                    }
                    if lowest[node] == number[node] {
                        let first = waiting.iter().rposition(|one| *one == node).unwrap_or_default();
                        let component = waiting.split_off(first);
                        component.iter().for_each(|one| waits[*one] = false);
                        found.push(component);
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_back_to_itself_is_together_and_comes_after_what_it_leads_to() {
        let edges: Vec<Vec<Edge>> = vec![vec![(1, 1)], vec![(2, 1), (3, 1)], vec![(0, 1)], vec![(3, 1)], vec![(1, 1)]];
        assert_eq!(components(&edges, &HashSet::new()), [vec![3], vec![0, 1, 2], vec![4]]);
        assert_eq!(components(&edges, &HashSet::from([(2, 0)])), [vec![2], vec![3], vec![1], vec![0], vec![4]]);
        let long: Vec<Vec<Edge>> = (0..1_000_000).map(|node| vec![((node + 1) % 1_000_000, 1)]).collect();
        assert_eq!(components(&long, &HashSet::new()).len(), 1);
    }
}
