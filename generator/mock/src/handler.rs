//! Handles a request: from the request and the stored records to the response, without a network.

use bindery::ir::{BodyKind, Content, Header, Media, Method, Operation, OperationId, ParamLocation, ResourceId, Role};
use serde_json::Value;

use crate::act::{Act, path_given};
use crate::content::{described, takes, whole};
use crate::error::Failure;
use crate::error_response::failure;
use crate::http::{Request, Response};
use crate::json_path::text_of;
use crate::model::Model;
use crate::path::{Values, segment};
use crate::route::{Route, Spot, resolve, route};
use crate::rules::fill;
use crate::state::State;
use crate::{generate, request_values, security};

/// Handles a request.
pub(crate) fn answer(model: &Model, state: &mut State, request: &Request, asked: &Result<Route, Failure>) -> Response {
    match asked {
        Ok(route) => match carry_out(model, state, request, route) {
            Ok(mut response) => {
                finish(model, state, Some(route.operation), &mut response);
                response
            }
            Err(failed) => refuse(model, state, Some(route.operation), &failed),
        },
        Err(failed) => security::grant(model, state, request)
            .or_else(|| preflight(model, request))
            .unwrap_or_else(|| refuse(model, state, None, failed)),
    }
}

/// The response to a request that is not carried out.
pub(crate) fn refuse(model: &Model, state: &mut State, asked: Option<OperationId>, failed: &Failure) -> Response {
    let status = asked.map_or(failed.status, |id| documented(&model.api.operations[id], failed.status));
    let failed = Failure { status, ..failed.clone() };
    let mut response = failure(model, asked, &failed);
    finish(model, state, asked, &mut response);
    response
}

/// The status of a refusal: 422 for an invalid request, if the operation documents that and not 400. No other status stands for
/// another one: a client that gets 404 or 409 instead of 401 would do the wrong thing.
fn documented(operation: &Operation, status: u16) -> u16 {
    let has = |status| described(operation, status).is_some();
    if status == 400 && !has(400) && has(422) { 422 } else { status }
}

fn carry_out(model: &Model, state: &mut State, request: &Request, route: &Route) -> Result<Response, Failure> {
    let operation = &model.api.operations[route.operation];
    security::authorize(model, operation, request)?;
    check_media_type(operation, request)?;
    // An identifier that violates its constraints identifies no record.
    let mut given = request_values::read(model, operation, request, &route.path).map_err(|problems| {
        let in_path = |problem: &String| route.path.iter().any(|(name, _)| problem.starts_with(&format!("{name} ")));
        match problems.iter().all(in_path) {
            true => Failure::unknown(&request.path),
            false => Failure::new(400, problems.join("; ")),
        }
    })?;
    let unknown = || Failure::unknown(&request.path);
    let mut path = route.path.clone();
    let spot = resolve(model, &mut state.store, operation, &mut path).ok_or_else(unknown)?;
    given.retain(|(param, _)| param.location != ParamLocation::Path);
    given.extend(path_given(model, operation, &path));
    let creates = matches!(operation.role, Role::Create | Role::Other) && operation.method == Method::Post;
    let elsewhere = stored_elsewhere(model, operation, &path).filter(|_| creates);
    let creates = operation.role == Role::Create || elsewhere.is_some();
    let (resource, spot) = elsewhere.unwrap_or((operation.resource, spot));
    let host = request.header("host").filter(|host| is_host(host)).unwrap_or("localhost");
    let base = format!("http://{host}{}", route.base_path);
    let accept = request.header("accept");
    let act = Act { model, operation, resource, given: &given, path: &path, spot: &spot, base: &base, accept };
    let mut response = match operation.role {
        _ if creates => act.create(state).map(|(key, record)| act.success(&key, record))?,
        Role::List => act.list(state, request, &operation.response_body())?,
        Role::Fetch => act.fetch(state).map(|record| act.success(&spot.key, record)).ok_or_else(unknown)?,
        Role::Update | Role::Replace => {
            act.update(state)?.map(|record| act.success(&spot.key, record)).ok_or_else(unknown)?
        }
        Role::Delete if act.delete(state) => act.success(&spot.key, Value::Null),
        Role::Delete => return Err(unknown()),
        Role::Create | Role::Other => {
            let stored = state.store.get(&spot.collection, &spot.key);
            let record = stored.cloned().unwrap_or_else(|| act.blank(state));
            act.success(&spot.key, record)
        }
    };
    let mut ignored: Vec<String> = Vec::new();
    for (name, _) in &request.query {
        let name_in_header = segment(name);
        if model.ignores(route.operation, name) && !ignored.contains(&name_in_header) && ignored.len() < MAX_IGNORED {
            ignored.push(name_in_header);
        }
    }
    if !ignored.is_empty() {
        response.headers.push((IGNORED.to_owned(), ignored.join(", ")));
    }
    Ok(response)
}

