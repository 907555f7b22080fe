//! The verdicts about references that now lead to another schema.

use std::collections::{HashMap, HashSet};

use super::{Verdict, Verdicts};
use crate::compare::{Change, Difference, Fact, Pair, Replacement};
use crate::ir::TypeId;

/// The verdicts about values of an unknown type.
const UNKNOWN: Verdicts = Verdicts {
    source: Verdict::Compatible,
    old_clients: Verdict::Breaking,
    new_clients: Verdict::Breaking,
    request: Verdict::Breaking,
};

/// The verdicts about replaced types, as if the new schema had been the new version of the old schema.
pub(super) struct ReplacedTypes(HashMap<Pair<TypeId>, Verdicts>);

impl ReplacedTypes {
    /// Returns the verdicts about two types, in requests and in responses. If there are too many types to compare them all, the others
    /// may break everything.
    pub fn verdicts(&self, types: Pair<TypeId>) -> Verdicts {
        self.0.get(&types).copied().unwrap_or(UNKNOWN)
    }
}

/// Returns the types of a reference to another schema.
pub(super) fn replaced_types(change: &Change) -> Option<Pair<TypeId>> {
    match change {
        Change::Changed(Pair { ours: Fact::Schema { id: ours, .. }, theirs: Fact::Schema { id: theirs, .. } }) => {
            Some(Pair { ours: *ours, theirs: *theirs })
        }
        _ => None,
    }
}

/// Returns the verdicts about each pair of types. `between_types` returns the verdicts about one difference between two types. A type that
/// breaks also breaks the types that contain it.
pub(super) fn verdicts(
    replacements: &[Replacement],
    between_types: impl Fn(Pair<TypeId>, &Difference) -> Verdicts,
) -> ReplacedTypes {
    let are_compared: HashSet<Pair<TypeId>> = replacements.iter().map(|replacement| replacement.types).collect();
    let mut containing: HashMap<Pair<TypeId>, Vec<Pair<TypeId>>> = HashMap::new();
    let mut pending = Vec::new();
    for Replacement { types, differences } in replacements {
        let mut own = Verdicts::default();
        for difference in differences {
            match replaced_types(&difference.change) {
                Some(contained) if are_compared.contains(&contained) => {
                    containing.entry(contained).or_default().push(*types);
                }
                Some(_) => own = own.max(UNKNOWN),
                None => own = own.max(between_types(*types, difference)),
            }
        }
        pending.push((*types, own));
    }
    let mut verdicts: HashMap<Pair<TypeId>, Verdicts> = HashMap::new();
    while let Some((types, found)) = pending.pop() {
        let known = verdicts.get(&types).copied();
        let joined = known.unwrap_or_default().max(found);
        // Each verdict about a type rises once, so the types that contain it are visited a few times.
        if known != Some(joined) {
            verdicts.insert(types, joined);
            pending.extend(containing.get(&types).into_iter().flatten().map(|types| (*types, joined)));
        }
    }
    ReplacedTypes(verdicts)
}
