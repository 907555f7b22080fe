//! Joins changes that differ only in one name into one entry of a report.

use std::collections::HashMap;

use super::titles::{changed_items, note, title, title_of_items, title_of_many, title_of_types, title_of_values};
use super::{Cause, Change};
use crate::compare::{self, Difference, Fact, Step};
use crate::surface::ItemKind;

/// Changes that are described together.
pub(super) struct Summary<'a> {
    /// What the changes are, in one line.
    pub title: String,
    /// The changes. There is at least one.
    pub changes: Vec<&'a Change>,
}

impl<'a> Summary<'a> {
    /// Returns the first change.
    pub fn first(&self) -> &'a Change {
        self.changes[0]
    }
}

/// Joins changes, in the order of the first change of each summary.
pub(super) fn summaries<'a>(changes: impl Iterator<Item = &'a Change>) -> Vec<Summary<'a>> {
    let mut groups: Vec<(Option<Shared>, Vec<&'a Change>)> = Vec::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    for change in changes {
        let Some((shared, key)) = key(change) else {
            groups.push((None, vec![change]));
            continue;
        };
        match by_key.get(&key) {
            Some(index) => groups[*index].1.push(change),
            None => {
                by_key.insert(key, groups.len());
                groups.push((Some(shared), vec![change]));
            }
        }
    }
    let summary = |(shared, changes): (Option<Shared>, Vec<&'a Change>)| {
        let joined = match (shared, changes.as_slice()) {
            (_, [_]) | (None, _) => None,
            (Some(Shared::Node), changes) => title_of_values(changes),
            (Some(Shared::Difference), changes) => title_of_many(changes),
            (Some(Shared::Types), changes) => title_of_types(changes),
            (Some(Shared::Items), changes) => title_of_items(changes),
        };
        Summary { title: joined.unwrap_or_else(|| title(changes[0])), changes }
    };
    groups.into_iter().map(summary).collect()
}

/// What the changes of a summary have in common.
enum Shared {
    /// The node. They add values to it, or remove values from it.
    Node,
    /// The difference, in several operations, schemas or webhooks.
    Difference,
    /// They add or remove types without a cause in the document.
    Types,
    /// The names of the items, in several types.
    Items,
}

/// Returns what a change shares with other changes, and a key that is equal for these changes.
fn key(change: &Change) -> Option<(Shared, String)> {
    let flags = (change.is_addition(), change.is_required, change.side, note(change));
    let common = format!("{} {:?} {flags:?}", change.code, change.verdicts);
    match &change.cause {
        Cause::Document(Difference { path, change: difference, .. }) => match (path.as_slice(), difference) {
            (
                path,
                compare::Change::Added(Fact::EnumValue(_) | Fact::TagValue(_))
                | compare::Change::Missing(Fact::EnumValue(_) | Fact::TagValue(_)),
            ) => {
                let is_added = matches!(difference, compare::Change::Added(_));
                Some((Shared::Node, format!("{common} {is_added} {path:?}")))
            }
            ([root @ (Step::Operation(_) | Step::Type(_) | Step::Webhook(_)), rest @ ..], _) if !rest.is_empty() => {
                let root = std::mem::discriminant(root);
                Some((Shared::Difference, format!("{common} {root:?} {rest:?} {difference:?}")))
            }
            ([Step::Operation(_)], compare::Change::Added(fact) | compare::Change::Missing(fact))
                if !matches!(fact, Fact::Present | Fact::Body(_)) =>
            {
                Some((Shared::Difference, format!("{common} {difference:?}")))
            }
            _ => None,
        },
        Cause::Rename(_) | Cause::Setting(_) => None,
        Cause::Items => {
            let is_type = |kind: &Option<ItemKind>| {
                matches!(kind, Some(ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::Alias(_)))
            };
            let path = change.items.first()?;
            if let Some((_, of_trait)) = path.split_once(": ").filter(|_| change.code != "D1060") {
                return Some((Shared::Items, format!("{common} trait {of_trait}")));
            }
            let Some(own) = change.item_changes.iter().find(|item| item.path == *path) else {
                return changed_items(change).map(|items| (Shared::Items, format!("{common} {items}")));
            };
            let is_whole = own.old.is_none() && is_type(&own.new) || own.new.is_none() && is_type(&own.old);
            is_whole.then(|| (Shared::Types, format!("{common} {}", change.group)))
        }
    }
}
