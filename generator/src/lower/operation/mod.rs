//! Lowers paths to operations and their resources.

pub(crate) mod binary;
pub(crate) mod form;
mod idempotency_keys;
pub(crate) mod media_type_names;
pub(crate) mod media_types;
pub(crate) mod names;
pub(crate) mod parameters;
pub(crate) mod path_template;
pub(crate) mod request_body;
pub(crate) mod responses;

use std::collections::{HashMap, HashSet};

use indexmap::{IndexMap, IndexSet};
use openapiv3::{Operation as OperationObject, Parameter, PathItem, ReferenceOr, SecurityRequirement};

use super::budget::{REPEATED_BYTES_PER_STEP, json_len};
use super::resource_tree::build_resource_tree;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Arena, Method, Operation, Param, ParamLocation, Resource, ResourceId, Role, Segment, TypeRef};
use crate::lower::Lowering;
use crate::normalize::media_type_essence;
use crate::parse::ADDITIONAL_OPERATIONS;
use crate::source::Pointer;
use request_body::RequestBodyOption;

impl<'a> Lowering<'a> {
    /// Returns all operations, and the resource tree that is built from their paths.
    pub(crate) fn lower_paths(&mut self) -> (Arena<Operation>, Arena<Resource>) {
        let document = self.document;
        let mut operations: Arena<Operation> = Arena::default();
        let mut used_ids: HashMap<String, Pointer> = HashMap::new();
        for (path, item) in &document.paths.paths {
            let at = Pointer::root().child("paths").child(path);
            let is_shared = matches!(item, ReferenceOr::Reference { .. });
            let Some(item) = self.path_item(path) else { continue };
            let repeated_len = if is_shared { json_len(item) } else { 0 };
            if !self.spend_bytes(repeated_len, &at) {
                break;
            }
            let Some(segments) = self.parse_path_template(path, &at) else { continue };
            for (key, object) in document.operations(item) {
                let (path_at, at) = (&at, key.location(&at));
                let Some(method) = key.method() else { continue };
                let name = self.operation_names.get(&(&**path, key)).cloned();
                let id = self.operation_id(object, name.as_deref(), &at, &mut used_ids);
                let name = name.unwrap_or_else(|| id.clone());
                let names = (id, name.as_str());
                let lowered =
                    self.lower_operation(names, method, object, (&segments, (&item.parameters, path_at)), &at);
                let server = self.operation_server([(&object.servers, &at), (&item.servers, path_at)]);
                for operation in lowered {
                    operations.push(Operation { server: server.clone(), ..operation });
                }
            }
        }
        // A document without operations is a collection of schemas, so all its components are lowered.
        if operations.is_empty() {
            self.lower_all_components();
        }
        let resources = build_resource_tree(&mut operations, &self.types);
        (operations, resources)
    }

