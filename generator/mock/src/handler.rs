//! Handles requests, without a network.

use bindery::config::Change;
use bindery::ir::{BodyKind, Content, Header, Media, Method, Operation, OperationId, ParamLocation, ResourceId, Role};
use serde_json::{Map, Value};

use crate::content::{accepts_media_type, body_media, documented_response};
use crate::error::Failure;
use crate::error_response::failure_response;
use crate::execute::{Execution, path_param_values};
use crate::http::{Request, Response};
use crate::json_path::value_to_string;
use crate::model::Model;
use crate::path::{Values, segment};
use crate::record_change::RecordChange;
use crate::request_values::RequestValues;
use crate::route::{Location, Route, resolve, route};
use crate::rules::fill_template;
use crate::state::State;
use crate::{generate, request_values, security, stream};

/// Handles a request. `route` is the operation of the request, or the failure if no operation matches the request. `replacements`
/// are properties that replace those of the request.
pub(crate) fn handle(
    model: &Model,
    state: &mut State,
    request: &Request,
    route: &Result<Route, Failure>,
    replacements: &Map<String, Value>,
) -> Response {
    match route {
        Ok(route) => match execute(model, state, request, route, replacements) {
            Ok(mut response) => {
                add_declared_headers(model, state, Some(route.operation), &mut response);
                response
            }
            Err(failure) => {
                state.record_changes.clear();
                error_response(model, state, Some(route.operation), &failure)
            }
        },
        Err(failure) => security::grant_token(model, state, request)
            .or_else(|| preflight(model, request))
            .unwrap_or_else(|| error_response(model, state, None, failure)),
    }
}

/// Returns the error response to a request, with its headers.
pub(crate) fn error_response(
    model: &Model,
    state: &mut State,
    operation: Option<OperationId>,
    failure: &Failure,
) -> Response {
    let status = operation.map_or(failure.status, |id| documented_status(&model.api.operations[id], failure.status));
    let mut response = self::failure_response(model, operation, &Failure { status, ..failure.clone() });
    add_declared_headers(model, state, operation, &mut response);
    response
}

/// Returns the status of an error response. This is 422 instead of 400 if the operation documents 422 and not 400. No
/// other status is replaced, because clients handle 401, 404 and 409 differently.
fn documented_status(operation: &Operation, status: u16) -> u16 {
    let is_documented = |status| documented_response(operation, status).is_some();
    if status == 400 && !is_documented(400) && is_documented(422) { 422 } else { status }
}

/// A valid request, with the location of its records.
struct Prepared<'a> {
    operation: &'a Operation,
    /// The resource whose records the operation creates or changes.
    resource: ResourceId,
    values: RequestValues<'a>,
    path: Values,
    location: Location,
    base: String,
    /// Whether the operation creates a record.
    creates: bool,
}

impl<'a> Prepared<'a> {
    /// Checks a request, and finds its location.
    fn new(model: &'a Model, state: &mut State, request: &Request, route: &Route) -> Result<Self, Failure> {
        let operation = &model.api.operations[route.operation];
        security::authorize(model, operation, request)?;
        check_media_type(operation, request)?;
        // No record has an invalid identifier. If only values in the path are invalid, the status is therefore 404.
        let mut values = request_values::read(model, operation, request, &route.path).map_err(|problems| {
            let is_in_path =
                |problem: &String| route.path.iter().any(|(name, _)| problem.starts_with(&format!("{name} ")));
            match problems.iter().all(is_in_path) {
                true => Failure::unknown(&request.path),
                false => Failure::new(400, problems.join("; ")),
            }
        })?;
        let mut path = route.path.clone();
        let location = resolve(model, &mut state.store, operation, &mut path);
        let location = location.ok_or_else(|| Failure::unknown(&request.path))?;
        values.retain(|(param, _)| param.location != ParamLocation::Path);
        values.extend(path_param_values(model, operation, &path));
        let may_create = matches!(operation.role, Role::Create | Role::Other) && operation.method == Method::Post;
        let other_location = configured_location(model, operation, &path).filter(|_| may_create);
        let creates = operation.role == Role::Create || other_location.is_some();
        let (resource, location) = other_location.unwrap_or((operation.resource, location));
        let host = request.header("host").filter(|host| is_host(host)).unwrap_or("localhost");
        let base = format!("http://{host}{}", route.base_path);
        Ok(Self { operation, resource, values, path, location, base, creates })
    }

