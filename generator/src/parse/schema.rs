//! Parses the Schema Object of OpenAPI 3.0 and of OpenAPI 3.1, which is JSON Schema.
//!
//! Every schema is read into the model's general form, which holds any combination of keywords; what a combination
//! means is for the lowering to say.

use std::cmp::Ordering;

use indexmap::IndexMap;
use openapiv3::{AdditionalProperties, AnySchema, Discriminator, ReferenceOr, Schema, SchemaData, SchemaKind};
use serde_json::Value;

use super::common::external_docs;
use super::consistency::{self, LIMITS};
use super::context::ParseContext;
use super::object_reader::{ObjectReader, is_nothing, mistaken, reference_or, wrong_type};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::Media;
use crate::source::Pointer;
use crate::validation::decimal;

/// Up to here every integer is a floating-point number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Keywords of the standard that the generated code is right without, but that say more of a value than its type does.
const SPARE: &[&str] = &["xml", "patternProperties", "dependentSchemas", "if", "then", "else", "$dynamicRef"];

/// Keywords that restrict values further, or that only a validator needs. The API itself checks what they say.
const UNCHECKED: &[&str] = &[
    "propertyNames",
    "dependentRequired",
    "contains",
    "minContains",
    "maxContains",
    "unevaluatedItems",
    "$dynamicAnchor",
];

/// A schema, or a reference to one.
pub fn schema_or(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<ReferenceOr<Schema>> {
    let beside = |key: &String| key != "$ref" && !key.starts_with("x-");
    match value {
        // Anything fits `true`, as it does a schema that says nothing.
        Value::Bool(true) => Some(ReferenceOr::Item(general(AnySchema::default()))),
        Value::Bool(false) => {
            let message = "no value matches the schema `false`";
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_SCHEMA, Location::Value(pointer), message);
            reader.push(diagnostic.help("replace it by the schema of the values; the generated type is `AnyJson`"));
            Some(ReferenceOr::Item(general(AnySchema::default())))
        }
        Value::Object(map) if value.get("$ref").is_some_and(Value::is_string) && map.keys().any(beside) => {
            if !reader.is_openapi_31 {
                for key in map.keys().filter(|key| beside(key)) {
                    let message = format!("OpenAPI 3.0 ignores `{key}` next to a `$ref`");
                    let place = Location::Key(pointer.child(key));
                    let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, place, message);
                    reader.push(
                        diagnostic
                            .help("write `allOf: [{ $ref: … }]`; here the generator reads it as OpenAPI 3.1 does"),
                    );
                }
            }
            beside_reference(value, pointer, reader).map(ReferenceOr::Item)
        }
        Value::Object(_) => reference_or(value, pointer, reader, "schemas", schema),
        // Mostly a keyword of the object that stands among its properties.
        value if !is_nothing(value) => {
            mistaken(value, &pointer, "a mapping", "the generated type is `AnyJson`", reader);
            Some(ReferenceOr::Item(general(AnySchema::default())))
        }
        value => schema(value, pointer, reader).map(ReferenceOr::Item),
    }
}

/// How the text of a value stands for bytes. The model has no place for it; it is kept among the extensions.
pub const CONTENT_ENCODING: &str = "contentEncoding";
/// What the bytes are, kept in the same way.
pub const CONTENT_MEDIA_TYPE: &str = "contentMediaType";

