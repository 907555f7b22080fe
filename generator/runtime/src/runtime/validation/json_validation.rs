//! Validation of JSON bodies before they are sent.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::pattern::matches;
use crate::runtime::{Constraint, Constraints, InvalidValue};

/// A generated type with constraints on its properties.
pub trait Constrained {
    /// Returns the constraints of the type.
    fn constraints() -> Constraints;
}

/// Checks a JSON value and the values inside it.
///
/// # Errors
///
/// Returns the first violated constraint. The error does not show the value, which may be personal data.
pub fn check_json(name: &str, json: &RawValue, constraints: &[Constraint<'_>]) -> Result<(), InvalidValue> {
    violation(name, json, constraints).map_or(Ok(()), Err)
}

/// A JSON value whose contents are not parsed yet. A number keeps all its digits.
enum Node<'j> {
    Null,
    Bool,
    Number(&'j str),
    String(String),
    Array(Vec<&'j RawValue>),
    Object(BTreeMap<String, &'j RawValue>),
}

impl<'j> Node<'j> {
    fn parse(json: &'j RawValue) -> Self {
        let text = json.get();
        // A `RawValue` is valid JSON, so parsing fails only for a string with an unpaired surrogate.
        match text.bytes().next() {
            Some(b'{') => Self::Object(serde_json::from_str(text).unwrap_or_default()),
            Some(b'[') => Self::Array(serde_json::from_str(text).unwrap_or_default()),
            Some(b'"') => Self::String(serde_json::from_str(text).unwrap_or_default()),
            Some(b't' | b'f') => Self::Bool,
            Some(b'n') => Self::Null,
            _ => Self::Number(text),
        }
    }

    fn property(&self, name: &str) -> Option<&'j RawValue> {
        if let Self::Object(properties) = self { properties.get(name).copied() } else { None }
    }

    fn json_type(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }
}

/// Returns the first violated constraint of the value at `path`. `null` violates no constraint.
fn violation(path: &str, json: &RawValue, constraints: &[Constraint<'_>]) -> Option<InvalidValue> {
    if constraints.is_empty() {
        return None;
    }
    match Node::parse(json) {
        Node::Null => None,
        node => violation_by_node(path, &node, constraints),
    }
}

fn violation_by_node(path: &str, node: &Node<'_>, constraints: &[Constraint<'_>]) -> Option<InvalidValue> {
    constraints.iter().find_map(|constraint| match constraint {
        Constraint::Property(name, constraints) => {
            violation(&format!("{path}.{name}"), node.property(name)?, constraints)
        }
        Constraint::OtherProperties(names, constraints) => {
            let Node::Object(properties) = node else { return None };
            let mut additional_properties = properties.iter().filter(|(name, _)| !names.contains(&name.as_str()));
            // The path has `*` instead of the name of the property, because the name may be personal data.
            additional_properties.find_map(|(_, value)| violation(&format!("{path}.*"), value, constraints))
        }
        Constraint::PropertyNames(declared, constraints) => {
            let Node::Object(properties) = node else { return None };
            let names = properties.keys().filter(|name| !declared.contains(&name.as_str()));
            let mut violations =
                names.filter_map(|name| constraints.iter().find_map(|one| one.violation_by_string(name)));
            let message = violations.next()?;
            Some(InvalidValue::new(path.to_owned(), None, format!("has a property whose name {message}")))
        }
        Constraint::PropertiesMatching(pattern, constraints) => {
            let Node::Object(properties) = node else { return None };
            let mut matching = properties.iter().filter(|(name, _)| matches(pattern, name));
            matching.find_map(|(_, value)| violation(&format!("{path}.*"), value, constraints))
        }
        Constraint::Requires(name, required) => {
            let Node::Object(properties) = node else { return None };
            let missing = required.iter().find(|required| !properties.contains_key(**required))?;
            let message = format!("must have the property `{missing}`, because it has `{name}`");
            properties.contains_key(*name).then(|| InvalidValue::new(path.to_owned(), None, message))
        }
        Constraint::Items(constraints) => violation_by_items_from(path, node, 0, constraints),
        Constraint::ItemsFrom(first, constraints) => violation_by_items_from(path, node, *first, constraints),
        Constraint::Item(index, constraints) => {
            let Node::Array(items) = node else { return None };
            violation(&format!("{path}[{index}]"), items.get(*index)?, constraints)
        }
        Constraint::Json(constraints) => {
            let Node::String(text) = node else { return None };
            violation_by_json(path, text, constraints)
        }
        Constraint::Type(constraints) => violation_by_node(path, node, constraints()),
        Constraint::ByTag(name, alternatives) => {
            let tag = node.property(name)?;
            let tag = if let Node::String(tag) = Node::parse(tag) { tag } else { tag.get().to_owned() };
            let (_, constraints) = alternatives.iter().find(|(tags, _)| tags.contains(&tag.as_str()))?;
            violation_by_node(path, node, constraints)
        }
        Constraint::AnyOf(alternatives) => {
            let is_suitable = |json_type: &str, required: &[&str]| {
                json_type == node.json_type() && required.iter().all(|name| node.property(name).is_some())
            };
            let suitable_alternatives =
                alternatives.iter().filter(|(json_type, required, _)| is_suitable(json_type, required));
            let mut violations =
                suitable_alternatives.map(|(.., constraints)| violation_by_node(path, node, constraints));
            let first = violations.next()?;
            if violations.any(|violation| violation.is_none()) { None } else { first }
        }
        constraint => {
            let message = match node {
                Node::String(string) => constraint.violation_by_string(string),
                Node::Number(number) => constraint.violation_by_number(number),
                Node::Array(items) => {
                    let texts = items.iter().map(|item| item.get().to_owned());
                    constraint.violation_by_items(items.len(), texts)
                }
                Node::Object(properties) => constraint.violation_by_properties(properties.len()),
                Node::Null | Node::Bool => None,
            };
            Some(InvalidValue::new(path.to_owned(), None, message?))
        }
    })
}

/// Returns the first violated constraint of the JSON in a string. A string that is not JSON violates no constraint.
pub fn violation_by_json(path: &str, text: &str, constraints: &[Constraint<'_>]) -> Option<InvalidValue> {
    violation(path, serde_json::from_str(text).ok()?, constraints)
}

/// Returns the first violated constraint of the items of an array, beginning with the item at `first`.
fn violation_by_items_from(
    path: &str,
    node: &Node<'_>,
    first: usize,
    constraints: &[Constraint<'_>],
) -> Option<InvalidValue> {
    let Node::Array(items) = node else { return None };
    let mut items = items.iter().enumerate().skip(first);
    items.find_map(|(index, item)| violation(&format!("{path}[{index}]"), item, constraints))
}
