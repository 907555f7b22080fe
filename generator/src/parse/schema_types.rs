//! Applies the keyword `type` of a schema, which may have several types, and the schemas of the items of a tuple.

use indexmap::IndexMap;
use openapiv3::{AnySchema, ReferenceOr, Schema, SchemaData, SchemaKind};
use serde_json::Value;

use super::context::Version;
use super::object_reader::ObjectReader;
use crate::diagnostics::{Diagnostic, Location, code};

/// A tuple: an array with a schema for each position.
pub(super) struct Tuple {
    /// The schema of each item, by its index.
    pub items: IndexMap<String, ReferenceOr<Box<Schema>>>,
    /// Whether a valid array has no further items.
    pub is_closed: bool,
}

/// Reads the types except `null`. Also returns whether `type` lists `null` next to other types.
pub(super) fn types(object: &mut ObjectReader<'_, '_>) -> (Vec<String>, bool) {
    match object.value_or_null("type") {
        Some(Value::Array(_)) => {
            let names = object.array("type");
            let mut types: Vec<String> = names.into_iter().filter_map(|(name, at)| object.type_at(name, &at)).collect();
            let has_null = types.len() > 1 && types.iter().any(|typ| typ == "null");
            types.retain(|typ| !has_null || typ != "null");
            types.dedup();
            (types, has_null)
        }
        // YAML reads an unquoted `type: null` as a keyword whose value is null. In OpenAPI 3.1, it means the type
        // `null`, which OpenAPI 3.0 does not have.
        Some(Value::Null) if object.context.version >= Version::V3_1 => {
            let at = object.pointer_to("type");
            (object.type_at(&Value::Null, &at).into_iter().collect(), false)
        }
        _ => (object.string("type").into_iter().collect(), false),
    }
}

/// Creates a tuple from the schemas of its items. If `types` has no `array`, reports the keyword `keyword` of the
/// schemas, and returns `None`.
pub(super) fn tuple(
    items: Vec<ReferenceOr<Schema>>,
    keyword: &'static str,
    types: &[String],
    object: &mut ObjectReader<'_, '_>,
) -> Option<Tuple> {
    if items.is_empty() {
        return None;
    }
    if !types.is_empty() && !types.iter().any(|typ| typ == "array") {
        let location = Location::Key(object.pointer_to(keyword));
        let message = format!("tuple items have no effect on a value of the type `{}`", types.join("` or `"));
        let diagnostic = Diagnostic::warning(code::CONTRADICTION, location, message);
        object.context.report(diagnostic.help("write `type: array`, or remove the tuple items"));
        return None;
    }
    let numbered = items.into_iter().enumerate().map(|(index, item)| (index.to_string(), boxed(item)));
    Some(Tuple { items: numbered.collect(), is_closed: object.value("items") == Some(&Value::Bool(false)) })
}

/// Sets the types of a schema. A schema with several types becomes an `anyOf` of one schema for each type, unless it
/// has an `enum` or alternatives.
pub(super) fn apply_types(mut keywords: AnySchema, types: &[String], tuple: Option<&Tuple>) -> AnySchema {
    match types {
        [] if tuple.is_some() => of_type(keywords, "array", tuple),
        [single] => of_type(keywords, single, tuple),
        // A keyword has no effect on values of types to which it does not apply, so each alternative gets all keywords.
        [_, _, ..] if keywords.enumeration.is_empty() && keywords.one_of.is_empty() && keywords.any_of.is_empty() => {
            let alternative = |typ: &String| {
                let schema = AnySchema { all_of: Vec::new(), ..of_type(keywords.clone(), typ, tuple) };
                ReferenceOr::Item(without_data(schema))
            };
            let any_of = types.iter().map(alternative).collect();
            AnySchema { any_of, all_of: std::mem::take(&mut keywords.all_of), ..AnySchema::default() }
        }
        _ => keywords,
    }
}

/// Sets the type of a schema. [`AnySchema`] has no field for `prefixItems`, so the schemas of the items of a tuple are
/// in `properties`.
fn of_type(keywords: AnySchema, typ: &str, tuple: Option<&Tuple>) -> AnySchema {
    let mut schema = AnySchema { typ: Some(typ.to_owned()), ..keywords };
    match (typ, tuple) {
        ("array", Some(Tuple { items, is_closed })) => {
            schema.properties = items.clone();
            if *is_closed {
                schema.min_items = schema.min_items.or(Some(items.len()));
                schema.max_items = Some(items.len());
            }
        }
        ("object", _) | (_, None) => {}
        _ => schema.properties = IndexMap::new(),
    }
    schema
}

/// Creates a schema without documentation and other data.
pub(super) fn without_data(keywords: AnySchema) -> Schema {
    Schema { schema_data: SchemaData::default(), schema_kind: SchemaKind::Any(keywords) }
}

/// Puts a schema into a `Box`.
pub(super) fn boxed(schema: ReferenceOr<Schema>) -> ReferenceOr<Box<Schema>> {
    match schema {
        ReferenceOr::Item(schema) => ReferenceOr::Item(Box::new(schema)),
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
    }
}
