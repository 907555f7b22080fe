//! Lowers the keywords about the property names of an object: `patternProperties`, `propertyNames` and
//! `dependentRequired`.

use openapiv3::{AdditionalProperties, Schema};
use serde_json::Value;

use super::merged_schema::{SchemaPart, additional, has_patterns, schema_keywords};
use crate::ir::{Constraint, TypeRef};
use crate::lower::Lowering;
use crate::lower::schema::{Node, nested_name};
use crate::parse::{DEPENDENT_REQUIRED, Document};
use crate::source::Pointer;

/// Returns the patterns of a schema, each with its schema and the location of the schema.
fn patterns<'a>(document: &'a Document, schema: &'a Schema, at: &Pointer) -> Vec<(&'a str, Node<'a>, Pointer)> {
    let at = at.child(crate::parse::PATTERN_PROPERTIES);
    let patterns = document.pattern_properties(schema);
    patterns.map(|(pattern, schema)| (pattern, Node::from(schema), at.child(pattern))).collect()
}

impl<'a> Lowering<'a> {
    /// Returns the type of the properties that `properties` does not declare. Returns `None` if there are none, or if
    /// nothing describes them.
    pub(super) fn additional_property_type(&mut self, parts: &[SchemaPart<'a>], name: &[String]) -> Option<TypeRef> {
        let name = nested_name(name, "value");
        let mut nodes: Vec<(Node<'a>, Pointer)> = Vec::new();
        for part in parts {
            let patterns = patterns(self.document, part.schema, &part.at);
            nodes.extend(patterns.into_iter().map(|(_, node, at)| (node, at)));
        }
        let has_patterns = !nodes.is_empty();
        match additional(parts) {
            Some((AdditionalProperties::Any(_), _)) => return Some(TypeRef::Json),
            Some((AdditionalProperties::Schema(values), at)) => nodes.push((values.as_ref().into(), at)),
            None if !has_patterns => return None,
            None => {
                let keywords = || parts.iter().map(|part| part.keywords());
                let is_closed =
                    keywords().any(|keywords| keywords.additional_properties == Some(AdditionalProperties::Any(false)));
                // A later version of the API may add any property to an object that is not closed. If it has no declared
                // properties, it is a map, and its patterns describe all its values.
                if !is_closed && keywords().any(|keywords| !keywords.properties.is_empty()) {
                    return Some(TypeRef::Json);
                }
            }
        }
        let (first, at) = nodes.first()?.clone();
        let lowered = match nodes.iter().all(|(node, _)| *node == first) {
            true => self.lower_node(first, &at, &name).into_type(),
            false => Some(self.union_of_schemas(nodes, &at, &name)),
        };
        Some(lowered.unwrap_or(TypeRef::Json))
    }

    /// Returns the constraints of the object itself and of its property names.
    pub(super) fn object_constraints(&mut self, schema: &'a Schema, at: &Pointer) -> Vec<Constraint> {
        let keywords = schema_keywords(schema);
        let limits = [
            keywords.min_properties.map(Constraint::MinProperties),
            keywords.max_properties.map(Constraint::MaxProperties),
        ];
        let mut constraints: Vec<Constraint> = limits.into_iter().flatten().collect();
        let is_empty = keywords.properties.is_empty() && !has_patterns(schema);
        let is_merged = [&keywords.all_of, &keywords.one_of, &keywords.any_of].iter().any(|nodes| !nodes.is_empty());
        if is_empty && !is_merged && keywords.additional_properties == Some(AdditionalProperties::Any(false)) {
            constraints.push(Constraint::NoProperties);
        }
        if let Some(names) = self.document.property_names(schema) {
            let name_constraints = self.name_constraints(names.into(), &at.child("propertyNames"));
            if !name_constraints.is_empty() {
                constraints.push(Constraint::PropertyNames(Vec::new(), name_constraints));
            }
        }
        constraints.extend(self.pattern_constraints(schema, at));
        let dependent_required = schema.schema_data.extensions.get(DEPENDENT_REQUIRED).and_then(Value::as_object);
        constraints.extend(dependent_required.into_iter().flatten().map(|(property, required)| {
            let required = required.as_array().into_iter().flatten().filter_map(Value::as_str);
            Constraint::Requires(property.clone(), required.map(str::to_owned).collect())
        }));
        constraints
    }

    /// Returns the constraints of `propertyNames`. An `enum` becomes a pattern.
    fn name_constraints(&mut self, node: Node<'a>, at: &Pointer) -> Vec<Constraint> {
        let parts = self.parts(node, at);
        let mut constraints = self.constraints_of(&parts);
        constraints.retain(Constraint::applies_to_strings);
        let names = self.listed_values(&[(node, at.clone())]);
        let names: Option<Vec<String>> = names.iter().map(|name| name.as_str().map(escaped)).collect();
        if let Some(names) = names.filter(|names| !names.is_empty()) {
            self.needs_regex_crate = true;
            constraints.push(Constraint::Pattern(format!("^(?:{})$", names.join("|"))));
        }
        constraints
    }

    /// Returns the constraints of the values of `patternProperties`, and of the names if the object is closed.
    fn pattern_constraints(&mut self, schema: &'a Schema, at: &Pointer) -> Vec<Constraint> {
        let keywords = schema_keywords(schema);
        let mut constraints = Vec::new();
        let mut checked = Vec::new();
        let patterns = patterns(self.document, schema, at);
        for (pattern, node, at) in &patterns {
            if !self.can_check_pattern(pattern, || at.clone()) {
                continue;
            }
            checked.push(format!("(?:{pattern})"));
            let values = self.nested_constraints(*node, at);
            if let Some(values) = values.filter(|values| *values != [Constraint::NoProperties]) {
                constraints.push(Constraint::PropertiesMatching((*pattern).to_owned(), values));
            }
        }
        let is_closed = keywords.additional_properties == Some(AdditionalProperties::Any(false));
        if is_closed && !patterns.is_empty() && checked.len() == patterns.len() {
            let declared = keywords.properties.keys().cloned().collect();
            let pattern =
                if let [(pattern, ..)] = patterns.as_slice() { (*pattern).to_owned() } else { checked.join("|") };
            self.needs_regex_crate |= patterns.len() > 1;
            constraints.push(Constraint::PropertyNames(declared, vec![Constraint::Pattern(pattern)]));
        }
        constraints
    }
}

/// Returns a regular expression that matches only this string.
fn escaped(text: &str) -> String {
    let escape = |letter: char| match r"\.+*?()|[]{}^$".contains(letter) {
        true => format!("\\{letter}"),
        false => letter.to_string(),
    };
    text.chars().map(escape).collect()
}
