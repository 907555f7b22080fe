//! Lowers schemas at the locations that use them: the type, and what else the schema describes.
//!
//! A component has its place in the arena as soon as something refers to it, and is described later, so that neither
//! cycles nor long chains of references are followed in depth.

pub(crate) mod alias_cycles;
pub(crate) mod constraints;
pub(crate) mod defaults;
pub(crate) mod enumeration;
pub(crate) mod formats;
pub(crate) mod inheritance;
pub(crate) mod merged_schema;
pub(crate) mod personal;
pub(crate) mod request_response_types;
pub(crate) mod tags;
pub(crate) mod type_builder;
pub(crate) mod union;
pub(crate) mod untagged_union;

use std::collections::{HashMap, HashSet};

use openapiv3::{OpenAPI, ReferenceOr, Schema};
use serde_json::Value;

use super::budget::json_len;
use super::references::component_pointer;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Constraint, Docs, Media, Shape, TypeDef, TypeId, TypeRef};
use crate::lower::Lowering;
use crate::parse::CONTENT_MEDIA_TYPE;
use crate::source::{FILE, Pointer};
use merged_schema::{Kind, Part, general};

/// The type of a value, and everything else that its schema describes.
#[derive(Debug, Default)]
pub(crate) struct Use {
    pub ty: Option<TypeRef>,
    pub nullable: bool,
    pub deprecated: bool,
    pub read_only: bool,
    pub write_only: bool,
    pub pii: bool,
    pub constraints: Vec<Constraint>,
    pub docs: Docs,
    pub json: bool,
    pub constant: Option<bool>,
    pub default: Option<Value>,
    pub example: Option<Value>,
}

impl Use {
    /// Returns the length of its documentation, patterns, default and example in bytes.
    fn text_len(&self) -> usize {
        let patterns =
            self.constraints.iter().map(|one| if let Constraint::Pattern(pattern) = one { pattern.len() } else { 0 });
        let values = self.default.iter().chain(&self.example).map(json_len);
        self.docs.len() + patterns.chain(values).sum::<usize>()
    }

    /// Returns the type, which includes `null` if this is allowed outside a property.
    pub fn whole(self) -> Option<TypeRef> {
        match (self.ty?, self.nullable) {
            (TypeRef::Json, _) => Some(TypeRef::Json),
            (ty, true) => Some(TypeRef::Nullable(Box::new(ty))),
            (ty, false) => Some(ty),
        }
    }
}

/// A schema, boxed or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Node<'s> {
    Reference(&'s str),
    Item(&'s Schema),
}

impl<'s> From<&'s ReferenceOr<Schema>> for Node<'s> {
    fn from(schema: &'s ReferenceOr<Schema>) -> Self {
        match schema {
            ReferenceOr::Reference { reference } => Self::Reference(reference),
            ReferenceOr::Item(schema) => Self::Item(schema),
        }
    }
}

impl<'s> From<&'s ReferenceOr<Box<Schema>>> for Node<'s> {
    fn from(schema: &'s ReferenceOr<Box<Schema>>) -> Self {
        match schema {
            ReferenceOr::Reference { reference } => Self::Reference(reference),
            ReferenceOr::Item(schema) => Self::Item(schema),
        }
    }
}

