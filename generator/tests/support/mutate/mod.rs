//! Changes documents at random, as trees and as texts. The same seed changes the same document in the same way.

mod tree;
mod vocabulary;

use fastrand::Rng;
use serde_yaml::{Mapping, Value};

use tree::*;
use vocabulary::{NAMES, REFERENCES, SCALARS, TOKENS, VALID_VALUES};

/// Returns a document with a few random changes. `other_trees` are documents whose nodes may be inserted.
pub fn mutated(text: &str, other_trees: &[Value], rng: &mut Rng) -> String {
    let mut text = match serde_yaml::from_str::<Value>(text) {
        Ok(mut tree) if rng.u8(..) < 200 => {
            // Usually make few changes, because the first error hides the effects of all other changes.
            let max_changes = rng.usize(1..6);
            for _ in 0..=rng.usize(..max_changes) {
                change_tree(&mut tree, other_trees, rng);
            }
            match rng.bool() {
                true => serde_json::to_string_pretty(&tree).unwrap_or_default(),
                false => serde_yaml::to_string(&tree).unwrap_or_default(),
            }
        }
        _ => text.to_owned(),
    };
    if rng.u8(..) < 50 {
        for _ in 0..rng.usize(1..6) {
            change_text(&mut text, rng);
        }
    }
    text
}

fn change_tree(tree: &mut Value, other_trees: &[Value], rng: &mut Rng) {
    let path = random_path(tree, rng);
    let new_node = match rng.bool() {
        true => random_node(tree, rng),
        false => {
            let other_tree = other_trees.get(rng.usize(..other_trees.len().max(1)));
            other_tree.map_or(Value::Null, |other_tree| random_node(other_tree, rng))
        }
    };
    match rng.u8(..16) {
        0 | 1 => change_parent(tree, &path, remove_child),
        2 => change_parent(tree, &path, |parent, index| duplicate_child(parent, index, random_name(rng))),
        3 => change_parent(tree, &path, |parent, index| rename_child(parent, index, random_name(rng))),
        4 | 5 => change_node(tree, &path, |node| *node = random_scalar(rng)),
        6 => change_node(tree, &path, |node| *node = new_node),
        7 => swap_with_random_node(tree, &path, rng),
        8 => {
            let reference = match rng.u8(..4) {
                0 => REFERENCES[rng.usize(..REFERENCES.len())].to_owned(),
                _ => reference_to(tree, &random_path(tree, rng)),
            };
            change_node(tree, &path, |node| *node = mapping("$ref", reference.into()));
        }
        9 => change_node(tree, &path, |node| nest(node, rng)),
        10 | 11 => combine_schemas(tree, rng),
        12 | 13 => insert_valid_value(tree, rng),
        _ => change_node(tree, &path, |node| match node {
            Value::Mapping(map) => {
                map.insert(random_name(rng).into(), new_node);
            }
            Value::Sequence(items) => items.push(new_node),
            node => *node = mapping(&random_name(rng), new_node),
        }),
    }
}

fn swap_with_random_node(tree: &mut Value, path: &[usize], rng: &mut Rng) {
    let second_path = random_path(tree, rng);
    let (first, second) = (node_at(tree, path), node_at(tree, &second_path));
    change_node(tree, &second_path, |node| *node = first);
    change_node(tree, path, |node| *node = second);
}

/// Nests a node in up to 149 schemas or arrays.
fn nest(node: &mut Value, rng: &mut Rng) {
    let (levels, keyword) = (rng.usize(1..150), rng.u8(..5));
    for _ in 0..levels {
        let inner = std::mem::take(node);
        *node = match keyword {
            0 => Value::Sequence(vec![inner]),
            1 => mapping("items", inner),
            2 => mapping("properties", mapping("a", inner)),
            3 => mapping("allOf", Value::Sequence(vec![inner])),
            _ => mapping("oneOf", Value::Sequence(vec![inner, mapping("type", "string".into())])),
        };
    }
}

