//! Applies overlays (OpenAPI Overlay 1.0 and 1.1) to the tree of a document, before anything else reads it.
//!
//! Each changed node is recorded in [`Origins`], so that diagnostics about it point into the overlay.

mod actions;
mod cost;
mod effective;
mod suggestion;

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use serde_json_path::PathElement;

use super::yaml;
use crate::diagnostics::{Diagnostics, code};
use crate::source::{Origins, Pointer, Source};
pub use effective::effective_text;

use actions::{Action, Change, Query, Reporter};
use cost::Budget;

/// The number of nodes that the overlays of any document may write.
const BASE_NODES: usize = 500_000;

/// The number of further nodes for each byte of the document and its overlays.
const NODES_PER_BYTE: usize = 4;

/// The maximum depth of a document after its overlays.
const MAX_DEPTH: usize = 128;

/// Applies the overlays of a document to its tree, in their order.
pub(super) fn apply(document: &Source, tree: &mut Value, diagnostics: &mut Diagnostics) {
    if document.overlays.is_empty() {
        return;
    }
    let bytes = document.texts().map(str::len).sum::<usize>();
    let mut writer = Writer {
        document,
        has_long_numbers: document.has_long_numbers(),
        origins: Origins::default(),
        nodes_left: BASE_NODES + NODES_PER_BYTE * bytes,
    };
    let mut budget = Budget::new(tree);
    for (index, overlay) in document.overlays.iter().enumerate() {
        let mut own_diagnostics = Diagnostics::default();
        let overlay_tree = yaml::parse(overlay, &mut own_diagnostics);
        own_diagnostics.iter().for_each(|diagnostic| diagnostics.push(diagnostic.clone().in_file(&overlay.path)));
        let Some(overlay_tree) = overlay_tree else { continue };
        let mut reporter = Reporter { overlay, diagnostics };
        for action in actions::read(&overlay_tree, &mut reporter) {
            run(&action, index, tree, &mut writer, &mut budget, &mut reporter);
        }
    }
    document.set_origins(writer.origins);
}

/// Runs an action, and reports why it cannot be run, or that it changes nothing.
fn run(
    action: &Action<'_>,
    overlay: usize,
    tree: &mut Value,
    writer: &mut Writer<'_>,
    budget: &mut Budget,
    reporter: &mut Reporter<'_>,
) {
    let targets = select(&action.target, tree, budget, reporter);
    let update_at = action.at.child("update");
    let numbers;
    let (value, origin) = match &action.change {
        Change::Remove => return remove(&action.target, &targets, tree, writer, reporter),
        Change::Update(value) => ((*value).clone(), Origin { overlay, at: update_at, copied: None }),
        Change::Copy(query) => {
            let sources = select(query, tree, budget, reporter);
            let [source] = sources.as_slice() else {
                if !sources.is_empty() {
                    let message = format!("`{}` selects {} nodes", query.text, sources.len());
                    reporter.error(&query.at, message, "write a query that selects one node");
                }
                return;
            };
            let Some(value) = source.lookup(tree).cloned() else { return };
            numbers = writer.long_numbers(&value, source);
            (value, Origin { overlay, at: query.at.clone(), copied: Some((&numbers, source.clone())) })
        }
    };
    let kinds: HashSet<_> = targets.iter().filter_map(|target| target.lookup(tree)).map(Kind::of).collect();
    if kinds.len() > 1 {
        let message = format!("`{}` selects nodes of different kinds", action.target.text);
        reporter.error(&action.target.at, message, "select only objects, only arrays, or only other values");
        return;
    }
    for target in targets {
        let Some(node) = tree.pointer_mut(target.as_str()) else { continue };
        if let Err(problem) = writer.merge(node, &value, &target, &origin, true) {
            reporter.error(&problem.at, problem.message, problem.help);
            return;
        }
    }
}

/// Returns the nodes that a query selects. Reports a query that selects none, or would visit too many nodes.
fn select(query: &Query<'_>, tree: &Value, budget: &mut Budget, reporter: &mut Reporter<'_>) -> Vec<Pointer> {
    if let Err(limit) = budget.spend(query.text, tree) {
        let message = format!("`{}` would visit too many nodes: at most {limit} are allowed", query.text);
        let help = "use `..` only once and in few actions, fewer selectors in brackets, and no `$` in filters";
        reporter.error(&query.at, message, help);
        return Vec::new();
    }
    let located = query.path.query_located(tree);
    let mut seen = HashSet::new();
    let pointers = located.locations().map(|location| {
        location.iter().fold(Pointer::root(), |pointer, element| match element {
            PathElement::Name(name) => pointer.child(name),
            PathElement::Index(index) => pointer.child(index),
        })
    });
    let pointers: Vec<Pointer> = pointers.filter(|pointer| seen.insert(pointer.clone())).collect();
    if pointers.is_empty() {
        let message = format!("`{}` matches nothing in the document", query.text);
        let help = suggestion::correction(query.text, tree, budget, reporter.diagnostics);
        reporter.warning(code::UNUSED_ACTION, &query.at, message, help);
    }
    pointers
}

