//! Checks whether keywords of one schema contradict each other or have no effect.
//!
//! The parser reports such a keyword as a warning and removes it from the model. Later stages see only
//! keywords that have an effect.

use std::cmp::Ordering;
use std::collections::HashMap;

use openapiv3::{AdditionalProperties, AnySchema, SchemaData};
use serde_json::Value;

use super::object_reader::ObjectReader;
use crate::diagnostics::{Code, Diagnostic, Location, code};
use crate::ir::{canonical_json, compare_numbers, json_equal};

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];

/// Reports and removes keywords that contradict each other or have no effect. `types` are the declared types, without
/// `null` if there are other types.
pub(super) fn check(
    keywords: &mut AnySchema,
    data: &mut SchemaData,
    types: &[String],
    object: &mut ObjectReader<'_, '_>,
) {
    if types.iter().all(|typ| TYPES.contains(&typ.as_str())) {
        remove_keywords_of_other_types(keywords, data, types, object);
    }
    check_number_limits(keywords, data, object);
    for (min_keyword, minimum, max_keyword, maximum) in [
        ("minLength", &mut keywords.min_length, "maxLength", &mut keywords.max_length),
        ("minItems", &mut keywords.min_items, "maxItems", &mut keywords.max_items),
        ("minProperties", &mut keywords.min_properties, "maxProperties", &mut keywords.max_properties),
    ] {
        if let (Some(min), Some(max)) = (*minimum, *maximum)
            && min > max
        {
            (*minimum, *maximum) = (None, None);
            report_empty_range((min_keyword, &min.to_string()), (max_keyword, &max.to_string()), object);
        }
    }
    if keywords.multiple_of.is_some_and(|divisor| divisor <= 0.0) {
        keywords.multiple_of = None;
        warn(object, code::WRONG_TYPE, "multipleOf", "`multipleOf` must be greater than 0", "ignored", "remove it");
    }
    if data.read_only && data.write_only {
        (data.read_only, data.write_only) = (false, false);
        let message = "a property cannot be both `readOnly` and `writeOnly`";
        warn(object, code::CONTRADICTION, "writeOnly", message, "both are ignored", "remove one of the two");
    }
    report_repeated_values(object, "enum");
    report_repeated_values(object, "required");
    if object.value("enum").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        let help = "list the values, or remove the keyword";
        warn(object, code::CONTRADICTION, "enum", "an empty `enum` allows no value", "ignored", help);
    }
    check_const(object);
}

/// Reports and removes keywords that do not apply to the declared types.
fn remove_keywords_of_other_types(
    keywords: &mut AnySchema,
    data: &mut SchemaData,
    types: &[String],
    object: &mut ObjectReader<'_, '_>,
) {
    let mut ineffective: Vec<&'static str> = Vec::new();
    let mut note_if_removed = |keyword, is_set: bool| ineffective.extend(is_set.then_some(keyword));
    let allows = |name: &str| types.is_empty() || types.iter().any(|typ| typ == name);
    if !allows("string") {
        note_if_removed("minLength", keywords.min_length.take().is_some());
        note_if_removed("maxLength", keywords.max_length.take().is_some());
        note_if_removed("pattern", keywords.pattern.take().is_some());
    }
    if !allows("number") && !allows("integer") {
        let is_limit = |value: Option<&Value>| value.is_some_and(Value::is_number);
        note_if_removed("minimum", keywords.minimum.take().is_some() && !is_limit(object.value("exclusiveMinimum")));
        note_if_removed("exclusiveMinimum", is_limit(object.value("exclusiveMinimum")));
        note_if_removed("maximum", keywords.maximum.take().is_some() && !is_limit(object.value("exclusiveMaximum")));
        note_if_removed("exclusiveMaximum", is_limit(object.value("exclusiveMaximum")));
        note_if_removed("multipleOf", keywords.multiple_of.take().is_some());
        (keywords.exclusive_minimum, keywords.exclusive_maximum) = (None, None);
        LIMIT_KEYWORDS.iter().for_each(|keyword| remove_extension(data, keyword));
    }
    if !allows("array") {
        // `items` in the model may come from the `contentSchema` of a string. Only the keyword `items` of the document
        // is reported.
        if object.value("items").is_some() {
            note_if_removed("items", keywords.items.take().is_some());
        }
        note_if_removed("minItems", keywords.min_items.take().is_some());
        note_if_removed("maxItems", keywords.max_items.take().is_some());
        // `uniqueItems` is not reported, because some converters write `uniqueItems: true` next to any type.
        keywords.unique_items = None;
    }
    if !allows("object") {
        note_if_removed("properties", !std::mem::take(&mut keywords.properties).is_empty());
        note_if_removed("required", !std::mem::take(&mut keywords.required).is_empty());
        // `additionalProperties: false` is not reported, because some frameworks write it next to any type.
        let additional = keywords.additional_properties.take();
        note_if_removed("additionalProperties", matches!(additional, Some(AdditionalProperties::Schema(_))));
        note_if_removed("minProperties", keywords.min_properties.take().is_some());
        note_if_removed("maxProperties", keywords.max_properties.take().is_some());
    }
    for keyword in ineffective {
        let message = format!("`{keyword}` has no effect on a value of the type `{}`", types.join("` or `"));
        warn(object, code::CONTRADICTION, keyword, &message, "ignored", "correct the `type`, or remove the keyword");
    }
}

