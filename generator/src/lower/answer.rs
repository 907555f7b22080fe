//! The answers of operations: what they carry, and the media types they can be asked for as.

use std::collections::HashSet;

use openapiv3::{Content, MediaType, ParameterSchemaOrContent, Responses, StatusCode};
use serde_json::Value;

use super::Lowering;
use super::body::is_media_type;
use super::operation::{essence, is_wildcard};
use crate::diag::{Diagnostic, Place, code};
use crate::ir::{Alternative, Docs, Framing, Header, Media, Response, Status, TypeRef};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// The answers of an operation.
    pub(super) fn responses(&mut self, responses: &'a Responses, at: &Pointer, id: &str) -> Vec<Response> {
        let mut lowered = Vec::new();
        let named = responses.responses.iter().map(|(status, response)| {
            let key = match status {
                StatusCode::Code(code) => code.to_string(),
                StatusCode::Range(class) => format!("{class}XX"),
            };
            let status = match *status {
                StatusCode::Code(code) => Status::Code(code),
                StatusCode::Range(class) => Status::Range(class),
            };
            (status, key, response)
        });
        let default = responses.default.iter().map(|response| (Status::Default, "default".to_owned(), response));
        for (status, key, response) in named.chain(default) {
            let at = at.child(&key);
            let resolved = self.resolve(response, &at, "responses", |components| &components.responses);
            let Some((response, at)) = resolved else { continue };
            let name = match status.is_success() {
                true => vec![id.to_owned(), "response".to_owned()],
                false => vec![id.to_owned(), key, "response".to_owned()],
            };
            let content = at.child("content");
            let chosen = chosen(&response.content);
            let carried = chosen.and_then(|(media_type, described)| {
                self.carried(media_type, described, &content.child(media_type).child("schema"), &name)
            });
            let (media_type, body) = carried.map_or_else(Default::default, |(name, ty)| (name, Some(ty)));
            let others = match chosen {
                Some(chosen) if status.is_success() || status == Status::Default => {
                    self.others(chosen, &response.content, &content, id)
                }
                _ => Vec::new(),
            };
            let mut headers = Vec::new();
            for (wire, header) in &response.headers {
                let at = at.child("headers").child(wire);
                if !self.spend(1, &at) {
                    break;
                }
                let resolved = self.resolve(header, &at, "headers", |components| &components.headers);
                let Some((header, at)) = resolved else { continue };
                let (schema, at) = match &header.format {
                    ParameterSchemaOrContent::Schema(schema) => (Some(schema), at.child("schema")),
                    ParameterSchemaOrContent::Content(content) => match content.first() {
                        Some((name, media)) => (media.schema.as_ref(), at.child("content").child(name).child("schema")),
                        None => (None, at),
                    },
                };
                let Some(schema) = schema else { continue };
                let found = self.used(schema, &at, &[id.to_owned(), wire.clone()]);
                if let Some(ty) = found.ty {
                    let docs = Docs::new(None, header.description.as_deref());
                    let example = header.example.clone().or(found.example);
                    headers.push(Header { wire: wire.clone(), ty, example, docs });
                }
            }
            let example = self.response_example(&response.content, &at);
            let docs = Docs::new(None, Some(&response.description));
            lowered.push(Response { status, body, media_type, others, example, headers, docs, origin: at });
        }
        lowered
    }

    /// The example of a JSON answer, or the first of several.
    fn response_example(&mut self, content: &'a Content, at: &Pointer) -> Option<Value> {
        let (media_type, described) = content.iter().find(|(name, _)| Media::of(name) == Media::Json)?;
        self.shown(described, &at.child("content").child(media_type))
    }

    /// The media type of an answer on the wire, and the type of its values.
    fn carried(
        &mut self,
        name: &str,
        described: &'a MediaType,
        at: &Pointer,
        type_name: &[String],
    ) -> Option<(String, TypeRef)> {
        let Some(framing) = Framing::of(name) else { return self.content(name, described, at, type_name) };
        let ty = match (&described.schema, framing) {
            (Some(schema), _) => self.used(schema, at, type_name).whole()?,
            (None, Framing::Events) => TypeRef::Text,
            (None, Framing::Lines) => TypeRef::Json,
        };
        Some((name.to_owned(), ty))
    }

    /// What an answer can be asked for as besides what it is bound as: values one by one, and texts and bytes that are
    /// not said to be the same once more.
    fn others(
        &mut self,
        (chosen, first): (&str, &MediaType),
        content: &'a Content,
        at: &Pointer,
        id: &str,
    ) -> Vec<Alternative> {
        let mut others: Vec<Alternative> = Vec::new();
        let mut subtypes = HashSet::new();
        for (name, described) in content.iter().filter(|(name, _)| *name != chosen && !is_wildcard(name)) {
            if !is_media_type(name) {
                let message = format!("`{name}` is no media type");
                let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Place::Key(at.child(name)), message);
                self.diagnostics.push(diagnostic.help("write one such as `application/json`"));
                continue;
            }
            let stream = Framing::of(name).is_some();
            let new = Media::of(name) != Media::Json && described.schema != first.schema;
            if !(stream || new) || !is_sendable(name) || !self.spend(1, at) || subtypes.contains(&subtype(name)) {
                continue;
            }
            let at = at.child(name).child("schema");
            let type_name = [id.to_owned(), subtype(name), "item".to_owned()];
            let carried = self.carried(name, described, &at, &type_name);
            subtypes.extend(carried.iter().map(|(media_type, _)| subtype(media_type)));
            others.extend(carried.map(|(media_type, ty)| Alternative { media_type, ty }));
        }
        others
    }
}

/// The media type that an answer is bound as: of several, the one that can say most.
fn chosen(content: &Content) -> Option<(&str, &MediaType)> {
    let rank = |name: &str| match Media::of(name) {
        Media::Json => 0,
        _ if is_wildcard(name) => 1,
        _ if Framing::of(name).is_some() => 2,
        Media::Text => 3,
        Media::Binary => 4,
    };
    let sendable = content.iter().filter(|(name, _)| is_sendable(name));
    sendable.min_by_key(|(name, _)| rank(name)).map(|(name, described)| (name.as_str(), described))
}

/// Whether a header can say it.
fn is_sendable(media_type: &str) -> bool {
    !media_type.trim().is_empty() && media_type.chars().all(|c| c == ' ' || c.is_ascii_graphic())
}

fn subtype(media_type: &str) -> String {
    let essence = essence(media_type);
    essence.split_once('/').map_or(essence.clone(), |(_, subtype)| subtype.to_owned())
}
