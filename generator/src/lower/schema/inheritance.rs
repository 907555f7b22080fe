//! Lowers inheritance: a schema with a `discriminator` and no alternatives becomes a union of itself and its subtypes,
//! which are the schemas whose `allOf` refers to it.

use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;
use openapiv3::{OpenAPI, ReferenceOr, Schema};
use serde_json::Value;

use super::merged_schema::general;
use crate::ir::{TypeRef, Union, UnionVariant};
use crate::lower::Lowering;
use crate::lower::references::component_pointer;
use crate::lower::schema::{DEEPEST, Node};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the union of a component and its subtypes, if it is the base of an inheritance.
    pub(crate) fn inherited(&mut self, node: Node<'a>, at: &Pointer) -> Option<Union> {
        let (Node::Item(schema), Some(own)) = (node, at.component("schemas")) else { return None };
        let discriminator = schema.schema_data.discriminator.as_ref()?;
        if !general(schema).one_of.is_empty() || !general(schema).any_of.is_empty() {
            return None;
        }
        let mut heirs = self.heirs(&own);
        if heirs.is_empty() {
            return None;
        }
        if !self.spend(heirs.len() + discriminator.mapping.len(), at) {
            return None;
        }
        let mut mapped: HashMap<String, Vec<&String>> = HashMap::new();
        for (value, target) in &discriminator.mapping {
            // Unresolved references are reported elsewhere.
            if let Some(name) = self.mapped(target, &HashSet::new()).and_then(|to| to.component("schemas")) {
                let name = behind(self.document, name);
                heirs.insert(name.clone());
                mapped.entry(name).or_default().push(value);
            }
        }
        heirs.shift_remove(&own);
        // If the property has an `enum` without any of these values, it is not a discriminator.
        let property = &discriminator.property_name;
        let parts = self.parts(node, at);
        let listed = self.constants(&parts, property);
        let own_tag = self.tag_value(&parts, property, &own);
        // The schema itself goes by its name; where all others are mapped and it is not, a value may lack the property.
        let itself = mapped.contains_key(&own) || listed.is_empty() || listed.contains(&own_tag);
        let unmapped = itself && !mapped.is_empty() && !mapped.contains_key(&own);
        if itself {
            heirs.insert(own.clone());
        }
        let (mut told, mut taken): (Vec<(String, Vec<Value>)>, HashSet<Value>) = Default::default();
        for name in heirs {
            let mapped = mapped.get(&name).into_iter().flatten();
            let mut tags: Vec<Value> = mapped.map(|value| self.tag_value(&parts, property, value)).collect();
            if tags.is_empty() {
                tags = self.own_values(&name, at, property);
            }
            tags.retain(|tag| !taken.contains(tag));
            if unmapped && name == own {
                tags.insert(0, Value::Null);
            }
            taken.extend(tags.iter().cloned());
            told.push((name, tags));
        }
        let listed_tags: HashSet<&Value> = listed.iter().collect();
        if !listed.is_empty() && !told.iter().flat_map(|(_, tags)| tags).any(|tag| listed_tags.contains(tag)) {
            return None;
        }
        let mut variants = Vec::new();
        for (name, tags) in told.into_iter().filter(|(_, tags)| !tags.is_empty()) {
            if let Some(ty) = self.heir(&name) {
                let (constraints, constants, origin) = (Vec::new(), Vec::new(), component_pointer("schemas", &name));
                variants.push(UnionVariant { ty, constraints, tags, constants, closed: false, origin, name });
            }
        }
        Some(Union { tag: Some(property.clone()), variants })
    }

    /// Returns whether the base of a component is a union that includes the component.
    pub(crate) fn is_heir(&mut self, at: &Pointer) -> bool {
        let document = self.document;
        let family = self.family.get_or_insert_with(|| Family::of(document));
        at.component("schemas").is_some_and(|name| family.heirs.contains(name.as_str()))
    }

    /// Returns the discriminator values of a component: those that it lists itself, or its name.
    fn own_values(&mut self, name: &str, parent: &Pointer, property: &str) -> Vec<Value> {
        let at = component_pointer("schemas", name);
        let document = self.document;
        let schema = document.components.as_ref().and_then(|components| components.schemas.get(name));
        let mut parts = schema.map(|schema| self.parts(schema.into(), &at)).unwrap_or_default();
        parts.retain(|part| part.at != *parent);
        match self.constants(&parts, property) {
            values if values.is_empty() => vec![name.into()],
            values => values,
        }
    }

    /// Returns the direct and indirect subtypes of a component, in the order of the document.
    fn heirs(&mut self, name: &str) -> IndexSet<String> {
        let document = self.document;
        let family = self.family.get_or_insert_with(|| Family::of(document));
        let mut heirs = IndexSet::new();
        family.below(name, |heir| heirs.insert(heir.to_owned()));
        let schemas = document.components.as_ref().map(|components| &components.schemas);
        heirs.sort_by_key(|name| schemas.and_then(|schemas| schemas.get_index_of(name)));
        heirs
    }

    /// Returns the type of a subtype. For the base, this is the object itself.
    fn heir(&mut self, name: &str) -> Option<TypeRef> {
        let document = self.document;
        let node = Node::from(document.components.as_ref()?.schemas.get(name)?);
        let at = component_pointer("schemas", name);
        let family = self.family.get_or_insert_with(|| Family::of(document));
        let stands_for_others = matches!(node, Node::Item(schema) if schema.schema_data.discriminator.is_some())
            && family.children.contains_key(name);
        if !stands_for_others {
            return Some(TypeRef::Named(self.component(name, node)));
        }
        let parts = self.parts(node, &at);
        self.built(&parts, &at, &[name.to_owned(), "base".to_owned()], None).0
    }
}

