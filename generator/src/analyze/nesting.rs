//! Limits how deeply generated types are nested. The compiler rejects types that are nested too deeply.
//!
//! To find out whether a type is `Send`, the compiler visits the types of its fields, then the types of their fields,
//! and so on. Each of these visits inside a visit is a step. The compiler gives up at a depth of 128 steps. A deeply
//! nested field is therefore a `Nested`. This is a pointer whose target the compiler does not visit.
//!
//! The size of a type includes the sizes of all types that it contains without a pointer. If each type contains the
//! next type twice, the size doubles with each type. A field that would make a type too large is therefore a `Box`.
//!
//! `Nested` does not limit the code that encodes and decodes the types: the compiler still instantiates this code
//! for each type inside the code of the containing type. The generated crate therefore raises the recursion limit in
//! proportion to the length of the longest chain of types.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::ir::{Api, Shape, TypeId, TypeRef, contained_types, for_each_cycle};

/// The maximum number of compiler steps through the types of an API. It is lower than the limit of the compiler,
/// because the compiler also takes steps through the code that uses the types.
const MAX_STEPS: usize = 80;

/// The maximum number of fields of a type, including the fields of all types that it contains without a pointer.
const MAX_FIELDS: usize = 1_000;

/// The number of compiler steps through a pointer.
const POINTER_STEPS: usize = 4;

/// A contained type: its index in the arena, and the number of compiler steps to it.
type Edge = (usize, usize);

/// Returns the containing and the contained type of each field that must be a `Nested`.
pub(super) fn deeply_nested(api: &Api, boxed: &HashSet<(TypeId, TypeId)>) -> HashSet<(TypeId, TypeId)> {
    let ids: Vec<TypeId> = api.types.iter().map(|(id, _)| id).collect();
    let edges: Vec<Vec<Edge>> = ids.iter().map(|id| edges(api, *id, boxed)).collect();
    let mut cut_edges = cut_large_cycles(&edges);
    // `components` returns contained types before the types that contain them.
    let mut depth = vec![0; ids.len()];
    for component in components(&edges, &cut_edges) {
        let steps_inside = max_steps_inside(&component, &edges, &cut_edges);
        let component_nodes: HashSet<usize> = component.iter().copied().collect();
        let mut steps_below = 0;
        for node in &component {
            for (contained, steps) in edges[*node].iter().filter(|(contained, _)| !component_nodes.contains(contained))
            {
                if steps_inside + steps + depth[*contained] > MAX_STEPS {
                    cut_edges.insert((*node, *contained));
                }
                let is_cut = cut_edges.contains(&(*node, *contained));
                steps_below = steps_below.max(if is_cut { POINTER_STEPS } else { steps + depth[*contained] });
            }
        }
        component.iter().for_each(|node| depth[*node] = steps_inside + steps_below);
    }
    cut_edges.into_iter().map(|(container, contained)| (ids[container], ids[contained])).collect()
}

/// Returns the edges that must become a `Nested`. Removing them breaks all cycles in each strongly connected component that
/// takes the compiler more than [`MAX_STEPS`].
fn cut_large_cycles(edges: &[Vec<Edge>]) -> HashSet<(usize, usize)> {
    let mut cut_edges: HashSet<(usize, usize)> = HashSet::new();
    let mut large_component: Vec<Option<usize>> = vec![None; edges.len()];
    for (index, component) in components(edges, &cut_edges).iter().enumerate() {
        if max_steps_inside(component, edges, &cut_edges) > MAX_STEPS {
            component.iter().for_each(|node| large_component[*node] = Some(index));
        }
    }
    let successors = |node: usize| {
        let contained = edges[node].iter().map(|(contained, _)| *contained);
        let component = large_component[node];
        contained.filter(|contained| component.is_some() && large_component[*contained] == component).collect()
    };
    for_each_cycle(edges.len(), successors, |cycle| {
        if let (Some(first), Some(last)) = (cycle.first(), cycle.last()) {
            cut_edges.insert((*last, *first));
        }
    });
    cut_edges
}

