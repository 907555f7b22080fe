//! Documents whose schemas combine each other at random, in every way that a schema can use another.

use fastrand::Rng;
use serde_yaml::{Mapping, Value};

/// The names of properties. There are few, so that schemas that are combined have some in common.
const PROPERTIES: &[&str] = &["a", "b", "c", "kind", "a-b", "a_b"];

/// A document with some new schemas that combine each other and those of the document. Its responses and request bodies use
/// them.
pub fn composed(text: &str, rng: &mut Rng) -> String {
    let Ok(mut tree @ Value::Mapping(_)) = serde_yaml::from_str::<Value>(text) else { return text.to_owned() };
    let count = rng.usize(2..16);
    let mut names: Vec<String> = (0..count).map(|index| format!("X{index}")).collect();
    let schemas = below(below(&mut tree, "components"), "schemas");
    if let Value::Mapping(map) = schemas {
        names.extend(map.keys().filter_map(Value::as_str).take(count / 2).map(str::to_owned));
    }
    for index in 0..count {
        // Long chains and cycles are rare among references at random.
        let next = rng.bool().then(|| format!("X{}", (index + 1) % count));
        let composer = Composer { names: &names, next };
        let schema = composer.schema(rng, 3);
        *below(schemas, &format!("X{index}")) = schema;
    }
    used(&mut tree, &names, rng);
    match rng.bool() {
        true => serde_json::to_string_pretty(&tree).unwrap_or_default(),
        false => serde_yaml::to_string(&tree).unwrap_or_default(),
    }
}

/// Replaces some of the schemas of requests and responses by references to new ones; adds an operation that uses the first.
fn used(tree: &mut Value, names: &[String], rng: &mut Rng) {
    let mut open = vec![below(tree, "paths")];
    while let Some(node) = open.pop() {
        match node {
            Value::Mapping(map) => {
                for (key, value) in map.iter_mut() {
                    match key.as_str() {
                        Some("schema") if rng.u8(..4) == 0 => *value = reference(&names[rng.usize(..names.len())]),
                        _ => open.push(value),
                    }
                }
            }
            Value::Sequence(list) => open.extend(list),
            _ => {}
        }
    }
    let content = || mapping("content", mapping("application/json", mapping("schema", reference(&names[0]))));
    let mut response = content();
    *below(&mut response, "description") = "Composed.".into();
    let operation = below(below(below(tree, "paths"), "/composed"), "post");
    *below(operation, "operationId") = "composed".into();
    *below(operation, "requestBody") = content();
    *below(operation, "responses") = mapping("200", response);
}

/// Makes schemas that refer to the named ones.
struct Composer<'n> {
    names: &'n [String],
    /// One that is referred to more often than the others.
    next: Option<String>,
}

impl Composer<'_> {
    fn name(&self, rng: &mut Rng) -> String {
        match &self.next {
            Some(next) if rng.bool() => next.clone(),
            _ => self.names[rng.usize(..self.names.len())].clone(),
        }
    }

    fn schema(&self, rng: &mut Rng, depth: usize) -> Value {
        if depth == 0 || rng.u8(..4) == 0 {
            return match rng.u8(..6) {
                0 => mapping("type", "string".into()),
                1 => mapping("type", "integer".into()),
                2 => mapping("enum", self.texts(rng)),
                _ => reference(&self.name(rng)),
            };
        }
        let mut schema = Value::Mapping(Mapping::new());
        // A schema says one thing most often, and sometimes several.
        for _ in 0..=rng.usize(..3) / 2 {
            let (keyword, value) = match rng.u8(..8) {
                0 | 1 => ("allOf", self.list(rng, depth)),
                2 => ("anyOf", self.list(rng, depth)),
                3 => ("oneOf", self.list(rng, depth)),
                4 => ("items", self.schema(rng, depth - 1)),
                5 => ("additionalProperties", self.schema(rng, depth - 1)),
                6 => ("discriminator", self.discriminator(rng)),
                _ => ("properties", self.properties(rng, depth)),
            };
            *below(&mut schema, keyword) = value;
        }
        if rng.u8(..4) == 0 {
            *below(&mut schema, "required") = Value::Sequence(vec![PROPERTIES[rng.usize(..PROPERTIES.len())].into()]);
        }
        if rng.u8(..8) == 0 {
            *below(&mut schema, "nullable") = true.into();
        }
        schema
    }

    fn list(&self, rng: &mut Rng, depth: usize) -> Value {
        let count = rng.usize(1..4);
        let mut list: Vec<Value> = (0..count).map(|_| self.schema(rng, depth - 1)).collect();
        if rng.u8(..4) == 0 {
            list.extend(list.first().cloned());
        }
        Value::Sequence(list)
    }

    fn properties(&self, rng: &mut Rng, depth: usize) -> Value {
        let count = rng.usize(1..4);
        let one = |_| (PROPERTIES[rng.usize(..PROPERTIES.len())].into(), self.schema(rng, depth - 1));
        Value::Mapping((0..count).map(one).collect())
    }

    fn discriminator(&self, rng: &mut Rng) -> Value {
        let mut discriminator = mapping("propertyName", "kind".into());
        for _ in 0..rng.usize(..3) {
            let target = format!("#/components/schemas/{}", self.name(rng));
            *below(below(&mut discriminator, "mapping"), &self.name(rng)) = target.into();
        }
        discriminator
    }

    fn texts(&self, rng: &mut Rng) -> Value {
        Value::Sequence((0..rng.usize(1..4)).map(|_| self.name(rng).into()).collect())
    }
}

fn reference(name: &str) -> Value {
    mapping("$ref", format!("#/components/schemas/{name}").into())
}

fn mapping(key: &str, value: Value) -> Value {
    Value::Mapping(Mapping::from_iter([(key.into(), value)]))
}

/// The value under a key, which is made a mapping if it is none.
fn below<'v>(node: &'v mut Value, key: &str) -> &'v mut Value {
    if !node.is_mapping() {
        *node = Value::Mapping(Mapping::new());
    }
    match node {
        Value::Mapping(map) => map.entry(key.into()).or_insert(Value::Null),
        other => other,
    }
}
