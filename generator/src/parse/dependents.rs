//! Finds the operations that depend on a location of the document. An operation depends on its own parts, on its path item,
//! and on everything that these refer to.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::references::reference_targets;
use super::select::{Operation, operations, path_item};
use crate::source::Pointer;

/// The maximum number of operations for each location in [`Dependents::by_location`]. A warning names one operation less, so that
/// it can also say that there are others.
const MAX_LISTED: usize = 4;

/// The operations that depend on some locations.
pub(crate) struct Dependents {
    /// All operations of the document, in its order.
    pub operations: Vec<Operation>,
    /// The index of the first location that each operation depends on. `None` if it depends on none.
    pub first_locations: Vec<Option<usize>>,
    /// The indexes of the first operations that depend on each location, at most [`MAX_LISTED`].
    pub by_location: Vec<Vec<usize>>,
}

/// Finds the operations that depend on these locations.
pub(crate) fn dependents(tree: &Value, locations: &[Pointer]) -> Dependents {
    let operations = operations(tree);
    let mut graph = Graph::new(tree);
    let operation_parts: Vec<usize> = operations.iter().map(|operation| graph.add_operation(operation)).collect();
    graph.add_dependencies(tree, ROOT);
    let location_parts: Vec<usize> = locations.iter().map(|location| graph.part_at(location)).collect();
    let first_locations = graph.first_dependencies(&location_parts);
    let first_operations = graph.first_dependents(&operation_parts);
    Dependents {
        operations,
        first_locations: operation_parts.iter().map(|part| first_locations[*part]).collect(),
        by_location: location_parts.iter().map(|part| first_operations[*part].clone()).collect(),
    }
}

/// The part that consists of everything outside of the other parts.
const ROOT: usize = 0;

/// The parts of a document, and the dependencies between them. The parts are the operations, the path items, the components,
/// and the other targets of references. The location of a node belongs to the innermost part around it.
struct Graph<'t> {
    tree: &'t Value,
    parts: HashMap<Pointer, usize>,
    /// The parts by the addresses of their nodes, so that the tree can be visited without the locations of its nodes.
    parts_by_address: HashMap<*const Value, usize>,
    /// The parts that are operations. A path item contains operations, but does not depend on them.
    operations: HashSet<usize>,
    /// The parts that each part contains or refers to.
    dependencies: Vec<Vec<usize>>,
}

impl<'t> Graph<'t> {
    /// Creates a graph with all components and targets of references as parts.
    fn new(tree: &'t Value) -> Self {
        let mut graph = Self {
            tree,
            parts: HashMap::new(),
            parts_by_address: HashMap::new(),
            operations: HashSet::new(),
            dependencies: Vec::new(),
        };
        graph.add_part(Pointer::root());
        let components = Pointer::root().child("components");
        for (section, names) in components.lookup(tree).and_then(Value::as_object).into_iter().flatten() {
            for name in names.as_object().into_iter().flat_map(Map::keys) {
                graph.add_part(components.child(section).child(name));
            }
        }
        graph.add_targets(tree);
        graph
    }

    /// Adds the node at a location as a part. Returns `None` if there is no node.
    fn add_part(&mut self, at: Pointer) -> Option<usize> {
        let node = at.lookup(self.tree)?;
        let next = self.dependencies.len();
        let part = *self.parts_by_address.entry(node).or_insert(next);
        if part == next {
            self.dependencies.push(Vec::new());
        }
        self.parts.insert(at, part);
        Some(part)
    }

    fn add_targets(&mut self, node: &Value) {
        match node {
            Value::Array(items) => items.iter().for_each(|item| self.add_targets(item)),
            Value::Object(object) => {
                for target in reference_targets(object) {
                    self.add_part(target);
                }
                object.values().for_each(|value| self.add_targets(value));
            }
            _ => {}
        }
    }