/// Returns the number of types in the longest chain. In a chain, each type contains the next type.
pub(super) fn longest_chain(api: &Api) -> usize {
    let boxed = HashSet::new();
    let edges: Vec<Vec<Edge>> = api.types.iter().map(|(id, _)| edges(api, id, &boxed)).collect();
    let mut chain = vec![0; edges.len()];
    for component in components(&edges, &HashSet::new()) {
        let longest_below =
            component.iter().flat_map(|node| &edges[*node]).map(|(contained, _)| chain[*contained]).max();
        let length = component.len() + longest_below.unwrap_or_default();
        component.iter().for_each(|node| chain[*node] = length);
    }
    chain.into_iter().max().unwrap_or_default()
}

/// Finds the fields that would make their types too large, and adds them to `boxed`. The fields that are already in
/// `boxed` break all cycles of types.
pub(super) fn box_large_types(
    api: &Api,
    inline_types: impl Fn(TypeId) -> Vec<TypeId>,
    boxed: &mut HashSet<(TypeId, TypeId)>,
) {
    let ids: Vec<TypeId> = api.types.iter().map(|(id, _)| id).collect();
    let edges_without_box = |id: &TypeId| {
        let contained = inline_types(*id).into_iter().filter(|contained| !boxed.contains(&(*id, *contained)));
        contained.map(|contained| (contained.index(), 1)).collect()
    };
    let edges: Vec<Vec<Edge>> = ids.iter().map(edges_without_box).collect();
    let mut field_counts = vec![0; ids.len()];
    for node in components(&edges, &HashSet::new()).into_iter().flatten() {
        let mut contained = edges[node].clone();
        // Boxing the largest contained types first needs the fewest boxes.
        contained.sort_by_key(|(contained, _)| Reverse((field_counts[*contained], *contained)));
        let contained_fields: usize = contained.iter().map(|(contained, _)| field_counts[*contained]).sum();
        let mut field_count = contained_fields + contained_types(api, ids[node]).len();
        for (contained, _) in contained {
            if field_count > MAX_FIELDS && field_counts[contained] > 1 && boxed.insert((ids[node], ids[contained])) {
                let occurrences = edges[node].iter().filter(|(other, _)| *other == contained).count();
                field_count -= field_counts[contained] * occurrences;
            }
        }
        field_counts[node] = field_count.clamp(1, MAX_FIELDS * 2);
    }
}

/// Returns the named types in a type at any depth of arrays and maps. Resolves aliases.
pub(super) fn all_contained(api: &Api, ty: &TypeRef) -> Vec<TypeId> {
    let mut contained = Vec::new();
    visit_contained(api, ty, 0, &mut |id, _| contained.push(id));
    contained
}

/// Returns the types that a type contains, each with the number of compiler steps that lead to it.
fn edges(api: &Api, container: TypeId, boxed: &HashSet<(TypeId, TypeId)>) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut add_edges = |ty: &TypeRef, steps: usize| {
        visit_contained(api, ty, steps, &mut |contained, steps| {
            let pointer_steps = if boxed.contains(&(container, contained)) { POINTER_STEPS } else { 0 };
            edges.push((contained.index(), steps + pointer_steps));
        });
    };
    match &api.types[container].shape {
        // An alias needs no edges, because `visit_contained` replaces an alias by its target. Newtypes and enums
        // contain no types.
        Shape::Alias(_) | Shape::Newtype(_) | Shape::StringEnum(_) | Shape::ValueEnum(_) => {}
        Shape::Record(record) => {
            for field in &record.fields {
                add_edges(&field.ty, 1 + usize::from(!field.required) + usize::from(field.nullable));
            }
            record.additional.iter().for_each(|ty| add_edges(ty, 1 + MAP_STEPS));
        }
        Shape::Union(union) => union.variants.iter().for_each(|variant| add_edges(&variant.ty, 1 + POINTER_STEPS)),
        Shape::Wrapper(ty) => add_edges(ty, 1),
    }
    edges
}

/// The number of compiler steps through an array.
const ARRAY_STEPS: usize = 4;

/// The number of compiler steps through a map.
const MAP_STEPS: usize = 8;

