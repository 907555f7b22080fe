//! The source location of each node of a YAML or JSON text, as a tree of byte ranges.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use saphyr_parser::{Event, Parser, Span};

use crate::source::MERGE_KEY;

/// The nodes of a text in their order, so the root is the first node. For a text that is not valid YAML, only the nodes
/// before the error.
#[derive(Clone, Debug, Default)]
pub struct Index {
    nodes: Vec<Node>,
    /// The children of mappings and sequences with many children, by the parent and by the hash of the key or the
    /// index.
    children_by_key: HashMap<(usize, u64), usize>,
    /// The mappings that [`MERGE_KEY`] merges into another mapping, by the index of that mapping.
    merged: HashMap<usize, Vec<usize>>,
}

/// A node of the tree.
#[derive(Clone, Debug)]
pub struct Node {
    /// The range of the key. For an item of a sequence, the range of its first character.
    pub key: Range<usize>,
    /// The range of the value.
    pub value: Range<usize>,
    /// Whether the node is neither a mapping nor a sequence.
    pub is_scalar: bool,
    /// The key, if it differs from the text in its range. A quoted key differs from its text.
    name: Option<Box<str>>,
    kind: Kind,
    first_child: Option<usize>,
    last_child: Option<usize>,
    next_sibling: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Scalar,
    Mapping,
    Sequence,
    /// An alias of the node at this index. The alias has no children of its own.
    Alias(usize),
}

impl Index {
    /// Creates the index of a text.
    pub fn new(text: &str) -> Self {
        let mut builder = Builder { text, nodes: Vec::new(), open_collections: Vec::new() };
        let is_json = text.trim_start().starts_with('{') && builder.read_json().is_some();
        if !is_json {
            builder = Builder { text, nodes: Vec::new(), open_collections: Vec::new() };
            builder.read_yaml();
        }
        let mut index = Self { nodes: builder.nodes, ..Self::default() };
        index.children_by_key = index.children_by_key(text);
        index.merged = index.merged(text);
        index
    }

    /// Returns the children of mappings and sequences that have many children. For a repeated key, only the first
    /// child is returned.
    fn children_by_key(&self, text: &str) -> HashMap<(usize, u64), usize> {
        let mut children = HashMap::new();
        for (parent, node) in self.nodes.iter().enumerate() {
            if self.children(node).nth(MAX_SCANNED_CHILDREN).is_none() {
                continue;
            }
            for (index, child) in self.children(node).enumerate() {
                let key = if node.kind == Kind::Sequence { index as u64 } else { hash(self.nodes[child].name(text)) };
                children.entry((parent, key)).or_insert(child);
            }
        }
        children
    }

    /// Returns the node at a path, or its nearest parent that exists.
    pub fn nearest(&self, text: &str, keys: impl Iterator<Item = String>) -> Option<&Node> {
        self.find(text, keys).map(|(node, _)| node)
    }

    /// Returns the node at a path, or its nearest parent that exists. The flag is `true` if the node at the path
    /// exists.
    pub fn find(&self, text: &str, keys: impl Iterator<Item = String>) -> Option<(&Node, bool)> {
        /// The maximum number of merged mappings that are searched for a key.
        const MAX_MERGED_MAPPINGS: usize = 100;
        let (mut current, mut path_exists) = ((!self.nodes.is_empty()).then_some(0)?, true);
        for key in keys {
            let (mut searched, mut pending) = (HashSet::new(), vec![current]);
            let child = loop {
                let Some(parent) = pending.pop().map(|node| self.alias_target(node)) else { break None };
                if let Some(child) = self.child(text, parent, &key) {
                    break Some(child);
                }
                if searched.len() < MAX_MERGED_MAPPINGS && searched.insert(parent) {
                    // `pending` is a stack, so the mappings are pushed in reverse order.
                    let start = pending.len();
                    pending.extend(self.merged.get(&parent).into_iter().flatten());
                    pending[start..].reverse();
                }
            };
            let Some(child) = child else {
                path_exists = false;
                break;
            };
            current = child;
        }
        self.nodes.get(current).map(|node| (node, path_exists))
    }

