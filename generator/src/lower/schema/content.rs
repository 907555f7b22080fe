//! Lowers the schemas of the JSON in strings: `contentSchema`.

use openapiv3::Schema;
use serde_json::Value;

use super::formats::scalar_type;
use super::merged_schema::{Kind, SchemaPart, schema_keywords};
use super::{LoweredSchema, Node};
use crate::ir::{Media, TypeRef};
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
        let has_alternatives = |(node, _): &(Node<'a>, Pointer)| match node {
            Node::Item(schema) => {
                !(schema_keywords(schema).any_of.is_empty() && schema_keywords(schema).one_of.is_empty())
            }
            Node::Reference(_) => false,
        };
        let is_string = || lowered.ty.as_ref().is_some_and(|ty| matches!(self.resolved(ty), TypeRef::String));
        let may_hold_json = lowered.holds_json || is_string() && nodes.iter().any(has_alternatives);
        if !may_hold_json {
            return lowered;
        }
        let leaves = self.leaves(nodes);
        let parts = || leaves.iter().flat_map(|leaf| &leaf.parts);
        lowered.holds_json |= parts().any(|part| holds_json(part.schema));
        let content_schemas: Vec<_> = parts().filter_map(content_schema).collect();
        if content_schemas.is_empty() {
            lowered.content = parts().find_map(|part| integer_type(part.schema));
        } else {
            lowered.content = self.lower_nodes(&content_schemas, at, name).into_type();
        }
        lowered
    }
}

/// Returns the schema of the JSON in a string, and its location. The parser stores it as the `items` of the string.
pub(crate) fn content_schema<'a>(part: &SchemaPart<'a>) -> Option<(Node<'a>, Pointer)> {
    let schema = part.keywords().items.as_ref().filter(|_| part.kind() == Kind::String)?;
    Some((Node::from(schema), part.at.child("contentSchema")))
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
