//! Lowers request bodies. A request body has one or several options, and the first option is the default.

use std::collections::HashMap;

use openapiv3::{MediaType, Operation as OperationObject, RequestBody};
use serde_json::Value;

use super::form::content_type_docs;
use super::media_type_names::{is_any, is_media_type, unknown_charset};
use super::media_types::schema_keyword;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{BodyKind, Constraint, Docs, Media, Param, ParamLocation, TypeRef};
use crate::lower::Lowering;
use crate::lower::budget::STEPS_PER_REQUEST_BODY;
use crate::lower::operation::{FORM, is_wildcard};
use crate::lower::schema::merged_schema::Kind;
use crate::normalize::media_type_essence;
use crate::source::Pointer;

/// An option of a request body: a media type, or several media types that the generated code encodes in the same way.
pub(crate) struct RequestBodyOption {
    /// The [name of the format](format_name). Each option of a request body has a different name.
    pub format_name: String,
    pub body: BodyKind,
    /// Whether the API rejects a request without a body.
    pub required: bool,
    pub params: Vec<Param>,
}

/// A media type of a request body.
struct MediaTypeOption<'a> {
    format_name: String,
    name: &'a str,
    object: &'a MediaType,
}

impl MediaTypeOption<'_> {
    fn is_form(&self) -> bool {
        matches!(self.format_name.as_str(), "form" | "multipart")
    }

    /// Returns whether the generated type depends on the schema.
    fn is_structured(&self) -> bool {
        self.is_form() || Media::from_media_type(self.name) == Media::Json
    }
}

impl<'a> Lowering<'a> {
    /// Returns the options of the request body of an operation. The first is the default. Media types with the same
    /// format name are one option.
    pub(crate) fn request_bodies(
        &mut self,
        object: &'a OperationObject,
        at: &Pointer,
        operation: &str,
    ) -> Vec<RequestBodyOption> {
        let at = at.child("requestBody");
        let Some(body) = object.request_body.as_ref() else { return Vec::new() };
        let resolved = self.resolve(body, &at, "requestBodies", |components| &components.request_bodies);
        let Some((body, at)) = resolved else { return Vec::new() };
        let at = at.child("content");
        let media_types = self.valid_media_types(body, &at);
        let has_typed_option = media_types.iter().any(|option| option.format_name == "any" || option.is_structured());
        let has_multipart = media_types.iter().any(|option| option.format_name == "multipart");
        let has_only_forms = media_types.iter().all(MediaTypeOption::is_form);
        let mut options: Vec<RequestBodyOption> = Vec::new();
        let mut first_by_format: HashMap<String, MediaTypeOption<'a>> = HashMap::new();
        for media_type in media_types {
            let description_len = body.description.as_ref().map_or(0, String::len);
            if !self.spend(STEPS_PER_REQUEST_BODY, &at) || !self.spend_bytes(description_len, &at) {
                continue;
            }
            let MediaTypeOption { name, object, .. } = media_type;
            let at = at.child(name);
            if let Some(first) = first_by_format.get(&media_type.format_name) {
                if media_type.is_structured() && first.object.schema != object.schema {
                    self.report_different_schema(name, first.name, at);
                }
                continue;
            }
            let is_invalid_form = media_type.is_form() && !self.may_be_form(object, &at);
            if is_invalid_form {
                self.report_invalid_form(&at, has_only_forms);
                if !has_only_forms {
                    continue;
                }
            }
            let (kind, params) = match media_type_essence(name).as_str() {
                _ if is_invalid_form => (BodyKind::Value, vec![unparsed_form(name, body, &at)]),
                FORM => (BodyKind::Form, self.form_fields(object, &at, operation, false)),
                "multipart/form-data" => (BodyKind::Multipart, self.form_fields(object, &at, operation, true)),
                _ => {
                    let mut docs = Docs::new(None, body.description.as_deref());
                    let Some(param) = self.single_value_body(name, object, &at, operation) else { continue };
                    docs.body += &content_type_docs(&param.wire);
                    let is_typed = has_typed_option || param.location == ParamLocation::Body(Media::Lines);
                    if !is_typed && !media_type_essence(name).starts_with("multipart/") {
                        let is_text = param.location == ParamLocation::Body(Media::Text);
                        self.report_unused_schema(name, object, &at, is_text);
                    }
                    // Every option except the default has a separate method, which is called to send a body. The body
                    // is therefore required.
                    let is_required = body.required || !options.is_empty();
                    (BodyKind::Value, vec![Param { required: is_required, docs, ..param }])
                }
            };
            let is_json = params.iter().any(|param| param.location == ParamLocation::Body(Media::Json));
            if (is_json || kind == BodyKind::Form) && !has_multipart {
                let schema = object.schema.iter().map(|schema| (schema.into(), at.child("schema")));
                self.report_files_in_text(&schema.collect::<Vec<_>>());
            }
            let format_name = media_type.format_name.clone();
            first_by_format.insert(format_name.clone(), media_type);
            options.push(RequestBodyOption { format_name, body: kind, required: body.required, params });
        }
        options
    }

