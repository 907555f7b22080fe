//! Lowers parameters: their location, their style, and the type of their values.

use std::collections::{HashMap, HashSet};

use openapiv3::{Parameter, ParameterData, ParameterSchemaOrContent, PathStyle, QueryStyle, ReferenceOr};

use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Docs, Media, Param, ParamLocation, Shape, Style, TypeRef};
use crate::lower::Lowering;
use crate::lower::schema::Use;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Returns the parameters of an operation: its own, and those of its path item that it does not replace.
    pub(crate) fn params(
        &mut self,
        shared: (&'a [ReferenceOr<Parameter>], &Pointer),
        own: (&'a [ReferenceOr<Parameter>], &Pointer),
        operation: &str,
    ) -> Vec<Param> {
        self.params_are_complete = true;
        let mut params: Vec<Param> = Vec::new();
        let shared = self.param_list(shared, operation);
        let own = self.param_list(own, operation);
        let replaced: HashSet<_> = own.iter().map(identity).collect();
        params.extend(shared.into_iter().filter(|shared| !replaced.contains(&identity(shared))));
        params.extend(own);
        params
    }

    fn param_list(&mut self, (list, at): (&'a [ReferenceOr<Parameter>], &Pointer), operation: &str) -> Vec<Param> {
        let mut params: Vec<Param> = Vec::new();
        let mut known: HashMap<(String, ParamLocation), Pointer> = HashMap::new();
        // The document model has fewer parameters than the text if one of them could not be parsed.
        self.params_are_complete &= !self.is_unread(&at.child("parameters").child(list.len()));
        for (index, parameter) in list.iter().enumerate() {
            let at = at.child("parameters").child(index);
            if !self.spend(1, &at) {
                break;
            }
            let Some(param) = self.param(parameter, &at, operation) else {
                self.params_are_complete = false;
                continue;
            };
            if self.is_said_elsewhere(&param) {
                continue;
            }
            if let Some(first) = known.get(&identity(&param)) {
                let message = format!("the parameter `{}` is declared twice", param.wire);
                let diagnostic = Diagnostic::warning(code::DUPLICATE_PARAMETER, Location::Key(at), message)
                    .label("ignored")
                    .related(Location::Key(first.clone()), "the first declaration")
                    .help("remove one of the two");
                self.diagnostics.push(diagnostic);
                continue;
            }
            known.insert(identity(&param), param.origin.clone());
            params.push(param);
        }
        params
    }

    /// Returns whether the parameter is a header that OpenAPI does not allow, and reports it.
    fn is_said_elsewhere(&mut self, param: &Param) -> bool {
        let known = ["accept", "content-type", "authorization"];
        let said = param.location == ParamLocation::Header && known.contains(&param.wire.to_ascii_lowercase().as_str());
        if said {
            let message = format!("OpenAPI does not allow the header `{}` as a parameter", param.wire);
            let diagnostic =
                Diagnostic::warning(code::UNSUPPORTED_PARAMETER, Location::Key(param.origin.clone()), message)
                    .label("ignored")
                    .help("describe it by the `content` of bodies and responses, or by a security scheme");
            self.diagnostics.push(diagnostic);
        }
        said
    }

    fn param(&mut self, parameter: &'a ReferenceOr<Parameter>, at: &Pointer, operation: &str) -> Option<Param> {
        let (parameter, at) = self.resolve(parameter, at, "parameters", |components| &components.parameters)?;
        let data = parameter.parameter_data_ref();
        let (place, style, reserved) = match parameter {
            Parameter::Path { style, .. } => (ParamLocation::Path, path_style(style, data.explode), false),
            Parameter::Query { style, allow_reserved, .. } => {
                (ParamLocation::Query, query_style(style, data.explode), *allow_reserved)
            }
            Parameter::Header { .. } => (ParamLocation::Header, path_style(&PathStyle::Simple, data.explode), false),
            Parameter::Cookie { .. } => (ParamLocation::Cookie, query_style(&QueryStyle::Form, data.explode), false),
        };
        let (schema, schema_at, style) = match &data.format {
            ParameterSchemaOrContent::Schema(schema) => (Some(schema), at.child("schema"), style),
            ParameterSchemaOrContent::Content(content) => {
                let json = content.iter().find(|(name, _)| Media::from_media_type(name) == Media::Json);
                let Some((media_type, described)) = json else {
                    // Other media types are strings that the program encodes.
                    let found = Use { ty: Some(TypeRef::String), ..Use::default() };
                    let param = self.finish_param(&data.name, place, Style::Plain, found, &at);
                    return Some(self.describe(param, data));
                };
                let at = at.child("content").child(media_type).child("schema");
                (described.schema.as_ref(), at, Style::Json)
            }
        };
        if place == ParamLocation::Path && !data.required {
            let message = format!("the path parameter `{}` is not required, but a path parameter must be", data.name);
            let diagnostic = Diagnostic::warning(code::MISSING_KEYWORD, Location::Key(at.clone()), message);
            self.diagnostics.push(diagnostic.help("add `required: true`"));
        }
        let name = [operation.to_owned(), data.name.clone()];
        let found = match schema {
            Some(schema) => self.used(schema, &schema_at, &name),
            None => Use { ty: Some(TypeRef::Json), ..Use::default() },
        };
        let param = self.finish_param(&data.name, place, style, found, &at);
        Some(self.describe(Param { allow_reserved: reserved, ..param }, data))
    }

    fn describe(&mut self, mut param: Param, data: &ParameterData) -> Param {
        param.required = data.required || param.location == ParamLocation::Path;
        let docs = Docs::new(None, data.description.as_deref());
        if !docs.is_empty() {
            param.docs = docs;
        }
        param.deprecated |= data.deprecated.unwrap_or_default();
        param.pii |= self.is_personal(&data.extensions);
        if let Some(example) = &data.example {
            param.example = Some(example.clone());
        }
        param
    }

    /// Creates a parameter from its type.
    pub(crate) fn finish_param(
        &mut self,
        wire: &str,
        place: ParamLocation,
        style: Style,
        found: Use,
        at: &Pointer,
    ) -> Param {
        // The problem with the type was reported before; the parameter is kept.
        let ty = found.ty.unwrap_or(TypeRef::String);
        let once = matches!(place, ParamLocation::Path | ParamLocation::Header);
        let list = matches!(self.bare(&ty), TypeRef::Array(item) if self.is_scalar(item));
        // Most styles matter only for arrays and objects.
        let style = match style {
            Style::Json | Style::Label | Style::ExplodedLabel | Style::Matrix | Style::ExplodedMatrix => style,
            _ if self.is_scalar(&ty) => Style::Plain,
            Style::ExplodedObject | Style::Repeated if list => Style::Plain,
            Style::Commas | Style::CommaPairs if list && once => Style::Plain,
            style => style,
        };
        Param {
            wire: wire.to_owned(),
            location: place,
            style,
            allow_reserved: false,
            media_type: None,
            ty,
            constraints: found.constraints,
            required: false,
            nullable: found.nullable,
            deprecated: found.deprecated,
            pii: found.pii,
            holds_json: found.json,
            constant: found.constant,
            default: found.default,
            example: found.example,
            docs: found.docs,
            origin: at.clone(),
        }
    }

    pub(crate) fn is_scalar(&self, ty: &TypeRef) -> bool {
        match self.bare(ty) {
            TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Tuple(_) | TypeRef::Json | TypeRef::Nullable(_) => false,
            // A configured type only has to implement `Serialize`.
            TypeRef::Custom(_) => false,
            TypeRef::Named(id) => match &self.types[*id].shape {
                Shape::StringEnum(_) | Shape::ValueEnum(_) | Shape::Newtype(_) => true,
                // An alias at this point is part of a cycle.
                Shape::Record(_) | Shape::Union(_) | Shape::Wrapper(_) | Shape::Alias(_) => false,
            },
            _ => true,
        }
    }
}

/// Returns the style of an array or object in a query or cookie.
pub(crate) fn query_style(style: &QueryStyle, explode: Option<bool>) -> Style {
    match (style, explode) {
        (QueryStyle::DeepObject, _) => Style::DeepObject,
        (QueryStyle::Form, Some(false)) => Style::Commas,
        (QueryStyle::SpaceDelimited, None | Some(false)) => Style::Spaces,
        (QueryStyle::PipeDelimited, None | Some(false)) => Style::Pipes,
        _ => Style::ExplodedObject,
    }
}

/// Returns the style of an array or object in a path or header.
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

/// Returns the key of a parameter: its name and location.
fn identity(param: &Param) -> (String, ParamLocation) {
    (param.wire.clone(), param.location)
}
