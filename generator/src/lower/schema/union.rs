//! Lowers `oneOf` and `anyOf` to unions, whose alternatives are distinguished by a property or by structure.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use openapiv3::{AdditionalProperties, ReferenceOr};
use serde_json::Value;

use super::merged_schema::{Kind, Part, required};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Shape, TypeId, TypeRef, Union, UnionVariant};
use crate::lower::Lowering;
use crate::lower::references::component_pointer;
use crate::lower::schema::{DEEPEST, Node, Use, below, key};
use crate::normalize::name_key;
use crate::source::Pointer;

/// An alternative: its schema, and all schemas that its values match.
#[derive(Clone)]
pub(crate) struct Alternative<'a> {
    /// The schema, if the values need not match any keywords next to the alternatives.
    pub node: Option<Node<'a>>,
    pub at: Pointer,
    pub parts: Vec<Part<'a>>,
    pub tags: Vec<Value>,
}

impl<'a> Lowering<'a> {
    /// Returns the type of the values that match all parts, some of which have alternatives.
    pub(crate) fn alternatives(
        &mut self,
        parts: &[Part<'a>],
        at: &Pointer,
        name: &[String],
        id: Option<TypeId>,
    ) -> (Option<TypeRef>, bool) {
        let mut several = parts.iter().filter(|part| part.choices().is_some());
        let (Some(owner), None) = (several.next(), several.next()) else {
            let help = "use one `oneOf` or `anyOf`; the generated type is `AnyJson`";
            let message = "several schemas of an `allOf` have alternatives";
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_SCHEMA, Location::Key(at.clone()), message);
            self.diagnostics.push(diagnostic.help(help));
            return (Some(TypeRef::Json), false);
        };
        let rest: Vec<Part<'a>> = parts.iter().map(|part| Part { open: false, ..part.clone() }).collect();
        let rest: Vec<Part<'a>> = rest.into_iter().filter(Part::says_anything).collect();
        let (options, nullable) = self.options(owner, &rest);
        if options.is_empty() {
            return match rest.is_empty() {
                true => (Some(TypeRef::Json), nullable),
                false => (self.built(&rest, at, name, id).0, nullable),
            };
        }
        if let [one] = options.as_slice() {
            // The keywords next to a single alternative are part of its type.
            let (ty, may_be_null) = match one.node {
                Some(node) => {
                    let found = self.node(node, &one.at, name);
                    (found.ty, found.nullable)
                }
                // The alternative may be recursive.
                None if self.depth > DEEPEST => {
                    self.too_deep(at);
                    (None, false)
                }
                None => {
                    self.depth += 1;
                    let found = self.built(&one.parts, at, name, id);
                    self.depth -= 1;
                    found
                }
            };
            return (ty, nullable || may_be_null);
        }
        // A recursive union must be known before its alternatives are lowered.
        let id_before = id;
        let id = self.define(id, name, parts, at);
        let marks = self.personal_marks;
        let discriminator =
            parts.iter().find_map(|part| part.schema.schema_data.discriminator.as_ref().map(|one| (one, part)));
        let tagged = self.tagged(options.clone(), discriminator);
        let union = match tagged {
            Some((tag, options)) => {
                let variants = self.named(&options, &[], name);
                Some(Union { tag: Some(tag), variants })
            }
            None => self.structural(options, at, name),
        };
        match union {
            None => self.types[id].shape = Shape::Alias(TypeRef::Json),
            Some(Union { tag: None, mut variants }) if variants.len() == 1 => {
                let ty = variants.swap_remove(0).ty;
                // An alias of this type would be a cycle.
                if ty == TypeRef::Named(id) {
                    self.types[id].shape = Shape::Alias(TypeRef::Json);
                } else {
                    self.types[id].shape = Shape::Alias(ty.clone());
                    if id_before.is_none() {
                        return (Some(ty), nullable);
                    }
                }
            }
            Some(union) => self.types[id].shape = Shape::Union(union),
        }
        self.types[id].pii |= self.personal_marks > marks;
        (Some(TypeRef::Named(id)), nullable)
    }

