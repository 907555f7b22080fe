//! Chooses the media types of a response: those that a request asks for by default, and those with a method of their
//! own.

use std::collections::HashSet;

use openapiv3::{MediaType, ReferenceOr, Schema};

use super::binary::{Leaf, Nodes};
use super::media_type_names::{is_any, is_media_type};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Alternative, Content, Framing, TypeRef};
use crate::lower::Lowering;
use crate::lower::operation::is_wildcard;
use crate::lower::schema::Node;
use crate::lower::schema::merged_schema::{Kind, properties};
use crate::normalize::media_type_essence;
use crate::parse::ITEM_SCHEMA;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the forms of the body of a response, the default form first. Media types with equal schemas that are decoded in
    /// the same way are one form. An error response has one form. The names are those of the operation and of the type of the
    /// first form.
    pub(crate) fn forms(
        &mut self,
        all: &'a openapiv3::Content,
        at: &Pointer,
        success: bool,
        (id, name): (&str, &[String]),
    ) -> Vec<Alternative> {
        let (mut usable, invalid): (Vec<_>, Vec<_>) =
            all.iter().map(|(name, described)| (name.as_str(), described)).partition(|(name, _)| is_media_type(name));
        for (name, _) in &invalid {
            let message = format!("`{name}` is not a valid media type");
            let label = if usable.is_empty() { "the response is read as bytes" } else { "ignored" };
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.child(name)), message);
            self.diagnostics.push(diagnostic.label(label).help("write one such as `application/json`"));
        }
        if usable.is_empty() {
            let bytes = |(name, _): &(&str, _)| Alternative {
                media_types: vec!["*/*".to_owned()],
                content: Content::Binary,
                ty: TypeRef::Bytes,
                same_schema: false,
                origin: at.child(name),
            };
            return invalid.first().map(bytes).into_iter().collect();
        }
        usable.sort_by_key(|(media_type, _)| rank(media_type));
        let is_typed = |(name, _): &(&str, _)| {
            is_any(name) || matches!(Content::from_media_type(name), Content::Json | Content::Stream(_))
        };
        let is_typed = usable.iter().any(is_typed);
        let mut forms: Vec<Alternative> = Vec::new();
        for (media_type, described) in usable {
            if !self.spend(1 + forms.len(), at) {
                break;
            }
            let origin = at.child(media_type);
            if !forms.is_empty() && (is_any(media_type) || !success) {
                let same = same_schema(all, &forms[0], described) || described.schema.is_none();
                let other = is_any(media_type) || Content::from_media_type(media_type) == Content::Json;
                if !same && other {
                    self.report_unasked(media_type, &forms[0], &origin);
                }
                continue;
            }
            let known = forms.iter_mut().find(|form| {
                let same = form.content == Content::from_media_type(media_type) && same_schema(all, form, described);
                same && is_joined(form, media_type)
            });
            if let Some(known) = known {
                known.media_types.push(media_type.to_owned());
                continue;
            }
            let mut own = vec![id.to_owned(), subtype(media_type)];
            own.extend(Framing::from_media_type(media_type).map(|_| "item".to_owned()));
            let name = if forms.is_empty() { name } else { &own };
            let Some((named, content, ty)) =
                self.form_of(media_type, described, &origin.child(schema_key(described)), name)
            else {
                continue;
            };
            let known =
                forms.iter_mut().find(|form| form.content == content && form.ty == ty && is_joined(form, media_type));
            match known {
                Some(known) => known.media_types.push(media_type.to_owned()),
                None => {
                    self.report_parameters_alone(media_type, &forms, &origin);
                    let first = forms.first().filter(|_| described.schema.is_some());
                    let same_schema = first.is_some_and(|first| same_schema(all, first, described));
                    if !is_typed && matches!(content, Content::Text | Content::Binary) {
                        self.report_unused_schema(media_type, described, &origin, content == Content::Text);
                    }
                    forms.push(Alternative { media_types: vec![named], content, ty, same_schema, origin });
                }
            }
        }
        forms.iter_mut().for_each(drop_parameters);
        join_first(forms, all)
    }

    /// Returns the media type of a response on the wire, how its body is decoded, and the type of its values.
    fn form_of(
        &mut self,
        name: &str,
        described: &'a MediaType,
        at: &Pointer,
        type_name: &[String],
    ) -> Option<(String, Content, TypeRef)> {
        let schema = described.schema.as_ref();
        let lines_as_bytes =
            |lowering: &mut Self| schema.is_some_and(|schema| lowering.is_binary(schema.into(), at, false));
        match Framing::from_media_type(name) {
            None => self.content(name, described, at, type_name).map(|(name, media, ty)| (name, media.into(), ty)),
            Some(Framing::Lines) if lines_as_bytes(self) => Some((name.to_owned(), Content::Binary, TypeRef::Bytes)),
            Some(framing) => {
                let (framing, ty) = match (schema, framing) {
                    (Some(schema), framing) => self.values(schema, framing, at, type_name)?,
                    (None, Framing::Lines) => (framing, TypeRef::Json),
                    (None, _) => (framing, TypeRef::String),
                };
                Some((name.to_owned(), Content::Stream(framing), ty))
            }
        }
    }

    /// Returns the type of the values of a stream. An array schema describes the whole stream. An object schema with the fields of
    /// an event describes whole events.
    fn values(
        &mut self,
        schema: &'a ReferenceOr<Schema>,
        framing: Framing,
        at: &Pointer,
        type_name: &[String],
    ) -> Option<(Framing, TypeRef)> {
        let (_, node, own) = self.unwrapped(schema.into(), at);
        let parts = self.parts(node, &own);
        let items = |part: &crate::lower::schema::merged_schema::Part<'a>| {
            let items = part.any().items.as_ref()?;
            Some((Node::from(items), part.at.child("items")))
        };
        let array = !at.as_str().ends_with(ITEM_SCHEMA)
            && self.kind(&parts) == Kind::List
            && parts.iter().all(|part| part.any().properties.is_empty());
        let (node, at) = parts.iter().find_map(items).filter(|_| array).unwrap_or((schema.into(), at.clone()));
        let leaves = self.leaves(&[(node, at.clone())]);
        let whole = framing == Framing::Events && !leaves.is_empty() && leaves.iter().all(is_envelope);
        self.in_events = whole;
        let ty = self.used(node, &at, type_name).whole();
        self.in_events = false;
        let ty = ty?;
        Some((if whole { Framing::Envelopes } else { framing }, ty))
    }

    /// Returns the schemas of the JSON in the `data` of a whole event, if `contentSchema` gives them; otherwise `nodes`.
    pub(crate) fn data_of_event(&mut self, wire: &str, nodes: Nodes<'a>) -> Nodes<'a> {
        if !self.in_events || wire != "data" {
            return nodes;
        }
        let mut content_schemas = Vec::new();
        for (node, at) in &nodes {
            let parts = self.parts(*node, at);
            let strings = parts.iter().filter(|part| part.kind() == Kind::Text);
            content_schemas.extend(strings.filter_map(|part| {
                let schema = part.any().items.as_ref()?;
                Some((Node::from(schema), part.at.child("contentSchema")))
            }));
        }
        if content_schemas.is_empty() { nodes } else { content_schemas }
    }

    /// Reports a media type that differs from another one with its own schema in nothing but the parameters.
    fn report_parameters_alone(&mut self, media_type: &str, forms: &[Alternative], at: &Pointer) {
        let mut known = forms.iter().flat_map(|form| &form.media_types);
        let Some(first) = known.find(|known| media_type_essence(known) == media_type_essence(media_type)) else {
            return;
        };
        let message = format!("`{media_type}` differs from `{first}` only in parameters and has a different schema");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
            .label("a response to one is also decoded as the other")
            .help("give both the same schema, or media types of their own");
        self.diagnostics.push(diagnostic);
    }

    /// Reports a media type of a response that no request can ask for.
    fn report_unasked(&mut self, media_type: &str, first: &Alternative, at: &Pointer) {
        let first = first.media_types.first().map_or("", String::as_str);
        let message = format!("`{media_type}` has a different schema than `{first}` and is never requested");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
            .label("no type is generated for it")
            .help("give both the same schema; in a successful response, replace a range such as `*/*` by a media type");
        self.diagnostics.push(diagnostic);
    }
}

