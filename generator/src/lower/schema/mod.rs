//! Lowers schemas to types, constraints and annotations.
//!
//! Components, and objects that combine several schemas, are added to a queue and lowered later. The depth of the stack
//! therefore does not depend on the length of a chain of references, and cycles need no special treatment.

pub(crate) mod alias_cycles;
pub(crate) mod components;
pub(crate) mod constraints;
pub(crate) mod content;
pub(crate) mod defaults;
pub(crate) mod enumeration;
pub(crate) mod formats;
pub(crate) mod inheritance;
pub(crate) mod merged_schema;
pub(crate) mod nullability;
pub(crate) mod overrides;
pub(crate) mod personal;
pub(crate) mod property_names;
pub(crate) mod request_response_types;
pub(crate) mod schema_names;
pub(crate) mod tags;
pub(crate) mod type_builder;
pub(crate) mod union;
pub(crate) mod untagged_union;
pub(crate) mod variant_names;

use std::collections::HashSet;

use openapiv3::{ReferenceOr, Schema};
use serde_json::Value;

use super::budget::json_len;
use super::references::component_pointer;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Constraint, Docs, TypeId, TypeRef};
use crate::lower::Lowering;
use crate::source::Pointer;
pub(crate) use components::components_by_reference;
use content::holds_json;
use merged_schema::{Kind, SchemaPart, schema_keywords};

/// The result of lowering a schema at a location: its type, its constraints and its annotations.
#[derive(Debug, Default)]
pub(crate) struct LoweredSchema {
    /// The type. `None` if an error in the schema has already been reported.
    pub ty: Option<TypeRef>,
    /// Whether the values may be `null`.
    pub nullable: bool,
    pub deprecated: bool,
    pub read_only: bool,
    pub write_only: bool,
    pub is_personal: bool,
    pub constraints: Vec<Constraint>,
    pub docs: Docs,
    /// Whether the values are strings that contain JSON.
    pub holds_json: bool,
    /// The type of the JSON in the strings.
    pub content: Option<TypeRef>,
    /// The only allowed value of a boolean.
    pub constant: Option<bool>,
    pub default: Option<Value>,
    pub example: Option<Value>,
}

impl LoweredSchema {
    /// Returns the length of the documentation, patterns, default and example in bytes.
    fn text_len(&self) -> usize {
        let pattern_lengths = self.constraints.iter().map(|constraint| match constraint {
            Constraint::Pattern(pattern) => pattern.len(),
            _ => 0,
        });
        let value_lengths = self.default.iter().chain(&self.example).map(json_len);
        self.docs.len() + pattern_lengths.chain(value_lengths).sum::<usize>()
    }

    /// Returns the type. If the values may be `null`, this is a `Nullable`.
    pub fn into_type(self) -> Option<TypeRef> {
        match (self.ty?, self.nullable) {
            (TypeRef::Json, _) => Some(TypeRef::Json),
            (ty, true) => Some(TypeRef::Nullable(Box::new(ty))),
            (ty, false) => Some(ty),
        }
    }
}

/// A reference to a schema, or a schema.
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

/// A type that has an ID but is not lowered yet.
pub(crate) enum Pending<'a> {
    Component {
        id: TypeId,
        node: Node<'a>,
        at: Pointer,
    },
    /// An object that must match several schemas.
    Object {
        id: TypeId,
        parts: Vec<SchemaPart<'a>>,
        at: Pointer,
        name: Vec<String>,
    },
}

/// The maximum nesting depth of schemas.
pub(crate) const MAX_NESTING_DEPTH: usize = 50;

impl<'a> Lowering<'a> {
    /// Lowers a schema and all schemas that it refers to. If a named type is created for the schema, this type is
    /// called `name`.
    pub(crate) fn lower_schema(&mut self, schema: impl Into<Node<'a>>, at: &Pointer, name: &[String]) -> LoweredSchema {
        // A schema in a shared component, such as a parameter, is named after the component, not after the operation.
        let is_in_component = at.section().is_some_and(|section| section != "schemas");
        let lowered = match is_in_component {
            true => self.lower_node(schema.into(), at, &self.name_of_location(at, name)),
            false => self.lower_node(schema.into(), at, name),
        };
        self.lower_pending();
        lowered
    }

