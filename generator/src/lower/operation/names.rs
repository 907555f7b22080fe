//! Names operations: their ids, without a suffix that repeats the path, and with the tag if ids are unique only within
//! a tag.

use std::collections::HashMap;

use openapiv3::{OpenAPI, PathItem, ReferenceOr};

use crate::lower::tag_groups::likeness;

/// The names of operations that are not their ids, by path and method.
pub(crate) type Names<'a> = HashMap<(&'a str, &'a str), String>;

/// An operation with an id.
struct Named<'a> {
    at: (&'a str, &'a str),
    id: &'a str,
    /// The id without path and method.
    short: &'a str,
    tag: Option<&'a str>,
}

/// Finds better names for operations than their ids.
///
/// An id that ends with the path and the method, as FastAPI makes them, loses both, unless several operations would then have
/// one name. Operations of different tags may have one id; each is called after its tag as well.
pub(crate) fn names(document: &OpenAPI) -> Names<'_> {
    let operations = named(document);
    let (mut shorts, mut tagged) = (HashMap::new(), HashMap::new());
    for one in &operations {
        *shorts.entry(one.short).or_insert(0) += 1;
        *tagged.entry((one.short, one.tag.map(likeness))).or_insert(0) += 1;
    }
    let name = |one: &Named<'_>| match one.tag {
        _ if shorts.get(one.short) == Some(&1) => Some(one.short.to_owned()),
        tag if tagged.get(&(one.short, tag.map(likeness))) != Some(&1) => None,
        Some(tag) => Some(format!("{tag}/{}", one.short)),
        None => Some(one.short.to_owned()),
    };
    let names = operations.iter().filter_map(|one| Some((one.at, name(one).filter(|name| name != one.id)?)));
    names.collect()
}

fn item<'a>(document: &'a OpenAPI, path: &str) -> Option<&'a PathItem> {
    match document.paths.paths.get(path)? {
        ReferenceOr::Item(item) => Some(item),
        ReferenceOr::Reference { reference } => document.paths.paths.get(reference)?.as_item(),
    }
}

fn named(document: &OpenAPI) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    for path in document.paths.paths.keys() {
        for (method, operation) in item(document, path).into_iter().flat_map(PathItem::iter) {
            let Some(id) = operation.operation_id.as_deref().filter(|id| !id.trim().is_empty()) else { continue };
            let tag = operation.tags.first().map(|tag| tag.trim()).filter(|tag| !tag.is_empty());
            named.push(Named { at: (path, method), id, short: short(id, path, method), tag });
        }
    }
    named
}

/// An id without the path and the method that FastAPI puts behind the name of the function:
/// `read_item_items__item_id__get` is `read_item`.
fn short<'a>(id: &'a str, path: &str, method: &str) -> &'a str {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let path: String = path.chars().map(|letter| if is_word(letter) { letter } else { '_' }).collect();
    let function = id.strip_suffix(method).and_then(|id| id.strip_suffix('_')).and_then(|id| id.strip_suffix(&path));
    function.filter(|function| function.contains(char::is_alphabetic)).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_and_method_are_no_part_of_a_name() {
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
            assert_eq!(short(id, path, method), expected, "{id} at {path}");
        }
    }
}