/// Removes nodes, those at the greatest depth first, because a removal changes the indexes of the items after it.
fn remove(
    query: &Query<'_>,
    targets: &[Pointer],
    tree: &mut Value,
    writer: &mut Writer<'_>,
    reporter: &mut Reporter<'_>,
) {
    let mut keys_by_parent: BTreeMap<(usize, Pointer), Vec<String>> = BTreeMap::new();
    for target in targets {
        let Some(key) = target.keys().last() else {
            let message = "the root of the document cannot be removed".to_owned();
            reporter.error(&query.at, message, "select the nodes in the document that are to be removed");
            return;
        };
        keys_by_parent.entry((target.keys().count(), target.parent())).or_default().push(key);
    }
    for ((_, parent), keys) in keys_by_parent.into_iter().rev() {
        match tree.pointer_mut(parent.as_str()) {
            Some(Value::Object(object)) => {
                let removed: HashSet<&String> = keys.iter().collect();
                object.retain(|key, _| !removed.contains(key));
                keys.iter().for_each(|key| writer.origins.remove_key(&parent, key));
            }
            Some(Value::Array(items)) => {
                let removed: HashSet<usize> = keys.iter().filter_map(|key| key.parse().ok()).collect();
                let is_kept: Vec<bool> = (0..items.len()).map(|index| !removed.contains(&index)).collect();
                let mut is_kept_by_index = is_kept.iter();
                items.retain(|_| is_kept_by_index.next().is_none_or(|is_kept| *is_kept));
                writer.origins.retain_items(&parent, &is_kept);
            }
            _ => {}
        }
    }
}

/// The kinds of values that cannot be merged with each other.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Kind {
    Object,
    Array,
    Other,
}

impl Kind {
    fn of(value: &Value) -> Self {
        match value {
            Value::Object(_) => Self::Object,
            Value::Array(_) => Self::Array,
            _ => Self::Other,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::Other => "a string, number, boolean or null",
        }
    }
}

/// The location in an overlay of a value that is written.
struct Origin<'n> {
    overlay: usize,
    at: Pointer,
    /// For a copied value, whose parts are not in the overlay: the digits of its long numbers by location, and its location.
    copied: Option<(&'n BTreeMap<Pointer, String>, Pointer)>,
}

impl Origin<'_> {
    fn child(&self, key: &str) -> Self {
        let at = if self.copied.is_some() { self.at.clone() } else { self.at.child(key) };
        Self { at, copied: self.copied.as_ref().map(|(numbers, from)| (*numbers, from.child(key))), ..*self }
    }
}

/// Why a value cannot be merged, with the location in the overlay.
struct Problem {
    at: Pointer,
    message: String,
    help: &'static str,
}

/// Writes nodes, and records their origins.
struct Writer<'d> {
    document: &'d Source,
    /// Whether the document has numbers of more digits than a tree keeps.
    has_long_numbers: bool,
    origins: Origins,
    /// The number of nodes that may still be written. It is limited because a few lines can copy a document many times.
    nodes_left: usize,
}