/// How many parameters the header names.
const MAX_IGNORED: usize = 20;

/// The response header with the names of the query parameters of the request that had no effect, percent-encoded.
const IGNORED: &str = "Mock-Ignored-Parameters";

/// The resource and the collection where an operation stores what it creates, if a rule says so.
fn stored_elsewhere(model: &Model, operation: &Operation, path: &Values) -> Option<(ResourceId, Spot)> {
    let to = &model.facts(operation.resource).stored_at;
    let (template, collection) = fill(to, |name| Some(known(path, name)?.to_owned()))?;
    let resource = *model.collections.get(template)?;
    Some((resource, Spot { address: collection.clone(), collection, key: String::new() }))
}

fn known<'v>(path: &'v Values, name: &str) -> Option<&'v str> {
    path.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Text that may stand for a host in a URL: what a header says goes into responses.
fn is_host(host: &str) -> bool {
    !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
}

fn check_media_type(operation: &Operation, request: &Request) -> Result<(), Failure> {
    let known = match (operation.body, whole(operation)) {
        (Some(BodyKind::Multipart), _) => "multipart/form-data",
        (_, None) => "application/x-www-form-urlencoded",
        (_, Some(Media::Json)) => "application/json",
        (_, Some(_)) => "of the media type that is described",
    };
    match takes(operation, request) {
        true => Ok(()),
        false => Err(Failure::new(415, format!("the body must be {known}"))),
    }
}

/// Adds the headers that the document declares for the response.
fn finish(model: &Model, state: &mut State, operation: Option<OperationId>, response: &mut Response) {
    let id = model.config.client.request_id.as_deref();
    let declared = operation.and_then(|id| described(&model.api.operations[id], response.status));
    for header in declared.iter().flat_map(|declared| &declared.headers) {
        let said = response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(&header.wire));
        if said || id.is_some_and(|id| id.eq_ignore_ascii_case(&header.wire)) {
            continue;
        }
        response.headers.push(declared_header(model, header));
    }
    if let Some(name) = id {
        let rng = state.rng(model.seed);
        response.headers.push((name.to_owned(), format!("{:016x}{:016x}", rng.next(), rng.next())));
    }
}

/// The name of a header that the document declares, and a value for it.
fn declared_header(model: &Model, header: &Header) -> (String, String) {
    let value = header.example.clone().unwrap_or_else(|| generate::value(model, &header.ty, &[], &generate::time(0)));
    (header.wire.clone(), text_of(&value))
}

/// The response to the request in which a browser asks whether a page may call an operation: what the document declares of
/// that for any response of the resource. `None` if it declares nothing, or the request is another.
fn preflight(model: &Model, request: &Request) -> Option<Response> {
    let method = request.header("access-control-request-method").filter(|_| request.method == "OPTIONS")?;
    let route = route(model, &Request { method: method.to_owned(), ..request.clone() }).ok()?;
    let resource = &model.api.resources[model.api.operations[route.operation].resource];
    let responses = resource.operations.iter().flat_map(|id| &model.api.operations[*id].responses);
    let allows = |header: &&Header| header.wire.to_ascii_lowercase().starts_with("access-control-");
    let mut declared = responses.map(|response| response.headers.iter().filter(allows).collect::<Vec<_>>());
    let headers = declared.find(|headers| !headers.is_empty()).unwrap_or_default();
    let headers: Vec<_> = headers.into_iter().map(|header| declared_header(model, header)).collect();
    (!headers.is_empty()).then_some(Response { status: 204, headers, body: None, content: Content::Json, reason: None })
}