    /// Returns the target of a node that is an alias, or else the node itself.
    fn alias_target(&self, mut node: usize) -> usize {
        while let Kind::Alias(target) = self.nodes[node].kind {
            node = target;
        }
        node
    }

    /// Returns the child of a mapping by its key, or the child of a sequence by its index.
    fn child(&self, text: &str, parent: usize, key: &str) -> Option<usize> {
        let node = &self.nodes[parent];
        let mut first_children = self.children(node).take(MAX_SCANNED_CHILDREN);
        let has_key = |child: &usize| self.nodes[*child].name(text) == key;
        if node.kind == Kind::Sequence {
            let index: usize = key.parse().ok()?;
            return first_children.nth(index).or_else(|| self.children_by_key.get(&(parent, index as u64)).copied());
        }
        let indexed_child = || self.children_by_key.get(&(parent, hash(key))).copied().filter(has_key);
        first_children.find(has_key).or_else(indexed_child)
    }

    /// Returns the mappings that [`MERGE_KEY`] merges into another mapping, by the index of that mapping.
    fn merged(&self, text: &str) -> HashMap<usize, Vec<usize>> {
        let mut merged: HashMap<usize, Vec<usize>> = HashMap::new();
        for (parent, mapping) in self.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Mapping) {
            for merge in self.children(mapping).filter(|child| self.nodes[*child].name(text) == MERGE_KEY) {
                let sources = merged.entry(parent).or_default();
                match self.nodes[merge].kind {
                    Kind::Sequence => sources.extend(self.children(&self.nodes[merge])),
                    _ => sources.push(merge),
                }
            }
        }
        merged
    }

    fn children(&self, node: &Node) -> impl Iterator<Item = usize> {
        std::iter::successors(node.first_child, |child| self.nodes[*child].next_sibling)
    }

    /// Returns the repeated keys of mappings: the range of the first occurrence, and the range of each further
    /// occurrence.
    pub fn repeated(&self, text: &str) -> Vec<(Range<usize>, Range<usize>)> {
        let mut repeated = Vec::new();
        for mapping in self.nodes.iter().filter(|node| node.kind == Kind::Mapping) {
            let mut first_nodes: HashMap<&str, &Node> = HashMap::new();
            // The merge key `<<` may be repeated.
            for node in
                self.children(mapping).map(|child| &self.nodes[child]).filter(|node| node.name(text) != MERGE_KEY)
            {
                let first = first_nodes.entry(node.name(text)).or_insert(node);
                if first.key != node.key {
                    repeated.push((first.key.clone(), node.key.clone()));
                }
            }
        }
        repeated
    }
}

/// The maximum number of children that are scanned. More children are looked up by hash.
const MAX_SCANNED_CHILDREN: usize = 16;

fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl Node {
    fn name<'t>(&'t self, text: &'t str) -> &'t str {
        self.name.as_deref().unwrap_or(&text[self.key.clone()])
    }
}

/// Builds an index from nodes in the order of the text.
struct Builder<'t> {
    text: &'t str,
    nodes: Vec<Node>,
    /// The mappings and sequences that contain the current position, from the outermost to the innermost.
    open_collections: Vec<OpenCollection>,
}

/// A mapping or sequence whose end has not been read yet.
struct OpenCollection {
    node: usize,
    /// The key of the next value: its range, and its name if the name differs from the text in the range.
    pending_key: Option<(Range<usize>, Option<Box<str>>)>,
    is_mapping: bool,
}

