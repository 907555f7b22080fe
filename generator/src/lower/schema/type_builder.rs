//! Builds the type of a schema: scalars, arrays, tuples, maps and objects.

use std::collections::HashSet;

use openapiv3::{AdditionalProperties, AnySchema};

use super::alias_cycles::MOST_COLLECTIONS;
use super::merged_schema::{Kind, Part, additional, first, properties, required};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Docs, Field, Record, Shape, TypeId, TypeRef};
use crate::lower::Lowering;
use crate::lower::budget::COMBINED_STEPS;
use crate::lower::schema::{Node, Pending, below, key};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the type of the values that match all parts, and whether they may be `null`. `id` is the id of the type if
    /// it has one already.
    pub(crate) fn built(
        &mut self,
        parts: &[Part<'a>],
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
        if let (Some(known), None) = (self.known.get(&key(parts)), id) {
            let nullable = parts.iter().all(|part| part.schema.schema_data.nullable);
            self.personal_marks += usize::from(self.types[*known].pii);
            return (Some(TypeRef::Named(*known)), nullable);
        }
        if parts.iter().any(|part| part.choices().is_some()) {
            return self.alternatives(parts, at, name, id);
        }
        let kind = self.kind(parts);
        if let Some(part) = parts.iter().find(|part| !part.any().enumeration.is_empty())
            && kind != Kind::Null
        {
            if !matches!(kind, Kind::List | Kind::Object) {
                return (Some(self.enumeration(kind, parts, at, name, id)), false);
            }
            let place = Location::Key(part.at.child("enum"));
            let message = "an `enum` of arrays or objects is not supported and is ignored";
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, place, message);
            self.diagnostics.push(diagnostic.help("write it in the `items` to list the values of the items"));
        }
        let ty = match kind {
            Kind::Any => TypeRef::Json,
            Kind::Null => return (Some(TypeRef::Json), true),
            Kind::Bool => TypeRef::Bool,
            Kind::Integer | Kind::Number | Kind::Text => self.scalar(kind, parts),
            Kind::List => self.list(parts, at, name),
            Kind::Object => self.object(parts, at, name, id),
        };
        if ty.collection_depth() <= MOST_COLLECTIONS {
            return (Some(ty), false);
        }
        let id = self.define(id, name, parts, at);
        self.types[id].shape = Shape::Wrapper(ty);
        (Some(TypeRef::Named(id)), false)
    }

    fn scalar(&mut self, kind: Kind, parts: &[Part<'a>]) -> TypeRef {
        let format = first(parts, |any| any.format.as_deref());
        if let Some(format) = format {
            if let Some(configured) = self.config.formats.get(format) {
                return super::formats::configured(configured.get_ref());
            }
            if !super::formats::is_known(format)
                && let Some(part) = parts.iter().find(|part| part.any().format.is_some())
            {
                let place = Location::Value(part.at.child("format"));
                let message = format!("unknown format `{format}`");
                let help =
                    format!("set the type of `{format}` under `[formats]` in codegen.toml; until then it is ignored");
                self.diagnostics.push(Diagnostic::warning(code::UNKNOWN_FORMAT, place, message).help(help));
            }
        }
        match kind {
            Kind::Integer => super::formats::integer(parts, format),
            kind => super::formats::scalar(kind, format),
        }
    }

    fn list(&mut self, parts: &[Part<'a>], at: &Pointer, name: &[String]) -> TypeRef {
        let items = |part: &Part<'a>| Some((Node::from(part.any().items.as_ref()?), part.at.child("items")));
        let items: Vec<_> = parts.iter().filter_map(items).collect();
        // In the model, the properties of an array are the items of a tuple.
        let tuple = parts.iter().find(|part| !part.any().properties.is_empty());
        if let Some(tuple) = tuple {
            return self.tuple(tuple, items, at, name);
        }
        let item = match items.as_slice() {
            [] => TypeRef::Json,
            items => {
                let item = self.nodes(items, &at.child("items"), &below(name, "item"));
                item.whole().unwrap_or(TypeRef::Json)
            }
        };
        TypeRef::Array(Box::new(item))
    }

    /// Returns a tuple if all items are required and no others are allowed, otherwise an array of the item types.
    fn tuple(&mut self, part: &Part<'a>, rest: Vec<(Node<'a>, Pointer)>, at: &Pointer, name: &[String]) -> TypeRef {
        let any = part.any();
        let mut types = Vec::new();
        for (index, (_, item)) in any.properties.iter().enumerate() {
            let at = part.at.child("prefixItems").child(index);
            let found = self.node(item.into(), &at, &below(name, &format!("item {}", index + 1)));
            types.push(found.whole().unwrap_or(TypeRef::Json));
        }
        let count = types.len();
        if tuple_len(any).is_some() {
            return TypeRef::Tuple(types);
        }
        if !rest.is_empty() {
            types.push(self.nodes(&rest, &at.child("items"), &below(name, "item")).whole().unwrap_or(TypeRef::Json));
        }
        let alike = types.iter().all(|ty| *ty == types[0]) && (!rest.is_empty() || any.max_items == Some(count));
        TypeRef::Array(Box::new(if alike { types.swap_remove(0) } else { TypeRef::Json }))
    }

    fn object(&mut self, parts: &[Part<'a>], at: &Pointer, name: &[String], id: Option<TypeId>) -> TypeRef {
        if parts.iter().all(|part| part.any().properties.is_empty()) {
            let values = self.additional(parts, name);
            return TypeRef::Map(Box::new(values.unwrap_or(TypeRef::Json)));
        }
        let known = id.is_some();
        let id = self.define(id, name, parts, at);
        match known || parts.len() == 1 {
            true => self.describe_object(id, parts, at, name),
            // The queue keeps the stack bounded for schemas that combine each other.
            false if self.spend(COMBINED_STEPS, at) => {
                let (parts, at, name) = (parts.to_vec(), at.clone(), name.to_vec());
                self.pending.push_back(Pending::Object { id, parts, at, name });
            }
            false => {}
        }
        TypeRef::Named(id)
    }

    /// Lowers the properties of an object.
    pub(crate) fn describe_object(&mut self, id: TypeId, parts: &[Part<'a>], at: &Pointer, name: &[String]) {
        let (properties, required) = (properties(parts), required(parts));
        let names_len = properties.iter().map(|(wire, _)| wire.len()).sum();
        if !self.spend(properties.len(), at) || !self.spend_bytes(names_len, at) {
            return;
        }
        let marks = self.personal_marks;
        let additional = match parts {
            // The discriminator leads to the properties that are not declared here.
            [one] if one.schema.schema_data.discriminator.is_some() => Some(TypeRef::Json),
            parts => self.additional(parts, name),
        };
        let mut fields = Vec::new();
        for (wire, nodes) in properties {
            let at = at.child("properties").child(wire);
            let nodes = self.data_of_event(wire, nodes);
            let origin = if let [(_, own)] = nodes.as_slice() { own.clone() } else { at.clone() };
            let found = self.nodes(&nodes, &at, &below(name, wire));
            fields.push(Field {
                wire: wire.clone(),
                ty: found.ty.unwrap_or(TypeRef::Json),
                constraints: found.constraints,
                required: required.contains(wire.as_str()),
                read_only: found.read_only,
                write_only: found.write_only,
                nullable: found.nullable,
                deprecated: found.deprecated,
                pii: found.pii,
                holds_json: found.json,
                constant: found.constant,
                default: found.default,
                example: found.example,
                docs: found.docs,
                origin,
            });
        }
        for (wire, origin) in self.undeclared(parts) {
            fields.push(Field {
                wire,
                ty: additional.clone().unwrap_or(TypeRef::Json),
                constraints: Vec::new(),
                // The name may be misspelt, so responses without it must be accepted.
                required: false,
                read_only: false,
                write_only: false,
                nullable: false,
                deprecated: false,
                pii: false,
                holds_json: false,
                constant: None,
                default: None,
                example: None,
                docs: Docs::default(),
                origin,
            });
        }
        // The properties have the flag themselves.
        self.personal_marks = marks;
        self.types[id].shape = Shape::Record(Record { fields, additional });
    }

    fn additional(&mut self, parts: &[Part<'a>], name: &[String]) -> Option<TypeRef> {
        match additional(parts)? {
            (AdditionalProperties::Schema(values), at) => {
                let found = self.node(values.as_ref().into(), &at, &below(name, "value"));
                Some(found.whole().unwrap_or(TypeRef::Json))
            }
            (AdditionalProperties::Any(any), _) => any.then_some(TypeRef::Json),
        }
    }

    /// Reports the required properties that no part declares, and returns them with their locations.
    pub(crate) fn undeclared(&mut self, parts: &[Part<'a>]) -> Vec<(String, Pointer)> {
        let properties = || parts.iter().flat_map(|part| part.any().properties.keys()).map(String::as_str);
        let declared: HashSet<&str> = properties().collect();
        let (mut undeclared, mut known) = (Vec::new(), HashSet::new());
        for part in parts {
            let required = part.any().required.iter().enumerate();
            for (index, name) in required.filter(|(_, name)| !declared.contains(name.as_str())) {
                let at = part.at.child("required").child(index);
                let help = self.diagnostics.did_you_mean(name, properties()).map_or_else(
                    || "declare it in `properties`, or remove it here".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("the required property `{name}` is not declared");
                let diagnostic = Diagnostic::warning(code::UNKNOWN_REQUIRED, Location::Value(at.clone()), message)
                    .label("the generated field is optional");
                self.diagnostics.push(diagnostic.help(help));
                if known.insert(name) {
                    undeclared.push((name.clone(), at));
                }
            }
        }
        undeclared
    }
}

/// The maximum number of items of a tuple for which the standard library implements traits.
const MOST_ITEMS: usize = 12;

/// Returns the number of items of a tuple, if all are required and no others are allowed.
pub(crate) fn tuple_len(any: &AnySchema) -> Option<usize> {
    let count = any.properties.len();
    let closed = any.min_items == Some(count) && any.max_items == Some(count);
    Some(count).filter(|count| closed && (1..=MOST_ITEMS).contains(count))
}