/// Returns the keyword that contains the schema of the values.
fn schema_key(described: &MediaType) -> &'static str {
    if described.extensions.contains_key(ITEM_SCHEMA) { ITEM_SCHEMA } else { "schema" }
}

/// Returns whether a schema describes a whole event of a stream.
fn is_envelope(leaf: &Leaf<'_>) -> bool {
    let properties = properties(&leaf.parts);
    let mut names = properties.iter().map(|(name, _)| name.as_str());
    // An object with nothing but `data` is a common way to wrap a value in JSON.
    properties.len() > 1
        && properties.iter().any(|(name, _)| *name == "data")
        && names.all(|name| matches!(name, "data" | "event" | "id" | "retry"))
}

/// Returns whether a media type has the same schema as the first media type of a form.
fn same_schema(content: &openapiv3::Content, form: &Alternative, described: &MediaType) -> bool {
    let first = form.origin.keys().last().and_then(|first| content.get(&first));
    first.is_some_and(|first| first.schema == described.schema)
}

/// Returns whether a media type joins a form that is decoded in the same way, instead of getting a method of its own. Strings
/// and bytes with different subtypes get methods of their own.
fn is_joined(form: &Alternative, media_type: &str) -> bool {
    let same = |known: &String| subtype(known) == subtype(media_type);
    !matches!(form.content, Content::Text | Content::Binary) || form.media_types.iter().any(same)
}

/// Makes the first form ask for all string or binary media types that are decoded in the same way. Each of them also keeps a
/// method of its own.
fn join_first(mut forms: Vec<Alternative>, content: &openapiv3::Content) -> Vec<Alternative> {
    let Some(first) = forms.first().cloned() else { return forms };
    if matches!(first.content, Content::Text | Content::Binary) {
        let schema = |form: &Alternative| Some(&content.get(&form.origin.keys().last()?)?.schema);
        let same = |form: &&Alternative| first.content == Content::Binary || schema(form) == schema(&first);
        let all = forms.iter().filter(|form| form.content == first.content).filter(same);
        let media_types: Vec<String> = all.flat_map(|form| form.media_types.clone()).collect();
        if media_types.len() > first.media_types.len() {
            forms.insert(0, Alternative { media_types, ..first });
        }
    }
    forms
}

/// Removes the media types of a form that differ in parameters only from one without parameters.
fn drop_parameters(form: &mut Alternative) {
    let plain: HashSet<String> =
        form.media_types.iter().filter(|name| !name.contains(';')).map(|name| media_type_essence(name)).collect();
    form.media_types.retain(|name| !name.contains(';') || !plain.contains(&media_type_essence(name)));
}

/// Returns the rank of a media type. The lowest rank is the default; a stream has the highest.
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
