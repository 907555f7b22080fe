//! Finds the properties that distinguish the alternatives of a union: a discriminator, or constants.

use std::collections::{HashMap, HashSet};

use openapiv3::Discriminator;
use serde_json::Value;

use super::merged_schema::{Kind, Part, properties, required};
use super::union::{Alternative, is_record, references};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::lower::Lowering;
use crate::lower::schema::{Node, below};
use crate::source::Pointer;

/// The path to a property, and its values.
pub(crate) type Constant = (Vec<String>, Vec<Value>);

/// The maximum length of a path to a constant.
const LONGEST_PATH: usize = 3;

impl<'a> Lowering<'a> {
    /// The property that tells the alternatives apart, and its values for each. Several alternatives may share a value; their
    /// structure tells those apart.
    pub(crate) fn tagged(
        &mut self,
        mut options: Vec<Alternative<'a>>,
        discriminator: Option<(&'a Discriminator, &Part<'a>)>,
    ) -> Option<(String, Vec<Alternative<'a>>)> {
        if options.iter().any(|option| !is_record(&option.parts)) {
            return None;
        }
        if let Some((discriminator, owner)) = discriminator {
            let tag = &discriminator.property_name;
            self.discriminate(&mut options, discriminator, owner);
            if are_told_apart(&options) {
                return Some((tag.clone(), options));
            }
            let place = Location::Key(owner.at.child("discriminator"));
            let message = format!("the discriminator `{tag}` does not distinguish the alternatives");
            let diagnostic = Diagnostic::warning(code::AMBIGUOUS, place, message);
            self.diagnostics.push(diagnostic.help(
                "give each alternative its own value in the `mapping`; until then they are matched by structure",
            ));
        }
        let first = options.first()?;
        let of_all: Vec<HashSet<&str>> = options.iter().map(|option| required(&option.parts)).collect();
        let candidates: Vec<&String> = properties(&first.parts).into_iter().map(|(wire, _)| wire).collect();
        let candidates = candidates.into_iter().filter(|wire| of_all.iter().all(|one| one.contains(wire.as_str())));
        let mut shared = None;
        for wire in candidates.cloned().collect::<Vec<_>>() {
            let steps = options.iter().map(|option| option.parts.len()).sum();
            if !self.spend(steps, &options[0].at) {
                return None;
            }
            for option in &mut options {
                option.tags = self.constants(&option.parts, &wire);
            }
            if are_disjoint(&options) {
                return Some((wire, options));
            }
            // A property with several values may be a state of several alternatives.
            let one_each = options.iter().all(|option| option.tags.len() == 1);
            if shared.is_none() && one_each && are_told_apart(&options) {
                shared = Some((wire, options.clone()));
            }
        }
        shared
    }

