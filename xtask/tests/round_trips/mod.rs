//! Generates tests with random values of every type of a document. The generated crate decodes and encodes each value
//! without a change. It decodes a value of a union as the variant whose schema the value matches.
//!
//! An independent JSON Schema validator decides whether a value matches a schema.

mod arbitrary;
mod schemas;
pub mod webhooks;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

use arbitrary::{Arbitrary, EXACT_NUMBERS, exact_number, to_json};
use bindery::analyze::analyze;
use bindery::config::{self, Config};
use bindery::diagnostics::Diagnostics;
use bindery::ir::{Api, Param, Shape, TypeDef, TypeId, TypeRef, Union, reachable_types};
use bindery::naming::{Names, name};
use bindery::source::Source;
use fastrand::Rng;
use schemas::Schemas;
use serde_json::{Value, json};

/// The maximum number of attempts to generate a value that matches its schema.
const TRIES: usize = 20;

/// The source of a test for a generated crate, and its values, each as a line of JSON.
pub struct RoundTrips {
    pub test: String,
    pub values: String,
    pub count: usize,
}

/// Generates a test with about `count` values, equally many for each type of a document. Returns `None` if there are no
/// values.
pub fn round_trips(
    crate_name: &str,
    document: &Source,
    config: &Source,
    count: usize,
    seed: u64,
) -> Option<RoundTrips> {
    // The Rust types of codegen.toml may not accept all values of their schemas.
    let replaces_types = |config: Config| config.types.schemas.iter().any(|schema| schema.replace.is_some());
    if config::parse(config, &mut Diagnostics::default()).is_none_or(replaces_types) {
        return None;
    }
    let (loaded, _) = bindery::load(document, config);
    let (api, config) = loaded.unwrap();
    let mut ignored = Diagnostics::default();
    let names = name(&api, &analyze(&api, &mut ignored), &config, &mut ignored);
    let mut schemas = Schemas::new(tree(&document.text));
    let types = tested_types(&api, &names, &schemas);
    let types_of = |params: &Vec<Param>| {
        params.iter().filter(|param| param.is_structured()).map(|param| param.ty.clone()).collect()
    };
    let request_types: Vec<TypeRef> =
        api.operations.iter().flat_map(|(_, operation)| -> Vec<TypeRef> { types_of(&operation.params) }).collect();
    let request_types = reachable_types(&api, request_types.iter().chain(api.reply_types()));
    let body_types =
        api.operations.iter().flat_map(|(_, operation)| &operation.responses).flat_map(|response| &response.body);
    let response_types = reachable_types(&api, body_types.chain(api.payload_types()));
    let count_per_type = count.div_ceil(types.len().max(1));
    let configured_formats: HashSet<String> = config.formats.keys().cloned().collect();
    let mut rng = Rng::with_seed(seed);
    let (mut arms, mut values, mut value_count, mut types_without_values) =
        (String::new(), String::new(), 0, Vec::new());
    for (ident, id) in types {
        let def = &api.types[id];
        let pointer = def.origin.as_str();
        let count_before = value_count;
        for _ in 0..count_per_type {
            let value = (0..TRIES).find_map(|_| {
                let omitted =
                    if request_types.contains(&id) && !response_types.contains(&id) { "readOnly" } else { "writeOnly" };
                let value =
                    Arbitrary { schemas: &schemas, rng: &mut rng, omitted, configured_formats: &configured_formats }
                        .value(pointer)?;
                // Leave out `null`: the property, not its type, decides whether `null` is allowed.
                (schemas.matches(pointer, &value)? && !value.is_null()).then_some(value)
            });
            let Some(value) = value else { break };
            let unknown = match &def.shape {
                Shape::Union(union) if rng.u8(..8) == 0 => unknown_value(union, &mut rng),
                _ => None,
            };
            if let Some(unknown) = unknown {
                let _ = writeln!(values, "{}", to_json(&json!([ident, names.ty(id).unknown, unknown])));
                value_count += 1;
            }
            let variant = match &def.shape {
                Shape::Union(union) => only_variant(union, &value, &mut schemas),
                _ => None,
            };
            let variant = variant.map(|index| names.ty(id).members[index].as_str());
            let _ = writeln!(values, "{}", to_json(&json!([ident, variant, value])));
            value_count += 1;
        }
        if value_count == count_before {
            types_without_values.push(ident);
        } else {
            let _ = writeln!(arms, "        {ident:?} => check::<{crate_name}::models::{ident}>(value),");
        }
    }
    if !types_without_values.is_empty() {
        println!("{crate_name}: no values were found for {}", types_without_values.join(", "));
    }
    let test = TEST
        .replace("        // one arm per type\n", &arms)
        .replace("[/* exact numbers */]", &format!("{EXACT_NUMBERS:?}"));
    (value_count > 0).then_some(RoundTrips { test, values, count: value_count })
}

/// Returns the types that are tested, by their Rust names.
fn tested_types(api: &Api, names: &Names, schemas: &Schemas) -> BTreeMap<String, TypeId> {
    // Several types can have the same location. Then only the type with the name of the component has exactly the
    // values of the component's schema.
    let mut type_counts: HashMap<&str, usize> = HashMap::new();
    api.types.iter().for_each(|(_, def)| *type_counts.entry(def.origin.as_str()).or_default() += 1);
    let mut types = BTreeMap::new();
    for (id, def) in api.types.iter() {
        let has_exact_schema = type_counts[def.origin.as_str()] == 1
            || def.origin.component("schemas").is_some_and(|name| def.name == [name]);
        let ident = &names.ty(id).ident;
        if is_tested(def)
            && has_exact_schema
            && !ident.is_empty()
            && schemas.describes_type_completely(def.origin.as_str())
        {
            types.insert(ident.clone(), id);
        }
    }
    types
}

