//! The differences between the public items of two crates.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::{Item, ItemKind, Signature, Surface};

/// A difference between the public items of two crates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemChange {
    /// The path of the item.
    pub path: String,
    /// The item of the old crate. `None` if the item is new.
    pub old: Option<ItemKind>,
    /// The item of the new crate. `None` if the item is removed.
    pub new: Option<ItemKind>,
    /// Whether a program that compiled with the old crate may not compile with the new crate.
    pub is_breaking: bool,
    /// Whether the item needs a cargo feature that is not enabled by default, such as `test-util`.
    pub is_optional: bool,
    /// A cargo feature that programs must enable to keep the item.
    pub needed_feature: Option<String>,
    /// The path and the kind of the item of the old crate as they were before renames. `None` if they are `path` and `old`.
    pub original: Option<(String, ItemKind)>,
}

impl ItemChange {
    /// Returns the path and the kind of the item of the old crate, before renames.
    pub fn before(&self) -> Option<(&str, &ItemKind)> {
        match &self.original {
            Some((path, kind)) => Some((path, kind)),
            None => Some((&self.path, self.old.as_ref()?)),
        }
    }
}

/// Returns the differences from an old crate to a new crate, in the order of their paths.
pub fn changes(old: &Surface, new: &Surface) -> Vec<ItemChange> {
    let mut changes = Vec::new();
    let (mut old_items, mut new_items) = (old.items.iter().peekable(), new.items.iter().peekable());
    loop {
        // Both maps are sorted, so the items with the smallest path come next.
        let order = match (old_items.peek(), new_items.peek()) {
            (Some((old, _)), Some((new, _))) => old.cmp(new),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let before = if order == Ordering::Greater { None } else { old_items.next() };
        let after = if order == Ordering::Less { None } else { new_items.next() };
        let Some((path, _)) = before.or(after) else { break };
        let (before, after) = (before.map(|(_, item)| item), after.map(|(_, item)| item));
        // An item that no longer needs a feature is new for programs with the default features.
        let is_gained = |before: &Item| after.is_some_and(|after| !old.is_default(before) && new.is_default(after));
        let before = before.filter(|before| !is_gained(before));
        let is_breaking = match (before, after) {
            (Some(before), Some(after)) if before == after => continue,
            (Some(before), Some(after)) => {
                let is_lost = is_lost(old, before, new, after);
                if is_same(&before.kind, &after.kind) && !is_lost {
                    continue;
                }
                is_lost || breaks(&before.kind, &after.kind)
            }
            (Some(_), None) => true,
            (None, Some(after)) => addition_breaks(path, &after.kind, old, new),
            (None, None) => continue,
        };
        let kind = |item: Option<&Item>| item.map(|item| item.kind.clone());
        let is_default = |surface: &Surface, item: Option<&Item>| item.is_some_and(|item| surface.is_default(item));
        let is_optional = !is_default(old, before) && !is_default(new, after);
        let needed_feature = before.zip(after).and_then(|(before, after)| needed_feature(before, new, after));
        changes.push(ItemChange {
            path: path.clone(),
            old: kind(before),
            new: kind(after),
            is_breaking,
            is_optional,
            needed_feature,
            original: None,
        });
    }
    changes
}

/// Returns whether programs with the same features lose an item.
fn is_lost(old: &Surface, before: &Item, new: &Surface, after: &Item) -> bool {
    match old.is_default(before) {
        true => !new.is_default(after),
        // The item needs a feature that is not on by default.
        false => !after.features.iter().all(|names| {
            names.iter().any(|name| new.default_features.contains(name))
                || before.features.iter().any(|before| before.is_subset(names))
        }),
    }
}

/// Returns a feature that only the new item needs, and that is not enabled by default.
fn needed_feature(before: &Item, new: &Surface, after: &Item) -> Option<String> {
    let is_enabled = |names: &&BTreeSet<String>| {
        names.iter().any(|name| new.default_features.contains(name)) || before.features.contains(*names)
    };
    let needed = after.features.iter().find(|names| !is_enabled(names))?;
    needed.first().cloned()
}

/// Returns whether two items are equal for programs. Callers do not see the names of arguments, so a new name is a change only if
/// arguments have another order.
fn is_same(old: &ItemKind, new: &ItemKind) -> bool {
    match (old, new) {
        (ItemKind::Function(old), ItemKind::Function(new)) => {
            let types =
                |signature: &Signature| signature.arguments.iter().map(|(_, ty)| ty.clone()).collect::<Vec<_>>();
            let rest = |signature: &Signature| Signature { arguments: Vec::new(), ..signature.clone() };
            types(old) == types(new) && rest(old) == rest(new) && !is_reordered(old, new)
        }
        (old, new) => old == new,
    }
}

/// Returns whether the arguments have another order.
fn is_reordered(old: &Signature, new: &Signature) -> bool {
    let (names, new_names) = (names(old), names(new));
    names != new_names && names.iter().collect::<BTreeSet<_>>() == new_names.iter().collect::<BTreeSet<_>>()
}

fn breaks(old: &ItemKind, new: &ItemKind) -> bool {
    match (old, new) {
        (ItemKind::Struct(old), ItemKind::Struct(new)) | (ItemKind::Enum(old), ItemKind::Enum(new)) => *old && !*new,
        (ItemKind::Function(old), ItemKind::Function(new)) => signature_breaks(old, new),
        (old, new) => old != new,
    }
}

fn signature_breaks(old: &Signature, new: &Signature) -> bool {
    let is_same_type = |(old, new): (&(String, String), &(String, String))| {
        [old.1.clone(), format!("impl Into<{}>", old.1), format!("impl Into<crate::runtime::Nullable<{}>>", old.1)]
            .contains(&new.1)
    };
    old.receiver != new.receiver
        || old.result != new.result
        || (&old.generics, &old.bounds) != (&new.generics, &new.bounds)
        || old.is_async != new.is_async
        || old.arguments.len() != new.arguments.len()
        || is_reordered(old, new)
        || !old.arguments.iter().zip(&new.arguments).all(is_same_type)
}

fn names(signature: &Signature) -> Vec<&str> {
    signature.arguments.iter().map(|(name, _)| name.as_str()).collect()
}

/// Returns whether a new item breaks programs: a field of a struct that programs can create, or a variant of an enum that they
/// can match completely.
fn addition_breaks(path: &str, kind: &ItemKind, old: &Surface, new: &Surface) -> bool {
    let parent = path.rsplit_once("::").map_or("", |(parent, _)| parent);
    let is_exhaustive = |surface: &Surface| {
        let kind = surface.items.get(parent).map(|item| &item.kind);
        matches!(kind, Some(ItemKind::Struct(true) | ItemKind::Enum(true)))
    };
    matches!(kind, ItemKind::Field(_) | ItemKind::Variant(_))
        && is_exhaustive(old)
        && old.items.contains_key(parent)
        && new.items.contains_key(parent)
}