    /// Sets the tags of each alternative: its values in the mapping of the discriminator, or the values that its own schema
    /// lists, or the name of its component.
    fn discriminate(&mut self, options: &mut [Alternative<'a>], discriminator: &'a Discriminator, owner: &Part<'a>) {
        let tag = &discriminator.property_name;
        let mut targets: HashMap<Pointer, Vec<&str>> = HashMap::new();
        let choices = references(owner);
        for (value, target) in &discriminator.mapping {
            match self.mapped(target, &choices) {
                Some(pointer) => targets.entry(pointer).or_default().push(value),
                None => {
                    let place = Location::Value(owner.at.child("discriminator").child("mapping").child(value));
                    let message = format!("unresolved reference `{target}`");
                    let diagnostic = Diagnostic::warning(code::DANGLING_REFERENCE, place, message);
                    self.diagnostics.push(diagnostic.help("name one of the alternatives"));
                }
            }
        }
        for option in options {
            let mapped = targets.get(&option.at).cloned().unwrap_or_default();
            option.tags = mapped.into_iter().map(|value| self.tag_value(&option.parts, tag, value)).collect();
            if option.tags.is_empty() {
                option.tags = self.constants(&option.parts, tag);
            }
            if option.tags.is_empty()
                && let Some(name) = option.at.component("schemas")
            {
                option.tags.push(name.into());
            }
        }
    }

    /// Returns the values of a property, if it has an `enum` or `const`.
    pub(crate) fn constants(&mut self, parts: &[Part<'a>], wire: &str) -> Vec<Value> {
        let nodes = parts.iter().filter_map(|part| {
            let at = part.at.child("properties").child(wire);
            Some((Node::from(part.any().properties.get(wire)?), at))
        });
        let nodes: Vec<(Node<'a>, Pointer)> = nodes.collect();
        self.listed_values(&nodes)
    }

    /// Returns the values of a property with these schemas, if they are listed.
    pub(crate) fn listed_values(&mut self, nodes: &[(Node<'a>, Pointer)]) -> Vec<Value> {
        for (node, at) in nodes {
            let parts = self.parts(*node, at);
            if parts.iter().any(|part| part.kind() == Kind::Null) {
                return vec![Value::Null];
            }
            let listed = parts.iter().map(|part| &part.any().enumeration).find(|listed| !listed.is_empty());
            if let Some(listed) = listed {
                let scalar = listed.iter().all(|value| !value.is_array() && !value.is_object());
                return if scalar { listed.clone() } else { Vec::new() };
            }
        }
        Vec::new()
    }

    /// Returns the constants of each alternative: the properties that can have only one value. The properties of properties
    /// count where the alternatives differ.
    pub(crate) fn conditions(&mut self, options: &[Alternative<'a>]) -> Vec<Vec<Constant>> {
        let mut schemas: HashMap<&String, HashSet<Pointer>> = HashMap::new();
        for (wire, nodes) in options.iter().flat_map(|option| properties(&option.parts)) {
            let ends = nodes.into_iter().map(|(node, at)| self.schema_at(node, &at).map_or(at, |(_, at)| at));
            schemas.entry(wire).or_default().extend(ends);
        }
        // An alternative with its own discriminator value is already distinct.
        let is_open = !are_disjoint(options);
        schemas.retain(|_, schemas| is_open && schemas.len() > 1);
        let descend: HashSet<&String> = schemas.into_keys().collect();
        let all: Vec<Vec<Constant>> = options.iter().map(|option| self.listed_at(&option.parts, &descend)).collect();
        let mut values: HashMap<&[String], HashSet<&[Value]>> = HashMap::new();
        for (path, listed) in all.iter().flatten() {
            values.entry(path).or_default().insert(listed);
        }
        let differs = |path: &[String]| values.get(path).is_some_and(|values| values.len() > 1);
        let is_condition = |(path, listed): &&Constant| listed.len() == 1 && (path.len() == 1 || differs(path));
        all.iter().map(|own| own.iter().filter(is_condition).cloned().collect()).collect()
    }

    /// Returns the properties of an object, and of the objects in some of them, with the values that each lists.
    fn listed_at(&mut self, parts: &[Part<'a>], descend: &HashSet<&String>) -> Vec<Constant> {
        let mut found = Vec::new();
        let mut open: Vec<(Vec<String>, Vec<Part<'a>>)> = vec![(Vec::new(), parts.to_vec())];
        let mut seen = HashSet::new();
        while let Some((path, parts)) = open.pop() {
            for (wire, nodes) in properties(&parts) {
                let path = below(&path, wire);
                if path.len() < LONGEST_PATH
                    && let Some(first) = path.first().filter(|first| descend.contains(first))
                    && let [(node, at)] = nodes.as_slice()
                {
                    let inner = self.parts(*node, at);
                    if is_record(&inner) && inner.iter().all(|part| seen.insert((first.clone(), part.at.clone()))) {
                        open.push((path.clone(), inner));
                    }
                }
                let listed = self.listed_values(&nodes);
                found.push((path, listed));
            }
        }
        found
    }

    /// Converts a key of a mapping, which is always a string, to the type of the tag property.
    pub(crate) fn tag_value(&mut self, parts: &[Part<'a>], wire: &str, text: &str) -> Value {
        let node = parts.iter().find_map(|part| {
            let at = part.at.child("properties").child(wire);
            Some((Node::from(part.any().properties.get(wire)?), at))
        });
        let Some((node, at)) = node else { return text.into() };
        let kinds: Vec<Kind> = self.parts(node, &at).iter().map(Part::kind).collect();
        let value = match kinds.iter().find(|kind| **kind != Kind::Any) {
            Some(Kind::Bool | Kind::Integer | Kind::Number) => serde_json::from_str::<Value>(text).ok(),
            _ => None,
        };
        value.filter(|value| value.is_boolean() || value.is_number()).unwrap_or_else(|| text.into())
    }
}

/// Returns whether no two alternatives share a tag.
fn are_disjoint(options: &[Alternative<'_>]) -> bool {
    let mut known = HashSet::new();
    options.iter().all(|option| !option.tags.is_empty() && option.tags.iter().all(|tag| known.insert(tag)))
}

/// Returns whether every alternative has tags and at least two alternatives have different ones.
fn are_told_apart(options: &[Alternative<'_>]) -> bool {
    options.iter().all(|option| !option.tags.is_empty())
        && (options.len() == 1 || options.iter().any(|option| option.tags != options[0].tags))
}
