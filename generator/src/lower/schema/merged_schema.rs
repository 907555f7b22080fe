//! Collects the parts of a schema. The parts are the schema itself and everything that its `allOf` includes. A valid
//! value matches all parts.

use std::collections::HashSet;

use openapiv3::{AdditionalProperties, AnySchema, ReferenceOr, Schema, SchemaKind};
use serde_json::Value;

use crate::diagnostics::{Diagnostic, Location, code};
use crate::lower::Lowering;
use crate::lower::schema::{MAX_NESTING_DEPTH, Node};
use crate::source::Pointer;

/// A part of a schema: the schema itself or a schema that its `allOf` includes. The `allOf` of a part is not used.
#[derive(Clone, Debug)]
pub(crate) struct SchemaPart<'a> {
    pub schema: &'a Schema,
    pub at: Pointer,
    /// Whether the `oneOf` and `anyOf` of the schema are used. They are not used if the `allOf` of one of their
    /// alternatives includes this part.
    pub uses_alternatives: bool,
}

/// The JSON type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Any,
    Null,
    Bool,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl<'a> SchemaPart<'a> {
    /// Returns the keywords of the schema.
    pub fn keywords(&self) -> &'a AnySchema {
        schema_keywords(self.schema)
    }

    /// Returns the alternatives of the schema, and the keyword that lists them.
    pub fn alternatives(&self) -> Option<(&'static str, &'a [ReferenceOr<Schema>])> {
        let keywords = self.keywords();
        match (keywords.one_of.as_slice(), keywords.any_of.as_slice()) {
            _ if !self.uses_alternatives => None,
            ([], []) => None,
            ([], any_of) => Some(("anyOf", any_of)),
            (one_of, _) => Some(("oneOf", one_of)),
        }
    }

    /// Returns the kind that the schema declares with `type`, or that its other keywords imply.
    pub fn kind(&self) -> Kind {
        let keywords = self.keywords();
        if let Some(typ) = keywords.typ.as_deref() {
            return kind_of(typ).0;
        }
        match () {
            () if !keywords.properties.is_empty() || keywords.additional_properties.is_some() => Kind::Object,
            () if has_patterns(self.schema) => Kind::Object,
            () if keywords.items.is_some() => Kind::Array,
            () if keywords.enumeration == [Value::Null] => Kind::Null,
            () if !keywords.enumeration.is_empty() => kind_of_values(&keywords.enumeration),
            () if keywords.pattern.is_some() || keywords.max_length.is_some() || keywords.min_length.is_some() => {
                Kind::String
            }
            () => match keywords.format.as_deref() {
                Some("int32" | "int64") => Kind::Integer,
                Some("float" | "double") => Kind::Number,
                Some("date-time" | "date" | "uuid" | "uri" | "email" | "byte" | "binary") => Kind::String,
                _ => Kind::Any,
            },
        }
    }

    /// Returns whether keywords other than `oneOf` and `anyOf` restrict the values of the schema.
    pub fn has_other_keywords(&self) -> bool {
        let keywords = self.keywords();
        self.kind() != Kind::Any || !keywords.required.is_empty() || !keywords.enumeration.is_empty()
    }
}

/// Returns the kind of a `type`, and whether JSON Schema defines the type. Some common names that JSON Schema does not
/// define, such as `text`, also have a kind.
pub(crate) fn kind_of(typ: &str) -> (Kind, bool) {
    match typ {
        "string" => (Kind::String, true),
        "integer" => (Kind::Integer, true),
        "number" => (Kind::Number, true),
        "boolean" => (Kind::Bool, true),
        "array" => (Kind::Array, true),
        "object" => (Kind::Object, true),
        "null" => (Kind::Null, true),
        "str" | "text" | "file" | "date" | "datetime" | "date-time" | "uuid" | "String" => (Kind::String, false),
        "int" | "long" | "int32" | "int64" | "Integer" => (Kind::Integer, false),
        "float" | "double" | "decimal" | "Number" => (Kind::Number, false),
        "bool" | "Boolean" => (Kind::Bool, false),
        "list" | "Array" => (Kind::Array, false),
        "map" | "dict" | "Object" => (Kind::Object, false),
        _ => (Kind::Any, false),
    }
}

