//! Lowers paths to operations.

pub(crate) mod binary;
pub(crate) mod form;
pub(crate) mod media_type_names;
pub(crate) mod media_types;
pub(crate) mod names;
pub(crate) mod parameters;
pub(crate) mod path_template;
pub(crate) mod request_body;
pub(crate) mod responses;

use std::collections::{HashMap, HashSet};

use indexmap::{IndexMap, IndexSet};
use openapiv3::{Operation as Described, Parameter, PathItem, ReferenceOr, SecurityRequirement};

use super::budget::{REPEATED_BYTES, json_len};
use super::resource_tree::grow;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Arena, Method, Operation, Param, ParamLocation, Resource, ResourceId, Role, Segment, TypeRef};
use crate::lower::Lowering;
use crate::normalize::media_type_essence;
use crate::source::Pointer;
use request_body::BodyOption;

impl<'a> Lowering<'a> {
    /// All operations, and the tree that their paths make.
    pub(crate) fn paths(&mut self) -> (Arena<Operation>, Arena<Resource>) {
        let document = self.document;
        let mut operations: Arena<Operation> = Arena::default();
        let mut ids: HashMap<String, Pointer> = HashMap::new();
        for (path, item) in &document.paths.paths {
            let at = Pointer::root().child("paths").child(path);
            let is_shared = matches!(item, ReferenceOr::Reference { .. });
            let Some(item) = self.path_item(path) else { continue };
            let len = if is_shared { json_len(item) } else { 0 };
            if !self.spend_bytes(len, &at) {
                break;
            }
            let Some(segments) = self.template(path, &at) else { continue };
            for (method, described) in item.iter() {
                let (of_path, at) = (&at, at.child(method));
                let name = self.operation_names.get(&(path.as_str(), method)).cloned();
                let id = self.operation_id(described, name.as_deref(), &at, &mut ids);
                let name = name.unwrap_or_else(|| id.clone());
                let names = (id, name.as_str());
                let all = self.operation(names, http_method(method), described, (&segments, &item.parameters), &at);
                let server = self.own_server([(&described.servers, &at), (&item.servers, of_path)]);
                for operation in all {
                    operations.push(Operation { server: server.clone(), ..operation });
                }
            }
        }
        // What does nothing is there for its models.
        if operations.is_empty() {
            self.all_components();
        }
        let resources = grow(&mut operations, &self.types);
        (operations, resources)
    }

