//! Lowers request bodies: the supported media types, and which of them is the default.

use std::collections::HashMap;

use openapiv3::{MediaType, Operation as Described, RequestBody};
use serde_json::Value;

use super::form::choice;
use super::media_type_names::{is_any, is_media_type, unknown_charset};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{BodyKind, Docs, Media, Param, ParamLocation, TypeRef};
use crate::lower::Lowering;
use crate::lower::budget::BODY_STEPS;
use crate::lower::operation::{FORM, is_wildcard};
use crate::lower::schema::merged_schema::Kind;
use crate::normalize::media_type_essence;
use crate::source::Pointer;

/// One of the bodies that a request can have.
pub(crate) struct BodyOption {
    /// What tells it from the others.
    pub word: String,
    pub body: BodyKind,
    /// Whether the API refuses a request without a body.
    pub required: bool,
    pub params: Vec<Param>,
}

impl<'a> Lowering<'a> {
    /// The bodies that an operation can be sent with, first the one that can say most. Of several that differ only in
    /// how their media type is written, the first counts.
    pub(crate) fn bodies(&mut self, described: &'a Described, at: &Pointer, id: &str) -> Vec<BodyOption> {
        let at = at.child("requestBody");
        let Some(body) = described.request_body.as_ref() else { return Vec::new() };
        let resolved = self.resolve(body, &at, "requestBodies", |components| &components.request_bodies);
        let Some((body, at)) = resolved else { return Vec::new() };
        let at = at.child("content");
        let (known, unknown): (Vec<_>, Vec<_>) = body.content.iter().partition(|(name, _)| is_media_type(name));
        for (name, _) in unknown {
            let message = format!("`{name}` is not a valid media type");
            let diagnostic = match known.is_empty() {
                true => Diagnostic::error(code::UNSUPPORTED_BODY, Location::Key(at.child(name)), message),
                false => Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.child(name)), message),
            };
            self.diagnostics.push(diagnostic.help("write one such as `application/json`"));
        }
        let mut known: Vec<_> = known.into_iter().map(|(name, media)| (word(name), name, media)).collect();
        known.sort_by_key(|(word, name, _)| (rank(word, name), name.contains(';')));
        let mut choices: Vec<BodyOption> = Vec::new();
        let mut words: HashMap<String, (&str, &MediaType)> = HashMap::new();
        let is_structured = |word: &str, name: &str| {
            matches!(word, "form" | "multipart") || Media::from_media_type(name) == Media::Json
        };
        let is_typed = known.iter().any(|(word, name, _)| word == "any" || is_structured(word, name));
        let takes_files = known.iter().any(|(word, ..)| word == "multipart");
        let alone = known.iter().all(|(word, ..)| matches!(word.as_str(), "form" | "multipart"));
        for (word, name, media) in known {
            let len = body.description.as_ref().map_or(0, String::len);
            if !self.spend(BODY_STEPS, &at) || !self.spend_bytes(len, &at) {
                continue;
            }
            let at = at.child(name);
            if let Some((first, described)) = words.get(&word) {
                if is_structured(&word, name) && described.schema != media.schema {
                    let message = format!("`{name}` has a different schema than `{first}` and is never sent");
                    let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at), message)
                        .label("no request type is generated for it");
                    self.diagnostics.push(diagnostic.help("give both the same schema, such as a `oneOf` of the two"));
                }
                continue;
            }
            let formless = matches!(word.as_str(), "form" | "multipart") && !self.has_fields(media, &at);
            if formless {
                let place = Location::Key(at.child("schema"));
                let diagnostic =
                    Diagnostic::warning(code::UNSUPPORTED_BODY, place, "a form must be an object with properties")
                        .label(if alone {
                            "the generated type is bytes: the encoded form"
                        } else {
                            "no form is generated"
                        });
                self.diagnostics.push(diagnostic.help("describe it as `type: object` with `properties`"));
                if !alone {
                    continue;
                }
            }
            let (kind, params) = match media_type_essence(name).as_str() {
                _ if formless => (BodyKind::Value, vec![self.formless(name, body, &at)]),
                FORM => (BodyKind::Form, self.form(media, &at, id, false)),
                "multipart/form-data" => (BodyKind::Multipart, self.form(media, &at, id, true)),
                _ => {
                    let mut docs = Docs::new(None, body.description.as_deref());
                    let Some(param) = self.whole(name, media, &at, id) else { continue };
                    docs.body += &choice(&param.wire);
                    if !is_typed && !media_type_essence(name).starts_with("multipart/") {
                        self.report_unused_schema(name, media, &at, param.location == ParamLocation::Body(Media::Text));
                    }
                    // Who chooses a body that is not the first has one.
                    let required = body.required || !choices.is_empty();
                    (BodyKind::Value, vec![Param { required, docs, ..param }])
                }
            };
            let is_json = params.iter().any(|param| param.location == ParamLocation::Body(Media::Json));
            if (is_json || kind == BodyKind::Form) && !takes_files {
                let schema = media.schema.iter().map(|schema| (schema.into(), at.child("schema")));
                self.report_files_in_text(&schema.collect::<Vec<_>>());
            }
            words.insert(word.clone(), (name, media));
            choices.push(BodyOption { word, body: kind, required: body.required, params });
        }
        choices
    }

    /// A form whose fields are not known.
    fn formless(&self, name: &str, body: &RequestBody, at: &Pointer) -> Param {
        let docs = Docs::new(None, body.description.as_deref());
        let param = Param::new(name, ParamLocation::Body(Media::Binary), TypeRef::Bytes, at.clone());
        Param { required: body.required, docs, ..param }
    }

    /// The example of a media type, or the first of several.
    pub(crate) fn shown(&mut self, described: &'a MediaType, at: &Pointer) -> Option<Value> {
        let example = match (&described.example, described.examples.first()) {
            (Some(example), _) => example,
            (None, Some((name, example))) => {
                let at = at.child("examples").child(name);
                let (example, _) = self.resolve(example, &at, "examples", |components| &components.examples)?;
                example.value.as_ref()?
            }
            (None, None) => return None,
        };
        // Many operations may share one.
        self.spend(crate::lower::schema::size(example, usize::MAX) / 50, at).then(|| example.clone())
    }

    /// Returns the media type of a body on the wire, how it is encoded, and the type of its values. If the document allows any
    /// media type, the schema decides: bytes, a string or JSON.
    pub(crate) fn content(
        &mut self,
        name: &str,
        described: &'a MediaType,
        at: &Pointer,
        type_name: &[String],
    ) -> Option<(String, Media, TypeRef)> {
        let any = is_any(name);
        let schema = described.schema.as_ref();
        if schema.is_some_and(|schema| self.is_binary(schema.into(), at, any)) {
            return Some((name.to_owned(), Media::Binary, TypeRef::Bytes));
        }
        let kind = schema.filter(|_| any).map(|schema| {
            let parts = self.parts(schema.into(), at);
            self.kind(&parts)
        });
        let (name, media) = match kind {
            None if any => (name, Media::Binary),
            Some(Kind::Text) => ("text/plain", Media::Text),
            Some(_) => ("application/json", Media::Json),
            None => (name, Media::from_media_type(name)),
        };
        let ty = match (media, schema) {
            (Media::Json, Some(schema)) => self.used(schema, at, type_name).whole()?,
            (Media::Json, None) => TypeRef::Json,
            (Media::Text, _) => TypeRef::String,
            (Media::Binary, _) => TypeRef::Bytes,
        };
        Some((name.to_owned(), media, ty))
    }

    /// A body that is one value.
    fn whole(&mut self, name: &str, described: &'a MediaType, at: &Pointer, id: &str) -> Option<Param> {
        let type_name = [id.to_owned(), "body".to_owned()];
        let (found, media, ty) = self.content(name, described, &at.child("schema"), &type_name)?;
        let (found, media, ty) = match media {
            Media::Json if self.has_unknown_charset(name, Location::Key(at.clone()), "the JSON is sent as UTF-8") => {
                (media_type_essence(&found), media, ty)
            }
            Media::Text if self.has_unknown_charset(name, Location::Key(at.clone()), "the request body is bytes") => {
                (found, Media::Binary, TypeRef::Bytes)
            }
            _ => (found, media, ty),
        };
        // What is sent has a media type of its own.
        let media_type = match media {
            _ if !is_wildcard(&found) => found.as_str(),
            Media::Json => "application/json",
            Media::Text if media_type_essence(name) == "text/*" => "text/plain",
            Media::Text => "application/xml",
            Media::Binary if is_any(name) => "application/octet-stream",
            // Which one it is, is known when there is a file.
            Media::Binary => found.as_str(),
        };
        if media_type_essence(name).starts_with("multipart/") {
            let message = format!("the parts of `{name}` are not supported");
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
                .label("the generated type is bytes; their content type names the boundary")
                .help("describe a form with files as `multipart/form-data`");
            self.diagnostics.push(diagnostic);
        }
        let rules = described.schema.as_ref().map(|schema| self.rules_of(schema.into(), &at.child("schema")));
        let constraints = if media == Media::Binary { Vec::new() } else { rules.unwrap_or_default() };
        let example = self.shown(described, at);
        let place = ParamLocation::Body(media);
        Some(Param { constraints, example, ..Param::new(media_type, place, ty, at.clone()) })
    }
}

