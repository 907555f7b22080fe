//! Values that match the types of an API.

use bindery::ir::{Api, Field, Shape, TypeId, TypeRef};
use serde_json::{Map, Value, json};

/// The maximum number of values of a type.
const MAX_VALUES: usize = 40;

/// The depth at which values get as small as possible.
const MAX_DEPTH: usize = 5;

/// Returns values of a type. Together, they have every property, every value of an enum, and every alternative.
pub fn values(api: &Api, ty: &TypeRef, depth: usize) -> Vec<Value> {
    let one = |value: Value| vec![value];
    match ty {
        TypeRef::Bool => one(json!(true)),
        TypeRef::Int(_) | TypeRef::Unsigned(_) => one(json!(7)),
        TypeRef::Float(_) | TypeRef::BigNumber => vec![json!(1.5), json!(2)],
        TypeRef::String => one(json!("text")),
        TypeRef::DateTime => one(json!("2020-01-02T03:04:05Z")),
        TypeRef::Date => one(json!("2020-01-02")),
        TypeRef::Uri => one(json!("https://example.com/a")),
        TypeRef::Uuid => one(json!("67e55044-10b1-426f-9247-bb680e5fe0c8")),
        TypeRef::Duration => one(json!("PT1S")),
        TypeRef::Bytes | TypeRef::UrlBytes => one(json!("aGk=")),
        TypeRef::Custom(_) => Vec::new(),
        TypeRef::Array(_) if depth > MAX_DEPTH => one(json!([])),
        TypeRef::Map(_) if depth > MAX_DEPTH => one(json!({})),
        TypeRef::Array(item) => {
            one(json!([])).into_iter().chain(wrap(values(api, item, depth + 1), |item| json!([item]))).collect()
        }
        TypeRef::Map(item) => one(json!({}))
            .into_iter()
            .chain(wrap(values(api, item, depth + 1), |item| json!({ "key": item })))
            .collect(),
        TypeRef::Tuple(items) => {
            let items: Option<Vec<Value>> =
                items.iter().map(|item| values(api, item, depth + 1).into_iter().next()).collect();
            items.map(Value::from).into_iter().collect()
        }
        TypeRef::Nullable(inner) => one(Value::Null).into_iter().chain(values(api, inner, depth)).collect(),
        TypeRef::Json => one(json!({ "any": [1] })),
        TypeRef::Named(id) => named(api, *id, depth),
    }
}

fn wrap(values: Vec<Value>, wrap: impl Fn(Value) -> Value) -> impl Iterator<Item = Value> {
    values.into_iter().map(wrap).collect::<Vec<_>>().into_iter()
}

fn named(api: &Api, id: TypeId, depth: usize) -> Vec<Value> {
    if depth > 4 * MAX_DEPTH {
        return Vec::new();
    }
    match &api.types[id].shape {
        Shape::StringEnum(variants) => variants.iter().map(|variant| json!(variant.wire)).collect(),
        Shape::ValueEnum(values) => values.values.iter().map(|literal| literal.value.clone()).collect(),
        Shape::Newtype(_) => vec![json!("text")],
        Shape::Wrapper(ty) | Shape::Alias(ty) => values(api, ty, depth + 1),
        Shape::Union(_) if depth > 2 * MAX_DEPTH => Vec::new(),
        Shape::Union(union) => {
            let mut found = Vec::new();
            for variant in &union.variants {
                for mut value in values(api, &variant.ty, depth + 1).into_iter().take(3) {
                    if let (Some(tag), Some(literal), Value::Object(object)) =
                        (&union.tag, variant.tags.first(), &mut value)
                    {
                        object.insert(tag.clone(), literal.clone());
                    }
                    found.push(value);
                }
            }
            found
        }
        Shape::Record(record) => {
            let fields: Vec<&Field> = record.fields.iter().filter(|field| !field.write_only).collect();
            let required = fields.iter().copied().filter(|field| field.required);
            let Some(minimal) = object(api, required, depth, true) else { return Vec::new() };
            let mut found = vec![Value::Object(minimal.clone())];
            if depth <= MAX_DEPTH {
                for field in fields {
                    let nullable = field.nullable.then_some(Value::Null);
                    for value in nullable.into_iter().chain(values(api, &field.ty, depth + 1)).take(8) {
                        let mut object = minimal.clone();
                        object.insert(field.wire.clone(), value);
                        found.push(Value::Object(object));
                    }
                }
            }
            found.truncate(MAX_VALUES);
            found
        }
    }
}

fn object<'f>(
    api: &Api,
    fields: impl Iterator<Item = &'f Field>,
    depth: usize,
    prefer_null: bool,
) -> Option<Map<String, Value>> {
    let mut object = Map::new();
    if depth > 3 * MAX_DEPTH {
        return None;
    }
    for field in fields {
        let value = match (field.nullable && prefer_null, field.constant) {
            (true, _) => Value::Null,
            (_, Some(constant)) => json!(constant),
            _ => values(api, &field.ty, depth + 1).into_iter().next()?,
        };
        object.insert(field.wire.clone(), value);
    }
    Some(object)
}
