//! Recognises schemas, properties and operations that have another name or another location.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::Snapshot;
use crate::compare::{Change, Difference, Fact, Pair, Step, Subject};
use crate::diagnostics::Diagnostics;
use crate::ir::{Field, Shape, TypeId, TypeRef};
use crate::naming::case;
use crate::source::Pointer;
use crate::surface::{self, Item, ItemChange, ItemKind, Signature, Surface};

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
    /// The request types, if the method of an operation was renamed and its request type as well.
    pub request: Option<Pair<String>>,
    /// The name of the schema, if a property was renamed.
    pub schema: String,
    /// The differences of the documents that the rename replaces.
    pub differences: Vec<Difference>,
    /// The location in each document. The first document is the new one.
    pub origins: Pair<Pointer>,
    /// Whether requests or responses contain the name.
    pub is_on_wire: bool,
    /// Whether requests contain the item.
    pub is_in_requests: bool,
    /// Whether all responses contain the item.
    pub is_required_in_responses: bool,
    /// Whether the method of an operation takes arguments.
    pub takes_arguments: Pair<bool>,
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
                let mut wire = defs.map(|def| def.name.join("."));
                let origins = defs.map(|def| def.origin.clone());
                // If the other document has the schema as well, only the type was renamed.
                let is_in = |snapshot: &Snapshot, origin: &Pointer| {
                    snapshot.api.schemas_without_type.contains_key(&origin.to_string())
                };
                if is_in(snapshots.ours, &origins.theirs) || is_in(snapshots.theirs, &origins.ours) {
                    wire.theirs.clone_from(&wire.ours);
                }
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
                    let takes_arguments = Pair {
                        ours: takes_arguments(&snapshots.ours.surface, new),
                        theirs: takes_arguments(&snapshots.theirs.surface, old),
                    };
                    let rename = rename(RenamedKind::Method, old.clone(), new.clone(), wire, origins);
                    add(&mut renames, Rename { takes_arguments, ..rename });
                }
            }
            _ => {}
        }
    }
    let differences = properties(snapshots, differences, |rename| add(&mut renames, rename));
    (renames, differences)
}

fn takes_arguments(surface: &Surface, path: &str) -> bool {
    let kind = surface.items.get(path).map(|item| &item.kind);
    matches!(kind, Some(ItemKind::Function(signature)) if !signature.arguments.is_empty())
}

/// Joins the renames of the request type and of the method of the same operation.
pub(super) fn joined(renames: Vec<Rename>) -> Vec<Rename> {
    let mut joined: Vec<Rename> = Vec::new();
    for mut rename in renames {
        let request = joined.pop_if(|last| {
            last.kind == RenamedKind::Request && rename.kind == RenamedKind::Method && last.origins == rename.origins
        });
        rename.request = request.map(|request| Pair { ours: request.new, theirs: request.old });
        joined.push(rename);
    }
    joined
}

fn rename(kind: RenamedKind, old: String, new: String, wire: Pair<String>, origins: Pair<Pointer>) -> Rename {
    Rename {
        kind,
        old,
        new,
        wire,
        request: None,
        schema: String::new(),
        differences: Vec::new(),
        origins,
        is_on_wire: false,
        is_in_requests: false,
        is_required_in_responses: false,
        takes_arguments: Pair { ours: false, theirs: false },
    }
}

