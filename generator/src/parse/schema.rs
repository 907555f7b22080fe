//! The Schema Object.
//!
//! Every schema is read into the model's general form, which holds any combination of keywords; what a combination
//! means is for the lowering to say.

use openapiv3::{AdditionalProperties, AnySchema, ReferenceOr, Schema, SchemaData, SchemaKind};
use serde_json::Value;

use super::keys::{Keys, Unread, reference_or, spare, vital};
use crate::diag::Diagnostics;
use crate::source::Pointer;

const UNREAD: &[Unread] = &[
    vital("oneOf"),
    vital("anyOf"),
    vital("not"),
    vital("discriminator"),
    vital("minProperties"),
    vital("maxProperties"),
    spare("externalDocs"),
    spare("xml"),
];

/// A schema, or a reference to one.
pub fn schema_or(value: &Value, pointer: Pointer, diagnostics: &mut Diagnostics) -> Option<ReferenceOr<Schema>> {
    reference_or(value, pointer, diagnostics, schema)
}

fn schema(value: &Value, pointer: Pointer, diagnostics: &mut Diagnostics) -> Option<Schema> {
    let mut keys = Keys::of(value, pointer, diagnostics)?;
    let schema_data = SchemaData {
        title: keys.text("title"),
        description: keys.text("description"),
        nullable: keys.bool("nullable").unwrap_or_default(),
        read_only: keys.bool("readOnly").unwrap_or_default(),
        write_only: keys.bool("writeOnly").unwrap_or_default(),
        deprecated: keys.bool("deprecated").unwrap_or_default(),
        example: keys.any("example").cloned(),
        default: keys.any("default").cloned(),
        extensions: keys.extensions(),
        ..SchemaData::default()
    };
    let any = AnySchema {
        typ: keys.text("type"),
        format: keys.text("format"),
        pattern: keys.text("pattern"),
        min_length: keys.count("minLength"),
        max_length: keys.count("maxLength"),
        multiple_of: keys.number("multipleOf"),
        minimum: keys.number("minimum"),
        maximum: keys.number("maximum"),
        exclusive_minimum: keys.bool("exclusiveMinimum"),
        exclusive_maximum: keys.bool("exclusiveMaximum"),
        min_items: keys.count("minItems"),
        max_items: keys.count("maxItems"),
        unique_items: keys.bool("uniqueItems"),
        enumeration: keys.list("enum").into_iter().map(|(value, _)| value.clone()).collect(),
        required: keys.texts("required"),
        items: keys.object("items", schema_or).map(boxed),
        properties: properties(&mut keys),
        additional_properties: keys.object("additionalProperties", additional),
        all_of: all_of(&mut keys),
        ..AnySchema::default()
    };
    keys.finish(UNREAD);
    Some(Schema { schema_data, schema_kind: SchemaKind::Any(any) })
}

fn properties(keys: &mut Keys<'_, '_>) -> indexmap::IndexMap<String, ReferenceOr<Box<Schema>>> {
    (keys.map("properties").into_iter())
        .filter_map(|(name, value, at)| Some((name.clone(), boxed(schema_or(value, at, keys.diagnostics)?))))
        .collect()
}

fn all_of(keys: &mut Keys<'_, '_>) -> Vec<ReferenceOr<Schema>> {
    let parts = keys.list("allOf");
    parts.into_iter().filter_map(|(value, at)| schema_or(value, at, keys.diagnostics)).collect()
}

fn additional(value: &Value, pointer: Pointer, diagnostics: &mut Diagnostics) -> Option<AdditionalProperties> {
    match value {
        Value::Bool(any) => Some(AdditionalProperties::Any(*any)),
        value => Some(AdditionalProperties::Schema(Box::new(schema_or(value, pointer, diagnostics)?))),
    }
}

fn boxed(schema: ReferenceOr<Schema>) -> ReferenceOr<Box<Schema>> {
    match schema {
        ReferenceOr::Item(schema) => ReferenceOr::Item(Box::new(schema)),
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
    }
}
