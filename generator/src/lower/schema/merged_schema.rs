//! Merges a schema with the parts of its `allOf`, which a value must match all at once.

use std::collections::HashSet;

use openapiv3::{AdditionalProperties, AnySchema, ReferenceOr, Schema, SchemaKind};
use serde_json::Value;

use crate::diagnostics::{Diagnostic, Location, code};
use crate::lower::Lowering;
use crate::lower::schema::{DEEPEST, Node};
use crate::source::Pointer;

/// A schema without its `allOf`, and its location.
#[derive(Clone, Debug)]
pub(crate) struct Part<'a> {
    pub schema: &'a Schema,
    pub at: Pointer,
    /// Whether its `oneOf` and `anyOf` are used. They are not if this part belongs to one of these alternatives.
    pub open: bool,
}

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Any,
    Null,
    Bool,
    Integer,
    Number,
    Text,
    List,
    Object,
}

impl<'a> Part<'a> {
    pub fn any(&self) -> &'a AnySchema {
        general(self.schema)
    }

    /// Returns the alternatives of the schema, and their keyword.
    pub fn choices(&self) -> Option<(&'static str, &'a [ReferenceOr<Schema>])> {
        let any = self.any();
        match (any.one_of.as_slice(), any.any_of.as_slice()) {
            _ if !self.open => None,
            ([], []) => None,
            ([], any_of) => Some(("anyOf", any_of)),
            (one_of, _) => Some(("oneOf", one_of)),
        }
    }

    /// Returns the kind that the schema declares.
    pub fn kind(&self) -> Kind {
        let any = self.any();
        if let Some(typ) = any.typ.as_deref() {
            return kind_of(typ).0;
        }
        match () {
            () if !any.properties.is_empty() || any.additional_properties.is_some() => Kind::Object,
            () if any.items.is_some() => Kind::List,
            () if any.enumeration == [Value::Null] => Kind::Null,
            () if !any.enumeration.is_empty() => kind_of_values(&any.enumeration),
            () if any.pattern.is_some() || any.max_length.is_some() || any.min_length.is_some() => Kind::Text,
            () => match any.format.as_deref() {
                Some("int32" | "int64") => Kind::Integer,
                Some("float" | "double") => Kind::Number,
                Some("date-time" | "date" | "uuid" | "uri" | "email" | "byte" | "binary") => Kind::Text,
                _ => Kind::Any,
            },
        }
    }

    /// Returns whether it has keywords besides its alternatives.
    pub fn says_anything(&self) -> bool {
        let any = self.any();
        self.kind() != Kind::Any || !any.required.is_empty() || !any.enumeration.is_empty()
    }
}

/// Returns the kind of a `type`, and whether JSON Schema defines the type.
pub(crate) fn kind_of(typ: &str) -> (Kind, bool) {
    match typ {
        "string" => (Kind::Text, true),
        "integer" => (Kind::Integer, true),
        "number" => (Kind::Number, true),
        "boolean" => (Kind::Bool, true),
        "array" => (Kind::List, true),
        "object" => (Kind::Object, true),
        "null" => (Kind::Null, true),
        "str" | "text" | "file" | "date" | "datetime" | "date-time" | "uuid" | "String" => (Kind::Text, false),
        "int" | "long" | "int32" | "int64" | "Integer" => (Kind::Integer, false),
        "float" | "double" | "decimal" | "Number" => (Kind::Number, false),
        "bool" | "Boolean" => (Kind::Bool, false),
        "list" | "Array" => (Kind::List, false),
        "map" | "dict" | "Object" => (Kind::Object, false),
        _ => (Kind::Any, false),
    }
}

fn kind_of_values(values: &[Value]) -> Kind {
    let all = |fits: fn(&Value) -> bool| values.iter().all(fits);
    match () {
        () if all(Value::is_string) => Kind::Text,
        () if all(Value::is_boolean) => Kind::Bool,
        () if all(|value| value.is_i64() || value.is_u64()) => Kind::Integer,
        () if all(Value::is_number) => Kind::Number,
        () => Kind::Any,
    }
}

