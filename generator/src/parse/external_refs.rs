//! Joins the document and the files that it refers to into one tree of values. All references in the tree are local.
//!
//! Each file becomes an entry of the root. The key is the path of the file with the prefix [`FILE_KEY_PREFIX`].
//! References to files, and references inside of files, are replaced by references into these entries.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::ids::absolute;
use super::yaml;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::source::{FILE_KEY_PREFIX, Pointer, Source, UnreadReference, written_reference};

/// Adds the files that the document refers to to the tree of the document.
pub fn join(source: &Source, tree: &mut Value, diagnostics: &mut Diagnostics) {
    // A document may also refer to itself by its file name or its `$self`.
    let refers_to_itself = |text: &str| text.contains(source.name()) || text.contains(SELF);
    if source.files.is_empty() && !source.has_links() && !source.texts().any(refers_to_itself) {
        return;
    }
    let mut trees = Vec::new();
    for (path, file) in &source.files {
        let mut file_diagnostics = Diagnostics::default();
        match yaml::parse(file, &mut file_diagnostics) {
            Some(tree) => trees.push((path.as_str(), tree)),
            None => file_diagnostics.iter().for_each(|diagnostic| diagnostics.push(diagnostic.clone().in_file(path))),
        }
    }
    let files = Files::new(source, tree, &trees);
    trees.iter_mut().for_each(|(path, tree)| rewrite(tree, path, &files));
    rewrite(tree, "", &files);
    if let Value::Object(root) = tree {
        root.extend(trees.into_iter().map(|(path, tree)| (format!("{FILE_KEY_PREFIX}{path}"), tree)));
    }
}

/// The keyword with the URI of a document.
pub(super) const SELF: &str = "$self";

/// The files to which references can lead. The path of the document itself is empty.
struct Files<'a> {
    source: &'a Source,
    /// The `$self` of each file that has one, by its path.
    uris: HashMap<String, String>,
    /// The path of each file that has a `$self`, by its `$self`.
    paths: HashMap<String, String>,
}

impl<'a> Files<'a> {
    fn new(source: &'a Source, tree: &Value, trees: &[(&str, Value)]) -> Self {
        let trees = trees.iter().map(|(path, tree)| (*path, tree)).chain([("", tree)]);
        let uris = trees.filter_map(|(path, tree)| {
            let uri = tree.get(SELF)?.as_str()?;
            let uri = uri.split('#').next().unwrap_or_default();
            (!uri.is_empty()).then(|| (path.to_owned(), uri.to_owned()))
        });
        let uris: HashMap<String, String> = uris.collect();
        let paths = uris.iter().map(|(path, uri)| (uri.clone(), path.clone())).collect();
        Self { source, uris, paths }
    }

    /// Returns the path of the file that a reference in the file `from` names.
    fn resolve(&self, from: &str, file: &str) -> Option<String> {
        let uri = absolute(self.uris.get(from).map_or("", String::as_str), file);
        self.paths.get(&uri).cloned().or_else(|| self.source.resolve_file(from, file))
    }
}

/// Expands each section that is a reference, such as `schemas: { $ref: schemas.yaml }`. The section gets a reference to
/// each entry of its target, so each entry becomes a component.
pub fn expand_section_references(source: &Source, tree: &mut Value, diagnostics: &mut Diagnostics) {
    let mut expand = |tree: &mut Value, at: &Pointer| {
        expand_section(tree, at);
        let Some(Value::Object(section)) = tree.pointer_mut(at.as_str()) else { return };
        let Some(Value::String(reference)) = section.get("$ref") else { return };
        let location = Location::Value(at.child("$ref"));
        diagnostics.push(match Pointer::from_reference(reference) {
            Some(_) => {
                let message = format!("unresolved reference `{}`", written_reference(reference));
                Diagnostic::error(code::DANGLING_REFERENCE, location, message).help("refer to an object that exists")
            }
            None => {
                let UnreadReference { message, help, .. } = source.unread_reference(reference, at);
                Diagnostic::error(code::FOREIGN_REFERENCE, location, message).help(help)
            }
        });
        section.shift_remove("$ref");
    };
    expand(tree, &Pointer::root().child("paths"));
    let components = Pointer::root().child("components");
    expand(tree, &components);
    let sections = components.lookup(tree).and_then(Value::as_object);
    let sections: Vec<String> = sections.into_iter().flatten().map(|(section, _)| section.clone()).collect();
    for section in sections.iter().filter(|section| !section.starts_with("x-")) {
        expand(tree, &components.child(section));
    }
}

fn expand_section(tree: &mut Value, at: &Pointer) {
    // A longer chain of references is treated as a cycle.
    for _ in 0..MAX_CHAIN_LENGTH {
        let target = at.lookup(tree).and_then(|section| section.get("$ref")).and_then(Value::as_str);
        let Some(target) = target.and_then(Pointer::from_reference) else { return };
        let Some(Value::Object(entries)) = target.lookup(tree) else { return };
        let entry = |key: &String| match entries.get(key) {
            Some(reference @ Value::String(_)) if key == "$ref" => reference.clone(),
            _ => json!({ "$ref": target.child(key).to_string() }),
        };
        let entries: Vec<(String, Value)> = entries.keys().map(|key| (key.clone(), entry(key))).collect();
        let Some(Value::Object(section)) = tree.pointer_mut(at.as_str()) else { return };
        section.shift_remove("$ref");
        for (key, value) in entries {
            section.entry(key).or_insert(value);
        }
    }
}

/// The maximum number of references that lead to a section, or to a media type.
pub(super) const MAX_CHAIN_LENGTH: usize = 16;

/// Replaces the references in a file by references to the same targets in the joined tree.
fn rewrite(node: &mut Value, path: &str, files: &Files<'_>) {
    match node {
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, path, files)),
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(reference) if key == "$ref" => {
                        if let Some(rewritten) = joined_reference(reference, path, files) {
                            *reference = rewritten;
                        }
                    }
                    Value::Object(discriminator) if key == "discriminator" => {
                        let mapping = discriminator.get_mut("mapping").and_then(Value::as_object_mut);
                        for value in mapping.into_iter().flat_map(|mapping| mapping.values_mut()) {
                            let reference = value.as_str();
                            let rewritten = reference.and_then(|reference| joined_reference(reference, path, files));
                            if let Some(rewritten) = rewritten {
                                *value = rewritten.into();
                            }
                        }
                    }
                    value => rewrite(value, path, files),
                }
            }
        }
        _ => {}
    }
}

/// Converts a reference in the file `path` to a reference in the joined tree. Returns `None` if the reference names a
/// file that was not read.
fn joined_reference(reference: &str, path: &str, files: &Files<'_>) -> Option<String> {
    let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let target = if file.is_empty() { path.to_owned() } else { files.resolve(path, file)? };
    if target.is_empty() {
        return Some(format!("#{fragment}"));
    }
    Some(format!("{}{fragment}", Pointer::root().child(format!("{FILE_KEY_PREFIX}{target}"))))
}
