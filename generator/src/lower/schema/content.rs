//! Lowers the schemas of the JSON in strings: `contentSchema`.

use openapiv3::{AdditionalProperties, Schema};
use serde_json::Value;

use super::formats::scalar_type;
use super::merged_schema::{Kind, SchemaPart, schema_keywords};
use super::{LoweredSchema, Node};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Constraint, Media, TypeRef};
use crate::lower::Lowering;
use crate::parse::CONTENT_MEDIA_TYPE;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Adds the type of the JSON to the lowered schema of a parameter, like [`with_content`](Self::with_content). Lowers
    /// all schemas that the type refers to.
    pub(crate) fn with_parameter_content(
        &mut self,
        lowered: LoweredSchema,
        nodes: &[(Node<'a>, Pointer)],
        at: &Pointer,
        name: &[String],
    ) -> LoweredSchema {
        let lowered = self.with_content(lowered, nodes, at, name);
        self.lower_pending();
        lowered
    }

    /// Adds the type of the JSON to the lowered schema of a property, if the values are strings that contain JSON. `nodes`
    /// are the schemas of the property. Adds the schemas that the type refers to to the queue.
    pub(crate) fn with_content(
        &mut self,
        mut lowered: LoweredSchema,
        nodes: &[(Node<'a>, Pointer)],
        at: &Pointer,
        name: &[String],
    ) -> LoweredSchema {
        if let Some(integers) = self.integers_in_items(&lowered, nodes) {
            lowered.content = Some(integers);
            return lowered;
        }
        let has_alternatives = |(node, _): &(Node<'a>, Pointer)| match node {
            Node::Item(schema) => {
                !(schema_keywords(schema).any_of.is_empty() && schema_keywords(schema).one_of.is_empty())
            }
            Node::Reference(_) => false,
        };
        let is_string = || lowered.ty.as_ref().is_some_and(|ty| matches!(self.resolved(ty), TypeRef::String));
        if !(lowered.holds_json || is_string() && nodes.iter().any(has_alternatives)) {
            return lowered;
        }
        let leaves = self.leaves(nodes);
        let parts = || leaves.iter().flat_map(|leaf| &leaf.parts);
        lowered.holds_json |= parts().any(|part| holds_json(part.schema));
        let content_schemas: Vec<_> = parts().filter_map(content_schema).collect();
        if content_schemas.is_empty() {
            lowered.content = parts().find_map(|part| integer_type(part.schema));
        } else {
            let mut content = self.lower_nodes(&content_schemas, at, name);
            let constraints = std::mem::take(&mut content.constraints);
            lowered.constraints.extend((!constraints.is_empty()).then_some(Constraint::Json(constraints)));
            lowered.content = content.into_type();
        }
        lowered
    }

    /// Reports a string with the format of an integer, if the generated code has neither an accessor nor a type for the integer.
    pub(crate) fn report_unread_integer(&mut self, part: &SchemaPart<'a>) {
        if integer_type(part.schema).is_none() || is_read_as_integer(&part.at) {
            return;
        }
        let format = part.keywords().format.as_deref().unwrap_or_default();
        let message = format!("the format `{format}` of this string is ignored");
        let diagnostic = Diagnostic::warning(code::UNKNOWN_FORMAT, Location::Value(part.at.child("format")), message);
        let help =
            "make the string a property, a parameter or an item of one, or use `type: integer` if the API accepts it";
        self.diagnostics.push(diagnostic.label("the generated type is a string").help(help));
    }

    /// Returns the type of an array or map of strings with the integers in the strings, if its values have such strings. `nodes`
    /// are the schemas of the array or map.
    fn integers_in_items(&mut self, lowered: &LoweredSchema, nodes: &[(Node<'a>, Pointer)]) -> Option<TypeRef> {
        let collection = self.resolved(lowered.ty.as_ref()?).clone();
        let (TypeRef::Array(item) | TypeRef::Map(item)) = &collection else { return None };
        let (item, is_nullable) = match item.as_ref() {
            TypeRef::Nullable(item) => (item, true),
            _ => (item, false),
        };
        if *self.resolved(item) != TypeRef::String {
            return None;
        }
        let is_map = matches!(collection, TypeRef::Map(_));
        // `leaves` of an array returns the leaves of its items.
        let mut leaves = self.leaves(nodes);
        if is_map {
            let values: Vec<_> = leaves.iter().flat_map(|leaf| &leaf.parts).filter_map(additional_properties).collect();
            leaves = self.leaves(&values);
        }
        let integer = leaves.iter().flat_map(|leaf| &leaf.parts).find_map(|part| integer_type(part.schema))?;
        let integer = Box::new(if is_nullable { TypeRef::Nullable(Box::new(integer)) } else { integer });
        Some(if is_map { TypeRef::Map(integer) } else { TypeRef::Array(integer) })
    }
}

/// Returns the schema of the JSON in a string, and its location. The parser stores it as the `items` of the string.
pub(crate) fn content_schema<'a>(part: &SchemaPart<'a>) -> Option<(Node<'a>, Pointer)> {
    let schema = part.keywords().items.as_ref().filter(|_| part.kind() == Kind::String)?;
    Some((Node::from(schema), part.at.child("contentSchema")))
}

/// Returns the schema of the additional properties of an object, and its location.
fn additional_properties<'a>(part: &SchemaPart<'a>) -> Option<(Node<'a>, Pointer)> {
    match &part.keywords().additional_properties {
        Some(AdditionalProperties::Schema(values)) => {
            Some((values.as_ref().into(), part.at.child("additionalProperties")))
        }
        _ => None,
    }
}

/// Returns whether a schema is that of a property, a parameter, a header or a component, or of the items or additional properties of
/// such a schema. The generated code reads integers in these strings.
fn is_read_as_integer(at: &Pointer) -> bool {
    let keys: Vec<String> = at.keys().collect();
    let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let without_alternative = |keys: &mut Vec<&str>| {
        while let [.., "anyOf" | "oneOf" | "allOf", _] = keys.as_slice() {
            keys.truncate(keys.len() - 2);
        }
    };
    without_alternative(&mut keys);
    if let Some(&("items" | "additionalProperties")) = keys.last() {
        keys.pop();
        without_alternative(&mut keys);
    }
    matches!(keys.as_slice(), [.., "properties" | "schemas", _] | [.., "parameters" | "headers", _, "schema"])
}

/// Returns the type of the integer in a string, such as a string with the format `int64`.
pub(crate) fn integer_type(schema: &Schema) -> Option<TypeRef> {
    let keywords = schema_keywords(schema);
    let format = keywords.format.as_deref().filter(|_| keywords.typ.as_deref() == Some("string"))?;
    let is_integer = matches!(format, "int32" | "int64" | "uint32" | "uint64");
    is_integer.then(|| scalar_type(Kind::Integer, Some(format)))
}

/// Returns whether the values of a schema are strings that contain JSON, according to `contentMediaType` or `format`. An
/// integer is JSON.
pub(crate) fn holds_json(schema: &Schema) -> bool {
    let media_type = schema.schema_data.extensions.get(CONTENT_MEDIA_TYPE).and_then(Value::as_str);
    media_type.is_some_and(|name| Media::from_media_type(name) == Media::Json)
        || schema_keywords(schema).format.as_deref() == Some("json")
        || integer_type(schema).is_some()
}