impl<'a> Lowering<'a> {
    /// Returns whether no request can be encoded in the charset of a media type, and reports it.
    pub(crate) fn has_unknown_charset(&mut self, media_type: &str, place: Location, label: &str) -> bool {
        let Some(charset) = unknown_charset(media_type) else { return false };
        let message = format!("`{charset}` is not a supported charset");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, place, message).label(label);
        self.diagnostics.push(diagnostic.help("use a charset of the WHATWG encoding standard, such as `utf-8`"));
        true
    }

    /// Reports the schema of an object or array that describes a string or bytes.
    pub(crate) fn report_unused_schema(&mut self, name: &str, described: &'a MediaType, at: &Pointer, is_text: bool) {
        let Some(schema) = &described.schema else { return };
        let at = at.child("schema");
        let leaves = self.leaves(&[(schema.into(), at.clone())]);
        if leaves.iter().any(|leaf| leaf.item || matches!(self.kind(&leaf.parts), Kind::Object | Kind::List)) {
            let message = format!("`{name}` has the schema of an object or array, which is not used");
            let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at), message)
                .label(if is_text { "the generated type is a string" } else { "the generated type is bytes" })
                .help("describe JSON content as `application/json`, and other content with `type: string`");
            self.diagnostics.push(diagnostic);
        }
    }
}

