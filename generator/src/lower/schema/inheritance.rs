//! Lowers inheritance. A schema with a `discriminator` and no alternatives becomes a union of the schema and its
//! subtypes. The subtypes of a schema are the schemas whose `allOf` refers to this schema.

use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;
use openapiv3::{OpenAPI, ReferenceOr, Schema};
use serde_json::Value;

use super::merged_schema::schema_keywords;
use crate::ir::{TypeRef, Union, UnionVariant};
use crate::lower::Lowering;
use crate::lower::references::component_pointer;
use crate::lower::schema::{MAX_NESTING_DEPTH, Node};
use crate::parse::DEFAULT_MAPPING;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the union of a component and its subtypes, or `None` if the component has no discriminator or no
    /// subtypes.
    pub(crate) fn inheritance_union(&mut self, node: Node<'a>, at: &Pointer) -> Option<Union> {
        let (Node::Item(schema), Some(base_name)) = (node, at.component("schemas")) else { return None };
        let discriminator = schema.schema_data.discriminator.as_ref()?;
        if !schema_keywords(schema).one_of.is_empty() || !schema_keywords(schema).any_of.is_empty() {
            return None;
        }
        let mut subtypes = self.subtypes(&base_name);
        if subtypes.is_empty() {
            return None;
        }
        if !self.spend(subtypes.len() + discriminator.mapping.len(), at) {
            return None;
        }
        let mut mapped_values: HashMap<String, Vec<&String>> = HashMap::new();
        for (value, target) in &discriminator.mapping {
            let pointer = self.mapping_target(target, &HashSet::new());
            let Some(name) = pointer.and_then(|pointer| pointer.component("schemas")) else {
                self.warn_unresolved_mapping(at, value, target, "name a schema of the components");
                continue;
            };
            let name = resolve_alias(self.document, name);
            subtypes.insert(name.clone());
            mapped_values.entry(name).or_default().push(value);
        }
        subtypes.shift_remove(&base_name);
        let property = &discriminator.property_name;
        let parts = self.parts(node, at);
        let listed_values = self.constant_values(&parts, property);
        let base_tag = self.tag_value(&parts, property, &base_name);
        let includes_base =
            mapped_values.contains_key(&base_name) || listed_values.is_empty() || listed_values.contains(&base_tag);
        // If the mapping lists subtypes but not the base type, an object of the base type may lack the discriminator
        // property.
        let base_may_lack_tag = includes_base && !mapped_values.is_empty() && !mapped_values.contains_key(&base_name);
        if includes_base {
            subtypes.insert(base_name.clone());
        }
        let mut tags_by_subtype: Vec<(String, Vec<Value>)> = Vec::new();
        let mut used_tags: HashSet<Value> = HashSet::new();
        for name in subtypes {
            let values = mapped_values.get(&name).into_iter().flatten();
            let mut tags: Vec<Value> = values.map(|value| self.tag_value(&parts, property, value)).collect();
            if tags.is_empty() {
                tags = self.discriminator_values(&name, at, property);
            }
            tags.retain(|tag| !used_tags.contains(tag));
            if base_may_lack_tag && name == base_name {
                tags.insert(0, Value::Null);
            }
            used_tags.extend(tags.iter().cloned());
            tags_by_subtype.push((name, tags));
        }
        // If the property has an `enum` without the values of the subtypes, the property is not a discriminator.
        let listed_tags: HashSet<&Value> = listed_values.iter().collect();
        let mut tags = tags_by_subtype.iter().flat_map(|(_, tags)| tags);
        if !listed_values.is_empty() && !tags.any(|tag| listed_tags.contains(tag)) {
            return None;
        }
        let default = discriminator.extensions.get(DEFAULT_MAPPING).and_then(Value::as_str);
        let default = default.and_then(|target| self.mapping_target(target, &HashSet::new()));
        let mut variants = Vec::new();
        for (name, tags) in tags_by_subtype.into_iter().filter(|(_, tags)| !tags.is_empty()) {
            if let Some(ty) = self.variant_type(&name) {
                let (constraints, constants, origin) = (Vec::new(), Vec::new(), component_pointer("schemas", &name));
                let is_default = default.as_ref() == Some(&origin);
                variants.push(UnionVariant {
                    ty,
                    constraints,
                    tags,
                    is_default,
                    constants,
                    is_closed: false,
                    origin,
                    name,
                });
            }
        }
        Some(Union { tag: Some(property.clone()), variants })
    }

    /// Returns whether a component is a subtype of a component with a discriminator.
    pub(crate) fn is_inherited_alternative(&mut self, at: &Pointer) -> bool {
        let document = self.document;
        let inheritance = self.inheritance.get_or_insert_with(|| Inheritance::new(document));
        at.component("schemas").is_some_and(|name| inheritance.discriminated_subtypes.contains(name.as_str()))
    }

    /// Returns the discriminator values of a subtype. These are the values that its schema lists for the property, or
    /// else its name.
    fn discriminator_values(&mut self, name: &str, base: &Pointer, property: &str) -> Vec<Value> {
        let at = component_pointer("schemas", name);
        let document = self.document;
        let schema = document.components.as_ref().and_then(|components| components.schemas.get(name));
        let mut parts = schema.map(|schema| self.parts(schema.into(), &at)).unwrap_or_default();
        parts.retain(|part| part.at != *base);
        match self.constant_values(&parts, property) {
            values if values.is_empty() => vec![name.into()],
            values => values,
        }
    }

    /// Returns the direct and indirect subtypes of a component, in the order of the document.
    fn subtypes(&mut self, name: &str) -> IndexSet<String> {
        let document = self.document;
        let inheritance = self.inheritance.get_or_insert_with(|| Inheritance::new(document));
        let mut subtypes = IndexSet::new();
        inheritance.visit_subtypes(name, |subtype| subtypes.insert(subtype.to_owned()));
        let schemas = document.components.as_ref().map(|components| &components.schemas);
        subtypes.sort_by_key(|name| schemas.and_then(|schemas| schemas.get_index_of(name)));
        subtypes
    }

    /// Returns the type of the variant for a component. If the component becomes a union of its subtypes, the type is
    /// an object with the properties of the component itself.
    fn variant_type(&mut self, name: &str) -> Option<TypeRef> {
        let document = self.document;
        let node = Node::from(document.components.as_ref()?.schemas.get(name)?);
        let at = component_pointer("schemas", name);
        let inheritance = self.inheritance.get_or_insert_with(|| Inheritance::new(document));
        let is_union = matches!(node, Node::Item(schema) if schema.schema_data.discriminator.is_some())
            && inheritance.direct_subtypes.contains_key(name);
        if !is_union {
            return Some(TypeRef::Named(self.component_type(name, node)));
        }
        let parts = self.parts(node, &at);
        self.type_of_parts(&parts, &at, &[name.to_owned(), "base".to_owned()], None).0
    }
}

