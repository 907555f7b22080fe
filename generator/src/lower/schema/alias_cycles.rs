//! Shortens chains of type aliases, breaks cycles of aliases, and limits the size of aliased types.

use std::collections::HashSet;

use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::ir::{Arena, Shape, TypeDef, TypeId, TypeRef, for_each_cycle};
use crate::lower::Lowering;

impl Lowering<'_> {
    /// Replaces the target of each alias of an alias by the type at the end of the chain. Only changes types that were
    /// created since the last call. Follows each chain only once.
    pub(crate) fn shorten_aliases(&mut self) {
        let new_types: Vec<TypeId> = self.types.iter().map(|(id, _)| id).skip(self.shortened_type_count).collect();
        self.shortened_type_count = self.types.len();
        for id in new_types {
            let (mut chain, mut visited, mut last) = (vec![id], HashSet::from([id]), id);
            while let Shape::Alias(TypeRef::Named(target)) = self.types[last].shape
                && visited.insert(target)
            {
                chain.push(target);
                last = target;
            }
            // `wrap_or_report_cycles` handles cycles after all types are lowered.
            let is_cycle = matches!(self.types[last].shape, Shape::Alias(TypeRef::Named(_)));
            if !is_cycle {
                for alias in chain.into_iter().filter(|alias| *alias != last) {
                    self.types[alias].shape = Shape::Alias(TypeRef::Named(last));
                }
            }
        }
    }
}

/// Breaks every cycle of aliases. In a cycle with an array, map or tuple, this type becomes a wrapper type. A cycle
/// without such a type is an error.
pub(crate) fn wrap_or_report_cycles(types: &mut Arena<TypeDef>, diagnostics: &mut Diagnostics) {
    let ids: Vec<TypeId> = types.iter().map(|(id, _)| id).collect();
    loop {
        // The alias to replace for each cycle, and whether it is an alias of an array, map or tuple.
        let mut replaced_aliases: Vec<(TypeId, bool)> = Vec::new();
        let is_collection = |index: &&usize| {
            matches!(&types[ids[**index]].shape, Shape::Alias(TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Tuple(_)))
        };
        let targets = |index: usize| match &types[ids[index]].shape {
            Shape::Alias(ty) => ty.named_with_directness().into_iter().map(|(id, _)| id.index()).collect(),
            _ => Vec::new(),
        };
        for_each_cycle(ids.len(), targets, |cycle| match cycle.iter().find(is_collection) {
            Some(index) => replaced_aliases.push((ids[*index], true)),
            None => replaced_aliases.push((ids[cycle[0]], false)),
        });
        if replaced_aliases.is_empty() {
            break;
        }
        for (id, is_collection) in replaced_aliases {
            let def = &mut types[id];
            // An alias in several cycles may already be replaced.
            let Shape::Alias(ty) = std::mem::replace(&mut def.shape, Shape::Alias(TypeRef::Json)) else { continue };
            match (is_collection, ty) {
                (true, ty @ (TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Tuple(_))) => {
                    def.shape = Shape::Wrapper(ty)
                }
                (false, ty) if ty != TypeRef::Json => {
                    let message =
                        format!("the schema `{}` consists only of references that lead back to it", def.name.join("."));
                    let location = Location::Key(def.origin.clone());
                    let diagnostic = Diagnostic::error(code::CIRCULAR_REFERENCE, location, message);
                    diagnostics.push(diagnostic.help("replace one of the references in the cycle by a schema"));
                }
                _ => {}
            }
        }
    }
    wrap_large_aliases(types, &ids);
}

/// The maximum nesting depth of arrays, maps and tuples in a type.
pub(crate) const MAX_COLLECTION_DEPTH: usize = 4;

/// Replaces an alias by a wrapper type if its nesting depth or size exceeds a maximum. The Rust compiler expands an
/// alias wherever it is used.
fn wrap_large_aliases(types: &mut Arena<TypeDef>, ids: &[TypeId]) {
    /// The maximum number of types in an alias.
    const MAX_ALIAS_SIZE: usize = 64;
    // The depth and size of each alias, computed after the depth and size of its targets. The loop ends, because there
    // are no cycles any more.
    let mut measures: Vec<Option<(usize, usize)>> = vec![None; ids.len()];
    let mut unmeasured: Vec<TypeId> = ids.iter().rev().copied().collect();
    while let Some(id) = unmeasured.last().copied() {
        let Shape::Alias(ty) = &types[id].shape else {
            measures[id.index()] = Some((0, 1));
            unmeasured.pop();
            continue;
        };
        let targets = ty.named_with_directness();
        let len_without_targets = unmeasured.len();
        unmeasured.extend(targets.iter().map(|(id, _)| *id).filter(|id| measures[id.index()].is_none()));
        if unmeasured.len() > len_without_targets {
            continue;
        }
        unmeasured.pop();
        let target_measures = targets.iter().filter_map(|(id, _)| measures[id.index()]);
        let (target_depth, size) =
            target_measures.fold((0, 1), |(depth, size), target| (depth.max(target.0), size + target.1));
        let is_collection = !matches!(ty, TypeRef::Named(_));
        let depth = target_depth + ty.collection_depth();
        measures[id.index()] = Some((depth, size));
        if is_collection && !targets.is_empty() && (depth > MAX_COLLECTION_DEPTH || size > MAX_ALIAS_SIZE) {
            measures[id.index()] = Some((0, 1));
            types[id].shape = Shape::Wrapper(ty.clone());
        }
    }
}