/// What a body of a media type is, in a word. Those with the same word are the same to whoever sends them.
fn word(name: &str) -> String {
    let essence = media_type_essence(name);
    let (kind, subtype) = essence.split_once('/').unwrap_or_default();
    match (kind, subtype) {
        ("application" | "text" | "*", "json" | "*+json") => "json".to_owned(),
        ("application" | "text" | "*", "xml" | "*+xml") => "xml".to_owned(),
        ("application", "x-www-form-urlencoded") => "form".to_owned(),
        ("multipart", "form-data") => "multipart".to_owned(),
        ("text", "plain" | "*") => "text".to_owned(),
        ("application", "octet-stream") => "bytes".to_owned(),
        ("*" | "application", "*") => "any".to_owned(),
        (kind, "*") => kind.to_owned(),
        (_, subtype) => subtype.split('+').next().unwrap_or_default().trim_start_matches("x-").to_owned(),
    }
}

/// The less, the more can be said.
fn rank(word: &str, name: &str) -> u8 {
    match (word, Media::from_media_type(name)) {
        ("json", _) if media_type_essence(name) == "application/json" => 0,
        ("json", _) => 1,
        (_, Media::Json) => 2,
        ("form", _) => 3,
        ("multipart", _) => 4,
        ("any", _) => 5,
        (_, Media::Text) => 6,
        (_, Media::Binary) => 7,
    }
}
