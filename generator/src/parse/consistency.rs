//! Keywords of one schema that contradict each other or have no effect.
//!
//! Each is reported as a warning at its location and removed from the model, so later stages see only effective keywords.

use std::collections::HashMap;

use openapiv3::{AdditionalProperties, AnySchema, SchemaData};
use serde_json::Value;

use super::keys::Keys;
use super::schema::LIMITS;
use crate::diag::{Code, Diagnostic, Place, code};
use crate::ir::{canonical, is_same};

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];

/// Reports and removes contradictions. `types` are the declared types without `null`.
pub(super) fn check(any: &mut AnySchema, data: &mut SchemaData, types: &[String], keys: &mut Keys<'_, '_>) {
    if types.iter().all(|typ| TYPES.contains(&typ.as_str())) {
        keywords_of_other_types(any, data, types, keys);
        default(any, data, types, keys);
    }
    number_limits(any, data, keys);
    for (least, low, most, high) in [
        ("minLength", &mut any.min_length, "maxLength", &mut any.max_length),
        ("minItems", &mut any.min_items, "maxItems", &mut any.max_items),
        ("minProperties", &mut any.min_properties, "maxProperties", &mut any.max_properties),
    ] {
        if let (Some(minimum), Some(maximum)) = (*low, *high)
            && minimum > maximum
        {
            (*low, *high) = (None, None);
            report_empty_range((least, &minimum.to_string()), (most, &maximum.to_string()), keys);
        }
    }
    if any.multiple_of.is_some_and(|step| step <= 0.0) {
        any.multiple_of = None;
        warn(keys, code::WRONG_TYPE, "multipleOf", "`multipleOf` must be greater than 0", "it is ignored", "remove it");
    }
    if data.read_only && data.write_only {
        (data.read_only, data.write_only) = (false, false);
        let message = "a property cannot be both `readOnly` and `writeOnly`";
        warn(keys, code::CONTRADICTION, "writeOnly", message, "both are ignored", "remove one of the two");
    }
    repeated(keys, "enum");
    repeated(keys, "required");
    if keys.any("enum").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        let help = "list the values, or remove the keyword";
        warn(keys, code::CONTRADICTION, "enum", "an empty `enum` allows no value", "it is ignored", help);
    }
    constant(keys);
}

/// Reports and removes keywords that do not apply to the declared types.
fn keywords_of_other_types(any: &mut AnySchema, data: &mut SchemaData, types: &[String], keys: &mut Keys<'_, '_>) {
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
        drop("minimum", any.minimum.take().is_some() && !exclusive(keys.any("exclusiveMinimum")));
        drop("exclusiveMinimum", exclusive(keys.any("exclusiveMinimum")));
        drop("maximum", any.maximum.take().is_some() && !exclusive(keys.any("exclusiveMaximum")));
        drop("exclusiveMaximum", exclusive(keys.any("exclusiveMaximum")));
        drop("multipleOf", any.multiple_of.take().is_some());
        (any.exclusive_minimum, any.exclusive_maximum) = (None, None);
        LIMITS.iter().for_each(|keyword| drop_extension(data, keyword));
    }
    if !is("array") {
        // In the model, the `items` of a string are its `contentSchema`.
        if keys.any("items").is_some() {
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
        warn(
            keys,
            code::CONTRADICTION,
            keyword,
            &message,
            "it is ignored",
            "correct the `type`, or remove the keyword",
        );
    }
}

/// Reports and removes a default that is of none of the declared types or not in the `enum`.
fn default(any: &AnySchema, data: &mut SchemaData, types: &[String], keys: &mut Keys<'_, '_>) {
    let Some(default) = data.default.as_ref().filter(|default| !default.is_null()) else { return };
    let is_of = |typ: &String| match typ.as_str() {
        "string" => default.is_string(),
        "number" => default.is_number(),
        "integer" => default.is_i64() || default.is_u64() || default.as_f64().is_some_and(|value| value.fract() == 0.0),
        "boolean" => default.is_boolean(),
        "array" => default.is_array(),
        "object" => default.is_object(),
        _ => false,
    };
    let message = if any.enumeration.iter().any(|value| is_written_as(value, default)) {
        return;
    } else if !types.is_empty() && !types.iter().any(is_of) {
        "the default is not of the schema's type"
    } else if !any.enumeration.is_empty() {
        "the default is not one of the values of the schema"
    } else {
        return;
    };
    data.default = None;
    warn(keys, code::WRONG_TYPE, "default", message, "it is ignored", "give one that fits the schema");
}

