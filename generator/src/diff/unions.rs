//! Unions with a discriminator: whether clients find the alternative of a value.
//!
//! The discriminator is the property in `discriminator`, or a property with constant values. A client decodes a value without a known
//! discriminator value as the default alternative, or else as `Unknown`.

use std::collections::{HashMap, HashSet};

use super::{Snapshot, Verdicts};
use crate::compare::{self, Change, Difference, Fact, Pair, Step, Subject};
use crate::ir::{Shape, TypeId, TypeRef, Union, UnionVariant};

/// The maximum number of alternatives of unions inside a union that are examined. More are taken to break programs.
const MAX_TYPES: usize = 200;

/// The unions with different alternatives.
pub(super) struct Discriminators<'a> {
    /// `None` if a union has no discriminator.
    unions: Pair<HashMap<TypeId, Option<Alternatives<'a>>>>,
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
            let Pair { ours, theirs } = &mut found.unions;
            ours.entry(types.ours).or_insert_with(|| Alternatives::of(snapshots.ours, types.ours));
            theirs.entry(types.theirs).or_insert_with(|| Alternatives::of(snapshots.theirs, types.theirs));
            if let Change::Missing(Fact::TagValue(_)) | Change::Changed(Pair { ours: Fact::TagValue(_), .. }) =
                difference.change
            {
                found.losing.insert((types, name));
            }
        }
        found
    }

    /// Returns the verdicts about a difference between two unions or alternatives, for old clients that decode new values, and for new
    /// clients that decode old values.
    pub fn verdicts(&self, snapshots: Pair<&Snapshot>, difference: &Difference) -> Verdicts {
        if let Subject::Type(types) = difference.subject {
            let (new, old) = ((snapshots.ours, types.ours), (snapshots.theirs, types.theirs));
            match &difference.change {
                Change::Added(Fact::Tag(tag)) => {
                    return Verdicts::of_decoding(false, !always_selects(new, old, tag, true));
                }
                Change::Missing(Fact::Tag(tag)) => {
                    return Verdicts::of_decoding(!always_selects(old, new, tag, true), false);
                }
                _ => {}
            }
        }
        let Some((types, name)) = alternative(difference) else { return Verdicts::default() };
        let (Some(Some(ours)), Some(Some(theirs))) =
            (self.unions.ours.get(&types.ours), self.unions.theirs.get(&types.theirs))
        else {
            return Verdicts::default();
        };
        // New values of an alternative are like new alternatives, unless they replace values or were those of another alternative.
        let is_added_value_lost = |value: &String| {
            theirs.numbers.contains_key(value)
                || theirs.default != Some(name) && (theirs.default.is_some() || self.losing.contains(&(types, name)))
        };
        let is_removed_value_lost = |value: &String| ours.numbers.contains_key(value) || ours.default != Some(name);
        let (breaks_old_clients, breaks_new_clients) = match &difference.change {
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
        };
        Verdicts::of_decoding(breaks_old_clients, breaks_new_clients)
    }
}

impl<'a> Alternatives<'a> {
    fn of(snapshot: &'a Snapshot, id: TypeId) -> Option<Self> {
        let union = union(snapshot, id).filter(|union| union.tag.is_some())?;
        let mut numbers: HashMap<String, usize> = HashMap::new();
        for tag in union.variants.iter().flat_map(|variant| &variant.tags) {
            *numbers.entry(compare::tag_text(tag)).or_default() += 1;
        }
        let default = union.variants.iter().find(|variant| variant.is_default);
        Some(Self { numbers, default: default.map(|variant| variant.name.as_str()) })
    }

    /// Returns whether clients decode values of an unknown alternative as another alternative. If several alternatives have the same
    /// value of the discriminator, clients compare the structure, as in a union without a discriminator.
    fn misread(&self, unknown: Option<&UnionVariant>) -> bool {
        let mut tags = unknown.into_iter().flat_map(|variant| &variant.tags);
        tags.any(|tag| self.numbers.get(&compare::tag_text(tag)) == Some(&1))
    }
}

/// Returns whether a server may refuse the values of old clients because a union gained a discriminator.
pub(super) fn may_refuse(snapshots: Pair<&Snapshot>, types: Pair<TypeId>, tag: &str) -> bool {
    !always_selects((snapshots.ours, types.ours), (snapshots.theirs, types.theirs), tag, false)
}