    /// Returns the valid media types of a request body, and reports the invalid ones. The first is the default.
    fn valid_media_types(&mut self, body: &'a RequestBody, at: &Pointer) -> Vec<MediaTypeOption<'a>> {
        let (valid, invalid): (Vec<_>, Vec<_>) = body.content.iter().partition(|(name, _)| is_media_type(name));
        for (name, _) in invalid {
            let message = format!("`{name}` is not a valid media type");
            let diagnostic = match valid.is_empty() {
                true => Diagnostic::error(code::UNSUPPORTED_BODY, Location::Key(at.child(name)), message),
                false => Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.child(name)), message),
            };
            self.diagnostics.push(diagnostic.help("write a media type such as `application/json`"));
        }
        let to_option =
            |(name, object): (&'a String, _)| MediaTypeOption { format_name: format_name(name), name, object };
        let mut media_types: Vec<_> = valid.into_iter().map(to_option).collect();
        media_types.sort_by_key(|option| (rank(&option.format_name, option.name), option.name.contains(';')));
        media_types
    }

    fn report_different_schema(&mut self, name: &str, first_name: &str, at: Pointer) {
        let message = format!("`{name}` is never sent, because its schema differs from that of `{first_name}`");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at), message)
            .label("no request type is generated for this media type");
        self.diagnostics.push(diagnostic.help("give both media types the same schema, such as a `oneOf` of the two"));
    }

    /// Reports a form whose schema is not an object.
    fn report_invalid_form(&mut self, at: &Pointer, has_only_forms: bool) {
        let location = Location::Key(at.child("schema"));
        let label = match has_only_forms {
            true => "the caller passes the encoded form as bytes",
            false => "no form is generated",
        };
        let diagnostic =
            Diagnostic::warning(code::UNSUPPORTED_BODY, location, "a form must be an object with properties")
                .label(label);
        self.diagnostics.push(diagnostic.help("describe the form as `type: object` with `properties`"));
    }

    /// Returns the example of a media type, or the first of its `examples`.
    pub(crate) fn example_of(&mut self, media_type: &'a MediaType, at: &Pointer) -> Option<Value> {
        let example = match (&media_type.example, media_type.examples.first()) {
            (Some(example), _) => example,
            (None, Some((name, example))) => {
                let at = at.child("examples").child(name);
                let (example, _) = self.resolve(example, &at, "examples", |components| &components.examples)?;
                example.value.as_ref()?
            }
            (None, None) => return None,
        };
        // Each operation copies the example, so its size counts against the budget (`lower/budget.rs`).
        self.spend(crate::lower::schema::value_size(example, usize::MAX) / 50, at).then(|| example.clone())
    }

    /// Returns the media type of the request, the encoding of the body, and the type of its values with the constraints of
    /// JSON. If the document allows any media type, the encoding depends on the schema: bytes, a string or JSON.
    pub(crate) fn body_content(
        &mut self,
        name: &str,
        object: &'a MediaType,
        at: &Pointer,
        type_name: &[String],
    ) -> Option<(String, Media, (TypeRef, Vec<Constraint>))> {
        let allows_any = is_any(name);
        let schema = object.schema.as_ref();
        if schema.is_some_and(|schema| self.is_binary(schema.into(), at, allows_any)) {
            return Some((name.to_owned(), Media::Binary, (TypeRef::Bytes, Vec::new())));
        }
        let kind = schema.filter(|_| allows_any).map(|schema| {
            let parts = self.parts(schema.into(), at);
            self.kind(&parts)
        });
        let (name, media) = match kind {
            None if allows_any => (name, Media::Binary),
            Some(Kind::String) => ("text/plain", Media::Text),
            Some(_) => ("application/json", Media::Json),
            None => (name, Media::from_media_type(name)),
        };
        let ty = match (media, schema) {
            (Media::Json, Some(schema)) => {
                let mut lowered = self.lower_schema(schema, at, type_name);
                let constraints = std::mem::take(&mut lowered.constraints);
                return Some((name.to_owned(), media, (lowered.into_type()?, constraints)));
            }
            (Media::Json, None) | (Media::Lines, _) => TypeRef::Json,
            (Media::Text, _) => TypeRef::String,
            (Media::Binary, _) => TypeRef::Bytes,
        };
        Some((name.to_owned(), media, (ty, Vec::new())))
    }

    /// Returns the parameter for a request body that is not a form.
    fn single_value_body(&mut self, name: &str, object: &'a MediaType, at: &Pointer, operation: &str) -> Option<Param> {
        let type_name = [operation.to_owned(), "body".to_owned()];
        let schema_at = at.child(schema_keyword(object));
        let (wire_name, media, ty) = match self.line_values(name, object, &schema_at, &type_name) {
            Some(ty) => (name.to_owned(), Media::Lines, ty),
            None => {
                let (wire_name, media, (ty, _)) = self.body_content(name, object, &schema_at, &type_name)?;
                (wire_name, media, ty)
            }
        };
        let (wire_name, media, ty) = match media {
            Media::Json if self.has_unknown_charset(name, Location::Key(at.clone()), "the JSON is sent as UTF-8") => {
                (media_type_essence(&wire_name), media, ty)
            }
            Media::Text
                if self.has_unknown_charset(
                    name,
                    Location::Key(at.clone()),
                    "the argument for the request body is bytes",
                ) =>
            {
                (wire_name, Media::Binary, TypeRef::Bytes)
            }
            Media::Lines if self.has_unknown_charset(name, Location::Key(at.clone()), "the JSON is sent as UTF-8") => {
                (media_type_essence(&wire_name), media, ty)
            }
            _ => (wire_name, media, ty),
        };
        // A range such as `text/*` is replaced, because a request needs a specific media type.
        let media_type = match media {
            _ if !is_wildcard(&wire_name) => wire_name.as_str(),
            Media::Json | Media::Lines => "application/json",
            Media::Text if media_type_essence(name) == "text/*" => "text/plain",
            Media::Text => "application/xml",
            Media::Binary if is_any(name) => "application/octet-stream",
            // A range such as `image/*` is kept. For each request, the runtime chooses the media type by the name of
            // the uploaded file.
            Media::Binary => wire_name.as_str(),
        };
        if media_type_essence(name).starts_with("multipart/") {
            let message = format!("the parts of `{name}` are not supported");
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
                .label("the caller passes the encoded body as bytes, and a content type with the boundary")
                .help("describe a form with files as `multipart/form-data`");
            self.diagnostics.push(diagnostic);
        }
        let constraints = match (&object.schema, media) {
            (None, _) | (_, Media::Binary) => Vec::new(),
            (Some(schema), Media::Lines) => {
                // Each value is checked separately, when it is sent.
                let items =
                    self.stream_constraints(schema, &schema_at).into_iter().find_map(|constraint| match constraint {
                        Constraint::Items(items) => Some(items),
                        _ => None,
                    });
                items.unwrap_or_default()
            }
            (Some(schema), _) => self.constraints_at(schema.into(), &schema_at),
        };
        let example = self.example_of(object, at);
        let location = ParamLocation::Body(media);
        Some(Param { constraints, example, ..Param::new(media_type, location, ty, at.clone()) })
    }

    /// Returns whether the generated code does not support the charset of a media type. Reports an unsupported charset.
    pub(crate) fn has_unknown_charset(&mut self, media_type: &str, location: Location, label: &str) -> bool {
        let Some(charset) = unknown_charset(media_type) else { return false };
        let message = format!("`{charset}` is not a supported charset");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, location, message).label(label);
        self.diagnostics.push(diagnostic.help("use a charset of the WHATWG encoding standard, such as `utf-8`"));
        true
    }

    /// Reports a schema of an object or array that is not used, because the generated type of its media type is a
    /// string or bytes.
    pub(crate) fn report_unused_schema(&mut self, name: &str, object: &'a MediaType, at: &Pointer, is_text: bool) {
        let Some(schema) = &object.schema else { return };
        let at = at.child("schema");
        let leaves = self.leaves(&[(schema.into(), at.clone())]);
        if leaves.iter().any(|leaf| leaf.depth > 0 || matches!(self.kind(&leaf.parts), Kind::Object | Kind::Array)) {
            let message = format!("the schema of an object or array is not used for `{name}`");
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at), message)
                .label(if is_text { "the generated type is a string" } else { "the generated type is bytes" })
                .help("describe JSON content as `application/json`, and other content with `type: string`");
            self.diagnostics.push(diagnostic);
        }
    }
}

