//! Lowers component schemas. A component gets a type ID when a reference to it is lowered, and is itself lowered later.

use std::collections::{HashMap, HashSet};

use openapiv3::{OpenAPI, ReferenceOr, Schema};

use super::merged_schema::{SchemaPart, schema_keywords};
use crate::ir::{Constraint, Docs, Shape, TypeDef, TypeId, TypeRef};
use crate::lower::Lowering;
use crate::lower::budget::json_len;
use crate::lower::references::component_pointer;
use crate::lower::schema::{Node, Pending, has_own_keywords, is_small, parts_key, schema_docs};
use crate::normalize::name_key;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the type of a component. If the type does not exist yet, creates it and adds the component to the queue.
    pub(crate) fn component_type(&mut self, name: &str, node: Node<'a>) -> TypeId {
        if let Some(id) = self.component_types.get(name) {
            return *id;
        }
        let at = component_pointer("schemas", name);
        // A component that is only a reference to a schema in another file gives its name to the type of that schema.
        if let Node::Reference(reference) = node
            && self.components_by_reference.contains_key(reference)
            && let Some((target, schema)) = self.component_at(reference, &at)
        {
            let id = self.component_type(&target, Node::Item(schema));
            self.component_types.insert(name.to_owned(), id);
            return id;
        }
        if let Node::Item(schema) = node
            && let Some(id) =
                self.types_by_parts.get(&parts_key(&[SchemaPart { schema, at: at.clone(), uses_alternatives: true }]))
        {
            return *id;
        }
        let type_name = match name.starts_with('#') {
            true => match self.components_by_reference.get(name) {
                Some(component) => vec![(*component).clone()],
                None => self.name_of_location(&at, &[]),
            },
            false => vec![self.response_type_names.get(name).map_or(name, String::as_str).to_owned()],
        };
        let mut def = TypeDef {
            name: type_name,
            docs: Docs::default(),
            shape: Shape::Alias(TypeRef::Json),
            example: None,
            deprecated: false,
            is_personal: false,
            has_single_value: false,
            is_closed: false,
            allows_other_strings: false,
            derives: Vec::new(),
            is_request_type: false,
            origin: at.clone(),
        };
        if let Node::Item(schema) = node {
            def.docs = schema_docs(schema);
            def.example = schema.schema_data.example.clone();
            def.deprecated = schema.schema_data.deprecated;
        }
        let id = self.types.push(def);
        self.component_types.insert(name.to_owned(), id);
        self.pending.push_back(Pending::Component { id, node, at });
        id
    }

    /// Lowers a component, and sets the [`Shape`] of its type.
    pub(super) fn lower_component(&mut self, id: TypeId, node: Node<'a>, at: &Pointer) {
        if let Some(ty) = self.with_options(at, None) {
            self.types[id].shape = Shape::Alias(ty);
            return;
        }
        let schema = match node {
            Node::Item(schema) => schema,
            Node::Reference(reference) => {
                if let Some((target_name, schema)) = self.component_at(reference, at) {
                    let target = self.component_type(&target_name, Node::Item(schema));
                    self.types[id].shape = Shape::Alias(TypeRef::Named(target));
                }
                return;
            }
        };
        let name = self.types[id].name.clone();
        let all_of = schema_keywords(schema).all_of.as_slice();
        let is_alias = matches!(all_of, [ReferenceOr::Reference { .. }]) && !has_own_keywords(schema);
        if is_alias && !self.is_inherited_alternative(at) {
            if let Some(ty) = self.lower_node(node, at, &name).ty {
                self.types[id].shape = Shape::Alias(ty);
            }
            return;
        }
        if let Some(union) = self.inheritance_union(node, at) {
            self.types[id].shape = Shape::Union(union);
            return;
        }
        let mut parts = self.parts(node, at);
        if is_alias {
            // A subtype that adds no keywords would have the same parts, and so the same type, as its base type. Its
            // own schema makes the parts differ.
            parts.push(SchemaPart { schema, at: at.clone(), uses_alternatives: true });
        }
        let constraints = self.constraints_of(&parts);
        if let (Some(ty), _) = self.type_of_parts(&parts, at, &name, Some(id))
            && ty != TypeRef::Named(id)
        {
            self.types[id].shape = match ty {
                TypeRef::String if constraints.iter().any(Constraint::applies_to_strings) => {
                    Shape::Newtype(constraints)
                }
                ty => Shape::Alias(ty),
            };
        }
    }

    /// Creates a type for the values that match all schema parts. If `id` is not `None`, the type already exists. The
    /// caller sets the shape.
    pub(crate) fn create_type(
        &mut self,
        id: Option<TypeId>,
        name: &[String],
        parts: &[SchemaPart<'a>],
        at: &Pointer,
    ) -> TypeId {
        let id = id.unwrap_or_else(|| {
            let schema = parts.iter().find(|part| part.at == *at).or(parts.last()).map(|part| part.schema);
            let docs = schema.map(schema_docs).unwrap_or_default();
            let example = schema.and_then(|schema| schema.schema_data.example.as_ref()).filter(is_small).cloned();
            let name_len: usize = name.iter().map(String::len).sum();
            self.spend_bytes(docs.len() + example.as_ref().map_or(0, json_len) + name_len, at);
            self.types.push(TypeDef {
                name: name.to_vec(),
                docs,
                shape: Shape::Alias(TypeRef::Json),
                example,
                deprecated: schema.is_some_and(|schema| schema.schema_data.deprecated),
                is_personal: false,
                has_single_value: false,
                is_closed: false,
                allows_other_strings: false,
                derives: Vec::new(),
                is_request_type: false,
                origin: at.clone(),
            })
        });
        if !parts.is_empty() {
            self.types_by_parts.entry(parts_key(parts)).or_insert(id);
        }
        id
    }

    /// Returns the schema at the end of a chain of references, and its location. If `node` is a schema, returns this
    /// schema.
    pub(crate) fn schema_at(&mut self, node: Node<'a>, at: &Pointer) -> Option<(&'a Schema, Pointer)> {
        match node {
            Node::Item(schema) => Some((schema, at.clone())),
            Node::Reference(reference) => {
                if let Some(target) = self.schemas_by_reference.get(reference) {
                    return Some(target.clone());
                }
                let (name, schema) = self.component_at(reference, at)?;
                let target = (schema, component_pointer("schemas", &name));
                self.schemas_by_reference.insert(reference, target.clone());
                Some(target)
            }
        }
    }

    /// Returns the name and the schema of the component at the end of a chain of references.
    pub(super) fn component_at(&mut self, reference: &'a str, at: &Pointer) -> Option<(String, &'a Schema)> {
        let document = self.document;
        let schemas = document.components.as_ref().map(|components| &components.schemas);
        let name = self.target_name(reference, at, "schemas", schemas)?;
        let schema = schemas.and_then(|schemas| schemas.get(&name)).and_then(ReferenceOr::as_item)?;
        Some((name, schema))
    }
}