/// A type that something refers to and that is not lowered yet.
pub(crate) enum Pending<'a> {
    /// A component.
    Component { id: TypeId, node: Node<'a>, at: Pointer },
    /// An object with several schemas.
    Object { id: TypeId, parts: Vec<Part<'a>>, at: Pointer, name: Vec<String> },
}

/// The maximum nesting depth of schemas.
pub(crate) const DEEPEST: usize = 50;

impl<'a> Lowering<'a> {
    /// Lowers a schema together with all schemas that it refers to. `name` is the name of a
    /// type that is created here.
    pub(crate) fn used(&mut self, schema: impl Into<Node<'a>>, at: &Pointer, name: &[String]) -> Use {
        // A shared schema is named after itself, not after its first use.
        let shared = at.section().is_some_and(|section| section != "schemas");
        let found = match shared {
            true => self.node(schema.into(), at, &self.name_at(at, name)),
            false => self.node(schema.into(), at, name),
        };
        self.describe_pending();
        found
    }

    /// Lowers several schemas that a value must match.
    pub(crate) fn used_together(&mut self, nodes: &[(Node<'a>, Pointer)], at: &Pointer, name: &[String]) -> Use {
        let found = self.nodes(nodes, at, name);
        self.describe_pending();
        found
    }

    /// Lowers all component schemas, including unused ones.
    pub(crate) fn all_components(&mut self) {
        for (name, schema) in self.document.components.iter().flat_map(|components| &components.schemas) {
            self.component(name, schema.into());
        }
        self.describe_pending();
    }

    fn describe_pending(&mut self) {
        while let Some(pending) = self.pending.pop_front() {
            if self.steps_left.is_none() {
                self.pending.clear();
                return;
            }
            let marks = self.personal_marks;
            match pending {
                Pending::Component { id, node, at } => {
                    self.describe_component(id, node, &at);
                    let own = matches!(node, Node::Item(schema) if self.is_marked(schema));
                    self.types[id].pii |= own || self.personal_marks > marks;
                }
                Pending::Object { id, parts, at, name } => self.describe_object(id, &parts, &at, &name),
            }
            self.personal_marks = marks;
        }
        self.shorten_aliases();
    }

    /// Lowers a schema, without those that it refers to.
    pub(crate) fn node(&mut self, node: Node<'a>, at: &Pointer, name: &[String]) -> Use {
        if self.steps_left.is_none() {
            return Use::default();
        }
        if self.depth > DEEPEST {
            self.too_deep(at);
            return Use::default();
        }
        self.depth += 1;
        let marks = self.personal_marks;
        let mut found = match node {
            Node::Reference(reference) => self.referenced(reference, at),
            Node::Item(schema) => self.described(schema, at, name),
        };
        self.depth -= 1;
        found.pii |= self.personal_marks > marks;
        self.spend_bytes(found.text_len(), at);
        found
    }

    pub(crate) fn too_deep(&mut self, at: &Pointer) {
        let message = format!("schemas are nested more than {DEEPEST} levels deep");
        let help = "move some of them to `components.schemas`, and refer to them";
        self.error(code::TOO_DEEP, Location::Key(at.clone()), message, help);
    }

    /// Lowers several schemas of one value.
    pub(crate) fn nodes(&mut self, nodes: &[(Node<'a>, Pointer)], at: &Pointer, name: &[String]) -> Use {
        if let [(first, first_at), rest @ ..] = nodes
            && rest.iter().all(|(node, _)| node == first)
        {
            let name =
                if first_at.is_below(at) || first_at == at { name.to_vec() } else { self.name_at(first_at, name) };
            return self.node(*first, first_at, &name);
        }
        if self.steps_left.is_none() {
            return Use::default();
        }
        if self.depth > DEEPEST {
            self.too_deep(at);
            return Use::default();
        }
        self.depth += 1;
        let found = self.combined(nodes, at, name);
        self.depth -= 1;
        found
    }

    fn combined(&mut self, nodes: &[(Node<'a>, Pointer)], at: &Pointer, name: &[String]) -> Use {
        let marks = self.personal_marks;
        let (mut parts, mut seen) = (Vec::new(), HashSet::new());
        for (node, at) in nodes {
            parts.extend(self.parts(*node, at).into_iter().filter(|part| seen.insert(part.at.clone())));
        }
        if !self.spend(parts.len(), at) {
            return Use::default();
        }
        let mut found = Use { constraints: self.constraints_of(&parts), ..Use::default() };
        (found.ty, found.nullable) = self.built(&parts, at, name, None);
        for part in &parts {
            self.annotate(&mut found, part.schema);
            let default = self.default_among(part, &parts).filter(is_small);
            found.default = default.cloned().or(found.default);
        }
        found.nullable = parts.iter().all(|part| part.schema.schema_data.nullable);
        found.pii |= self.personal_marks > marks;
        self.spend_bytes(found.text_len(), at);
        found
    }

    fn described(&mut self, schema: &'a Schema, at: &Pointer, name: &[String]) -> Use {
        let any = general(schema);
        let mut found = match any.all_of.as_slice() {
            // In OpenAPI 3.0, an `allOf` with one schema adds keywords to a reference.
            [one @ ReferenceOr::Reference { .. }] if !says_more(schema) => {
                let mut found = self.node(one.into(), &at.child("allOf").child(0), name);
                found.constraints.extend(self.constraints(schema, at));
                found
            }
            _ => {
                let parts = self.parts(Node::Item(schema), at);
                let mut found = Use { constraints: self.constraints_of(&parts), ..Use::default() };
                (found.ty, found.nullable) = self.built(&parts, at, name, None);
                found
            }
        };
        if any.not.is_some() {
            let place = Location::Key(at.child("not"));
            let diagnostic =
                Diagnostic::warning(code::UNSUPPORTED_KEYWORD, place, "`not` is not supported and is ignored");
            self.diagnostics
                .push(diagnostic.help("remove it if no other tool uses it; the generated code does not check it"));
        }
        self.annotate(&mut found, schema);
        let data = &schema.schema_data;
        found.default = self.default_of(schema, at).cloned().or(found.default);
        found.example = data.example.clone().or(found.example);
        found
    }

    /// Adds the annotations of a schema.
    pub(crate) fn annotate(&mut self, found: &mut Use, schema: &Schema) {
        let data = &schema.schema_data;
        let docs = docs(schema);
        if !docs.is_empty() {
            found.docs = docs;
        }
        found.nullable |= data.nullable;
        found.deprecated |= data.deprecated;
        found.read_only |= data.read_only;
        found.write_only |= data.write_only;
        found.json |= holds_json(schema);
        if let [Value::Bool(only)] = general(schema).enumeration.as_slice() {
            found.constant = Some(*only);
        }
        if self.is_marked(schema) {
            found.pii = true;
            self.personal_marks += 1;
        }
        // Large annotations are kept only at the schema itself, not at each use.
        found.example = data.example.as_ref().filter(is_small).cloned().or(found.example.take());
    }

    /// Returns whether the values of a schema may be personal data. Passwords are treated as personal data.
    fn is_marked(&self, schema: &Schema) -> bool {
        let password = general(schema).format.as_deref() == Some("password");
        password || self.is_personal(&schema.schema_data.extensions)
    }

    fn referenced(&mut self, reference: &'a str, at: &Pointer) -> Use {
        let unresolved = || Use { ty: Some(TypeRef::Json), ..Use::default() };
        let Some(name) = self.component_name(reference, at, "schemas") else { return unresolved() };
        let Some((end, schema)) = self.component_at(reference, at) else { return unresolved() };
        let schemas = self.document.components.as_ref().map(|components| &components.schemas);
        let node = schemas.and_then(|schemas| schemas.get(&name)).map_or(Node::Item(schema), Node::from);
        let id = self.component(&name, node);
        let def = &self.types[id];
        let mut found = Use {
            ty: Some(TypeRef::Named(id)),
            docs: def.docs.clone(),
            example: def.example.as_ref().filter(is_small).cloned(),
            ..Use::default()
        };
        let at = component_pointer("schemas", &end);
        let docs = std::mem::take(&mut found.docs);
        self.annotate(&mut found, schema);
        found.default = self.default_of(schema, &at).filter(is_small).cloned();
        found.docs = docs;
        found.nullable = self.admits_null(schema, &at);
        let any = general(schema);
        // A string with a type of its own has its own constraints.
        if any.all_of.is_empty() && (Part { schema, at: at.clone(), open: true }).kind() != Kind::Text {
            found.constraints = self.constraints(schema, &at);
        }
        found
    }

    /// Returns whether the values of a schema may be `null`: those of the schema itself, or of one that it leads to through its
    /// alternatives or through an `allOf` of one schema.
    pub(crate) fn admits_null(&mut self, schema: &'a Schema, at: &Pointer) -> bool {
        // Each schema, and the place in the list of the one that has led to it.
        let mut met: Vec<(&'a Schema, Pointer, usize)> = vec![(schema, at.clone(), 0)];
        let mut seen: HashSet<Pointer> = [at.clone()].into();
        let mut next = 0;
        while let Some((schema, at, _)) = met.get(next).cloned() {
            let part = Part { schema, at, open: true };
            let known = self.null.get(&part.at).copied();
            if known == Some(true) || schema.schema_data.nullable || part.kind() == Kind::Null {
                let mut way = next;
                while let Some((_, at, above)) = met.get(way) {
                    self.null.insert(at.clone(), true);
                    way = if way == 0 { usize::MAX } else { *above };
                }
                return true;
            }
            let any = part.any();
            let below = match (any.all_of.as_slice(), part.kind(), part.choices()) {
                _ if known.is_some() => None,
                (one @ [_], Kind::Any, _) => Some(("allOf", one)),
                (_, _, choices) => choices,
            };
            if let Some((keyword, nodes)) = below {
                for (index, node) in nodes.iter().enumerate() {
                    let at = part.at.child(keyword).child(index);
                    if let Some((schema, at)) = self.schema_at(node.into(), &at)
                        && seen.insert(at.clone())
                    {
                        met.push((schema, at, next));
                    }
                }
            }
            next += 1;
        }
        self.null.extend(met.into_iter().map(|(_, at, _)| (at, false)));
        false
    }

    /// Returns the type of a component.
    pub(crate) fn component(&mut self, name: &str, node: Node<'a>) -> TypeId {
        if let Some(id) = self.components.get(name) {
            return *id;
        }
        let at = component_pointer("schemas", name);
        // A component that refers to a schema in another file gives that schema its name.
        if let Node::Reference(reference) = node
            && self.named_elsewhere.contains_key(reference)
            && let Some((target, schema)) = self.component_at(reference, &at)
        {
            let id = self.component(&target, Node::Item(schema));
            self.components.insert(name.to_owned(), id);
            return id;
        }
        if let Node::Item(schema) = node
            && let Some(id) = self.known.get(&key(&[Part { schema, at: at.clone(), open: true }]))
        {
            return *id;
        }
        let wire = match name.starts_with('#') {
            true => match self.named_elsewhere.get(name) {
                Some(component) => vec![(*component).clone()],
                None => self.name_at(&at, &[]),
            },
            false => vec![name.to_owned()],
        };
        let mut def = TypeDef {
            name: wire,
            docs: Docs::default(),
            shape: Shape::Alias(TypeRef::Json),
            example: None,
            deprecated: false,
            pii: false,
            has_single_value: false,
            is_request_type: false,
            origin: at.clone(),
        };
        if let Node::Item(schema) = node {
            def.docs = docs(schema);
            def.example = schema.schema_data.example.clone();
            def.deprecated = schema.schema_data.deprecated;
        }
        let id = self.types.push(def);
        self.components.insert(name.to_owned(), id);
        self.pending.push_back(Pending::Component { id, node, at });
        id
    }

    fn describe_component(&mut self, id: TypeId, node: Node<'a>, at: &Pointer) {
        let schema = match node {
            Node::Item(schema) => schema,
            // In a chain of references, only the last one has a schema.
            Node::Reference(reference) => {
                if let Some((end, schema)) = self.component_at(reference, at) {
                    self.types[id].shape = Shape::Alias(TypeRef::Named(self.component(&end, Node::Item(schema))));
                }
                return;
            }
        };
        let name = self.types[id].name.clone();
        let composed =
            matches!(general(schema).all_of.as_slice(), [ReferenceOr::Reference { .. }]) && !says_more(schema);
        if composed && !self.is_heir(at) {
            if let Some(ty) = self.node(node, at, &name).ty {
                self.types[id].shape = Shape::Alias(ty);
            }
            return;
        }
        if let Some(union) = self.inherited(node, at) {
            self.types[id].shape = Shape::Union(union);
            return;
        }
        let mut parts = self.parts(node, at);
        if composed {
            // A subtype without additions is still a type of its own.
            parts.push(Part { schema, at: at.clone(), open: true });
        }
        let constraints = self.constraints_of(&parts);
        if let (Some(ty), _) = self.built(&parts, at, &name, Some(id))
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

    /// Creates a type; `id` is its id, if it has one already.
    pub(crate) fn define(&mut self, id: Option<TypeId>, name: &[String], parts: &[Part<'a>], at: &Pointer) -> TypeId {
        let id = id.unwrap_or_else(|| {
            let own = parts.iter().find(|part| part.at == *at).or(parts.last()).map(|part| part.schema);
            let docs = own.map(docs).unwrap_or_default();
            let example = own.and_then(|schema| schema.schema_data.example.as_ref()).filter(is_small).cloned();
            let name_len: usize = name.iter().map(String::len).sum();
            self.spend_bytes(docs.len() + example.as_ref().map_or(0, json_len) + name_len, at);
            self.types.push(TypeDef {
                name: name.to_vec(),
                docs,
                shape: Shape::Alias(TypeRef::Json),
                example,
                deprecated: own.is_some_and(|schema| schema.schema_data.deprecated),
                pii: false,
                has_single_value: false,
                is_request_type: false,
                origin: at.clone(),
            })
        });
        if !parts.is_empty() {
            self.known.entry(key(parts)).or_insert(id);
        }
        id
    }

    /// Returns the name of a schema at a location: the name of its container, and the path from there.
    pub(crate) fn name_at(&self, at: &Pointer, otherwise: &[String]) -> Vec<String> {
        let keys: Vec<String> = at.keys().collect();
        let (mut name, mut rest) = match keys.as_slice() {
            [components, schemas, name, rest @ ..] if components == "components" && schemas == "schemas" => {
                (vec![name.clone()], rest)
            }
            [components, section, name, rest @ ..] if components == "components" => {
                let word = match section.as_str() {
                    "responses" => "response",
                    "requestBodies" => "body",
                    _ => "",
                };
                let said = word.is_empty() || name.to_lowercase().ends_with(word);
                (if said { vec![name.clone()] } else { vec![name.clone(), word.to_owned()] }, rest)
            }
            [file, rest @ ..] if file.starts_with(FILE) => {
                let stem = file.rsplit(['/', FILE]).next().unwrap_or_default();
                let stem = stem.split('.').next().unwrap_or_default();
                match rest {
                    [components, _, name, rest @ ..] if components == "components" => (vec![name.clone()], rest),
                    [defs, name, rest @ ..] if matches!(defs.as_str(), "$defs" | "definitions" | "schemas") => {
                        (vec![name.clone()], rest)
                    }
                    // A file with only named schemas.
                    [name, rest @ ..] if name != "properties" && name != "items" => (vec![name.clone()], rest),
                    rest => (vec![stem.to_owned()], rest),
                }
            }
            [paths, path, rest @ ..] if paths == "paths" => {
                let item = self.path_item(path);
                let method = rest.first().map(String::as_str).unwrap_or_default();
                let operation = item.and_then(|item| item.iter().find(|(found, _)| *found == method));
                let name = self.operation_names.get(&(path.as_str(), method)).cloned();
                let id = name.or_else(|| operation.and_then(|(_, operation)| operation.operation_id.clone()));
                (vec![id.unwrap_or_else(|| format!("{path} {method}"))], rest)
            }
            _ if !otherwise.is_empty() => return otherwise.to_vec(),
            [.., last] => return vec![last.clone()],
            [] => return vec!["document".to_owned()],
        };
        while let [key, after @ ..] = rest {
            rest = after;
            match (key.as_str(), after) {
                ("properties" | "$defs" | "definitions" | "headers", [wire, after @ ..]) => {
                    name.push(wire.clone());
                    rest = after;
                }
                ("items", _) => name.push("item".to_owned()),
                ("additionalProperties", _) => name.push("value".to_owned()),
                ("responses", [_, after @ ..]) => {
                    name.push("response".to_owned());
                    rest = after;
                }
                ("requestBody", _) => name.push("body".to_owned()),
                ("allOf" | "oneOf" | "anyOf", [_, after @ ..]) => rest = after,
                _ => {}
            }
        }
        name
    }

    /// Returns the schema at the end of a chain of references, and its location.
    pub(crate) fn schema_at(&mut self, node: Node<'a>, at: &Pointer) -> Option<(&'a Schema, Pointer)> {
        match node {
            Node::Item(schema) => Some((schema, at.clone())),
            Node::Reference(reference) => {
                if let Some(known) = self.targets.get(reference) {
                    return Some(known.clone());
                }
                let (name, schema) = self.component_at(reference, at)?;
                let found = (schema, component_pointer("schemas", &name));
                self.targets.insert(reference, found.clone());
                Some(found)
            }
        }
    }

    /// Returns the component at the end of a chain of references.
    fn component_at(&mut self, reference: &'a str, at: &Pointer) -> Option<(String, &'a Schema)> {
        let document = self.document;
        let schemas = document.components.as_ref().map(|components| &components.schemas);
        let name = self.end(reference, at, "schemas", schemas)?;
        let schema = schemas.and_then(|schemas| schemas.get(&name)).and_then(ReferenceOr::as_item)?;
        Some((name, schema))
    }
}

/// The schemas outside of the components that a component is a reference to, by that reference, and the name of the first
/// such component.
pub(crate) fn named_elsewhere(document: &OpenAPI) -> HashMap<&str, &String> {
    let mut named = HashMap::new();
    for (name, schema) in document.components.iter().flat_map(|components| &components.schemas) {
        if let ReferenceOr::Reference { reference } = schema
            && !name.starts_with('#')
            && reference.starts_with("#/")
            && !reference.starts_with("#/components/")
        {
            named.entry(reference.as_str()).or_insert(name);
        }
    }
    named
}

/// Returns whether a schema adds keywords to its only `allOf` part.
pub(crate) fn says_more(schema: &Schema) -> bool {
    let any = general(schema);
    let alternatives = !any.one_of.is_empty() || !any.any_of.is_empty();
    alternatives
        || !any.properties.is_empty()
        || any.additional_properties.is_some()
        || any.items.is_some()
        || !any.enumeration.is_empty()
        || !any.required.is_empty()
}

pub(crate) fn docs(schema: &Schema) -> Docs {
    let data = &schema.schema_data;
    // A title of one word is only a name.
    let title = data.title.as_deref().filter(|title| title.trim().contains(' '));
    crate::lower::described(None, data.description.as_deref().or(title), data.external_docs.as_ref())
}

/// Returns whether a value is small enough to be repeated.
fn is_small(value: &&Value) -> bool {
    const MOST: usize = 1_000;
    size(value, MOST) < MOST
}

/// The number of parts and of characters, in hundreds, of a value; they are counted up to `most`.
pub(crate) fn size(value: &Value, most: usize) -> usize {
    let (mut open, mut size) = (vec![value], 0);
    while let Some(value) = open.pop().filter(|_| size < most) {
        size += 1;
        match value {
            Value::String(text) => size += text.len() / 100,
            Value::Array(items) => open.extend(items.iter().take(most)),
            Value::Object(map) => open.extend(map.values().take(most)),
            _ => {}
        }
    }
    size
}

/// Returns the key of a type: the set of schemas that its values match.
pub(crate) fn key(parts: &[Part<'_>]) -> Vec<(Pointer, bool)> {
    let mut key: Vec<_> = parts.iter().map(|part| (part.at.clone(), part.choices().is_some())).collect();
    key.sort_unstable();
    key.dedup();
    key
}

pub(crate) fn below(name: &[String], part: &str) -> Vec<String> {
    name.iter().cloned().chain([part.to_owned()]).collect()
}

/// Returns whether a schema describes a string that contains JSON, by its `contentMediaType` or `format`.
fn holds_json(schema: &Schema) -> bool {
    let media_type = schema.schema_data.extensions.get(CONTENT_MEDIA_TYPE).and_then(Value::as_str);
    media_type.is_some_and(|name| Media::from_media_type(name) == Media::Json)
        || general(schema).format.as_deref() == Some("json")
}
