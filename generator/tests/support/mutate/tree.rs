//! Functions that read and change a document as a tree.
//!
//! A path to a node is a list of positions. The first position is a child of the root, the next a child of this child,
//! and so on.

use fastrand::Rng;
use serde_yaml::{Mapping, Value};

/// Returns a mapping with one entry.
pub fn mapping(key: &str, value: Value) -> Value {
    Value::Mapping(Mapping::from_iter([(key.into(), value)]))
}

/// Returns a random path. After each step, the path continues to a child with a probability of 7/8, because deep nodes
/// should also be chosen.
pub fn random_path(tree: &Value, rng: &mut Rng) -> Vec<usize> {
    let (mut node, mut path) = (tree, Vec::new());
    while let Some(count) = Some(child_count(node)).filter(|count| *count > 0 && (path.is_empty() || rng.u8(..8) > 0)) {
        let index = rng.usize(..count);
        node = child(node, index);
        path.push(index);
    }
    path
}

/// Returns a copy of a random node.
pub fn random_node(tree: &Value, rng: &mut Rng) -> Value {
    node_at(tree, &random_path(tree, rng))
}

/// Returns the paths of all values of these keys.
pub fn paths_of_keys(tree: &Value, keys: &[&str]) -> Vec<Vec<usize>> {
    let (mut pending, mut paths) = (vec![(tree, Vec::new())], Vec::new());
    while let Some((node, path)) = pending.pop() {
        for index in 0..child_count(node) {
            let child_path = [path.as_slice(), &[index]].concat();
            if let Value::Mapping(map) = node
                && map.keys().nth(index).and_then(Value::as_str).is_some_and(|key| keys.contains(&key))
            {
                paths.push(child_path.clone());
            }
            pending.push((child(node, index), child_path));
        }
    }
    paths
}

pub fn child_count(node: &Value) -> usize {
    match node {
        Value::Mapping(map) => map.len(),
        Value::Sequence(items) => items.len(),
        _ => 0,
    }
}

fn child(node: &Value, index: usize) -> &Value {
    match node {
        Value::Mapping(map) => map.values().nth(index).unwrap_or(node),
        Value::Sequence(items) => items.get(index).unwrap_or(node),
        _ => node,
    }
}

/// Returns a copy of the node at a path.
pub fn node_at(tree: &Value, path: &[usize]) -> Value {
    path.iter().fold(tree, |node, index| child(node, *index)).clone()
}

/// Returns the reference (`#/...`) to the node at a path.
pub fn reference_to(tree: &Value, path: &[usize]) -> String {
    let (mut node, mut reference) = (tree, String::from("#"));
    for index in path {
        let key = match node {
            Value::Mapping(map) => map.keys().nth(*index).and_then(Value::as_str).unwrap_or_default().to_owned(),
            _ => index.to_string(),
        };
        reference += &format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        node = child(node, *index);
    }
    reference
}

/// Changes the node at a path.
pub fn change_node(node: &mut Value, path: &[usize], change: impl FnOnce(&mut Value)) {
    let [index, remaining_path @ ..] = path else { return change(node) };
    let child = match node {
        Value::Mapping(map) => map.values_mut().nth(*index),
        Value::Sequence(items) => items.get_mut(*index),
        _ => None,
    };
    if let Some(child) = child {
        change_node(child, remaining_path, change);
    }
}

/// Calls `change` with the parent of the node at a path, and with the position of the node in its parent.
pub fn change_parent(tree: &mut Value, path: &[usize], change: impl FnOnce(&mut Value, usize)) {
    if let [parent_path @ .., index] = path {
        change_node(tree, parent_path, |parent| change(parent, *index));
    }
}

/// Removes a child of a node.
pub fn remove_child(node: &mut Value, index: usize) {
    match node {
        Value::Mapping(map) => {
            let key = map.keys().nth(index).cloned();
            key.and_then(|key| map.remove(&key));
        }
        Value::Sequence(items) if index < items.len() => drop(items.remove(index)),
        _ => {}
    }
}

/// Adds a copy of a child to its parent. In a mapping, the copy gets the key `name`.
pub fn duplicate_child(node: &mut Value, index: usize, name: String) {
    let copy = child(node, index).clone();
    match node {
        Value::Mapping(map) => drop(map.insert(name.into(), copy)),
        Value::Sequence(items) => items.push(copy),
        _ => {}
    }
}

/// Changes the key of a child of a mapping.
pub fn rename_child(node: &mut Value, index: usize, name: String) {
    if let Value::Mapping(map) = node {
        let entries = std::mem::take(map).into_iter().enumerate();
        *map = entries
            .map(|(position, (key, value))| (if position == index { name.clone().into() } else { key }, value))
            .collect();
    }
}
