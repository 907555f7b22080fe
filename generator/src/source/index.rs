//! The source location of each node of a text: a tree of ranges, built on first use.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use saphyr_parser::{Event, Parser, Span};

use crate::source::MERGE;

/// The nodes of a text that YAML can read as far as it can, the root first.
#[derive(Clone, Debug, Default)]
pub struct Index {
    nodes: Vec<Node>,
    /// The children of mappings and lists with many of them, by the node above and the hash of the key or the index.
    wide: HashMap<(usize, u64), usize>,
    /// For each mapping with [`MERGE`], the mappings under it: the one, or those of the list.
    merged: HashMap<usize, Vec<usize>>,
}

/// A node: its place, and the way on from it.
#[derive(Clone, Debug)]
pub struct Node {
    /// The key that leads to it, or where an item of a list begins.
    pub key: Range<usize>,
    /// All of it.
    pub value: Range<usize>,
    /// Whether it is no mapping and no list.
    pub scalar: bool,
    /// The key, where the text writes it in another way.
    name: Option<Box<str>>,
    kind: Kind,
    first: Option<usize>,
    last: Option<usize>,
    next: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Scalar,
    Mapping,
    List,
    /// What stands below is below another node.
    Alias(usize),
}

impl Index {
    /// The index of a text.
    pub fn of(text: &str) -> Self {
        let mut builder = Builder { text, nodes: Vec::new(), open: Vec::new() };
        let json = text.trim_start().starts_with('{') && builder.json().is_some();
        if !json {
            builder = Builder { text, nodes: Vec::new(), open: Vec::new() };
            builder.yaml();
        }
        let mut index = Self { nodes: builder.nodes, ..Self::default() };
        index.wide = index.wide(text);
        index.merged = index.merged(text);
        index
    }

    /// Of several children with one key, the first counts.
    fn wide(&self, text: &str) -> HashMap<(usize, u64), usize> {
        let mut wide = HashMap::new();
        for (above, node) in self.nodes.iter().enumerate() {
            if self.children(node).nth(FEW).is_none() {
                continue;
            }
            for (index, child) in self.children(node).enumerate() {
                let key = if node.kind == Kind::List { index as u64 } else { hash(self.nodes[child].name(text)) };
                wide.entry((above, key)).or_insert(child);
            }
        }
        wide
    }

    /// The node at the end of a path, or the last one on it that there is.
    pub fn nearest(&self, text: &str, keys: impl Iterator<Item = String>) -> Option<&Node> {
        self.find(text, keys).map(|(node, _)| node)
    }

    /// The node at the end of a path, or the last one on it that there is, and whether it is at the end.
    pub fn find(&self, text: &str, keys: impl Iterator<Item = String>) -> Option<(&Node, bool)> {
        /// So many mappings may be joined to one another.
        const MERGED: usize = 100;
        let (mut at, mut is_end) = ((!self.nodes.is_empty()).then_some(0)?, true);
        for key in keys {
            // The mappings that have been looked at, and those that are joined to them.
            let (mut seen, mut open) = (HashSet::new(), vec![at]);
            let found = loop {
                let Some(mapping) = open.pop().map(|node| self.target(node)) else { break None };
                if let Some(found) = self.child(text, mapping, &key) {
                    break Some(found);
                }
                if seen.len() < MERGED && seen.insert(mapping) {
                    // The first is looked at first.
                    let merged = open.len();
                    open.extend(self.merged.get(&mapping).into_iter().flatten());
                    open[merged..].reverse();
                }
            };
            let Some(found) = found else {
                is_end = false;
                break;
            };
            at = found;
        }
        self.nodes.get(at).map(|node| (node, is_end))
    }

    /// The node that a name stands for.
    fn target(&self, mut node: usize) -> usize {
        while let Kind::Alias(target) = self.nodes[node].kind {
            node = target;
        }
        node
    }

    /// The node under a key of a mapping, or at an index of a list.
    fn child(&self, text: &str, above: usize, key: &str) -> Option<usize> {
        let node = &self.nodes[above];
        let (wanted, at) = match node.kind {
            Kind::List => {
                let index: usize = key.parse().ok()?;
                (index as u64, self.children(node).take(FEW).nth(index))
            }
            _ => (hash(key), self.children(node).take(FEW).find(|child| self.nodes[*child].name(text) == key)),
        };
        let same = |child: &usize| node.kind == Kind::List || self.nodes[*child].name(text) == key;
        at.or_else(|| self.wide.get(&(above, wanted)).copied().filter(same))
    }

    fn merged(&self, text: &str) -> HashMap<usize, Vec<usize>> {
        let mut merged: HashMap<usize, Vec<usize>> = HashMap::new();
        for (above, mapping) in self.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Mapping) {
            for merge in self.children(mapping).filter(|child| self.nodes[*child].name(text) == MERGE) {
                let under = merged.entry(above).or_default();
                match self.nodes[merge].kind {
                    Kind::List => under.extend(self.children(&self.nodes[merge])),
                    _ => under.push(merge),
                }
            }
        }
        merged
    }

    fn children(&self, node: &Node) -> impl Iterator<Item = usize> {
        std::iter::successors(node.first, |child| self.nodes[*child].next)
    }

    /// The keys that stand twice in one mapping: the first one and the other.
    pub fn repeated(&self, text: &str) -> Vec<(Range<usize>, Range<usize>)> {
        let mut repeated = Vec::new();
        for mapping in self.nodes.iter().filter(|node| node.kind == Kind::Mapping) {
            let mut known: HashMap<&str, &Node> = HashMap::new();
            // Several mappings may be joined to one.
            for node in self.children(mapping).map(|child| &self.nodes[child]).filter(|node| node.name(text) != MERGE) {
                let first = known.entry(node.name(text)).or_insert(node);
                if first.key != node.key {
                    repeated.push((first.key.clone(), node.key.clone()));
                }
            }
        }
        repeated
    }
}