/// Finds the renamed properties: a type lost one property, and has one new property with the same schema.
fn properties(
    snapshots: Pair<&Snapshot>,
    differences: Vec<Difference>,
    mut add: impl FnMut(Rename),
) -> Vec<Difference> {
    let mut merged: HashSet<usize> = HashSet::new();
    for ((new_type, old_type), AddedAndRemoved { added, removed }) in added_and_removed(&differences) {
        // The new properties by what must be equal. A property with several candidates has no counterpart.
        let mut candidates: HashMap<String, BTreeSet<usize>> = HashMap::new();
        let only_new = added.first().copied().filter(|_| added.len() == 1 && removed.len() == 1);
        for index in added {
            let Some(new) = field(snapshots.ours, new_type, &differences[index]) else { continue };
            for key in similarity_keys(snapshots.ours, new, false) {
                candidates.entry(key).or_default().insert(index);
            }
        }
        for removed in removed {
            let Some(old) = field(snapshots.theirs, old_type, &differences[removed]) else { continue };
            let keys = similarity_keys(snapshots.theirs, old, true);
            let found: BTreeSet<usize> = keys
                .iter()
                .filter_map(|key| candidates.get(key))
                .flat_map(|found| found.iter().take(2).copied())
                .collect();
            let respelled = only_new.filter(|added| {
                let new = field(snapshots.ours, new_type, &differences[*added]);
                found.is_empty() && new.is_some_and(|new| is_respelled(snapshots, Pair { ours: new, theirs: old }))
            });
            let mut found = found.into_iter().chain(respelled);
            let (Some(added), None) = (found.next(), found.next()) else { continue };
            let Some(new) = field(snapshots.ours, new_type, &differences[added]) else { continue };
            let fields = Pair { ours: new, theirs: old };
            let Some(rename) = property_rename(snapshots, (new_type, old_type), fields) else { continue };
            for key in similarity_keys(snapshots.ours, new, false) {
                candidates.entry(key).or_default().remove(&added);
            }
            merged.extend([removed, added]);
            add(Rename { differences: [removed, added].map(|index| differences[index].clone()).to_vec(), ..rename });
            own_enum_rename(snapshots, fields).into_iter().for_each(&mut add);
        }
    }
    differences
        .into_iter()
        .enumerate()
        .filter(|(index, _)| !merged.contains(index))
        .map(|(_, difference)| difference)
        .collect()
}

/// The differences that add properties to a type, and those that remove properties from it, by their indexes.
#[derive(Default)]
struct AddedAndRemoved {
    added: Vec<usize>,
    removed: Vec<usize>,
}

/// Returns the added and removed properties by the new type and the old type.
fn added_and_removed(differences: &[Difference]) -> BTreeMap<(TypeId, TypeId), AddedAndRemoved> {
    let mut found: BTreeMap<_, AddedAndRemoved> = BTreeMap::new();
    for (index, difference) in differences.iter().enumerate() {
        let (Subject::Type(types), [_, Step::Property(_)]) = (difference.subject, difference.path.as_slice()) else {
            continue;
        };
        let properties = found.entry((types.ours, types.theirs)).or_default();
        match difference.change {
            Change::Added(Fact::Present) => properties.added.push(index),
            Change::Missing(Fact::Present) => properties.removed.push(index),
            _ => {}
        }
    }
    found
}

/// Returns the rename of a property, without its differences. Returns `None` if one of the crates has no such field.
fn property_rename(
    snapshots: Pair<&Snapshot>,
    (new_type, old_type): (TypeId, TypeId),
    fields: Pair<&Field>,
) -> Option<Rename> {
    let new_path = snapshots.ours.member_path(new_type, &fields.ours.wire)?;
    let old_path = snapshots.theirs.member_path(old_type, &fields.theirs.wire)?;
    let is_optional = !fields.theirs.required || fields.theirs.nullable;
    let (wire, origins) = (fields.map(|field| field.wire.clone()), fields.map(|field| field.origin.clone()));
    Some(Rename {
        schema: snapshots.ours.api.types[new_type].name.join("."),
        is_on_wire: true,
        is_in_requests: snapshots.theirs.is_sent(old_type),
        is_required_in_responses: snapshots.theirs.is_received(old_type) && !is_optional,
        ..rename(RenamedKind::Property, old_path, new_path, wire, origins)
    })
}

fn field<'a>(snapshot: &'a Snapshot, id: TypeId, difference: &Difference) -> Option<&'a Field> {
    let Some(Step::Property(wire)) = difference.path.last() else { return None };
    snapshot.field(id, wire)
}

/// The maximum number of words of a name that are compared.
const MAX_WORDS: usize = 8;

/// Returns the keys of a property. An old property and a new property with a common key have an equal schema, and similar names or
/// equal descriptions. The schema alone is not enough, because many properties are strings. Names are similar if one begins or ends
/// with the words of the other.
fn similarity_keys(snapshot: &Snapshot, field: &Field, is_old: bool) -> HashSet<String> {
    let schema = schema_key(snapshot, field);
    let name = case::value_name(&field.wire);
    let words: Vec<&str> = name.trim_start_matches("r#").trim_end_matches('_').split('_').take(MAX_WORDS).collect();
    // The whole name of one property is looked up among the parts of the names of the others.
    let (whole, part) = if is_old { ("new", "old") } else { ("old", "new") };
    let mut keys = HashSet::from([format!("{schema} in {whole} {}", words.concat())]);
    for index in 0..words.len() {
        keys.extend([&words[..=index], &words[index..]].map(|words| format!("{schema} in {part} {}", words.concat())));
    }
    keys.extend((!field.docs.is_empty()).then(|| format!("{schema} {:?}", field.docs)));
    keys
}

