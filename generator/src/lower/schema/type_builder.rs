//! Builds scalars, arrays, tuples, maps and objects from schemas.

use std::collections::HashSet;

use openapiv3::AnySchema;
use serde_json::Value;

use super::alias_cycles::MAX_COLLECTION_DEPTH;
use super::formats::{integer_value, widened_integer};
use super::merged_schema::{Kind, SchemaPart, first_keyword, properties, required, schema_keywords};
use super::union::is_closed;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Docs, Field, Record, Shape, TypeId, TypeRef};
use crate::lower::Lowering;
use crate::lower::budget::STEPS_PER_COMBINED_TYPE;
use crate::lower::schema::{Node, Pending, nested_name, parts_key};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the type of the values that match all schema parts, and whether the values may be `null`. `id` is the ID
    /// of the type if the type already exists.
    pub(crate) fn type_of_parts(
        &mut self,
        parts: &[SchemaPart<'a>],
        at: &Pointer,
        name: &[String],
        id: Option<TypeId>,
    ) -> (Option<TypeRef>, bool) {
        if parts.is_empty() {
            return (None, false);
        }
        if !self.spend(parts.len(), at) {
            return (None, false);
        }
        if let (Some(existing), None) = (self.types_by_parts.get(&parts_key(parts)), id) {
            let is_nullable = parts.iter().all(|part| part.schema.schema_data.nullable);
            self.personal_marks += usize::from(self.types[*existing].is_personal);
            return (Some(TypeRef::Named(*existing)), is_nullable);
        }
        if parts.iter().any(|part| part.alternatives().is_some()) {
            return self.union_type(parts, at, name, id);
        }
        let kind = self.kind(parts);
        if matches!(kind, Kind::Integer | Kind::Number | Kind::String)
            && let Some(format) = first_keyword(parts, |keywords| keywords.format.as_deref())
        {
            self.formats.insert(at.clone(), format.to_owned());
        }
        if let Some(part) = parts.iter().find(|part| !part.keywords().enumeration.is_empty())
            && kind != Kind::Null
        {
            if !matches!(kind, Kind::Array | Kind::Object) {
                return (Some(self.enumeration(kind, parts, at, name, id)), false);
            }
            let location = Location::Key(part.at.child("enum"));
            let message = "an `enum` of arrays or objects is not supported and is ignored";
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, location, message);
            self.diagnostics.push(diagnostic.help("move the `enum` to the `items` to list the values of the items"));
        }
        let ty = match kind {
            Kind::Any => TypeRef::Json,
            Kind::Null => return (Some(TypeRef::Json), true),
            Kind::Bool => TypeRef::Bool,
            Kind::Integer | Kind::Number | Kind::String => self.scalar_type(kind, parts),
            Kind::Array => self.array_type(parts, at, name),
            Kind::Object => self.object_type(parts, at, name, id),
        };
        if ty.collection_depth() <= MAX_COLLECTION_DEPTH {
            return (Some(ty), false);
        }
        let id = self.create_type(id, name, parts, at);
        self.types[id].shape = Shape::Wrapper(ty);
        (Some(TypeRef::Named(id)), false)
    }

    /// Returns the type of a string or number. The type depends on `[formats]` in codegen.toml and on the format.
    fn scalar_type(&mut self, kind: Kind, parts: &[SchemaPart<'a>]) -> TypeRef {
        let format = first_keyword(parts, |keywords| keywords.format.as_deref());
        if let Some(format) = format {
            if let Some(configured) = self.config.formats.get(format) {
                return super::formats::configured_type(configured.get_ref());
            }
            if !super::formats::is_known(format)
                && let Some(part) = parts.iter().find(|part| part.keywords().format.is_some())
            {
                let location = Location::Value(part.at.child("format"));
                let message = format!("unknown format `{format}`");
                let help = format!("set the type of `{format}` under `[formats]` in codegen.toml");
                self.diagnostics
                    .push(Diagnostic::warning(code::UNKNOWN_FORMAT, location, message).label("ignored").help(help));
            }
        }
        match kind {
            Kind::Integer => super::formats::integer_type(parts, format, self.config.types.integer),
            kind => {
                parts.iter().for_each(|part| self.report_unread_integer(part));
                super::formats::scalar_type(kind, format)
            }
        }
    }

    /// Returns the type of an array.
    fn array_type(&mut self, parts: &[SchemaPart<'a>], at: &Pointer, name: &[String]) -> TypeRef {
        let items = |part: &SchemaPart<'a>| Some((Node::from(part.keywords().items.as_ref()?), part.at.child("items")));
        let items: Vec<_> = parts.iter().filter_map(items).collect();
        // The parser stores the `prefixItems` of an array as properties.
        let tuple = parts.iter().find(|part| !part.keywords().properties.is_empty());
        if let Some(tuple) = tuple {
            return self.tuple_type(tuple, items, at, name);
        }
        let item = match items.as_slice() {
            [] => TypeRef::Json,
            items => {
                let mut item = self.lower_nodes(items, &at.child("items"), &nested_name(name, "item"));
                let has_own_type = items.iter().any(|(node, at)| match node {
                    Node::Item(schema) => schema_keywords(schema).format.is_some() || self.replaces_type(at),
                    Node::Reference(_) => true,
                });
                let data = parts.iter().map(|part| &part.schema.schema_data).filter(|_| !has_own_type);
                let values = data.flat_map(|data| data.default.iter().chain(&data.example));
                let values = values.filter_map(Value::as_array).flatten().filter_map(integer_value).collect::<Vec<_>>();
                item.ty = item.ty.map(|ty| widened_integer(ty, &values));
                item.into_type().unwrap_or(TypeRef::Json)
            }
        };
        TypeRef::Array(Box::new(item))
    }

    /// Returns the type of an array with `prefixItems`. It is a tuple if all `prefixItems` are required and no other
    /// items are allowed. Otherwise, it is an array. `additional_items` has the schemas of the items after
    /// `prefixItems`.
    fn tuple_type(
        &mut self,
        part: &SchemaPart<'a>,
        additional_items: Vec<(Node<'a>, Pointer)>,
        at: &Pointer,
        name: &[String],
    ) -> TypeRef {
        let keywords = part.keywords();
        let mut types = Vec::new();
        for (index, (_, item)) in keywords.properties.iter().enumerate() {
            let at = part.at.child("prefixItems").child(index);
            let lowered = self.lower_node(item.into(), &at, &nested_name(name, &format!("item {}", index + 1)));
            types.push(lowered.into_type().unwrap_or(TypeRef::Json));
        }
        let prefix_len = types.len();
        if tuple_len(keywords).is_some() {
            return TypeRef::Tuple(types);
        }
        if !additional_items.is_empty() {
            let lowered = self.lower_nodes(&additional_items, &at.child("items"), &nested_name(name, "item"));
            types.push(lowered.into_type().unwrap_or(TypeRef::Json));
        }
        let covers_all_items = !additional_items.is_empty() || keywords.max_items == Some(prefix_len);
        let has_common_type = covers_all_items && types.iter().all(|ty| *ty == types[0]);
        TypeRef::Array(Box::new(if has_common_type { types.swap_remove(0) } else { TypeRef::Json }))
    }

    /// Returns the type of an object. This is a map if the object has no declared properties, and a struct otherwise.
    fn object_type(&mut self, parts: &[SchemaPart<'a>], at: &Pointer, name: &[String], id: Option<TypeId>) -> TypeRef {
        if parts.iter().all(|part| part.keywords().properties.is_empty()) {
            let values = self.additional_property_type(parts, name);
            return TypeRef::Map(Box::new(values.unwrap_or(TypeRef::Json)));
        }
        let exists = id.is_some();
        let id = self.create_type(id, name, parts, at);
        match exists || parts.len() == 1 {
            true => self.lower_properties(id, parts, at, name),
            // Objects that combine several schemas can be nested to any depth. They are lowered later, from a queue, so
            // that the stack does not overflow.
            false if self.spend(STEPS_PER_COMBINED_TYPE, at) => {
                let (parts, at, name) = (parts.to_vec(), at.clone(), name.to_vec());
                self.pending.push_back(Pending::Object { id, parts, at, name });
            }
            false => {}
        }
        TypeRef::Named(id)
    }

    /// Sets the shape of an object's type: its properties, and the type of its additional properties.
    pub(crate) fn lower_properties(&mut self, id: TypeId, parts: &[SchemaPart<'a>], at: &Pointer, name: &[String]) {
        let (properties, required) = (properties(parts), required(parts));
        let names_len = properties.iter().map(|(wire, _)| wire.len()).sum();
        if !self.spend(properties.len(), at) || !self.spend_bytes(names_len, at) {
            return;
        }
        let earlier_marks = self.personal_marks;
        let additional = match parts {
            // A value of a base type may have the properties of a subtype, which are not declared here.
            [part] if part.schema.schema_data.discriminator.is_some() => Some(TypeRef::Json),
            parts => self.additional_property_type(parts, name),
        };
        let mut fields = Vec::new();
        for (wire, nodes) in properties {
            let at = at.child("properties").child(wire);
            let nodes = self.data_of_event(wire, nodes);
            let origin = if let [(_, node_at)] = nodes.as_slice() { node_at.clone() } else { at.clone() };
            let name = nested_name(name, wire);
            let lowered = self.lower_nodes(&nodes, &at, &name);
            let lowered = self.with_content(lowered, &nodes, &at, &name);
            fields.push(Field {
                wire: wire.clone(),
                ty: lowered.ty.unwrap_or(TypeRef::Json),
                constraints: lowered.constraints,
                required: required.contains(wire.as_str()),
                read_only: lowered.read_only,
                write_only: lowered.write_only,
                nullable: lowered.nullable,
                deprecated: lowered.deprecated,
                is_personal: lowered.is_personal,
                holds_json: lowered.holds_json,
                content: lowered.content,
                constant: lowered.constant,
                default: lowered.default,
                example: lowered.example,
                docs: lowered.docs,
                origin,
            });
        }
        for (wire, origin) in self.report_undeclared_properties(parts) {
            fields.push(Field {
                wire,
                ty: additional.clone().unwrap_or(TypeRef::Json),
                constraints: Vec::new(),
                // The name in `required` may be misspelt, so a response without this property must be accepted.
                required: false,
                read_only: false,
                write_only: false,
                nullable: false,
                deprecated: false,
                is_personal: false,
                holds_json: false,
                content: None,
                constant: None,
                default: None,
                example: None,
                docs: Docs::default(),
                origin,
            });
        }
        // The object is not marked as personal data, because each of its properties has a separate mark.
        self.personal_marks = earlier_marks;
        self.types[id].shape = Shape::Record(Record { fields, additional, is_closed: is_closed(parts) });
    }

    /// Reports the required properties that no part declares, and returns their names and locations.
    pub(crate) fn report_undeclared_properties(&mut self, parts: &[SchemaPart<'a>]) -> Vec<(String, Pointer)> {
        let properties = || parts.iter().flat_map(|part| part.keywords().properties.keys()).map(String::as_str);
        let declared: HashSet<&str> = properties().collect();
        let (mut undeclared, mut undeclared_names) = (Vec::new(), HashSet::new());
        for part in parts {
            let required = part.keywords().required.iter().enumerate();
            for (index, name) in required.filter(|(_, name)| !declared.contains(name.as_str())) {
                let at = part.at.child("required").child(index);
                let help = self.diagnostics.did_you_mean(name, properties()).map_or_else(
                    || "declare it in `properties`, or remove it here".to_owned(),
                    |suggestion| format!("did you mean `{suggestion}`?"),
                );
                let message = format!("the required property `{name}` is not declared");
                let diagnostic = Diagnostic::warning(code::UNKNOWN_REQUIRED, Location::Value(at.clone()), message)
                    .label("the generated field is optional");
                self.diagnostics.push(diagnostic.help(help));
                if undeclared_names.insert(name) {
                    undeclared.push((name.clone(), at));
                }
            }
        }
        undeclared
    }
}

/// The maximum number of items of a tuple. The standard library implements traits only for tuples of up to 12 items.
const MAX_TUPLE_LEN: usize = 12;

/// Returns the number of items of a tuple. Returns `None` if the array is not a tuple, because its length is not fixed,
/// or because it has more than [`MAX_TUPLE_LEN`] items.
pub(crate) fn tuple_len(keywords: &AnySchema) -> Option<usize> {
    let len = keywords.properties.len();
    let has_fixed_len = keywords.min_items == Some(len) && keywords.max_items == Some(len);
    Some(len).filter(|len| has_fixed_len && (1..=MAX_TUPLE_LEN).contains(len))
}
