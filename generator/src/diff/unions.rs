//! Unions with a discriminator: whether clients find the alternative of a value.
//!
//! The discriminator is the property in `discriminator`, or a property with constant values. A client decodes a value without a known
//! discriminator value as the default alternative, or else as `Unknown`.

use std::collections::{HashMap, HashSet};

use super::Snapshot;
use crate::compare::{self, Change, Difference, Fact, Pair, Step, Subject};
use crate::ir::{Shape, TypeId, Union, UnionVariant};

/// The unions with different alternatives.
pub(super) struct Discriminators<'a> {
    unions: Pair<HashMap<TypeId, Alternatives<'a>>>,
    /// The alternatives that lose a value, by the union and the name.
    losing: HashSet<(Pair<TypeId>, &'a str)>,
}

/// The alternatives of a union with a discriminator.
struct Alternatives<'a> {
    /// The number of alternatives that have a value of the discriminator.
    numbers: HashMap<String, usize>,
    /// The name of the default alternative.
    default: Option<&'a str>,
}

impl<'a> Discriminators<'a> {
    /// Examines the unions of differences. The differences may also concern other nodes.
    pub fn of(snapshots: Pair<&'a Snapshot>, differences: impl Iterator<Item = &'a Difference>) -> Self {
        let mut found = Self { unions: Pair::default(), losing: HashSet::new() };
        for difference in differences {
            let Some((types, name)) = alternative(difference) else { continue };
            found.unions.ours.entry(types.ours).or_insert_with(|| Alternatives::of(union(snapshots.ours, types.ours)));
            let theirs = found.unions.theirs.entry(types.theirs);
            theirs.or_insert_with(|| Alternatives::of(union(snapshots.theirs, types.theirs)));
            if let Change::Missing(Fact::TagValue(_)) | Change::Changed(Pair { ours: Fact::TagValue(_), .. }) =
                difference.change
            {
                found.losing.insert((types, name));
            }
        }
        found
    }

    /// Returns whether a difference between two alternatives breaks old clients that decode new values, and new clients that decode old
    /// values.
    pub fn breaks(&self, snapshots: Pair<&Snapshot>, difference: &Difference) -> (bool, bool) {
        let Some((types, name)) = alternative(difference) else { return (false, false) };
        let (Some(ours), Some(theirs)) = (self.unions.ours.get(&types.ours), self.unions.theirs.get(&types.theirs))
        else {
            return (false, false);
        };
        // New values of an alternative are like new alternatives, unless they replace values or were those of another alternative.
        let is_added_value_lost = |value: &String| {
            theirs.numbers.contains_key(value)
                || theirs.default != Some(name) && (theirs.default.is_some() || self.losing.contains(&(types, name)))
        };
        let is_removed_value_lost = |value: &String| ours.numbers.contains_key(value) || ours.default != Some(name);
        match &difference.change {
            Change::Added(Fact::TagValue(new)) => (is_added_value_lost(new), false),
            Change::Missing(Fact::TagValue(old)) => (false, is_removed_value_lost(old)),
            Change::Changed(Pair { ours: Fact::TagValue(new), theirs: Fact::TagValue(old) }) => {
                (is_added_value_lost(new), is_removed_value_lost(old))
            }
            Change::Added(Fact::Present) => (theirs.misread(variant(snapshots.ours, types.ours, name)), false),
            Change::Missing(Fact::Present) => (false, ours.misread(variant(snapshots.theirs, types.theirs, name))),
            Change::Added(Fact::DefaultAlternative) => (theirs.default.is_some(), false),
            Change::Missing(Fact::DefaultAlternative) => (false, true),
            _ => (false, false),
        }
    }
}

impl<'a> Alternatives<'a> {
    fn of(union: Option<&'a Union>) -> Self {
        let variants = || union.filter(|union| union.tag.is_some()).into_iter().flat_map(|union| &union.variants);
        let mut numbers: HashMap<String, usize> = HashMap::new();
        for tag in variants().flat_map(|variant| &variant.tags) {
            *numbers.entry(compare::tag_text(tag)).or_default() += 1;
        }
        let default = variants().find(|variant| variant.is_default);
        Self { numbers, default: default.map(|variant| variant.name.as_str()) }
    }

    /// Returns whether clients decode values of an unknown alternative as another alternative. If several alternatives have the same
    /// value of the discriminator, clients compare the structure, as in a union without a discriminator.
    fn misread(&self, unknown: Option<&UnionVariant>) -> bool {
        let mut tags = unknown.into_iter().flat_map(|variant| &variant.tags);
        tags.any(|tag| self.numbers.get(&compare::tag_text(tag)) == Some(&1))
    }
}

/// Returns the types of the unions, and the name of the alternative, if a difference concerns an alternative itself.
fn alternative(difference: &Difference) -> Option<(Pair<TypeId>, &str)> {
    match (difference.subject, difference.path.as_slice()) {
        (Subject::Type(types), [_, Step::UnionVariant(name)]) => Some((types, name)),
        _ => None,
    }
}

fn union(snapshot: &Snapshot, id: TypeId) -> Option<&Union> {
    if let Shape::Union(union) = &snapshot.api.types[id].shape { Some(union) } else { None }
}

fn variant<'a>(snapshot: &'a Snapshot, id: TypeId, name: &str) -> Option<&'a UnionVariant> {
    union(snapshot, id)?.variants.get(snapshot.member_index(id, name)?)
}
