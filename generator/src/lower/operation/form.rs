//! Lowers forms: each field of the body becomes a parameter in the body.

use std::collections::HashSet;

use indexmap::IndexMap;
use openapiv3::{AdditionalProperties, Encoding, MediaType};

use super::binary::Nodes;
use super::media_type_names::is_media_type;
use super::parameters::query_style;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Docs, Media, Param, ParamLocation, Style, TypeRef};
use crate::lower::Lowering;
use crate::lower::operation::is_wildcard;
use crate::lower::schema::merged_schema::{Kind, Part, additional, properties, required};
use crate::lower::schema::{Node, Use};
use crate::normalize::media_type_essence;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Whether what stands at a media type can be a form: an object, or what says nothing of its values.
    pub(crate) fn has_fields(&mut self, media: &'a MediaType, at: &Pointer) -> bool {
        let at = &at.child("schema");
        let parts = media.schema.as_ref().map(|schema| self.parts(schema.into(), at)).unwrap_or_default();
        matches!(self.kind(&parts), Kind::Object | Kind::Any)
    }

    /// The fields of a form, from what stands at the media type. Those of a multipart body may be files.
    pub(crate) fn form(&mut self, media: &'a MediaType, at: &Pointer, operation: &str, multipart: bool) -> Vec<Param> {
        let (media_at, at) = (at.clone(), &at.child("schema"));
        let mut alternatives =
            vec![media.schema.as_ref().map(|schema| self.parts(schema.into(), at)).unwrap_or_default()];
        if let Some(schema) =
            media.schema.as_ref().filter(|_| alternatives[0].iter().any(|part| part.choices().is_some()))
        {
            let leaves = self.leaves(&[(schema.into(), at.clone())]);
            let joined = multipart && leaves.iter().any(|leaf| self.has_files(&leaf.parts, media));
            if leaves.len() != 1 && !joined {
                // The value determines which fields are sent.
                let found = self.used(schema, at, &[operation.to_owned(), "form".to_owned()]);
                let found = Use { docs: Docs::default(), ..found };
                let param = self.finish_param("body", ParamLocation::Form, Style::ExplodedObject, found, at);
                return vec![Param { required: true, style: Style::ExplodedObject, ..param }];
            }
            alternatives = leaves.into_iter().map(|leaf| leaf.parts).collect();
            if alternatives.len() > 1 {
                self.report_joined(at);
            }
        }
        let required = required_by_all(&alternatives);
        let shown = self.shown(media, &media_at);
        let mut params = Vec::new();
        for (wire, versions) in fields(&alternatives) {
            if !self.spend(versions.len(), at) {
                break;
            }
            let own = versions[0].first().map_or_else(|| at.clone(), |(_, own)| own.clone());
            let remarks = self.remarks(&versions[0]);
            // What only answers have is not for a request to say.
            if remarks.read_only {
                continue;
            }
            let encoding = media.encoding.get(wire);
            if let Some(name) = encoding.and_then(only).filter(|_| multipart) {
                let place = Location::Value(media_at.child("encoding").child(wire).child("contentType"));
                self.has_unknown_charset(&name, place, "the part is bytes");
            }
            let files = if multipart { self.files(&versions, encoding) } else { None };
            if files.is_none() && multipart {
                self.report_files_in_text(&versions.concat());
            }
            let param = match (files, versions.as_slice()) {
                (Some(files), _) => {
                    let ty = if files.many { TypeRef::Array(Box::new(TypeRef::Bytes)) } else { TypeRef::Bytes };
                    let found = Use { ty: Some(ty), ..remarks };
                    // A `style` applies only to parts that are not files.
                    let mut param = self.finish_param(wire, ParamLocation::File, Style::Plain, found, &own);
                    if let Some(object) = &files.object {
                        self.report_file_or_object(object);
                    }
                    if files.mixed {
                        param.docs.body += "\n\nUse `Upload::text` for a value that is not a file.";
                    }
                    let media_type = encoding.and_then(listed).or(files.media_type);
                    param.docs.body += &media_type.as_deref().map(choice).unwrap_or_default();
                    Param { media_type, ..param }
                }
                (None, [nodes]) => {
                    let found = self.used_together(nodes, &own, &[operation.to_owned(), wire.clone()]);
                    let schema_type = if multipart { self.content_type(nodes) } else { None };
                    let param = self.field(wire, found, encoding, &own, multipart);
                    let free = param.media_type.is_none() && encoding.is_none_or(|one| one.style.is_none());
                    Param { media_type: param.media_type.or(schema_type.filter(|_| free)), ..param }
                }
                (None, _) => {
                    let found = Use { ty: Some(TypeRef::Json), ..remarks };
                    self.field(wire, found, encoding, &own, multipart)
                }
            };
            let example = shown.as_ref().and_then(|shown| shown.get(wire)).cloned().or(param.example);
            params.push(Param { required: required.contains(wire.as_str()), example, ..param });
        }
        let parts = alternatives.concat();
        let undeclared = if params.is_empty() { Vec::new() } else { self.undeclared(&parts) };
        for (wire, origin) in undeclared {
            let found = Use { ty: Some(TypeRef::Json), ..Use::default() };
            let param = self.field(&wire, found, media.encoding.get(&wire), &origin, multipart);
            params.push(Param { required: true, ..param });
        }
        if let Some((AdditionalProperties::Schema(others), at)) = additional(&parts).filter(|_| multipart)
            && self.files(&[vec![(Node::from(others.as_ref()), at.clone())]], None).is_some()
        {
            self.as_text(&at, "parts that have no name in the document");
        }
        params.extend(self.other_fields(&parts, params.is_empty(), at, operation));
        params
    }

    /// Says that parts are sent as text whatever they are.
    fn as_text(&mut self, at: &Pointer, what: &str) {
        let message = format!("files in {what} are not supported");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
            .label("the generated type of each is a string")
            .help("describe the files as `properties` of one object");
        self.diagnostics.push(diagnostic);
    }

    /// A field that is sent as text.
    fn field(&mut self, wire: &str, found: Use, encoding: Option<&Encoding>, at: &Pointer, part: bool) -> Param {
        let styled = encoding.and_then(|one| Some((query_style(one.style.as_ref()?, Some(one.explode)), one)));
        let media_type = encoding.and_then(only);
        let (style, reserved) = match (styled, &media_type) {
            (Some((style, encoding)), _) => (style, encoding.allow_reserved && !part),
            (None, Some(name)) if Media::from_media_type(name) == Media::Json => (Style::Json, false),
            (None, _) => (Style::Repeated, false),
        };
        let param = self.finish_param(wire, ParamLocation::Form, style, found, at);
        let json = matches!(param.style, Style::Json | Style::Repeated) && param.ty != TypeRef::Json;
        let media_type = match (part && styled.is_none(), media_type) {
            (true, None) if json => Some("application/json".to_owned()),
            (true, media_type) => media_type,
            (false, _) => None,
        };
        Param { allow_reserved: reserved, media_type, ..param }
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
        Some(self.finish_param("additionalProperties", ParamLocation::Form, Style::ExplodedObject, found, at))
    }

    /// Returns whether a form has fields that are files.
    fn has_files(&mut self, parts: &[Part<'a>], media: &'a MediaType) -> bool {
        properties(parts).into_iter().any(|(wire, nodes)| self.files(&[nodes], media.encoding.get(wire)).is_some())
    }

    /// Reports that a part is a file or an object, so that the generated request has no type for the object.
    fn report_file_or_object(&mut self, at: &Pointer) {
        let message = "a part that is a file or an object is generated as a file";
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
            .label("no type is generated for this object")
            .help("send its JSON with `Upload::text`, or describe the object as a property of its own");
        self.diagnostics.push(diagnostic);
    }

    /// Reports that the alternatives of a form with files are generated as one form.
    fn report_joined(&mut self, at: &Pointer) {
        let message = "a form with files is one of several alternatives";
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
            .label("the generated request has the fields of all alternatives")
            .help("describe the form as one object with optional properties");
        self.diagnostics.push(diagnostic);
    }
}

