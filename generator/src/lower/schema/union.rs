//! Lowers `oneOf` and `anyOf` to unions. A property or the structure distinguishes the alternatives.

use std::collections::HashSet;

use openapiv3::{AdditionalProperties, ReferenceOr};
use serde_json::Value;

use super::merged_schema::{Kind, SchemaPart, has_patterns};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Shape, TypeId, TypeRef, Union, UnionVariant};
use crate::lower::Lowering;
use crate::lower::references::component_pointer;
use crate::lower::schema::{LoweredSchema, MAX_NESTING_DEPTH, Node, PartsKey, nested_name, parts_key};
use crate::normalize::name_key;
use crate::source::Pointer;

/// An alternative of a `oneOf` or `anyOf`.
#[derive(Clone)]
pub(crate) struct Alternative<'a> {
    /// The schema of the alternative. `None` if valid values also match the keywords next to `oneOf` or `anyOf`.
    pub node: Option<Node<'a>>,
    /// The location of the alternative, or of the component that it refers to.
    pub at: Pointer,
    /// The location in the `oneOf` or `anyOf`.
    pub list_at: Pointer,
    /// All schemas that the values match.
    pub parts: Vec<SchemaPart<'a>>,
    /// The values of the property that distinguishes the alternatives.
    pub tags: Vec<Value>,
    /// Whether values that match no tag belong to this alternative.
    pub is_default: bool,
}

impl<'a> Lowering<'a> {
    /// Returns the type of the values that match all schema parts, and whether `null` matches. One of the parts has
    /// alternatives.
    pub(crate) fn union_type(
        &mut self,
        parts: &[SchemaPart<'a>],
        at: &Pointer,
        name: &[String],
        id: Option<TypeId>,
    ) -> (Option<TypeRef>, bool) {
        let mut parts_with_alternatives = parts.iter().filter(|part| part.alternatives().is_some());
        let (Some(owner), None) = (parts_with_alternatives.next(), parts_with_alternatives.next()) else {
            let help = "combine them into one `oneOf` or `anyOf`";
            let message = "several parts of an `allOf` have a `oneOf` or `anyOf`";
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_SCHEMA, Location::Key(at.clone()), message);
            self.diagnostics.push(diagnostic.label("the generated type is `AnyJson`").help(help));
            return (Some(TypeRef::Json), false);
        };
        let common_parts = parts.iter().map(|part| SchemaPart { uses_alternatives: false, ..part.clone() });
        let common_parts: Vec<SchemaPart<'a>> = common_parts.filter(SchemaPart::has_other_keywords).collect();
        let (alternatives, nullable) = self.expand_alternatives(owner, &common_parts);
        if alternatives.is_empty() {
            return match common_parts.is_empty() {
                true => (Some(TypeRef::Json), nullable),
                false => (self.type_of_parts(&common_parts, at, name, id).0, nullable),
            };
        }
        if let [single] = alternatives.as_slice() {
            let (ty, may_be_null) = match single.node {
                Some(_) => {
                    let lowered = self.lower_alternative(single, name);
                    (lowered.ty, lowered.nullable)
                }
                // Without this limit, a recursive alternative would be lowered without end.
                None if self.depth > MAX_NESTING_DEPTH => {
                    self.report_too_deep(at);
                    (None, false)
                }
                None => {
                    self.depth += 1;
                    let (ty, nullable) = self.type_of_parts(&single.parts, at, name, id);
                    self.depth -= 1;
                    (self.with_options(&single.list_at, ty), nullable)
                }
            };
            return (ty, nullable || may_be_null);
        }
        // The type must exist before its alternatives are lowered, because an alternative may refer to it.
        let existing_id = id;
        let id = self.create_type(id, name, parts, at);
        let earlier_marks = self.personal_marks;
        let discriminator = parts.iter().find_map(|part| {
            let discriminator = part.schema.schema_data.discriminator.as_ref()?;
            Some((discriminator, part))
        });
        let union = match self.tag_property(alternatives.clone(), discriminator) {
            Some((tag, alternatives)) => {
                let variants = self.union_variants(&alternatives, &[], name);
                Some(Union { tag: Some(tag), variants })
            }
            None => self.structural_union(alternatives, at, name),
        };
        match union {
            None => self.types[id].shape = Shape::Alias(TypeRef::Json),
            Some(Union { tag: None, mut variants }) if variants.len() == 1 => {
                let ty = variants.swap_remove(0).ty;
                // A type cannot be an alias of itself.
                if ty == TypeRef::Named(id) {
                    self.types[id].shape = Shape::Alias(TypeRef::Json);
                } else {
                    self.types[id].shape = Shape::Alias(ty.clone());
                    if existing_id.is_none() {
                        return (Some(ty), nullable);
                    }
                }
            }
            Some(union) => self.types[id].shape = Shape::Union(union),
        }
        self.types[id].is_personal |= self.personal_marks > earlier_marks;
        (Some(TypeRef::Named(id)), nullable)
    }

