//! Finds the properties that distinguish the alternatives of a union. These are discriminators, or properties with
//! constant values. The tags of an alternative are its values for such a property.

use std::collections::{HashMap, HashSet};

use openapiv3::Discriminator;
use serde_json::Value;

use super::merged_schema::{Kind, SchemaPart, properties, required};
use super::union::{Alternative, is_record, references};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::lower::Lowering;
use crate::lower::schema::{Node, nested_name};
use crate::parse::DEFAULT_MAPPING;
use crate::source::Pointer;

/// The path of keys to a property inside an object, and the values that its `enum` or `const` lists.
pub(crate) type Constant = (Vec<String>, Vec<Value>);

/// The maximum number of properties in the path of a [`Constant`].
const MAX_CONSTANT_PATH_LEN: usize = 3;

impl<'a> Lowering<'a> {
    /// Returns the property that distinguishes the alternatives, and the alternatives with their values for this
    /// property. Alternatives with the same value are distinguished by their structure.
    pub(crate) fn tag_property(
        &mut self,
        mut alternatives: Vec<Alternative<'a>>,
        discriminator: Option<(&'a Discriminator, &SchemaPart<'a>)>,
    ) -> Option<(String, Vec<Alternative<'a>>)> {
        if alternatives.iter().any(|alternative| !is_record(&alternative.parts)) {
            return None;
        }
        if let Some((discriminator, owner)) = discriminator {
            let tag = &discriminator.property_name;
            self.set_tags(&mut alternatives, discriminator, owner);
            if have_different_tags(&alternatives) {
                return Some((tag.clone(), alternatives));
            }
            let location = Location::Key(owner.at.child("discriminator"));
            let message = format!("the discriminator `{tag}` does not distinguish the alternatives");
            let diagnostic = Diagnostic::warning(code::AMBIGUOUS, location, message);
            let label = "the alternatives are distinguished by their structure";
            self.diagnostics.push(diagnostic.label(label).help("give each alternative its own value in the `mapping`"));
        }
        let first = alternatives.first()?;
        let required_properties: Vec<HashSet<&str>> =
            alternatives.iter().map(|alternative| required(&alternative.parts)).collect();
        let candidates = properties(&first.parts).into_iter().map(|(wire, _)| wire);
        let candidates =
            candidates.filter(|wire| required_properties.iter().all(|required| required.contains(wire.as_str())));
        // The first property that distinguishes at least two alternatives, but not all of them.
        let mut fallback = None;
        for wire in candidates.cloned().collect::<Vec<_>>() {
            let steps = alternatives.iter().map(|alternative| alternative.parts.len()).sum();
            if !self.spend(steps, &alternatives[0].at) {
                return None;
            }
            for alternative in &mut alternatives {
                alternative.tags = self.constant_values(&alternative.parts, &wire);
            }
            if have_disjoint_tags(&alternatives) {
                return Some((wire, alternatives));
            }
            // If the schema of an alternative lists several values, the property is probably a status and not a
            // discriminator.
            let have_single_values = alternatives.iter().all(|alternative| alternative.tags.len() == 1);
            if fallback.is_none() && have_single_values && have_different_tags(&alternatives) {
                fallback = Some((wire, alternatives.clone()));
            }
        }
        fallback
    }