    /// Returns the path item of a path, which several paths may share.
    pub(crate) fn path_item(&self, path: &str) -> Option<&'a PathItem> {
        let paths = &self.document.paths.paths;
        match paths.get(path)? {
            ReferenceOr::Item(item) => Some(item),
            ReferenceOr::Reference { reference } => paths.get(reference)?.as_item(),
        }
    }

    /// The id of an operation, or one made of its method and path where it has none, or one that is taken.
    /// One that several tags have in common begins with the tag.
    fn operation_id(
        &mut self,
        described: &Described,
        name: Option<&str>,
        at: &Pointer,
        known: &mut HashMap<String, Pointer>,
    ) -> String {
        let made = || {
            let keys = at.keys().skip(1).collect::<Vec<_>>();
            let parts = keys.iter().rev().flat_map(|key| key.split('/')).filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join(" ").replace('{', "by ").replace('}', "")
        };
        let Some(id) = described.operation_id.as_ref().filter(|id| !id.trim().is_empty()) else {
            let id = made();
            let message = "the operation has no `operationId`";
            let diagnostic = Diagnostic::warning(code::MISSING_OPERATION_ID, Location::Key(at.clone()), message)
                .label(format!("the generated name is `{id}`"))
                .help("add an `operationId`; the generated method is named after it");
            self.diagnostics.push(diagnostic);
            return id;
        };
        if let Some(name) = name.filter(|name| known.contains_key(id) && !known.contains_key(*name)) {
            known.insert(name.to_owned(), at.clone());
            return name.to_owned();
        }
        if let Some(first) = known.get(id) {
            let made = made();
            let place = Location::Value(at.child("operationId"));
            let message = format!("the `operationId` `{id}` is repeated");
            let diagnostic = Diagnostic::warning(code::DUPLICATE_OPERATION_ID, place, message)
                .label(format!("this operation has the generated name `{made}`"))
                .related(Location::Value(first.child("operationId")), "the first operation")
                .help("give each operation its own `operationId`");
            self.diagnostics.push(diagnostic);
            return made;
        }
        known.insert(id.clone(), at.clone());
        id.clone()
    }

    /// An operation, once for each body that it can be sent with.
    fn operation(
        &mut self,
        (id, name): (String, &str),
        method: Method,
        described: &'a Described,
        (segments, shared): (&[Segment], &'a [ReferenceOr<Parameter>]),
        at: &Pointer,
    ) -> Vec<Operation> {
        let security = described.security.as_ref().or(self.document.security.as_ref());
        self.spend(security.map_or(0, |security| security.iter().map(IndexMap::len).sum()), at);
        self.spend_bytes(json_len(&security), at);
        let left = self.steps_left;
        let mut params = self.params((shared, &at.parent()), (&described.parameters, at), name);
        self.check_path(segments, &mut params, at);
        let steps_of_params = self.steps_since(left);
        let bodies = self.bodies(described, at, name);
        let left = self.steps_left;
        let responses = self.responses(&described.responses, &at.child("responses"), name);
        let steps_of_responses = self.steps_since(left);
        let mut operation = Operation {
            id,
            name: name.to_owned(),
            variant: None,
            method,
            path: segments.to_vec(),
            server: None,
            params,
            body: None,
            requires_body: false,
            responses,
            paging: None,
            tags: described.tags.clone(),
            resource: ResourceId::FIRST,
            role: Role::Other,
            docs: crate::lower::described(
                described.summary.as_deref(),
                described.description.as_deref(),
                described.external_docs.as_ref(),
            ),
            deprecated: described.deprecated,
            credentials_optional: security
                .is_none_or(|schemes| schemes.is_empty() || schemes.iter().any(|one| one.is_empty())),
            security: security.into_iter().flatten().map(|one| one.keys().cloned().collect()).collect(),
            scopes: scopes(security.into_iter().flatten()),
            anonymous: security.is_none_or(|schemes| schemes.iter().all(|one| one.is_empty())),
            origin: at.clone(),
        };
        if self.spend(self.fields_of_response(&operation), at) {
            operation.paging = self.paging(&operation);
        }
        // One operation is generated for each request body.
        let repeated = match bodies.len() {
            0 | 1 => 0,
            _ => {
                let own = (&described.summary, &described.description, &described.parameters, &described.responses);
                steps_of_params + steps_of_responses + json_len(&own) / REPEATED_BYTES
            }
        };
        let mut bodies = bodies;
        bodies.retain(|choice| self.spend(repeated + choice.params.len(), at));
        let with = |(index, choice): (usize, BodyOption)| {
            let mut operation = operation.clone();
            operation.params.extend(choice.params);
            operation.body = Some(choice.body);
            operation.requires_body = choice.required;
            if index > 0 {
                operation.id = format!("{} as {}", operation.id, choice.word);
                operation.name = format!("{} as {}", operation.name, choice.word);
                operation.variant = Some(choice.word);
            }
            operation
        };
        match bodies.is_empty() {
            true => vec![operation],
            false => bodies.into_iter().enumerate().map(with).collect(),
        }
    }

    /// Reports placeholders without a parameter and path parameters without a placeholder, and sorts the path parameters by
    /// their placeholders.
    fn check_path(&mut self, segments: &[Segment], params: &mut Vec<Param>, at: &Pointer) {
        let places: HashMap<&str, usize> =
            segments.iter().enumerate().filter_map(|(place, one)| Some((one.param()?, place))).collect();
        self.correct_names(&places, params, at);
        let of_path = params.iter().filter(|param| param.location == ParamLocation::Path);
        let mut declared: HashSet<String> = of_path.map(|param| param.wire.clone()).collect();
        for name in segments.iter().filter_map(Segment::param) {
            if declared.insert(name.to_owned()) && self.params_are_complete {
                let message = format!("the path parameter `{name}` is not declared");
                let help = format!("add `{{ name: {name}, in: path, required: true, schema: … }}` to the `parameters`");
                let diagnostic =
                    Diagnostic::warning(code::UNDECLARED_PATH_PARAMETER, Location::Key(at.parent()), message)
                        .label(format!("the generated argument for `{{{name}}}` is a string"))
                        .related(Location::Key(at.clone()), "in this operation")
                        .help(help);
                self.diagnostics.push(diagnostic);
                params.push(undeclared(name, at));
            }
        }
        for param in params.iter().filter(|param| is_unused(param, &places)) {
            let message = format!("the path has no placeholder `{{{}}}`", param.wire);
            let diagnostic =
                Diagnostic::warning(code::UNUSED_PATH_PARAMETER, Location::Key(param.origin.clone()), message)
                    .related(Location::Key(at.parent()), "in this path")
                    .help("remove the parameter, or add its placeholder to the path");
            self.diagnostics.push(diagnostic);
        }
        params.retain(|param| !is_unused(param, &places));
        params.sort_by_key(|param| match param.location {
            ParamLocation::Path => places.get(param.wire.as_str()).copied().unwrap_or(usize::MAX),
            _ => usize::MAX,
        });
    }

    /// Gives a parameter without a placeholder the name of the placeholder without a parameter that is nearly called like it.
    fn correct_names(&mut self, places: &HashMap<&str, usize>, params: &mut [Param], at: &Pointer) {
        let of_path = params.iter().filter(|param| param.location == ParamLocation::Path);
        let declared: HashSet<String> = of_path.map(|param| param.wire.clone()).collect();
        let mut free: Vec<&str> = places.keys().copied().filter(|name| !declared.contains(*name)).collect();
        free.sort_unstable();
        for param in params.iter_mut().filter(|param| is_unused(param, places)) {
            let Some(name) = self.diagnostics.did_you_mean(&param.wire, free.iter().copied()) else { continue };
            let name = name.to_owned();
            free.retain(|other| *other != name);
            let message = format!("the path has no placeholder `{{{}}}`", param.wire);
            let diagnostic =
                Diagnostic::warning(code::UNUSED_PATH_PARAMETER, Location::Key(param.origin.clone()), message)
                    .label(format!("treated as the parameter `{name}`"))
                    .related(Location::Key(at.parent()), format!("the path has `{{{name}}}`"))
                    .help(format!("rename the parameter to `{name}`, as in the path"));
            self.diagnostics.push(diagnostic);
            param.wire = name;
        }
    }
}

/// Whether a path parameter has no placeholder in the path.
fn is_unused(param: &Param, places: &HashMap<&str, usize>) -> bool {
    param.location == ParamLocation::Path && !places.contains_key(param.wire.as_str())
}

/// What tokens have to be good for, of all alternatives, each once.
fn scopes<'a>(security: impl Iterator<Item = &'a SecurityRequirement>) -> Vec<String> {
    let scopes: IndexSet<String> = security.flat_map(|one| one.values().flatten()).cloned().collect();
    scopes.into_iter().collect()
}

/// The parameter that a placeholder must have meant.
fn undeclared(name: &str, at: &Pointer) -> Param {
    Param { required: true, ..Param::new(name, ParamLocation::Path, TypeRef::String, at.clone()) }
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

/// Whether a media type stands for several.
pub(crate) fn is_wildcard(media_type: &str) -> bool {
    media_type_essence(media_type).contains('*')
}

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
