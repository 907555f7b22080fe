//! Parameters, and the fields of a form, which are parameters that travel in the body.

use openapiv3::{
    AdditionalProperties, Parameter, ParameterData, ParameterSchemaOrContent, PathStyle, QueryStyle, ReferenceOr,
    Schema,
};

use super::Lowering;
use super::schema::Use;
use super::view::{Kind, is_required, properties};
use crate::diag::{Diagnostic, Place, code};
use crate::ir::{Docs, Media, Param, ParamPlace, Shape, Style, TypeRef};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// The parameters of an operation: its own, and those of its path that it does not replace.
    pub(super) fn params(
        &mut self,
        shared: (&'a [ReferenceOr<Parameter>], &Pointer),
        own: (&'a [ReferenceOr<Parameter>], &Pointer),
        operation: &str,
    ) -> Vec<Param> {
        self.params_are_complete = true;
        let mut params: Vec<Param> = Vec::new();
        let shared = self.param_list(shared, operation);
        let own = self.param_list(own, operation);
        params.extend(shared.into_iter().filter(|shared| !own.iter().any(|own| same(own, shared))));
        params.extend(own);
        params
    }

    fn param_list(&mut self, (list, at): (&'a [ReferenceOr<Parameter>], &Pointer), operation: &str) -> Vec<Param> {
        let mut params: Vec<Param> = Vec::new();
        for (index, parameter) in list.iter().enumerate() {
            let at = at.child("parameters").child(index);
            let Some(param) = self.param(parameter, &at, operation) else {
                self.params_are_complete = false;
                continue;
            };
            if let Some(first) = params.iter().find(|first| same(first, &param)) {
                let message = format!("the parameter `{}` is declared twice", param.wire);
                let diagnostic = Diagnostic::error(code::DUPLICATE_PARAMETER, Place::Key(at), message)
                    .related(Place::Key(first.origin.clone()), "declared here first")
                    .help("remove one of the two");
                self.diagnostics.push(diagnostic);
                continue;
            }
            params.push(param);
        }
        params
    }

    fn param(&mut self, parameter: &'a ReferenceOr<Parameter>, at: &Pointer, operation: &str) -> Option<Param> {
        let (parameter, at) = self.resolve(parameter, at, "parameters", |components| &components.parameters)?;
        let data = parameter.parameter_data_ref();
        let (place, style) = match parameter {
            Parameter::Path { style, .. } => (ParamPlace::Path, (*style == PathStyle::Simple).then_some(Style::Plain)),
            // Characters that need not be escaped may be.
            Parameter::Query { style, .. } => (ParamPlace::Query, Some(query_style(style, data.explode))),
            Parameter::Header { .. } => (ParamPlace::Header, Some(Style::Plain)),
            Parameter::Cookie { .. } => {
                self.unsupported_param(&at, &data.name, "in a cookie");
                return None;
            }
        };
        let Some(style) = style else {
            self.unsupported_param(&at, &data.name, "in this `style`");
            return None;
        };
        let (schema, schema_at, style) = match &data.format {
            ParameterSchemaOrContent::Schema(schema) => (Some(schema), at.child("schema"), style),
            ParameterSchemaOrContent::Content(content) => {
                let json = content.iter().find(|(name, _)| Media::of(name) == Media::Json);
                let Some((media_type, described)) = json.filter(|_| place == ParamPlace::Query) else {
                    self.unsupported_param(&at, &data.name, "by `content` that is no JSON in the query");
                    return None;
                };
                let at = at.child("content").child(media_type).child("schema");
                (described.schema.as_ref(), at, Style::Json)
            }
        };
        if place == ParamPlace::Path && !data.required {
            let message = format!("the path parameter `{}` is not required, but a path cannot leave it out", data.name);
            let diagnostic = Diagnostic::warning(code::MISSING_KEYWORD, Place::Key(at.clone()), message);
            self.diagnostics.push(diagnostic.help("add `required: true`"));
        }
        let name = [operation.to_owned(), data.name.clone()];
        let found = match schema {
            Some(schema) => self.used(schema, &schema_at, &name),
            None => Use { ty: Some(TypeRef::Json), ..Use::default() },
        };
        let mut param = self.finish_param(&data.name, place, style, found, &at)?;
        param.required = data.required || place == ParamPlace::Path;
        self.describe(&mut param, data);
        Some(param)
    }

    fn describe(&mut self, param: &mut Param, data: &ParameterData) {
        let docs = Docs::new(None, data.description.as_deref());
        if !docs.is_empty() {
            param.docs = docs;
        }
        param.deprecated |= data.deprecated.unwrap_or_default();
        param.pii |= self.is_personal(&data.extensions);
        if let Some(example) = &data.example {
            param.example = Some(example.clone());
        }
    }

    /// The fields of a form body.
    pub(super) fn form(&mut self, schema: &'a ReferenceOr<Schema>, at: &Pointer, operation: &str) -> Vec<Param> {
        let parts = self.parts(schema.into(), at);
        let object = matches!(self.kind(&parts), Kind::Object | Kind::Any);
        let plain = object && parts.iter().all(|part| part.choices().is_none());
        let additional = parts
            .iter()
            .any(|part| !matches!(part.any().additional_properties, None | Some(AdditionalProperties::Any(false))));
        if parts.is_empty() {
            return Vec::new();
        }
        if !plain || additional {
            self.error(
                code::UNSUPPORTED_BODY,
                Place::Key(at.clone()),
                "a form can be bound only from an object with declared properties",
                "describe it as `type: object` with `properties`",
            );
            return Vec::new();
        }
        self.check_required(&parts);
        let mut params = Vec::new();
        for (wire, nodes) in properties(&parts) {
            let own = nodes.first().map_or_else(|| at.clone(), |(_, own)| own.clone());
            let name = [operation.to_owned(), wire.clone()];
            let found = self.used_together(&nodes, &own, &name);
            // What only answers have is not for a request to say.
            if found.read_only {
                continue;
            }
            if let Some(param) = self.finish_param(wire, ParamPlace::Form, Style::Each, found, &own) {
                params.push(Param { required: is_required(&parts, wire), ..param });
            }
        }
        params
    }

    fn finish_param(&mut self, wire: &str, place: ParamPlace, style: Style, found: Use, at: &Pointer) -> Option<Param> {
        // What is wrong with the type has been said; that the parameter is there still counts.
        let ty = found.ty.unwrap_or(TypeRef::Text);
        let list = match self.behind(&ty) {
            TypeRef::List(item) => Some(self.is_scalar(item)),
            _ => None,
        };
        // A style says something only of a value that is not one text.
        let style = match (list, style) {
            (_, Style::Json) => style,
            (Some(true), Style::Members | Style::Each) => Style::Plain,
            (None, _) if self.is_scalar(&ty) => Style::Plain,
            _ => style,
        };
        if style == Style::Plain && list != Some(true) && !self.is_scalar(&ty) {
            self.unsupported_param(at, wire, "with a value that is not a single text, number, boolean or date");
            return None;
        }
        Some(Param {
            wire: wire.to_owned(),
            place,
            style,
            ty,
            constraints: found.constraints,
            required: false,
            nullable: found.nullable,
            deprecated: found.deprecated,
            pii: found.pii,
            default: found.default,
            example: found.example,
            docs: found.docs,
            origin: at.clone(),
        })
    }

    /// The type behind its other names.
    fn behind<'t>(&'t self, ty: &'t TypeRef) -> &'t TypeRef {
        let (mut ty, mut left) = (ty, self.types.len());
        while let TypeRef::Named(id) = ty
            && let Shape::Alias(next) = &self.types[*id].shape
            && left > 0
        {
            (ty, left) = (next, left - 1);
        }
        ty
    }

    fn is_scalar(&self, ty: &TypeRef) -> bool {
        match ty {
            TypeRef::List(_) | TypeRef::Map(_) | TypeRef::Tuple(_) | TypeRef::Json | TypeRef::Nullable(_) => false,
            TypeRef::Named(id) => match &self.types[*id].shape {
                Shape::Record(_) | Shape::Union(_) | Shape::Wrapper(_) => false,
                Shape::StringEnum(_) | Shape::ValueEnum(_) | Shape::Newtype(_) => true,
                Shape::Alias(ty) => ty != &TypeRef::Named(*id) && self.is_scalar(ty),
            },
            _ => true,
        }
    }

    fn unsupported_param(&mut self, at: &Pointer, name: &str, how: &str) {
        self.error(
            code::UNSUPPORTED_PARAMETER,
            Place::Key(at.clone()),
            format!("the parameter `{name}` cannot be bound yet {how}"),
            "describe it in the default style, with a schema of a single value or a list of them",
        );
    }
}

/// How the standard has values written that are not one text.
fn query_style(style: &QueryStyle, explode: Option<bool>) -> Style {
    match (style, explode) {
        (QueryStyle::DeepObject, _) => Style::Deep,
        (QueryStyle::Form, Some(false)) => Style::Commas,
        (QueryStyle::SpaceDelimited, None | Some(false)) => Style::Spaces,
        (QueryStyle::PipeDelimited, None | Some(false)) => Style::Pipes,
        _ => Style::Members,
    }
}

fn same(a: &Param, b: &Param) -> bool {
    a.wire == b.wire && a.place == b.place
}