impl Builder<'_> {
    /// Returns whether the next scalar is the key of a mapping.
    fn awaits_key(&self) -> bool {
        self.open_collections.last().is_some_and(|collection| collection.is_mapping && collection.pending_key.is_none())
    }

    fn add_key(&mut self, range: Range<usize>, name: &str) {
        let name = (self.text[range.clone()] != *name).then(|| name.into());
        if let Some(collection) = self.open_collections.last_mut() {
            collection.pending_key = Some((range, name));
        }
    }

    fn add_value(&mut self, value: Range<usize>, kind: Kind) -> usize {
        let id = self.nodes.len();
        let parent = self.open_collections.last_mut();
        let (key, name) = match parent.and_then(|collection| collection.pending_key.take()) {
            Some(key) => key,
            // The root has no key. An item of a sequence has no key either, so diagnostics underline its first
            // character.
            None if self.open_collections.is_empty() => (value.start..value.start, None),
            None => {
                let first_length = self.text[value.start..].chars().next().map_or(0, char::len_utf8);
                (value.start..value.start + first_length, None)
            }
        };
        let is_scalar = matches!(kind, Kind::Scalar | Kind::Alias(_));
        let (first_child, last_child, next_sibling) = (None, None, None);
        self.nodes.push(Node { key, value, is_scalar, name, kind, first_child, last_child, next_sibling });
        if let Some(collection) = self.open_collections.last() {
            match self.nodes[collection.node].last_child.replace(id) {
                Some(previous) => self.nodes[previous].next_sibling = Some(id),
                None => self.nodes[collection.node].first_child = Some(id),
            }
        }
        if matches!(kind, Kind::Mapping | Kind::Sequence) {
            self.open_collections.push(OpenCollection {
                node: id,
                pending_key: None,
                is_mapping: kind == Kind::Mapping,
            });
        }
        id
    }

    fn end_collection(&mut self, end: usize) {
        if let Some(collection) = self.open_collections.pop() {
            self.nodes[collection.node].value.end = end;
        }
    }

    fn read_yaml(&mut self) {
        // The parser returns positions in characters. Ranges need positions in bytes.
        let text = self.text;
        let byte_offsets: Option<Vec<usize>> =
            (!text.is_ascii()).then(|| text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect());
        let byte_offset = |index: usize| {
            byte_offsets.as_ref().map_or(index, |offsets| offsets.get(index).copied().unwrap_or(text.len()))
        };
        let range =
            |span: Span| byte_offset(span.start.index()).min(text.len())..byte_offset(span.end.index()).min(text.len());
        let mut anchors: HashMap<usize, usize> = HashMap::new();
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            let range = range(span);
            match event {
                Event::Scalar(name, ..) if self.awaits_key() => self.add_key(range, &name),
                Event::Scalar(_, _, anchor, _) => {
                    let id = self.add_value(range, Kind::Scalar);
                    anchors.insert(anchor, id);
                }
                Event::Alias(_) if self.awaits_key() => self.add_key(range, ""),
                Event::Alias(anchor) => {
                    let target = anchors.get(&anchor).copied();
                    self.add_value(range, target.map_or(Kind::Scalar, Kind::Alias));
                }
                Event::MappingStart(anchor, _) | Event::SequenceStart(anchor, _) => {
                    if self.awaits_key() {
                        self.add_key(range.clone(), "");
                    }
                    let is_sequence = matches!(event, Event::SequenceStart(..));
                    let id = self.add_value(range, if is_sequence { Kind::Sequence } else { Kind::Mapping });
                    anchors.insert(anchor, id);
                }
                Event::MappingEnd | Event::SequenceEnd => self.end_collection(range.end),
                _ => {}
            }
        }
    }

    /// Reads JSON much faster than [`read_yaml`](Self::read_yaml) can read it. Returns `None` if the text is not JSON.
    fn read_json(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let mut position = 0;
        while let Some(byte) = bytes.get(position) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => position += 1,
                b'{' | b'[' => {
                    self.add_value(position..position + 1, if *byte == b'{' { Kind::Mapping } else { Kind::Sequence });
                    position += 1;
                }
                b'}' | b']' => {
                    position += 1;
                    self.end_collection(position);
                }
                b'"' => {
                    let start = position;
                    position += 1;
                    while *bytes.get(position)? != b'"' {
                        position += if bytes[position] == b'\\' { 2 } else { 1 };
                    }
                    position += 1;
                    match self.awaits_key() {
                        true => {
                            let name: String = serde_json::from_str(self.text.get(start..position)?).ok()?;
                            self.add_key(start..position, &name);
                        }
                        false => {
                            self.add_value(start..position, Kind::Scalar);
                        }
                    }
                }
                _ => {
                    let start = position;
                    while bytes.get(position).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
                    {
                        position += 1;
                    }
                    if position == start {
                        return None;
                    }
                    self.add_value(start..position, Kind::Scalar);
                }
            }
        }
        self.open_collections.is_empty().then_some(())
    }
}
