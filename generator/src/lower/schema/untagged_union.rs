//! Lowers unions without a property that distinguishes the alternatives. The generated code tries the alternatives in a
//! fixed order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;
use openapiv3::AdditionalProperties;
use serde_json::Value;

use super::merged_schema::{Kind, SchemaPart, properties, required};
use super::union::{Alternative, is_record};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Shape, TypeRef, Union, UnionVariant, Variant};
use crate::lower::Lowering;
use crate::lower::schema::{MAX_NESTING_DEPTH, Node, nested_name};
use crate::normalize::name_key;
use crate::source::Pointer;

/// The class of an alternative, which depends on the structure of its values. The generated code tries alternatives in
/// the order of their classes.
///
/// A union has at most one variant of each class. Only the classes `Tuple`, `Tagged` and `Record` may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Bool,
    Integer,
    Number,
    Format(&'static str),
    String,
    Tuple,
    Array,
    Tagged,
    Record,
    Map,
    Any,
}

/// The number of levels of nested schemas that are compared to find out whether two alternatives can be distinguished.
const MAX_COMPARED_DEPTH: usize = 3;

impl<'a> Lowering<'a> {
    /// Returns a union of alternatives that are distinguished by their structure. The variants are in the order in
    /// which the generated code tries them. Alternatives of the same class are merged into one variant, unless the
    /// class may have several. Returns `None` if one of the alternatives matches any value.
    pub(crate) fn structural_union(
        &mut self,
        alternatives: Vec<Alternative<'a>>,
        at: &Pointer,
        name: &[String],
    ) -> Option<Union> {
        let mut flattened = Vec::new();
        self.flatten(alternatives, 0, &mut HashSet::new(), &mut HashSet::new(), &mut flattened);
        let mut alternatives_by_class: BTreeMap<Class, Vec<Alternative<'a>>> = BTreeMap::new();
        for alternative in flattened {
            alternatives_by_class.entry(self.class(&alternative)).or_default().push(alternative);
        }
        let mut variants: Vec<UnionVariant> = Vec::new();
        // The indexes of the variants that are named after their kind of value, such as `List`.
        let mut class_named = Vec::new();
        for (class, mut alternatives) in alternatives_by_class {
            match class {
                Class::Any => return None,
                Class::Record => {
                    // The generated code tries the object with the most required properties first. If two objects have
                    // equally many, the object with fewer properties comes first.
                    alternatives.sort_by_cached_key(|alternative| {
                        let (properties, required) = (properties(&alternative.parts), required(&alternative.parts));
                        let required_count =
                            properties.iter().filter(|(wire, _)| required.contains(wire.as_str())).count();
                        (Reverse(required_count), properties.len())
                    });
                    self.report_indistinguishable(&alternatives);
                    let records = self.union_variants(&alternatives, &variants[class_named.len()..], name);
                    variants.extend(records);
                }
                Class::Tagged => variants.extend(self.union_variants(&alternatives, &[], name)),
                Class::Tuple => {
                    let tuples = self.union_variants(&alternatives, &variants, name);
                    class_named.extend(variants.len()..variants.len() + tuples.len());
                    variants.extend(tuples);
                }
                class => {
                    let class_name = class_name(class);
                    let (ty, constraints, origin) = match alternatives.as_slice() {
                        [single] => {
                            let lowered = self.lower_alternative(single, &nested_name(name, class_name));
                            (lowered.ty?, lowered.constraints, single.at.clone())
                        }
                        several => (self.merge_alternatives(class, several, at, name)?, Vec::new(), at.clone()),
                    };
                    class_named.push(variants.len());
                    variants.push(UnionVariant {
                        name: class_name.to_owned(),
                        ty,
                        constraints,
                        tags: Vec::new(),
                        is_default: false,
                        constants: Vec::new(),
                        is_closed: false,
                        origin,
                    });
                }
            }
        }
        rename_class_variants(&mut variants, &class_named);
        Some(Union { tag: None, variants })
    }