/// Returns the components that consist only of a reference to a schema outside of `components`, by the reference. If
/// several components have the same reference, returns the first.
pub(crate) fn components_by_reference(document: &OpenAPI) -> HashMap<&str, &String> {
    let mut names = HashMap::new();
    for (name, schema) in document.components.iter().flat_map(|components| &components.schemas) {
        if let ReferenceOr::Reference { reference } = schema
            && !name.starts_with('#')
            && reference.starts_with("#/")
            && !reference.starts_with("#/components/")
        {
            names.entry(reference.as_str()).or_insert(name);
        }
    }
    names
}

/// Returns the names of the types of components that are called `Foo-Output`, by the name of the component. If there is
/// also a component `Foo-Input`, the two are the response type and the request type of one model, and the response type is
/// called `Foo`. The result is empty for a component if another component is called `Foo`.
pub(crate) fn response_type_names(document: &OpenAPI) -> HashMap<&str, String> {
    let schemas = document.components.as_ref().map(|components| &components.schemas);
    let keys: HashSet<String> = schemas.into_iter().flatten().map(|(name, _)| name_key(name)).collect();
    let names = schemas.into_iter().flatten().filter_map(|(name, _)| {
        let base = name.strip_suffix("-Output")?;
        let has_request_type = schemas?.contains_key(&format!("{base}-Input"));
        (has_request_type && !keys.contains(&name_key(base))).then(|| (name.as_str(), base.to_owned()))
    });
    names.collect()
}