/// Returns whether a listed value equals a default, even if one of them is written as a string.
fn is_written_as(value: &Value, default: &Value) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    is_same(value, default) || text(value) == text(default)
}

/// Reports and removes a minimum above the maximum.
fn number_limits(any: &mut AnySchema, data: &mut SchemaData, keys: &mut Keys<'_, '_>) {
    let (Some(minimum), Some(maximum)) = (any.minimum, any.maximum) else { return };
    let excludes = any.exclusive_minimum == Some(true) || any.exclusive_maximum == Some(true);
    let is_exact = LIMITS.iter().all(|keyword| !data.extensions.contains_key(*keyword));
    if minimum < maximum || minimum == maximum && !(excludes && is_exact) {
        return;
    }
    (any.minimum, any.maximum, any.exclusive_minimum, any.exclusive_maximum) = (None, None, None, None);
    LIMITS.iter().for_each(|keyword| drop_extension(data, keyword));
    let own = |keys: &mut Keys<'_, '_>, inclusive, exclusive| match keys.any(exclusive) {
        Some(Value::Number(_)) => exclusive,
        _ => inclusive,
    };
    let least = own(keys, "minimum", "exclusiveMinimum");
    let most = own(keys, "maximum", "exclusiveMaximum");
    report_empty_range((least, &minimum.to_string()), (most, &maximum.to_string()), keys);
}

fn report_empty_range(least: (&'static str, &str), most: (&'static str, &str), keys: &mut Keys<'_, '_>) {
    let message = format!("no value is between `{}` {} and `{}` {}", least.0, least.1, most.0, most.1);
    let diagnostic = Diagnostic::warning(code::CONTRADICTION, Place::Value(keys.at(least.0)), message)
        .label("both are ignored")
        .related(Place::Value(keys.at(most.0)), "the other limit")
        .help("correct one of the two");
    keys.reader.push(diagnostic);
}

/// Reports values that are listed more than once. Numbers are compared by value.
fn repeated(keys: &mut Keys<'_, '_>, keyword: &'static str) {
    let Some(Value::Array(values)) = keys.any(keyword) else { return };
    let mut first = HashMap::new();
    for (index, value) in values.iter().enumerate() {
        let before = *first.entry(canonical(value)).or_insert(index);
        if before != index {
            let at = keys.at(keyword);
            let message = format!("`{keyword}` lists `{value}` twice");
            let diagnostic = Diagnostic::warning(code::REPEATED_VALUE, Place::Value(at.child(index)), message)
                .label("it is ignored")
                .related(Place::Value(at.child(before)), "listed here first")
                .help("remove one of the two");
            keys.reader.push(diagnostic);
        }
    }
}

/// Reports a `const` that the `enum` of the same schema does not list.
fn constant(keys: &mut Keys<'_, '_>) {
    let (Some(value), Some(Value::Array(values))) = (keys.raw("const"), keys.any("enum")) else { return };
    if !values.iter().any(|listed| is_same(listed, value)) {
        let message = format!("the `const` `{value}` is not one of the values of the `enum`");
        let help = "correct one of the two";
        warn(keys, code::CONTRADICTION, "enum", &message, "it is ignored", help);
    }
}

fn drop_extension(data: &mut SchemaData, keyword: &str) {
    data.extensions.shift_remove(keyword);
}

fn warn(keys: &mut Keys<'_, '_>, code: Code, keyword: &'static str, message: &str, label: &str, help: &str) {
    let place = Place::Value(keys.at(keyword));
    keys.reader.push(Diagnostic::warning(code, place, message).label(label).help(help));
}