    /// Sets the tags of each alternative. These are its values in the mapping of the discriminator, or else the values
    /// that its schema lists for the property. If there are no values, the tag is the name of its component.
    fn set_tags(
        &mut self,
        alternatives: &mut [Alternative<'a>],
        discriminator: &'a Discriminator,
        owner: &SchemaPart<'a>,
    ) {
        let tag = &discriminator.property_name;
        let mut values_by_target: HashMap<Pointer, Vec<&str>> = HashMap::new();
        let references = references(owner);
        for (value, target) in &discriminator.mapping {
            match self.mapping_target(target, &references) {
                Some(pointer) => values_by_target.entry(pointer).or_default().push(value),
                None => self.warn_unresolved_mapping(&owner.at, value, target, "name one of the alternatives"),
            }
        }
        let default = self.default_target(discriminator, owner, &references);
        for alternative in alternatives {
            alternative.is_default = default.as_ref() == Some(&alternative.at);
            let values = values_by_target.get(&alternative.at).cloned().unwrap_or_default();
            alternative.tags = values.into_iter().map(|value| self.tag_value(&alternative.parts, tag, value)).collect();
            if alternative.tags.is_empty() {
                alternative.tags = self.constant_values(&alternative.parts, tag);
            }
            if alternative.tags.is_empty()
                && let Some(name) = alternative.at.component("schemas")
            {
                alternative.tags.push(name.into());
            }
        }
    }

    /// Returns the location that the `defaultMapping` of a discriminator names.
    fn default_target(
        &mut self,
        discriminator: &Discriminator,
        owner: &SchemaPart<'a>,
        references: &HashSet<Pointer>,
    ) -> Option<Pointer> {
        let target = discriminator.extensions.get(DEFAULT_MAPPING)?.as_str()?;
        let pointer = self.mapping_target(target, references);
        if pointer.is_none() {
            let location = Location::Value(owner.at.child("discriminator").child(DEFAULT_MAPPING));
            let message = format!("unresolved reference `{target}`");
            let diagnostic = Diagnostic::warning(code::DANGLING_REFERENCE, location, message);
            self.diagnostics.push(diagnostic.help("name one of the alternatives"));
        }
        pointer
    }

    /// Warns about a value in the mapping of a discriminator whose target does not exist.
    pub(crate) fn warn_unresolved_mapping(&mut self, owner: &Pointer, value: &str, target: &str, help: &str) {
        let location = Location::Value(owner.child("discriminator").child("mapping").child(value));
        let message = format!("unresolved reference `{target}`");
        self.diagnostics.push(Diagnostic::warning(code::DANGLING_REFERENCE, location, message).help(help));
    }

    /// Returns the values that an `enum` or `const` lists for a property. The result is empty if the property has
    /// neither.
    pub(crate) fn constant_values(&mut self, parts: &[SchemaPart<'a>], wire: &str) -> Vec<Value> {
        let nodes = parts.iter().filter_map(|part| {
            let at = part.at.child("properties").child(wire);
            Some((Node::from(part.keywords().properties.get(wire)?), at))
        });
        let nodes: Vec<(Node<'a>, Pointer)> = nodes.collect();
        self.listed_values(&nodes)
    }

    /// Returns the values that the first `enum` or `const` in the schemas lists. The only value of the type `null` is
    /// `null`. The result is empty if there is neither, or if a value is an array or object.
    pub(crate) fn listed_values(&mut self, nodes: &[(Node<'a>, Pointer)]) -> Vec<Value> {
        for (node, at) in nodes {
            let parts = self.parts(*node, at);
            if parts.iter().any(|part| part.kind() == Kind::Null) {
                return vec![Value::Null];
            }
            let values = parts.iter().map(|part| &part.keywords().enumeration).find(|values| !values.is_empty());
            if let Some(values) = values {
                let are_scalar = values.iter().all(|value| !value.is_array() && !value.is_object());
                return if are_scalar { values.clone() } else { Vec::new() };
            }
        }
        Vec::new()
    }

    /// Returns the properties of each alternative that can have only one value, with this value. Properties of nested
    /// objects are included only if their values differ between the alternatives.
    pub(crate) fn distinguishing_constants(&mut self, alternatives: &[Alternative<'a>]) -> Vec<Vec<Constant>> {
        let mut schemas_by_property: HashMap<&String, HashSet<Pointer>> = HashMap::new();
        for (wire, nodes) in alternatives.iter().flat_map(|alternative| properties(&alternative.parts)) {
            let locations = nodes.into_iter().map(|(node, at)| self.schema_at(node, &at).map_or(at, |(_, at)| at));
            schemas_by_property.entry(wire).or_default().extend(locations);
        }
        // If the tags already distinguish all alternatives, constants of nested objects are not needed.
        let needs_nested = !have_disjoint_tags(alternatives);
        schemas_by_property.retain(|_, schemas| needs_nested && schemas.len() > 1);
        let searched_properties: HashSet<&String> = schemas_by_property.into_keys().collect();
        let listed_values: Vec<Vec<Constant>> = alternatives
            .iter()
            .map(|alternative| self.listed_values_of_properties(&alternative.parts, &searched_properties))
            .collect();
        let mut values_by_path: HashMap<&[String], HashSet<&[Value]>> = HashMap::new();
        for (path, values) in listed_values.iter().flatten() {
            values_by_path.entry(path).or_default().insert(values);
        }
        let differs = |path: &[String]| values_by_path.get(path).is_some_and(|values| values.len() > 1);
        let is_distinguishing = |(path, values): &&Constant| values.len() == 1 && (path.len() == 1 || differs(path));
        listed_values.iter().map(|properties| properties.iter().filter(is_distinguishing).cloned().collect()).collect()
    }

    /// Returns the properties of an object, each with the values that its `enum` or `const` lists. Includes the
    /// properties of the nested objects in `searched_properties`.
    fn listed_values_of_properties(
        &mut self,
        parts: &[SchemaPart<'a>],
        searched_properties: &HashSet<&String>,
    ) -> Vec<Constant> {
        let mut listed_values = Vec::new();
        let mut unvisited: Vec<(Vec<String>, Vec<SchemaPart<'a>>)> = vec![(Vec::new(), parts.to_vec())];
        let mut visited = HashSet::new();
        while let Some((path, parts)) = unvisited.pop() {
            for (wire, nodes) in properties(&parts) {
                let path = nested_name(&path, wire);
                if path.len() < MAX_CONSTANT_PATH_LEN
                    && let Some(first) = path.first().filter(|first| searched_properties.contains(first))
                    && let [(node, at)] = nodes.as_slice()
                {
                    let nested = self.parts(*node, at);
                    if is_record(&nested) && nested.iter().all(|part| visited.insert((first.clone(), part.at.clone())))
                    {
                        unvisited.push((path.clone(), nested));
                    }
                }
                let values = self.listed_values(&nodes);
                listed_values.push((path, values));
            }
        }
        listed_values
    }

    /// Converts a key of a discriminator mapping, which is always a string, to the type of the property.
    pub(crate) fn tag_value(&mut self, parts: &[SchemaPart<'a>], wire: &str, key: &str) -> Value {
        let node = parts.iter().find_map(|part| {
            let at = part.at.child("properties").child(wire);
            Some((Node::from(part.keywords().properties.get(wire)?), at))
        });
        let Some((node, at)) = node else { return key.into() };
        let kinds: Vec<Kind> = self.parts(node, &at).iter().map(SchemaPart::kind).collect();
        let value = match kinds.iter().find(|kind| **kind != Kind::Any) {
            Some(Kind::Bool | Kind::Integer | Kind::Number) => serde_json::from_str::<Value>(key).ok(),
            _ => None,
        };
        value.filter(|value| value.is_boolean() || value.is_number()).unwrap_or_else(|| key.into())
    }
}

/// Returns whether every alternative has tags, and no two alternatives share a tag.
fn have_disjoint_tags(alternatives: &[Alternative<'_>]) -> bool {
    let mut tags = HashSet::new();
    alternatives
        .iter()
        .all(|alternative| !alternative.tags.is_empty() && alternative.tags.iter().all(|tag| tags.insert(tag)))
}

/// Returns whether every alternative has tags, and the tags of at least two alternatives differ.
fn have_different_tags(alternatives: &[Alternative<'_>]) -> bool {
    alternatives.iter().all(|alternative| !alternative.tags.is_empty())
        && (alternatives.len() == 1 || alternatives.iter().any(|alternative| alternative.tags != alternatives[0].tags))
}
