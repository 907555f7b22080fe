//! Adds the other files that a document refers to to its tree, so that all references are internal.
//!
//! A file stands at the root under its path with a sign in front that no document has there, and references to and in
//! it are changed accordingly.

use serde_json::{Value, json};

use super::yaml;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::source::{FILE, Pointer, Source, UnreadReference, written_reference};

/// Adds the trees of the other files to the tree of the document.
pub fn join(source: &Source, tree: &mut Value, diagnostics: &mut Diagnostics) {
    // A document may refer to itself by its file name.
    if source.files.is_empty() && !source.has_links() && !source.text.contains(source.name()) {
        return;
    }
    let mut trees = Vec::new();
    for (path, file) in &source.files {
        let mut found = Diagnostics::default();
        match yaml::parse(file, &mut found) {
            Some(mut tree) => {
                rewrite(&mut tree, path, source);
                trees.push((format!("{FILE}{path}"), tree));
            }
            None => found.iter().for_each(|one| diagnostics.push(one.clone().in_file(path))),
        }
    }
    rewrite(tree, "", source);
    if let Value::Object(root) = tree {
        root.extend(trees);
    }
}

/// Replaces each section that is a reference (`schemas: { $ref: schemas.yaml }`) by references to the entries of its
/// target, so that these are normal components.
pub fn spread_sections(source: &Source, tree: &mut Value, diagnostics: &mut Diagnostics) {
    let mut spread = |tree: &mut Value, at: &Pointer| {
        spread(tree, at);
        let Some(Value::Object(section)) = tree.pointer_mut(at.as_str()) else { return };
        let Some(Value::String(reference)) = section.get("$ref") else { return };
        let place = Location::Value(at.child("$ref"));
        diagnostics.push(match Pointer::from_reference(reference) {
            Some(_) => {
                let message = format!("unresolved reference `{}`", written_reference(reference));
                Diagnostic::error(code::DANGLING_REFERENCE, place, message).help("refer to an object that exists")
            }
            None => {
                let UnreadReference { message, help, .. } = source.unread_reference(reference, at);
                Diagnostic::error(code::FOREIGN_REFERENCE, place, message).help(help)
            }
        });
        section.shift_remove("$ref");
    };
    spread(tree, &Pointer::root().child("paths"));
    let components = Pointer::root().child("components");
    spread(tree, &components);
    let sections = components.lookup(tree).and_then(Value::as_object);
    let sections: Vec<String> = sections.into_iter().flatten().map(|(section, _)| section.clone()).collect();
    for section in sections.iter().filter(|section| !section.starts_with("x-")) {
        spread(tree, &components.child(section));
    }
}

fn spread(tree: &mut Value, at: &Pointer) {
    // A longer chain of references is treated as a cycle.
    for _ in 0..LONGEST_CHAIN {
        let target = at.lookup(tree).and_then(|section| section.get("$ref")).and_then(Value::as_str);
        let Some(target) = target.and_then(Pointer::from_reference) else { return };
        let Some(Value::Object(entries)) = target.lookup(tree) else { return };
        let entry = |key: &String| match entries.get(key) {
            Some(own @ Value::String(_)) if key == "$ref" => own.clone(),
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

/// The maximum number of references from a section to its entries.
const LONGEST_CHAIN: usize = 16;

/// Rewrites the references of a file to their targets in the joined tree.
fn rewrite(node: &mut Value, path: &str, source: &Source) {
    match node {
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, path, source)),
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(reference) if key == "$ref" => {
                        if let Some(changed) = joined(reference, path, source) {
                            *reference = changed;
                        }
                    }
                    Value::Object(discriminator) if key == "discriminator" => {
                        let mapping = discriminator.get_mut("mapping").and_then(Value::as_object_mut);
                        for value in mapping.into_iter().flat_map(|mapping| mapping.values_mut()) {
                            let changed = value.as_str().and_then(|reference| joined(reference, path, source));
                            if let Some(changed) = changed {
                                *value = changed.into();
                            }
                        }
                    }
                    value => rewrite(value, path, source),
                }
            }
        }
        _ => {}
    }
}

fn joined(reference: &str, path: &str, source: &Source) -> Option<String> {
    let (file, rest) = reference.split_once('#').unwrap_or((reference, ""));
    let target = if file.is_empty() { path.to_owned() } else { source.resolve_file(path, file)? };
    if target.is_empty() {
        return Some(format!("#{rest}"));
    }
    Some(format!("{}{rest}", Pointer::root().child(format!("{FILE}{target}"))))
}
