//! What the API would answer: a request and what is stored to an answer, without any network.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bindery::ir::{Answer, Body, Operation, OperationId, ResourceId, Role, Segment, Side, Status, TypeRef};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::failure::{Failure, failure};
use crate::form::{self, Given};
use crate::generate;
use crate::http::{Request, Response};
use crate::model::{Model, is_known};
use crate::page;
use crate::rng::Rng;
use crate::store::{From, Store, segment};

/// What changes from one request to the next.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub store: Store,
    /// How often something has been written: the mock's clock.
    pub tick: u64,
    /// What identifiers and the ids of requests are made from.
    pub chance: Option<Rng>,
}

impl State {
    /// The source of chance; `seed` counts if nothing has been drawn yet.
    pub fn rng(&mut self, seed: u64) -> &mut Rng {
        self.chance.get_or_insert(Rng(seed))
    }
}

/// The operation that a request asks for, and the values of its path.
pub(crate) struct Route {
    pub operation: OperationId,
    pub path: Vec<(String, String)>,
}

/// Where a record is or would be stored.
pub(crate) struct Spot {
    pub collection: String,
    pub key: String,
}

/// Answers a request.
pub(crate) fn answer(model: &Model, state: &mut State, request: &Request) -> Response {
    let routed = route(model, request);
    let operation = routed.as_ref().ok().map(|route| route.operation);
    let done = routed.and_then(|route| carry_out(model, state, request, &route));
    let mut response = done.unwrap_or_else(|failed| failure(model, operation, &failed));
    finish(model, state, operation, &mut response);
    response
}

/// The operation that a request asks for, if there is one.
pub(crate) fn asked(model: &Model, request: &Request) -> Option<OperationId> {
    route(model, request).ok().map(|route| route.operation)
}

/// The operation of a path and method: 404 without the path, 405 without the method.
fn route(model: &Model, request: &Request) -> Result<Route, Failure> {
    let path = request.path.strip_prefix('/').unwrap_or(&request.path);
    let sent: Option<Vec<String>> =
        path.split('/').map(|one| Some(percent_decode_str(one).decode_utf8().ok()?.into_owned())).collect();
    let sent = sent.ok_or_else(|| Failure::unknown(&request.path))?;
    let mut found: Vec<(OperationId, &Operation)> =
        model.api.operations.iter().filter(|(_, operation)| is_at(operation, &sent)).collect();
    // Of two paths that fit, the one with a literal where the other has a parameter is meant.
    let literals = |operation: &Operation| -> Vec<bool> {
        operation.path.iter().map(|segment| matches!(segment, Segment::Param(_))).collect()
    };
    let best = found.iter().map(|(_, operation)| literals(operation)).min();
    found.retain(|(_, operation)| Some(literals(operation)) == best);
    if found.is_empty() {
        return Err(Failure::unknown(&request.path));
    }
    let Some((id, operation)) = found.iter().find(|(_, operation)| operation.method.as_str() == request.method) else {
        let mut allowed: Vec<_> = found.iter().map(|(_, operation)| operation.method.as_str()).collect();
        allowed.dedup();
        let failure = Failure::new(405, format!("{} is not possible at {}", request.method, request.path));
        return Err(failure.header("Allow", allowed.join(", ")));
    };
    let path = operation.path.iter().zip(sent).filter_map(|(segment, sent)| match segment {
        Segment::Param(name) => Some((name.clone(), sent)),
        Segment::Literal(_) => None,
    });
    Ok(Route { operation: *id, path: path.collect() })
}

/// Whether an operation's path has room for the decoded segments.
pub(crate) fn is_at(operation: &Operation, sent: &[String]) -> bool {
    operation.path.len() == sent.len()
        && operation.path.iter().zip(sent).all(|(segment, sent)| match segment {
            Segment::Literal(text) => text == sent,
            Segment::Param(_) => !sent.is_empty(),
        })
}