/// The inheritance between components.
pub(crate) struct Family<'a> {
    /// The direct subtypes of each component.
    children: HashMap<String, Vec<&'a str>>,
    /// The direct and indirect subtypes of components with a discriminator.
    heirs: HashSet<&'a str>,
}

impl<'a> Family<'a> {
    fn of(document: &'a OpenAPI) -> Self {
        let mut family = Self { children: HashMap::new(), heirs: HashSet::new() };
        let schemas = document.components.iter().flat_map(|components| &components.schemas);
        let schemas = schemas.filter_map(|(name, schema)| Some((name, schema.as_item()?)));
        for (child, schema) in schemas.clone() {
            let references = general(schema).all_of.iter().filter_map(component);
            references.for_each(|parent| family.children.entry(behind(document, parent)).or_default().push(child));
        }
        let mut heirs = HashSet::new();
        for (name, _) in schemas.filter(|(_, schema)| schema.schema_data.discriminator.is_some()) {
            family.below(name, |heir| heirs.insert(heir));
        }
        family.heirs = heirs;
        family
    }

    /// Visits the subtypes of a component, and those of each subtype that is `new`.
    fn below(&self, name: &str, mut new: impl FnMut(&'a str) -> bool) {
        let mut open: Vec<&Vec<&'a str>> = self.children.get(name).into_iter().collect();
        while let Some(children) = open.pop() {
            let new = children.iter().filter(|child| new(child));
            open.extend(new.filter_map(|child| self.children.get(*child)));
        }
    }
}

/// Resolves a component that is an alias of another one.
fn behind(document: &OpenAPI, mut name: String) -> String {
    let schemas = document.components.as_ref().map(|components| &components.schemas);
    for _ in 0..DEEPEST {
        match schemas.and_then(|schemas| component(schemas.get(&name)?)) {
            Some(next) => name = next,
            None => break,
        }
    }
    name
}

/// Returns the name of the component that a reference names.
fn component(schema: &ReferenceOr<Schema>) -> Option<String> {
    match schema {
        ReferenceOr::Reference { reference } => Pointer::from_reference(reference)?.component("schemas"),
        ReferenceOr::Item(_) => None,
    }
}
