//! Lowers responses: their content, and the media types that a request can ask for.

use std::collections::HashMap;

use openapiv3::{ParameterSchemaOrContent, Responses, StatusCode};
use serde_json::Value;

use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Alternative, Content, Docs, Header, Media, Response, Status, is_success};
use crate::lower::Lowering;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the responses of an operation.
    pub(crate) fn responses(&mut self, responses: &'a Responses, at: &Pointer, id: &str) -> Vec<Response> {
        let mut lowered = Vec::new();
        let named = responses.responses.iter().map(|(status, response)| {
            let key = match status {
                StatusCode::Code(code) => code.to_string(),
                StatusCode::Range(class) => format!("{class}XX"),
            };
            (status_of(status), key, response)
        });
        let statuses =
            responses.responses.keys().map(status_of).chain(responses.default.iter().map(|_| Status::Default));
        let mut earlier = HashMap::new();
        let default = responses.default.iter().map(|response| (Status::Default, "default".to_owned(), response));
        for (status, key, response) in named.chain(default) {
            let at = at.child(&key);
            let resolved = self.resolve(response, &at, "responses", |components| &components.responses);
            let Some((response, at)) = resolved else { continue };
            let name = match status.is_success() {
                true => vec![id.to_owned(), "response".to_owned()],
                false => vec![id.to_owned(), key, "response".to_owned()],
            };
            let success = is_success(status, statuses.clone());
            let mut forms = self.forms(&response.content, &at.child("content"), success, (id, &name)).into_iter();
            let (media_types, content, body) = match forms.next() {
                Some(form) => (form.media_types, form.content, Some(form.ty)),
                None => (Vec::new(), Content::Binary, None),
            };
            let mut others: Vec<Alternative> = forms.collect();
            others.retain(|other| self.matches_earlier_status(other, &mut earlier));
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
            lowered.push(Response {
                status,
                body,
                content,
                media_types,
                alternatives: others,
                example,
                headers,
                docs,
                origin: at,
            });
        }
        lowered
    }

    /// Returns the example of a JSON response, or the first of several.
    fn response_example(&mut self, content: &'a openapiv3::Content, at: &Pointer) -> Option<Value> {
        let (media_type, described) = content.iter().find(|(name, _)| Media::from_media_type(name) == Media::Json)?;
        self.shown(described, &at.child("content").child(media_type))
    }

    /// Returns whether a form of a response is decoded like the form of the same media type and an earlier status.
    fn matches_earlier_status(&mut self, other: &Alternative, earlier: &mut HashMap<String, Alternative>) -> bool {
        let Some(name) = other.media_types.first() else { return false };
        let first = earlier.entry(name.clone()).or_insert_with(|| other.clone());
        let same = (first.content, &first.ty) == (other.content, &other.ty);
        if !same {
            let message = format!("`{name}` has different schemas in the responses of two statuses");
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(other.origin.clone()), message)
                .label("the generated method decodes it with the first schema")
                .related(Location::Key(first.origin.clone()), "the first schema")
                .help("give both responses the same schema, such as a `oneOf` of the two");
            self.diagnostics.push(diagnostic);
        }
        same
    }
}

fn status_of(status: &StatusCode) -> Status {
    match *status {
        StatusCode::Code(code) => Status::Code(code),
        StatusCode::Range(class) => Status::Range(class),
    }
}