fn carry_out(model: &Model, state: &mut State, request: &Request, route: &Route) -> Result<Response, Failure> {
    let operation = &model.api.operations[route.operation];
    identify(model, operation, request)?;
    check_media_type(operation, request)?;
    let spot = spot(operation, &route.path);
    // An identifier that breaks its own rules is one of nothing.
    let given = form::read(model, operation, request, &route.path).map_err(|problems| {
        let in_path = |problem: &String| route.path.iter().any(|(name, _)| problem.starts_with(&format!("{name} ")));
        match problems.iter().all(in_path) {
            true => Failure::unknown(&request.path),
            false => Failure::new(400, problems.join("; ")),
        }
    })?;
    if !has_parents(model, &state.store, operation, &route.path) {
        return Err(Failure::unknown(&request.path));
    }
    let base = format!("http://{}", request.header("host").filter(|host| is_host(host)).unwrap_or("localhost"));
    let act = Act { model, operation, given: &given, spot: &spot, base: &base };
    let body = match (operation.role, operation.answer()) {
        (Role::List, answer) => return Ok(act.list(state, request, answer)),
        (Role::Create, _) => act.create(state)?,
        (Role::Fetch, _) => act.fetch(state).ok_or_else(|| Failure::unknown(&request.path))?,
        (Role::Update | Role::Replace, _) => act.update(state).ok_or_else(|| Failure::unknown(&request.path))?,
        (Role::Delete, _) => {
            if !state.store.remove(&spot.collection, &spot.key) {
                return Err(Failure::unknown(&request.path));
            }
            state.tick += 1;
            Value::Null
        }
        (Role::Other, _) => {
            let stored = state.store.get(&spot.collection, &spot.key);
            stored.cloned().unwrap_or_else(|| act.blank(state))
        }
    };
    Ok(act.success(&body))
}

/// Text that may stand for a host in a URL: what a header says goes into answers.
fn is_host(host: &str) -> bool {
    !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
}

fn identify(model: &Model, operation: &Operation, request: &Request) -> Result<(), Failure> {
    if operation.open || model.api.security.is_empty() {
        return Ok(());
    }
    let sent = request.header("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        let decoded = STANDARD.decode(token.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    });
    let accepted = match (&sent, &model.credentials) {
        (Some(sent), Some(known)) => sent == known,
        (Some((user, password)), None) => !user.is_empty() && !password.is_empty(),
        (None, _) => false,
    };
    let failure = || Failure::new(401, "a known user and password are needed".to_owned());
    if accepted { Ok(()) } else { Err(failure().header("WWW-Authenticate", "Basic realm=\"mock\"".to_owned())) }
}

fn check_media_type(operation: &Operation, request: &Request) -> Result<(), Failure> {
    let known = "application/x-www-form-urlencoded";
    let sent = request.header("content-type").map(|value| value.split(';').next().unwrap_or_default().trim());
    let fits = match (operation.body, sent) {
        (Some(Body::Form), Some(sent)) => sent.eq_ignore_ascii_case(known),
        (Some(Body::Form), None) => request.body.is_empty(),
        (None, _) => true,
    };
    if fits { Ok(()) } else { Err(Failure::new(415, format!("the body must be {known}"))) }
}

/// Where the record that an operation acts on is stored.
pub(crate) fn spot(operation: &Operation, path: &[(String, String)]) -> Spot {
    let value = |name: &str| path.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let (key, above) = match (operation.side(), operation.path.split_last()) {
        (Side::Instance, Some((Segment::Param(name), above))) => (value(name).unwrap_or_default(), above),
        _ => (String::new(), operation.path.as_slice()),
    };
    Spot { collection: joined(above, &value), key }
}

fn joined(segments: &[Segment], value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut path = String::new();
    for one in segments {
        match one {
            Segment::Literal(text) if text.is_empty() => {}
            Segment::Literal(text) => path.extend(["/", text]),
            Segment::Param(name) => path.extend(["/", &segment(&value(name).unwrap_or_default())]),
        }
    }
    path
}

/// Whether all records that the path leads through are there.
pub(crate) fn has_parents(model: &Model, store: &Store, operation: &Operation, path: &[(String, String)]) -> bool {
    let value = |name: &str| path.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let params = operation.path.iter().enumerate().filter_map(|(index, segment)| match segment {
        Segment::Param(name) => Some((index, name)),
        Segment::Literal(_) => None,
    });
    let own = usize::from(operation.side() == Side::Instance);
    params.rev().skip(own).zip(parents(model, operation.resource)).all(|((index, name), parent)| {
        let collection = joined(&operation.path[..index], &value);
        !is_known(&model.api, parent) || store.get(&collection, &value(name).unwrap_or_default()).is_some()
    })
}

/// The resources of the records that a resource is below, the nearest first.
fn parents(model: &Model, resource: ResourceId) -> impl Iterator<Item = ResourceId> + '_ {
    let above = |id: &(ResourceId, Side)| model.api.resources[id.0].parent;
    std::iter::successors(model.api.resources[resource].parent, above)
        .filter(|(_, side)| *side == Side::Instance)
        .map(|(id, _)| id)
}

/// An operation at work.
struct Act<'a> {
    model: &'a Model,
    operation: &'a Operation,
    given: &'a Given<'a>,
    spot: &'a Spot,
    base: &'a str,
}