    /// Expands the first schema part that has alternatives. Returns the location of this part, and the parts that the
    /// values of each alternative match. Returns `None` if no part has alternatives.
    pub(crate) fn split_alternatives(
        &mut self,
        parts: &[SchemaPart<'a>],
    ) -> Option<(Pointer, Vec<Vec<SchemaPart<'a>>>)> {
        let owner = parts.iter().find(|part| part.alternatives().is_some())?;
        let common_parts = parts.iter().filter(|part| part.at != owner.at || part.has_other_keywords());
        let common_parts: Vec<_> = common_parts
            .map(|part| {
                let uses_alternatives = part.uses_alternatives && part.at != owner.at;
                SchemaPart { uses_alternatives, ..part.clone() }
            })
            .collect();
        let (alternatives, _) = self.expand_alternatives(owner, &common_parts);
        let parts_of_alternatives = match alternatives.is_empty() {
            true => vec![common_parts],
            false => alternatives.into_iter().map(|alternative| alternative.parts).collect(),
        };
        Some((owner.at.clone(), parts_of_alternatives))
    }

    /// Returns the alternatives of `owner`, and whether `null` is one of them. The values of each alternative also
    /// match `common_parts`. These are the keywords next to the alternatives.
    pub(crate) fn expand_alternatives(
        &mut self,
        owner: &SchemaPart<'a>,
        common_parts: &[SchemaPart<'a>],
    ) -> (Vec<Alternative<'a>>, bool) {
        let Some((keyword, nodes)) = owner.alternatives() else { return (Vec::new(), false) };
        let mut alternatives: Vec<Alternative<'a>> = Vec::new();
        let mut alternative_keys: HashSet<PartsKey> = HashSet::new();
        let common_locations: HashSet<&Pointer> = common_parts.iter().map(|part| &part.at).collect();
        let mut nullable = false;
        let mut have_only_constraints = true;
        for (index, node) in nodes.iter().enumerate() {
            let at = owner.at.child(keyword).child(index);
            if !self.spend(1 + common_parts.len(), &at) {
                break;
            }
            let alternative_parts = self.parts(node.into(), &at);
            if alternative_parts.iter().any(|part| part.kind() == Kind::Null) || is_only_null(&alternative_parts) {
                nullable = true;
                continue;
            }
            nullable |=
                alternative_parts.iter().all(|part| part.schema.schema_data.nullable) && !alternative_parts.is_empty();
            have_only_constraints &= alternative_parts.iter().all(|part| {
                part.kind() == Kind::Any && part.keywords().enumeration.is_empty() && part.alternatives().is_none()
            });
            let list_at = at.clone();
            let at = match node {
                ReferenceOr::Reference { reference } => Pointer::from_reference(reference).unwrap_or(at),
                ReferenceOr::Item(_) => at,
            };
            // An alternative that extends the outer schema already includes the keywords next to the alternatives.
            let alternative_locations: HashSet<&Pointer> = alternative_parts.iter().map(|part| &part.at).collect();
            let includes_common_parts = common_parts.iter().all(|part| alternative_locations.contains(&part.at));
            let mut parts = if includes_common_parts { Vec::new() } else { common_parts.to_vec() };
            parts.extend(
                alternative_parts
                    .into_iter()
                    .filter(|part| includes_common_parts || !common_locations.contains(&part.at)),
            );
            if alternative_keys.insert(parts_key(&parts)) {
                let node = includes_common_parts.then_some(node.into());
                alternatives.push(Alternative { node, at, list_at, parts, tags: Vec::new(), is_default: false });
            }
        }
        if have_only_constraints && !common_parts.is_empty() && !alternatives.is_empty() {
            let location = Location::Key(owner.at.child(keyword));
            let message = format!("`{keyword}` with only constraints is not supported and is ignored");
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, location, message);
            self.diagnostics
                .push(diagnostic.help("remove it if no other tool uses it; the generated code does not check it"));
            return (Vec::new(), nullable);
        }
        (alternatives, nullable)
    }

    /// Lowers an alternative of a union.
    pub(crate) fn lower_alternative(&mut self, alternative: &Alternative<'a>, name: &[String]) -> LoweredSchema {
        match alternative.node {
            Some(node) => {
                let mut lowered = self.lower_node(node, &alternative.at, name);
                if alternative.list_at != alternative.at {
                    lowered.ty = self.with_options(&alternative.list_at, lowered.ty);
                }
                lowered
            }
            None if self.depth > MAX_NESTING_DEPTH => {
                self.report_too_deep(&alternative.at);
                LoweredSchema::default()
            }
            None => {
                self.depth += 1;
                let (ty, nullable) = self.type_of_parts(&alternative.parts, &alternative.at, name, None);
                self.depth -= 1;
                LoweredSchema {
                    ty: self.with_options(&alternative.list_at, ty),
                    nullable,
                    constraints: self.constraints_of(&alternative.parts),
                    ..LoweredSchema::default()
                }
            }
        }
    }

    /// Returns the location that a value of a discriminator mapping names. This is a component, or one of the `references`
    /// in the list of alternatives.
    pub(crate) fn mapping_target(&self, target: &str, references: &HashSet<Pointer>) -> Option<Pointer> {
        let schemas = self.document.components.as_ref().map(|components| &components.schemas)?;
        if schemas.contains_key(target) {
            return Some(component_pointer("schemas", target));
        }
        let pointer = Pointer::from_reference(target)?;
        let name = pointer.component("schemas").unwrap_or_else(|| pointer.to_string());
        (schemas.contains_key(&name) || references.contains(&pointer)).then_some(pointer)
    }

    /// Lowers the alternatives to the variants of a union.
    ///
    /// The names of the variants differ from the names of `other_variants`.
    pub(crate) fn union_variants(
        &mut self,
        alternatives: &[Alternative<'a>],
        other_variants: &[UnionVariant],
        name: &[String],
    ) -> Vec<UnionVariant> {
        let mut variants: Vec<UnionVariant> = Vec::new();
        let mut used_names: HashSet<String> = other_variants.iter().map(|variant| name_key(&variant.name)).collect();
        let constants = self.distinguishing_constants(alternatives);
        let names = self.names_of_alternatives(alternatives, &constants);
        let mut number = 0;
        for (index, ((alternative, constants), names)) in alternatives.iter().zip(constants).zip(names).enumerate() {
            let is_unused = |name: &String| !used_names.contains(&name_key(name));
            let variant_name = names.into_iter().find(is_unused).unwrap_or_else(|| {
                number = (number + 1).max(index + 1);
                while !is_unused(&format!("alternative {number}")) {
                    number += 1;
                }
                format!("alternative {number}")
            });
            used_names.insert(name_key(&variant_name));
            let lowered = self.lower_alternative(alternative, &nested_name(name, &variant_name));
            variants.push(UnionVariant {
                name: variant_name,
                ty: lowered.ty.unwrap_or(TypeRef::Json),
                constraints: lowered.constraints,
                tags: alternative.tags.clone(),
                is_default: alternative.is_default,
                constants,
                is_closed: is_closed(&alternative.parts),
                origin: alternative.at.clone(),
            });
        }
        variants
    }
}

/// Returns the targets of all references in the `oneOf` or `anyOf` of a schema.
pub(crate) fn references(owner: &SchemaPart<'_>) -> HashSet<Pointer> {
    let nodes = owner.alternatives().map_or(&[][..], |(_, nodes)| nodes);
    let references = nodes.iter().filter_map(|node| match node {
        ReferenceOr::Reference { reference } => Pointer::from_reference(reference),
        ReferenceOr::Item(_) => None,
    });
    references.collect()
}

/// Returns whether `null` is the only value of a schema.
fn is_only_null(parts: &[SchemaPart<'_>]) -> bool {
    let [part] = parts else { return false };
    part.schema.schema_data.nullable && !part.has_other_keywords() && part.alternatives().is_none()
}

/// Returns whether a schema forbids additional properties.
pub(crate) fn is_closed(parts: &[SchemaPart<'_>]) -> bool {
    parts.iter().any(|part| part.keywords().additional_properties == Some(AdditionalProperties::Any(false)))
        && !parts.iter().any(|part| has_patterns(part.schema))
}

/// Returns whether the values are objects with declared properties.
pub(crate) fn is_record(parts: &[SchemaPart<'_>]) -> bool {
    parts.iter().all(|part| matches!(part.kind(), Kind::Object | Kind::Any) && part.alternatives().is_none())
        && parts.iter().any(|part| !part.keywords().properties.is_empty())
}
