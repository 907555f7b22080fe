//! Names the variants of unions.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use indexmap::IndexSet;
use serde_json::Value;

use super::merged_schema::{Kind, SchemaPart, required};
use super::tags::Constant;
use super::type_builder::tuple_len;
use super::union::Alternative;
use crate::lower::Lowering;
use crate::lower::schema::Node;

/// The properties of the alternatives of a union, each with the number of alternatives that have it.
struct PropertyCounts<'v> {
    alternatives: usize,
    declared: HashMap<&'v str, usize>,
    required: HashMap<&'v str, usize>,
    constants: HashMap<&'v Constant, usize>,
    /// The properties that all alternatives but one declare.
    nearly_common: Vec<&'v str>,
}

impl<'v> PropertyCounts<'v> {
    /// Counts the properties of the alternatives. `constants` has the constant properties of each alternative.
    fn new(alternatives: &'v [Alternative<'_>], constants: &'v [Vec<Constant>]) -> Self {
        let declared = counts(alternatives.iter().map(declared));
        let names: IndexSet<&'v str> = alternatives.iter().flat_map(declared_in_order).collect();
        let is_nearly_common = |wire: &&str| declared[wire] + 1 == alternatives.len();
        Self {
            alternatives: alternatives.len(),
            nearly_common: names.into_iter().filter(is_nearly_common).collect(),
            required: counts(alternatives.iter().map(|alternative| required(&alternative.parts))),
            constants: counts(constants.iter().map(|constants| constants.iter().collect())),
            declared,
        }
    }
}

/// Returns the properties of an alternative.
fn declared<'v>(alternative: &'v Alternative<'_>) -> HashSet<&'v str> {
    declared_in_order(alternative).collect()
}

/// Returns the properties of an alternative in the order of the document. A property can occur several times.
fn declared_in_order<'v>(alternative: &'v Alternative<'_>) -> impl Iterator<Item = &'v str> {
    alternative.parts.iter().flat_map(|part| part.keywords().properties.keys()).map(String::as_str)
}

/// Returns the number of sets that contain each item.
fn counts<T: Eq + Hash>(sets: impl Iterator<Item = HashSet<T>>) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    for item in sets.flatten() {
        *counts.entry(item).or_default() += 1;
    }
    counts
}

impl Lowering<'_> {
    /// Returns the possible names of each alternative, the best first. `constants` has the constant properties of each
    /// alternative.
    pub(super) fn names_of_alternatives(
        &self,
        alternatives: &[Alternative<'_>],
        constants: &[Vec<Constant>],
    ) -> Vec<Vec<String>> {
        let counts = PropertyCounts::new(alternatives, constants);
        let each = alternatives.iter().zip(constants);
        each.map(|(alternative, constants)| self.alternative_names(alternative, constants, &counts)).collect()
    }

    /// Returns possible names of an alternative, the best first. They come from its component, its title, its discriminator
    /// value, a constant value, or the properties that distinguish it from other alternatives.
    fn alternative_names(
        &self,
        alternative: &Alternative<'_>,
        constants: &[Constant],
        counts: &PropertyCounts<'_>,
    ) -> Vec<String> {
        if let Some(Node::Reference(_)) = alternative.node {
            return self
                .name_of_location(&alternative.at, &[])
                .pop()
                .into_iter()
                .chain(tag_name(alternative))
                .collect();
        }
        // An alternative that is a component has the name of the component, even if the keywords next to the
        // alternatives also apply.
        if let Some(component) = alternative.at.component("schemas") {
            return [component].into_iter().chain(tag_name(alternative)).collect();
        }
        let mut names = Vec::new();
        names.extend(title(alternative));
        if alternative.parts.iter().any(|part| part.kind() == Kind::Array) {
            let len = alternative.parts.iter().find_map(|part| tuple_len(part.keywords()));
            names.extend(len.map(|len| format!("tuple {len}")));
        }
        names.extend(tag_name(alternative));
        names.extend(
            constants.iter().filter(|constant| counts.constants.get(constant) == Some(&1)).find_map(constant_name),
        );
        let required = required(&alternative.parts);
        let wires: Vec<&str> = declared_in_order(alternative).collect();
        let unique: Vec<&&str> = wires.iter().filter(|wire| counts.declared.get(**wire) == Some(&1)).collect();
        let unique = unique.iter().find(|wire| required.contains(**wire)).or(unique.first());
        names.extend(unique.map(|wire| format!("with {wire}")));
        let declared: HashSet<&str> = wires.iter().copied().collect();
        let missing = counts.nearly_common.iter().find(|wire| !declared.contains(*wire));
        names.extend(missing.filter(|_| !wires.is_empty()).map(|wire| format!("without {wire}")));
        let only_here = wires.iter().find(|wire| required.contains(**wire) && counts.required.get(**wire) == Some(&1));
        names.extend(only_here.map(|wire| format!("requiring {wire}")));
        let is_common = |wire: &&&str| counts.declared.get(**wire) == Some(&counts.alternatives);
        names.extend(wires.iter().find(|wire| !is_common(wire)).map(|wire| format!("with {wire}")));
        if alternative.parts.iter().any(|part| part.kind() == Kind::Object || part.alternatives().is_some()) {
            names.push("object".to_owned());
        }
        names
    }
}

/// Returns the title of an alternative, or the name of the component to which its schema adds only documentation.
fn title(alternative: &Alternative<'_>) -> Option<String> {
    /// The maximum length of a title that becomes a name, in bytes.
    const MAX_LEN: usize = 60;
    let own = match alternative.node {
        Some(Node::Item(schema)) => Some(schema),
        _ => None,
    };
    let titles = own.into_iter().chain(alternative.parts.iter().rev().map(|part| part.schema));
    let title = titles.filter_map(|schema| schema.schema_data.title.clone()).next();
    title.filter(|title| title.chars().any(char::is_alphanumeric) && title.len() < MAX_LEN).or_else(|| {
        let [SchemaPart { at, .. }] = alternative.parts.as_slice() else { return None };
        at.component("schemas")
    })
}

/// Returns the name of an alternative by its discriminator value.
fn tag_name(alternative: &Alternative<'_>) -> Option<String> {
    let tag = alternative.tags.first()?;
    Some(tag.as_str().map_or_else(|| tag.to_string(), str::to_owned))
}

/// Returns the name of an alternative by the only value of a property, if this is a string that can be a name.
fn constant_name((_, values): &Constant) -> Option<String> {
    /// The maximum length of a constant that becomes a name, in bytes.
    const MAX_LEN: usize = 60;
    let [Value::String(value)] = values.as_slice() else { return None };
    let is_name = value.len() < MAX_LEN
        && value.starts_with(|first: char| first.is_alphabetic())
        && !value.contains(char::is_whitespace);
    is_name.then(|| value.clone())
}