/// A reference and what is said beside it: both hold.
fn beside_reference(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Schema> {
    let reference = value.get("$ref").and_then(Value::as_str)?.to_owned();
    reader.wants("schemas", &reference);
    let mut schema = schema(value, pointer, reader)?;
    if let SchemaKind::Any(any) = &mut schema.schema_kind {
        any.all_of.insert(0, ReferenceOr::Reference { reference });
        // What is referred to knows its type better than what repeats it beside the reference.
        if any.properties.is_empty() && any.items.is_none() {
            any.typ = None;
        }
    }
    Some(schema)
}

fn schema(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Schema> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    // These are read where something refers to them.
    let _ = ["$ref", "$id", "$anchor", "$defs", "definitions"].map(|keyword| keys.any(keyword));
    keys.ignored(&["$schema", "$comment", "$vocabulary"], "it describes the schema, not its values");
    keys.ignored(UNCHECKED, "the generated code does not check this");
    let content_schema = content_schema(&mut keys);
    let (types, null) = types(&mut keys);
    let content = (keys.optional_text(CONTENT_ENCODING), keys.optional_text(CONTENT_MEDIA_TYPE));
    let mut extensions: IndexMap<String, Value> = keys.extensions();
    let described = [(CONTENT_ENCODING, &content.0), (CONTENT_MEDIA_TYPE, &content.1)];
    let described = described.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into())));
    extensions.extend(described);
    for keyword in LIMITS {
        let limit = keys.any(keyword).filter(|value| value.is_number());
        let limit = limit.map(|limit| keys.reader.digits(limit, &keys.at(keyword))).filter(|digits| is_rounded(digits));
        extensions.extend(limit.map(|digits| (keyword.to_owned(), digits.into())));
    }
    let examples = keys.any("examples");
    let mut schema_data = SchemaData {
        title: keys.optional_text("title"),
        description: keys.optional_text("description"),
        nullable: keys.optional_bool("nullable") || null,
        read_only: keys.optional_bool("readOnly"),
        write_only: keys.optional_bool("writeOnly"),
        deprecated: keys.optional_bool("deprecated"),
        example: keys.raw("example").or_else(|| first(examples)).cloned(),
        default: keys.raw("default").cloned(),
        discriminator: keys.object("discriminator", discriminator),
        external_docs: keys.object("externalDocs", external_docs),
        extensions,
    };
    let (minimum, exclusive_minimum) = bound(&mut keys, "minimum", "exclusiveMinimum", f64::max);
    let (maximum, exclusive_maximum) = bound(&mut keys, "maximum", "exclusiveMaximum", f64::min);
    let format = content_format(content, &mut keys);
    let format = keys.optional_text("format").or(format);
    let mut any = AnySchema {
        format,
        pattern: keys.optional_text("pattern"),
        min_length: keys.optional_count("minLength"),
        max_length: keys.optional_count("maxLength"),
        multiple_of: keys.optional_number("multipleOf"),
        minimum,
        maximum,
        exclusive_minimum,
        exclusive_maximum,
        min_items: keys.optional_count("minItems"),
        max_items: keys.optional_count("maxItems"),
        min_properties: keys.optional_count("minProperties"),
        max_properties: keys.optional_count("maxProperties"),
        unique_items: Some(keys.optional_bool("uniqueItems")).filter(|unique| *unique),
        enumeration: enumeration(&mut keys),
        required: required(&mut keys),
        items: items(&mut keys).or(content_schema),
        properties: properties(&mut keys),
        additional_properties: keys.object("additionalProperties", additional),
        all_of: list(&mut keys, "allOf"),
        one_of: list(&mut keys, "oneOf"),
        any_of: list(&mut keys, "anyOf"),
        not: keys.object("not", schema_or).map(Box::new),
        ..AnySchema::default()
    };
    if let Some(value) = keys.raw("const").cloned() {
        let at = keys.at("const");
        any.enumeration = if is_exact(&value, &at, &mut keys) { vec![value] } else { Vec::new() };
    }
    if let Some(others) = keys.object("unevaluatedProperties", additional) {
        any.additional_properties.get_or_insert(others);
    }
    let tuple = tuple(&mut keys, &types);
    consistency::check(&mut any, &mut schema_data, &types, &mut keys);
    if types.iter().any(|typ| typ == "array") && tuple.is_none() && any.items.is_none() && any.all_of.is_empty() {
        report_missing_items(&mut keys);
    }
    report_openapi_3_0(&mut keys);
    keys.finish(SPARE);
    // The items of a tuple stand in the place of properties, which a list has none of.
    let of_type = |any: AnySchema, typ: &str| {
        let mut own = AnySchema { typ: Some(typ.to_owned()), ..any };
        match (typ, &tuple) {
            ("array", Some(Tuple { items, closed })) => {
                own.properties = items.clone();
                if *closed {
                    (own.min_items, own.max_items) = (own.min_items.or(Some(items.len())), Some(items.len()));
                }
            }
            ("object", _) | (_, None) => {}
            _ => own.properties = IndexMap::new(),
        }
        own
    };
    if any.typ.is_none() {
        match types.as_slice() {
            [] if tuple.is_some() => any = of_type(any, "array"),
            [one] => any = of_type(any, one),
            // Each keyword is about one type, so that a value of any of them keeps to those of its own.
            [_, _, ..] if any.enumeration.is_empty() && any.one_of.is_empty() && any.any_of.is_empty() => {
                let one = |typ: &String| {
                    let own = AnySchema { all_of: Vec::new(), ..of_type(any.clone(), typ) };
                    ReferenceOr::Item(general(own))
                };
                any = AnySchema {
                    any_of: types.iter().map(one).collect(),
                    all_of: std::mem::take(&mut any.all_of),
                    ..AnySchema::default()
                };
            }
            _ => {}
        }
    }
    if any.enumeration.iter().any(Value::is_null) && any.enumeration.len() > 1 {
        schema_data.nullable = true;
        any.enumeration.retain(|value| !value.is_null());
    }
    Some(Schema { schema_data, schema_kind: SchemaKind::Any(any) })
}