    /// Adds the alternatives to `flattened`. A nested union is replaced by its alternatives, unless a property
    /// distinguishes these alternatives.
    fn flatten(
        &mut self,
        alternatives: Vec<Alternative<'a>>,
        depth: usize,
        expanded: &mut HashSet<Pointer>,
        added: &mut HashSet<Pointer>,
        flattened: &mut Vec<Alternative<'a>>,
    ) {
        for alternative in alternatives {
            let mut parts_with_alternatives = alternative.parts.iter().filter(|part| part.alternatives().is_some());
            if let (Some(owner), None) = (parts_with_alternatives.next(), parts_with_alternatives.next())
                && self.class(&alternative) != Class::Tagged
            {
                if !expanded.insert(owner.at.clone()) {
                    continue;
                }
                if depth > MAX_NESTING_DEPTH {
                    self.report_too_deep(&owner.at);
                    continue;
                }
                let common_parts =
                    alternative.parts.iter().map(|part| SchemaPart { uses_alternatives: false, ..part.clone() });
                let common_parts: Vec<SchemaPart<'a>> = common_parts.filter(SchemaPart::has_other_keywords).collect();
                let (nested, _) = self.expand_alternatives(owner, &common_parts);
                match nested.is_empty() {
                    true => flattened.push(Alternative { parts: common_parts, node: None, ..alternative.clone() }),
                    false => self.flatten(nested, depth + 1, expanded, added, flattened),
                }
                continue;
            }
            if added.insert(alternative.at.clone()) {
                flattened.push(alternative);
            }
        }
    }

    fn class(&mut self, alternative: &Alternative<'a>) -> Class {
        let parts = &alternative.parts;
        if let Some(owner) = parts.iter().find(|part| part.alternatives().is_some()) {
            let common_parts: Vec<SchemaPart<'a>> = parts.iter().filter(|part| part.at != owner.at).cloned().collect();
            let discriminator = owner.schema.schema_data.discriminator.as_ref();
            let (nested, _) = self.expand_alternatives(owner, &common_parts);
            let is_tagged = nested.len() > 1
                && self.tag_property(nested, discriminator.map(|discriminator| (discriminator, owner))).is_some();
            return if is_tagged { Class::Tagged } else { Class::Any };
        }
        match self.kind(parts) {
            Kind::Any | Kind::Null => Class::Any,
            Kind::Bool => Class::Bool,
            Kind::Integer => Class::Integer,
            Kind::Number => Class::Number,
            Kind::Array if parts.iter().any(|part| super::type_builder::tuple_len(part.keywords()).is_some()) => {
                Class::Tuple
            }
            Kind::Array => Class::Array,
            Kind::Object if is_record(parts) => Class::Record,
            Kind::Object => Class::Map,
            Kind::String => {
                let format = super::merged_schema::first_keyword(parts, |keywords| keywords.format.as_deref());
                match super::formats::scalar_type(Kind::String, format) {
                    TypeRef::DateTime => Class::Format("date time"),
                    TypeRef::Date => Class::Format("date"),
                    TypeRef::Uuid => Class::Format("uuid"),
                    _ => Class::String,
                }
            }
        }
    }

