//! Lowers forms. Each field of a form becomes a parameter of the operation.

use std::collections::HashSet;

use indexmap::IndexMap;
use openapiv3::{AdditionalProperties, Encoding, MediaType};

use super::binary::{AcceptedFiles, Leaf, Nodes};
use super::media_type_names::is_media_type;
use super::parameters::query_style;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Docs, Media, Param, ParamLocation, Style, TypeRef};
use crate::lower::Lowering;
use crate::lower::operation::is_wildcard;
use crate::lower::schema::merged_schema::{Kind, SchemaPart, additional, properties, required};
use crate::lower::schema::{LoweredSchema, Node};
use crate::normalize::media_type_essence;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns whether the schema of a media type can describe a form. It must be an object or have no type.
    pub(crate) fn may_be_form(&mut self, media_type: &'a MediaType, at: &Pointer) -> bool {
        let at = &at.child("schema");
        let parts = media_type.schema.as_ref().map(|schema| self.parts(schema.into(), at)).unwrap_or_default();
        matches!(self.kind(&parts), Kind::Object | Kind::Any)
    }

    /// Returns the fields of a form. The fields of a multipart form may be files.
    pub(crate) fn form_fields(
        &mut self,
        media_type: &'a MediaType,
        at: &Pointer,
        operation: &str,
        is_multipart: bool,
    ) -> Vec<Param> {
        let form = Form { media_type, at, operation, is_multipart };
        let schema_at = &at.child("schema");
        let alternatives = match self.form_alternatives(&form, schema_at) {
            Ok(alternatives) => alternatives,
            Err(body) => return vec![*body],
        };
        let required = required_by_all(&alternatives);
        let form_example = self.example_of(media_type, at);
        let mut params = Vec::new();
        for (wire, versions) in fields(&alternatives) {
            if !self.spend(versions.len(), schema_at) {
                break;
            }
            let Some(param) = self.declared_field(&form, wire, &versions, schema_at) else { continue };
            let example = form_example.as_ref().and_then(|example| example.get(wire)).cloned().or(param.example);
            params.push(Param { required: required.contains(wire.as_str()), example, ..param });
        }
        let parts = alternatives.concat();
        let undeclared = if params.is_empty() { Vec::new() } else { self.report_undeclared_properties(&parts) };
        for (wire, origin) in undeclared {
            let lowered = LoweredSchema { ty: Some(TypeRef::Json), ..LoweredSchema::default() };
            let param = self.form_field(&wire, lowered, media_type.encoding.get(&wire), &origin, is_multipart);
            params.push(Param { required: true, ..param });
        }
        if let Some((AdditionalProperties::Schema(values), at)) = additional(&parts).filter(|_| is_multipart)
            && self.accepted_files(&[vec![(Node::from(values.as_ref()), at.clone())]], None).is_some()
        {
            self.report_additional_files(&at);
        }
        params.extend(self.additional_fields(&parts, params.is_empty(), schema_at, operation));
        params
    }

    /// Returns the schema parts of each alternative of a form. A form without alternatives counts as one alternative.
    /// For a form with several alternatives and no files, returns a parameter for the complete form as the error.
    fn form_alternatives(&mut self, form: &Form<'a, '_>, at: &Pointer) -> Result<Vec<Vec<SchemaPart<'a>>>, Box<Param>> {
        let Some(schema) = form.media_type.schema.as_ref() else { return Ok(vec![Vec::new()]) };
        let parts = self.parts(schema.into(), at);
        if parts.iter().all(|part| part.alternatives().is_none()) {
            return Ok(vec![parts]);
        }
        let leaves = self.leaves(&[(schema.into(), at.clone())]);
        let has_files = form.is_multipart && leaves.iter().any(|leaf| self.has_files(&leaf.parts, form.media_type));
        if leaves.len() != 1 && !has_files {
            let lowered = self.lower_schema(schema, at, &[form.operation.to_owned(), "form".to_owned()]);
            let lowered = LoweredSchema { docs: Docs::default(), ..lowered };
            let param = self.build_parameter("body", ParamLocation::Form, Style::ExplodedObject, lowered, at);
            return Err(Box::new(Param { required: true, style: Style::ExplodedObject, ..param }));
        }
        if leaves.len() > 1 {
            self.report_merged_form(at);
        }
        Ok(leaves.into_iter().map(|leaf| leaf.parts).collect())
    }

    /// Returns the parameter for a declared field, or `None` if the field is read-only.
    fn declared_field(
        &mut self,
        form: &Form<'a, '_>,
        wire: &str,
        versions: &[Nodes<'a>],
        schema_at: &Pointer,
    ) -> Option<Param> {
        let field_at = versions[0].first().map_or_else(|| schema_at.clone(), |(_, field_at)| field_at.clone());
        let annotations = self.annotations_of(&versions[0]);
        if annotations.read_only {
            return None;
        }
        let encoding = form.media_type.encoding.get(wire);
        if let Some(name) = encoding.and_then(text_content_type).filter(|_| form.is_multipart) {
            let location = Location::Value(form.at.child("encoding").child(wire).child("contentType"));
            self.has_unknown_charset(&name, location, "the argument for the part is bytes");
        }
        let files = if form.is_multipart { self.accepted_files(versions, encoding) } else { None };
        if files.is_none() && form.is_multipart {
            self.report_files_in_text(&versions.concat());
        }
        Some(match (files, versions) {
            (Some(files), _) => self.file_field(wire, files, annotations, encoding, &field_at),
            (None, [nodes]) => {
                let name = [form.operation.to_owned(), wire.to_owned()];
                let lowered = self.lower_schemas(nodes, &field_at, &name);
                let lowered = self.with_parameter_content(lowered, nodes, &field_at, &name);
                let param = self.form_field(wire, lowered, encoding, &field_at, form.is_multipart);
                let has_style = encoding.is_some_and(|encoding| encoding.style.is_some());
                let media_type = match param.media_type.is_none() && form.is_multipart && !has_style {
                    true if self.is_json_part(&param, nodes) => Some("application/json".to_owned()),
                    true => self.schema_content_type(nodes),
                    false => param.media_type,
                };
                Param { media_type, ..param }
            }
            (None, _) => {
                let lowered = LoweredSchema { ty: Some(TypeRef::Json), ..annotations };
                self.form_field(wire, lowered, encoding, &field_at, form.is_multipart)
            }
        })
    }

    /// Returns the parameter for a field whose value is a file or an array of files.
    fn file_field(
        &mut self,
        wire: &str,
        files: AcceptedFiles,
        annotations: LoweredSchema,
        encoding: Option<&Encoding>,
        at: &Pointer,
    ) -> Param {
        let ty = if files.is_array { TypeRef::Array(Box::new(TypeRef::Bytes)) } else { TypeRef::Bytes };
        let lowered = LoweredSchema { ty: Some(ty), ..annotations };
        // A `style` in the encoding has no effect on files.
        let mut param = self.build_parameter(wire, ParamLocation::File, Style::Plain, lowered, at);
        if let Some(object) = &files.object {
            self.report_file_or_object(object);
        }
        if files.accepts_other_values {
            param.docs.body += "\n\nUse `Upload::text` for a value that is not a file.";
        }
        let media_type = encoding.and_then(content_types).or(files.media_type);
        param.docs.body += &media_type.as_deref().map(content_type_docs).unwrap_or_default();
        Param { media_type, ..param }
    }

    /// Reports that additional fields of a form may be files. The generated code sends such files as strings.
    fn report_additional_files(&mut self, at: &Pointer) {
        let message = "files as additional properties of a form are not supported";
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
            .label("the additional fields are sent as strings")
            .help("declare each file under `properties`");
        self.diagnostics.push(diagnostic);
    }

    /// Returns the parameter for a field whose value is not a file.
    fn form_field(
        &mut self,
        wire: &str,
        lowered: LoweredSchema,
        encoding: Option<&Encoding>,
        at: &Pointer,
        is_multipart: bool,
    ) -> Param {
        let encoding_with_style = encoding.filter(|encoding| encoding.style.is_some());
        let style_of_encoding =
            encoding.and_then(|encoding| Some(query_style(encoding.style.as_ref()?, Some(encoding.explode))));
        let content_type = encoding.and_then(text_content_type);
        let style = match (style_of_encoding, &content_type) {
            (Some(style), _) => style,
            (None, Some(name)) if Media::from_media_type(name) == Media::Json => Style::Json,
            (None, _) => Style::Repeated,
        };
        let allows_reserved = !is_multipart && encoding_with_style.is_some_and(|encoding| encoding.allow_reserved);
        let param = self.build_parameter(wire, ParamLocation::Form, style, lowered, at);
        // A `style` determines the encoding of a field. Only a multipart field without a `style` can have a content
        // type.
        let media_type = content_type.filter(|_| is_multipart && encoding_with_style.is_none());
        Param { allow_reserved: allows_reserved, media_type, ..param }
    }

    /// Returns whether a part of a multipart body without a content type is JSON. An object is JSON, and also an item of an
    /// array that is an object or an array.
    fn is_json_part(&mut self, param: &Param, nodes: &[(Node<'a>, Pointer)]) -> bool {
        if !matches!(param.style, Style::Json | Style::Repeated) || param.ty == TypeRef::Json {
            return false;
        }
        let item = match self.resolved(&param.ty) {
            TypeRef::Array(item) => self.resolved(item),
            ty => ty,
        };
        if !matches!(item, TypeRef::Custom(_)) {
            return true;
        }
        // A Rust type from codegen.toml has the JSON that the schema describes.
        let leaves = self.leaves(nodes);
        let is_scalar = |leaf: &Leaf<'a>| {
            let kind = self.kind(&leaf.parts);
            leaf.depth < 2 && matches!(kind, Kind::Bool | Kind::Integer | Kind::Number | Kind::String)
        };
        leaves.is_empty() || !leaves.iter().all(is_scalar)
    }

    /// Returns the parameter for additional fields. Returns `None` if the schema declares fields and allows no others.
    fn additional_fields(
        &mut self,
        parts: &[SchemaPart<'a>],
        has_no_fields: bool,
        at: &Pointer,
        operation: &str,
    ) -> Option<Param> {
        let value_type = match additional(parts) {
            Some((AdditionalProperties::Schema(schema), at)) => {
                let type_name = [operation.to_owned(), "value".to_owned()];
                self.lower_schema(Node::from(schema.as_ref()), &at, &type_name).into_type()?
            }
            Some(_) => TypeRef::Json,
            None if has_no_fields => TypeRef::Json,
            None => return None,
        };
        let docs = Docs::new(None, Some("Form fields that have no setter, by name."));
        let lowered = LoweredSchema { ty: Some(TypeRef::Map(Box::new(value_type))), docs, ..LoweredSchema::default() };
        Some(self.build_parameter("additionalProperties", ParamLocation::Form, Style::ExplodedObject, lowered, at))
    }

    /// Returns whether a form has a field whose value is a file.
    fn has_files(&mut self, parts: &[SchemaPart<'a>], media: &'a MediaType) -> bool {
        properties(parts)
            .into_iter()
            .any(|(wire, nodes)| self.accepted_files(&[nodes], media.encoding.get(wire)).is_some())
    }

    /// Reports a field whose value is a file or an object. The generated request has no type for the object.
    fn report_file_or_object(&mut self, at: &Pointer) {
        let message = "a part that is a file or an object is generated as a file";
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
            .label("no type is generated for this object")
            .help("send the JSON of the object with `Upload::text`, or describe the object as another property");
        self.diagnostics.push(diagnostic);
    }

    /// Reports that the alternatives of a form with files are generated as one form.
    fn report_merged_form(&mut self, at: &Pointer) {
        let message = "a form with files is one of several alternatives";
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at.clone()), message)
            .label("the generated request has the fields of all alternatives")
            .help("describe the form as one object with optional properties");
        self.diagnostics.push(diagnostic);
    }
}

/// The media type and the operation of a form.
struct Form<'a, 'f> {
    media_type: &'a MediaType,
    /// The location of the media type.
    at: &'f Pointer,
    /// The ID of the operation.
    operation: &'f str,
    is_multipart: bool,
}

/// Returns the fields of a form with their schemas. If the alternatives of the form have different schemas for a field,
/// the field has several versions.
fn fields<'a>(alternatives: &[Vec<SchemaPart<'a>>]) -> IndexMap<&'a String, Vec<Nodes<'a>>> {
    let mut fields: IndexMap<&String, Vec<Nodes<'a>>> = IndexMap::new();
    for (wire, nodes) in alternatives.iter().flat_map(|parts| properties(parts)) {
        let versions = fields.entry(wire).or_default();
        let is_same = |first: &Nodes<'a>| first.iter().map(|(node, _)| node).eq(nodes.iter().map(|(node, _)| node));
        if !versions.first().is_some_and(is_same) {
            versions.push(nodes);
        }
    }
    fields
}