    fn execution<'e>(
        &'e self,
        model: &'e Model,
        request: &'e Request,
        replacements: Option<&'e Map<String, Value>>,
    ) -> Execution<'e> {
        Execution {
            model,
            operation: self.operation,
            resource: self.resource,
            values: &self.values,
            path: &self.path,
            location: &self.location,
            base: &self.base,
            accept: stream::accept(&model.api, self.operation, &self.values, request.header("accept")),
            replacements,
        }
    }
}

/// Returns the change that a request would make, without making it. Returns `None` if the request changes no record.
///
/// # Errors
///
/// Returns the failure of a request that is not possible.
pub(crate) fn plan(
    model: &Model,
    state: &mut State,
    request: &Request,
    route: &Route,
    replacements: &Map<String, Value>,
) -> Result<Option<RecordChange>, Failure> {
    let prepared = Prepared::new(model, state, request, route)?;
    if model.rules(prepared.resource).events.is_empty() {
        return Ok(None);
    }
    let execution = prepared.execution(model, request, Some(replacements));
    let key = &prepared.location.key;
    let (tick, rng) = (state.tick, state.rng.clone());
    let change = match prepared.operation.role {
        _ if prepared.creates => {
            let new = execution.draft(state);
            new.map(|new| Some(execution.record_change(&state.store, Change::Create, "", (None, Some(&new)))))
        }
        Role::Update | Role::Replace => execution.draft_update(state).map(|draft| {
            let (old, new) = draft?;
            Some(execution.record_change(&state.store, Change::Update, key, (Some(&old), Some(&new))))
        }),
        Role::Delete => {
            let old = state.store.get(&prepared.location.collection, key);
            Ok(old.map(|old| execution.record_change(&state.store, Change::Delete, key, (Some(old), None))))
        }
        _ => Ok(None),
    };
    (state.tick, state.rng) = (tick, rng);
    change
}

fn execute(
    model: &Model,
    state: &mut State,
    request: &Request,
    route: &Route,
    replacements: &Map<String, Value>,
) -> Result<Response, Failure> {
    let prepared = Prepared::new(model, state, request, route)?;
    let execution = prepared.execution(model, request, Some(replacements));
    let (operation, location) = (prepared.operation, &prepared.location);
    let unknown = || Failure::unknown(&request.path);
    let mut response = match operation.role {
        _ if prepared.creates => execution.create(state).map(|(key, record)| execution.success(&key, record))?,
        Role::List => execution.list(state, request, &operation.response_body())?,
        Role::Fetch => {
            execution.fetch(state).map(|record| execution.success(&location.key, record)).ok_or_else(unknown)?
        }
        Role::Update | Role::Replace => {
            execution.update(state)?.map(|record| execution.success(&location.key, record)).ok_or_else(unknown)?
        }
        Role::Delete if execution.delete(state) => execution.success(&location.key, Value::Null),
        Role::Delete => return Err(unknown()),
        Role::Create | Role::Other => {
            let stored = state.store.get(&location.collection, &location.key);
            let record = stored.cloned().unwrap_or_else(|| execution.new_record(state));
            execution.success(&location.key, record)
        }
    };
    let mut ignored: Vec<String> = Vec::new();
    for (name, _) in &request.query {
        let encoded_name = segment(name);
        if model.ignores(route.operation, name)
            && !ignored.contains(&encoded_name)
            && ignored.len() < MAX_IGNORED_PARAMETERS
        {
            ignored.push(encoded_name);
        }
    }
    if !ignored.is_empty() {
        response.headers.push((IGNORED_PARAMETERS_HEADER.to_owned(), ignored.join(", ")));
    }
    Ok(response)
}