    /// Lowers several schemas, all of which a value must match, and all schemas that they refer to.
    pub(crate) fn lower_schemas(
        &mut self,
        nodes: &[(Node<'a>, Pointer)],
        at: &Pointer,
        name: &[String],
    ) -> LoweredSchema {
        let lowered = self.lower_nodes(nodes, at, name);
        self.lower_pending();
        lowered
    }

    /// Lowers all component schemas, including unused ones.
    pub(crate) fn lower_all_components(&mut self) {
        for (name, schema) in self.document.components.iter().flat_map(|components| &components.schemas) {
            self.component_type(name, schema.into());
        }
        self.lower_pending();
    }

    /// Lowers the types in the queue, and the types that are added to the queue meanwhile.
    fn lower_pending(&mut self) {
        while let Some(pending) = self.pending.pop_front() {
            if self.steps_left.is_none() {
                self.pending.clear();
                return;
            }
            let earlier_marks = self.personal_marks;
            match pending {
                Pending::Component { id, node, at } => {
                    self.lower_component(id, node, &at);
                    let is_marked = matches!(node, Node::Item(schema) if self.is_marked(schema));
                    self.types[id].is_personal |= is_marked || self.personal_marks > earlier_marks;
                }
                Pending::Object { id, parts, at, name } => self.lower_properties(id, &parts, &at, &name),
            }
            self.personal_marks = earlier_marks;
        }
        self.shorten_aliases();
    }

    /// Lowers a schema. Adds the schemas that it refers to to the queue.
    pub(crate) fn lower_node(&mut self, node: Node<'a>, at: &Pointer, name: &[String]) -> LoweredSchema {
        if self.steps_left.is_none() {
            return LoweredSchema::default();
        }
        if self.depth > MAX_NESTING_DEPTH {
            self.report_too_deep(at);
            return LoweredSchema::default();
        }
        self.depth += 1;
        let earlier_marks = self.personal_marks;
        let mut lowered = match node {
            Node::Reference(reference) => self.lower_reference(reference, at),
            Node::Item(schema) => self.lower_inline(schema, at, name),
        };
        self.depth -= 1;
        // A reference to a component has the type of the component, which may be an alias of a replacement.
        if !(matches!(node, Node::Reference(_)) && at.component("schemas").is_some()) {
            lowered.ty = self.with_options(at, lowered.ty);
            self.check_integer(at, &lowered);
        }
        lowered.is_personal |= self.personal_marks > earlier_marks;
        self.spend_bytes(lowered.text_len(), at);
        lowered
    }

    /// Reports a schema that is nested more than [`MAX_NESTING_DEPTH`] levels deep.
    pub(crate) fn report_too_deep(&mut self, at: &Pointer) {
        let message = format!("schemas are nested more than {MAX_NESTING_DEPTH} levels deep");
        let help = "move some of the schemas to `components.schemas`, and refer to them";
        self.error(code::TOO_DEEP, Location::Key(at.clone()), message, help);
    }

    /// Lowers several schemas, all of which a value must match. Adds the schemas that they refer to to the queue.
    pub(crate) fn lower_nodes(
        &mut self,
        nodes: &[(Node<'a>, Pointer)],
        at: &Pointer,
        name: &[String],
    ) -> LoweredSchema {
        if let [(first, first_location), others @ ..] = nodes
            && others.iter().all(|(node, _)| node == first)
        {
            let name = if first_location.is_below(at) || first_location == at {
                name.to_vec()
            } else {
                self.name_of_location(first_location, name)
            };
            return self.lower_node(*first, first_location, &name);
        }
        if self.steps_left.is_none() {
            return LoweredSchema::default();
        }
        if self.depth > MAX_NESTING_DEPTH {
            self.report_too_deep(at);
            return LoweredSchema::default();
        }
        self.depth += 1;
        let mut lowered = self.lower_combined(nodes, at, name);
        self.depth -= 1;
        for at in nodes.iter().map(|(_, at)| at).chain([at]) {
            lowered.ty = self.with_options(at, lowered.ty);
            self.check_integer(at, &lowered);
        }
        lowered
    }

    /// Lowers several different schemas, all of which a value must match.
    fn lower_combined(&mut self, nodes: &[(Node<'a>, Pointer)], at: &Pointer, name: &[String]) -> LoweredSchema {
        let earlier_marks = self.personal_marks;
        let (mut parts, mut part_locations) = (Vec::new(), HashSet::new());
        for (node, at) in nodes {
            parts.extend(self.parts(*node, at).into_iter().filter(|part| part_locations.insert(part.at.clone())));
        }
        if !self.spend(parts.len(), at) {
            return LoweredSchema::default();
        }
        let mut lowered = LoweredSchema { constraints: self.constraints_of(&parts), ..LoweredSchema::default() };
        (lowered.ty, lowered.nullable) = self.type_of_parts(&parts, at, name, None);
        for part in &parts {
            self.add_annotations(&mut lowered, part.schema);
            let default = self.default_among(part, &parts).filter(is_small);
            lowered.default = default.cloned().or(lowered.default);
        }
        lowered.nullable = parts.iter().all(|part| part.schema.schema_data.nullable);
        lowered.is_personal |= self.personal_marks > earlier_marks;
        self.spend_bytes(lowered.text_len(), at);
        lowered
    }

    /// Lowers a schema that is not a reference.
    fn lower_inline(&mut self, schema: &'a Schema, at: &Pointer, name: &[String]) -> LoweredSchema {
        let keywords = schema_keywords(schema);
        let mut lowered = match keywords.all_of.as_slice() {
            // In OpenAPI 3.0, an `allOf` with only a reference adds a description or constraints to the reference.
            [reference @ ReferenceOr::Reference { .. }] if !has_own_keywords(schema) => {
                let mut lowered = self.lower_node(reference.into(), &at.child("allOf").child(0), name);
                lowered.constraints.extend(self.constraints(schema, at));
                lowered
            }
            _ => {
                let parts = self.parts(Node::Item(schema), at);
                let mut lowered =
                    LoweredSchema { constraints: self.constraints_of(&parts), ..LoweredSchema::default() };
                (lowered.ty, lowered.nullable) = self.type_of_parts(&parts, at, name, None);
                lowered
            }
        };
        if keywords.not.is_some() {
            let location = Location::Key(at.child("not"));
            let diagnostic =
                Diagnostic::warning(code::UNSUPPORTED_KEYWORD, location, "`not` is not supported and is ignored");
            self.diagnostics
                .push(diagnostic.help("remove it if no other tool uses it; the generated code does not check it"));
        }
        self.add_annotations(&mut lowered, schema);
        let data = &schema.schema_data;
        lowered.default = self.default_of(schema, at).cloned().or(lowered.default);
        lowered.example = data.example.clone().or(lowered.example);
        lowered
    }

    /// Adds the annotations of a schema, such as its description, to a lowered schema.
    pub(crate) fn add_annotations(&mut self, lowered: &mut LoweredSchema, schema: &Schema) {
        let data = &schema.schema_data;
        let docs = schema_docs(schema);
        if !docs.is_empty() {
            lowered.docs = docs;
        }
        lowered.nullable |= data.nullable;
        lowered.deprecated |= data.deprecated;
        lowered.read_only |= data.read_only;
        lowered.write_only |= data.write_only;
        lowered.holds_json |= holds_json(schema);
        if let [Value::Bool(constant)] = schema_keywords(schema).enumeration.as_slice() {
            lowered.constant = Some(*constant);
        }
        if self.is_marked(schema) {
            lowered.is_personal = true;
            self.personal_marks += 1;
        }
        // A large example would be repeated for each reference to the schema, so only the type of the schema has the
        // example.
        lowered.example = data.example.as_ref().filter(is_small).cloned().or(lowered.example.take());
    }

    /// Returns whether a schema is marked as personal data. Passwords are treated as personal data.
    fn is_marked(&self, schema: &Schema) -> bool {
        let is_password = schema_keywords(schema).format.as_deref() == Some("password");
        is_password || self.is_personal(&schema.schema_data.extensions)
    }

    /// Lowers a reference. The type is the type of the component, and the annotations are the annotations of the
    /// target.
    fn lower_reference(&mut self, reference: &'a str, at: &Pointer) -> LoweredSchema {
        let unresolved = || LoweredSchema { ty: Some(TypeRef::Json), ..LoweredSchema::default() };
        let Some(name) = self.component_name(reference, at, "schemas") else { return unresolved() };
        let Some((target_name, schema)) = self.component_at(reference, at) else { return unresolved() };
        let schemas = self.document.components.as_ref().map(|components| &components.schemas);
        let node = schemas.and_then(|schemas| schemas.get(&name)).map_or(Node::Item(schema), Node::from);
        let id = self.component_type(&name, node);
        let def = &self.types[id];
        let mut lowered = LoweredSchema {
            ty: Some(TypeRef::Named(id)),
            docs: def.docs.clone(),
            example: def.example.as_ref().filter(is_small).cloned(),
            ..LoweredSchema::default()
        };
        let at = component_pointer("schemas", &target_name);
        let docs = std::mem::take(&mut lowered.docs);
        self.add_annotations(&mut lowered, schema);
        lowered.default = self.default_of(schema, &at).filter(is_small).cloned();
        lowered.docs = docs;
        lowered.nullable = self.may_be_null(schema, &at);
        let keywords = schema_keywords(schema);
        // The generated type of a string component already checks the constraints.
        if keywords.all_of.is_empty()
            && (SchemaPart { schema, at: at.clone(), uses_alternatives: true }).kind() != Kind::String
        {
            lowered.constraints = self.constraints(schema, &at);
        }
        lowered
    }
}

/// Returns whether keywords other than `allOf` and `type` determine the type of a schema.
pub(crate) fn has_own_keywords(schema: &Schema) -> bool {
    let keywords = schema_keywords(schema);
    let has_alternatives = !keywords.one_of.is_empty() || !keywords.any_of.is_empty();
    has_alternatives
        || !keywords.properties.is_empty()
        || keywords.additional_properties.is_some()
        || merged_schema::has_patterns(schema)
        || keywords.items.is_some()
        || !keywords.enumeration.is_empty()
        || !keywords.required.is_empty()
}

/// Returns the documentation of a schema: its description, or its title if it has several words.
pub(crate) fn schema_docs(schema: &Schema) -> Docs {
    let data = &schema.schema_data;
    // A title of one word is only a name, not documentation.
    let title = data.title.as_deref().filter(|title| title.trim().contains(' '));
    crate::lower::docs_with_link(None, data.description.as_deref().or(title), data.external_docs.as_ref())
}

/// Returns whether a default or example is small enough to be repeated for each reference to its schema.
fn is_small(value: &&Value) -> bool {
    const MAX_REPEATED_SIZE: usize = 1_000;
    value_size(value, MAX_REPEATED_SIZE) < MAX_REPEATED_SIZE
}

/// Returns the number of values in a JSON value, including the value itself. Each 100 bytes of a string count as a
/// value. The count stops when it reaches `max`.
pub(crate) fn value_size(value: &Value, max: usize) -> usize {
    let (mut uncounted, mut size) = (vec![value], 0);
    while let Some(value) = uncounted.pop().filter(|_| size < max) {
        size += 1;
        match value {
            Value::String(text) => size += text.len() / 100,
            Value::Array(items) => uncounted.extend(items.iter().take(max)),
            Value::Object(map) => uncounted.extend(map.values().take(max)),
            _ => {}
        }
    }
    size
}

/// The locations of all schemas that the values of a type match. The flag of each schema says whether its `oneOf` or
/// `anyOf` is used.
pub(crate) type PartsKey = Vec<(Pointer, bool)>;

/// Returns the key of the type whose values match all schema parts.
pub(crate) fn parts_key(parts: &[SchemaPart<'_>]) -> PartsKey {
    let mut key: Vec<_> = parts.iter().map(|part| (part.at.clone(), part.alternatives().is_some())).collect();
    key.sort_unstable();
    key.dedup();
    key
}

/// Returns the name of a type inside another type.
pub(crate) fn nested_name(name: &[String], last_word: &str) -> Vec<String> {
    name.iter().cloned().chain([last_word.to_owned()]).collect()
}