fn kind_of_values(values: &[Value]) -> Kind {
    let all_match = |predicate: fn(&Value) -> bool| values.iter().all(predicate);
    match () {
        () if all_match(Value::is_string) => Kind::String,
        () if all_match(Value::is_boolean) => Kind::Bool,
        () if all_match(|value| value.is_i64() || value.is_u64()) => Kind::Integer,
        () if all_match(Value::is_number) => Kind::Number,
        () => Kind::Any,
    }
}

impl<'a> Lowering<'a> {
    /// Returns the parts of a schema.
    pub(crate) fn parts(&mut self, node: Node<'a>, at: &Pointer) -> Vec<SchemaPart<'a>> {
        let mut parts = Vec::new();
        if self.steps_left.is_none() {
            return parts;
        }
        self.collect_parts(node, at.clone(), &mut Vec::new(), &mut HashSet::new(), &mut parts);
        parts
    }

    /// Adds the parts of a schema to `parts`. `chain` has the locations of the schemas whose `allOf` includes the
    /// schema.
    fn collect_parts(
        &mut self,
        node: Node<'a>,
        at: Pointer,
        chain: &mut Vec<Pointer>,
        visited_locations: &mut HashSet<Pointer>,
        parts: &mut Vec<SchemaPart<'a>>,
    ) {
        let (schema, at) = match node {
            Node::Item(schema) => (schema, at),
            Node::Reference(_) => match self.schema_at(node, &at) {
                Some(target) => target,
                None => return,
            },
        };
        if chain.contains(&at) {
            let message = format!("the `allOf` of `{at}` is part of a reference cycle");
            let diagnostic = Diagnostic::error(code::CIRCULAR_REFERENCE, Location::Key(at), message);
            self.diagnostics.push(diagnostic.help("replace one of the references in the cycle by a schema"));
            return;
        }
        let keywords = schema_keywords(schema);
        let steps = 1 + keywords.properties.len() + keywords.required.len() + keywords.enumeration.len();
        if !visited_locations.insert(at.clone()) || !self.spend(steps, &at) {
            return;
        }
        if chain.len() > MAX_NESTING_DEPTH {
            self.report_too_deep(&at);
            return;
        }
        if schema.schema_data.default.is_some() {
            self.defaults.insert(at.clone(), schema);
        }
        chain.push(at.clone());
        for (index, part) in keywords.all_of.iter().enumerate() {
            self.collect_parts(part.into(), at.child("allOf").child(index), chain, visited_locations, parts);
        }
        chain.pop();
        let mut alternatives = keywords.one_of.iter().chain(&keywords.any_of).filter(|_| !chain.is_empty());
        let is_included_by_alternative = alternatives.any(|alternative| match alternative {
            ReferenceOr::Reference { reference } => {
                Pointer::from_reference(reference).is_some_and(|target| chain.contains(&target))
            }
            ReferenceOr::Item(_) => false,
        });
        let part = SchemaPart { schema, at, uses_alternatives: !is_included_by_alternative };
        if part.has_other_keywords() || part.alternatives().is_some() || keywords.all_of.is_empty() {
            parts.push(part);
        }
    }

    /// Returns the kind of the values that match all parts. If the kinds of two parts contradict each other, reports
    /// this and returns `Any`.
    pub(crate) fn kind(&mut self, parts: &[SchemaPart<'a>]) -> Kind {
        let mut kind_so_far: Option<(Kind, &SchemaPart<'a>)> = None;
        for part in parts {
            let kind = part.kind();
            if let Some(typ) = part.keywords().typ.as_deref() {
                self.check_type(typ, &part.at);
            }
            kind_so_far = match (kind_so_far, kind) {
                (kind_so_far, Kind::Any) => kind_so_far,
                (None, kind) => Some((kind, part)),
                (Some((common_kind, _)), kind) if common_kind == kind => kind_so_far,
                (Some((Kind::Number, _)), Kind::Integer) => Some((kind, part)),
                (Some((Kind::Integer, _)), Kind::Number) => kind_so_far,
                // The kind `null` does not contradict a nullable part of another kind.
                (Some((_, first)), Kind::Null) if first.schema.schema_data.nullable => Some((kind, part)),
                (Some((Kind::Null, _)), _) if part.schema.schema_data.nullable => kind_so_far,
                (Some((_, first)), _) => {
                    let location = Location::Key(part.at.clone());
                    let diagnostic = Diagnostic::warning(
                        code::CONTRADICTION,
                        location,
                        "the parts of the `allOf` have different types, so no value matches all of them",
                    )
                    .label("the generated type is `AnyJson`")
                    .related(Location::Key(first.at.clone()), "this part has a different type")
                    .help("give the parts of an `allOf` the same `type`");
                    self.diagnostics.push(diagnostic);
                    return Kind::Any;
                }
            };
        }
        kind_so_far.map_or(Kind::Any, |(kind, _)| kind)
    }

    /// Reports a `type` that JSON Schema does not define.
    fn check_type(&mut self, typ: &str, at: &Pointer) {
        let (kind, is_standard) = kind_of(typ);
        if !is_standard {
            let location = Location::Value(at.child("type"));
            let assumed_type = match kind {
                Kind::Any => "any JSON value",
                Kind::String => "`string`",
                Kind::Integer => "`integer`",
                Kind::Number => "`number`",
                Kind::Bool => "`boolean`",
                Kind::Array => "`array`",
                Kind::Object | Kind::Null => "`object`",
            };
            let diagnostic = Diagnostic::warning(code::WRONG_TYPE, location, format!("unknown type `{typ}`"))
                .label(format!("treated as {assumed_type}"))
                .help("write `string`, `integer`, `number`, `boolean`, `array` or `object`");
            self.diagnostics.push(diagnostic);
        }
    }
}

/// Returns the properties of all parts. Each property has its schemas in all parts, with their locations.
pub(crate) fn properties<'a>(parts: &[SchemaPart<'a>]) -> Vec<(&'a String, Vec<(Node<'a>, Pointer)>)> {
    let mut properties: indexmap::IndexMap<&String, Vec<(Node<'a>, Pointer)>> = indexmap::IndexMap::new();
    for part in parts {
        for (wire, schema) in &part.keywords().properties {
            let at = part.at.child("properties").child(wire);
            properties.entry(wire).or_default().push((schema.into(), at));
        }
    }
    properties.into_iter().collect()
}

/// Returns the names of the properties that are required by at least one part.
pub(crate) fn required<'a>(parts: &[SchemaPart<'a>]) -> HashSet<&'a str> {
    parts.iter().flat_map(|part| &part.keywords().required).map(String::as_str).collect()
}