/// Calls `visit` with each named type in `ty` and the number of compiler steps that lead to it. `steps` is the number
/// of steps that lead to `ty`.
fn visit_contained(api: &Api, ty: &TypeRef, steps: usize, visit: &mut impl FnMut(TypeId, usize)) {
    match ty {
        TypeRef::Named(id) => match &api.types[*id].shape {
            Shape::Alias(target) => visit_contained(api, target, steps, visit),
            _ => visit(*id, steps),
        },
        TypeRef::Array(item) => visit_contained(api, item, steps + ARRAY_STEPS, visit),
        TypeRef::Map(value) => visit_contained(api, value, steps + MAP_STEPS, visit),
        TypeRef::Nullable(inner) => visit_contained(api, inner, steps + 1, visit),
        TypeRef::Tuple(items) => items.iter().for_each(|item| visit_contained(api, item, steps + 1, visit)),
        _ => {}
    }
}

/// Returns the maximum number of compiler steps through a strongly connected component. In the worst case, the compiler
/// visits all types of the component nested in each other.
fn max_steps_inside(component: &[usize], edges: &[Vec<Edge>], cut: &HashSet<(usize, usize)>) -> usize {
    let component_nodes: HashSet<usize> = component.iter().copied().collect();
    let max_steps = |node: &usize| {
        let inside = edges[*node]
            .iter()
            .filter(|(contained, _)| component_nodes.contains(contained) && !cut.contains(&(*node, *contained)));
        inside.map(|(_, steps)| *steps).max().unwrap_or_default()
    };
    component.iter().map(max_steps).sum()
}

/// Returns the strongly connected components of the types, with Tarjan's algorithm. Contained types come first.
fn components(edges: &[Vec<Edge>], cut: &HashSet<(usize, usize)>) -> Vec<Vec<usize>> {
    const UNVISITED: usize = usize::MAX;
    let mut components = Vec::new();
    let (mut index, mut low_link) = (vec![UNVISITED; edges.len()], vec![UNVISITED; edges.len()]);
    let (mut stack, mut on_stack): (Vec<usize>, Vec<bool>) = (Vec::new(), vec![false; edges.len()]);
    let mut next_index = 0;
    for start in 0..edges.len() {
        if index[start] != UNVISITED {
            continue;
        }
        // The nodes on the path from `start` to the current node, each with the index of its next unvisited edge.
        let mut path = vec![(start, 0)];
        while let Some((node, next_edge)) = path.last_mut() {
            let node = *node;
            if *next_edge == 0 {
                (index[node], low_link[node], on_stack[node]) = (next_index, next_index, true);
                next_index += 1;
                stack.push(node);
            }
            let successor = edges[node].get(*next_edge).map(|(contained, _)| *contained);
            *next_edge += 1;
            match successor {
                Some(successor) if cut.contains(&(node, successor)) => {}
                Some(successor) if index[successor] == UNVISITED => path.push((successor, 0)),
                Some(successor) if on_stack[successor] => low_link[node] = low_link[node].min(index[successor]),
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some((parent, _)) = path.last() {
                        low_link[*parent] = low_link[*parent].min(low_link[node]);
                    }
                    if low_link[node] == index[node] {
                        let first = stack.iter().rposition(|member| *member == node).unwrap_or_default();
                        let component = stack.split_off(first);
                        component.iter().for_each(|member| on_stack[*member] = false);
                        components.push(component);
                    }
                }
            }
        }
    }
    components
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_come_after_their_successors() {
        let edges: Vec<Vec<Edge>> = vec![vec![(1, 1)], vec![(2, 1), (3, 1)], vec![(0, 1)], vec![(3, 1)], vec![(1, 1)]];
        assert_eq!(components(&edges, &HashSet::new()), [vec![3], vec![0, 1, 2], vec![4]]);
        assert_eq!(components(&edges, &HashSet::from([(2, 0)])), [vec![2], vec![3], vec![1], vec![0], vec![4]]);
        let long: Vec<Vec<Edge>> = (0..1_000_000).map(|node| vec![((node + 1) % 1_000_000, 1)]).collect();
        assert_eq!(components(&long, &HashSet::new()).len(), 1);
    }
}