/// Returns the parameter for a form whose fields are unknown. The caller passes the encoded form as bytes.
fn unparsed_form(name: &str, body: &RequestBody, at: &Pointer) -> Param {
    let docs = Docs::new(None, body.description.as_deref());
    let param = Param::new(name, ParamLocation::Body(Media::Binary), TypeRef::Bytes, at.clone());
    Param { required: body.required, docs, ..param }
}

/// Returns a short name for the format of a media type. Media types that are encoded in the same way have the same
/// name.
fn format_name(media_type: &str) -> String {
    let essence = media_type_essence(media_type);
    let (main_type, subtype) = essence.split_once('/').unwrap_or_default();
    match (main_type, subtype) {
        ("application" | "text" | "*", "json" | "*+json") => "json".to_owned(),
        ("application" | "text" | "*", "xml" | "*+xml") => "xml".to_owned(),
        ("application", "x-www-form-urlencoded") => "form".to_owned(),
        ("multipart", "form-data") => "multipart".to_owned(),
        ("text", "plain" | "*") => "text".to_owned(),
        ("application", "octet-stream") => "bytes".to_owned(),
        ("*" | "application", "*") => "any".to_owned(),
        (main_type, "*") => main_type.to_owned(),
        (_, subtype) => subtype.split('+').next().unwrap_or_default().trim_start_matches("x-").to_owned(),
    }
}

/// Returns the rank of a media type. The media type with the lowest rank is the default. Formats with a typed schema
/// come first.
fn rank(format_name: &str, media_type: &str) -> u8 {
    match (format_name, Media::from_media_type(media_type)) {
        ("json", _) if media_type_essence(media_type) == "application/json" => 0,
        ("json", _) => 1,
        (_, Media::Json | Media::Lines) => 2,
        ("form", _) => 3,
        ("multipart", _) => 4,
        ("any", _) => 5,
        (_, Media::Text) => 6,
        (_, Media::Binary) => 7,
    }
}