/// Parses the schema of the JSON in a string that is the `data` of an event. The model keeps it as `items`, which a string does
/// not have. The content of other strings is not decoded.
fn content_schema(keys: &mut ObjectReader<'_, '_>) -> Option<ReferenceOr<Box<Schema>>> {
    let is_json = |name: &Value| name.as_str().is_some_and(|name| Media::from_media_type(name) == Media::Json);
    let is_data = keys.at("contentSchema").as_str().ends_with("/properties/data/contentSchema");
    if is_data
        && keys.any("type").is_some_and(|typ| typ == "string")
        && keys.any(CONTENT_MEDIA_TYPE).is_some_and(is_json)
    {
        return keys.object("contentSchema", schema_or).map(boxed);
    }
    keys.ignored(&["contentSchema"], "the generated type is a string whose content is not decoded");
    None
}

/// The format that says the same as an encoding and a media type. An encoding that is none of them is reported.
fn content_format(content: (Option<String>, Option<String>), keys: &mut ObjectReader<'_, '_>) -> Option<String> {
    let (encoding, media_type) = content;
    match (encoding.map(|encoding| encoding.to_ascii_lowercase()).as_deref(), media_type) {
        (Some("base64"), _) => Some("byte".to_owned()),
        (Some("base64url"), _) => Some("base64url".to_owned()),
        (Some("binary"), _) => Some("binary".to_owned()),
        (None, Some(media_type)) if Media::from_media_type(&media_type) == Media::Binary => Some("binary".to_owned()),
        (None | Some("7bit" | "8bit"), _) => None,
        (Some(other), _) => {
            let message = format!("unknown content encoding `{other}`");
            let place = Location::Value(keys.at(CONTENT_ENCODING));
            let diagnostic =
                Diagnostic::warning(code::UNKNOWN_FORMAT, place, message).label("the generated type is a string");
            keys.reader.push(diagnostic.help("write `base64` or `base64url` for bytes"));
            None
        }
    }
}

fn general(any: AnySchema) -> Schema {
    Schema { schema_data: SchemaData::default(), schema_kind: SchemaKind::Any(any) }
}

/// The types but for that of `null`, and whether that is one of several. YAML reads `null` without quotes as no value.
fn types(keys: &mut ObjectReader<'_, '_>) -> (Vec<String>, bool) {
    match keys.raw("type") {
        Some(Value::Array(_)) => {
            let items = keys.list("type");
            let mut types: Vec<String> = items.into_iter().filter_map(|(item, at)| keys.type_at(item, &at)).collect();
            let null = types.len() > 1 && types.iter().any(|typ| typ == "null");
            types.retain(|typ| !null || typ != "null");
            types.dedup();
            (types, null)
        }
        // In OpenAPI 3.0 there is no type `null`, so that a `type` without a value says nothing.
        Some(Value::Null) if keys.reader.is_openapi_31 => {
            let at = keys.at("type");
            (keys.type_at(&Value::Null, &at).into_iter().collect(), false)
        }
        _ => (keys.text("type").into_iter().collect(), false),
    }
}

