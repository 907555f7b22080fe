//! Keywords of one schema that contradict each other or have no effect.
//!
//! Each is reported as a warning at its location and removed from the model, so later stages see only effective
//! keywords.

use std::cmp::Ordering;
use std::collections::HashMap;

use openapiv3::{AdditionalProperties, AnySchema, SchemaData};
use serde_json::Value;

use super::object_reader::ObjectReader;
use crate::diagnostics::{Code, Diagnostic, Location, code};
use crate::ir::{canonical_json, compare_numbers, json_equal};

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];

/// Reports and removes contradictions. `types` are the declared types without `null`.
pub(super) fn check(any: &mut AnySchema, data: &mut SchemaData, types: &[String], object: &mut ObjectReader<'_, '_>) {
    if types.iter().all(|typ| TYPES.contains(&typ.as_str())) {
        keywords_of_other_types(any, data, types, object);
    }
    number_limits(any, data, object);
    for (least, low, most, high) in [
        ("minLength", &mut any.min_length, "maxLength", &mut any.max_length),
        ("minItems", &mut any.min_items, "maxItems", &mut any.max_items),
        ("minProperties", &mut any.min_properties, "maxProperties", &mut any.max_properties),
    ] {
        if let (Some(minimum), Some(maximum)) = (*low, *high)
            && minimum > maximum
        {
            (*low, *high) = (None, None);
            report_empty_range((least, &minimum.to_string()), (most, &maximum.to_string()), object);
        }
    }
    if any.multiple_of.is_some_and(|step| step <= 0.0) {
        any.multiple_of = None;
        warn(object, code::WRONG_TYPE, "multipleOf", "`multipleOf` must be greater than 0", "ignored", "remove it");
    }
    if data.read_only && data.write_only {
        (data.read_only, data.write_only) = (false, false);
        let message = "a property cannot be both `readOnly` and `writeOnly`";
        warn(object, code::CONTRADICTION, "writeOnly", message, "both are ignored", "remove one of the two");
    }
    repeated(object, "enum");
    repeated(object, "required");
    if object.value("enum").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        let help = "list the values, or remove the keyword";
        warn(object, code::CONTRADICTION, "enum", "an empty `enum` allows no value", "ignored", help);
    }
    constant(object);
}

/// Reports and removes keywords that do not apply to the declared types.
fn keywords_of_other_types(
    any: &mut AnySchema,
    data: &mut SchemaData,
    types: &[String],
    object: &mut ObjectReader<'_, '_>,
) {
    let mut ineffective: Vec<&'static str> = Vec::new();
    let mut drop = |keyword, is_set: bool| ineffective.extend(is_set.then_some(keyword));
    let is = |name: &str| types.is_empty() || types.iter().any(|typ| typ == name);
    if !is("string") {
        drop("minLength", any.min_length.take().is_some());
        drop("maxLength", any.max_length.take().is_some());
        drop("pattern", any.pattern.take().is_some());
    }
    if !is("number") && !is("integer") {
        let exclusive = |value: Option<&Value>| value.is_some_and(Value::is_number);
        drop("minimum", any.minimum.take().is_some() && !exclusive(object.value("exclusiveMinimum")));
        drop("exclusiveMinimum", exclusive(object.value("exclusiveMinimum")));
        drop("maximum", any.maximum.take().is_some() && !exclusive(object.value("exclusiveMaximum")));
        drop("exclusiveMaximum", exclusive(object.value("exclusiveMaximum")));
        drop("multipleOf", any.multiple_of.take().is_some());
        (any.exclusive_minimum, any.exclusive_maximum) = (None, None);
        LIMITS.iter().for_each(|keyword| drop_extension(data, keyword));
    }
    if !is("array") {
        // In the model, the `items` of a string are its `contentSchema`.
        if object.value("items").is_some() {
            drop("items", any.items.take().is_some());
        }
        drop("minItems", any.min_items.take().is_some());
        drop("maxItems", any.max_items.take().is_some());
        // Converters write `uniqueItems: true` beside any type.
        any.unique_items = None;
    }
    if !is("object") {
        drop("properties", !std::mem::take(&mut any.properties).is_empty());
        drop("required", !std::mem::take(&mut any.required).is_empty());
        // Frameworks write `additionalProperties: false` beside any type.
        let others = any.additional_properties.take();
        drop("additionalProperties", matches!(others, Some(AdditionalProperties::Schema(_))));
        drop("minProperties", any.min_properties.take().is_some());
        drop("maxProperties", any.max_properties.take().is_some());
    }
    for keyword in ineffective {
        let message = format!("`{keyword}` has no effect on a value of the type `{}`", types.join("` or `"));
        warn(object, code::CONTRADICTION, keyword, &message, "ignored", "correct the `type`, or remove the keyword");
    }
}

