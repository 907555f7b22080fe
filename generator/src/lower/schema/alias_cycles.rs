//! Lowers type aliases: their chains, their cycles, and nested collections.

use std::collections::HashSet;

use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::ir::{Arena, Shape, TypeDef, TypeId, TypeRef, for_each_cycle};
use crate::lower::Lowering;

impl Lowering<'_> {
    /// Replaces each alias of an alias by its target, for the types that were lowered since the last
    /// call. No chain of aliases is followed twice.
    pub(crate) fn shorten_aliases(&mut self) {
        let new: Vec<TypeId> = self.types.iter().map(|(id, _)| id).skip(self.shortened).collect();
        self.shortened = self.types.len();
        for id in new {
            let (mut way, mut seen, mut at) = (vec![id], HashSet::from([id]), id);
            while let Shape::Alias(TypeRef::Named(next)) = self.types[at].shape
                && seen.insert(next)
            {
                way.push(next);
                at = next;
            }
            // Cycles of aliases are reported after all types are lowered.
            let Shape::Alias(TypeRef::Named(_)) = self.types[at].shape else {
                for alias in way.into_iter().filter(|alias| *alias != at) {
                    self.types[alias].shape = Shape::Alias(TypeRef::Named(at));
                }
                continue;
            };
        }
    }
}

/// Breaks every cycle of aliases: a recursive array, map or tuple becomes a named type, and any other cycle is an error.
pub(crate) fn wrap(types: &mut Arena<TypeDef>, diagnostics: &mut Diagnostics) {
    let ids: Vec<TypeId> = types.iter().map(|(id, _)| id).collect();
    loop {
        let mut broken: Vec<(TypeId, bool)> = Vec::new();
        let collection = |index: &&usize| {
            matches!(&types[ids[**index]].shape, Shape::Alias(TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Tuple(_)))
        };
        let next = |index: usize| match &types[ids[index]].shape {
            Shape::Alias(ty) => ty.named_with_directness().into_iter().map(|(id, _)| id.index()).collect(),
            _ => Vec::new(),
        };
        for_each_cycle(ids.len(), next, |way| match way.iter().find(collection) {
            Some(index) => broken.push((ids[*index], true)),
            None => broken.push((ids[way[0]], false)),
        });
        if broken.is_empty() {
            break;
        }
        for (id, collection) in broken {
            let def = &mut types[id];
            // A type may be part of several cycles.
            let Shape::Alias(ty) = std::mem::replace(&mut def.shape, Shape::Alias(TypeRef::Json)) else { continue };
            match (collection, ty) {
                (true, ty @ (TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Tuple(_))) => {
                    def.shape = Shape::Wrapper(ty)
                }
                (false, ty) if ty != TypeRef::Json => {
                    let message = format!("`{}` is an alias of itself", def.name.join("."));
                    let place = Location::Key(def.origin.clone());
                    let diagnostic = Diagnostic::error(code::CIRCULAR_REFERENCE, place, message);
                    diagnostics.push(diagnostic.help("replace one of these references by a schema"));
                }
                _ => {}
            }
        }
    }
    split(types, &ids);
}

/// The maximum nesting of collections in one type. The compiler expands the whole type wherever it is used.
pub(crate) const MOST_COLLECTIONS: usize = 4;

/// Makes a type of its own of each alias that stands for more than so many types in one another, or for so many in all:
/// the compiler writes an alias out wherever it is used.
fn split(types: &mut Arena<TypeDef>, ids: &[TypeId]) {
    const LARGEST: usize = 64;
    // The depth and size of each alias, computed after those of its targets. There are no cycles at this point.
    let mut known: Vec<Option<(usize, usize)>> = vec![None; ids.len()];
    let mut open: Vec<TypeId> = ids.iter().rev().copied().collect();
    while let Some(id) = open.last().copied() {
        let Shape::Alias(ty) = &types[id].shape else {
            known[id.index()] = Some((0, 1));
            open.pop();
            continue;
        };
        let parts = ty.named_with_directness();
        let before = open.len();
        open.extend(parts.iter().map(|(part, _)| *part).filter(|part| known[part.index()].is_none()));
        if open.len() > before {
            continue;
        }
        open.pop();
        let of_parts = parts.iter().filter_map(|(part, _)| known[part.index()]);
        let (depth, size) = of_parts.fold((0, 1), |(depth, size), part| (depth.max(part.0), size + part.1));
        let is_collection = !matches!(ty, TypeRef::Named(_));
        let depth = depth + ty.collection_depth();
        known[id.index()] = Some((depth, size));
        if is_collection && !parts.is_empty() && (depth > MOST_COLLECTIONS || size > LARGEST) {
            known[id.index()] = Some((0, 1));
            types[id].shape = Shape::Wrapper(ty.clone());
        }
    }
}