/// Reports and removes a minimum and a maximum if no number is between them.
fn check_number_limits(keywords: &mut AnySchema, data: &mut SchemaData, object: &mut ObjectReader<'_, '_>) {
    if keywords.minimum.is_none() || keywords.maximum.is_none() {
        return;
    }
    let minimum = stricter_limit(["minimum", "exclusiveMinimum"], Ordering::Greater, object);
    let maximum = stricter_limit(["maximum", "exclusiveMaximum"], Ordering::Less, object);
    let (Some(minimum), Some(maximum)) = (minimum, maximum) else { return };
    match compare_numbers(&minimum.value, &maximum.value) {
        Some(Ordering::Less) => return,
        Some(Ordering::Equal) if !minimum.is_exclusive && !maximum.is_exclusive => return,
        _ => {}
    }
    (keywords.minimum, keywords.maximum, keywords.exclusive_minimum, keywords.exclusive_maximum) =
        (None, None, None, None);
    LIMIT_KEYWORDS.iter().for_each(|keyword| remove_extension(data, keyword));
    report_empty_range(
        (minimum.keyword, &minimum.value.to_string()),
        (maximum.keyword, &maximum.value.to_string()),
        object,
    );
}

/// The effective minimum or maximum of a schema.
struct Limit {
    keyword: &'static str,
    value: Value,
    /// Whether a value that is equal to the limit is invalid.
    is_exclusive: bool,
}

/// Returns the stricter of the inclusive and the exclusive limit. `stricter` is `Greater` for minimums and `Less` for
/// maximums. In OpenAPI 3.0, the exclusive limit is a boolean.
fn stricter_limit(
    [inclusive, exclusive]: [&'static str; 2],
    stricter: Ordering,
    object: &mut ObjectReader<'_, '_>,
) -> Option<Limit> {
    let inclusive_limit = object.value(inclusive).and_then(|value| match value {
        Value::String(text) => text.parse().ok().map(Value::Number),
        value => value.is_number().then(|| value.clone()),
    });
    let exclusive_value = object.value(exclusive);
    let is_exclusive = exclusive_value == Some(&Value::Bool(true));
    let inclusive_limit = inclusive_limit.map(|value| Limit { keyword: inclusive, value, is_exclusive });
    let exclusive_limit = exclusive_value.filter(|value| value.is_number());
    let exclusive_limit =
        exclusive_limit.map(|value| Limit { keyword: exclusive, value: value.clone(), is_exclusive: true });
    match (inclusive_limit, exclusive_limit) {
        (Some(inclusive), Some(exclusive)) if compare_numbers(&inclusive.value, &exclusive.value) == Some(stricter) => {
            Some(inclusive)
        }
        (inclusive, exclusive) => exclusive.or(inclusive),
    }
}

/// Reports a minimum and a maximum that allow no value. Each limit is a keyword with its value.
fn report_empty_range(minimum: (&'static str, &str), maximum: (&'static str, &str), object: &mut ObjectReader<'_, '_>) {
    let message = format!("no value is between `{}` {} and `{}` {}", minimum.0, minimum.1, maximum.0, maximum.1);
    let diagnostic = Diagnostic::warning(code::CONTRADICTION, Location::Value(object.pointer_to(minimum.0)), message)
        .label("both are ignored")
        .related(Location::Value(object.pointer_to(maximum.0)), "the other limit")
        .help("correct one of the two");
    object.context.report(diagnostic);
}

/// Reports values that an array lists more than once. `1` and `1.0` are the same value.
fn report_repeated_values(object: &mut ObjectReader<'_, '_>, keyword: &'static str) {
    let Some(Value::Array(values)) = object.value(keyword) else { return };
    let mut first_index = HashMap::new();
    for (index, value) in values.iter().enumerate() {
        let first = *first_index.entry(canonical_json(value)).or_insert(index);
        if first != index {
            let at = object.pointer_to(keyword);
            let message = format!("`{keyword}` lists `{value}` twice");
            let diagnostic = Diagnostic::warning(code::REPEATED_VALUE, Location::Value(at.child(index)), message)
                .label("ignored")
                .related(Location::Value(at.child(first)), "the first occurrence")
                .help("remove one of the two");
            object.context.report(diagnostic);
        }
    }
}

/// Reports a `const` that the `enum` of the same schema does not list.
fn check_const(object: &mut ObjectReader<'_, '_>) {
    let (Some(value), Some(Value::Array(values))) = (object.value_or_null("const"), object.value("enum")) else {
        return;
    };
    if !values.iter().any(|listed| json_equal(listed, value)) {
        let message = format!("the `const` `{value}` is not one of the values of the `enum`");
        let help = "correct one of the two";
        warn(object, code::CONTRADICTION, "enum", &message, "ignored", help);
    }
}

fn remove_extension(data: &mut SchemaData, keyword: &str) {
    data.extensions.shift_remove(keyword);
}

fn warn(object: &mut ObjectReader<'_, '_>, code: Code, keyword: &'static str, message: &str, label: &str, help: &str) {
    let location = Location::Value(object.pointer_to(keyword));
    object.context.report(Diagnostic::warning(code, location, message).label(label).help(help));
}

/// The keywords for the limits of numbers. The model stores limits as floating-point numbers. If a limit has more
/// digits than such a number, the digits are stored in an extension with the name of the keyword.
pub const LIMIT_KEYWORDS: [&str; 5] = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"];
