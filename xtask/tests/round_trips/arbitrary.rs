//! Generates random values that match a schema.

use std::collections::HashSet;

use fastrand::Rng;
use serde_json::{Map, Number, Value, json};

use super::schemas::Schemas;

/// A generator of values that match the schemas of a document.
pub struct Arbitrary<'s> {
    pub schemas: &'s Schemas,
    pub rng: &'s mut Rng,
    /// The keyword of the properties that are left out: `readOnly` or `writeOnly`.
    pub omitted: &'static str,
    /// The formats for which the configuration sets a type. No values are generated for them.
    pub configured_formats: &'s HashSet<String>,
}

/// Values that are nested deeper than this are as small as their schema allows.
const SMALL_FROM_DEPTH: usize = 6;

/// The maximum depth of values.
const MAX_DEPTH: usize = 24;

/// Numbers that lose digits in a `serde_json::Value`.
pub const EXACT_NUMBERS: [&str; 5] = ["1.100", "12345678901234567890123", "-0.10000000000000000000001", "7E+2", "-0"];

/// The mark before and after the digits of an exact number. Such a number is a string until it is written as JSON.
const MARK: &str = "\u{e000}";

/// Writes a value as JSON. The exact numbers in it become numbers.
pub fn to_json(value: &Value) -> String {
    value.to_string().replace(&format!("\"{MARK}"), "").replace(&format!("{MARK}\""), "")
}

/// Returns an exact number for a schema that accepts any value. For the validator, the number is a string.
pub fn exact_number(rng: &mut Rng) -> Value {
    format!("{MARK}{}{MARK}", EXACT_NUMBERS[rng.usize(..EXACT_NUMBERS.len())]).into()
}