    /// Adds an operation, with its dependency on its path item. Several paths can refer to one path item, whose operations
    /// are then parts as well.
    fn add_operation(&mut self, operation: &Operation) -> usize {
        let Operation { path, key, .. } = operation;
        let item_at = Pointer::root().child("paths").child(path);
        let at = key.location(&item_at);
        let part = self.add_part(at.clone()).unwrap_or_else(|| {
            self.dependencies.push(Vec::new());
            self.dependencies.len() - 1
        });
        // The IR has the path with a slash at its start.
        if !path.starts_with('/') {
            let item_at = Pointer::root().child("paths").child(format!("/{path}"));
            self.parts.entry(key.location(&item_at)).or_insert(part);
        }
        self.parts.insert(at, part);
        self.operations.insert(part);
        let shared_at = path_item(self.tree, path).filter(|shared_at| *shared_at != item_at);
        let shared = shared_at.and_then(|shared_at| self.add_part(key.location(&shared_at)));
        self.operations.extend(shared);
        let item = self.add_part(item_at);
        self.dependencies[part].extend(item.into_iter().chain(shared));
        part
    }

    /// Adds the dependencies of a node that belongs to a part.
    fn add_dependencies(&mut self, node: &Value, mut part: usize) {
        if let Some(inner) =
            self.parts_by_address.get(&std::ptr::from_ref(node)).copied().filter(|inner| *inner != part)
        {
            if !self.operations.contains(&inner) {
                self.dependencies[part].push(inner);
            }
            part = inner;
        }
        match node {
            Value::Array(items) => items.iter().for_each(|item| self.add_dependencies(item, part)),
            Value::Object(object) => {
                let targets = reference_targets(object).filter_map(|target| self.parts.get(&target));
                self.dependencies[part].extend(targets);
                for base in self.bases_with_discriminator(object) {
                    self.dependencies[base].push(part);
                }
                object.values().for_each(|value| self.add_dependencies(value, part));
            }
            _ => {}
        }
    }

    /// Returns the schemas with a discriminator in the `allOf` of a schema. The types of these schemas are unions, of which
    /// this schema is an alternative.
    fn bases_with_discriminator(&self, schema: &Map<String, Value>) -> Vec<usize> {
        let schemas = schema.get("allOf").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
        let targets = schemas.flat_map(reference_targets);
        let bases =
            targets.filter(|target| target.lookup(self.tree).is_some_and(|base| base.get("discriminator").is_some()));
        bases.filter_map(|base| self.parts.get(&base).copied()).collect()
    }

    /// Returns the innermost part around a location.
    fn part_at(&self, location: &Pointer) -> usize {
        let mut at = location.clone();
        loop {
            match self.parts.get(&at) {
                Some(part) => return *part,
                None => at = at.parent(),
            }
        }
    }

    /// Returns the index of the first of some parts that each part depends on.
    fn first_dependencies(&self, parts: &[usize]) -> Vec<Option<usize>> {
        let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); self.dependencies.len()];
        for (part, dependencies) in self.dependencies.iter().enumerate() {
            dependencies.iter().for_each(|dependency| dependents[*dependency].push(part));
        }
        let mut first_dependencies = vec![None; self.dependencies.len()];
        for (index, part) in parts.iter().enumerate() {
            let mut pending = vec![*part];
            while let Some(part) = pending.pop() {
                if first_dependencies[part].is_none() {
                    first_dependencies[part] = Some(index);
                    pending.extend(&dependents[part]);
                }
            }
        }
        first_dependencies
    }

    /// Returns the indexes of the first of some parts that depend on each part, at most [`MAX_LISTED`].
    fn first_dependents(&self, parts: &[usize]) -> Vec<Vec<usize>> {
        let mut first_dependents: Vec<Vec<usize>> = vec![Vec::new(); self.dependencies.len()];
        for (index, part) in parts.iter().enumerate() {
            let mut pending = vec![*part];
            while let Some(part) = pending.pop() {
                let found = &mut first_dependents[part];
                // If a part has enough dependents, its dependencies have the same or earlier ones.
                if found.len() < MAX_LISTED && found.last() != Some(&index) {
                    found.push(index);
                    pending.extend(&self.dependencies[part]);
                }
            }
        }
        first_dependents
    }
}