impl<'a> Lowering<'a> {
    /// Returns the parts of a schema: itself, and everything that its `allOf` leads to.
    pub(crate) fn parts(&mut self, node: Node<'a>, at: &Pointer) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        if self.steps_left.is_none() {
            return parts;
        }
        self.gather(node, at.clone(), &mut Vec::new(), &mut HashSet::new(), &mut parts);
        parts
    }

    fn gather(
        &mut self,
        node: Node<'a>,
        at: Pointer,
        chain: &mut Vec<Pointer>,
        seen: &mut HashSet<Pointer>,
        parts: &mut Vec<Part<'a>>,
    ) {
        let (schema, at) = match node {
            Node::Item(schema) => (schema, at),
            Node::Reference(_) => match self.schema_at(node, &at) {
                Some(found) => found,
                None => return,
            },
        };
        if chain.contains(&at) {
            let message = format!("the `allOf` of `{at}` is part of a reference cycle");
            let diagnostic = Diagnostic::error(code::CIRCULAR_REFERENCE, Location::Key(at), message);
            self.diagnostics.push(diagnostic.help("replace one of these references by a schema"));
            return;
        }
        let any = general(schema);
        let width = 1 + any.properties.len() + any.required.len() + any.enumeration.len();
        if !seen.insert(at.clone()) || !self.spend(width, &at) {
            return;
        }
        if chain.len() > DEEPEST {
            self.too_deep(&at);
            return;
        }
        if schema.schema_data.default.is_some() {
            self.defaults.insert(at.clone(), schema);
        }
        chain.push(at.clone());
        for (index, part) in any.all_of.iter().enumerate() {
            self.gather(part.into(), at.child("allOf").child(index), chain, seen, parts);
        }
        chain.pop();
        let mut choices = any.one_of.iter().chain(&any.any_of).filter(|_| !chain.is_empty());
        let open = !choices.any(|choice| match choice {
            ReferenceOr::Reference { reference } => {
                Pointer::from_reference(reference).is_some_and(|target| chain.contains(&target))
            }
            ReferenceOr::Item(_) => false,
        });
        let part = Part { schema, at, open };
        if part.says_anything() || part.choices().is_some() || any.all_of.is_empty() {
            parts.push(part);
        }
    }

    /// Returns the kind of values that match all parts; `Any` and a warning if there is none.
    pub(crate) fn kind(&mut self, parts: &[Part<'a>]) -> Kind {
        let mut known: Option<(Kind, &Part<'a>)> = None;
        for part in parts {
            let kind = part.kind();
            if let Some(typ) = part.any().typ.as_deref() {
                self.check_type(typ, &part.at);
            }
            known = match (known, kind) {
                (known, Kind::Any) => known,
                (None, kind) => Some((kind, part)),
                (Some((first, _)), kind) if first == kind => known,
                (Some((Kind::Number, _)), Kind::Integer) => Some((kind, part)),
                (Some((Kind::Integer, _)), Kind::Number) => known,
                // A nullable part matches the type `null` of the other part.
                (Some((_, first)), Kind::Null) if first.schema.schema_data.nullable => Some((kind, part)),
                (Some((Kind::Null, _)), _) if part.schema.schema_data.nullable => known,
                (Some((_, first)), _) => {
                    let place = Location::Key(part.at.clone());
                    let diagnostic = Diagnostic::warning(code::CONTRADICTION, place, "no value has both types")
                        .label("one type")
                        .related(Location::Key(first.at.clone()), "the other type")
                        .help("give the parts of an `allOf` the same `type`; the generated type is `AnyJson`");
                    self.diagnostics.push(diagnostic);
                    return Kind::Any;
                }
            };
        }
        known.map_or(Kind::Any, |(kind, _)| kind)
    }

    fn check_type(&mut self, typ: &str, at: &Pointer) {
        let (kind, standard) = kind_of(typ);
        if !standard {
            let place = Location::Value(at.child("type"));
            let meant = match kind {
                Kind::Any => "any JSON value",
                Kind::Text => "`string`",
                Kind::Integer => "`integer`",
                Kind::Number => "`number`",
                Kind::Bool => "`boolean`",
                Kind::List => "`array`",
                Kind::Object | Kind::Null => "`object`",
            };
            let diagnostic = Diagnostic::warning(code::WRONG_TYPE, place, format!("unknown type `{typ}`"))
                .label(format!("treated as {meant}"))
                .help("write `string`, `integer`, `number`, `boolean`, `array` or `object`");
            self.diagnostics.push(diagnostic);
        }
    }
}

/// Returns the properties of all parts, each with all its schemas and their locations.
pub(crate) fn properties<'a>(parts: &[Part<'a>]) -> Vec<(&'a String, Vec<(Node<'a>, Pointer)>)> {
    let mut properties: indexmap::IndexMap<&String, Vec<(Node<'a>, Pointer)>> = indexmap::IndexMap::new();
    for part in parts {
        for (wire, schema) in &part.any().properties {
            let at = part.at.child("properties").child(wire);
            properties.entry(wire).or_default().push((schema.into(), at));
        }
    }
    properties.into_iter().collect()
}

/// Returns the properties that any of the parts requires.
pub(crate) fn required<'a>(parts: &[Part<'a>]) -> HashSet<&'a str> {
    parts.iter().flat_map(|part| &part.any().required).map(String::as_str).collect()
}

/// Returns the first value that any of the parts has.
pub(crate) fn first<'a, T>(parts: &[Part<'a>], get: impl Fn(&'a AnySchema) -> Option<T>) -> Option<T> {
    parts.iter().find_map(|part| get(part.any()))
}

/// Returns the `additionalProperties` of the parts. A schema takes precedence over `true`.
pub(crate) fn additional<'a>(parts: &[Part<'a>]) -> Option<(&'a AdditionalProperties, Pointer)> {
    let said = |typed: bool| {
        parts.iter().find_map(|part| match &part.any().additional_properties {
            Some(found @ AdditionalProperties::Schema(_)) if typed => Some((found, part)),
            Some(found @ AdditionalProperties::Any(true)) if !typed => Some((found, part)),
            _ => None,
        })
    };
    said(true).or_else(|| said(false)).map(|(found, part)| (found, part.at.child("additionalProperties")))
}

/// Returns the keywords of a schema. The parser creates every schema in this form.
pub(crate) fn general(schema: &Schema) -> &AnySchema {
    match &schema.schema_kind {
        SchemaKind::Any(any) => any,
        _ => {
            static NOTHING: std::sync::LazyLock<AnySchema> = std::sync::LazyLock::new(AnySchema::default);
            &NOTHING
        }
    }
}
