//! Adds random schemas to documents. The schemas refer to each other in every way that OpenAPI allows.

use fastrand::Rng;
use serde_yaml::{Mapping, Value};

/// The names of properties. There are only a few names, because combined schemas should have properties in common.
const PROPERTIES: &[&str] = &["a", "b", "c", "kind", "a-b", "a_b"];

/// Returns a document with additional schemas, which refer to each other and to the schemas of the document. Responses
/// and request bodies of the document use the additional schemas.
pub fn composed(text: &str, rng: &mut Rng) -> String {
    let Ok(mut tree @ Value::Mapping(_)) = serde_yaml::from_str::<Value>(text) else { return text.to_owned() };
    let count = rng.usize(2..16);
    let mut names: Vec<String> = (0..count).map(|index| format!("X{index}")).collect();
    let schemas = value_at(value_at(&mut tree, "components"), "schemas");
    if let Value::Mapping(map) = schemas {
        names.extend(map.keys().filter_map(Value::as_str).take(count / 2).map(str::to_owned));
    }
    for index in 0..count {
        // Random references rarely form long chains or cycles. A frequent reference to the next schema makes them more
        // likely.
        let frequent = rng.bool().then(|| format!("X{}", (index + 1) % count));
        let composer = Composer { names: &names, frequent };
        let schema = composer.schema(rng, 3);
        *value_at(schemas, &format!("X{index}")) = schema;
    }
    insert_references(&mut tree, &names, rng);
    match rng.bool() {
        true => serde_json::to_string_pretty(&tree).unwrap_or_default(),
        false => serde_yaml::to_string(&tree).unwrap_or_default(),
    }
}

/// Replaces some schemas of requests and responses by references to new schemas, and adds an operation that uses the
/// first new schema.
fn insert_references(tree: &mut Value, names: &[String], rng: &mut Rng) {
    let mut pending = vec![value_at(tree, "paths")];
    while let Some(node) = pending.pop() {
        match node {
            Value::Mapping(map) => {
                for (key, value) in map.iter_mut() {
                    match key.as_str() {
                        Some("schema") if rng.u8(..4) == 0 => *value = reference(&names[rng.usize(..names.len())]),
                        _ => pending.push(value),
                    }
                }
            }
            Value::Sequence(items) => pending.extend(items),
            _ => {}
        }
    }
    let content = || mapping("content", mapping("application/json", mapping("schema", reference(&names[0]))));
    let mut response = content();
    *value_at(&mut response, "description") = "Composed.".into();
    let operation = value_at(value_at(value_at(tree, "paths"), "/composed"), "post");
    *value_at(operation, "operationId") = "composed".into();
    *value_at(operation, "requestBody") = content();
    *value_at(operation, "responses") = mapping("200", response);
}

/// A generator of schemas that refer to named schemas.
struct Composer<'n> {
    names: &'n [String],
    /// A schema to which more references lead than to other schemas.
    frequent: Option<String>,
}

impl Composer<'_> {
    fn name(&self, rng: &mut Rng) -> String {
        match &self.frequent {
            Some(name) if rng.bool() => name.clone(),
            _ => self.names[rng.usize(..self.names.len())].clone(),
        }
    }

    fn schema(&self, rng: &mut Rng, depth: usize) -> Value {
        if depth == 0 || rng.u8(..4) == 0 {
            return match rng.u8(..6) {
                0 => mapping("type", "string".into()),
                1 => mapping("type", "integer".into()),
                2 => mapping("enum", self.enum_values(rng)),
                _ => reference(&self.name(rng)),
            };
        }
        let mut schema = Value::Mapping(Mapping::new());
        // Most schemas have one keyword, and some have two.
        for _ in 0..=rng.usize(..3) / 2 {
            let (keyword, value) = match rng.u8(..8) {
                0 | 1 => ("allOf", self.schemas(rng, depth)),
                2 => ("anyOf", self.schemas(rng, depth)),
                3 => ("oneOf", self.schemas(rng, depth)),
                4 => ("items", self.schema(rng, depth - 1)),
                5 => ("additionalProperties", self.schema(rng, depth - 1)),
                6 => ("discriminator", self.discriminator(rng)),
                _ => ("properties", self.properties(rng, depth)),
            };
            *value_at(&mut schema, keyword) = value;
        }
        if rng.u8(..4) == 0 {
            *value_at(&mut schema, "required") =
                Value::Sequence(vec![PROPERTIES[rng.usize(..PROPERTIES.len())].into()]);
        }
        if rng.u8(..8) == 0 {
            *value_at(&mut schema, "nullable") = true.into();
        }
        schema
    }

    fn schemas(&self, rng: &mut Rng, depth: usize) -> Value {
        let count = rng.usize(1..4);
        let mut schemas: Vec<Value> = (0..count).map(|_| self.schema(rng, depth - 1)).collect();
        if rng.u8(..4) == 0 {
            schemas.extend(schemas.first().cloned());
        }
        Value::Sequence(schemas)
    }

    fn properties(&self, rng: &mut Rng, depth: usize) -> Value {
        let count = rng.usize(1..4);
        let property = |_| (PROPERTIES[rng.usize(..PROPERTIES.len())].into(), self.schema(rng, depth - 1));
        Value::Mapping((0..count).map(property).collect())
    }

    fn discriminator(&self, rng: &mut Rng) -> Value {
        let mut discriminator = mapping("propertyName", "kind".into());
        for _ in 0..rng.usize(..3) {
            let target = format!("#/components/schemas/{}", self.name(rng));
            *value_at(value_at(&mut discriminator, "mapping"), &self.name(rng)) = target.into();
        }
        discriminator
    }

    fn enum_values(&self, rng: &mut Rng) -> Value {
        Value::Sequence((0..rng.usize(1..4)).map(|_| self.name(rng).into()).collect())
    }
}

fn reference(name: &str) -> Value {
    mapping("$ref", format!("#/components/schemas/{name}").into())
}

fn mapping(key: &str, value: Value) -> Value {
    Value::Mapping(Mapping::from_iter([(key.into(), value)]))
}

/// Returns the value of a key. A node that is not a mapping is first replaced by an empty mapping.
fn value_at<'v>(node: &'v mut Value, key: &str) -> &'v mut Value {
    if !node.is_mapping() {
        *node = Value::Mapping(Mapping::new());
    }
    match node {
        Value::Mapping(map) => map.entry(key.into()).or_insert(Value::Null),
        node => node,
    }
}
