//! Groups operations by their tags.

use std::collections::{HashMap, HashSet};

use openapiv3::Tag;
use serde_json::Value;

use super::resource_tree::{common_prefix, new_resource};
use crate::ir::{Arena, Layout, Level, Operation, ResourceId, Segment};
use crate::normalize::name_key;
use crate::parse::PARENT;
use crate::source::Pointer;

/// Creates a group for each tag, in the order of the tags in the document. The group of a tag with a `parent` is in the group of
/// its parent. An operation belongs to the group of its first tag, or to the client if it has no tag. If no operation has a tag,
/// the first literal after the common prefix of all paths is used instead. If this gives one group, or a group for each operation,
/// all operations belong to the client.
pub(crate) fn group_by_tag(operations: &Arena<Operation>, tags: &[Tag]) -> Layout {
    let mut groups = Arena::default();
    let client = groups.push(new_resource(String::new(), None, Pointer::root().child("paths")));
    let group_names = group_names(operations);
    let mut groups_by_key: HashMap<String, ResourceId> = HashMap::new();
    let tags_by_key: HashMap<String, usize> =
        tags.iter().enumerate().rev().map(|(index, tag)| (group_key(&tag.name), index)).collect();
    let parent_of = |tag: &Tag| tag.extensions.get(PARENT).and_then(Value::as_str).map(group_key);
    let mut used_keys: HashSet<String> = HashSet::new();
    for name in group_names.iter().flatten() {
        let mut key = Some(group_key(name));
        while let Some(used) = key.filter(|key| !used_keys.contains(key)) {
            key = tags_by_key.get(&used).and_then(|index| parent_of(&tags[*index]));
            used_keys.insert(used);
        }
    }
    for (index, tag) in tags.iter().enumerate().filter(|(_, tag)| used_keys.contains(&group_key(&tag.name))) {
        // The tags from this one up to the first that has a group, or to the client.
        let (mut without_groups, mut next) = (Vec::new(), Some((index, tag)));
        let mut parent = client;
        // Tags with different names can have the same key, so they can be their own parents.
        let mut seen_keys = HashSet::new();
        while let Some((index, tag)) = next.filter(|(_, tag)| seen_keys.insert(group_key(&tag.name))) {
            if let Some(group) = groups_by_key.get(&group_key(&tag.name)) {
                parent = *group;
                break;
            }
            without_groups.push((index, tag));
            next = parent_of(tag).and_then(|key| tags_by_key.get(&key)).map(|index| (*index, &tags[*index]));
        }
        for (index, tag) in without_groups.into_iter().rev() {
            let origin = Pointer::root().child("tags").child(index);
            let mut group = new_resource(tag.name.clone(), Some((parent, Level::Collection)), origin);
            group.docs = crate::lower::docs_with_link(None, tag.description.as_deref(), tag.external_docs.as_ref());
            parent = groups.push(group);
            groups_by_key.insert(group_key(&tag.name), parent);
        }
    }
    let group_of_operation = operations.iter().zip(&group_names).map(|((_, operation), name)| match name {
        Some(name) => *groups_by_key.entry(group_key(name)).or_insert_with(|| {
            groups.push(new_resource((*name).to_owned(), Some((client, Level::Collection)), operation.origin.clone()))
        }),
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
