//! Parses the Schema Object of OpenAPI 3.0 and of OpenAPI 3.1, which is JSON Schema.
//!
//! Every schema becomes an `AnySchema` of the model, which allows any combination of keywords. The next stage, `lower`,
//! decides what a combination means.

use std::cmp::Ordering;

use indexmap::IndexMap;
use openapiv3::{AdditionalProperties, AnySchema, Discriminator, ReferenceOr, Schema, SchemaData, SchemaKind};
use serde_json::Value;

use super::common::external_docs;
use super::consistency::{self, LIMIT_KEYWORDS};
use super::content::{CONTENT_ENCODING, CONTENT_MEDIA_TYPE, Content, content_format};
use super::context::{ParseContext, Version};
use super::object_reader::{ObjectReader, is_null_or_empty, report_tolerated, report_wrong_type};
use super::property_names::property_names;
use super::references::object_or_ref;
use super::schema_types::{apply_types, boxed, tuple, types, without_data};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::Media;
use crate::source::Pointer;
use crate::validation::decimal;

/// The largest integer up to which a floating-point number is exact.
const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;

/// Keywords that are not supported. The generated code is correct without them, but a type could be more specific with
/// them.
const UNSUPPORTED_KEYWORDS: &[&str] = &[
    "xml",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "then",
    "else",
    "$dynamicRef",
];

/// Keywords that only a validator needs. The generated code does not check them, but the API does.
const UNCHECKED_KEYWORDS: &[&str] = &["contains", "minContains", "maxContains", "unevaluatedItems"];

/// Parses a schema or a reference to a schema.
pub fn schema_or_ref(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<ReferenceOr<Schema>> {
    let is_beside = |key: &String| key != "$ref" && !key.starts_with("x-");
    match value {
        // The schema `true` allows any value, like a schema without keywords.
        Value::Bool(true) => Some(ReferenceOr::Item(without_data(AnySchema::default()))),
        Value::Bool(false) => {
            let message = "no value matches the schema `false`";
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_SCHEMA, Location::Value(pointer), message);
            context.report(
                diagnostic.label("the generated type is `AnyJson`").help("replace it by the schema of the values"),
            );
            Some(ReferenceOr::Item(without_data(AnySchema::default())))
        }
        Value::Object(map) if value.get("$ref").is_some_and(Value::is_string) && map.keys().any(is_beside) => {
            if context.version == Version::V3_0 {
                for key in map.keys().filter(|key| is_beside(key)) {
                    let message = format!("OpenAPI 3.0 ignores `{key}` next to a `$ref`");
                    let location = Location::Key(pointer.child(key));
                    let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, location, message);
                    let label = "treated as in OpenAPI 3.1";
                    context.report(diagnostic.label(label).help("write `allOf: [{ $ref: … }]`"));
                }
            }
            with_reference(value, pointer, context).map(ReferenceOr::Item)
        }
        Value::Object(_) => object_or_ref(value, pointer, context, "schemas", schema),
        // A keyword that is indented too far, such as `type: string`, becomes a property with this value. Rejecting the
        // document for such a slip would be too strict.
        value if !is_null_or_empty(value) => {
            report_tolerated(value, &pointer, "a mapping", "the generated type is `AnyJson`", context);
            Some(ReferenceOr::Item(without_data(AnySchema::default())))
        }
        value => schema(value, pointer, context).map(ReferenceOr::Item),
    }
}