impl Act<'_> {
    fn resource(&self) -> ResourceId {
        self.operation.resource
    }

    fn model_type(&self) -> Option<TypeRef> {
        self.model.api.resources[self.resource()].model.map(TypeRef::Named)
    }

    /// A new record of the resource, with what the caller gave.
    fn blank(&self, state: &State) -> Value {
        let example = self.model.traits(self.resource()).example.as_ref();
        let now = generate::time(state.tick);
        let record = self.model_type().and_then(|ty| self.model.record(&ty));
        let Some(record) = record else {
            let entries = self.given.iter().map(|(param, value)| (param.wire.clone(), value.clone()));
            return Value::Object(entries.collect());
        };
        let mut new = generate::blank(self.model, record, example, &now);
        form::lay(self.model, record, self.given, &mut new);
        Value::Object(new)
    }

    fn create(&self, state: &mut State) -> Result<Value, Failure> {
        let resource = &self.model.api.resources[self.resource()];
        let property = self.model.traits(self.resource()).key.as_deref();
        state.tick += 1;
        let mut record = self.blank(state);
        if let Some(kind) = &resource.key {
            let named = self
                .given
                .iter()
                .find(|(param, _)| crate::model::plain(&param.wire) == crate::model::plain(&kind.wire));
            let key = match named {
                Some((_, value)) => text_of(value),
                None => self.new_key(state, kind)?,
            };
            if state.store.get(&self.spot.collection, &key).is_some() {
                return Err(Failure::new(409, format!("{} is taken", kind.wire)));
            }
            let ty = self.model_type().unwrap_or(TypeRef::Json);
            set_key(self.model, &ty, &mut record, property, &key);
            let record = self.located(&record, &key);
            state.store.put(&self.spot.collection, &key, record.clone());
            return Ok(record);
        }
        // Without a key nothing can ask for it again, but a list may show it.
        let key = format!("{:016x}", state.rng(self.model.seed).next());
        state.store.put(&self.spot.collection, &key, record.clone());
        Ok(record)
    }

    fn new_key(&self, state: &mut State, kind: &bindery::ir::Key) -> Result<String, Failure> {
        for _ in 0..100 {
            let key = generate::key(self.model, &kind.ty, &kind.constraints, state.rng(self.model.seed));
            if !key.is_empty() && state.store.get(&self.spot.collection, &key).is_none() {
                return Ok(key);
            }
        }
        Err(Failure::new(409, format!("no {} is left", kind.wire)))
    }

    fn fetch(&self, state: &mut State) -> Option<Value> {
        if state.store.get(&self.spot.collection, &self.spot.key).is_none() && self.operation.side() == Side::Collection
        {
            let blank = self.blank(state);
            state.store.put(&self.spot.collection, &self.spot.key, blank);
        }
        state.store.get(&self.spot.collection, &self.spot.key).cloned()
    }

    fn update(&self, state: &mut State) -> Option<Value> {
        let old = self.fetch(state)?;
        state.tick += 1;
        let replaced = self.operation.role == Role::Replace;
        let mut new = if replaced { self.blank(state) } else { old };
        if let Some(record) = self.model_type().and_then(|ty| self.model.record(&ty)) {
            if let Value::Object(entries) = &mut new {
                let form: Given<'_> = self.given.clone();
                form::lay(self.model, record, &form, entries);
                for field in record.fields.iter().filter(|field| generate::is_stamp(field, generate::CHANGED)) {
                    entries.insert(field.wire.clone(), json!(generate::time(state.tick)));
                }
            }
            let property = self.model.traits(self.resource()).key.as_deref();
            let ty = self.model_type().unwrap_or(TypeRef::Json);
            set_key(self.model, &ty, &mut new, property, &self.spot.key);
        }
        state.store.put(&self.spot.collection, &self.spot.key, new.clone());
        Some(new)
    }

    fn list(&self, state: &State, request: &Request, answer: Answer<'_>) -> Response {
        let Some(paging) = &self.operation.paging else {
            let all = state.store.slice(&self.spot.collection, From::After(0), usize::MAX);
            let item = match answer {
                Answer::Json(TypeRef::List(item)) => item.as_ref(),
                _ => &TypeRef::Json,
            };
            let items = all.records.iter().map(|(_, key, record)| self.shown(item, &self.located(record, key), state));
            return self.reply(Some(items.collect()));
        };
        let shown = |key: &str, record: &Value| self.shown(&paging.item, &self.located(record, key), state);
        let list =
            page::List { model: self.model, operation: self.operation, paging, collection: &self.spot.collection };
        self.reply(Some(list.page(&state.store, request, self.base, &shown, &generate::time(state.tick))))
    }

    /// A record with the URLs that follow from where it is.
    fn located(&self, record: &Value, key: &str) -> Value {
        located(self.model, self.resource(), record, &format!("{}{}", self.base, path_of(&self.spot.collection, key)))
    }

    fn success(&self, record: &Value) -> Response {
        let key = match self.operation.role {
            Role::Create => self.key_of(record),
            _ => Some(self.spot.key.clone()),
        };
        let body = match self.operation.answer() {
            Answer::Nothing => None,
            Answer::Json(ty) => {
                let record = key.map_or_else(|| record.clone(), |key| self.located(record, &key));
                Some(self.project(ty, &record, &generate::time(0)))
            }
        };
        self.reply(body)
    }

    fn key_of(&self, record: &Value) -> Option<String> {
        record.get(self.model.traits(self.resource()).key.as_deref()?).map(text_of)
    }

    fn shown(&self, ty: &TypeRef, record: &Value, state: &State) -> Value {
        self.project(ty, record, &generate::time(state.tick))
    }

    /// The record as a value of the answer's type: itself, or what of it another type has a place for.
    fn project(&self, ty: &TypeRef, record: &Value, now: &str) -> Value {
        if self.model_type().as_ref() == Some(ty) {
            return record.clone();
        }
        let mut value = generate::value(self.model, ty, &[], now);
        if let (Some(to), Value::Object(value), Value::Object(record)) = (self.model.record(ty), &mut value, record) {
            for field in &to.fields {
                if let Some(known) = record.get(&field.wire).filter(|known| generate::fits(self.model, field, known)) {
                    value.insert(field.wire.clone(), known.clone());
                }
            }
        }
        value
    }

    fn reply(&self, body: Option<Value>) -> Response {
        let successes = self.operation.responses.iter().filter(|response| response.status.is_success());
        let status = successes.map(|response| response.status).next();
        let status = match status {
            Some(Status::Code(code)) => code,
            Some(Status::Range(_)) | None if body.is_some() => 200,
            _ => 204,
        };
        Response { status, headers: Vec::new(), body }
    }
}