/// Returns the value of a keyword in the first part that has it.
pub(crate) fn first_keyword<'a, T>(parts: &[SchemaPart<'a>], get: impl Fn(&'a AnySchema) -> Option<T>) -> Option<T> {
    parts.iter().find_map(|part| get(part.keywords()))
}

/// Returns the `additionalProperties` of the parts and their location, if additional properties are allowed. A schema
/// takes precedence over `true`.
pub(crate) fn additional<'a>(parts: &[SchemaPart<'a>]) -> Option<(&'a AdditionalProperties, Pointer)> {
    let candidates = parts.iter().filter_map(|part| match &part.keywords().additional_properties {
        None | Some(AdditionalProperties::Any(false)) => None,
        Some(additional) => Some((additional, part.at.child("additionalProperties"))),
    });
    // If there are several schemas, `min_by_key` returns the first.
    candidates.min_by_key(|(additional, _)| !matches!(additional, AdditionalProperties::Schema(_)))
}

/// Returns whether a schema has `patternProperties`.
pub(crate) fn has_patterns(schema: &Schema) -> bool {
    schema.schema_data.extensions.contains_key(crate::parse::PATTERN_PROPERTIES)
}

/// Returns the keywords of a schema. The parser creates every schema as `SchemaKind::Any`.
pub(crate) fn schema_keywords(schema: &Schema) -> &AnySchema {
    match &schema.schema_kind {
        SchemaKind::Any(keywords) => keywords,
        _ => {
            static NO_KEYWORDS: std::sync::LazyLock<AnySchema> = std::sync::LazyLock::new(AnySchema::default);
            &NO_KEYWORDS
        }
    }
}