/// Parses a reference that has keywords next to it. The result is an `allOf` of the reference and of a schema with the
/// keywords.
fn with_reference(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Schema> {
    let reference = value.get("$ref").and_then(Value::as_str)?.to_owned();
    context.record_target("schemas", &reference);
    let mut schema = schema(value, pointer, context)?;
    if let SchemaKind::Any(keywords) = &mut schema.schema_kind {
        keywords.all_of.insert(0, ReferenceOr::Reference { reference });
        // A `type` next to a reference is ignored, because it only repeats the type of the target.
        if keywords.properties.is_empty() && keywords.items.is_none() {
            keywords.typ = None;
        }
    }
    Some(schema)
}

fn schema(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Schema> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    // Other functions evaluate these keywords. Reading them here only marks them as known.
    let _ = ["$ref", "$id", "$anchor", "$dynamicAnchor", "$defs", "definitions"].map(|keyword| object.value(keyword));
    object.ignore(&["$schema", "$comment", "$vocabulary"], "it describes the schema, not its values");
    object.ignore(UNCHECKED_KEYWORDS, "the generated code does not check this");
    let (types, has_null) = types(&mut object);
    let content_schema = content_schema(&mut object, &types);
    let content = Content {
        encoding: object.optional_string(CONTENT_ENCODING),
        media_type: object.optional_string(CONTENT_MEDIA_TYPE),
    };
    let mut schema_data = schema_data(&mut object, &content, has_null);
    property_names(&mut object, &types, &mut schema_data.extensions, schema_or_ref);
    let mut keywords = any_schema(&mut object, content, content_schema);
    let (tuple_items, tuple_keyword) = tuple_items(&mut object);
    let tuple = tuple(tuple_items, tuple_keyword, &types, &mut object);
    consistency::check(&mut keywords, &mut schema_data, &types, &mut object);
    if types.iter().any(|typ| typ == "array")
        && tuple.is_none()
        && keywords.items.is_none()
        && keywords.all_of.is_empty()
    {
        report_missing_items(&mut object);
    }
    report_openapi_3_0(&mut object);
    object.finish(UNSUPPORTED_KEYWORDS);
    let mut keywords = apply_types(keywords, &types, tuple.as_ref());
    if keywords.enumeration.iter().any(Value::is_null) && keywords.enumeration.len() > 1 {
        schema_data.nullable = true;
        keywords.enumeration.retain(|value| !value.is_null());
    }
    Some(Schema { schema_data, schema_kind: SchemaKind::Any(keywords) })
}

/// Reads the keywords of a schema that do not restrict its values.
///
/// The model has no fields for the content of strings, and for limits with more digits than a floating-point number.
/// These keywords become extensions.
fn schema_data(object: &mut ObjectReader<'_, '_>, content: &Content, has_null: bool) -> SchemaData {
    let mut extensions: IndexMap<String, Value> = object.extensions();
    for (keyword, value) in [(CONTENT_ENCODING, &content.encoding), (CONTENT_MEDIA_TYPE, &content.media_type)] {
        extensions.extend(value.clone().map(|value| (keyword.to_owned(), value.into())));
    }
    for keyword in LIMIT_KEYWORDS {
        let limit = object.value(keyword).filter(|value| value.is_number());
        let digits = limit.map(|limit| object.context.digits(limit, &object.pointer_to(keyword)));
        extensions.extend(digits.filter(|digits| is_rounded(digits)).map(|digits| (keyword.to_owned(), digits.into())));
    }
    let examples = object.value("examples");
    SchemaData {
        title: object.optional_string("title"),
        description: object.optional_string("description"),
        nullable: object.optional_bool("nullable") || has_null,
        read_only: object.optional_bool("readOnly"),
        write_only: object.optional_bool("writeOnly"),
        deprecated: object.optional_bool("deprecated"),
        example: object.value_or_null("example").or_else(|| first_example(examples)).cloned(),
        default: object.value_or_null("default").cloned(),
        discriminator: object.read_with("discriminator", discriminator),
        external_docs: object.read_with("externalDocs", external_docs),
        extensions,
    }
}

/// Reads the keywords of a schema that restrict its values, except for `type`.
fn any_schema(
    object: &mut ObjectReader<'_, '_>,
    content: Content,
    content_schema: Option<ReferenceOr<Box<Schema>>>,
) -> AnySchema {
    let (minimum, exclusive_minimum) = limit(object, "minimum", "exclusiveMinimum", f64::max);
    let (maximum, exclusive_maximum) = limit(object, "maximum", "exclusiveMaximum", f64::min);
    let content_format = content_format(content, object);
    let mut keywords = AnySchema {
        format: object.optional_string("format").or(content_format),
        pattern: object.optional_string("pattern"),
        min_length: object.optional_count("minLength"),
        max_length: object.optional_count("maxLength"),
        multiple_of: object.optional_number("multipleOf"),
        minimum,
        maximum,
        exclusive_minimum,
        exclusive_maximum,
        min_items: object.optional_count("minItems"),
        max_items: object.optional_count("maxItems"),
        min_properties: object.optional_count("minProperties"),
        max_properties: object.optional_count("maxProperties"),
        unique_items: Some(object.optional_bool("uniqueItems")).filter(|unique| *unique),
        enumeration: enumeration(object),
        required: required(object),
        items: array_items(object).or(content_schema),
        properties: properties(object),
        additional_properties: object.read_with("additionalProperties", additional_properties),
        all_of: schemas(object, "allOf"),
        one_of: schemas(object, "oneOf"),
        any_of: schemas(object, "anyOf"),
        not: object.read_with("not", schema_or_ref).map(Box::new),
        ..AnySchema::default()
    };
    if let Some(value) = object.value_or_null("const").cloned() {
        let at = object.pointer_to("const");
        keywords.enumeration = if is_exact(&value, &at, object) { vec![value] } else { Vec::new() };
    }
    if let Some(unevaluated) = object.read_with("unevaluatedProperties", additional_properties) {
        keywords.additional_properties.get_or_insert(unevaluated);
    }
    keywords
}

/// Parses the schema of the JSON in a string. The model has no field for this keyword, so the schema becomes the `items`
/// of the string. The generated code decodes only the JSON in properties and parameters, so other `contentSchema`s are
/// ignored.
fn content_schema(object: &mut ObjectReader<'_, '_>, types: &[String]) -> Option<ReferenceOr<Box<Schema>>> {
    let is_json = |name: &Value| name.as_str().is_some_and(|name| Media::from_media_type(name) == Media::Json);
    if types == ["string"]
        && object.value(CONTENT_MEDIA_TYPE).is_some_and(is_json)
        && is_property_or_parameter(object.pointer_to("contentSchema").as_str())
    {
        return object.read_with("contentSchema", schema_or_ref).map(boxed);
    }
    object.ignore(&["contentSchema"], "the generated type is a string whose content is not decoded");
    None
}

/// Returns whether a keyword is in the schema of a property, of a parameter, of a component, or in an alternative of
/// such a schema.
fn is_property_or_parameter(pointer: &str) -> bool {
    let mut parents: Vec<&str> = pointer.rsplit('/').skip(1).collect();
    if matches!(parents.get(1), Some(&("anyOf" | "oneOf" | "allOf"))) {
        parents.drain(..2);
    }
    matches!(parents.as_slice(), [_, "properties" | "schemas", ..] | ["schema", _, "parameters", ..])
}

/// Reads a limit, and whether the limit is exclusive. In OpenAPI 3.0, the keyword `exclusive` has a boolean. In OpenAPI
/// 3.1, it has a limit of its own. `stricter` returns the stricter of two limits.
fn limit(
    object: &mut ObjectReader<'_, '_>,
    inclusive: &'static str,
    exclusive: &'static str,
    stricter: fn(f64, f64) -> f64,
) -> (Option<f64>, Option<bool>) {
    let limit = object.optional_number(inclusive);
    match object.value(exclusive) {
        Some(Value::Number(number)) => match (limit, number.as_f64()) {
            (Some(limit), Some(exclusive)) if stricter(limit, exclusive) != exclusive => (Some(limit), None),
            (_, Some(exclusive)) => (Some(exclusive), Some(true)),
            (limit, None) => (limit, None),
        },
        _ => (limit, Some(object.optional_bool(exclusive)).filter(|exclusive| *exclusive)),
    }
}

/// Returns the first example of an array. Returns `None` for a mapping, which is valid in a media type but not in a
/// schema.
fn first_example(examples: Option<&Value>) -> Option<&Value> {
    match examples? {
        Value::Array(examples) => examples.first(),
        _ => None,
    }
}

/// Reads the values of an `enum`.
fn enumeration(object: &mut ObjectReader<'_, '_>) -> Vec<Value> {
    /// The maximum number of values of an `enum`. A longer `enum` is reported and ignored.
    const MAX_VALUES: usize = 100_000;
    match object.value("enum") {
        Some(Value::Array(values)) if values.len() > MAX_VALUES => {
            let message = format!("the `enum` has {} values; the maximum is {MAX_VALUES}", values.len());
            let diagnostic = Diagnostic::warning(code::TOO_MANY, Location::Key(object.pointer_to("enum")), message);
            object.context.report(
                diagnostic
                    .label("ignored")
                    .help("remove it, and describe the values by a `pattern` or in the description"),
            );
            Vec::new()
        }
        _ => {
            let values: Vec<_> = object.array("enum").into_iter().map(|(value, at)| (value.clone(), at)).collect();
            values.into_iter().filter(|(value, at)| is_exact(value, at, object)).map(|(value, _)| value).collect()
        }
    }
}

/// Returns whether a floating-point number rounds a number.
fn is_rounded(digits: &str) -> bool {
    let nearest = digits.parse::<f64>().map(|number| number.to_string());
    nearest.is_ok_and(|nearest| decimal::compare(digits, &nearest) != Some(Ordering::Equal))
}

/// Returns whether all numbers in a value of an `enum` are exact, and reports the numbers that the parser has rounded.
fn is_exact(value: &Value, at: &Pointer, object: &mut ObjectReader<'_, '_>) -> bool {
    match value {
        Value::Array(items) => {
            return items.iter().enumerate().all(|(index, item)| is_exact(item, &at.child(index), object));
        }
        Value::Object(map) => return map.iter().all(|(key, value)| is_exact(value, &at.child(key), object)),
        _ => {}
    }
    let is_small = value.as_f64().is_none_or(|number| number.abs() <= MAX_EXACT_INTEGER);
    let is_exact = !value.is_f64() || is_small && !is_rounded(&object.context.digits(value, at));
    if !is_exact {
        let message = match is_small {
            true => {
                "an `enum` or `const` cannot list a number with more digits than a 64-bit floating-point number has"
            }
            false => "an `enum` or `const` cannot list a number of more than 64 bits",
        };
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_SCHEMA, Location::Value(at.clone()), message);
        object.context.report(diagnostic.label("ignored").help("describe the number by `minimum` and `maximum`"));
    }
    is_exact
}

