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

/// What stands below a key, and what else may: what is changed so is bound more often than not.
const WORDS: &[(&str, &[&str])] = &[
    (
        "content",
        &[
            "application/json",
            "application/problem+json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/octet-stream",
            "application/x-ndjson",
            "application/xml",
            "text/plain",
            "text/event-stream",
            "image/png",
            "*/*",
        ],
    ),
    ("responses", &["200", "201", "204", "2XX", "302", "404", "4XX", "default"]),
    ("in", &["path", "query", "header", "cookie"]),
    ("style", &["form", "simple", "label", "matrix", "spaceDelimited", "pipeDelimited", "deepObject"]),
    ("explode", &["true", "false"]),
    ("type", &["string", "integer", "number", "boolean", "array", "object", "null"]),
    ("format", &["int32", "int64", "double", "date", "date-time", "uuid", "uri", "byte", "binary", "password"]),
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
    match rng.u8(..16) {
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
        10 | 11 => {
            let mut schemas = ways(tree, &["schema", "items", "additionalProperties"]);
            for way in ways(tree, &["schemas", "properties"]) {
                let count = children(&found(tree, &way));
                schemas.extend((0..count).map(|step| [way.as_slice(), &[step]].concat()));
            }
            let (Some(here), Some(there)) = (rng.choice(&schemas), rng.choice(&schemas)) else { return };
            let schema = used(mapping("$ref", pointer(tree, there).into()), rng);
            at(tree, here, |node| *node = schema);
        }
        12 | 13 => {
            let (key, words) = WORDS[rng.usize(..WORDS.len())];
            let word = words[rng.usize(..words.len())];
            let Some(way) = rng.choice(ways(tree, &[key])) else { return };
            at(tree, &way, |node| match children(node) {
                0 => *node = serde_yaml::from_str(word).unwrap_or_default(),
                count => rename(node, rng.usize(..count), word.to_owned()),
            });
        }
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

/// A schema that uses another in one of the ways that there are.
fn used(schema: Value, rng: &mut Rng) -> Value {
    let number = || mapping("type", "integer".into());
    match rng.u8(..7) {
        0 => schema,
        1 => mapping("items", schema),
        2 => mapping("additionalProperties", schema),
        3 => mapping("allOf", Value::Sequence(vec![schema])),
        4 => mapping("anyOf", Value::Sequence(vec![schema, number()])),
        5 => mapping("properties", Value::Mapping(Mapping::from_iter([("a".into(), schema), ("b".into(), number())]))),
        _ => mapping("allOf", Value::Sequence(vec![schema, mapping("properties", mapping("a", number()))])),
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

/// The ways to all that stands under one of these keys.
fn ways(tree: &Value, keys: &[&str]) -> Vec<Vec<usize>> {
    let (mut open, mut found) = (vec![(tree, Vec::new())], Vec::new());
    while let Some((node, way)) = open.pop() {
        for step in 0..children(node) {
            let way = [way.as_slice(), &[step]].concat();
            if let Value::Mapping(map) = node
                && map.keys().nth(step).and_then(Value::as_str).is_some_and(|key| keys.contains(&key))
            {
                found.push(way.clone());
            }
            open.push((child(node, step), way));
        }
    }
    found
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