/// The inheritance relations between components.
pub(crate) struct Inheritance<'a> {
    /// The direct subtypes of each component.
    direct_subtypes: HashMap<String, Vec<&'a str>>,
    /// The direct and indirect subtypes of all components with a discriminator.
    discriminated_subtypes: HashSet<&'a str>,
}

impl<'a> Inheritance<'a> {
    fn new(document: &'a OpenAPI) -> Self {
        let mut inheritance = Self { direct_subtypes: HashMap::new(), discriminated_subtypes: HashSet::new() };
        let schemas = document.components.iter().flat_map(|components| &components.schemas);
        let schemas = schemas.filter_map(|(name, schema)| Some((name, schema.as_item()?)));
        for (subtype, schema) in schemas.clone() {
            for base in schema_keywords(schema).all_of.iter().filter_map(referenced_component) {
                let base = resolve_alias(document, base);
                inheritance.direct_subtypes.entry(base).or_default().push(subtype);
            }
        }
        let mut discriminated_subtypes = HashSet::new();
        for (name, _) in schemas.filter(|(_, schema)| schema.schema_data.discriminator.is_some()) {
            inheritance.visit_subtypes(name, |subtype| discriminated_subtypes.insert(subtype));
        }
        inheritance.discriminated_subtypes = discriminated_subtypes;
        inheritance
    }

    /// Calls `visit` with each direct subtype of a component. If `visit` returns `true`, also visits the subtypes of
    /// this subtype.
    fn visit_subtypes(&self, name: &str, mut visit: impl FnMut(&'a str) -> bool) {
        let mut unvisited: Vec<&Vec<&'a str>> = self.direct_subtypes.get(name).into_iter().collect();
        while let Some(subtypes) = unvisited.pop() {
            let new_subtypes = subtypes.iter().filter(|subtype| visit(subtype));
            unvisited.extend(new_subtypes.filter_map(|subtype| self.direct_subtypes.get(*subtype)));
        }
    }
}

/// Returns the component at the end of a chain of references that begins at a component.
fn resolve_alias(document: &OpenAPI, mut name: String) -> String {
    let schemas = document.components.as_ref().map(|components| &components.schemas);
    for _ in 0..MAX_NESTING_DEPTH {
        match schemas.and_then(|schemas| referenced_component(schemas.get(&name)?)) {
            Some(target) => name = target,
            None => break,
        }
    }
    name
}

/// Returns the name of the component that a reference refers to.
fn referenced_component(schema: &ReferenceOr<Schema>) -> Option<String> {
    match schema {
        ReferenceOr::Reference { reference } => Pointer::from_reference(reference)?.component("schemas"),
        ReferenceOr::Item(_) => None,
    }
}