    /// Returns the path item of a path. Several paths may refer to the same path item.
    pub(crate) fn path_item(&self, path: &str) -> Option<&'a PathItem> {
        let paths = &self.document.paths.paths;
        match paths.get(path)? {
            ReferenceOr::Item(item) => Some(item),
            ReferenceOr::Reference { reference } => paths.get(reference)?.as_item(),
        }
    }

    /// Returns the ID of an operation. This is its `operationId`, or its name if the `operationId` is already used. If
    /// the name is used as well, or if there is no `operationId`, reports the operation, and returns an ID that
    /// consists of the method and the path.
    fn operation_id(
        &mut self,
        object: &OperationObject,
        name: Option<&str>,
        at: &Pointer,
        used_ids: &mut HashMap<String, Pointer>,
    ) -> String {
        let method_and_path = || {
            let keys: Vec<_> = at.keys().skip(1).filter(|key| key != ADDITIONAL_OPERATIONS).collect();
            let words = keys.iter().rev().flat_map(|key| key.split('/')).filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join(" ").replace('{', "by ").replace('}', "")
        };
        let Some(id) = object.operation_id.as_ref().filter(|id| !id.trim().is_empty()) else {
            let id = method_and_path();
            let message = "the operation has no `operationId`";
            let diagnostic = Diagnostic::warning(code::MISSING_OPERATION_ID, Location::Key(at.clone()), message)
                .label(format!("the generated name is `{id}`"))
                .help("add an `operationId`; the generated method is named after it");
            self.diagnostics.push(diagnostic);
            return id;
        };
        if let Some(name) = name.filter(|name| used_ids.contains_key(id) && !used_ids.contains_key(*name)) {
            used_ids.insert(name.to_owned(), at.clone());
            return name.to_owned();
        }
        if let Some(first) = used_ids.get(id) {
            let generated_id = method_and_path();
            let location = Location::Value(at.child("operationId"));
            let message = format!("the `operationId` `{id}` is repeated");
            let diagnostic = Diagnostic::warning(code::DUPLICATE_OPERATION_ID, location, message)
                .label(format!("this operation has the generated name `{generated_id}`"))
                .related(Location::Value(first.child("operationId")), "the first operation")
                .help("give each operation its own `operationId`");
            self.diagnostics.push(diagnostic);
            return generated_id;
        }
        used_ids.insert(id.clone(), at.clone());
        id.clone()
    }

    /// Lowers an operation. Returns an operation for each option of the request body. If there is no request body,
    /// returns a single operation.
    fn lower_operation(
        &mut self,
        (id, name): (String, &str),
        method: Method,
        object: &'a OperationObject,
        (segments, path_parameters): (&[Segment], (&'a [ReferenceOr<Parameter>], &Pointer)),
        at: &Pointer,
    ) -> Vec<Operation> {
        let security = object.security.as_ref().or(self.document.security.as_ref());
        self.spend(security.map_or(0, |security| security.iter().map(IndexMap::len).sum()), at);
        self.spend_bytes(json_len(&security), at);
        let earlier_steps_left = self.steps_left;
        let mut params = self.lower_parameters(path_parameters, (&object.parameters, at), name);
        self.match_path_parameters(segments, &mut params, at);
        let parameter_steps = self.steps_since(earlier_steps_left);
        let body_options = self.request_bodies(object, at, name);
        let earlier_steps_left = self.steps_left;
        let responses = self.lower_responses(&object.responses, &at.child("responses"), name);
        let response_steps = self.steps_since(earlier_steps_left);
        let mut operation = Operation {
            id,
            name: name.to_owned(),
            body_format: None,
            method,
            path: segments.to_vec(),
            server: None,
            params,
            body: None,
            requires_body: false,
            responses,
            stream_ends: std::mem::take(&mut self.stream_ends),
            paging: None,
            tags: object.tags.clone(),
            resource: ResourceId::FIRST,
            role: Role::Other,
            docs: crate::lower::docs_with_link(
                object.summary.as_deref(),
                object.description.as_deref(),
                object.external_docs.as_ref(),
            ),
            deprecated: object.deprecated,
            has_optional_credentials: security
                .is_none_or(|options| options.is_empty() || options.iter().any(IndexMap::is_empty)),
            security: security.into_iter().flatten().map(|option| option.keys().cloned().collect()).collect(),
            scopes: security.into_iter().flatten().map(scopes).collect(),
            is_anonymous: security.is_none_or(|options| options.iter().all(IndexMap::is_empty)),
            origin: at.clone(),
        };
        if self.spend(self.response_field_count(&operation), at) {
            operation.paging = self.paging(&operation);
        }
        // If the body has several options, each option becomes an operation with copies of the parameters and
        // responses. The copies count for the limit of the document size.
        let repeated_steps = match body_options.len() {
            0 | 1 => 0,
            _ => {
                let repeated = (&object.summary, &object.description, &object.parameters, &object.responses);
                parameter_steps + response_steps + json_len(&repeated) / REPEATED_BYTES_PER_STEP
            }
        };
        let mut body_options = body_options;
        body_options.retain(|option| self.spend(repeated_steps + option.params.len(), at));
        if body_options.is_empty() {
            return vec![operation];
        }
        body_options.into_iter().enumerate().map(|(index, option)| with_body(&operation, index, option)).collect()
    }

    /// Sorts the path parameters by the order of their placeholders. Adds a parameter for each placeholder without a
    /// parameter, and removes each path parameter without a placeholder. Reports each added and each removed parameter.
    fn match_path_parameters(&mut self, segments: &[Segment], params: &mut Vec<Param>, at: &Pointer) {
        let placeholders: HashMap<&str, usize> =
            segments.iter().enumerate().filter_map(|(index, segment)| Some((segment.param()?, index))).collect();
        self.rename_misspelt_parameters(&placeholders, params, at);
        let path_params = params.iter().filter(|param| param.location == ParamLocation::Path);
        let mut declared_names: HashSet<String> = path_params.map(|param| param.wire.clone()).collect();
        for name in segments.iter().filter_map(Segment::param) {
            if declared_names.insert(name.to_owned()) && self.has_read_all_params {
                let message = format!("the path parameter `{name}` is not declared");
                let help = format!("add `{{ name: {name}, in: path, required: true, schema: … }}` to the `parameters`");
                let diagnostic =
                    Diagnostic::warning(code::UNDECLARED_PATH_PARAMETER, Location::Key(at.parent()), message)
                        .label(format!("the generated argument for `{{{name}}}` is a string"))
                        .related(Location::Key(at.clone()), "in this operation")
                        .help(help);
                self.diagnostics.push(diagnostic);
                params.push(undeclared_parameter(name, at));
            }
        }
        for param in params.iter().filter(|param| is_unused(param, &placeholders)) {
            let message = format!("the path has no placeholder `{{{}}}`", param.wire);
            let diagnostic =
                Diagnostic::warning(code::UNUSED_PATH_PARAMETER, Location::Key(param.origin.clone()), message)
                    .related(Location::Key(at.parent()), "in this path")
                    .help("remove the parameter, or add its placeholder to the path");
            self.diagnostics.push(diagnostic);
        }
        params.retain(|param| !is_unused(param, &placeholders));
        params.sort_by_key(|param| match param.location {
            ParamLocation::Path => placeholders.get(param.wire.as_str()).copied().unwrap_or(usize::MAX),
            _ => usize::MAX,
        });
    }

    /// Renames each path parameter without a placeholder to the name of a placeholder without a parameter, if the names
    /// are similar. Reports each renamed parameter.
    fn rename_misspelt_parameters(&mut self, placeholders: &HashMap<&str, usize>, params: &mut [Param], at: &Pointer) {
        let path_params = params.iter().filter(|param| param.location == ParamLocation::Path);
        let declared_names: HashSet<String> = path_params.map(|param| param.wire.clone()).collect();
        let mut unmatched_placeholders: Vec<&str> =
            placeholders.keys().copied().filter(|name| !declared_names.contains(*name)).collect();
        unmatched_placeholders.sort_unstable();
        for param in params.iter_mut().filter(|param| is_unused(param, placeholders)) {
            let Some(name) = self.diagnostics.did_you_mean(&param.wire, unmatched_placeholders.iter().copied()) else {
                continue;
            };
            let name = name.to_owned();
            unmatched_placeholders.retain(|placeholder| *placeholder != name);
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

/// Returns an operation with one of the options of its request body. For all options except the first, the ID and the
/// name get a suffix with the name of the option.
fn with_body(operation: &Operation, index: usize, option: RequestBodyOption) -> Operation {
    let mut operation = operation.clone();
    operation.params.extend(option.params);
    operation.body = Some(option.body);
    operation.requires_body = option.required;
    if index > 0 {
        operation.id = format!("{} as {}", operation.id, option.format_name);
        operation.name = format!("{} as {}", operation.name, option.format_name);
        operation.body_format = Some(option.format_name);
    }
    operation
}

/// Returns whether a path parameter has no placeholder in the path.
fn is_unused(param: &Param, placeholders: &HashMap<&str, usize>) -> bool {
    param.location == ParamLocation::Path && !placeholders.contains_key(param.wire.as_str())
}

/// Returns the OAuth 2.0 scopes of a security requirement, without duplicates.
fn scopes(requirement: &SecurityRequirement) -> Vec<String> {
    let scopes: IndexSet<String> = requirement.values().flatten().cloned().collect();
    scopes.into_iter().collect()
}

/// Returns a parameter for a placeholder that has no declared parameter.
fn undeclared_parameter(name: &str, at: &Pointer) -> Param {
    Param { required: true, ..Param::new(name, ParamLocation::Path, TypeRef::String, at.clone()) }
}

/// Returns whether a media type is a range such as `image/*`.
pub(crate) fn is_wildcard(media_type: &str) -> bool {
    media_type_essence(media_type).contains('*')
}

/// The media type of a URL-encoded form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
