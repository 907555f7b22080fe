//! What the API would answer: a request and what is stored to an answer, without any network.

use bindery::ir::{
    self, Answer, Body, Field, Header, Key, Media, Operation, OperationId, ParamPlace, ResourceId, Role, Side, Status,
    TypeRef,
};
use serde_json::{Map, Value, json};

use crate::failure::{Failure, failure};
use crate::form::{self, Given};
use crate::generate;
use crate::http::{Request, Response};
use crate::model::Model;
use crate::page;
use crate::route::{Route, Spot, has_parents, route, spot};
use crate::security;
use crate::state::State;
use crate::store::{From, segment};

/// Answers a request.
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

/// The answer to a request that is not carried out, with a status that the document has for it.
pub(crate) fn refuse(model: &Model, state: &mut State, asked: Option<OperationId>, failed: &Failure) -> Response {
    let documented = asked.and_then(|id| documented(&model.api.operations[id], failed.status));
    let failed = Failure { status: documented.unwrap_or(failed.status), ..failed.clone() };
    let mut response = failure(model, asked, &failed);
    finish(model, state, asked, &mut response);
    response
}

/// The status that an operation's document has for requests that would be refused with this one: itself, or the next
/// best; nothing if the document does not speak of refusals.
fn documented(operation: &Operation, status: u16) -> Option<u16> {
    if described(operation, status).is_some() {
        return Some(status);
    }
    let codes = operation.responses.iter().filter_map(|response| match response.status {
        Status::Code(code @ 400..=499) => Some(code),
        _ => None,
    });
    codes.min_by_key(|code| [400, 422].iter().position(|usual| usual == code).unwrap_or(usize::MAX))
}

fn carry_out(model: &Model, state: &mut State, request: &Request, route: &Route) -> Result<Response, Failure> {
    let operation = &model.api.operations[route.operation];
    security::authorize(model, operation, request)?;
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
    Ok(act.success(body))
}

/// Text that may stand for a host in a URL: what a header says goes into answers.
fn is_host(host: &str) -> bool {
    !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
}

fn check_media_type(operation: &Operation, request: &Request) -> Result<(), Failure> {
    let known = match (operation.body, whole(operation)) {
        (Some(Body::Multipart), _) => "multipart/form-data",
        (_, None) => "application/x-www-form-urlencoded",
        (_, Some(Media::Json)) => "application/json",
        (_, Some(_)) => "of the media type that is described",
    };
    match takes(operation, request) {
        true => Ok(()),
        false => Err(Failure::new(415, format!("the body must be {known}"))),
    }
}

fn whole(operation: &Operation) -> Option<Media> {
    whole_body(operation).map(|(media, _)| media)
}

/// Returns how a body that is one value is encoded, and its media type.
fn whole_body(operation: &Operation) -> Option<(Media, &str)> {
    operation.params.iter().find_map(|param| match param.place {
        ParamPlace::Body(media) => Some((media, param.wire.as_str())),
        _ => None,
    })
}