impl Writer<'_> {
    /// Returns the digits of the numbers in a value that the tree has rounded, by their locations.
    fn long_numbers(&self, value: &Value, at: &Pointer) -> BTreeMap<Pointer, String> {
        let mut numbers = BTreeMap::new();
        if self.has_long_numbers {
            self.collect_long_numbers(value, at, &mut numbers);
        }
        numbers
    }

    fn collect_long_numbers(&self, value: &Value, at: &Pointer, numbers: &mut BTreeMap<Pointer, String>) {
        match value {
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, item)| self.collect_long_numbers(item, &at.child(index), numbers));
            }
            Value::Object(object) => {
                object.iter().for_each(|(key, value)| self.collect_long_numbers(value, &at.child(key), numbers));
            }
            Value::Number(number) => {
                let digits = self.origins.number(at).or_else(|| {
                    let (overlay, from) = self.origins.locate(at);
                    let overlay = overlay.and_then(|overlay| self.document.overlays.get(overlay));
                    overlay.unwrap_or(self.document).number_in_text(&from)
                });
                let digits = digits.filter(|digits| **digits != number.to_string());
                numbers.extend(digits.map(|digits| (at.clone(), digits.to_owned())));
            }
            _ => {}
        }
    }

    /// Records that a value was written.
    fn record(&mut self, at: &Pointer, origin: &Origin<'_>) {
        self.origins.write(at, origin.overlay, origin.at.clone());
        self.record_numbers(at, origin);
    }

    /// Records the digits of the long numbers in a copied value.
    fn record_numbers(&mut self, at: &Pointer, origin: &Origin<'_>) {
        let Some((numbers, from)) = &origin.copied else { return };
        let below = numbers.range(from.child("")..).take_while(|(number_at, _)| number_at.is_below(from));
        for (number_at, digits) in numbers.get_key_value(from).into_iter().chain(below) {
            let keys = Pointer::from_displayed(&number_at.as_str()[from.as_str().len()..]);
            self.origins.set_number(&keys.keys().fold(at.clone(), |at, key| at.child(key)), digits.clone());
        }
    }

    /// Merges a value with the node at a pointer. An item is appended only to an array that is the target of the action.
    fn merge(
        &mut self,
        node: &mut Value,
        value: &Value,
        at: &Pointer,
        origin: &Origin<'_>,
        is_target: bool,
    ) -> Result<(), Problem> {
        match (node, value) {
            (Value::Object(object), Value::Object(value)) => {
                for (key, value) in value {
                    let (at, origin) = (at.child(key), origin.child(key));
                    match object.get_mut(key) {
                        Some(node) => self.merge(node, value, &at, &origin, false)?,
                        None => {
                            self.count(value, &at, &origin)?;
                            object.insert(key.clone(), value.clone());
                            self.record(&at, &origin);
                        }
                    }
                }
                Ok(())
            }
            (Value::Array(items), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.append(items, value, at, &origin.child(&index.to_string()))?;
                }
                Ok(())
            }
            (Value::Array(items), value) if is_target => self.append(items, value, at, origin),
            // A key without a value, such as `info:`, has the value `null`. It names the section without changing it.
            (Value::Object(_) | Value::Array(_), Value::Null) => Ok(()),
            (node, value) if node.is_null() || (Kind::of(node), Kind::of(value)) == (Kind::Other, Kind::Other) => {
                self.count(value, at, origin)?;
                *node = value.clone();
                self.record(at, origin);
                Ok(())
            }
            (node, value) => Err(Problem {
                at: origin.at.clone(),
                message: format!(
                    "{} cannot be merged with {}, which `{at}` is",
                    Kind::of(value).name(),
                    Kind::of(node).name()
                ),
                help: "write a value of the same kind, or remove the node in an action before",
            }),
        }
    }

    fn append(
        &mut self,
        items: &mut Vec<Value>,
        value: &Value,
        at: &Pointer,
        origin: &Origin<'_>,
    ) -> Result<(), Problem> {
        self.count(value, at, origin)?;
        self.origins.append(at, items.len(), origin.overlay, origin.at.clone());
        self.record_numbers(&at.child(items.len()), origin);
        items.push(value.clone());
        Ok(())
    }

    /// Counts the nodes of a value that is to be written.
    fn count(&mut self, value: &Value, at: &Pointer, origin: &Origin<'_>) -> Result<(), Problem> {
        let (nodes, depth) = measure(value);
        let problem = |message: &str, help| Problem { at: origin.at.clone(), message: message.to_owned(), help };
        if depth + at.keys().count() > MAX_DEPTH {
            return Err(problem("the document would be nested too deeply", "write the value at another location"));
        }
        let left = self.nodes_left.checked_sub(nodes);
        let help = "select fewer nodes, or write a component and refer to it";
        self.nodes_left = left.ok_or_else(|| problem("the overlays write too many nodes", help))?;
        Ok(())
    }
}

/// Returns the number of nodes of a value, in which a long string counts several times, and its depth.
fn measure(value: &Value) -> (usize, usize) {
    const BYTES_PER_NODE: usize = 64;
    let sum = |(nodes, depth): (usize, usize), (more, other): (usize, usize)| (nodes + more, depth.max(other + 1));
    match value {
        Value::Array(items) => items.iter().map(measure).fold((1, 1), sum),
        Value::Object(object) => object.values().map(measure).fold((1 + object.len(), 1), sum),
        Value::String(text) => (1 + text.len() / BYTES_PER_NODE, 1),
        _ => (1, 1),
    }
}