/// Reads the names of the required properties. In old versions of JSON Schema, `required` is a boolean in the schema of
/// the property.
fn required(object: &mut ObjectReader<'_, '_>) -> Vec<String> {
    match object.value("required") {
        Some(Value::Bool(_)) => {
            let message = "a boolean `required` has no effect in a schema";
            let diagnostic =
                Diagnostic::warning(code::WRONG_TYPE, Location::Key(object.pointer_to("required")), message)
                    .help("name the property in the `required` array of the object that it belongs to");
            object.context.report(diagnostic);
            Vec::new()
        }
        _ => object.strings("required"),
    }
}

/// Reads the schema of the items of an array. In old versions of JSON Schema, `items` may be an array with the schemas
/// of the items of a tuple. The result is then `None`, as for a boolean.
fn array_items(object: &mut ObjectReader<'_, '_>) -> Option<ReferenceOr<Box<Schema>>> {
    match object.value("items") {
        Some(Value::Array(_) | Value::Bool(_)) => None,
        _ => object.read_with("items", schema_or_ref).map(boxed),
    }
}

/// Reads the schemas of the items of a tuple, and returns the keyword that they come from.
fn tuple_items(object: &mut ObjectReader<'_, '_>) -> (Vec<ReferenceOr<Schema>>, &'static str) {
    let is_items_array = matches!(object.value("items"), Some(Value::Array(_)));
    let prefix_items = schemas(object, "prefixItems");
    match is_items_array {
        true if prefix_items.is_empty() => (schemas(object, "items"), "items"),
        true => (prefix_items, "items"),
        false => (prefix_items, "prefixItems"),
    }
}