    /// Returns the location of the first part with alternatives, and the parts that a value of each of them matches; `None` if no
    /// part has alternatives.
    pub(crate) fn split(&mut self, parts: &[Part<'a>]) -> Option<(Pointer, Vec<Vec<Part<'a>>>)> {
        let owner = parts.iter().find(|part| part.choices().is_some())?;
        let rest = parts.iter().filter(|part| part.at != owner.at || part.says_anything());
        let rest: Vec<_> = rest.map(|part| Part { open: part.open && part.at != owner.at, ..part.clone() }).collect();
        let (options, _) = self.options(owner, &rest);
        let alternatives =
            if options.is_empty() { vec![rest] } else { options.into_iter().map(|option| option.parts).collect() };
        Some((owner.at.clone(), alternatives))
    }

    /// Returns the alternatives of a schema, each with the keywords next to them, and whether `null` is one.
    pub(crate) fn options(&mut self, owner: &Part<'a>, rest: &[Part<'a>]) -> (Vec<Alternative<'a>>, bool) {
        let Some((keyword, choices)) = owner.choices() else { return (Vec::new(), false) };
        let mut options: Vec<Alternative<'a>> = Vec::new();
        let mut known: HashSet<Vec<(Pointer, bool)>> = HashSet::new();
        let beside: HashSet<&Pointer> = rest.iter().map(|part| &part.at).collect();
        let mut nullable = false;
        let mut rules_alone = true;
        for (index, choice) in choices.iter().enumerate() {
            let at = owner.at.child(keyword).child(index);
            if !self.spend(1 + rest.len(), &at) {
                break;
            }
            let node = Node::from(choice);
            let own = self.parts(node, &at);
            if own.iter().any(|part| part.kind() == Kind::Null) || is_bare_null(&own) {
                nullable = true;
                continue;
            }
            nullable |= own.iter().all(|part| part.schema.schema_data.nullable) && !own.is_empty();
            rules_alone &= own
                .iter()
                .all(|part| part.kind() == Kind::Any && part.any().enumeration.is_empty() && part.choices().is_none());
            let at = match choice {
                ReferenceOr::Reference { reference } => Pointer::from_reference(reference).unwrap_or(at),
                ReferenceOr::Item(_) => at,
            };
            // A subtype of the outer schema already has the keywords next to the alternatives.
            let all_own = rest.iter().all(|part| own.iter().any(|one| one.at == part.at));
            let mut parts = if all_own { Vec::new() } else { rest.to_vec() };
            parts.extend(own.into_iter().filter(|part| all_own || !beside.contains(&part.at)));
            if known.insert(key(&parts)) {
                let node = all_own.then_some(node);
                options.push(Alternative { node, at, parts, tags: Vec::new() });
            }
        }
        if rules_alone && !rest.is_empty() && !options.is_empty() {
            let place = Location::Key(owner.at.child(keyword));
            let message = format!("`{keyword}` with only constraints is not supported and is ignored");
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, place, message);
            self.diagnostics
                .push(diagnostic.help("remove it if no other tool uses it; the generated code does not check it"));
            return (Vec::new(), nullable);
        }
        (options, nullable)
    }

    pub(crate) fn option(&mut self, option: &Alternative<'a>, name: &[String]) -> Use {
        match option.node {
            Some(node) => self.node(node, &option.at, name),
            None if self.depth > DEEPEST => {
                self.too_deep(&option.at);
                Use::default()
            }
            None => {
                self.depth += 1;
                let (ty, nullable) = self.built(&option.parts, &option.at, name, None);
                self.depth -= 1;
                Use { ty, nullable, constraints: self.constraints_of(&option.parts), ..Use::default() }
            }
        }
    }

    /// Returns the target of a discriminator mapping: a component by its name, or one of the references among the
    /// alternatives.
    pub(crate) fn mapped(&self, target: &str, choices: &HashSet<Pointer>) -> Option<Pointer> {
        let schemas = self.document.components.as_ref().map(|components| &components.schemas)?;
        if schemas.contains_key(target) {
            return Some(component_pointer("schemas", target));
        }
        let pointer = Pointer::from_reference(target)?;
        let name = pointer.component("schemas").unwrap_or_else(|| pointer.to_string());
        (schemas.contains_key(&name) || choices.contains(&pointer)).then_some(pointer)
    }

    /// Names the alternatives after their schemas, their discriminator values, or a property that only they have. No name is one that
    /// one of the `others` has.
    pub(crate) fn named(
        &mut self,
        options: &[Alternative<'a>],
        others: &[UnionVariant],
        name: &[String],
    ) -> Vec<UnionVariant> {
        let mut variants: Vec<UnionVariant> = Vec::new();
        let mut names: HashSet<String> = others.iter().map(|known| name_key(&known.name)).collect();
        let holders = holders(options);
        let constants = self.conditions(options);
        let mut number = 0;
        for (index, (option, constants)) in options.iter().zip(constants).enumerate() {
            let own = self.own_name(option, &holders);
            let taken = |own: &String| names.contains(&name_key(own));
            let own = own.filter(|own| !taken(own)).or_else(|| tag_name(option).filter(|tag| !taken(tag)));
            let own = own.unwrap_or_else(|| {
                number = (number + 1).max(index + 1);
                while taken(&format!("alternative {number}")) {
                    number += 1;
                }
                format!("alternative {number}")
            });
            names.insert(name_key(&own));
            let found = self.option(option, &below(name, &own));
            variants.push(UnionVariant {
                name: own,
                ty: found.ty.unwrap_or(TypeRef::Json),
                constraints: found.constraints,
                tags: option.tags.clone(),
                constants,
                closed: is_closed(&option.parts),
                origin: option.at.clone(),
            });
        }
        variants
    }

    fn own_name(&mut self, option: &Alternative<'a>, holders: &HashMap<&str, Holders<'_>>) -> Option<String> {
        if let Some(Node::Reference(_)) = option.node {
            return self.name_at(&option.at, &[]).last().cloned();
        }
        // With the keywords next to the alternatives, it is still the component.
        if let Some(component) = option.at.component("schemas") {
            return Some(component);
        }
        let title = option.parts.iter().rev().find_map(|part| part.schema.schema_data.title.clone());
        let title = title.filter(|title| title.chars().any(char::is_alphanumeric) && title.len() < 60);
        let tuple = || {
            let len = option.parts.iter().find_map(|part| super::type_builder::tuple_len(part.any()))?;
            Some(format!("tuple {len}")).filter(|_| option.parts.iter().any(|part| part.kind() == Kind::List))
        };
        title.or_else(tuple).or_else(|| tag_name(option)).or_else(|| {
            let alone = |wire: &&str| matches!(holders.get(wire), Some(Holders::One(_)));
            let wires = option.parts.iter().flat_map(|part| part.any().properties.keys()).map(String::as_str);
            let only: Vec<&str> = wires.filter(alone).collect();
            let required = required(&option.parts);
            let first = only.iter().find(|wire| required.contains(*wire)).or(only.first());
            first.map(|wire| format!("with {wire}"))
        })
    }
}

