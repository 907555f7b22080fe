//! Documents that are broken at random: as trees, and as texts. The same seed breaks the same document in the same way.

use fastrand::Rng;
use serde_yaml::{Mapping, Value};

/// What keywords and names may become.
const NAMES: &[&str] = &[
    "type",
    "$ref",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "properties",
    "items",
    "prefixItems",
    "additionalProperties",
    "enum",
    "const",
    "required",
    "discriminator",
    "mapping",
    "propertyName",
    "nullable",
    "default",
    "format",
    "pattern",
    "minimum",
    "maxLength",
    "multipleOf",
    "readOnly",
    "parameters",
    "schema",
    "content",
    "in",
    "name",
    "style",
    "explode",
    "headers",
    "responses",
    "requestBody",
    "security",
    "servers",
    "variables",
    "url",
    "tags",
    "description",
    "example",
    "$defs",
    "default",
    "2XX",
    "self",
    "Self",
    "r#fn",
    "_",
    "",
    " ",
    "1st",
    "a/b~c",
    "{id}",
    "/{a}/{a}",
    "/",
    "ü",
    "ß",
    "日本語",
    "\u{202e}x",
    "e\u{301}",
    "\u{0}",
    "\u{1}",
    "\u{feff}",
    "👩‍👩‍👧",
    "ǅ",
    "x\ny",
    "*/",
    "\"",
    "\\",
    "%00",
    "..",
    "x-y",
    "Option",
    "String",
];

/// What scalars may become.
const SCALARS: &[&str] = &[
    "null",
    "true",
    "-1",
    "0",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "1e308",
    "-1e-320",
    ".inf",
    ".nan",
    "1e999",
    "0x7fffffffffffffff",
    "''",
    "object",
    "array",
    "string",
    "integer",
    "'null'",
    "binary",
    "date-time",
    "byte",
    "int64",
    "decimal",
    "(",
    "'[a-'",
    "'(a+)+$'",
    "'{{{'",
    "multipart/form-data",
    "'*/*'",
    "https://{a}.example/{b}",
    "[]",
    "{}",
    "[[]]",
    "[null]",
    "{$ref: '#'}",
    "{type: [string, 'null']}",
    "2026-02-30",
];

/// Where references may lead that lead nowhere.
const TARGETS: &[&str] = &[
    "#",
    "#/",
    "#a",
    "",
    "#/components/schemas",
    "#/components/schemas/~2",
    "#/paths/~1a~1%7Bb%7D",
    "other.yaml#/a",
    "..",
    "https://example.com/a.yaml#/b",
    "#/components/schemas/%00",
    "#/components/schemas/a/allOf/0/properties",
];

/// What may come into a text.
const TOKENS: &[&str] = &[
    "&a ",
    "*a",
    "<<: *a",
    "!!binary ",
    "!x ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\t",
    "\r",
    "\u{0}",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "? ",
    "- ",
    ": ",
    "|\n",
    ">-\n  ",
    "#",
    "'",
    "\"",
    "\\u0000",
    "\\ud800",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\n\n",
    "  ",
    "~",
];

