//! Recognises schemas, properties and operations that have another name or another location.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Snapshot;
use super::items;
use crate::compare::{Change, Difference, Fact, Pair, Step, Subject};
use crate::ir::{Field, Shape, TypeId};
use crate::source::Pointer;
use crate::surface::{Item, ItemKind, Signature, Surface};

/// An item that was renamed.
#[derive(Clone, Debug)]
pub struct Rename {
    /// The kind of item.
    pub kind: RenamedKind,
    /// The path of the item in the old crate.
    pub old: String,
    /// The path of the item in the new crate.
    pub new: String,
    /// The old and the new name in the document.
    pub wire: Pair<String>,
    /// The location in each document. The first document is the new one.
    pub origins: Pair<Pointer>,
    /// Whether requests or responses contain the name.
    pub is_on_wire: bool,
    /// Whether requests contain the item.
    pub is_in_requests: bool,
    /// Whether all responses contain the item.
    pub is_required_in_responses: bool,
}

/// The kind of a renamed item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenamedKind {
    /// A schema.
    Schema,
    /// A property.
    Property,
    /// The request type of an operation.
    Request,
    /// The method of an operation.
    Method,
}

/// Finds the renames, and returns the remaining differences.
pub(super) fn find(
    snapshots: Pair<&Snapshot>,
    counterparts: &[Subject],
    differences: Vec<Difference>,
) -> (Vec<Rename>, Vec<Difference>) {
    let mut renames = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |renames: &mut Vec<Rename>, rename: Rename| {
        let is_gone = !snapshots.ours.surface.items.contains_key(&rename.old);
        let is_new = !snapshots.theirs.surface.items.contains_key(&rename.new);
        // Two names in the document may have the same Rust name: `nick_name` and `nickName`.
        let is_renamed_on_wire = rename.is_on_wire && rename.old == rename.new;
        if (rename.old != rename.new && is_gone && is_new || is_renamed_on_wire) && seen.insert(rename.old.clone()) {
            renames.push(rename);
        }
    };
    for subject in counterparts {
        match *subject {
            Subject::Type(types) => {
                let name = |snapshot: &Snapshot, id: TypeId| snapshot.type_path(id);
                let (Some(new), Some(old)) = (name(snapshots.ours, types.ours), name(snapshots.theirs, types.theirs))
                else {
                    continue;
                };
                let defs = Pair {
                    ours: &snapshots.ours.api.types[types.ours],
                    theirs: &snapshots.theirs.api.types[types.theirs],
                };
                let wire = defs.map(|def| def.name.join("."));
                let origins = defs.map(|def| def.origin.clone());
                add(&mut renames, rename(RenamedKind::Schema, old, new, wire, origins));
            }
            Subject::Operation(Pair { ours: Some(ours), theirs: Some(theirs) }) => {
                let operations = Pair {
                    ours: &snapshots.ours.api.operations[ours],
                    theirs: &snapshots.theirs.api.operations[theirs],
                };
                let describe = |operation: &crate::ir::Operation| {
                    format!("{} {}", operation.method.as_str(), operation.template())
                };
                let (wire, origins) = (operations.map(describe), operations.map(|operation| operation.origin.clone()));
                let (new, old) = (snapshots.ours.operation_paths(ours), snapshots.theirs.operation_paths(theirs));
                if let (Some(new), Some(old)) = (&new.request, &old.request) {
                    add(
                        &mut renames,
                        rename(RenamedKind::Request, old.clone(), new.clone(), wire.clone(), origins.clone()),
                    );
                }
                if let (Some(new), Some(old)) = (&new.method, &old.method) {
                    add(&mut renames, rename(RenamedKind::Method, old.clone(), new.clone(), wire, origins));
                }
            }
            _ => {}
        }
    }
    let differences = properties(snapshots, differences, |rename| add(&mut renames, rename));
    (renames, differences)
}

fn rename(kind: RenamedKind, old: String, new: String, wire: Pair<String>, origins: Pair<Pointer>) -> Rename {
    Rename { kind, old, new, wire, origins, is_on_wire: false, is_in_requests: false, is_required_in_responses: false }
}

