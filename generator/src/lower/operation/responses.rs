//! Lowers responses: their bodies, headers and examples.

use std::collections::HashMap;

use openapiv3::{ParameterSchemaOrContent, Responses, StatusCode};
use serde_json::Value;

use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Alternative, Content, Docs, Header, Media, Response, Status, is_success};
use crate::lower::Lowering;
use crate::lower::operation::parameters::integers;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the responses of an operation.
    pub(crate) fn lower_responses(&mut self, responses: &'a Responses, at: &Pointer, operation: &str) -> Vec<Response> {
        let mut lowered = Vec::new();
        let with_status = responses.responses.iter().map(|(status, response)| {
            let key = match status {
                StatusCode::Code(code) => code.to_string(),
                StatusCode::Range(class) => format!("{class}XX"),
            };
            (status_of(status), key, response)
        });
        let statuses =
            responses.responses.keys().map(status_of).chain(responses.default.iter().map(|_| Status::Default));
        let mut alternatives_by_media_type = HashMap::new();
        let default = responses.default.iter().map(|response| (Status::Default, "default".to_owned(), response));
        for (status, key, response) in with_status.chain(default) {
            let at = at.child(&key);
            let resolved = self.resolve(response, &at, "responses", |components| &components.responses);
            let Some((response, at)) = resolved else { continue };
            let type_name = match status.is_success() {
                true => vec![operation.to_owned(), "response".to_owned()],
                false => vec![operation.to_owned(), key, "response".to_owned()],
            };
            let is_successful = is_success(status, statuses.clone());
            let content_at = at.child("content");
            let alternatives =
                self.response_alternatives(&response.content, &content_at, is_successful, (operation, &type_name));
            let mut by_preference = alternatives.into_iter();
            let (media_types, content, body, constraints) = match by_preference.next() {
                Some(default) => (default.media_types, default.content, Some(default.ty), default.constraints),
                None => (Vec::new(), Content::Binary, None, Vec::new()),
            };
            let mut alternatives: Vec<Alternative> = by_preference.collect();
            alternatives
                .retain(|alternative| self.matches_earlier_status(alternative, &mut alternatives_by_media_type));
            let headers = self.response_headers(response, &at, operation);
            let example = self.response_example(&response.content, &at);
            let docs = Docs::new(None, Some(&response.description));
            lowered.push(Response {
                status,
                body,
                constraints,
                content,
                media_types,
                alternatives,
                example,
                headers,
                docs,
                origin: at,
            });
        }
        lowered
    }

    /// Returns the headers of a response. Headers without a schema are left out.
    fn response_headers(&mut self, response: &'a openapiv3::Response, at: &Pointer, operation: &str) -> Vec<Header> {
        let mut headers = Vec::new();
        for (wire, header) in &response.headers {
            let at = at.child("headers").child(wire);
            if !self.spend(1, &at) {
                break;
            }
            let resolved = self.resolve(header, &at, "headers", |components| &components.headers);
            let Some((header, at)) = resolved else { continue };
            let is_json = matches!(header.format, ParameterSchemaOrContent::Content(_));
            let (schema, at) = match &header.format {
                ParameterSchemaOrContent::Schema(schema) => (Some(schema), at.child("schema")),
                ParameterSchemaOrContent::Content(content) => match content.first() {
                    Some((name, media)) => (media.schema.as_ref(), at.child("content").child(name).child("schema")),
                    None => (None, at),
                },
            };
            let Some(schema) = schema else { continue };
            self.reject_header_type(&at);
            let name = [operation.to_owned(), wire.clone()];
            let mut lowered = self.lower_schema(schema, &at, &name);
            if !is_json {
                lowered = self.with_parameter_content(lowered, &[(schema.into(), at.clone())], &at, &name);
            }
            if let Some((integers, constraints)) = integers(&lowered) {
                (lowered.ty, lowered.constraints) = (Some(integers), constraints);
            }
            if let Some(ty) = lowered.ty {
                let docs = Docs::new(None, header.description.as_deref());
                let example = header.example.clone().or(lowered.example);
                headers.push(Header { wire: wire.clone(), ty, constraints: lowered.constraints, example, docs });
            }
        }
        headers
    }

    /// Returns the example of a JSON response, or the first of its `examples`.
    fn response_example(&mut self, content: &'a openapiv3::Content, at: &Pointer) -> Option<Value> {
        let (media_type, object) = content.iter().find(|(name, _)| Media::from_media_type(name) == Media::Json)?;
        self.example_of(object, &at.child("content").child(media_type))
    }

    /// Returns whether a body is decoded in the same way as the body with the same media type in the response of an
    /// earlier status. Otherwise, reports the body, because the generated code has only one method for each media type.
    fn matches_earlier_status(
        &mut self,
        alternative: &Alternative,
        alternatives_by_media_type: &mut HashMap<String, Alternative>,
    ) -> bool {
        let Some(name) = alternative.media_types.first() else { return false };
        let first = alternatives_by_media_type.entry(name.clone()).or_insert_with(|| alternative.clone());
        let is_same = (first.content, &first.ty) == (alternative.content, &alternative.ty);
        if !is_same {
            let message = format!("`{name}` has different schemas in the responses of two statuses");
            let location = Location::Key(alternative.origin.clone());
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, location, message)
                .label("the generated method decodes this response with the first schema")
                .related(Location::Key(first.origin.clone()), "the first schema")
                .help("give both responses the same schema, such as a `oneOf` of the two");
            self.diagnostics.push(diagnostic);
        }
        is_same
    }
}

fn status_of(status: &StatusCode) -> Status {
    match *status {
        StatusCode::Code(code) => Status::Code(code),
        StatusCode::Range(class) => Status::Range(class),
    }
}
