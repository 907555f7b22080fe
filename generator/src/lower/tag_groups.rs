//! Groups operations by their tags.

use std::collections::{HashMap, HashSet};

use openapiv3::Tag;

use super::resource_tree::{prefix, resource};
use crate::ir::{Arena, Docs, Layout, Operation, ResourceId, Segment, Side};
use crate::normalize::name_key;
use crate::source::Pointer;

/// A group for each tag, in the order of the declarations; an operation belongs to the first of its tags, and to the
/// client itself if it has none. Where no operation has a tag, the groups are what their paths begin with.
pub(crate) fn group(operations: &Arena<Operation>, tags: &[Tag]) -> Layout {
    let mut groups = Arena::default();
    let client = groups.push(resource(String::new(), None, Pointer::root().child("paths")));
    let words = words(operations);
    let mut known: HashMap<String, ResourceId> = HashMap::new();
    let used: HashSet<String> = words.iter().flatten().map(|word| likeness(word)).collect();
    let mut add = |word: &str, docs: Docs, origin: Pointer| {
        *known.entry(likeness(word)).or_insert_with(|| {
            let mut group = resource(word.to_owned(), Some((client, Side::Collection)), origin);
            group.docs = docs;
            groups.push(group)
        })
    };
    for (index, tag) in tags.iter().enumerate().filter(|(_, tag)| used.contains(&likeness(&tag.name))) {
        let origin = Pointer::root().child("tags").child(index);
        add(&tag.name, crate::lower::described(None, tag.description.as_deref(), tag.external_docs.as_ref()), origin);
    }
    let met = operations.iter().zip(&words).map(|((_, operation), word)| match word {
        Some(word) => add(word, Docs::default(), operation.origin.clone()),
        None => client,
    });
    let group_of: Vec<ResourceId> = met.collect();
    for ((id, _), group) in operations.iter().zip(&group_of) {
        groups[*group].operations.push(id);
    }
    Layout::Groups { groups, group_of }
}

/// Returns the name of the group of each operation.
fn words(operations: &Arena<Operation>) -> Vec<Option<&str>> {
    let tag = |operation: &Operation| operation.tags.iter().any(|tag| !tag.trim().is_empty());
    if operations.iter().any(|(_, operation)| tag(operation)) {
        let tags = operations.iter().map(|(_, operation)| operation.tags.first().map(|tag| tag.trim()));
        return tags.map(|tag| tag.filter(|tag| !tag.is_empty())).collect();
    }
    let shared = prefix(operations).len();
    let words = operations.iter().map(|(_, operation)| {
        operation.path.iter().skip(shared).find_map(|segment| match segment {
            Segment::Literal(word) if !word.is_empty() => Some(word.as_str()),
            _ => None,
        })
    });
    let words: Vec<Option<&str>> = words.collect();
    // One group for all operations, or one for each operation, groups nothing.
    let different: HashSet<_> = words.iter().collect();
    match different.len() == 1 || different.len() == words.len() {
        true => vec![None; words.len()],
        false => words,
    }
}

/// Returns a key that is equal for tags of the same group: `Game stats` and `game-stats`.
pub(crate) fn likeness(word: &str) -> String {
    let key = name_key(word);
    if key.is_empty() { word.trim().to_owned() } else { key }
}
