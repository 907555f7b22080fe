//! Schemas to types.

use openapiv3::{AdditionalProperties, AnySchema, ReferenceOr, Schema, SchemaKind};
use serde_json::Value;

use super::Lowering;
use crate::diag::{Diagnostic, Place, code, did_you_mean};
use crate::ir::{Constraint, Docs, Field, Record, Shape, TypeDef, TypeId, TypeRef, Variant};
use crate::source::Pointer;

/// What a schema says of a value at the place where it is used.
#[derive(Debug, Default)]
pub(super) struct Use {
    pub ty: Option<TypeRef>,
    pub nullable: bool,
    pub deprecated: bool,
    pub pii: bool,
    pub constraints: Vec<Constraint>,
    pub docs: Docs,
    pub default: Option<Value>,
    pub example: Option<Value>,
}

/// A schema where it is used, boxed or not.
#[derive(Clone, Copy)]
pub(super) enum Node<'s> {
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

impl Lowering<'_> {
    /// The type of a schema, and what else it says. `name` is what a type that must be made here is called.
    pub(super) fn used<'s>(&mut self, schema: impl Into<Node<'s>>, at: &Pointer, name: &[String]) -> Use {
        let schema = match schema.into() {
            Node::Reference(reference) => return self.referenced(reference, at),
            Node::Item(schema) => schema,
        };
        let data = &schema.schema_data;
        let any = general(schema);
        let mut found = match any.all_of.as_slice() {
            [] => Use { constraints: self.constraints(any, at), ..Use::default() },
            // One schema beside nothing else is how OpenAPI 3.0 says something of a reference.
            [one] if any.typ.is_none() && any.properties.is_empty() => {
                self.used(one, &at.child("allOf").child(0), name)
            }
            _ => {
                self.unsupported(at, "allOf", "`allOf` of several schemas");
                Use::default()
            }
        };
        if any.all_of.is_empty() {
            found.ty = self.shape(schema, at, name).map(|shape| match shape {
                Shape::Alias(ty) => ty,
                shape => TypeRef::Named(self.define(name.to_vec(), shape, schema, at)),
            });
        }
        let docs = docs(schema);
        if !docs.is_empty() {
            found.docs = docs;
        }
        found.nullable |= data.nullable;
        found.deprecated |= data.deprecated;
        found.pii |= self.is_personal(&data.extensions);
        found.default = data.default.clone().or(found.default);
        found.example = data.example.clone().or(found.example);
        found
    }

    fn referenced(&mut self, reference: &str, at: &Pointer) -> Use {
        let Some(name) = self.component_name(reference, at, "schemas") else { return Use::default() };
        let document = self.document;
        let schemas = document.components.as_ref().map(|components| &components.schemas);
        let Some(schema) = schemas.and_then(|schemas| schemas.get(&name)) else {
            let known = schemas.into_iter().flat_map(|schemas| schemas.keys()).map(String::as_str);
            let near = did_you_mean(&name, known).map(str::to_owned);
            self.dangling(reference, at, "schemas", near.as_deref());
            return Use::default();
        };
        let id = self.component(&name, schema);
        let def = &self.types[id];
        let mut found = Use {
            ty: Some(TypeRef::Named(id)),
            docs: def.docs.clone(),
            example: def.example.clone(),
            ..Use::default()
        };
        if let ReferenceOr::Item(schema) = schema {
            found.nullable = schema.schema_data.nullable;
            found.deprecated = schema.schema_data.deprecated;
            found.pii = self.is_personal(&schema.schema_data.extensions);
            found.default = schema.schema_data.default.clone();
        }
        found
    }

    /// The type of a component. It has its place in the arena before its parts are looked at, since they may lead back.
    fn component(&mut self, name: &str, schema: &ReferenceOr<Schema>) -> TypeId {
        if let Some(id) = self.components.get(name) {
            return *id;
        }
        let at = Pointer::root().child("components").child("schemas").child(name);
        let name = vec![name.to_owned()];
        let pending = Shape::Alias(TypeRef::Json);
        let id = match schema {
            ReferenceOr::Item(schema) => self.define(name.clone(), pending, schema, &at),
            ReferenceOr::Reference { .. } => self.types.push(TypeDef {
                name: name.clone(),
                docs: Docs::default(),
                shape: pending,
                example: None,
                deprecated: false,
                origin: at.clone(),
            }),
        };
        self.components.insert(name[0].clone(), id);
        let shape = match schema {
            ReferenceOr::Item(schema) if general(schema).all_of.is_empty() => match self.shape(schema, &at, &name) {
                Some(Shape::Alias(TypeRef::Text)) => {
                    let constraints = self.constraints(general(schema), &at);
                    if constraints.is_empty() { Shape::Alias(TypeRef::Text) } else { Shape::Newtype(constraints) }
                }
                Some(shape) => shape,
                None => return id,
            },
            schema => match self.used(schema, &at, &name).ty {
                Some(ty) => Shape::Alias(ty),
                None => return id,
            },
        };
        self.types[id].shape = shape;
        id
    }

    fn define(&mut self, name: Vec<String>, shape: Shape, schema: &Schema, at: &Pointer) -> TypeId {
        self.types.push(TypeDef {
            name,
            docs: docs(schema),
            shape,
            example: schema.schema_data.example.clone(),
            deprecated: schema.schema_data.deprecated,
            origin: at.clone(),
        })
    }

    /// What the values of an inline schema or of a component look like.
    fn shape(&mut self, schema: &Schema, at: &Pointer, name: &[String]) -> Option<Shape> {
        let any = general(schema);
        let typ = match any.typ.as_deref() {
            Some(typ) => typ,
            None if !any.properties.is_empty() || any.additional_properties.is_some() => "object",
            None if any.items.is_some() => "array",
            None if any.enumeration.iter().any(Value::is_string) => "string",
            None => return Some(Shape::Alias(TypeRef::Json)),
        };
        if !any.enumeration.is_empty() {
            return self.string_enum(typ, any, at);
        }
        let format = any.format.as_deref();
        let alias = match typ {
            "string" => match format {
                Some("date-time") => TypeRef::DateTime,
                Some("date") => TypeRef::Date,
                Some("uri") => TypeRef::Uri,
                _ => TypeRef::Text,
            },
            "integer" => TypeRef::Int(if format == Some("int32") { 32 } else { 64 }),
            "number" => TypeRef::Float(if format == Some("float") { 32 } else { 64 }),
            "boolean" => TypeRef::Bool,
            "array" => TypeRef::List(Box::new(self.items(any, at, name)?)),
            "object" => return self.object(any, at, name),
            other => {
                let message = format!("`{other}` is not a type");
                let help = "write `string`, `integer`, `number`, `boolean`, `array` or `object`";
                self.error(code::WRONG_TYPE, Place::Value(at.child("type")), message, help);
                return None;
            }
        };
        Some(Shape::Alias(alias))
    }

    fn items(&mut self, any: &AnySchema, at: &Pointer, name: &[String]) -> Option<TypeRef> {
        match &any.items {
            None => Some(TypeRef::Json),
            Some(items) => self.used(items, &at.child("items"), &below(name, "item")).ty,
        }
    }

    fn string_enum(&mut self, typ: &str, any: &AnySchema, at: &Pointer) -> Option<Shape> {
        if typ != "string" {
            self.unsupported(at, "enum", &format!("`enum` of type `{typ}`"));
            return None;
        }
        let mut variants = Vec::new();
        for (index, value) in any.enumeration.iter().enumerate() {
            let origin = at.child("enum").child(index);
            match value {
                Value::String(wire) => variants.push(Variant { wire: wire.clone(), origin }),
                Value::Null => {}
                _ => {
                    let message = format!("`{value}` is not a text, which the `type` of this `enum` asks for");
                    self.error(code::WRONG_TYPE, Place::Value(origin), message, "put it in quotes");
                }
            }
        }
        Some(Shape::StringEnum(variants))
    }

    fn object(&mut self, any: &AnySchema, at: &Pointer, name: &[String]) -> Option<Shape> {
        let additional = match &any.additional_properties {
            Some(AdditionalProperties::Schema(values)) => {
                let at = at.child("additionalProperties");
                Some(self.used(values.as_ref(), &at, &below(name, "value")).ty.unwrap_or(TypeRef::Json))
            }
            Some(AdditionalProperties::Any(true)) => Some(TypeRef::Json),
            // An answer of a later version may have more members; they are passed over.
            Some(AdditionalProperties::Any(false)) | None => None,
        };
        match any.properties.is_empty() {
            true => Some(Shape::Alias(TypeRef::Map(Box::new(additional.unwrap_or(TypeRef::Json))))),
            false => {
                self.check_required(any, at);
                let fields = any.properties.iter();
                let fields = fields.filter_map(|(wire, schema)| {
                    let origin = at.child("properties").child(wire);
                    let found = self.used(schema, &origin, &below(name, wire));
                    Some(Field {
                        wire: wire.clone(),
                        ty: found.ty?,
                        constraints: found.constraints,
                        required: any.required.contains(wire),
                        nullable: found.nullable,
                        deprecated: found.deprecated,
                        pii: found.pii,
                        default: found.default,
                        example: found.example,
                        docs: found.docs,
                        origin,
                    })
                });
                Some(Shape::Record(Record { fields: fields.collect(), additional }))
            }
        }
    }

    pub(super) fn check_required(&mut self, any: &AnySchema, at: &Pointer) {
        for (index, name) in any.required.iter().enumerate().filter(|(_, name)| !any.properties.contains_key(*name)) {
            let place = Place::Value(at.child("required").child(index));
            let near = did_you_mean(name, any.properties.keys().map(String::as_str));
            let help = near
                .map_or_else(|| "declare it, or remove it here".to_owned(), |near| format!("did you mean `{near}`?"));
            let message = format!("the required property `{name}` is not declared");
            self.diagnostics.push(Diagnostic::warning(code::UNKNOWN_REQUIRED, place, message).help(help));
        }
    }

    pub(super) fn constraints(&mut self, any: &AnySchema, at: &Pointer) -> Vec<Constraint> {
        let strict = |exclusive: Option<bool>| exclusive.unwrap_or_default();
        let minimum = any.minimum.map(|value| match strict(any.exclusive_minimum) {
            true => Constraint::ExclusiveMinimum(value),
            false => Constraint::Minimum(value),
        });
        let maximum = any.maximum.map(|value| match strict(any.exclusive_maximum) {
            true => Constraint::ExclusiveMaximum(value),
            false => Constraint::Maximum(value),
        });
        let pattern = any.pattern.as_ref().filter(|pattern| match regex_lite::Regex::new(pattern) {
            Ok(_) => true,
            Err(error) => {
                let message = format!("the pattern cannot be checked: {error}");
                let place = Place::Value(at.child("pattern"));
                let diagnostic = Diagnostic::warning(code::UNCHECKED_PATTERN, place, message)
                    .help("the bindings send values without looking at this pattern");
                self.diagnostics.push(diagnostic);
                false
            }
        });
        [
            any.min_length.map(Constraint::MinLength),
            any.max_length.map(Constraint::MaxLength),
            pattern.cloned().map(Constraint::Pattern),
            minimum,
            maximum,
            any.multiple_of.map(Constraint::MultipleOf),
            any.min_items.map(Constraint::MinItems),
            any.max_items.map(Constraint::MaxItems),
            any.unique_items.unwrap_or_default().then_some(Constraint::UniqueItems),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    pub(super) fn unsupported(&mut self, at: &Pointer, keyword: &str, what: &str) {
        let help = "describe it with other keywords";
        self.error(
            code::UNSUPPORTED_SCHEMA,
            Place::Key(at.child(keyword)),
            format!("{what} cannot be bound yet"),
            help,
        );
    }
}

/// The keywords of a schema. The parser reads every schema into this form.
pub(super) fn general(schema: &Schema) -> &AnySchema {
    match &schema.schema_kind {
        SchemaKind::Any(any) => any,
        _ => {
            static NOTHING: std::sync::LazyLock<AnySchema> = std::sync::LazyLock::new(AnySchema::default);
            &NOTHING
        }
    }
}

fn docs(schema: &Schema) -> Docs {
    Docs::new(None, schema.schema_data.description.as_deref().or(schema.schema_data.title.as_deref()))
}

fn below(name: &[String], part: &str) -> Vec<String> {
    name.iter().cloned().chain([part.to_owned()]).collect()
}