impl Arbitrary<'_> {
    /// Returns a value for the schema at a JSON pointer. Returns `None` if no value is found.
    pub fn value(&mut self, pointer: &str) -> Option<Value> {
        let schema = self.schemas.at(pointer)?.clone();
        self.value_of(&schema, 0)
    }

    fn value_of(&mut self, schema: &Value, depth: usize) -> Option<Value> {
        let schema = self.flatten(schema, depth)?;
        if depth > MAX_DEPTH {
            return None;
        }
        if schema.get("format").and_then(Value::as_str).is_some_and(|format| self.configured_formats.contains(format)) {
            return None;
        }
        if let Some(value) = schema.get("const") {
            return Some(value.clone());
        }
        let alternatives = ["oneOf", "anyOf"].iter().find_map(|keyword| schema.get(*keyword)?.as_array().cloned());
        if let Some(alternatives) = alternatives.filter(|alternatives| !alternatives.is_empty()) {
            return self.one_of(schema, &alternatives, depth);
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return self.rng.choice(values).cloned();
        }
        let types: Vec<&str> = match schema.get("type") {
            Some(Value::String(typ)) => vec![typ],
            Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
            _ if schema.contains_key("properties") || schema.contains_key("additionalProperties") => vec!["object"],
            _ if schema.contains_key("items") || schema.contains_key("prefixItems") => vec!["array"],
            _ => vec!["string", "integer", "boolean", "null", "exact"],
        };
        let is_null =
            types.contains(&"null") && (depth > SMALL_FROM_DEPTH || self.rng.u8(..8) == 0 || types.len() == 1);
        let types: Vec<&str> = types.into_iter().filter(|typ| (*typ == "null") == is_null).collect();
        match *self.rng.choice(&types)? {
            "null" => Some(Value::Null),
            "boolean" => Some(self.rng.bool().into()),
            "exact" => Some(exact_number(self.rng)),
            "integer" => self.integer(&schema),
            "number" => self.number(&schema),
            "string" => self.string(&schema),
            "array" => self.array(&schema, depth),
            _ => self.object(&schema, depth),
        }
    }

    /// Merges a schema with the target of its reference and the schemas in its `allOf`.
    fn flatten(&mut self, schema: &Value, depth: usize) -> Option<Map<String, Value>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut merged = match schema {
            Value::Object(map) => map.clone(),
            _ => return Some(Map::new()),
        };
        let all_of = merged.remove("allOf").and_then(|schemas| schemas.as_array().cloned()).unwrap_or_default();
        if let Some(reference) = merged.remove("$ref") {
            let target = self.schemas.at(reference.as_str()?.strip_prefix('#')?)?.clone();
            let target = self.flatten(&target, depth + 1)?;
            merged = merge(target, merged);
        }
        for schema in all_of {
            let flattened = self.flatten(&schema, depth + 1)?;
            merged = merge(merged, flattened);
        }
        Some(merged)
    }

    fn one_of(&mut self, schema: Map<String, Value>, alternatives: &[Value], depth: usize) -> Option<Value> {
        let mut common_keywords = schema;
        common_keywords.remove("oneOf");
        common_keywords.remove("anyOf");
        let tag = common_keywords.remove("discriminator");
        // Deep in a value, choose the last alternative, because the last alternative is rarely recursive.
        let alternative =
            if depth > SMALL_FROM_DEPTH { alternatives.last()? } else { self.rng.choice(alternatives)? };
        let alternative_keywords = self.flatten(alternative, depth + 1)?;
        let mut value = self.value_of(&Value::Object(merge(common_keywords, alternative_keywords)), depth + 1)?;
        if let (Some(tag), Some(object)) = (tag, value.as_object_mut()) {
            let reference = alternative.get("$ref")?.as_str()?;
            let name = reference.rsplit('/').next()?;
            let mapping = tag.get("mapping").and_then(Value::as_object);
            let keys =
                mapping.into_iter().flatten().filter(|(_, to)| [reference, name].contains(&to.as_str().unwrap_or("")));
            let keys: Vec<&String> = keys.map(|(key, _)| key).collect();
            let key = self.rng.choice(&keys).map_or(name, |key| key.as_str());
            let property = tag.get("propertyName")?.as_str()?;
            // The key of a mapping is always a string, but the property may have a different type.
            if object.get(property).map(Value::to_string).as_deref() != Some(key) {
                object.insert(
                    property.to_owned(),
                    serde_json::from_str(key).ok().filter(Value::is_boolean).unwrap_or(key.into()),
                );
            }
        }
        Some(value)
    }

    fn integer(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let (low, high) = match schema.get("format").and_then(Value::as_str) {
            Some("int8") => (i8::MIN.into(), i8::MAX.into()),
            Some("int16") => (i16::MIN.into(), i16::MAX.into()),
            Some("int32") => (i32::MIN.into(), i32::MAX.into()),
            Some("uint8") => (0, u8::MAX.into()),
            Some("uint16") => (0, u16::MAX.into()),
            Some("uint32") => (0, u32::MAX.into()),
            Some("uint64") => (0, u64::MAX.into()),
            _ => (i128::from(i64::MIN), i128::from(i64::MAX)),
        };
        let limit = |keyword: &str| schema.get(keyword).and_then(integer_limit);
        let step = limit("multipleOf").unwrap_or(1).max(1);
        let low = limit("minimum").or(limit("exclusiveMinimum").map(|low| low + 1)).unwrap_or(low);
        let high = limit("maximum").or(limit("exclusiveMaximum").map(|high| high - 1)).unwrap_or(high);
        // Larger integers would become floating-point numbers in the JSON of the test.
        let (low, high) = (low.max(i64::MIN.into()), high.min(u64::MAX.into()));
        let small = low.max(-9)..=high.min(9);
        let value = match self.rng.u8(..4) {
            0 => low,
            1 => high,
            2 if !small.is_empty() => self.rng.i128(small),
            _ => self.rng.i128(low.min(high)..=high),
        };
        let value = (value - value.rem_euclid(step)).max(low + (step - low.rem_euclid(step)) % step);
        Some(Value::Number(value.to_string().parse().ok()?))
    }

    fn number(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
        let low = limit("minimum").or(limit("exclusiveMinimum"));
        let high = limit("maximum").or(limit("exclusiveMaximum"));
        let value = match (low, high) {
            (None, None) if self.rng.bool() => f64::from_bits(self.rng.u64(..)),
            (None, None) => self.rng.f64() * 1e3 - 5e2,
            (Some(low), None) => low + self.rng.f64() * 1e6,
            (None, Some(high)) => high - self.rng.f64() * 1e6,
            (Some(low), Some(high)) => low + self.rng.f64() * (high - low),
        };
        let value = limit("multipleOf").map_or(value, |step| (value / step).round() * step);
        Number::from_f64(value).map(Value::Number)
    }

    fn string(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let number = self.rng.u32(..);
        let format = match schema.get("contentEncoding").and_then(Value::as_str) {
            Some("base64") => Some("byte"),
            Some(encoding) => Some(encoding),
            None => schema.get("format").and_then(Value::as_str),
        };
        let text = match format {
            Some("date-time") => format!("20{:02}-03-{:02}T04:05:{:02}Z", number % 100, 1 + number % 28, number % 60),
            Some("date") => format!("20{:02}-11-{:02}", number % 100, 1 + number % 30),
            Some("time") => format!("{:02}:15:{:02}Z", number % 24, number % 60),
            Some("uuid") => format!("{number:08x}-0a1b-4c2d-8e3f-{:012x}", number),
            Some("uri" | "url" | "uri-reference") => format!("https://example.com/{number:x}?a=%20b#c"),
            Some("email") => format!("a.{number:x}@example.com"),
            Some("byte") => ["", "AA==", "/+8=", "aGVsbG8="][number as usize % 4].to_owned(),
            Some("base64url") => ["", "AA", "_-8", "aGVsbG8"][number as usize % 4].to_owned(),
            Some("decimal") => format!("{}.{:03}0", number % 1_000, number % 999),
            Some("ipv4") => format!("10.0.{}.{}", number % 256, number % 255),
            Some("hostname") => format!("host-{number:x}.example.com"),
            _ => {
                const CHARACTERS: [char; 12] =
                    ['a', 'Z', '0', ' ', '"', '\\', '/', '\n', '\u{0}', 'é', '\u{202e}', '🚢'];
                let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_u64).map(|limit| limit as usize);
                let low = limit("minLength").unwrap_or(0);
                let high = limit("maxLength").unwrap_or(low + 8).min(low + 8);
                let length = self.rng.usize(low..=high.max(low));
                let is_plain = self.rng.bool();
                (0..length).map(|_| CHARACTERS[self.rng.usize(..if is_plain { 3 } else { CHARACTERS.len() })]).collect()
            }
        };
        Some(text.into())
    }

    fn array(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_u64).map(|limit| limit as usize);
        let tuple = schema.get("prefixItems").and_then(Value::as_array).cloned().unwrap_or_default();
        let is_closed = schema.get("items") == Some(&Value::Bool(false));
        let low = limit("minItems").unwrap_or(if is_closed { tuple.len() } else { 0 });
        let high = limit("maxItems").unwrap_or(low.max(tuple.len()) + 3);
        let count = if depth > SMALL_FROM_DEPTH { low } else { self.rng.usize(low..=high.max(low).min(low + 4)) };
        let item = schema.get("items").cloned().unwrap_or(Value::Bool(true));
        let items: Option<Vec<Value>> =
            (0..count).map(|index| self.value_of(tuple.get(index).unwrap_or(&item), depth + 1)).collect();
        Some(Value::Array(items?))
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let required: Vec<&str> = match schema.get("required") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut object = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let is_omitted = property.get(self.omitted) == Some(&Value::Bool(true));
            let is_included = required.contains(&name.as_str()) || (depth <= SMALL_FROM_DEPTH && self.rng.bool());
            if is_included && !is_omitted {
                match self.value_of(property, depth + 1) {
                    Some(value) => drop(object.insert(name.clone(), value)),
                    None if required.contains(&name.as_str()) => return None,
                    None => {}
                }
            }
        }
        let others = schema.get("additionalProperties").filter(|others| **others != Value::Bool(false));
        if let Some(others) = others.filter(|_| depth <= SMALL_FROM_DEPTH) {
            for _ in 0..self.rng.usize(..3) {
                let name = format!("extra {}", self.rng.u8(..));
                object.insert(name, self.value_of(others, depth + 1)?);
            }
        }
        Some(Value::Object(object))
    }
}