/// A bound and whether it is exclusive, from a number beside `true` or from two numbers.
fn bound(
    keys: &mut ObjectReader<'_, '_>,
    inclusive: &'static str,
    exclusive: &'static str,
    stricter: fn(f64, f64) -> f64,
) -> (Option<f64>, Option<bool>) {
    let bound = keys.optional_number(inclusive);
    match keys.any(exclusive) {
        Some(Value::Number(number)) => match (bound, number.as_f64()) {
            (Some(bound), Some(other)) if stricter(bound, other) != other => (Some(bound), None),
            (_, Some(other)) => (Some(other), Some(true)),
            (bound, None) => (bound, None),
        },
        _ => (bound, Some(keys.optional_bool(exclusive)).filter(|exclusive| *exclusive)),
    }
}

/// What an example list begins with. Some write a mapping, as beside a media type.
fn first(examples: Option<&Value>) -> Option<&Value> {
    match examples? {
        Value::Array(list) => list.first(),
        _ => None,
    }
}

/// The values that are listed, unless there are more than any program can tell apart.
fn enumeration(keys: &mut ObjectReader<'_, '_>) -> Vec<Value> {
    const MOST: usize = 100_000;
    match keys.any("enum") {
        Some(Value::Array(values)) if values.len() > MOST => {
            let message = format!("the `enum` has {} values; the maximum is {MOST}", values.len());
            let diagnostic = Diagnostic::warning(code::TOO_MANY, Location::Key(keys.at("enum")), message);
            keys.reader.push(
                diagnostic
                    .label("ignored")
                    .help("remove it, and describe the values by a `pattern` or in the description"),
            );
            Vec::new()
        }
        _ => {
            let listed: Vec<_> = keys.list("enum").into_iter().map(|(value, at)| (value.clone(), at)).collect();
            listed.into_iter().filter(|(value, at)| is_exact(value, at, keys)).map(|(value, _)| value).collect()
        }
    }
}

/// Returns whether a floating-point number rounds the digits of a number.
fn is_rounded(digits: &str) -> bool {
    let nearest = digits.parse::<f64>().map(|number| number.to_string());
    nearest.is_ok_and(|nearest| decimal::compare(digits, &nearest) != Some(Ordering::Equal))
}

/// Returns whether the tree has all digits of the numbers in a listed value, and reports those that it has rounded.
fn is_exact(value: &Value, at: &Pointer, keys: &mut ObjectReader<'_, '_>) -> bool {
    match value {
        Value::Array(items) => {
            return items.iter().enumerate().all(|(index, item)| is_exact(item, &at.child(index), keys));
        }
        Value::Object(map) => return map.iter().all(|(key, value)| is_exact(value, &at.child(key), keys)),
        _ => {}
    }
    let is_small = value.as_f64().is_none_or(|number| number.abs() <= EXACT);
    let is_exact = !value.is_f64() || is_small && !is_rounded(&keys.reader.digits(value, at));
    if !is_exact {
        let message = match is_small {
            true => {
                "an `enum` or `const` cannot list a number with more digits than a 64-bit floating-point number has"
            }
            false => "an `enum` or `const` cannot list a number of more than 64 bits",
        };
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_SCHEMA, Location::Value(at.clone()), message);
        keys.reader.push(diagnostic.label("ignored").help("describe the number by `minimum` and `maximum`"));
    }
    is_exact
}

/// The names of the required properties. JSON Schema of old said `required: true` at the property itself.
fn required(keys: &mut ObjectReader<'_, '_>) -> Vec<String> {
    match keys.any("required") {
        Some(Value::Bool(_)) => {
            let message = "a boolean `required` has no effect in a schema";
            let diagnostic = Diagnostic::warning(code::WRONG_TYPE, Location::Key(keys.at("required")), message)
                .help("name the property in the `required` array of the object that it belongs to");
            keys.reader.push(diagnostic);
            Vec::new()
        }
        _ => keys.texts("required"),
    }
}

/// What the items of a list are. JSON Schema of old had a list of schemas here; those of a tuple are read elsewhere.
fn items(keys: &mut ObjectReader<'_, '_>) -> Option<ReferenceOr<Box<Schema>>> {
    match keys.any("items") {
        Some(Value::Array(_) | Value::Bool(_)) => None,
        _ => keys.object("items", schema_or).map(boxed),
    }
}

/// Reports an array without `items`. In OpenAPI 3.1, `items` may be `true` or `false`.
fn report_missing_items(keys: &mut ObjectReader<'_, '_>) {
    if keys.any("$ref").is_none() && keys.any("items").is_none() {
        let diagnostic =
            Diagnostic::warning(code::MISSING_KEYWORD, Location::Value(keys.at("type")), "`items` is missing")
                .label("the generated type of the items is `AnyJson`")
                .help("add `items` next to `type`");
        keys.reader.push(diagnostic);
    }
}