/// A document that has been broken a few times. `others` are trees to take parts from.
pub fn mutated(text: &str, others: &[Value], rng: &mut Rng) -> String {
    let mut text = match serde_yaml::from_str::<Value>(text) {
        Ok(mut tree) if rng.u8(..) < 200 => {
            // Mostly few: what is broken in many places is refused for the first of them.
            let most = rng.usize(1..6);
            for _ in 0..=rng.usize(..most) {
                change_tree(&mut tree, others, rng);
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

fn change_tree(tree: &mut Value, others: &[Value], rng: &mut Rng) {
    let path = some_path(tree, rng);
    let other = match rng.bool() {
        true => some_node(tree, rng),
        false => others.get(rng.usize(..others.len().max(1))).map_or(Value::Null, |other| some_node(other, rng)),
    };
    match rng.u8(..12) {
        0 | 1 => around(tree, &path, remove),
        2 => around(tree, &path, |node, step| repeat(node, step, name(rng))),
        3 => around(tree, &path, |node, step| rename(node, step, name(rng))),
        4 | 5 => at(tree, &path, |node| *node = scalar(rng)),
        6 => at(tree, &path, |node| *node = other),
        7 => {
            let second = some_path(tree, rng);
            let (one, two) = (found(tree, &path), found(tree, &second));
            at(tree, &second, |node| *node = one);
            at(tree, &path, |node| *node = two);
        }
        8 => {
            let reference = match rng.u8(..4) {
                0 => TARGETS[rng.usize(..TARGETS.len())].to_owned(),
                _ => pointer(tree, &some_path(tree, rng)),
            };
            at(tree, &path, |node| *node = mapping("$ref", reference.into()));
        }
        9 => at(tree, &path, |node| {
            let (levels, how) = (rng.usize(1..150), rng.u8(..5));
            for _ in 0..levels {
                let inner = std::mem::take(node);
                *node = match how {
                    0 => Value::Sequence(vec![inner]),
                    1 => mapping("items", inner),
                    2 => mapping("properties", mapping("a", inner)),
                    3 => mapping("allOf", Value::Sequence(vec![inner])),
                    _ => mapping("oneOf", Value::Sequence(vec![inner, mapping("type", "string".into())])),
                };
            }
        }),
        _ => at(tree, &path, |node| match node {
            Value::Mapping(map) => {
                map.insert(name(rng).into(), other);
            }
            Value::Sequence(list) => list.push(other),
            node => *node = mapping(&name(rng), other),
        }),
    }
}

fn change_text(text: &mut String, rng: &mut Rng) {
    let mut place = || text.floor_char_boundary(rng.usize(..=text.len()));
    let (one, two) = (place(), place());
    let (start, end) = (one.min(two), one.max(two).min(text.floor_char_boundary(one.min(two) + 200)));
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
        // Each name stands for ten of the one before: a few lines that would fill any memory.
        _ => {
            let mut bomb = String::from("\nx-a: &a [x, x, x, x, x, x, x, x, x, x]\n");
            for (one, next) in ('a'..'k').zip('b'..) {
                bomb += &format!("x-{next}: &{next} [{}]\n", vec![format!("*{one}"); 10].join(", "));
            }
            text.push_str(&bomb);
            text.push_str("x-z: *k\n");
        }
    }
}

fn name(rng: &mut Rng) -> String {
    let one = NAMES[rng.usize(..NAMES.len())];
    match rng.u8(..12) {
        0 => one.repeat(rng.usize(1..300)),
        1 => format!("{one}{}", NAMES[rng.usize(..NAMES.len())]),
        2 => std::iter::repeat_with(|| rng.char(..)).take(3).collect(),
        _ => one.to_owned(),
    }
}

fn scalar(rng: &mut Rng) -> Value {
    match rng.u8(..4) {
        0 => name(rng).into(),
        _ => serde_yaml::from_str(SCALARS[rng.usize(..SCALARS.len())]).unwrap_or_default(),
    }
}

fn mapping(key: &str, value: Value) -> Value {
    Value::Mapping(Mapping::from_iter([(key.into(), value)]))
}

/// The way to a node, by position. Each step goes on more likely than not, so that what is deep is met as well.
fn some_path(tree: &Value, rng: &mut Rng) -> Vec<usize> {
    let (mut node, mut path) = (tree, Vec::new());
    while let Some(count) = Some(children(node)).filter(|count| *count > 0 && (path.is_empty() || rng.u8(..8) > 0)) {
        let step = rng.usize(..count);
        node = child(node, step);
        path.push(step);
    }
    path
}

fn some_node(tree: &Value, rng: &mut Rng) -> Value {
    found(tree, &some_path(tree, rng))
}

fn children(node: &Value) -> usize {
    match node {
        Value::Mapping(map) => map.len(),
        Value::Sequence(list) => list.len(),
        _ => 0,
    }
}

fn child(node: &Value, step: usize) -> &Value {
    match node {
        Value::Mapping(map) => map.values().nth(step).unwrap_or(node),
        Value::Sequence(list) => list.get(step).unwrap_or(node),
        _ => node,
    }
}

fn found(tree: &Value, path: &[usize]) -> Value {
    path.iter().fold(tree, |node, step| child(node, *step)).clone()
}

/// The reference to a node.
fn pointer(tree: &Value, path: &[usize]) -> String {
    let (mut node, mut pointer) = (tree, String::from("#"));
    for step in path {
        let key = match node {
            Value::Mapping(map) => map.keys().nth(*step).and_then(Value::as_str).unwrap_or_default().to_owned(),
            _ => step.to_string(),
        };
        pointer += &format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        node = child(node, *step);
    }
    pointer
}

fn at(node: &mut Value, path: &[usize], change: impl FnOnce(&mut Value)) {
    let [step, rest @ ..] = path else { return change(node) };
    match node {
        Value::Mapping(map) => map.values_mut().nth(*step).into_iter().next().map(|node| at(node, rest, change)),
        Value::Sequence(list) => list.get_mut(*step).map(|node| at(node, rest, change)),
        _ => None,
    };
}

/// Changes what a node is in, by its position there.
fn around(tree: &mut Value, path: &[usize], change: impl FnOnce(&mut Value, usize)) {
    if let [above @ .., step] = path {
        at(tree, above, |node| change(node, *step));
    }
}

fn remove(node: &mut Value, step: usize) {
    match node {
        Value::Mapping(map) => {
            let key = map.keys().nth(step).cloned();
            key.and_then(|key| map.remove(&key));
        }
        Value::Sequence(list) if step < list.len() => drop(list.remove(step)),
        _ => {}
    }
}

fn repeat(node: &mut Value, step: usize, name: String) {
    let copy = child(node, step).clone();
    match node {
        Value::Mapping(map) => drop(map.insert(name.into(), copy)),
        Value::Sequence(list) => list.push(copy),
        _ => {}
    }
}

fn rename(node: &mut Value, step: usize, name: String) {
    if let Value::Mapping(map) = node {
        let entries = std::mem::take(map).into_iter().enumerate();
        *map = entries.map(|(at, (key, value))| (if at == step { name.clone().into() } else { key }, value)).collect();
    }
}
