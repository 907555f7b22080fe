//! Groups operations by their tags.

use std::collections::{HashMap, HashSet};

use openapiv3::Tag;

use super::resource_tree::{common_prefix, new_resource};
use crate::ir::{Arena, Docs, Layout, Level, Operation, ResourceId, Segment};
use crate::normalize::name_key;
use crate::source::Pointer;

/// Creates a group for each tag, in the order of the tags in the document. An operation belongs to the group of its
/// first tag, or to the client if it has no tag. If no operation has a tag, the first literal after the common prefix
/// of all paths is used instead. If this gives one group, or a group for each operation, all operations belong to the
/// client.
pub(crate) fn group_by_tag(operations: &Arena<Operation>, tags: &[Tag]) -> Layout {
    let mut groups = Arena::default();
    let client = groups.push(new_resource(String::new(), None, Pointer::root().child("paths")));
    let group_names = group_names(operations);
    let mut groups_by_key: HashMap<String, ResourceId> = HashMap::new();
    let used_keys: HashSet<String> = group_names.iter().flatten().map(|name| group_key(name)).collect();
    let mut get_or_create = |name: &str, docs: Docs, origin: Pointer| {
        *groups_by_key.entry(group_key(name)).or_insert_with(|| {
            let mut group = new_resource(name.to_owned(), Some((client, Level::Collection)), origin);
            group.docs = docs;
            groups.push(group)
        })
    };
    for (index, tag) in tags.iter().enumerate().filter(|(_, tag)| used_keys.contains(&group_key(&tag.name))) {
        let origin = Pointer::root().child("tags").child(index);
        let docs = crate::lower::docs_with_link(None, tag.description.as_deref(), tag.external_docs.as_ref());
        get_or_create(&tag.name, docs, origin);
    }
    let group_of_operation = operations.iter().zip(&group_names).map(|((_, operation), name)| match name {
        Some(name) => get_or_create(name, Docs::default(), operation.origin.clone()),
        None => client,
    });
    let group_of: Vec<ResourceId> = group_of_operation.collect();
    for ((id, _), group) in operations.iter().zip(&group_of) {
        groups[*group].operations.push(id);
    }
    Layout::Groups { groups, group_of }
}

/// Returns the name of the group of each operation, or `None` for an operation of the client.
fn group_names(operations: &Arena<Operation>) -> Vec<Option<&str>> {
    let has_tag = |operation: &Operation| operation.tags.iter().any(|tag| !tag.trim().is_empty());
    if operations.iter().any(|(_, operation)| has_tag(operation)) {
        let first_tags = operations.iter().map(|(_, operation)| operation.tags.first().map(|tag| tag.trim()));
        return first_tags.map(|tag| tag.filter(|tag| !tag.is_empty())).collect();
    }
    let prefix_len = common_prefix(operations).len();
    let path_words = operations.iter().map(|(_, operation)| {
        operation.path.iter().skip(prefix_len).find_map(|segment| match segment {
            Segment::Literal(word) if !word.is_empty() => Some(word.as_str()),
            _ => None,
        })
    });
    let path_words: Vec<Option<&str>> = path_words.collect();
    // Groups are not useful if there is only one group, or if each group has only one operation. All operations are
    // then methods of the client.
    let distinct_words: HashSet<_> = path_words.iter().collect();
    match distinct_words.len() == 1 || distinct_words.len() == path_words.len() {
        true => vec![None; path_words.len()],
        false => path_words,
    }
}

/// Returns a key that is equal for tags of the same group, such as `Game stats` and `game-stats`.
pub(crate) fn group_key(tag: &str) -> String {
    let key = name_key(tag);
    if key.is_empty() { tag.trim().to_owned() } else { key }
}
