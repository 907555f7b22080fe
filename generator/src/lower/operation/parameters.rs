//! Lowers parameters: their locations, their styles, and the types of their values.

use std::collections::{HashMap, HashSet};

use openapiv3::{Parameter, ParameterData, ParameterSchemaOrContent, PathStyle, QueryStyle, ReferenceOr};

use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Constraint, Docs, Media, Param, ParamLocation, Shape, Style, TypeRef};
use crate::lower::Lowering;
use crate::lower::operation::FORM;
use crate::lower::schema::LoweredSchema;
use crate::normalize::media_type_essence;
use crate::parse::{COOKIE_STYLE, QUERYSTRING};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the parameters of an operation, and the parameters of its path item that the operation does not
    /// replace.
    pub(crate) fn lower_parameters(
        &mut self,
        path_parameters: (&'a [ReferenceOr<Parameter>], &Pointer),
        operation_parameters: (&'a [ReferenceOr<Parameter>], &Pointer),
        operation_name: &str,
    ) -> Vec<Param> {
        self.has_read_all_params = true;
        let mut params = self.lower_parameter_list(path_parameters, operation_name);
        let operation_params = self.lower_parameter_list(operation_parameters, operation_name);
        let replaced: HashSet<_> = operation_params.iter().map(name_and_location).collect();
        params.retain(|param| !replaced.contains(&name_and_location(param)));
        params.extend(operation_params);
        params
    }

    /// Lowers the parameters of a path item or an operation.
    fn lower_parameter_list(
        &mut self,
        (parameters, at): (&'a [ReferenceOr<Parameter>], &Pointer),
        operation_name: &str,
    ) -> Vec<Param> {
        let mut params: Vec<Param> = Vec::new();
        let mut declared: HashMap<(String, ParamLocation), Pointer> = HashMap::new();
        // The parser leaves out parameters that it cannot parse. If a parameter is left out, the source text has more
        // parameters than the document model.
        self.has_read_all_params &= !self.is_unread(&at.child("parameters").child(parameters.len()));
        for (index, parameter) in parameters.iter().enumerate() {
            let at = at.child("parameters").child(index);
            if !self.spend(1, &at) {
                break;
            }
            let Some(param) = self.lower_parameter(parameter, &at, operation_name) else {
                self.has_read_all_params = false;
                continue;
            };
            if self.is_forbidden_header(&param) {
                continue;
            }
            if let Some(first) = declared.get(&name_and_location(&param)) {
                let message = format!("the parameter `{}` is declared twice", param.wire);
                let diagnostic = Diagnostic::warning(code::DUPLICATE_PARAMETER, Location::Key(at), message)
                    .label("ignored")
                    .related(Location::Key(first.clone()), "the first declaration")
                    .help("remove one of the two");
                self.diagnostics.push(diagnostic);
                continue;
            }
            declared.insert(name_and_location(&param), param.origin.clone());
            params.push(param);
        }
        params
    }

    /// Returns `true` for a header that OpenAPI does not allow as a parameter, and reports the header.
    fn is_forbidden_header(&mut self, param: &Param) -> bool {
        if param.location != ParamLocation::Header {
            return false;
        }
        let help = match param.wire.to_ascii_lowercase().as_str() {
            "accept" => "remove it; the `content` of the responses describes this header",
            "content-type" => "remove it; the `content` of the request body describes this header",
            "authorization" => "remove it, and describe the credentials by a security scheme",
            _ => return false,
        };
        let message = format!("OpenAPI does not allow the header `{}` as a parameter", param.wire);
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_PARAMETER, Location::Key(param.origin.clone()), message);
        self.diagnostics.push(diagnostic.label("ignored").help(help));
        true
    }

    /// Lowers a parameter, or returns `None` if its reference cannot be resolved.
    fn lower_parameter(
        &mut self,
        parameter: &'a ReferenceOr<Parameter>,
        at: &Pointer,
        operation_name: &str,
    ) -> Option<Param> {
        let (parameter, at) = self.resolve(parameter, at, "parameters", |components| &components.parameters)?;
        let data = parameter.parameter_data_ref();
        let (location, style, allows_reserved) = match parameter {
            Parameter::Path { style, .. } => (ParamLocation::Path, path_style(style, data.explode), false),
            Parameter::Query { style, allow_reserved, .. } => {
                (ParamLocation::Query, query_style(style, data.explode), *allow_reserved)
            }
            Parameter::Header { .. } => (ParamLocation::Header, path_style(&PathStyle::Simple, data.explode), false),
            Parameter::Cookie { .. } => {
                let is_unencoded = data.extensions.contains_key(COOKIE_STYLE);
                (ParamLocation::Cookie, query_style(&QueryStyle::Form, data.explode), is_unencoded)
            }
        };
        let is_whole_query = data.extensions.contains_key(QUERYSTRING);
        let (schema, schema_at, style) = match &data.format {
            ParameterSchemaOrContent::Schema(schema) => (Some(schema), at.child("schema"), style),
            ParameterSchemaOrContent::Content(content) => {
                let json = content.iter().find(|(name, _)| Media::from_media_type(name) == Media::Json);
                let form = content.iter().find(|(name, _)| is_whole_query && media_type_essence(name) == FORM);
                let Some((media_type, object)) = json.or(form) else {
                    // The generated code encodes only JSON. For another media type, the caller passes the encoded
                    // string.
                    let lowered = LoweredSchema { ty: Some(TypeRef::String), ..LoweredSchema::default() };
                    let param = self.build_parameter(&data.name, location, Style::Plain, lowered, &at);
                    let style = if is_whole_query { Style::WholeText } else { Style::Plain };
                    return Some(self.add_parameter_annotations(Param { style, ..param }, data));
                };
                let style = match (json, is_whole_query) {
                    (Some(_), true) => Style::WholeJson,
                    (Some(_), false) => Style::Json,
                    (None, _) => Style::ExplodedObject,
                };
                let at = at.child("content").child(media_type).child("schema");
                (object.schema.as_ref(), at, style)
            }
        };
        if location == ParamLocation::Path && !data.required {
            let message = format!("the path parameter `{}` must be required", data.name);
            let diagnostic = Diagnostic::warning(code::MISSING_KEYWORD, Location::Key(at.clone()), message);
            self.diagnostics.push(diagnostic.label("treated as required").help("add `required: true`"));
        }
        let name = [operation_name.to_owned(), data.name.clone()];
        let lowered = match schema {
            Some(schema) => {
                let lowered = self.lower_schema(schema, &schema_at, &name);
                self.with_parameter_content(lowered, &[(schema.into(), schema_at.clone())], &schema_at, &name)
            }
            None => LoweredSchema { ty: Some(TypeRef::Json), ..LoweredSchema::default() },
        };
        let param = self.build_parameter(&data.name, location, style, lowered, &at);
        Some(self.add_parameter_annotations(Param { allow_reserved: allows_reserved, ..param }, data))
    }

    /// Adds the annotations of a parameter to the annotations of its schema.
    fn add_parameter_annotations(&mut self, mut param: Param, data: &ParameterData) -> Param {
        param.required = data.required || param.location == ParamLocation::Path;
        let docs = Docs::new(None, data.description.as_deref());
        if !docs.is_empty() {
            param.docs = docs;
        }
        param.deprecated |= data.deprecated.unwrap_or_default();
        param.is_personal |= self.is_personal(&data.extensions);
        if let Some(example) = &data.example {
            param.example = Some(example.clone());
        }
        param
    }

    /// Creates a parameter with the type and the annotations of its schema.
    pub(crate) fn build_parameter(
        &mut self,
        wire: &str,
        location: ParamLocation,
        style: Style,
        mut lowered: LoweredSchema,
        at: &Pointer,
    ) -> Param {
        if !matches!(style, Style::Json | Style::WholeJson)
            && let Some((integers, constraints)) = integers(&lowered)
        {
            (lowered.ty, lowered.constraints) = (Some(integers), constraints);
            (lowered.holds_json, lowered.content) = (false, None);
        }
        // A missing type has already been reported as an error.
        let ty = lowered.ty.unwrap_or(TypeRef::String);
        let is_single_value = matches!(location, ParamLocation::Path | ParamLocation::Header);
        let is_scalar_array = matches!(self.resolved(&ty), TypeRef::Array(item) if self.is_scalar(item));
        // A style that does not change how the value is encoded becomes `Plain`: most styles of a scalar, and some
        // styles of an array of scalars.
        let style = match style {
            Style::Json
            | Style::WholeJson
            | Style::WholeText
            | Style::Label
            | Style::ExplodedLabel
            | Style::Matrix
            | Style::ExplodedMatrix => style,
            _ if self.is_scalar(&ty) => Style::Plain,
            Style::ExplodedObject | Style::Repeated if is_scalar_array => Style::Plain,
            Style::Commas | Style::CommaPairs if is_scalar_array && is_single_value => Style::Plain,
            style => style,
        };
        Param {
            wire: wire.to_owned(),
            location,
            style,
            allow_reserved: false,
            media_type: None,
            ty,
            constraints: lowered.constraints,
            required: false,
            nullable: lowered.nullable,
            deprecated: lowered.deprecated,
            is_personal: lowered.is_personal,
            is_idempotency_key: false,
            holds_json: lowered.holds_json,
            content: lowered.content,
            constant: lowered.constant,
            default: lowered.default,
            example: lowered.example,
            docs: lowered.docs,
            origin: at.clone(),
        }
    }

    /// Returns whether no value of a type can be an array, an object or `null`.
    pub(crate) fn is_scalar(&self, ty: &TypeRef) -> bool {
        match self.resolved(ty) {
            TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Tuple(_) | TypeRef::Json | TypeRef::Nullable(_) => false,
            // A Rust type from codegen.toml may serialize as an array or object.
            TypeRef::Custom(_) => false,
            TypeRef::Named(id) => match &self.types[*id].shape {
                Shape::StringEnum(_) | Shape::ValueEnum(_) | Shape::Newtype(_) => true,
                // `resolved` follows aliases, so an alias here is part of a cycle.
                Shape::Record(_) | Shape::Union(_) | Shape::Wrapper(_) | Shape::Alias(_) => false,
            },
            _ => true,
        }
    }
}

/// Returns the type and the constraints of the integers in a string, or in an array or map of strings. In URLs and headers, integers
/// and such strings are encoded alike. Returns `None` if there are no integers, or if the strings have constraints.
pub(crate) fn integers(lowered: &LoweredSchema) -> Option<(TypeRef, Vec<Constraint>)> {
    let is_integer = |ty: &TypeRef| matches!(ty, TypeRef::Int(_) | TypeRef::Unsigned(_));
    let content = lowered.content.as_ref()?;
    let constraints = match (content, lowered.constraints.as_slice()) {
        (content, []) if is_integer(content) => Vec::new(),
        (content, [Constraint::Json(constraints)]) if is_integer(content) => constraints.clone(),
        (TypeRef::Array(item) | TypeRef::Map(item), constraints) if !lowered.holds_json && is_integer(item) => {
            let is_of_items = |constraint: &Constraint| {
                matches!(constraint, Constraint::Items(_) | Constraint::AdditionalProperties(_))
            };
            (!constraints.iter().any(is_of_items)).then(|| constraints.to_vec())?
        }
        _ => return None,
    };
    Some((content.clone(), constraints))
}

/// Returns the style of a query parameter or cookie whose value is an array or object.
pub(crate) fn query_style(style: &QueryStyle, explode: Option<bool>) -> Style {
    match (style, explode) {
        (QueryStyle::DeepObject, _) => Style::DeepObject,
        (QueryStyle::Form, Some(false)) => Style::Commas,
        (QueryStyle::SpaceDelimited, None | Some(false)) => Style::Spaces,
        (QueryStyle::PipeDelimited, None | Some(false)) => Style::Pipes,
        _ => Style::ExplodedObject,
    }
}

/// Returns the style of a path parameter or header whose value is an array or object.
fn path_style(style: &PathStyle, explode: Option<bool>) -> Style {
    match (style, explode.unwrap_or_default()) {
        (PathStyle::Simple, false) => Style::Commas,
        (PathStyle::Simple, true) => Style::CommaPairs,
        (PathStyle::Label, false) => Style::Label,
        (PathStyle::Label, true) => Style::ExplodedLabel,
        (PathStyle::Matrix, false) => Style::Matrix,
        (PathStyle::Matrix, true) => Style::ExplodedMatrix,
    }
}

/// Returns the name and the location of a parameter, which together identify the parameter.
fn name_and_location(param: &Param) -> (String, ParamLocation) {
    (param.wire.clone(), param.location)
}
