//! Finds the Rust items that a difference of the documents concerns, and the differences of items that it causes.

use std::collections::HashMap;

use super::{Cause, Change, Snapshot, Verdict, Verdicts};
use crate::compare::{self, Difference, Fact, Pair, Step, Subject};
use crate::ir::{Shape, TypeRef};
use crate::surface::{ItemChange, ItemKind};

/// Returns the paths of the items that a difference concerns: the most specific item first.
pub(super) fn concerned(snapshots: Pair<&Snapshot>, difference: &Difference) -> Vec<String> {
    let mut items = Vec::new();
    match difference.subject {
        Subject::Api => {}
        Subject::Operation(ids) => {
            for (snapshot, id) in [(snapshots.ours, ids.ours), (snapshots.theirs, ids.theirs)] {
                let Some(id) = id else { continue };
                let paths = snapshot.operation_paths(id);
                if let Some(Step::Param(location, wire)) = difference.path.get(1) {
                    let params = snapshot.api.operations[id].params.iter().zip(&snapshot.names.operation(id).params);
                    let is_setter = |wire: &&String, request: &String| {
                        Some(format!("{request}::{wire}()")).filter(|path| snapshot.surface.items.contains_key(path))
                    };
                    let names = params.filter(|(param, _)| param.wire == *wire && param.location == *location);
                    for (_, name) in names {
                        items.extend(paths.request.as_ref().and_then(|request| is_setter(&name, request)));
                    }
                }
                items.extend(paths.method.into_iter().chain(paths.request));
            }
        }
        Subject::Type(types) => {
            for (snapshot, id) in [(snapshots.ours, types.ours), (snapshots.theirs, types.theirs)] {
                let Some(path) = snapshot.type_path(id) else { continue };
                items.extend(member(snapshot, id, difference).map(|name| format!("{path}::{name}")));
                items.push(path);
            }
        }
    }
    let mut seen = std::collections::HashSet::new();
    items.retain(|path| seen.insert(path.clone()));
    items
}

/// Returns the name of the field or variant that a difference concerns.
fn member(snapshot: &Snapshot, id: crate::ir::TypeId, difference: &Difference) -> Option<String> {
    let members = &snapshot.names.ty(id).members;
    let index = match (&snapshot.api.types[id].shape, difference.path.get(1)) {
        (Shape::Record(record), Some(Step::Property(wire))) => {
            record.fields.iter().position(|field| field.wire == *wire)
        }
        (Shape::Union(union), Some(Step::UnionVariant(name))) => {
            union.variants.iter().position(|variant| variant.name == *name)
        }
        (Shape::StringEnum(variants), None) => {
            let value = enum_value(difference)?;
            variants.iter().position(|variant| value == variant.wire.as_str())
        }
        (Shape::ValueEnum(values), None) => {
            let value = enum_value(difference)?;
            values.values.iter().position(|literal| literal.value == *value)
        }
        _ => None,
    };
    members.get(index?).cloned()
}

fn enum_value(difference: &Difference) -> Option<&serde_json::Value> {
    match &difference.change {
        compare::Change::Added(Fact::EnumValue(value)) | compare::Change::Missing(Fact::EnumValue(value)) => {
            Some(value)
        }
        _ => None,
    }
}

/// Returns the resource or module of an item, as in `services` or `models`.
pub(super) fn group(path: &str) -> String {
    let parts: Vec<&str> = path.split("::").collect();
    match parts.as_slice() {
        ["resources", module, _, ..] => (*module).to_owned(),
        ["models", name, ..] => format!("models::{name}"),
        [module, _, ..] if module.starts_with(char::is_lowercase) => (*module).to_owned(),
        [name, ..] if !name.starts_with("feature") => (*name).to_owned(),
        _ => "API".to_owned(),
    }
}

/// Returns a name of a type that is equal for equal types of two documents.
pub(super) fn type_name(snapshot: &Snapshot, ty: &TypeRef) -> String {
    match ty {
        TypeRef::Named(id) => snapshot.names.ty(*id).ident.clone(),
        TypeRef::Array(inner) => format!("array of {}", type_name(snapshot, inner)),
        TypeRef::Map(inner) => format!("map of {}", type_name(snapshot, inner)),
        TypeRef::Nullable(inner) => format!("nullable {}", type_name(snapshot, inner)),
        TypeRef::Tuple(items) => {
            let items: Vec<String> = items.iter().map(|item| type_name(snapshot, item)).collect();
            format!("({})", items.join(", "))
        }
        other => format!("{other:?}"),
    }
}