/// Returns the fields that are required in every alternative of a form.
fn required_by_all<'a>(alternatives: &[Vec<SchemaPart<'a>>]) -> HashSet<&'a str> {
    let mut required_by_alternative = alternatives.iter().map(|parts| required(parts));
    let first = required_by_alternative.next().unwrap_or_default();
    required_by_alternative.fold(first, |common, required| &common & &required)
}

/// Returns the `contentType` of an encoding, which may have several media types or ranges, separated by commas. Returns
/// `None` if one of them is invalid.
fn content_types(encoding: &Encoding) -> Option<String> {
    encoding.content_type.clone().filter(|names| names.split(',').all(|name| is_media_type(name.trim())))
}

/// Returns the content type for values that are not files. If the encoding lists several content types, JSON is
/// preferred, then plain text, then the first content type.
fn text_content_type(encoding: &Encoding) -> Option<String> {
    let names = content_types(encoding)?;
    let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !is_wildcard(name)).collect();
    let json = names.iter().find(|name| Media::from_media_type(name) == Media::Json);
    let plain_text = || names.iter().find(|name| media_type_essence(name) == "text/plain");
    json.or_else(plain_text).or(names.first()).map(|name| (*name).to_owned())
}

/// Returns the documentation of the allowed content types of a file. The result is empty if there is only one. `names`
/// are separated by commas.
pub(crate) fn content_type_docs(names: &str) -> String {
    if !names.contains([',', '*']) {
        return String::new();
    }
    let names: Vec<String> = names.split(',').map(|name| format!("`{}`", name.trim())).collect();
    let names = names.join(" or ");
    format!(
        "\n\nIts content type must be {names}. The extension of the file name decides, unless `Upload::content_type` is set."
    )
}
