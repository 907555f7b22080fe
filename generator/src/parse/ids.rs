//! Resolves references to schema identifiers. `$ref: https://example.com/pet` refers to the schema with `$id:
//! https://example.com/pet`, wherever it is in the document.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::source::{FILE_KEY_PREFIX, Pointer};

/// The keywords whose values are data, in which `$id` and `$ref` have no meaning.
const DATA_KEYWORDS: &[&str] = &["const", "default", "enum", "example", "examples"];

/// Replaces each reference to an identifier by a reference with a JSON pointer. If several schemas have the same
/// identifier, references lead to the first of them.
pub fn resolve(tree: &mut Value) {
    let mut ids = BTreeMap::new();
    let root = SchemaResource { base: String::new(), at: Pointer::root() };
    visit(tree, &Pointer::root(), &root, false, &mut |_, at, resource| {
        if *at == resource.at && !resource.base.is_empty() {
            ids.entry(resource.base.clone()).or_insert_with(|| at.clone());
        }
    });
    if ids.is_empty() {
        return;
    }
    let mut rewrites = Vec::new();
    visit(tree, &Pointer::root(), &root, false, &mut |node, at, resource| {
        for (key, reference) in references(node) {
            if let Some(target) = target(reference, resource, &ids, tree) {
                rewrites.push((key.into_iter().fold(at.clone(), |at, key| at.child(key)), target.to_string()));
            }
        }
    });
    for (at, target) in rewrites {
        if let Some(value) = tree.pointer_mut(at.as_str()) {
            *value = target.into();
        }
    }
}

/// A schema with an identifier, or the document. Relative references inside it are resolved against its identifier.
struct SchemaResource {
    /// The absolute identifier. It is empty for the document.
    base: String,
    /// The location of the schema.
    at: Pointer,
}

/// The keywords whose values are mappings with names as keys. A key `default` in them is a name, not a keyword.
const NAME_MAPPINGS: &[&str] = &[
    "$defs",
    "callbacks",
    "content",
    "definitions",
    "dependentSchemas",
    "headers",
    "links",
    "mediaTypes",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "securitySchemes",
    "webhooks",
];

/// Calls `on_mapping` with each mapping that is not data, and its location.
pub(super) fn visit_mappings(tree: &Value, on_mapping: &mut impl FnMut(&Value, &Pointer)) {
    let root = SchemaResource { base: String::new(), at: Pointer::root() };
    visit(tree, &Pointer::root(), &root, false, &mut |node, at, _| on_mapping(node, at));
}

/// Calls `on_mapping` with each mapping, its location and the innermost [`SchemaResource`] around it. `has_names` is
/// `true` if the keys of `node` are names, and `false` if they are keywords.
fn visit(
    node: &Value,
    at: &Pointer,
    resource: &SchemaResource,
    has_names: bool,
    on_mapping: &mut impl FnMut(&Value, &Pointer, &SchemaResource),
) {
    match node {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, &at.child(index), resource, false, on_mapping);
            }
        }
        Value::Object(map) => {
            let id = map.get("$id").and_then(Value::as_str).map(|id| absolute(&resource.base, id));
            let nested_resource =
                id.map(|base| SchemaResource { base: base.trim_end_matches('#').to_owned(), at: at.clone() });
            let resource = nested_resource.as_ref().unwrap_or(resource);
            on_mapping(node, at, resource);
            let is_data = |key: &str| !has_names && (DATA_KEYWORDS.contains(&key) || key.starts_with("x-"));
            for (key, value) in map.iter().filter(|(key, _)| !is_data(key)) {
                visit(value, &at.child(key), resource, !has_names && NAME_MAPPINGS.contains(&key.as_str()), on_mapping);
            }
        }
        _ => {}
    }
}

/// Returns the references in a mapping, each with the path of keys to it.
fn references(node: &Value) -> Vec<(Vec<&str>, &str)> {
    let direct = node.get("$ref").and_then(Value::as_str).map(|reference| (vec!["$ref"], reference));
    let mapping = node.get("discriminator").and_then(|discriminator| discriminator.get("mapping"));
    let mapping = mapping.and_then(Value::as_object).into_iter().flatten();
    let mapped = mapping.filter_map(|(key, value)| Some((vec!["discriminator", "mapping", key], value.as_str()?)));
    direct.into_iter().chain(mapped).collect()
}

/// Returns the target of a reference that contains an identifier, or that is relative to a schema with an identifier.
fn target(
    reference: &str,
    resource: &SchemaResource,
    ids: &BTreeMap<String, Pointer>,
    tree: &Value,
) -> Option<Pointer> {
    let (id, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let pointer = Pointer::from_reference(&format!("#{fragment}"))?;
    let start = match id {
        "" if resource.base.is_empty() => return None,
        "" => &resource.at,
        id => ids.get(&absolute(&resource.base, id))?,
    };
    // In the joined tree, a reference that is relative to the root of a file begins with the key of the file. The key
    // is not part of the schema's own tree.
    let keys = pointer.keys().enumerate().filter(|(index, key)| !(*index == 0 && key.starts_with(FILE_KEY_PREFIX)));
    let target = keys.fold(start.clone(), |at, (_, key)| at.child(key));
    // Many documents write references relative to the root of the document, even inside a schema with an identifier. A
    // target that does not exist is therefore ignored.
    target.lookup(tree).map(|_| target)
}

/// Resolves an identifier or reference against a base URI.
pub(super) fn absolute(base: &str, id: &str) -> String {
    let has_scheme = id.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':'));
    if has_scheme || base.is_empty() {
        return id.to_owned();
    }
    let authority_start = base.find("://").map_or(0, |at| at + 3);
    let path_start = base[authority_start..].find('/').map_or(base.len(), |at| authority_start + at);
    let (origin, folder) = base.split_at(path_start);
    if id.starts_with('/') {
        return format!("{origin}{id}");
    }
    let mut segments: Vec<&str> = folder.split('/').collect();
    segments.pop();
    for segment in id.split('/') {
        match segment {
            "." => {}
            ".." if segments.len() > 1 => drop(segments.pop()),
            ".." => {}
            segment => segments.push(segment),
        }
    }
    let joined = segments.join("/");
    format!("{origin}{}{joined}", if joined.starts_with('/') { "" } else { "/" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_identifiers_begin_in_the_folder_of_the_base() {
        for (base, id, expected) in [
            ("", "https://e.com/a", "https://e.com/a"),
            ("https://e.com/x/a", "b", "https://e.com/x/b"),
            ("https://e.com/x/a", "../b.json", "https://e.com/b.json"),
            ("https://e.com/x/a", "/b", "https://e.com/b"),
            ("https://e.com", "b", "https://e.com/b"),
            ("https://e.com/a", "urn:example:b", "urn:example:b"),
        ] {
            assert_eq!(absolute(base, id), expected, "{base} {id}");
        }
    }

    #[test]
    fn references_in_data_are_not_rewritten() {
        let id = "https://e.com/a";
        let mut tree = serde_json::json!({
            "components": { "schemas": { "A": { "$id": id }, "B": { "properties": { "default": { "$ref": id } }, "default": { "$ref": id } } } },
            "paths": { "/x": { "get": { "responses": { "default": { "schema": { "$ref": id } } } } } },
        });
        resolve(&mut tree);
        let reference = |pointer: &str| tree.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let a = "#/components/schemas/A";
        assert_eq!(reference("/components/schemas/B/properties/default/$ref"), a);
        assert_eq!(reference("/paths/~1x/get/responses/default/schema/$ref"), a);
        assert_eq!(reference("/components/schemas/B/default/$ref"), id);
    }
}