/// Replaces a schema by a schema that refers to another schema of the document.
fn combine_schemas(tree: &mut Value, rng: &mut Rng) {
    let mut schemas = paths_of_keys(tree, &["schema", "items", "additionalProperties"]);
    for path in paths_of_keys(tree, &["schemas", "properties"]) {
        let count = child_count(&node_at(tree, &path));
        schemas.extend((0..count).map(|index| [path.as_slice(), &[index]].concat()));
    }
    let (Some(replaced), Some(target)) = (rng.choice(&schemas), rng.choice(&schemas)) else { return };
    let schema = schema_with(mapping("$ref", reference_to(tree, target).into()), rng);
    change_node(tree, replaced, |node| *node = schema);
}

/// Inserts a keyword or value that OpenAPI allows at its location.
fn insert_valid_value(tree: &mut Value, rng: &mut Rng) {
    let (key, values) = VALID_VALUES[rng.usize(..VALID_VALUES.len())];
    let value = values[rng.usize(..values.len())];
    let Some(path) = rng.choice(paths_of_keys(tree, &[key])) else { return };
    change_node(tree, &path, |node| match child_count(node) {
        0 => *node = serde_yaml::from_str(value).unwrap_or_default(),
        count => rename_child(node, rng.usize(..count), value.to_owned()),
    });
}

fn change_text(text: &mut String, rng: &mut Rng) {
    let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let mut random_offset = || boundary(rng.usize(..=text.len()));
    let (first, second) = (random_offset(), random_offset());
    let start = first.min(second);
    let end = first.max(second).min(boundary(start + 200));
    match rng.u8(..6) {
        0 => text.replace_range(start..end, ""),
        1 => *text = [&text[..end], &text[start..]].concat(),
        2 => text.insert_str(start, TOKENS[rng.usize(..TOKENS.len())]),
        3 => text.insert_str(start, &TOKENS[rng.usize(..TOKENS.len())].repeat(rng.usize(1..2000))),
        4 => {
            let mut bytes = std::mem::take(text).into_bytes();
            if let Some(byte) = bytes.get_mut(start) {
                *byte ^= 1 << rng.u8(..8);
            }
            *text = String::from_utf8_lossy(&bytes).into_owned();
        }
        // Each anchor contains ten aliases of the previous anchor. If all aliases were expanded, the document would
        // fill the memory.
        _ => {
            let mut bomb = String::from("\nx-a: &a [x, x, x, x, x, x, x, x, x, x]\n");
            for (previous, next) in ('a'..'k').zip('b'..) {
                bomb += &format!("x-{next}: &{next} [{}]\n", vec![format!("*{previous}"); 10].join(", "));
            }
            text.push_str(&bomb);
            text.push_str("x-z: *k\n");
        }
    }
}

fn random_name(rng: &mut Rng) -> String {
    let name = NAMES[rng.usize(..NAMES.len())];
    match rng.u8(..12) {
        0 => name.repeat(rng.usize(1..300)),
        1 => format!("{name}{}", NAMES[rng.usize(..NAMES.len())]),
        2 => std::iter::repeat_with(|| rng.char(..)).take(3).collect(),
        _ => name.to_owned(),
    }
}

fn random_scalar(rng: &mut Rng) -> Value {
    match rng.u8(..4) {
        0 => random_name(rng).into(),
        _ => serde_yaml::from_str(SCALARS[rng.usize(..SCALARS.len())]).unwrap_or_default(),
    }
}

/// Returns a schema that contains another schema, under a random keyword.
fn schema_with(schema: Value, rng: &mut Rng) -> Value {
    let integer = || mapping("type", "integer".into());
    match rng.u8(..7) {
        0 => schema,
        1 => mapping("items", schema),
        2 => mapping("additionalProperties", schema),
        3 => mapping("allOf", Value::Sequence(vec![schema])),
        4 => mapping("anyOf", Value::Sequence(vec![schema, integer()])),
        5 => mapping("properties", Value::Mapping(Mapping::from_iter([("a".into(), schema), ("b".into(), integer())]))),
        _ => mapping("allOf", Value::Sequence(vec![schema, mapping("properties", mapping("a", integer()))])),
    }
}