/// Reports keywords of OpenAPI 3.0 that OpenAPI 3.1 writes in another way. They keep their meaning.
fn report_openapi_3_0(keys: &mut ObjectReader<'_, '_>) {
    if !keys.reader.is_openapi_31 {
        return;
    }
    for (keyword, help) in [
        ("nullable", "add `\"null\"` to the `type`, as in `type: [string, \"null\"]`"),
        ("exclusiveMinimum", "write the limit as the value, and remove `minimum`"),
        ("exclusiveMaximum", "write the limit as the value, and remove `maximum`"),
    ] {
        if keys.any(keyword) == Some(&Value::Bool(true)) {
            let message = format!("OpenAPI 3.1 has no `{keyword}: true`");
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, Location::Key(keys.at(keyword)), message);
            keys.reader.push(diagnostic.label("treated as in OpenAPI 3.0").help(help));
        }
    }
}

/// A tuple: its items by their position, and whether there may be no others.
struct Tuple {
    items: IndexMap<String, ReferenceOr<Box<Schema>>>,
    closed: bool,
}

fn tuple(keys: &mut ObjectReader<'_, '_>, types: &[String]) -> Option<Tuple> {
    let old = matches!(keys.any("items"), Some(Value::Array(_)));
    let items = list(keys, "prefixItems");
    let items = if items.is_empty() && old { list(keys, "items") } else { items };
    if items.is_empty() {
        return None;
    }
    if !types.is_empty() && !types.iter().any(|typ| typ == "array") {
        let place = Location::Key(keys.at(if old { "items" } else { "prefixItems" }));
        let message = format!("tuple items have no effect on a value of the type `{}`", types.join("` or `"));
        let diagnostic = Diagnostic::warning(code::CONTRADICTION, place, message);
        keys.reader.push(diagnostic.help("write `type: array`, or remove them"));
        return None;
    }
    let numbered = items.into_iter().enumerate().map(|(index, item)| (index.to_string(), boxed(item)));
    Some(Tuple { items: numbered.collect(), closed: keys.any("items") == Some(&Value::Bool(false)) })
}

fn properties(keys: &mut ObjectReader<'_, '_>) -> IndexMap<String, ReferenceOr<Box<Schema>>> {
    (keys.map("properties").into_iter())
        .filter_map(|(name, value, at)| Some((name.clone(), boxed(schema_or(value, at, keys.reader)?))))
        .collect()
}

fn list(keys: &mut ObjectReader<'_, '_>, keyword: &'static str) -> Vec<ReferenceOr<Schema>> {
    let parts = keys.list(keyword);
    parts.into_iter().filter_map(|(value, at)| schema_or(value, at, keys.reader)).collect()
}

fn additional(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<AdditionalProperties> {
    match value {
        Value::Bool(any) => Some(AdditionalProperties::Any(*any)),
        value => Some(AdditionalProperties::Schema(Box::new(schema_or(value, pointer, reader)?))),
    }
}

fn discriminator(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Discriminator> {
    // OpenAPI 2.0 had only the name here, and some have kept it so.
    if let Value::String(property_name) = value {
        return Some(Discriminator { property_name: property_name.clone(), ..Discriminator::default() });
    }
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let Some(property_name) = keys.text("propertyName") else {
        keys.warn_missing("propertyName", "the alternatives are distinguished by their structure");
        return None;
    };
    let mut mapping = IndexMap::new();
    for (name, value, at) in keys.map("mapping") {
        match value.as_str() {
            Some(target) => {
                mapping.insert(name.clone(), target.to_owned());
            }
            None => wrong_type(value, &at, "a reference or the name of a schema", keys.reader),
        }
    }
    let discriminator = Discriminator { property_name, mapping, extensions: keys.extensions() };
    keys.finish(&[]);
    Some(discriminator)
}

fn boxed(schema: ReferenceOr<Schema>) -> ReferenceOr<Box<Schema>> {
    match schema {
        ReferenceOr::Item(schema) => ReferenceOr::Item(Box::new(schema)),
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
    }
}
