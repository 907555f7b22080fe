//! Names operations. The name is the `operationId`, without a suffix that repeats the path. If the ID is unique only
//! within a tag, the name begins with the tag.

use std::collections::HashMap;

use openapiv3::{PathItem, ReferenceOr};

use crate::lower::tag_groups::group_key;
use crate::parse::{Document, OperationKey};

/// The names of the operations whose names differ from their `operationId`, by path and key in the path item.
pub(crate) type OperationNames<'a> = HashMap<(&'a str, OperationKey), String>;

/// An operation with an `operationId`.
struct IdentifiedOperation<'a> {
    path_and_key: (&'a str, OperationKey),
    id: &'a str,
    /// The ID without the path and the method at its end.
    short_id: &'a str,
    tag: Option<&'a str>,
}

/// Returns better names for the operations whose `operationId` is too long or not unique.
///
/// FastAPI appends the path and the method to each ID. They are removed, unless several operations would then have the
/// same name. If operations with different tags have the same ID, their tags are added to the names.
pub(crate) fn operation_names(document: &Document) -> OperationNames<'_> {
    let operations = identified_operations(document);
    let (mut short_id_counts, mut tagged_id_counts) = (HashMap::new(), HashMap::new());
    for operation in &operations {
        *short_id_counts.entry(operation.short_id).or_insert(0) += 1;
        *tagged_id_counts.entry((operation.short_id, operation.tag.map(group_key))).or_insert(0) += 1;
    }
    let name = |operation: &IdentifiedOperation<'_>| match operation.tag {
        _ if short_id_counts.get(operation.short_id) == Some(&1) => Some(operation.short_id.to_owned()),
        tag if tagged_id_counts.get(&(operation.short_id, tag.map(group_key))) != Some(&1) => None,
        Some(tag) => Some(format!("{tag}/{}", operation.short_id)),
        None => Some(operation.short_id.to_owned()),
    };
    let names = operations.iter().filter_map(|operation| {
        let name = name(operation).filter(|name| name != operation.id)?;
        Some((operation.path_and_key.clone(), name))
    });
    names.collect()
}

fn path_item<'a>(document: &'a Document, path: &str) -> Option<&'a PathItem> {
    match document.paths.paths.get(path)? {
        ReferenceOr::Item(item) => Some(item),
        ReferenceOr::Reference { reference } => document.paths.paths.get(reference)?.as_item(),
    }
}

fn identified_operations(document: &Document) -> Vec<IdentifiedOperation<'_>> {
    let mut operations = Vec::new();
    for path in document.paths.paths.keys() {
        for (key, operation) in path_item(document, path).into_iter().flat_map(|item| document.operations(item)) {
            let Some(id) = operation.operation_id.as_deref().filter(|id| !id.trim().is_empty()) else { continue };
            let tag = operation.tags.first().map(|tag| tag.trim()).filter(|tag| !tag.is_empty());
            let short_id = short_id(id, path, key.as_str());
            operations.push(IdentifiedOperation { path_and_key: (path, key), id, short_id, tag });
        }
    }
    operations
}

/// Removes the path and the method that FastAPI appends to the name of a function:
/// `read_item_items__item_id__get` becomes `read_item`.
fn short_id<'a>(id: &'a str, path: &str, method: &str) -> &'a str {
    let is_word_character = |c: char| c.is_alphanumeric() || c == '_';
    let path: String = path.chars().map(|c| if is_word_character(c) { c } else { '_' }).collect();
    let function = id.strip_suffix(method).and_then(|id| id.strip_suffix('_')).and_then(|id| id.strip_suffix(&path));
    function.filter(|function| function.contains(char::is_alphabetic)).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_id_has_no_path_and_method() {
        for (id, path, method, expected) in [
            ("read_item_items__item_id__get", "/items/{item_id}", "get", "read_item"),
            ("root__get", "/", "get", "root"),
            ("list_users_api_v1_users_get", "/api/v1/users", "get", "list_users"),
            ("get_users_get", "/users", "get", "get"),
            ("list_users_api_v1_users_get", "/api/v1/users", "post", "list_users_api_v1_users_get"),
            ("_users_get", "/users", "get", "_users_get"),
            ("users_get", "/users", "get", "users_get"),
            ("élan_élan_put", "/élan", "put", "élan"),
        ] {
            assert_eq!(short_id(id, path, method), expected, "{id} at {path}");
        }
    }
}