/// Returns whether a discriminator value is reported with the union, because only one version of the union has a discriminator.
pub(super) fn is_reported_with_union(snapshots: Pair<&Snapshot>, difference: &Difference) -> bool {
    let (Subject::Type(types), Change::Added(Fact::TagValue(_)) | Change::Missing(Fact::TagValue(_))) =
        (difference.subject, &difference.change)
    else {
        return false;
    };
    let has_discriminator = |snapshot, id| union(snapshot, id).is_some_and(|union| union.tag.is_some());
    has_discriminator(snapshots.ours, types.ours) != has_discriminator(snapshots.theirs, types.theirs)
}

/// Returns whether the discriminator of the union `read` selects the right alternative for all values of `written`, the other version of
/// the union. Clients decode values of alternatives that `read` does not have as `Unknown`. If neither version lists the values of the
/// discriminator, they are right if `is_trusting`.
fn always_selects(read: (&Snapshot, TypeId), written: (&Snapshot, TypeId), tag: &str, is_trusting: bool) -> bool {
    let (Some(read_union), Some(written_union)) = (union(read.0, read.1), union(written.0, written.1)) else {
        return false;
    };
    let mut by_name: HashMap<&str, &UnionVariant> = HashMap::new();
    let mut by_value: HashMap<String, &UnionVariant> = HashMap::new();
    for variant in &read_union.variants {
        by_name.insert(&variant.name, variant);
        by_value.extend(variant.tags.iter().map(|tag| (compare::tag_text(tag), variant)));
    }
    written_union.variants.iter().all(|variant| {
        let values = || listed_values(written.0, &variant.ty, tag).unwrap_or_default();
        // An alternative that was split has other names, but its values have the same discriminator.
        let known = by_name.get(variant.name.as_str()).copied();
        let Some(known) = known.or_else(|| values().iter().find_map(|value| by_value.get(value).copied())) else {
            return true;
        };
        let tags: HashSet<String> = known.tags.iter().map(compare::tag_text).collect();
        let may_be_unlisted = is_trusting && listed_values(read.0, &known.ty, tag).is_none();
        known.is_default || has_one_of(written.0, &variant.ty, tag, (&tags, may_be_unlisted))
    })
}

/// Returns whether all values of a type have a property with one of some values. `may_be_unlisted` is the result for a property whose
/// values the type does not list.
fn has_one_of(
    snapshot: &Snapshot,
    ty: &TypeRef,
    property: &str,
    (values, may_be_unlisted): (&HashSet<String>, bool),
) -> bool {
    let mut pending = vec![ty];
    let mut visited = HashSet::new();
    while let Some(ty) = pending.pop() {
        let TypeRef::Named(id) = compare::resolved(&snapshot.api, ty) else { return false };
        if !visited.insert(*id) {
            continue;
        }
        if let Some(nested) = union(snapshot, *id) {
            pending.extend(nested.variants.iter().map(|variant| &variant.ty));
            continue;
        }
        let is_present = snapshot.field(*id, property).is_some_and(|field| field.required && !field.nullable);
        let is_right = match listed_values(snapshot, ty, property) {
            Some(listed) => listed.iter().all(|value| values.contains(value)),
            None => may_be_unlisted,
        };
        if visited.len() > MAX_TYPES || !is_present || !is_right {
            return false;
        }
    }
    true
}

/// Returns the values that an `enum` or `const` lists for a property of an object.
fn listed_values(snapshot: &Snapshot, ty: &TypeRef, property: &str) -> Option<Vec<String>> {
    let TypeRef::Named(id) = compare::resolved(&snapshot.api, ty) else { return None };
    let field = snapshot.field(*id, property)?;
    if let Some(constant) = field.constant {
        return Some(vec![constant.to_string()]);
    }
    let TypeRef::Named(id) = compare::resolved(&snapshot.api, &field.ty) else { return None };
    match &snapshot.api.types[*id].shape {
        Shape::StringEnum(_) if snapshot.api.types[*id].allows_other_strings => None,
        Shape::StringEnum(values) => Some(values.iter().map(|value| value.wire.clone()).collect()),
        Shape::ValueEnum(values) => Some(values.values.iter().map(|value| compare::tag_text(&value.value)).collect()),
        _ => None,
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
