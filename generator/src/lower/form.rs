//! Forms: the fields of a body that is made of them, which are parameters that travel in it.

use openapiv3::{AdditionalProperties, Encoding, MediaType};

use super::Lowering;
use super::body::is_media_type;
use super::param::query_style;
use super::schema::{Node, Use};
use super::view::{Kind, Part, additional, first, properties, required};
use crate::diag::{Diagnostic, Place, code};
use crate::ir::{Docs, Media, Param, ParamPlace, Style, TypeRef};
use crate::parse::{CONTENT_ENCODING, CONTENT_MEDIA_TYPE};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Whether what stands at a media type can be a form: an object, or what says nothing of its values.
    pub(super) fn has_fields(&mut self, media: &'a MediaType, at: &Pointer) -> bool {
        let at = &at.child("schema");
        let parts = media.schema.as_ref().map(|schema| self.parts(schema.into(), at)).unwrap_or_default();
        matches!(self.kind(&parts), Kind::Object | Kind::Any)
    }

    /// The fields of a form, from what stands at the media type. Those of a multipart body may be files.
    pub(super) fn form(&mut self, media: &'a MediaType, at: &Pointer, operation: &str, multipart: bool) -> Vec<Param> {
        let (media_at, at) = (at.clone(), &at.child("schema"));
        let parts = media.schema.as_ref().map(|schema| self.parts(schema.into(), at)).unwrap_or_default();
        if let Some(schema) = media.schema.as_ref().filter(|_| parts.iter().any(|part| part.choices().is_some())) {
            if multipart && self.any_files(&parts, media) {
                self.as_text(&parts[0].at, "the fields of a form that can be one of several");
            }
            // Which fields there are shows in the value.
            let found = self.used(schema, at, &[operation.to_owned(), "form".to_owned()]);
            let found = Use { docs: Docs::default(), ..found };
            let param = self.finish_param("body", ParamPlace::Form, Style::Members, found, at);
            return vec![Param { required: true, style: Style::Members, ..param }];
        }
        let shown = self.shown(media, &media_at);
        let mut params = Vec::new();
        let required = required(&parts);
        for (wire, nodes) in properties(&parts) {
            if !self.spend(1, at) {
                break;
            }
            let own = nodes.first().map_or_else(|| at.clone(), |(_, own)| own.clone());
            let mut found = self.used_together(&nodes, &own, &[operation.to_owned(), wire.clone()]);
            self.check_default(&mut found, &own);
            // What only answers have is not for a request to say.
            if found.read_only {
                continue;
            }
            let encoding = media.encoding.get(wire);
            let said = if multipart { self.content_type(&nodes) } else { None };
            let file = if multipart { self.file(&nodes, encoding) } else { None };
            let param = match file {
                Some(ty) => {
                    let found = Use { ty: Some(ty), constraints: Vec::new(), ..found };
                    let param = self.finish_param(wire, ParamPlace::File, Style::Plain, found, &own);
                    Param { media_type: encoding.and_then(only).or(said), ..param }
                }
                None => {
                    let param = self.field(wire, found, encoding, &own, multipart);
                    let free = param.media_type.is_none() && encoding.is_none_or(|one| one.style.is_none());
                    Param { media_type: param.media_type.or(said.filter(|_| free)), ..param }
                }
            };
            let example = shown.as_ref().and_then(|shown| shown.get(wire)).cloned().or(param.example);
            params.push(Param { required: required.contains(wire.as_str()), example, ..param });
        }
        let undeclared = if params.is_empty() { Vec::new() } else { self.undeclared(&parts) };
        for (wire, origin) in undeclared {
            let found = Use { ty: Some(TypeRef::Json), ..Use::default() };
            let param = self.field(&wire, found, media.encoding.get(&wire), &origin, multipart);
            params.push(Param { required: true, ..param });
        }
        if let Some((AdditionalProperties::Schema(others), at)) = additional(&parts).filter(|_| multipart) {
            let others = self.parts(Node::from(others.as_ref()), &at);
            if self.is_file(&others, None) {
                self.as_text(&at, "parts that have no name in the document");
            }
        }
        params.extend(self.other_fields(&parts, params.is_empty(), at, operation));
        params
    }

    /// Says that parts are sent as text whatever they are.
    fn as_text(&mut self, at: &Pointer, what: &str) {
        let message = format!("files among {what} cannot be bound yet");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Place::Key(at.clone()), message)
            .label("each is bound as the text of a part")
            .help("where there are files, name them in the `properties` of one object");
        self.diagnostics.push(diagnostic);
    }

    /// A field that is sent as text.
    fn field(&mut self, wire: &str, found: Use, encoding: Option<&Encoding>, at: &Pointer, part: bool) -> Param {
        let styled = encoding.and_then(|one| Some((query_style(one.style.as_ref()?, Some(one.explode)), one)));
        let media_type = encoding.and_then(only);
        let (style, reserved) = match (styled, &media_type) {
            (Some((style, encoding)), _) => (style, encoding.allow_reserved && !part),
            (None, Some(name)) if Media::of(name) == Media::Json => (Style::Json, false),
            (None, _) => (Style::Each, false),
        };
        let param = self.finish_param(wire, ParamPlace::Form, style, found, at);
        let json = matches!(param.style, Style::Json | Style::Each) && param.ty != TypeRef::Json;
        let media_type = match (part && styled.is_none(), media_type) {
            (true, None) if json => Some("application/json".to_owned()),
            (true, media_type) => media_type,
            (false, _) => None,
        };
        Param { reserved, media_type, ..param }
    }

    /// The fields that have no name in the document, where it says that there are such, or names none at all.
    fn other_fields(&mut self, parts: &[Part<'a>], free: bool, at: &Pointer, operation: &str) -> Option<Param> {
        let value = match additional(parts) {
            Some((AdditionalProperties::Schema(schema), at)) => {
                self.used(Node::from(schema.as_ref()), &at, &[operation.to_owned(), "value".to_owned()]).whole()?
            }
            Some(_) => TypeRef::Json,
            None if free => TypeRef::Json,
            None => return None,
        };
        let said = "The fields that have no name of their own.";
        let found =
            Use { ty: Some(TypeRef::Map(Box::new(value))), docs: Docs::new(None, Some(said)), ..Use::default() };
        Some(self.finish_param("additionalProperties", ParamPlace::Form, Style::Members, found, at))
    }

    /// Whether there are files among the fields of what a form can be.
    fn any_files(&mut self, parts: &[Part<'a>], media: &'a MediaType) -> bool {
        let mut all = parts.to_vec();
        for (part, (keyword, choices)) in parts.iter().filter_map(|part| Some((part, part.choices()?))) {
            let at = part.at.child(keyword);
            all.extend(choices.iter().enumerate().flat_map(|(index, one)| self.parts(one.into(), &at.child(index))));
        }
        properties(&all).into_iter().any(|(wire, nodes)| self.file(&nodes, media.encoding.get(wire)).is_some())
    }

    /// The type of a part of a multipart body that is sent as bytes: one file, or a list of them.
    fn file(&mut self, nodes: &[(Node<'a>, Pointer)], encoding: Option<&Encoding>) -> Option<TypeRef> {
        let parts: Vec<Part<'a>> = nodes.iter().flat_map(|(node, at)| self.parts(*node, at)).collect();
        if encoding.is_some_and(|encoding| encoding.style.is_some()) {
            return None;
        }
        if self.kind(&parts) == Kind::List {
            let (part, items) = parts.iter().find_map(|part| Some((part, part.any().items.as_ref()?)))?;
            let items = self.parts(Node::from(items), &part.at.child("items"));
            return self.is_file(&items, encoding).then(|| TypeRef::List(Box::new(TypeRef::Bytes)));
        }
        self.is_file(&parts, encoding).then_some(TypeRef::Bytes)
    }

    /// The media type that the schema of a part, or of each of several, says itself. What is encoded is bytes, whatever they
    /// are.
    fn content_type(&mut self, nodes: &[(Node<'a>, Pointer)]) -> Option<String> {
        let mut parts: Vec<Part<'a>> = nodes.iter().flat_map(|(node, at)| self.parts(*node, at)).collect();
        if self.kind(&parts) == Kind::List {
            let (part, items) = parts.iter().find_map(|part| Some((part, part.any().items.as_ref()?)))?;
            parts = self.parts(Node::from(items), &part.at.child("items"));
        }
        let said = |keyword| parts.iter().find_map(|part| part.schema.schema_data.extensions.get(keyword)?.as_str());
        let named = said(CONTENT_MEDIA_TYPE).filter(|name| is_media_type(name)).map(str::to_owned);
        named.or_else(|| said(CONTENT_ENCODING).map(|_| "application/octet-stream".to_owned()))
    }

    fn is_file(&mut self, parts: &[Part<'a>], encoding: Option<&Encoding>) -> bool {
        let format = first(parts, |any| any.format.as_deref());
        let binary = encoding.and_then(|one| one.content_type.as_deref()).map(|name| Media::of(name) == Media::Binary);
        match self.kind(parts) {
            Kind::Text => format == Some("binary") || format.is_none() && binary == Some(true),
            // From 3.1 on, what is no JSON has no type at all.
            Kind::Any if parts.iter().all(|part| part.choices().is_none()) => {
                binary.unwrap_or(format == Some("binary") || self.document.openapi.starts_with("3.1"))
            }
            _ => false,
        }
    }
}

/// The media type of an encoding, if it is one and not a choice of several.
fn only(encoding: &Encoding) -> Option<String> {
    encoding.content_type.clone().filter(|name| name.contains('/') && !name.contains(['*', ',']))
}