/// Finds the renamed properties: a type lost one property, and has one new property with the same schema.
fn properties(
    snapshots: Pair<&Snapshot>,
    differences: Vec<Difference>,
    mut add: impl FnMut(Rename),
) -> Vec<Difference> {
    let mut changed: BTreeMap<(TypeId, TypeId), (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (index, difference) in differences.iter().enumerate() {
        let (Subject::Type(types), [_, Step::Property(_)]) = (difference.subject, difference.path.as_slice()) else {
            continue;
        };
        let (added, removed) = changed.entry((types.ours, types.theirs)).or_default();
        match difference.change {
            Change::Added(Fact::Present) => added.push(index),
            Change::Missing(Fact::Present) => removed.push(index),
            _ => {}
        }
    }
    let mut merged: HashSet<usize> = HashSet::new();
    for ((new_type, old_type), (added, removed)) in changed {
        for (&removed, old) in
            removed.iter().filter_map(|index| Some((index, field(snapshots.theirs, old_type, &differences[*index])?)))
        {
            let is_equal = |new: &Field| is_same_schema(snapshots, old, new);
            let fields = added.iter().filter(|index| !merged.contains(*index));
            let fields =
                fields.filter_map(|index| Some((*index, field(snapshots.ours, new_type, &differences[*index])?)));
            let candidates: Vec<_> = fields.filter(|(_, new)| is_equal(new)).collect();
            let [(added, new)] = candidates.as_slice() else { continue };
            let (Some(new_path), Some(old_path)) =
                (snapshots.ours.member_path(new_type, &new.wire), snapshots.theirs.member_path(old_type, &old.wire))
            else {
                continue;
            };
            merged.extend([removed, *added]);
            let facts = snapshots.theirs.analysis.facts(old_type);
            let is_optional = !old.required || old.nullable;
            add(Rename {
                is_on_wire: true,
                is_in_requests: facts.is_in_requests,
                is_required_in_responses: facts.is_in_responses && !is_optional,
                ..rename(
                    RenamedKind::Property,
                    old_path,
                    new_path,
                    Pair { ours: new.wire.clone(), theirs: old.wire.clone() },
                    Pair { ours: new.origin.clone(), theirs: old.origin.clone() },
                )
            });
        }
    }
    differences
        .into_iter()
        .enumerate()
        .filter(|(index, _)| !merged.contains(index))
        .map(|(_, difference)| difference)
        .collect()
}

fn field<'a>(snapshot: &'a Snapshot, id: TypeId, difference: &Difference) -> Option<&'a Field> {
    let Some(Step::Property(wire)) = difference.path.last() else { return None };
    let Shape::Record(record) = &snapshot.api.types[id].shape else { return None };
    record.fields.iter().find(|field| field.wire == *wire)
}

/// Returns whether two properties have the same schema. Properties that have only a simple type must have similar descriptions
/// or names, because many properties are strings.
fn is_same_schema(snapshots: Pair<&Snapshot>, old: &Field, new: &Field) -> bool {
    let old_type = items::type_name(snapshots.theirs, &old.ty);
    let is_equal = old_type == items::type_name(snapshots.ours, &new.ty)
        && (old.required, old.nullable, old.read_only, old.write_only)
            == (new.required, new.nullable, new.read_only, new.write_only)
        && old.constraints == new.constraints;
    let letters = |wire: &str| wire.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let (old_letters, new_letters) = (letters(&old.wire), letters(&new.wire));
    let is_similar = old_letters.contains(&new_letters)
        || new_letters.contains(&old_letters)
        || !old.docs.is_empty() && old.docs == new.docs;
    is_equal && is_similar
}

/// Returns the items of the old crate under their new names.
pub(super) fn renamed(old: &Surface, renames: &[Rename]) -> Surface {
    let names: HashMap<&str, &str> = renames.iter().map(|rename| (rename.old.as_str(), rename.new.as_str())).collect();
    let items = old.items.iter().map(|(path, item)| (renamed_path(path, &names), renamed_item(item, &names)));
    Surface { items: items.collect(), default_features: old.default_features.clone() }
}

fn renamed_path(path: &str, names: &HashMap<&str, &str>) -> String {
    if let Some(new) = names.get(path) {
        return (*new).to_owned();
    }
    if let Some((ty, of_trait)) = path.split_once(": ") {
        return format!("{}: {}", renamed_path(ty, names), renamed_text(of_trait, names));
    }
    let Some((parent, name)) = path.rsplit_once("::") else { return path.to_owned() };
    let parent = renamed_path(parent, names);
    // Methods that are named after a property: `name()`, and `with_name()`.
    let base = name.trim_end_matches("()");
    for (prefix, base) in [("", base), ("with_", base.strip_prefix("with_").unwrap_or_default())] {
        let field = path.rsplit_once("::").map(|(parent, _)| format!("{parent}::{base}")).unwrap_or_default();
        if let Some(new) = names.get(field.as_str()).and_then(|new| new.rsplit("::").next()) {
            let call = if name.ends_with("()") { "()" } else { "" };
            return format!("{parent}::{prefix}{new}{call}");
        }
    }
    format!("{parent}::{name}")
}

fn renamed_item(item: &Item, names: &HashMap<&str, &str>) -> Item {
    let text = |text: &String| renamed_text(text, names);
    let texts = |texts: &Vec<String>| texts.iter().map(text).collect();
    let kind = match &item.kind {
        ItemKind::Field(ty) => ItemKind::Field(text(ty)),
        ItemKind::Variant(types) => ItemKind::Variant(texts(types)),
        ItemKind::Implementation(types) => ItemKind::Implementation(texts(types)),
        ItemKind::Alias(ty) => ItemKind::Alias(text(ty)),
        ItemKind::Constant(ty) => ItemKind::Constant(text(ty)),
        ItemKind::Function(signature) => ItemKind::Function(Signature {
            arguments: signature.arguments.iter().map(|(name, ty)| (name.clone(), text(ty))).collect(),
            result: text(&signature.result),
            ..signature.clone()
        }),
        kind => kind.clone(),
    };
    Item { kind, features: item.features.clone() }
}

fn renamed_text(text: &str, names: &HashMap<&str, &str>) -> String {
    let mut output = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("crate::") {
        let (before, path) = rest.split_at(start + "crate::".len());
        output.push_str(before);
        let end = path.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '#'))).unwrap_or(path.len());
        let (path, after) = path.split_at(end);
        output.push_str(names.get(path).copied().unwrap_or(path));
        rest = after;
    }
    output + rest
}
