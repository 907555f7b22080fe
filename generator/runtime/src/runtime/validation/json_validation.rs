//! Validation of JSON bodies before they are sent.

use serde_json::Value as Json;

use crate::runtime::{Check, InvalidValue, Rule, Value};

/// A model with constraints on its properties.
pub trait Checked {
    /// What its values must keep to.
    fn checks() -> &'static [Check];
}

/// Validates the contents of a value.
pub fn look_inside(name: &str, json: &Json, rules: &[Rule]) -> Result<(), InvalidValue> {
    let mut inside = rules.iter().filter_map(|rule| if let Rule::Inside(checks) = rule { Some(*checks) } else { None });
    inside.find_map(|checks| broken(name, json, checks)).map_or(Ok(()), Err)
}

/// The first constraint that a value at a place violates.
fn broken(at: &str, json: &Json, checks: &[Check]) -> Option<InvalidValue> {
    if json.is_null() {
        return None;
    }
    let members = || json.as_object().into_iter().flatten();
    checks.iter().find_map(|check| match check {
        Check::Rules(rules) => broken_rule(at, json, rules),
        Check::MinProperties(least) => {
            let too_few = json.as_object().is_some_and(|members| members.len() < *least);
            too_few.then(|| InvalidValue::new(at.to_owned(), None, format!("must have at least {least} properties")))
        }
        Check::MaxProperties(most) => {
            let too_many = json.as_object().is_some_and(|members| members.len() > *most);
            too_many.then(|| InvalidValue::new(at.to_owned(), None, format!("must have at most {most} properties")))
        }
        Check::Member(name, checks) => broken(&format!("{at}.{name}"), json.get(name)?, checks),
        Check::Others(named, checks) => {
            let mut others = members().filter(|(name, _)| !named.contains(&name.as_str()));
            // A name that the document does not know may be personal, too.
            others.find_map(|(_, value)| broken(&format!("{at}.*"), value, checks))
        }
        Check::Items(checks) => in_list(at, json, 0, checks),
        Check::Rest(first, checks) => in_list(at, json, *first, checks),
        Check::Item(index, checks) => broken(&format!("{at}[{index}]"), json.get(index)?, checks),
        Check::As(checks) => broken(at, json, checks()),
        Check::By(tag, lists) => {
            let tag = json.get(tag)?;
            let text = tag.as_str().map_or_else(|| tag.to_string(), str::to_owned);
            let (_, checks) = lists.iter().find(|(tags, _)| tags.contains(&text.as_str()))?;
            broken(at, json, checks)
        }
        Check::Either(lists) => {
            let has = |name: &&str| json.get(name).is_some();
            let fits = |kind: &str, required: &[&str]| kind == self::kind(json) && required.iter().all(has);
            let lists = lists.iter().filter(|(kind, required, _)| fits(kind, required));
            let mut all = lists.map(|(.., checks)| broken(at, json, checks));
            let first = all.next()?;
            if all.any(|other| other.is_none()) { None } else { first }
        }
    })
}

/// The first constraint that an item from a position on violates.
fn in_list(at: &str, json: &Json, first: usize, checks: &[Check]) -> Option<InvalidValue> {
    let mut items = json.as_array().into_iter().flatten().enumerate().skip(first);
    items.find_map(|(index, item)| broken(&format!("{at}[{index}]"), item, checks))
}

pub fn broken_rule(at: &str, json: &Json, rules: &[Rule]) -> Option<InvalidValue> {
    let value = match json {
        Json::String(text) => Value::Text(text.clone()),
        Json::Number(number) => Value::Number { text: number.to_string(), number: number.as_f64().unwrap_or(f64::NAN) },
        // As JSON, `1` and `"1"` are not the same.
        Json::Array(items) => {
            Value::List(items.iter().enumerate().map(|(at, item)| Value::Text(key(at, item))).collect())
        }
        _ => return None,
    };
    let broken = rules.iter().find_map(|rule| rule.broken_by_list(&value).or_else(|| rule.broken_by_item(&value)))?;
    // The value may be part of one that is personal, which is not seen here.
    Some(InvalidValue::new(at.to_owned(), None, broken))
}

/// Returns a string that equal items of an array share. An item with a number that may have been rounded has its own.
fn key(index: usize, item: &Json) -> String {
    if has_float(item) { format!("{index} {item}") } else { item.to_string() }
}

fn has_float(json: &Json) -> bool {
    match json {
        Json::Number(number) => number.is_f64(),
        Json::Array(items) => items.iter().any(has_float),
        Json::Object(members) => members.values().any(has_float),
        _ => false,
    }
}

/// What a value is in JSON.
fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}