/// Gives each difference of items to the changes that cause it. Adds a change for the differences without a cause.
pub(super) fn attribute(changes: &mut Vec<Change>, item_changes: Vec<ItemChange>, new: &Snapshot) {
    let (mut exact, mut owners): (HashMap<String, Vec<usize>>, HashMap<String, Vec<usize>>) = Default::default();
    for (index, change) in changes.iter().enumerate() {
        for item in &change.items {
            exact.entry(item.clone()).or_default().push(index);
            for method in methods(item) {
                exact.entry(method).or_default().push(index);
            }
            owners.entry(item.clone()).or_default().push(index);
        }
    }
    let mut rest: Vec<ItemChange> = Vec::new();
    for item_change in item_changes {
        let owner = owner(&item_change.path);
        let candidates = exact.get(&item_change.path).or_else(|| owners.get(owner));
        let Some(indexes) = candidates else {
            rest.push(item_change);
            continue;
        };
        let changes_items = |index: &&usize| changes_items(&changes[**index], &item_change);
        let causes: Vec<usize> = indexes.iter().filter(changes_items).copied().collect();
        let causes = if causes.is_empty() { indexes.clone() } else { causes };
        for index in causes {
            let change = &mut changes[index];
            change.verdicts.source = change.verdicts.source.max(Verdict::breaking_if(item_change.is_breaking));
            change.item_changes.push(item_change.clone());
        }
    }
    add_rest(changes, rest, new);
}

/// Returns the methods that are named after a field.
fn methods(item: &str) -> Vec<String> {
    match item.rsplit_once("::") {
        Some((parent, name)) if !name.ends_with("()") && parent.contains("::") => {
            vec![format!("{item}()"), format!("{parent}::with_{name}()")]
        }
        _ => Vec::new(),
    }
}

/// Returns the type that an item belongs to.
fn owner(path: &str) -> &str {
    match path.split_once(": ") {
        Some((ty, _)) => ty,
        None => path.rsplit_once("::").map_or(path, |(parent, _)| parent),
    }
}

/// Returns whether a change of the document is likely to change the Rust items, and not only their documentation.
fn changes_items(change: &Change, item: &ItemChange) -> bool {
    let Cause::Document(difference) = &change.cause else { return true };
    let (compare::Change::Added(fact)
    | compare::Change::Missing(fact)
    | compare::Change::Changed(Pair { ours: fact, .. })) = &difference.change;
    let is_presence = matches!(fact, Fact::Present | Fact::EnumValue(_) | Fact::TagValue(_));
    match item.old.is_some() && item.new.is_some() {
        true => !matches!(fact, Fact::Deprecated | Fact::Default(_) | Fact::Personal | Fact::Constraint(_)),
        false => {
            is_presence || !matches!(fact, Fact::Deprecated | Fact::Default(_) | Fact::Personal | Fact::Constraint(_))
        }
    }
}

/// Adds a change for each item whose difference has no cause in the document. The items of a new or removed type are one change.
fn add_rest(changes: &mut Vec<Change>, rest: Vec<ItemChange>, new: &Snapshot) {
    let mut by_owner: Vec<(String, Vec<ItemChange>)> = Vec::new();
    let mut index_of: HashMap<String, usize> = HashMap::new();
    for change in rest {
        let is_type = |kind: &Option<ItemKind>| {
            matches!(kind, Some(ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::Alias(_) | ItemKind::Trait))
        };
        let key = match is_type(&change.old) || is_type(&change.new) {
            true => change.path.clone(),
            false => owner(&change.path).to_owned(),
        };
        let index = *index_of.entry(key.clone()).or_insert_with(|| {
            by_owner.push((key, Vec::new()));
            by_owner.len() - 1
        });
        by_owner[index].1.push(change);
    }
    for (owner, item_changes) in by_owner {
        // A single item that is not the type itself is named. Several items are a change of their type.
        let named = item_changes.iter().find(|change| change.path == owner).or(match item_changes.as_slice() {
            [only] => Some(only),
            _ => None,
        });
        let is_type = new.surface.items.contains_key(&owner);
        let (code, path) = match named.or(item_changes.first().filter(|_| !is_type)) {
            Some(change) if change.old.is_none() => ("D1001", change.path.clone()),
            Some(change) if change.new.is_none() => ("D1002", change.path.clone()),
            Some(change) => ("D1060", change.path.clone()),
            None => ("D1060", owner),
        };
        let is_breaking = item_changes.iter().any(|change| change.is_breaking);
        changes.push(Change {
            code: code.to_owned(),
            group: group(&path),
            cause: Cause::Items,
            items: vec![path],
            verdicts: Verdicts { source: Verdict::breaking_if(is_breaking), ..Verdicts::default() },
            item_changes,
        });
    }
}