/// Reports and removes a minimum above the maximum.
fn number_limits(any: &mut AnySchema, data: &mut SchemaData, object: &mut ObjectReader<'_, '_>) {
    if any.minimum.is_none() || any.maximum.is_none() {
        return;
    }
    let least = limit(["minimum", "exclusiveMinimum"], Ordering::Greater, object);
    let most = limit(["maximum", "exclusiveMaximum"], Ordering::Less, object);
    let (Some(least), Some(most)) = (least, most) else { return };
    match compare_numbers(&least.value, &most.value) {
        Some(Ordering::Less) => return,
        Some(Ordering::Equal) if !least.excluded && !most.excluded => return,
        _ => {}
    }
    (any.minimum, any.maximum, any.exclusive_minimum, any.exclusive_maximum) = (None, None, None, None);
    LIMITS.iter().for_each(|keyword| drop_extension(data, keyword));
    report_empty_range((least.keyword, &least.value.to_string()), (most.keyword, &most.value.to_string()), object);
}

/// The effective minimum or maximum of a schema.
struct Limit {
    keyword: &'static str,
    value: Value,
    /// Whether the limit itself is not allowed.
    excluded: bool,
}

/// Returns the stricter of the inclusive and the exclusive limit. `stricter` is the ordering of the stricter one
/// against the other. In OpenAPI 3.0, the exclusive limit is a boolean.
fn limit(
    [inclusive, exclusive]: [&'static str; 2],
    stricter: Ordering,
    object: &mut ObjectReader<'_, '_>,
) -> Option<Limit> {
    let own = object.value(inclusive).and_then(|value| match value {
        Value::String(text) => text.parse().ok().map(Value::Number),
        value => value.is_number().then(|| value.clone()),
    });
    let excluded = object.value(exclusive);
    let is_excluded = excluded == Some(&Value::Bool(true));
    let own = own.map(|value| Limit { keyword: inclusive, value, excluded: is_excluded });
    let other = excluded.filter(|value| value.is_number());
    let other = other.map(|value| Limit { keyword: exclusive, value: value.clone(), excluded: true });
    match (own, other) {
        (Some(own), Some(other)) if compare_numbers(&own.value, &other.value) == Some(stricter) => Some(own),
        (own, other) => other.or(own),
    }
}

fn report_empty_range(least: (&'static str, &str), most: (&'static str, &str), object: &mut ObjectReader<'_, '_>) {
    let message = format!("no value is between `{}` {} and `{}` {}", least.0, least.1, most.0, most.1);
    let diagnostic = Diagnostic::warning(code::CONTRADICTION, Location::Value(object.pointer_to(least.0)), message)
        .label("both are ignored")
        .related(Location::Value(object.pointer_to(most.0)), "the other limit")
        .help("correct one of the two");
    object.context.report(diagnostic);
}

/// Reports values that are listed more than once. Numbers are compared by value.
fn repeated(object: &mut ObjectReader<'_, '_>, keyword: &'static str) {
    let Some(Value::Array(values)) = object.value(keyword) else { return };
    let mut first = HashMap::new();
    for (index, value) in values.iter().enumerate() {
        let before = *first.entry(canonical_json(value)).or_insert(index);
        if before != index {
            let at = object.pointer_to(keyword);
            let message = format!("`{keyword}` lists `{value}` twice");
            let diagnostic = Diagnostic::warning(code::REPEATED_VALUE, Location::Value(at.child(index)), message)
                .label("ignored")
                .related(Location::Value(at.child(before)), "the first occurrence")
                .help("remove one of the two");
            object.context.report(diagnostic);
        }
    }
}

/// Reports a `const` that the `enum` of the same schema does not list.
fn constant(object: &mut ObjectReader<'_, '_>) {
    let (Some(value), Some(Value::Array(values))) = (object.value_or_null("const"), object.value("enum")) else {
        return;
    };
    if !values.iter().any(|listed| json_equal(listed, value)) {
        let message = format!("the `const` `{value}` is not one of the values of the `enum`");
        let help = "correct one of the two";
        warn(object, code::CONTRADICTION, "enum", &message, "ignored", help);
    }
}

fn drop_extension(data: &mut SchemaData, keyword: &str) {
    data.extensions.shift_remove(keyword);
}

fn warn(object: &mut ObjectReader<'_, '_>, code: Code, keyword: &'static str, message: &str, label: &str, help: &str) {
    let place = Location::Value(object.pointer_to(keyword));
    object.context.report(Diagnostic::warning(code, place, message).label(label).help(help));
}

/// The limits of numbers. The model keeps them as floating-point numbers. The digits of a limit that this rounds are kept among
/// the extensions of the schema, under the name of the keyword.
pub const LIMITS: [&str; 5] = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"];