/// Reports an array without `items`. In OpenAPI 3.1, `items` may be `true` or `false`.
fn report_missing_items(object: &mut ObjectReader<'_, '_>) {
    if object.value("$ref").is_none() && object.value("items").is_none() {
        let diagnostic = Diagnostic::warning(
            code::MISSING_KEYWORD,
            Location::Value(object.pointer_to("type")),
            "`items` is missing",
        )
        .label("the generated type of the items is `AnyJson`")
        .help("add `items` next to `type`");
        object.context.report(diagnostic);
    }
}

/// Reports keywords of OpenAPI 3.0 in a document of OpenAPI 3.1, which has replaced them. The generator supports them
/// nevertheless.
fn report_openapi_3_0(object: &mut ObjectReader<'_, '_>) {
    if object.context.version == Version::V3_0 {
        return;
    }
    for (keyword, help) in [
        ("nullable", "add `\"null\"` to the `type`, as in `type: [string, \"null\"]`"),
        ("exclusiveMinimum", "write the limit as the value of `exclusiveMinimum`, and remove `minimum`"),
        ("exclusiveMaximum", "write the limit as the value of `exclusiveMaximum`, and remove `maximum`"),
    ] {
        if object.value(keyword) == Some(&Value::Bool(true)) {
            let message = format!("OpenAPI 3.1 has no `{keyword}: true`");
            let diagnostic =
                Diagnostic::warning(code::UNSUPPORTED_KEYWORD, Location::Key(object.pointer_to(keyword)), message);
            object.context.report(diagnostic.label("treated as in OpenAPI 3.0").help(help));
        }
    }
}