/// Merges two schemas into a schema whose values match both.
fn merge(mut merged: Map<String, Value>, added: Map<String, Value>) -> Map<String, Value> {
    for (keyword, value) in added {
        let before = merged.remove(&keyword);
        let both = match (keyword.as_str(), before, value) {
            ("properties", Some(Value::Object(mut before)), Value::Object(after)) => {
                for (name, schema) in after {
                    let schema = match before.remove(&name) {
                        Some(first) if first != schema => json!({ "allOf": [first, schema] }),
                        _ => schema,
                    };
                    before.insert(name, schema);
                }
                Value::Object(before)
            }
            ("required", Some(Value::Array(before)), Value::Array(after)) => Value::Array([before, after].concat()),
            ("enum", Some(Value::Array(before)), Value::Array(after)) => {
                before.into_iter().filter(|value| after.contains(value)).collect()
            }
            (_, _, value) => value,
        };
        merged.insert(keyword, both);
    }
    merged
}

/// Returns a limit as an integer. JavaScript rounds the largest 64-bit integer up, so this number is replaced.
fn integer_limit(value: &Value) -> Option<i128> {
    if *value == 9_223_372_036_854_776_000_u64 {
        return Some(i64::MAX.into());
    }
    value.to_string().parse().ok().or_else(|| {
        let number = value.as_f64()?;
        (number.fract() == 0.0).then_some(number as i128)
    })
}