/// A record with the URLs that follow from its own.
pub(crate) fn located(model: &Model, resource: ResourceId, record: &Value, url: &str) -> Value {
    let traits = model.traits(resource);
    let mut record = record.clone();
    let Value::Object(entries) = &mut record else { return record };
    if let Some(property) = &traits.url {
        entries.insert(property.clone(), json!(url));
    }
    if let Some((property, links)) = &traits.links {
        let links: Map<_, _> =
            links.iter().map(|(key, segment)| (key.clone(), json!(format!("{url}/{segment}")))).collect();
        entries.insert(property.clone(), Value::Object(links));
    }
    record
}

/// Puts a key into the property for it, as a number where the property is one.
pub(crate) fn set_key(model: &Model, ty: &TypeRef, record: &mut Value, property: Option<&str>, key: &str) {
    let (Some(property), Value::Object(entries)) = (property, record) else { return };
    let Some(field) = model.record(ty).and_then(|record| record.fields.iter().find(|field| field.wire == property))
    else {
        return;
    };
    let number = key.parse::<i64>().map(Value::from).ok();
    let mut values = [Some(json!(key)), number].into_iter().flatten();
    if let Some(value) = values.find(|value| generate::fits(model, field, value)) {
        entries.insert(property.to_owned(), value);
    }
}

/// The path of a record.
pub(crate) fn path_of(collection: &str, key: &str) -> String {
    if key.is_empty() { collection.to_owned() } else { format!("{collection}/{}", segment(key)) }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Adds the headers that the document declares for the answer.
fn finish(model: &Model, state: &mut State, operation: Option<OperationId>, response: &mut Response) {
    let id = model.config.client.request_id.as_deref();
    let declared = operation.and_then(|id| described(&model.api.operations[id], response.status));
    for header in declared.iter().flat_map(|declared| &declared.headers) {
        if id.is_some_and(|id| id.eq_ignore_ascii_case(&header.wire)) {
            continue;
        }
        let value =
            header.example.clone().unwrap_or_else(|| generate::value(model, &header.ty, &[], &generate::time(0)));
        response.headers.push((header.wire.clone(), text_of(&value)));
    }
    if let Some(name) = id {
        let rng = state.rng(model.seed);
        response.headers.push((name.to_owned(), format!("{:016x}{:016x}", rng.next(), rng.next())));
    }
}

/// What the document says of an answer with this status.
pub(crate) fn described(operation: &Operation, status: u16) -> Option<&bindery::ir::Response> {
    let find = |wanted: Status| operation.responses.iter().find(|response| response.status == wanted);
    find(Status::Code(status)).or_else(|| find(Status::Range(status / 100))).or_else(|| find(Status::Default))
}
