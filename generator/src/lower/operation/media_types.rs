//! Chooses the media types of a response. A request accepts some media types by default, and has separate methods for
//! the remaining media types.

use std::collections::HashSet;

use openapiv3::{MediaType, ReferenceOr, Schema};

use super::binary::{Leaf, Nodes};
use super::media_type_names::{is_any, is_media_type};
use crate::diagnostics::{Diagnostic, Location, code, did_you_mean};
use crate::ir::{Alternative, Api, Constraint, Content, Framing, TypeRef, stream_ends};
use crate::lower::Lowering;
use crate::lower::operation::is_wildcard;
use crate::lower::schema::Node;
use crate::lower::schema::content::content_schema;
use crate::lower::schema::merged_schema::{Kind, SchemaPart, properties};
use crate::normalize::media_type_essence;
use crate::parse::ITEM_SCHEMA;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the alternatives for the body of a response. The first is the default. Media types with equal schemas
    /// that are decoded in the same way are one alternative. An error response has only the default.
    ///
    /// `default_type_name` is the name of the type of the default.
    pub(crate) fn response_alternatives(
        &mut self,
        response_content: &'a openapiv3::Content,
        at: &Pointer,
        is_success: bool,
        (operation, default_type_name): (&str, &[String]),
    ) -> Vec<Alternative> {
        let (mut valid, invalid): (Vec<_>, Vec<_>) = response_content
            .iter()
            .map(|(name, object)| (name.as_str(), object))
            .partition(|(name, _)| is_media_type(name));
        for (name, _) in &invalid {
            let message = format!("`{name}` is not a valid media type");
            let label = if valid.is_empty() { "the response is read as bytes" } else { "ignored" };
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.child(name)), message);
            self.diagnostics.push(diagnostic.label(label).help("write a media type such as `application/json`"));
        }
        if valid.is_empty() {
            return invalid.first().map(|(name, _)| bytes_alternative(at.child(name))).into_iter().collect();
        }
        valid.sort_by_key(|(media_type, _)| rank(media_type));
        let has_typed_media_type = valid.iter().any(|(name, _)| {
            is_any(name) || matches!(Content::from_media_type(name), Content::Json | Content::Stream(_))
        });
        let mut alternatives: Vec<Alternative> = Vec::new();
        for (media_type, object) in valid {
            if !self.spend(1 + alternatives.len(), at) {
                break;
            }
            let origin = at.child(media_type);
            if !alternatives.is_empty() && (is_any(media_type) || !is_success) {
                let has_default_schema =
                    has_default_schema(response_content, &alternatives[0], object) || object.schema.is_none();
                let may_be_json = is_any(media_type) || Content::from_media_type(media_type) == Content::Json;
                if !has_default_schema && may_be_json {
                    self.report_never_requested(media_type, &alternatives[0], &origin);
                }
                continue;
            }
            let equivalent = alternatives.iter_mut().find(|alternative| {
                alternative.content == Content::from_media_type(media_type)
                    && has_default_schema(response_content, alternative, object)
                    && shares_method(alternative, media_type)
            });
            if let Some(equivalent) = equivalent {
                equivalent.media_types.push(media_type.to_owned());
                continue;
            }
            let mut type_name = vec![operation.to_owned(), subtype(media_type)];
            type_name.extend(Framing::from_media_type(media_type).map(|_| "item".to_owned()));
            let type_name = if alternatives.is_empty() { default_type_name } else { &type_name };
            let schema_at = origin.child(schema_keyword(object));
            let lowered = self.response_body(media_type, object, &schema_at, type_name);
            let Some((wire_name, content, (ty, constraints))) = lowered else { continue };
            let equivalent = alternatives.iter_mut().find(|alternative| {
                alternative.content == content && alternative.ty == ty && shares_method(alternative, media_type)
            });
            if let Some(equivalent) = equivalent {
                equivalent.media_types.push(media_type.to_owned());
                continue;
            }
            self.report_same_essence(media_type, &alternatives, &origin);
            let default = alternatives.first().filter(|_| object.schema.is_some());
            let has_default_schema =
                default.is_some_and(|default| has_default_schema(response_content, default, object));
            if !has_typed_media_type && matches!(content, Content::Text | Content::Binary) {
                self.report_unused_schema(media_type, object, &origin, content == Content::Text);
            }
            let media_types = vec![wire_name];
            alternatives.push(Alternative { media_types, content, ty, constraints, has_default_schema, origin });
        }
        alternatives.iter_mut().for_each(remove_redundant_parameters);
        add_combined_default(alternatives, response_content)
    }

    /// Returns the media type for the header `Accept`, how the body is decoded, and the type of its values with the constraints
    /// of the JSON.
    fn response_body(
        &mut self,
        name: &str,
        object: &'a MediaType,
        at: &Pointer,
        type_name: &[String],
    ) -> Option<(String, Content, (TypeRef, Vec<Constraint>))> {
        let schema = object.schema.as_ref();
        let has_binary_schema =
            |lowering: &mut Self| schema.is_some_and(|schema| lowering.is_binary(schema.into(), at, false));
        match Framing::from_media_type(name) {
            None => self.body_content(name, object, at, type_name).map(|(name, media, ty)| (name, media.into(), ty)),
            Some(Framing::Lines) if has_binary_schema(self) => {
                Some((name.to_owned(), Content::Binary, (TypeRef::Bytes, Vec::new())))
            }
            Some(framing) => {
                self.find_stream_ends(object);
                let (framing, ty) = match (schema, framing) {
                    (Some(schema), framing) => self.stream_values(schema, framing, at, type_name)?,
                    (None, Framing::Lines) => (framing, TypeRef::Json),
                    (None, _) => (framing, TypeRef::String),
                };
                let constraints = schema.map(|schema| self.stream_constraints(schema, at)).unwrap_or_default();
                Some((name.to_owned(), Content::Stream(framing), (ty, constraints)))
            }
        }
    }

    /// Returns the type of the values of a request body that consists of lines of JSON. Returns `None` for other bodies, and for
    /// lines whose schema describes bytes or is missing.
    pub(crate) fn line_values(
        &mut self,
        name: &str,
        object: &'a MediaType,
        at: &Pointer,
        type_name: &[String],
    ) -> Option<TypeRef> {
        let schema = object.schema.as_ref().filter(|_| Framing::from_media_type(name) == Some(Framing::Lines))?;
        if self.is_binary(schema.into(), at, false) {
            return None;
        }
        self.stream_values(schema, Framing::Lines, at, type_name).map(|(_, ty)| ty)
    }

    /// Adds the items that end a stream in the examples of a media type, and in the description of its schema.
    fn find_stream_ends(&mut self, object: &MediaType) {
        let named = object.examples.values().filter_map(|example| example.as_item()?.value.as_ref());
        let examples = object.example.iter().chain(named).filter_map(serde_json::Value::as_str);
        let schema = object.schema.as_ref().and_then(|schema| schema.as_item()?.schema_data.description.as_deref());
        for text in examples.chain(schema) {
            self.stream_ends.extend(stream_ends(text).map(str::to_owned));
        }
    }

    /// Returns the framing of a stream and the type of its values.
    ///
    /// An array schema describes the complete stream, and its items describe the values. An object schema with the
    /// fields of a server-sent event describes complete events. If `data` is its only property, it may also describe the data,
    /// because many APIs wrap their values in such an object. Any other schema describes only the `data` of the events.
    fn stream_values(
        &mut self,
        schema: &'a ReferenceOr<Schema>,
        framing: Framing,
        at: &Pointer,
        type_name: &[String],
    ) -> Option<(Framing, TypeRef)> {
        let (_, node, node_at) = self.unwrap_all_of(schema.into(), at);
        let parts = self.parts(node, &node_at);
        let items = |part: &SchemaPart<'a>| Some((Node::from(part.keywords().items.as_ref()?), part.at.child("items")));
        let describes_stream = self.describes_stream(&parts, at);
        let items = parts.iter().find_map(items).filter(|_| describes_stream);
        let (node, at) = items.unwrap_or((schema.into(), at.clone()));
        let leaves = self.leaves(&[(node, at.clone())]);
        let is_event = framing == Framing::Events && !leaves.is_empty() && leaves.iter().all(describes_event);
        let has_only_data = leaves.iter().all(|leaf| properties(&leaf.parts).len() == 1);
        self.is_in_events = is_event;
        let ty = self.lower_schema(node, &at, type_name).into_type();
        self.is_in_events = false;
        let ty = ty?;
        Some(match (is_event, has_only_data) {
            (true, false) => (Framing::Envelopes, ty),
            (true, true) => (Framing::DataEnvelopes, ty),
            (false, _) => (framing, ty),
        })
    }

    /// Returns whether the schema at `at` is an array that describes the complete stream.
    fn describes_stream(&mut self, parts: &[SchemaPart<'a>], at: &Pointer) -> bool {
        !at.as_str().ends_with(ITEM_SCHEMA)
            && self.kind(parts) == Kind::Array
            && parts.iter().all(|part| part.keywords().properties.is_empty())
    }

    /// Returns the constraints of a stream, as those of an array of its values.
    pub(crate) fn stream_constraints(&mut self, schema: &'a ReferenceOr<Schema>, at: &Pointer) -> Vec<Constraint> {
        let parts = self.parts(schema.into(), at);
        let constraints = self.constraints_at(schema.into(), at);
        match self.describes_stream(&parts, at) {
            true => constraints,
            false => vec![Constraint::Items(constraints)],
        }
    }

    /// Returns the schemas of the property `wire` of a complete event. If the property is `data`, and has a
    /// `contentSchema` for the JSON in it, this is the `contentSchema`. Otherwise, returns `nodes`.
    pub(crate) fn data_of_event(&mut self, wire: &str, nodes: Nodes<'a>) -> Nodes<'a> {
        if !self.is_in_events || wire != "data" {
            return nodes;
        }
        let mut content_schemas = Vec::new();
        for (node, at) in &nodes {
            content_schemas.extend(self.parts(*node, at).iter().filter_map(content_schema));
        }
        if content_schemas.is_empty() { nodes } else { content_schemas }
    }

    /// Reports a property that asks for a stream if no request body has it.
    pub(crate) fn check_stream_flag(&mut self, api: &Api) {
        let Some(name) = self.config.streams.flag.as_deref().filter(|name| !name.is_empty()) else { return };
        if api.operations.iter().any(|(_, operation)| api.stream_flag(operation).is_some()) {
            return;
        }
        let message = format!("no request body has the boolean property `{name}`");
        let diagnostic = Diagnostic::error(code::CONFIG_VALUE, self.config.location("streams.flag"), message);
        self.diagnostics.push(diagnostic.help("remove the key, or name the property that asks for a stream"));
    }

    /// Reports the operations in `[streams.operations]` that do not exist or have no stream.
    pub(crate) fn check_stream_operations(&mut self, api: &Api) {
        for (name, settings) in &self.config.streams.operations {
            let operation =
                api.operations.iter().map(|(_, operation)| operation).find(|operation| operation.has_id(name));
            let (message, help) = match operation {
                Some(operation) if operation.has_stream() => continue,
                Some(_) => (format!("no response of `{name}` is a stream"), "remove the key".to_owned()),
                None => {
                    let streams = api.operations.iter().filter(|(_, operation)| operation.has_stream());
                    let ids = streams.map(|(_, operation)| operation.id.as_str());
                    let help = match did_you_mean(name, ids) {
                        Some(similar) => format!("did you mean `{similar}`?"),
                        None => "name an operation by its `operationId`".to_owned(),
                    };
                    (format!("no operation has the `operationId` `{name}`"), help)
                }
            };
            self.error(code::CONFIG_VALUE, Location::Config(settings.span()), message, help);
        }
    }

    /// Reports a media type that has a different schema than an earlier media type, although the two differ only in
    /// their parameters.
    fn report_same_essence(&mut self, media_type: &str, alternatives: &[Alternative], at: &Pointer) {
        let essence = media_type_essence(media_type);
        let mut earlier_media_types = alternatives.iter().flat_map(|alternative| &alternative.media_types);
        let Some(earlier_media_type) = earlier_media_types.find(|name| media_type_essence(name) == essence) else {
            return;
        };
        let message =
            format!("`{media_type}` differs from `{earlier_media_type}` only in parameters and has a different schema");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
            .label("a response may be decoded with the schema of the other media type")
            .help("give both media types the same schema, or rename one of them");
        self.diagnostics.push(diagnostic);
    }

    /// Reports a media type of a response that no request asks for.
    fn report_never_requested(&mut self, media_type: &str, default: &Alternative, at: &Pointer) {
        let default = default.media_types.first().map_or("", String::as_str);
        let message = format!("`{media_type}` is never requested, because its schema differs from that of `{default}`");
        let help = match is_wildcard(media_type) {
            true => "give both media types the same schema, or replace the range by a media type",
            false => "give both media types the same schema",
        };
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
            .label("no type is generated for this schema")
            .help(help);
        self.diagnostics.push(diagnostic);
    }
}

/// Returns the alternative for a response without a valid media type. The body is bytes.
fn bytes_alternative(origin: Pointer) -> Alternative {
    let media_types = vec!["*/*".to_owned()];
    let (content, ty, constraints) = (Content::Binary, TypeRef::Bytes, Vec::new());
    Alternative { media_types, content, ty, constraints, has_default_schema: false, origin }
}

/// Returns the keyword with the schema of a media type: `itemSchema` or `schema`.
pub(crate) fn schema_keyword(object: &MediaType) -> &'static str {
    if object.extensions.contains_key(ITEM_SCHEMA) { ITEM_SCHEMA } else { "schema" }
}