    /// Merges several alternatives of a class into one type. Returns `None` for a class that may have several variants.
    fn merge_alternatives(
        &mut self,
        class: Class,
        alternatives: &[Alternative<'a>],
        at: &Pointer,
        name: &[String],
    ) -> Option<TypeRef> {
        Some(match class {
            Class::Bool => TypeRef::Bool,
            Class::Integer => TypeRef::Int(64),
            Class::Number => TypeRef::Float(64),
            Class::Format("date time") => TypeRef::DateTime,
            Class::Format("date") => TypeRef::Date,
            Class::Format(_) => TypeRef::Uuid,
            Class::String => self.merge_strings(alternatives, at, name),
            Class::Array => {
                let items = alternatives.iter().flat_map(|alternative| &alternative.parts);
                let items: Vec<(Node<'a>, Pointer)> = items
                    .filter_map(|part| Some((part.keywords().items.as_ref()?.into(), part.at.child("items"))))
                    .collect();
                TypeRef::Array(Box::new(self.union_of_schemas(items, &at.child("items"), &nested_name(name, "item"))))
            }
            Class::Map => TypeRef::Map(Box::new(TypeRef::Json)),
            Class::Tuple | Class::Tagged | Class::Record | Class::Any => return None,
        })
    }

    /// Returns the type of the values that match one of several schemas.
    pub(super) fn union_of_schemas(
        &mut self,
        nodes: Vec<(Node<'a>, Pointer)>,
        at: &Pointer,
        name: &[String],
    ) -> TypeRef {
        let mut alternatives: Vec<Alternative<'a>> = Vec::new();
        let mut schemas = HashSet::new();
        for (node, list_at) in nodes {
            let parts = self.parts(node, &list_at);
            if schemas.insert(format!("{node:?}")) {
                let at = match node {
                    Node::Reference(reference) => Pointer::from_reference(reference).unwrap_or(list_at.clone()),
                    Node::Item(_) => list_at.clone(),
                };
                alternatives.push(Alternative {
                    node: Some(node),
                    at,
                    list_at,
                    parts,
                    tags: Vec::new(),
                    is_default: false,
                });
            }
        }
        match alternatives.as_slice() {
            [] => TypeRef::Json,
            [single] => self.lower_alternative(single, name).into_type().unwrap_or(TypeRef::Json),
            _ => self.merge_item_types(alternatives, at, name),
        }
    }

    /// Returns the union of the item types of several arrays.
    fn merge_item_types(&mut self, alternatives: Vec<Alternative<'a>>, at: &Pointer, name: &[String]) -> TypeRef {
        let mut locations: Vec<Pointer> = alternatives.iter().map(|alternative| alternative.at.clone()).collect();
        locations.sort_unstable();
        // If the item types are recursive, the union already exists.
        if let Some(id) = self.item_unions.get(&locations) {
            return TypeRef::Named(*id);
        }
        if self.depth > MAX_NESTING_DEPTH {
            self.report_too_deep(at);
            return TypeRef::Json;
        }
        let id = self.create_type(None, name, &[], at);
        self.item_unions.insert(locations, id);
        self.depth += 1;
        let union = self.structural_union(alternatives, at, name);
        self.depth -= 1;
        let item_type = match union {
            Some(union) if union.variants.len() > 1 => {
                self.types[id].shape = Shape::Union(union);
                return TypeRef::Named(id);
            }
            Some(mut union) => union.variants.pop().map_or(TypeRef::Json, |variant| variant.ty),
            None => TypeRef::Json,
        };
        self.types[id].shape = Shape::Alias(item_type.clone());
        item_type
    }

    /// Merges several string schemas into one type. This is an enum of the values of all their `enum`s, which also
    /// accepts other strings. If no schema has an `enum`, the type is `String`.
    fn merge_strings(&mut self, alternatives: &[Alternative<'a>], at: &Pointer, name: &[String]) -> TypeRef {
        let (mut variants, mut listed_values) = (Vec::new(), HashSet::new());
        for part in alternatives.iter().flat_map(|alternative| &alternative.parts) {
            for (index, value) in part.keywords().enumeration.iter().enumerate() {
                if let Some(wire) = value.as_str()
                    && listed_values.insert(wire)
                {
                    let origin = part.at.child("enum").child(index);
                    variants.push(Variant { wire: wire.to_owned(), origin });
                }
            }
        }
        if variants.is_empty() {
            return TypeRef::String;
        }
        let id = self.create_type(None, &nested_name(name, "text"), &[], at);
        let has_enum = |alternative: &Alternative<'_>| {
            alternative.parts.iter().any(|part| !part.keywords().enumeration.is_empty())
        };
        self.types[id].allows_other_strings = !alternatives.iter().all(has_enum);
        self.types[id].shape = Shape::StringEnum(variants);
        TypeRef::Named(id)
    }

    /// Reports alternatives that are objects, and that the generated code cannot distinguish from an earlier
    /// alternative.
    fn report_indistinguishable(&mut self, alternatives: &[Alternative<'a>]) {
        type Names<'n> = BTreeSet<&'n str>;
        let mut alternatives_by_properties: IndexMap<(Names<'_>, Names<'_>), Vec<&Alternative<'a>>> = IndexMap::new();
        for alternative in alternatives {
            let properties = properties(&alternative.parts).into_iter().map(|(wire, _)| wire.as_str()).collect();
            let required = required(&alternative.parts).into_iter().collect();
            alternatives_by_properties.entry((properties, required)).or_default().push(alternative);
        }
        for alternatives in alternatives_by_properties.into_values().filter(|alternatives| alternatives.len() > 1) {
            self.report_equal_checks(&alternatives);
        }
    }

    /// Reports each alternative that the decoder checks in the same way as an earlier alternative.
    fn report_equal_checks(&mut self, alternatives: &[&Alternative<'a>]) {
        let mut alternatives_by_checks: HashMap<String, &Alternative<'a>> = HashMap::new();
        for alternative in alternatives {
            let checks = self.decoding_checks(&alternative.parts, MAX_COMPARED_DEPTH, true);
            let first = *alternatives_by_checks.entry(checks).or_insert(alternative);
            if !std::ptr::eq(first, *alternative) {
                let location = Location::Key(alternative.at.clone());
                let message = "the generated code cannot distinguish this alternative from an earlier one";
                let diagnostic = Diagnostic::warning(code::AMBIGUOUS, location, message)
                    .label("a value that matches both is decoded as the earlier alternative")
                    .related(Location::Key(first.at.clone()), "the earlier alternative")
                    .help("add a `discriminator`, or a property with a constant value");
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// Returns a string that describes how the decoder checks values that match all parts. If two strings are equal,
    /// the decoder cannot distinguish the two kinds of values.
    ///
    /// Decoding does not check constraints such as `maximum` or `pattern`. Schemas that are nested more than `levels`
    /// deep are compared by location. Boolean constants are only checked outside of arrays and maps.
    fn decoding_checks(&mut self, parts: &[SchemaPart<'a>], levels: usize, is_outside_arrays: bool) -> String {
        if let Some(owner) = parts.iter().find(|part| part.alternatives().is_some()) {
            return owner.at.to_string();
        }
        let kind = parts.iter().map(SchemaPart::kind).find(|kind| *kind != Kind::Any).unwrap_or(Kind::Any);
        let format = super::merged_schema::first_keyword(parts, |keywords| keywords.format.as_deref());
        let is_nullable = parts.iter().all(|part| part.schema.schema_data.nullable);
        let checked_parts = parts.iter().filter(|_| kind != Kind::Bool || is_outside_arrays);
        let enums: Vec<&[Value]> = checked_parts.map(|part| part.keywords().enumeration.as_slice()).collect();
        let type_checks = match (kind, parts) {
            (Kind::Integer, _) => {
                format!("{:?}", super::formats::integer_type(parts, format, self.config.types.integer))
            }
            (Kind::Array | Kind::Object, [first, ..]) if levels == 0 => first.at.to_string(),
            (Kind::Array | Kind::Object, _) => {
                let required = required(parts);
                let mut nested_checks = BTreeSet::new();
                for (wire, nodes) in properties(parts) {
                    let is_required = required.contains(wire.as_str());
                    let checks =
                        self.decoding_checks_of_nodes(&nodes, levels, is_outside_arrays && kind == Kind::Object);
                    // In a nested object, decoding checks only the required properties and the properties with an
                    // `enum` or `const`.
                    if levels == MAX_COMPARED_DEPTH || is_required || !self.listed_values(&nodes).is_empty() {
                        nested_checks.insert(format!("{wire:?} {is_required} {checks}"));
                    }
                }
                for part in parts {
                    let keywords = part.keywords();
                    if let Some(items) = &keywords.items {
                        nested_checks.insert(self.decoding_checks_of_nodes(
                            &[(items.into(), part.at.child("items"))],
                            levels,
                            false,
                        ));
                    }
                    match &keywords.additional_properties {
                        Some(AdditionalProperties::Schema(values)) => {
                            let at = part.at.child("additionalProperties");
                            nested_checks.insert(self.decoding_checks_of_nodes(
                                &[(values.as_ref().into(), at)],
                                levels,
                                false,
                            ));
                        }
                        Some(AdditionalProperties::Any(false)) if levels == MAX_COMPARED_DEPTH => {
                            nested_checks.insert("closed".to_owned());
                        }
                        _ => {}
                    }
                }
                format!("{nested_checks:?}")
            }
            (kind, _) => format!("{:?}", super::formats::scalar_type(kind, format)),
        };
        format!("{kind:?} {type_checks} {is_nullable} {enums:?}")
    }

    /// Returns the [decoding checks](Self::decoding_checks) of a nested value that must match several schemas.
    fn decoding_checks_of_nodes(
        &mut self,
        nodes: &[(Node<'a>, Pointer)],
        levels: usize,
        is_outside_arrays: bool,
    ) -> String {
        let mut parts = Vec::new();
        for (node, at) in nodes {
            parts.extend(self.parts(*node, at));
        }
        self.decoding_checks(&parts, levels - 1, is_outside_arrays)
    }
}

/// Renames the variants that have the name of their class, if another variant has the same name.
fn rename_class_variants(variants: &mut [UnionVariant], class_named: &[usize]) {
    let mut name_counts: HashMap<String, usize> = HashMap::new();
    variants.iter().for_each(|variant| *name_counts.entry(name_key(&variant.name)).or_default() += 1);
    for index in class_named {
        let name = &mut variants[*index].name;
        if name_counts.get(&name_key(name)).is_some_and(|count| *count > 1) {
            name.insert_str(0, "plain ");
        }
    }
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Bool => "boolean",
        Class::Integer => "integer",
        Class::Number => "number",
        Class::Format(name) => name,
        Class::String => "text",
        Class::Array => "list",
        Class::Map => "map",
        Class::Tuple => "tuple",
        Class::Tagged | Class::Record | Class::Any => "value",
    }
}
