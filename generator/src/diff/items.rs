//! Finds the Rust items that a difference of the documents concerns, and the differences of items that it causes.

use std::collections::HashMap;

use super::causes::{PAGINATED, causes};
use super::renames::RenamedKind;
use super::{Cause, Change, Snapshot, Verdict, Verdicts};
use crate::compare::{self, Difference, Fact, Pair, Step, Subject};
use crate::naming;
use crate::surface::{ItemChange, ItemKind};

/// The maximum number of changes of the document that list the same difference of items.
const MAX_SHARED: usize = 8;

/// The maximum number of changes of one type that are examined as causes for the change of an item of this type.
const MAX_CANDIDATES: usize = 100;

/// The Rust items that a difference concerns.
#[derive(Debug, Default)]
pub(super) struct Concerned {
    /// The paths: the most specific item first.
    pub items: Vec<String>,
    /// The names of the arguments, fields or variants.
    pub members: Vec<String>,
}

/// Returns the items that a difference concerns.
pub(super) fn concerned(snapshots: Pair<&Snapshot>, difference: &Difference) -> Concerned {
    let mut concerned = Concerned::default();
    match difference.subject {
        Subject::Api => {}
        Subject::Webhook(ids) => {
            for (snapshot, id) in [(snapshots.ours, ids.ours), (snapshots.theirs, ids.theirs)] {
                let Some(id) = id else { continue };
                if let Some(Step::Response(status)) = difference.path.get(1) {
                    concerned.items.extend(snapshot.reply_paths(id, *status));
                }
                concerned.items.extend(snapshot.webhook_paths(id));
            }
        }
        Subject::Operation(ids) => {
            for (snapshot, id) in [(snapshots.ours, ids.ours), (snapshots.theirs, ids.theirs)] {
                let Some(id) = id else { continue };
                let paths = snapshot.operation_paths(id);
                if let Some(Step::Param(location, wire)) = difference.path.get(1) {
                    // The names are those of the parameters of the representative, which may have fewer path parameters.
                    let representative = snapshot.analysis.equivalent_operation(id);
                    let index = snapshot.param_index(representative, *location, wire);
                    if let Some(name) = index.and_then(|index| snapshot.names.operation(id).params.get(index)) {
                        let setter = paths.request.iter().map(|request| format!("{request}::{name}()"));
                        concerned.items.extend(setter.filter(|path| snapshot.surface.items.contains_key(path)));
                        concerned.members.push(name.clone());
                    }
                }
                if let Some(Step::Header(wire)) = difference.path.get(2) {
                    let (items, name) = header_methods(snapshot, wire);
                    concerned.items.splice(0..0, items);
                    concerned.members.extend(name);
                }
                concerned.items.extend(paths.method.into_iter().chain(paths.request));
            }
        }
        Subject::Type(types) => {
            // A renamed type has its new name, because the items of the old crate are compared under their new names.
            let new_path = snapshots.ours.type_path(types.ours);
            for (snapshot, id, is_new) in [(snapshots.ours, types.ours, true), (snapshots.theirs, types.theirs, false)]
            {
                let Some(path) = new_path.clone().or_else(|| snapshot.type_path(id)) else { continue };
                if let Some(name) = member(snapshot, id, difference, is_new) {
                    concerned.items.push(format!("{path}::{name}"));
                    concerned.members.push(name);
                }
                concerned.items.push(path);
            }
        }
    }
    let mut seen = std::collections::HashSet::new();
    concerned.items.retain(|path| seen.insert(path.clone()));
    concerned
}

/// Returns the paths of the methods for a header, and the names that such a method may have. They are methods of `Response`, or of the
/// trait `ResponseHeaders` if the runtime is another crate.
fn header_methods(snapshot: &Snapshot, wire: &str) -> (Vec<String>, Vec<String>) {
    let name = naming::method_names(&[wire.to_ascii_lowercase()]).pop().unwrap_or_default();
    // The name gets an underscore if `Response` has such a method.
    let names = [name.clone(), format!("{name}_")];
    let paths =
        names.iter().flat_map(|name| ["runtime::Response", "ResponseHeaders"].map(|ty| format!("{ty}::{name}()")));
    let items = paths.filter(|path| snapshot.surface.items.contains_key(path)).collect();
    (items, names.into())
}

/// Returns the name of the field or variant that a difference concerns.
fn member(snapshot: &Snapshot, id: crate::ir::TypeId, difference: &Difference, is_new: bool) -> Option<String> {
    let name = match difference.path.get(1) {
        Some(Step::Property(name) | Step::UnionVariant(name)) => name.clone(),
        Some(Step::AdditionalProperties) => {
            let name = &snapshot.names.ty(id).additional;
            return (!name.is_empty()).then(|| name.clone());
        }
        None => enum_value(difference, is_new)?.to_string(),
        _ => return None,
    };
    snapshot.names.ty(id).members.get(snapshot.member_index(id, &name)?).cloned()
}

fn enum_value(difference: &Difference, is_new: bool) -> Option<&serde_json::Value> {
    match &difference.change {
        compare::Change::Added(Fact::EnumValue(value)) | compare::Change::Missing(Fact::EnumValue(value)) => {
            Some(value)
        }
        compare::Change::Changed(Pair { ours: Fact::EnumValue(new), theirs: Fact::EnumValue(old) }) => {
            Some(if is_new { new } else { old })
        }
        _ => None,
    }
}