/// The maximum number of parameters in the header [`IGNORED_PARAMETERS_HEADER`].
const MAX_IGNORED_PARAMETERS: usize = 20;

/// The response header with the percent-encoded names of the query parameters that had no effect.
const IGNORED_PARAMETERS_HEADER: &str = "Mock-Ignored-Parameters";

/// Returns the resource and the collection in which an operation stores new records, if a rule sets them.
fn configured_location(model: &Model, operation: &Operation, path: &Values) -> Option<(ResourceId, Location)> {
    let to = &model.rules(operation.resource).stored_at;
    let (template, collection) = fill_template(to, |name| Some(path_value(path, name)?.to_owned()))?;
    let resource = *model.collections.get(template)?;
    Some((resource, Location { address: collection.clone(), collection, key: String::new() }))
}

fn path_value<'v>(path: &'v Values, name: &str) -> Option<&'v str> {
    path.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str())
}

/// Returns whether the value of the header `Host` can be a host in a URL. It becomes part of URLs in responses.
fn is_host(host: &str) -> bool {
    !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
}

fn check_media_type(operation: &Operation, request: &Request) -> Result<(), Failure> {
    let expected = match (operation.body, body_media(operation)) {
        (Some(BodyKind::Multipart), _) => "multipart/form-data",
        (_, None) => "application/x-www-form-urlencoded",
        (_, Some(Media::Json)) => "application/json",
        (_, Some(_)) => "of the documented media type",
    };
    match accepts_media_type(operation, request) {
        true => Ok(()),
        false => Err(Failure::new(415, format!("the body must be {expected}"))),
    }
}

/// Adds the headers that the document declares for the response.
fn add_declared_headers(model: &Model, state: &mut State, operation: Option<OperationId>, response: &mut Response) {
    let request_id_header = model.config.client.request_id.as_deref();
    let declared = operation.and_then(|id| documented_response(&model.api.operations[id], response.status));
    for header in declared.iter().flat_map(|declared| &declared.headers) {
        let is_set = response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(&header.wire));
        if is_set || request_id_header.is_some_and(|name| name.eq_ignore_ascii_case(&header.wire)) {
            continue;
        }
        response.headers.push(declared_header(model, header));
    }
    if let Some(name) = request_id_header {
        let rng = state.rng(model.seed);
        response.headers.push((name.to_owned(), format!("{:016x}{:016x}", rng.next(), rng.next())));
    }
}

/// Returns the name and a value of a header that the document declares.
fn declared_header(model: &Model, header: &Header) -> (String, String) {
    let value = header
        .example
        .clone()
        .unwrap_or_else(|| generate::value(model, &header.ty, &header.constraints, &generate::time(0)));
    (header.wire.clone(), value_to_string(&value))
}

/// Returns the response to a CORS preflight request. It has the CORS headers that the document declares for a response
/// of the resource. Returns `None` if the document declares no such headers, or if the request is not a preflight
/// request.
fn preflight(model: &Model, request: &Request) -> Option<Response> {
    let method = request.header("access-control-request-method").filter(|_| request.method == "OPTIONS")?;
    let route = route(model, &Request { method: method.to_owned(), ..request.clone() }).ok()?;
    let resource = &model.api.resources[model.api.operations[route.operation].resource];
    let responses = resource.operations.iter().flat_map(|id| &model.api.operations[*id].responses);
    let is_cors_header = |header: &&Header| header.wire.to_ascii_lowercase().starts_with("access-control-");
    let mut declared = responses.map(|response| response.headers.iter().filter(is_cors_header).collect::<Vec<_>>());
    let headers = declared.find(|headers| !headers.is_empty()).unwrap_or_default();
    let headers: Vec<_> = headers.into_iter().map(|header| declared_header(model, header)).collect();
    (!headers.is_empty()).then_some(Response { status: 204, headers, body: None, content: Content::Json, reason: None })
}