fn properties(object: &mut ObjectReader<'_, '_>) -> IndexMap<String, ReferenceOr<Box<Schema>>> {
    (object.mapping("properties").into_iter())
        .filter_map(|(name, value, at)| Some((name.clone(), boxed(schema_or_ref(value, at, object.context)?))))
        .collect()
}

fn schemas(object: &mut ObjectReader<'_, '_>, keyword: &'static str) -> Vec<ReferenceOr<Schema>> {
    object.array(keyword).into_iter().filter_map(|(value, at)| schema_or_ref(value, at, object.context)).collect()
}

fn additional_properties(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<AdditionalProperties> {
    match value {
        Value::Bool(allowed) => Some(AdditionalProperties::Any(*allowed)),
        value => Some(AdditionalProperties::Schema(Box::new(schema_or_ref(value, pointer, context)?))),
    }
}

/// The keyword for the schema of values whose discriminator property is absent or has no mapping. The model has no field for it,
/// so it is in `extensions`.
pub const DEFAULT_MAPPING: &str = "defaultMapping";

fn discriminator(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Discriminator> {
    // In OpenAPI 2.0, the discriminator is only the name of the property.
    if let Value::String(property_name) = value {
        return Some(Discriminator { property_name: property_name.clone(), ..Discriminator::default() });
    }
    let mut object = ObjectReader::new(value, pointer, context)?;
    let Some(property_name) = object.string("propertyName") else {
        object.warn_missing("propertyName", "the alternatives are distinguished by their structure");
        return None;
    };
    let mut mapping = IndexMap::new();
    for (name, value, at) in object.mapping("mapping") {
        match value.as_str() {
            Some(target) => {
                mapping.insert(name.clone(), target.to_owned());
            }
            None => report_wrong_type(value, &at, "a reference or the name of a schema", object.context),
        }
    }
    let mut extensions: IndexMap<String, Value> = object.extensions();
    let default_mapping = object.string(DEFAULT_MAPPING);
    extensions.extend(default_mapping.map(|target| (DEFAULT_MAPPING.to_owned(), target.into())));
    let discriminator = Discriminator { property_name, mapping, extensions };
    object.finish(&[]);
    Some(discriminator)
}
