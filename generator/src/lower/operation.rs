//! Paths to operations.

use std::collections::HashMap;

use openapiv3::{Content, MediaType, Operation as Described, Parameter, ReferenceOr};

use super::Lowering;
use super::resource::grow;
use crate::diag::{Diagnostic, Place, code};
use crate::ir::{
    Arena, Body, Docs, Media, Method, Operation, Param, ParamPlace, Resource, ResourceId, Role, Segment, Style, TypeRef,
};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// All operations, and the tree that their paths make.
    pub(super) fn paths(&mut self) -> (Arena<Operation>, Arena<Resource>) {
        let document = self.document;
        let mut operations: Arena<Operation> = Arena::default();
        let mut ids: HashMap<String, Pointer> = HashMap::new();
        for (path, item) in &document.paths.paths {
            let at = Pointer::root().child("paths").child(path);
            let ReferenceOr::Item(item) = item else {
                let help = "put the operations here";
                self.error(
                    code::FOREIGN_REFERENCE,
                    Place::Key(at),
                    "a path that is a reference cannot be bound yet",
                    help,
                );
                continue;
            };
            let Some(segments) = self.template(path, &at) else { continue };
            for (method, described) in item.iter() {
                let (of_path, at) = (&at, at.child(method));
                let id = self.operation_id(described, &at, &mut ids);
                let mut operation = self.operation(id, described, &segments, &item.parameters, &at);
                operation.method = http_method(method);
                operation.server = self.own_server([(&described.servers, &at), (&item.servers, of_path)]);
                operations.push(operation);
            }
        }
        let resources = grow(&mut operations, &self.types);
        (operations, resources)
    }

    /// The id of an operation, or one made of its method and path where it has none, or one that is taken.
    fn operation_id(&mut self, described: &Described, at: &Pointer, known: &mut HashMap<String, Pointer>) -> String {
        let made = || {
            let keys = at.keys().skip(1).collect::<Vec<_>>();
            let parts = keys.iter().rev().flat_map(|key| key.split('/')).filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join(" ").replace('{', "by ").replace('}', "")
        };
        let Some(id) = described.operation_id.as_ref().filter(|id| !id.trim().is_empty()) else {
            let id = made();
            let message = "the operation has no `operationId`";
            let diagnostic = Diagnostic::warning(code::MISSING_OPERATION_ID, Place::Key(at.clone()), message)
                .label(format!("it is called `{id}`"))
                .help("give it an `operationId`: what it does is named after it");
            self.diagnostics.push(diagnostic);
            return id;
        };
        if let Some(first) = known.get(id) {
            let made = made();
            let place = Place::Value(at.child("operationId"));
            let message = format!("the operationId `{id}` is taken");
            let diagnostic = Diagnostic::warning(code::DUPLICATE_OPERATION_ID, place, message)
                .label(format!("used again here; it is called `{made}`"))
                .related(Place::Value(first.child("operationId")), "used here first")
                .help("give each operation an id of its own");
            self.diagnostics.push(diagnostic);
            return made;
        }
        known.insert(id.clone(), at.clone());
        id.clone()
    }

    fn operation(
        &mut self,
        id: String,
        described: &'a Described,
        segments: &[Segment],
        shared: &'a [ReferenceOr<Parameter>],
        at: &Pointer,
    ) -> Operation {
        let mut params = self.params((shared, &at.parent()), (&described.parameters, at), &id);
        self.check_path(segments, &mut params, at);
        let body = self.body(described, &mut params, at, &id);
        let responses = self.responses(&described.responses, &at.child("responses"), &id);
        let security = described.security.as_ref().or(self.document.security.as_ref());
        let mut operation = Operation {
            id,
            method: Method::Get,
            path: segments.to_vec(),
            server: None,
            params,
            body,
            responses,
            paging: None,
            tags: described.tags.clone(),
            resource: ResourceId::FIRST,
            role: Role::Other,
            docs: super::described(
                described.summary.as_deref(),
                described.description.as_deref(),
                described.external_docs.as_ref(),
            ),
            deprecated: described.deprecated,
            open: security.is_none_or(|schemes| schemes.is_empty() || schemes.iter().any(|one| one.is_empty())),
            security: security.into_iter().flatten().map(|one| one.keys().cloned().collect()).collect(),
            anonymous: security.is_none_or(|schemes| schemes.iter().all(|one| one.is_empty())),
            origin: at.clone(),
        };
        operation.paging = self.paging(&operation);
        operation
    }

    /// Every placeholder needs a parameter and every path parameter a placeholder; they are brought to one order.
    fn check_path(&mut self, segments: &[Segment], params: &mut Vec<Param>, at: &Pointer) {
        let position = |wire: &str| segments.iter().position(|one| one.param() == Some(wire));
        for name in segments.iter().filter_map(Segment::param) {
            let declared = params.iter().any(|param| param.place == ParamPlace::Path && param.wire == *name);
            if !declared && self.params_are_complete {
                let message = format!("the path parameter `{name}` is not declared");
                let help = format!("add `{{ name: {name}, in: path, required: true, schema: … }}` to the `parameters`");
                let diagnostic = Diagnostic::warning(code::UNDECLARED_PATH_PARAMETER, Place::Key(at.parent()), message)
                    .label(format!("`{{{name}}}` is bound as any text"))
                    .related(Place::Key(at.clone()), "in this operation")
                    .help(help);
                self.diagnostics.push(diagnostic);
                params.push(undeclared(name, at));
            }
        }
        for param in params.iter().filter(|param| param.place == ParamPlace::Path && position(&param.wire).is_none()) {
            let message = format!("the path has no `{{{}}}`", param.wire);
            let diagnostic =
                Diagnostic::warning(code::UNUSED_PATH_PARAMETER, Place::Key(param.origin.clone()), message)
                    .related(Place::Key(at.parent()), "in this path")
                    .help("remove the parameter, or put its placeholder into the path");
            self.diagnostics.push(diagnostic);
        }
        params.retain(|param| param.place != ParamPlace::Path || position(&param.wire).is_some());
        params.sort_by_key(|param| match param.place {
            ParamPlace::Path => position(&param.wire).unwrap_or(usize::MAX),
            _ => usize::MAX,
        });
    }

    fn body(&mut self, described: &'a Described, params: &mut Vec<Param>, at: &Pointer, id: &str) -> Option<Body> {
        let at = at.child("requestBody");
        let body = described.request_body.as_ref()?;
        let (body, at) = self.resolve(body, &at, "requestBodies", |components| &components.request_bodies)?;
        let at = at.child("content");
        let (name, described) = self.preferred(&body.content, &at)?;
        let at = at.child(name).child("schema");
        if essence(name) == FORM {
            params.extend(described.schema.iter().flat_map(|schema| self.form(schema, &at, id)));
            return Some(Body::Form);
        }
        let (media_type, ty) = self.content(name, described, &at, &[id.to_owned(), "body".to_owned()])?;
        // What is sent is of one type, whatever else would be taken.
        let media_type = match Media::of(&media_type) {
            Media::Text if is_wildcard(&media_type) => "text/plain".to_owned(),
            Media::Binary if is_wildcard(&media_type) => "application/octet-stream".to_owned(),
            _ => media_type,
        };
        params.push(Param {
            place: ParamPlace::Body(Media::of(&media_type)),
            wire: media_type,
            style: Style::Plain,
            ty,
            constraints: Vec::new(),
            required: body.required,
            nullable: false,
            deprecated: false,
            pii: false,
            default: None,
            example: None,
            docs: Docs::new(None, body.description.as_deref()),
            origin: at.parent(),
        });
        Some(Body::Whole)
    }

    /// The media type that a body is bound as: of several, the one that can say most.
    fn preferred<'c>(&mut self, content: &'c Content, at: &Pointer) -> Option<(&'c str, &'c MediaType)> {
        let rank = |name: &str| match Media::of(name) {
            _ if name.starts_with("multipart/") || !name.chars().all(|c| c == ' ' || c.is_ascii_graphic()) => None,
            Media::Json => Some(0),
            _ if essence(name) == FORM => Some(1),
            _ if is_wildcard(name) => Some(2),
            Media::Text => Some(3),
            Media::Binary => Some(4),
        };
        let ranked = content.iter().filter_map(|(name, described)| Some((rank(name)?, name.as_str(), described)));
        let best = ranked.min_by_key(|(rank, ..)| *rank).map(|(_, name, described)| (name, described));
        if best.is_none() && !content.is_empty() {
            let found: Vec<_> = content.keys().map(|name| format!("`{name}`")).collect();
            let message = format!("a body of {} cannot be bound yet", found.join(" or "));
            let help = "describe it in another media type, such as `application/json`";
            self.error(code::UNSUPPORTED_BODY, Place::Key(at.clone()), message, help);
        }
        best
    }

    /// The media type of a body on the wire, and the type of its values.
    pub(super) fn content(
        &mut self,
        name: &str,
        described: &'a MediaType,
        at: &Pointer,
        type_name: &[String],
    ) -> Option<(String, TypeRef)> {
        let json = Media::of(name) == Media::Json;
        if !json && !matches!(essence(name).as_str(), "*/*" | "application/*") {
            let ty = if Media::of(name) == Media::Text { TypeRef::Text } else { TypeRef::Bytes };
            return Some((name.to_owned(), ty));
        }
        let name = if json { name } else { "application/json" };
        let Some(schema) = &described.schema else { return Some((name.to_owned(), TypeRef::Json)) };
        Some((name.to_owned(), self.used(schema, at, type_name).whole()?))
    }
}

/// The parameter that a placeholder must have meant.
fn undeclared(name: &str, at: &Pointer) -> Param {
    Param {
        wire: name.to_owned(),
        place: ParamPlace::Path,
        style: Style::Plain,
        ty: TypeRef::Text,
        constraints: Vec::new(),
        required: true,
        nullable: false,
        deprecated: false,
        pii: false,
        default: None,
        example: None,
        docs: Docs::default(),
        origin: at.clone(),
    }
}

fn http_method(method: &str) -> Method {
    match method {
        "put" => Method::Put,
        "post" => Method::Post,
        "delete" => Method::Delete,
        "options" => Method::Options,
        "head" => Method::Head,
        "patch" => Method::Patch,
        "trace" => Method::Trace,
        _ => Method::Get,
    }
}

/// A media type without its parameters.
pub(super) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type stands for several.
pub(super) fn is_wildcard(media_type: &str) -> bool {
    essence(media_type).contains('*')
}

const FORM: &str = "application/x-www-form-urlencoded";