/// Returns the resource or module of an item, as in `services` or `models`.
pub(super) fn group(path: &str) -> String {
    let path = path.split_once(": ").map_or(path, |(ty, _)| ty);
    let parts: Vec<&str> = path.split("::").collect();
    match parts.as_slice() {
        ["resources", module, _, ..] => (*module).to_owned(),
        ["models", name, ..] => format!("models::{name}"),
        [module, _, ..] if module.starts_with(char::is_lowercase) => (*module).to_owned(),
        [name, ..] if !name.starts_with("feature") => (*name).to_owned(),
        _ => "API".to_owned(),
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
            let is_property = matches!(&change.cause, Cause::Rename(rename) if rename.kind == RenamedKind::Property);
            let owner = if is_property { owner(item).to_owned() } else { item.clone() };
            let changes = owners.entry(owner).or_default();
            if changes.len() < MAX_CANDIDATES {
                changes.push(index);
            }
        }
    }
    for (index, change) in changes.iter().enumerate() {
        // A list has the item type of its pages.
        if let Cause::Document(Difference { subject: Subject::Type(types), path, .. }) = &change.cause
            && let Some(Step::Property(wire)) = path.get(1)
        {
            for request in new.lists(types.ours, wire) {
                exact.entry(format!("{request}: {PAGINATED}")).or_default().push(index);
            }
        }
    }
    let mut rest: Vec<ItemChange> = Vec::new();
    for item_change in item_changes {
        let of_owner = owners.get(owner(&item_change.path)).map(Vec::as_slice).unwrap_or_default();
        let causes = causes(changes, exact.get(&item_change.path).map(Vec::as_slice), of_owner, &item_change);
        if causes.is_empty() {
            rest.push(item_change);
            continue;
        }
        for (number, index) in causes.into_iter().enumerate() {
            let change = &mut changes[index];
            change.verdicts.source = change.verdicts.source.max(Verdict::breaking_if(item_change.is_breaking));
            if number < MAX_SHARED {
                change.item_changes.push(item_change.clone());
            }
        }
    }
    let rest = add_to_operations(changes, rest);
    add_rest(changes, rest, new);
}

/// Adds the items of a resource to the change that adds, removes or moves one of its operations: its module, its handles, the
/// methods that return the handles, and its cargo feature. Returns the other items.
fn add_to_operations(changes: &mut [Change], rest: Vec<ItemChange>) -> Vec<ItemChange> {
    let mut by_module: HashMap<(String, bool), usize> = HashMap::new();
    for (index, change) in changes.iter().enumerate() {
        let directions: &[bool] = match &change.cause {
            Cause::Document(Difference { path, change: compare::Change::Added(Fact::Present), .. })
                if path.len() == 1 =>
            {
                &[true]
            }
            Cause::Document(Difference { path, change: compare::Change::Missing(Fact::Present), .. })
                if path.len() == 1 =>
            {
                &[false]
            }
            Cause::Rename(rename) if rename.kind == RenamedKind::Method => &[true, false],
            _ => continue,
        };
        for module in change.items.iter().filter_map(|item| module(item)) {
            for is_added in directions {
                by_module.entry((module.to_owned(), *is_added)).or_insert(index);
            }
        }
    }
    let mut others = Vec::new();
    for item in rest {
        let cause = resource(&item).and_then(|module| by_module.get(&(module, item.old.is_none())).copied());
        match cause.filter(|_| item.old.is_none() || item.new.is_none()) {
            Some(index) => {
                let verdict = Verdict::breaking_if(item.is_breaking);
                changes[index].verdicts.source = changes[index].verdicts.source.max(verdict);
                changes[index].item_changes.push(item);
            }
            None => others.push(item),
        }
    }
    others
}

/// Returns the module of a resource in a path.
fn module(path: &str) -> Option<&str> {
    path.split_once("resources::")?.1.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '#')).next()
}

/// Returns the module of the resource that an item belongs to.
fn resource(item: &ItemChange) -> Option<String> {
    if let Some(name) = item.path.strip_prefix("feature `") {
        return Some(name.trim_end_matches('`').replace('-', "_"));
    }
    if let Some(module) = module(&item.path) {
        return Some(module.to_owned());
    }
    match item.old.as_ref().or(item.new.as_ref()) {
        Some(ItemKind::Function(signature)) => module(&signature.result).map(str::to_owned),
        _ => None,
    }
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
pub(super) fn owner(path: &str) -> &str {
    match path.split_once(": ") {
        // A conversion from a type of the crate to a type of another crate belongs to the first.
        Some((ty, of_trait)) if ty.contains('<') => {
            let from = of_trait.split_once("<crate::").map(|(_, path)| path.trim_end_matches('>'));
            from.unwrap_or(ty)
        }
        Some((ty, _)) => ty,
        None => path.rsplit_once("::").map_or(path, |(parent, _)| parent),
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
        let own = item_changes.iter().find(|change| change.path == owner);
        let named = own.or(match item_changes.as_slice() {
            [only] => Some(only),
            _ => None,
        });
        let is_type = new.surface.items.contains_key(&owner);
        let first = item_changes.iter().find(|change| !change.is_optional).or(item_changes.first());
        let (code, path) = match named.or(first.filter(|_| !is_type)) {
            Some(change) if change.old.is_none() => ("D1001", change.path.clone()),
            Some(change) if change.new.is_none() => ("D1002", change.path.clone()),
            Some(change) => ("D1060", change.path.clone()),
            None => ("D1060", owner.clone()),
        };
        let is_whole = own.is_some_and(|change| change.old.is_none() || change.new.is_none());
        let group = if is_whole && path.starts_with("models::") { "models".to_owned() } else { group(&path) };
        let is_breaking = item_changes.iter().any(|change| change.is_breaking);
        changes.push(Change {
            code: code.to_owned(),
            group,
            cause: Cause::Items,
            items: vec![path],
            verdicts: Verdicts { source: Verdict::breaking_if(is_breaking), ..Verdicts::default() },
            item_changes,
            ..Change::default()
        });
    }
}