/// So many children are looked through faster than one is looked up.
const FEW: usize = 16;

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

/// Makes an index from what comes in the order of the text.
struct Builder<'t> {
    text: &'t str,
    nodes: Vec<Node>,
    open: Vec<Open>,
}

/// A mapping or list whose end has not been read yet.
struct Open {
    node: usize,
    /// The key that the next value belongs to.
    pending: Option<(Range<usize>, Option<Box<str>>)>,
    mapping: bool,
}

impl Builder<'_> {
    /// Whether what comes next is the key of a mapping.
    fn awaits_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.mapping && open.pending.is_none())
    }

    fn key(&mut self, range: Range<usize>, name: &str) {
        let name = (self.text[range.clone()] != *name).then(|| name.into());
        if let Some(open) = self.open.last_mut() {
            open.pending = Some((range, name));
        }
    }

    fn value(&mut self, value: Range<usize>, kind: Kind) -> usize {
        let id = self.nodes.len();
        let above = self.open.last_mut();
        let (key, name) = match above.and_then(|open| open.pending.take()) {
            Some(key) => key,
            // Of what stands in a list, its beginning is shown.
            None if self.open.is_empty() => (value.start..value.start, None),
            None => {
                let first = self.text[value.start..].chars().next().map_or(0, char::len_utf8);
                (value.start..value.start + first, None)
            }
        };
        let scalar = matches!(kind, Kind::Scalar | Kind::Alias(_));
        self.nodes.push(Node { key, value, scalar, name, kind, first: None, last: None, next: None });
        if let Some(open) = self.open.last() {
            let last = self.nodes[open.node].last.replace(id);
            match last {
                Some(last) => self.nodes[last].next = Some(id),
                None => self.nodes[open.node].first = Some(id),
            }
        }
        if matches!(kind, Kind::Mapping | Kind::List) {
            self.open.push(Open { node: id, pending: None, mapping: kind == Kind::Mapping });
        }
        id
    }

    fn close(&mut self, end: usize) {
        if let Some(open) = self.open.pop() {
            self.nodes[open.node].value.end = end;
        }
    }

    fn yaml(&mut self) {
        // The parser counts characters, a range counts bytes.
        let text = self.text;
        let bytes: Option<Vec<usize>> =
            (!text.is_ascii()).then(|| text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect());
        let at = |index: usize| bytes.as_ref().map_or(index, |bytes| bytes.get(index).copied().unwrap_or(text.len()));
        let range = |span: Span| at(span.start.index()).min(text.len())..at(span.end.index()).min(text.len());
        let mut anchors: HashMap<usize, usize> = HashMap::new();
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            let range = range(span);
            match event {
                Event::Scalar(name, ..) if self.awaits_key() => self.key(range, &name),
                Event::Scalar(_, _, anchor, _) => {
                    let id = self.value(range, Kind::Scalar);
                    anchors.insert(anchor, id);
                }
                Event::Alias(_) if self.awaits_key() => self.key(range, ""),
                Event::Alias(anchor) => {
                    let target = anchors.get(&anchor).copied();
                    self.value(range, target.map_or(Kind::Scalar, Kind::Alias));
                }
                Event::MappingStart(anchor, _) | Event::SequenceStart(anchor, _) => {
                    if self.awaits_key() {
                        self.key(range.clone(), "");
                    }
                    let list = matches!(event, Event::SequenceStart(..));
                    let id = self.value(range, if list { Kind::List } else { Kind::Mapping });
                    anchors.insert(anchor, id);
                }
                Event::MappingEnd | Event::SequenceEnd => self.close(range.end),
                _ => {}
            }
        }
    }

    /// The same for JSON, which is much faster; nothing if the text is none.
    fn json(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => at += 1,
                b'{' | b'[' => {
                    self.value(at..at + 1, if *byte == b'{' { Kind::Mapping } else { Kind::List });
                    at += 1;
                }
                b'}' | b']' => {
                    at += 1;
                    self.close(at);
                }
                b'"' => {
                    let start = at;
                    at += 1;
                    while *bytes.get(at)? != b'"' {
                        at += if bytes[at] == b'\\' { 2 } else { 1 };
                    }
                    at += 1;
                    match self.awaits_key() {
                        true => {
                            let name: String = serde_json::from_str(self.text.get(start..at)?).ok()?;
                            self.key(start..at, &name);
                        }
                        false => {
                            self.value(start..at, Kind::Scalar);
                        }
                    }
                }
                _ => {
                    let start = at;
                    while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)) {
                        at += 1;
                    }
                    if at == start {
                        return None;
                    }
                    self.value(start..at, Kind::Scalar);
                }
            }
        }
        self.open.is_empty().then_some(())
    }
}