/// Returns a text that is equal for properties with equal schemas.
fn schema_key(snapshot: &Snapshot, field: &Field) -> String {
    let mut ty = snapshot.type_name(&field.ty);
    // An enum that only this property has is called after the property.
    if let Some(id) = own_enum(snapshot, field) {
        ty = ty.replace(&snapshot.names.ty(id).ident, &enum_values(&snapshot.api.types[id].shape).join(" "));
    }
    let flags = (field.required, field.nullable, field.read_only, field.write_only);
    format!("{ty} {flags:?} {:?}", field.constraints)
}

/// Returns the enum in the schema of a property, if it has no other name.
fn own_enum(snapshot: &Snapshot, field: &Field) -> Option<TypeId> {
    let mut ty = &field.ty;
    while let TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) = ty {
        ty = inner;
    }
    let TypeRef::Named(id) = ty else { return None };
    let def = &snapshot.api.types[*id];
    let is_own = def.origin.is_below(&field.origin) && !enum_values(&def.shape).is_empty();
    is_own.then_some(*id)
}

/// Returns the rename of the enum that only a property has, if the property has another name.
fn own_enum_rename(snapshots: Pair<&Snapshot>, fields: Pair<&Field>) -> Option<Rename> {
    let (new_id, old_id) = (own_enum(snapshots.ours, fields.ours)?, own_enum(snapshots.theirs, fields.theirs)?);
    let (new, old) = (snapshots.ours.type_path(new_id)?, snapshots.theirs.type_path(old_id)?);
    let defs = Pair { ours: &snapshots.ours.api.types[new_id], theirs: &snapshots.theirs.api.types[old_id] };
    let (wire, origins) = (defs.map(|def| def.name.join(".")), defs.map(|def| def.origin.clone()));
    Some(rename(RenamedKind::Schema, old, new, wire, origins))
}

/// Returns the values of an enum in JSON.
fn enum_values(shape: &Shape) -> Vec<String> {
    match shape {
        Shape::StringEnum(values) => values.iter().map(|value| format!("{:?}", value.wire)).collect(),
        Shape::ValueEnum(values) => values.values.iter().map(|value| value.value.to_string()).collect(),
        _ => Vec::new(),
    }
}

/// Returns whether two properties have equal schemas and similar names, such as `colour` and `color`.
fn is_respelled(snapshots: Pair<&Snapshot>, fields: Pair<&Field>) -> bool {
    schema_key(snapshots.ours, fields.ours) == schema_key(snapshots.theirs, fields.theirs)
        && Diagnostics::default().did_you_mean(&fields.theirs.wire, [fields.ours.wire.as_str()]).is_some()
}

/// Returns the differences between the items of the crates, after the items of the old crate got their new names.
pub(super) fn item_changes(snapshots: Pair<&Snapshot>, renames: &[Rename]) -> Vec<ItemChange> {
    let old = &snapshots.theirs.surface;
    let names: HashMap<&str, &str> = renames.iter().map(|rename| (rename.old.as_str(), rename.new.as_str())).collect();
    let mut old_paths: HashMap<String, &str> = HashMap::new();
    let items = old.items.iter().map(|(path, item)| {
        let new_path = renamed_path(path, &names);
        if new_path != *path {
            old_paths.insert(new_path.clone(), path);
        }
        (new_path, renamed_item(item, &names))
    });
    let renamed = Surface { items: items.collect(), default_features: old.default_features.clone() };
    let mut changes = surface::changes(&renamed, &snapshots.ours.surface);
    for change in changes.iter_mut().filter(|change| change.old.is_some()) {
        let path = old_paths.get(&change.path).copied().unwrap_or(&change.path);
        let Some(item) = old.items.get(path) else { continue };
        if path != change.path || change.old.as_ref() != Some(&item.kind) {
            change.original = Some((path.to_owned(), item.kind.clone()));
        }
    }
    changes
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