/// Returns whether a schema can describe a complete server-sent event. Otherwise, it describes only the `data`.
fn describes_event(leaf: &Leaf<'_>) -> bool {
    let properties = properties(&leaf.parts);
    let mut names = properties.iter().map(|(name, _)| name.as_str());
    properties.iter().any(|(name, _)| *name == "data")
        && names.all(|name| matches!(name, "data" | "event" | "id" | "retry"))
}

/// Returns whether a media type has the same schema as the first media type of an alternative.
fn has_default_schema(content: &openapiv3::Content, alternative: &Alternative, object: &MediaType) -> bool {
    let first = alternative.origin.keys().last().and_then(|first| content.get(&first));
    first.is_some_and(|first| first.schema == object.schema)
}

/// Returns whether a media type can have the same method as an alternative that is decoded in the same way. Strings and
/// bytes have the same method only if the subtypes are equal.
fn shares_method(alternative: &Alternative, media_type: &str) -> bool {
    let has_same_subtype = |name: &String| subtype(name) == subtype(media_type);
    !matches!(alternative.content, Content::Text | Content::Binary)
        || alternative.media_types.iter().any(has_same_subtype)
}

/// Adds a new default, which accepts the media types of all alternatives that are decoded like the old default. Does
/// this only if the old default is a string or bytes, and other alternatives are decoded in the same way.
fn add_combined_default(mut alternatives: Vec<Alternative>, content: &openapiv3::Content) -> Vec<Alternative> {
    let Some(default) = alternatives.first().cloned() else { return alternatives };
    if matches!(default.content, Content::Text | Content::Binary) {
        let schema = |alternative: &Alternative| Some(&content.get(&alternative.origin.keys().last()?)?.schema);
        let is_decoded_as_default = |alternative: &&Alternative| {
            alternative.content == default.content
                && (default.content == Content::Binary || schema(alternative) == schema(&default))
        };
        let combined = alternatives.iter().filter(is_decoded_as_default);
        let media_types: Vec<String> = combined.flat_map(|alternative| alternative.media_types.clone()).collect();
        if media_types.len() > default.media_types.len() {
            alternatives.insert(0, Alternative { media_types, ..default });
        }
    }
    alternatives
}

/// Removes each media type with parameters, if the same media type is also listed without parameters.
fn remove_redundant_parameters(alternative: &mut Alternative) {
    let names = alternative.media_types.iter();
    let without_parameters: HashSet<String> =
        names.filter(|name| !name.contains(';')).map(|name| media_type_essence(name)).collect();
    alternative
        .media_types
        .retain(|name| !name.contains(';') || !without_parameters.contains(&media_type_essence(name)));
}

/// Returns the rank of a media type. The media type with the lowest rank is the default. A stream has the highest rank.
fn rank(media_type: &str) -> u8 {
    match Content::from_media_type(media_type) {
        Content::Json if media_type_essence(media_type) == "application/json" => 0,
        Content::Json => 1,
        Content::Stream(_) => 5,
        _ if is_wildcard(media_type) => 2,
        Content::Text => 3,
        Content::Binary => 4,
    }
}

fn subtype(media_type: &str) -> String {
    let essence = media_type_essence(media_type);
    essence.split_once('/').map_or(essence.clone(), |(_, subtype)| subtype.to_owned())
}
