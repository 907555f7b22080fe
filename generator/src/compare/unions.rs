//! Compares unions.

use std::mem;

use super::counterparts::{Keys, counterparts};
use super::facts::{resolve, variant_facts};
use super::replacements::TypesByName;
use super::{Comparer, Pair, Step, path_to};
use crate::ir::{Api, TypeDef, Union, UnionVariant};
use crate::source::Pointer;

/// An alternative of a union.
struct Alternative<'a> {
    variant: &'a UnionVariant,
    /// Whether both documents have its schema.
    is_in_both: bool,
}

impl<'a> Comparer<'a> {
    /// Compares two unions. Counterparts of alternatives have a discriminator value, a name or a kind of type in
    /// common.
    pub(super) fn compare_unions(&mut self, path: &[Step], origins: Pair<&Pointer>, unions: Pair<&'a Union>) {
        let by_tag: Keys<Alternative<'_>> = |it| it.variant.tags.iter().map(ToString::to_string).collect();
        let by_name: Keys<Alternative<'_>> = |it| vec![it.variant.name.clone()];
        // An alternative whose schema is still in the document has not become another alternative.
        let by_kind_of_type: Keys<Alternative<'_>> = |it| match it.is_in_both {
            true => Vec::new(),
            false => vec![format!("{:?}", mem::discriminant(&it.variant.ty))],
        };
        let alternatives = |api: &Api, union: &'a Union| -> Vec<Alternative<'a>> {
            let is_in_both = |variant| self.is_in_both(api, variant);
            union.variants.iter().map(|variant| Alternative { variant, is_in_both: is_in_both(variant) }).collect()
        };
        let ours = alternatives(self.apis.ours, unions.ours);
        let theirs = alternatives(self.apis.theirs, unions.theirs);
        for counterpart in counterparts(&ours, &theirs, &[by_tag, by_name, by_kind_of_type]) {
            let path = path_to(path, Step::UnionVariant(counterpart.first().variant.name.clone()));
            if let Some(both) = self.both_nodes(&path, origins, counterpart, |it| it.variant.origin.clone()) {
                let both = both.map(|it| it.variant);
                self.compare_values(
                    &path,
                    both.map(|variant| &variant.origin),
                    both.map(|variant| &variant.ty),
                    both.map(variant_facts),
                );
            }
        }
    }

    /// Returns whether an alternative of a union refers to a schema that both documents have.
    fn is_in_both(&self, api: &Api, alternative: &UnionVariant) -> bool {
        let Some(names) = &self.replaced.names else { return false };
        let id = resolve(api, &alternative.ty, &mut Vec::new()).id();
        let def = id.map(|id| &api.types[id]);
        let has = |api: &Api, names: &TypesByName<'_>, def: &TypeDef| {
            names.contains_key(def.name.as_slice()) || api.schemas_without_type.contains_key(&def.origin.to_string())
        };
        def.is_some_and(|def| has(self.apis.ours, &names.ours, def) && has(self.apis.theirs, &names.theirs, def))
    }
}