/// Parses a document as JSON. Integers of more than 64 bits, which occur only as limits, become floating-point numbers.
fn tree(text: &str) -> Value {
    let is_digit = |c: char| c.is_ascii_digit();
    let mut plain = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !is_digit(c)) {
        let number = piece.trim_end_matches(|c: char| !is_digit(c));
        let is_long = match plain.ends_with('-') {
            true => format!("-{number}").parse::<i64>().is_err(),
            false => number.parse::<u64>().is_err(),
        };
        plain += number;
        plain += if is_long && number.len() > 18 { ".0" } else { "" };
        plain += &piece[number.len()..];
    }
    let tree: serde_yaml::Value = serde_yaml::from_str(&plain).unwrap();
    serde_json::to_value(tree).unwrap()
}

/// Returns whether a type is not an alias, can occur in responses, and has a schema. An object with the query parameters of a
/// webhook has none.
fn is_tested(def: &TypeDef) -> bool {
    let is_query =
        def.origin.keys().next().is_some_and(|key| key.ends_with("webhooks")) && def.origin.keys().count() == 3;
    !def.is_request_type && !is_query && !matches!(def.shape, Shape::Alias(_))
}

/// Returns the index of the only variant of a union whose schema a value matches.
fn only_variant(union: &Union, value: &Value, schemas: &mut Schemas) -> Option<usize> {
    let mut matching = Vec::new();
    let allowed = union.allowed_variants(value);
    for (index, variant) in union.variants.iter().enumerate() {
        let is_allowed = allowed.iter().any(|allowed| std::ptr::eq(*allowed, variant));
        if schemas.matches(variant.origin.as_str(), value)? && is_allowed {
            matching.push(index);
        }
    }
    match matching.as_slice() {
        [index] => Some(*index),
        _ => None,
    }
}

/// Returns a value whose tag selects no variant. Returns `None` if the union has no tag, or a variant for all other tags.
fn unknown_value(union: &Union, rng: &mut Rng) -> Option<Value> {
    let tag = union.tag.as_ref().filter(|_| !union.variants.iter().any(|variant| variant.is_default))?;
    Some(json!({ tag: "no variant", "extra": exact_number(rng), "nested": [{ "a": exact_number(rng) }] }))
}

const TEST: &str = r#"//! Arbitrary values, decoded and encoded.

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

/// Numbers whose digits are kept where any value is allowed.
const EXACT_NUMBERS: &[&str] = &[/* exact numbers */];

#[test]
fn values_are_unchanged_after_decoding_and_encoding() {
    let mut failures = Vec::new();
    for line in include_str!("round_trips.jsonl").lines() {
        let (name, variant, value): (String, Option<String>, &RawValue) = serde_json::from_str(line).unwrap();
        let debug = match decode(&name, value.get()) {
            Ok(debug) => debug,
            Err(problem) => {
                failures.push(format!("{problem}: {line}"));
                continue;
            }
        };
        if variant.is_some_and(|variant| !debug.starts_with(&format!("{variant}(")) && debug.starts_with(char::is_uppercase)) {
            failures.push(format!("decoded as {debug}: {line}"));
        }
    }
    assert!(failures.is_empty(), "{} failures, such as\n{}", failures.len(), failures[..failures.len().min(20)].join("\n"));
}

fn decode(name: &str, value: &str) -> Result<String, String> {
    match name {
        // one arm per type
        other => Err(format!("no type is called {other}")),
    }
}

fn check<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(value: &str) -> Result<String, String> {
    let decoded: T = serde_json::from_str(value).map_err(|error| error.to_string())?;
    let text = serde_json::to_string(&decoded).map_err(|error| error.to_string())?;
    let again: T = serde_json::from_str(&text).map_err(|error| format!("{error} in {text}"))?;
    let encoded: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    if decoded != again {
        return Err(format!("{decoded:?} is not {again:?}"));
    }
    let value_without_digits: Value = serde_json::from_str(value).map_err(|error| error.to_string())?;
    let has_same_digits = EXACT_NUMBERS.iter().all(|digits| value.matches(digits).count() == text.matches(digits).count());
    if !has_same_digits || !is_same(&value_without_digits, &encoded) {
        return Err(format!("encoded as {text}"));
    }
    Ok(format!("{decoded:?}"))
}

/// Returns whether two values are equal, if a missing optional property counts as `null`.
fn is_same(first: &Value, second: &Value) -> bool {
    match (first, second) {
        (Value::Object(first), Value::Object(second)) => {
            let is_contained = |left: &serde_json::Map<String, Value>, right: &serde_json::Map<String, Value>| {
                left.iter().all(|(name, value)| is_same(value, right.get(name).unwrap_or(&Value::Null)))
            };
            is_contained(first, second) && is_contained(second, first)
        }
        (Value::Array(first), Value::Array(second)) => {
            first.len() == second.len() && first.iter().zip(second).all(|(first, second)| is_same(first, second))
        }
        (Value::Number(first), Value::Number(second)) => {
            first.to_string() == second.to_string() || (first.is_f64() || second.is_f64()) && first.as_f64() == second.as_f64()
        }
        (first, second) => first == second,
    }
}
"#;
