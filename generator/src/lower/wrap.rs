//! Names that stand for themselves: a list of lists of itself becomes a type of its own, anything else is a mistake.

use crate::diag::{Diagnostic, Diagnostics, Place, code};
use crate::ir::{Arena, Shape, TypeDef, TypeId, TypeRef, cycles};

/// Breaks every cycle of other names.
pub(super) fn wrap(types: &mut Arena<TypeDef>, diagnostics: &mut Diagnostics) {
    let ids: Vec<TypeId> = types.iter().map(|(id, _)| id).collect();
    loop {
        let next = |index: usize| match &types[ids[index]].shape {
            Shape::Alias(ty) => ty.named().into_iter().map(|(id, _)| id.index()).collect(),
            _ => Vec::new(),
        };
        let Some(way) = cycles(ids.len(), next).into_iter().next() else { return };
        let collection =
            |index: &&usize| matches!(&types[ids[**index]].shape, Shape::Alias(TypeRef::List(_) | TypeRef::Map(_)));
        match way.iter().find(collection) {
            Some(index) => {
                let def = &mut types[ids[*index]];
                if let Shape::Alias(ty) = std::mem::replace(&mut def.shape, Shape::Alias(TypeRef::Json)) {
                    def.shape = Shape::Wrapper(ty);
                }
            }
            None => {
                let def = &mut types[ids[way[0]]];
                let message = format!("`{}` is only a name for itself", def.name.join("."));
                let diagnostic = Diagnostic::error(code::CIRCULAR_REFERENCE, Place::Key(def.origin.clone()), message);
                diagnostics.push(diagnostic.help("let one of the references on the way be a description"));
                def.shape = Shape::Alias(TypeRef::Json);
            }
        }
    }
}
