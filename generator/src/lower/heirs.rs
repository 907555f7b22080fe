//! Inheritance: a schema with a `discriminator` and no alternatives stands for those that are it and more, through
//! their `allOf`. Where it is referred to, its values are one of them.

use std::collections::HashMap;

use indexmap::IndexSet;
use openapiv3::{OpenAPI, ReferenceOr};

use super::Lowering;
use super::schema::{Node, component_pointer};
use super::view::{Part, general};
use crate::ir::{Choice, TypeRef, Union};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// What a component stands for, if that is those who inherit from it.
    pub(super) fn inherited(&mut self, node: Node<'a>, at: &Pointer) -> Option<Union> {
        let (Node::Item(schema), Some(own)) = (node, at.component("schemas")) else { return None };
        let discriminator = schema.schema_data.discriminator.as_ref()?;
        if !general(schema).one_of.is_empty() || !general(schema).any_of.is_empty() {
            return None;
        }
        let mut heirs = self.heirs(&own);
        if heirs.is_empty() {
            return None;
        }
        let owner = Part { schema, at: at.clone(), open: true };
        let mut mapped: Vec<(&String, String)> = Vec::new();
        for (value, target) in &discriminator.mapping {
            // What leads nowhere has been reported by those who look at the references.
            mapped.extend(self.mapped(target, &owner).and_then(|to| Some((value, to.component("schemas")?))));
        }
        heirs.extend(mapped.iter().map(|(_, name)| name.clone()));
        heirs.shift_remove(&own);
        // Without a mapping, any of them goes by its name, and so does the schema itself.
        if mapped.is_empty() || mapped.iter().any(|(_, name)| *name == own) {
            heirs.insert(own);
        }
        let mut variants: Vec<Choice> = Vec::new();
        for name in heirs {
            let mut tags: Vec<String> =
                mapped.iter().filter(|(_, to)| *to == name).map(|(value, _)| (*value).clone()).collect();
            if tags.is_empty() {
                tags.push(name.clone());
            }
            tags.retain(|tag| !variants.iter().any(|known| known.tags.contains(tag)));
            if let Some(ty) = self.heir(&name).filter(|_| !tags.is_empty()) {
                variants.push(Choice { ty, tags, origin: component_pointer(&name), name });
            }
        }
        Some(Union { tag: Some(discriminator.property_name.clone()), variants })
    }

    /// The components that refer to one in their `allOf`, or to another that does, in the order of the document.
    fn heirs(&mut self, name: &str) -> IndexSet<String> {
        let document = self.document;
        let children = self.children.get_or_insert_with(|| children(document));
        let (mut heirs, mut open) = (IndexSet::new(), vec![name]);
        while let Some(next) = open.pop() {
            open.extend(children.get(next).into_iter().flatten().filter(|child| heirs.insert((**child).to_owned())));
        }
        let schemas = document.components.as_ref().map(|components| &components.schemas);
        heirs.sort_by_key(|name| schemas.and_then(|schemas| schemas.get_index_of(name)));
        heirs
    }

    /// The type of one of those: the object itself, where the component stands for its own heirs.
    fn heir(&mut self, name: &str) -> Option<TypeRef> {
        let document = self.document;
        let node = Node::from(document.components.as_ref()?.schemas.get(name)?);
        let at = component_pointer(name);
        let stands_for_others = matches!(node, Node::Item(schema) if schema.schema_data.discriminator.is_some())
            && !self.heirs(name).is_empty();
        if !stands_for_others {
            return Some(TypeRef::Named(self.component(name, node)));
        }
        let parts = self.parts(node, &at);
        self.built(&parts, &at, &[name.to_owned(), "base".to_owned()], None).0
    }
}

/// The components that refer to each in their `allOf`.
fn children(document: &OpenAPI) -> HashMap<String, Vec<&str>> {
    let mut children: HashMap<String, Vec<&str>> = HashMap::new();
    let schemas = document.components.iter().flat_map(|components| &components.schemas);
    for (child, schema) in schemas.filter_map(|(name, schema)| Some((name, schema.as_item()?))) {
        let references = general(schema).all_of.iter().filter_map(|part| match part {
            ReferenceOr::Reference { reference } => Pointer::from_reference(reference)?.component("schemas"),
            ReferenceOr::Item(_) => None,
        });
        references.for_each(|parent| children.entry(parent).or_default().push(child));
    }
    children
}
