//! Arbitrary values of every type of a document: each is the same after it was decoded and encoded by the generated crate,
//! and is of the variant whose schema it fits.
//!
//! Whether a value fits a schema is for a validator to say that was written by others.

mod arbitrary;
mod schemas;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

use arbitrary::Arbitrary;
use bindery::analyze::analyze;
use bindery::diag::Diagnostics;
use bindery::ir::{Param, Shape, TypeDef, TypeRef, Union, reach};
use bindery::name::name;
use bindery::source::Source;
use fastrand::Rng;
use schemas::Schemas;
use serde_json::{Value, json};

/// How many values are tried to find one that fits its schema.
const TRIES: usize = 20;

/// A test of a generated crate, and its values as lines of JSON.
pub struct RoundTrips {
    pub test: String,
    pub values: String,
    pub count: usize,
}

/// Makes a test of `count` values, spread over the types of a document; `None` if the document has no types.
pub fn round_trips(krate: &str, document: &Source, config: &Source, count: usize, seed: u64) -> Option<RoundTrips> {
    let (loaded, _) = bindery::load(document, config);
    let (api, config) = loaded.unwrap();
    let mut ignored = Diagnostics::default();
    let names = name(&api, &analyze(&api, &mut ignored), &config, &mut ignored);
    let mut schemas = Schemas::new(tree(&document.text));
    // Of several types at one location, only a component has all that is said there, and nothing else.
    let mut at: HashMap<&str, usize> = HashMap::new();
    api.types.iter().for_each(|(_, def)| *at.entry(def.origin.as_str()).or_default() += 1);
    let mut types = BTreeMap::new();
    for (id, def) in api.types.iter() {
        let is_own =
            at[def.origin.as_str()] == 1 || def.origin.component("schemas").is_some_and(|name| def.name == [name]);
        let ident = &names.ty(id).ident;
        if is_checked(def) && is_own && !ident.is_empty() && schemas.is_whole(def.origin.as_str()) {
            types.insert(ident.clone(), id);
        }
    }
    let sent =
        |params: &Vec<Param>| params.iter().filter(|param| param.is_whole()).map(|param| param.ty.clone()).collect();
    let sent: Vec<TypeRef> = api.operations.iter().flat_map(|(_, one)| -> Vec<TypeRef> { sent(&one.params) }).collect();
    let sent = reach(&api, sent.iter());
    let bodies = api.operations.iter().flat_map(|(_, one)| &one.responses).flat_map(|response| &response.body);
    let received = reach(&api, bodies);
    let each = count.div_ceil(types.len().max(1));
    let configured: HashSet<String> = config.formats.keys().cloned().collect();
    let mut rng = Rng::with_seed(seed);
    let (mut arms, mut values, mut made, mut without) = (String::new(), String::new(), 0, Vec::new());
    for (ident, id) in types {
        let def = &api.types[id];
        let pointer = def.origin.as_str();
        let before = made;
        for _ in 0..each {
            let value = (0..TRIES).find_map(|_| {
                let left_out = if sent.contains(&id) && !received.contains(&id) { "readOnly" } else { "writeOnly" };
                let value =
                    Arbitrary { schemas: &schemas, rng: &mut rng, left_out, configured: &configured }.value(pointer)?;
                // Whether it may be `null` is for the property to say that has it.
                (schemas.fits(pointer, &value)? && !value.is_null()).then_some(value)
            });
            let Some(value) = value else { break };
            let variant = match &def.shape {
                Shape::Union(union) => only_variant(union, &value, &mut schemas),
                _ => None,
            };
            let variant = variant.map(|index| names.ty(id).parts[index].as_str());
            let _ = writeln!(values, "{}", json!([ident, variant, value]));
            made += 1;
        }
        if made == before {
            without.push(ident);
        } else {
            let _ = writeln!(arms, "        {ident:?} => check::<{krate}::models::{ident}>(value),");
        }
    }
    if !without.is_empty() {
        println!("{krate}: no value was found of {}", without.join(", "));
    }
    let test = TEST.replace("    // types\n", &arms);
    (made > 0).then_some(RoundTrips { test, values, count: made })
}

/// A document as JSON. Integers of more than 64 bits, which only limits are, become floating-point numbers.
fn tree(text: &str) -> Value {
    let digits = |c: char| c.is_ascii_digit();
    let mut plain = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !digits(c)) {
        let number = piece.trim_end_matches(|c: char| !digits(c));
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

/// Whether a type is one of its own that responses can have.
fn is_checked(def: &TypeDef) -> bool {
    !def.input && !matches!(def.shape, Shape::Alias(_))
}

/// The variant of a union whose schema a value fits, if it fits that of only one.
fn only_variant(union: &Union, value: &Value, schemas: &mut Schemas) -> Option<usize> {
    let mut fitting = Vec::new();
    for (index, variant) in union.variants.iter().enumerate() {
        if schemas.fits(variant.origin.as_str(), value)? && variant.allows(union.tag.as_deref(), value) {
            fitting.push(index);
        }
    }
    match fitting.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

const TEST: &str = r#"//! Arbitrary values, decoded and encoded.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[test]
fn values_come_back_as_they_were() {
    let mut wrong = Vec::new();
    for line in include_str!("round_trips.jsonl").lines() {
        let (name, variant, value): (String, Option<String>, Value) = serde_json::from_str(line).unwrap();
        let shown = match decoded(&name, &value) {
            Ok(shown) => shown,
            Err(problem) => {
                wrong.push(format!("{problem}: {line}"));
                continue;
            }
        };
        if variant.is_some_and(|variant| !shown.starts_with(&format!("{variant}(")) && shown.starts_with(char::is_uppercase)) {
            wrong.push(format!("read as {shown}: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong, such as\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
}

fn decoded(name: &str, value: &Value) -> Result<String, String> {
    match name {
    // types
        other => Err(format!("no type is called {other}")),
    }
}

fn check<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(value: &Value) -> Result<String, String> {
    let decoded: T = serde_json::from_str(&value.to_string()).map_err(|error| error.to_string())?;
    let text = serde_json::to_string(&decoded).map_err(|error| error.to_string())?;
    let again: T = serde_json::from_str(&text).map_err(|error| format!("{error} in {text}"))?;
    let encoded: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    if decoded != again {
        return Err(format!("{decoded:?} is not {again:?}"));
    }
    if !is_same(value, &encoded) {
        return Err(format!("encoded as {text}"));
    }
    Ok(format!("{decoded:?}"))
}

/// Whether two values are the same, where an optional property may be missing in place of `null`.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let side = |left: &serde_json::Map<String, Value>, right: &serde_json::Map<String, Value>| {
                left.iter().all(|(name, value)| is_same(value, right.get(name).unwrap_or(&Value::Null)))
            };
            side(one, other) && side(other, one)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Number(one), Value::Number(other)) => {
            one.to_string() == other.to_string() || (one.is_f64() != other.is_f64() || one.is_f64()) && one.as_f64() == other.as_f64()
        }
        (one, other) => one == other,
    }
}
"#;
