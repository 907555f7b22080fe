//! The other files that a document refers to, joined to its tree, so that all references lead to one tree.
//!
//! A file stands at the root under its path with a sign in front that no document has there, and references to and in
//! it are changed accordingly.

use serde_json::Value;

use super::tree;
use crate::diag::Diagnostics;
use crate::source::{FILE, Pointer, Source};

/// Puts the trees of the files that the source knows of into that of the document.
pub fn join(source: &Source, tree: &mut Value, diagnostics: &mut Diagnostics) {
    // A document may refer to itself by its name.
    if source.files.is_empty() && !source.has_links() && !source.text.contains(source.name()) {
        return;
    }
    let mut trees = Vec::new();
    for (path, file) in &source.files {
        let mut found = Diagnostics::default();
        match tree::parse(file, &mut found) {
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

/// Changes the references of a file to what they lead to in the joined tree.
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