/// Returns the fields of a form with their schemas. A field has several versions if the alternatives of the form describe it
/// differently.
fn fields<'a>(alternatives: &[Vec<Part<'a>>]) -> IndexMap<&'a String, Vec<Nodes<'a>>> {
    let mut fields: IndexMap<&String, Vec<Nodes<'a>>> = IndexMap::new();
    for (wire, nodes) in alternatives.iter().flat_map(|parts| properties(parts)) {
        let versions = fields.entry(wire).or_default();
        let same = |known: &Nodes<'a>| known.iter().map(|(node, _)| node).eq(nodes.iter().map(|(node, _)| node));
        if !versions.first().is_some_and(same) {
            versions.push(nodes);
        }
    }
    fields
}

/// Returns the fields that every alternative of a form requires.
fn required_by_all<'a>(alternatives: &[Vec<Part<'a>>]) -> HashSet<&'a str> {
    let mut all = alternatives.iter().map(|parts| required(parts));
    let first = all.next().unwrap_or_default();
    all.fold(first, |known, other| &known & &other)
}

/// The media types that an encoding names, separated by commas; some may be ranges.
fn listed(encoding: &Encoding) -> Option<String> {
    encoding.content_type.clone().filter(|names| names.split(',').all(|name| is_media_type(name.trim())))
}

/// The media type of an encoding for values that are not files. Of several, it is one that every value can have.
fn only(encoding: &Encoding) -> Option<String> {
    let names = listed(encoding)?;
    let single: Vec<&str> = names.split(',').map(str::trim).filter(|name| !is_wildcard(name)).collect();
    let json = single.iter().find(|name| Media::from_media_type(name) == Media::Json);
    let plain = || single.iter().find(|name| media_type_essence(name) == "text/plain");
    json.or_else(plain).or(single.first()).map(|name| (*name).to_owned())
}

/// What the documentation of a file says of a choice of media types.
pub(crate) fn choice(names: &str) -> String {
    if !names.contains([',', '*']) {
        return String::new();
    }
    let names: Vec<String> = names.split(',').map(|name| format!("`{}`", name.trim())).collect();
    let names = names.join(" or ");
    format!(
        "\n\nIts content type must be {names}. The extension of the file name decides, unless `Upload::content_type` is set."
    )
}