/// Returns the name of an alternative by its discriminator value.
fn tag_name(option: &Alternative<'_>) -> Option<String> {
    let tag = option.tags.first()?;
    Some(tag.as_str().map_or_else(|| tag.to_string(), str::to_owned))
}

/// Returns the alternatives with a property.
enum Holders<'o> {
    One(&'o Pointer),
    Several,
}

/// Returns the alternatives with each property.
fn holders<'a>(options: &'a [Alternative<'_>]) -> HashMap<&'a str, Holders<'a>> {
    let mut holders: HashMap<&str, Holders<'_>> = HashMap::new();
    for option in options {
        for wire in option.parts.iter().flat_map(|part| part.any().properties.keys()) {
            match holders.entry(wire) {
                Entry::Vacant(entry) => {
                    entry.insert(Holders::One(&option.at));
                }
                Entry::Occupied(mut entry) => {
                    if !matches!(entry.get(), Holders::One(at) if **at == option.at) {
                        entry.insert(Holders::Several);
                    }
                }
            }
        }
    }
    holders
}

/// Returns the references among the alternatives of a schema.
pub(crate) fn references(owner: &Part<'_>) -> HashSet<Pointer> {
    let choices = owner.choices().map_or(&[][..], |(_, choices)| choices);
    let references = choices.iter().filter_map(|choice| match choice {
        ReferenceOr::Reference { reference } => Pointer::from_reference(reference),
        ReferenceOr::Item(_) => None,
    });
    references.collect()
}

/// Returns whether a schema describes only `null`.
fn is_bare_null(parts: &[Part<'_>]) -> bool {
    let [one] = parts else { return false };
    one.schema.schema_data.nullable && !one.says_anything() && one.choices().is_none()
}

/// Returns whether an object has no properties besides the declared ones.
pub(crate) fn is_closed(parts: &[Part<'_>]) -> bool {
    parts.iter().any(|part| part.any().additional_properties == Some(AdditionalProperties::Any(false)))
}

pub(crate) fn is_record(parts: &[Part<'_>]) -> bool {
    parts.iter().all(|part| matches!(part.kind(), Kind::Object | Kind::Any) && part.choices().is_none())
        && parts.iter().any(|part| !part.any().properties.is_empty())
}