/// Whether an operation takes a body of the media type that is sent.
pub(crate) fn takes(operation: &Operation, request: &Request) -> bool {
    let sent = request.header("content-type").map(|value| value.split(';').next().unwrap_or_default().trim());
    match (operation.body, sent) {
        (Some(Body::Form), Some(sent)) => sent.eq_ignore_ascii_case("application/x-www-form-urlencoded"),
        (Some(Body::Multipart), Some(sent)) => sent.eq_ignore_ascii_case("multipart/form-data"),
        (Some(Body::Form | Body::Multipart), None) => request.body.is_empty(),
        (Some(Body::Whole), Some(sent)) => whole_body(operation).is_none_or(|(media, name)| {
            let name = name.split(';').next().unwrap_or_default().trim();
            media == Media::of(sent) || name.eq_ignore_ascii_case(sent)
        }),
        (Some(Body::Whole) | None, _) => true,
    }
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
            let record = self.located(record, &key);
            state.store.put(&self.spot.collection, &key, record.clone());
            return Ok(record);
        }
        // Without a key nothing can ask for it again, but a list may show it.
        let key = format!("{:016x}", state.rng(self.model.seed).next());
        state.store.put(&self.spot.collection, &key, record.clone());
        Ok(record)
    }

    /// A key that no record has: one for the path and, where the record holds its key, for that property.
    fn new_key(&self, state: &mut State, kind: &Key) -> Result<String, Failure> {
        let property = self.key_field();
        let mut free = None;
        for attempt in 0..100 {
            // The property's rules are often the stricter ones: a path may take more than the key alone.
            let (ty, constraints) = match property.filter(|_| attempt % 2 == 0) {
                Some(field) => (&field.ty, &field.constraints),
                None => (&kind.ty, &kind.constraints),
            };
            let key = generate::key(self.model, ty, constraints, state.rng(self.model.seed));
            if key.is_empty() || state.store.get(&self.spot.collection, &key).is_some() {
                continue;
            }
            let in_path = form::is_of(self.model, &kind.ty, &kind.constraints, &key);
            if in_path && property.is_none_or(|field| form::is_of(self.model, &field.ty, &field.constraints, &key)) {
                return Ok(key);
            }
            free = free.or(in_path.then_some(key));
        }
        free.ok_or_else(|| Failure::new(409, format!("no {} is left", kind.wire)))
    }

    /// The property of the record that holds its key.
    fn key_field(&self) -> Option<&Field> {
        let property = self.model.traits(self.resource()).key.as_deref()?;
        let record = self.model.record(&self.model_type()?)?;
        record.fields.iter().find(|field| field.wire == property)
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
        let now = generate::time(state.tick);
        let Some(paging) = &self.operation.paging else {
            let all = state.store.slice(&self.spot.collection, From::After(0), usize::MAX);
            let item = match answer {
                Answer::Json(TypeRef::List(item)) => item.as_ref(),
                _ => &TypeRef::Json,
            };
            let items = all
                .records
                .iter()
                .map(|(_, key, record)| self.project(item, self.located((*record).clone(), key), &now));
            return self.reply(Some(items.collect()));
        };
        let shown = |key: &str, record: &Value| self.project(&paging.item, self.located(record.clone(), key), &now);
        let list =
            page::List { model: self.model, operation: self.operation, paging, collection: &self.spot.collection };
        let (page, headers) = list.page(&state.store, request, self.base, &shown, &now);
        Response { headers, ..self.reply(Some(page)) }
    }

    /// A record with the URLs that follow from where it is.
    fn located(&self, record: Value, key: &str) -> Value {
        located(self.model, self.resource(), record, &format!("{}{}", self.base, path_of(&self.spot.collection, key)))
    }

    fn success(&self, record: Value) -> Response {
        let key = match self.operation.role {
            Role::Create => self.key_of(&record),
            _ => Some(self.spot.key.clone()),
        };
        let body = self.described().and_then(|response| response.body.as_ref()).map(|ty| {
            let record = match key {
                Some(key) => self.located(record, &key),
                None => record,
            };
            self.project(ty, record, &generate::time(0))
        });
        self.reply(body)
    }

    fn key_of(&self, record: &Value) -> Option<String> {
        record.get(self.model.traits(self.resource()).key.as_deref()?).map(text_of)
    }

    /// The record as a value of the answer's type: itself, or what of it another type has a place for.
    fn project(&self, ty: &TypeRef, record: Value, now: &str) -> Value {
        if self.model_type().as_ref() == Some(ty) {
            return record;
        }
        let mut value = generate::value(self.model, ty, &[], now);
        if let (Some(to), Value::Object(value), Value::Object(mut record)) = (self.model.record(ty), &mut value, record)
        {
            for field in &to.fields {
                if let Some(known) = record.remove(&field.wire).filter(|known| generate::fits(self.model, field, known))
                {
                    value.insert(field.wire.clone(), known);
                }
            }
        }
        value
    }

    /// What the document says of success: the answer with a body, if there is one; or else of whatever else is no error.
    fn described(&self) -> Option<&ir::Response> {
        let all = || self.operation.responses.iter();
        let successes = || all().filter(|response| response.status.is_success());
        (successes().find(|response| response.body.is_some()))
            .or_else(|| successes().next())
            .or_else(|| all().find(|response| matches!(response.status, Status::Code(100..=399))))
            .or_else(|| all().find(|response| response.status == Status::Default))
    }

    fn reply(&self, body: Option<Value>) -> Response {
        let status = match self.described().map(|response| response.status) {
            Some(Status::Code(code)) => code,
            _ if body.is_some() => 200,
            _ => 204,
        };
        Response { status, headers: Vec::new(), body, reason: None }
    }
}

/// A record with the URLs that follow from its own.
pub(crate) fn located(model: &Model, resource: ResourceId, mut record: Value, url: &str) -> Value {
    let traits = model.traits(resource);
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
    (!headers.is_empty()).then_some(Response { status: 204, headers, body: None, reason: None })
}

/// What the document says of an answer with this status.
pub(crate) fn described(operation: &Operation, status: u16) -> Option<&bindery::ir::Response> {
    let find = |wanted: Status| operation.responses.iter().find(|response| response.status == wanted);
    find(Status::Code(status)).or_else(|| find(Status::Range(status / 100))).or_else(|| find(Status::Default))
}
