//! Executes operations on the stored records.

mod parts;

use bindery::ir;
use bindery::ir::{
    Content, Field, Key, Operation, Param, ParamLocation, ResourceId, ResponseBody, Role, Side, Status, TypeRef,
};
use bindery::mock_rules::{property, takes};
use bindery::normalize::name_key;
use serde_json::{Value, json};

use crate::content::Form;
use crate::error::Failure;
use crate::filter::Selection;
use crate::http::{Request, Response};
use crate::json_path::{at, at_map, remove, set, text_of};
use crate::model::Model;
use crate::path::Values;
use crate::record::{located, path_of, set_key};
use crate::request_values::Given;
use crate::route::Spot;
use crate::state::State;
use crate::store::{From, Wanted};
use crate::{content, copies, generate, page, request_values};

/// An operation at work.
pub(crate) struct Act<'a> {
    pub model: &'a Model,
    pub operation: &'a Operation,
    /// The resource whose records it creates or changes.
    pub resource: ResourceId,
    pub given: &'a Given<'a>,
    pub path: &'a Values,
    pub spot: &'a Spot,
    pub base: &'a str,
    /// The header `Accept` of the request.
    pub accept: Option<&'a str>,
}

impl Act<'_> {
    fn model_type(&self) -> Option<TypeRef> {
        self.model.record_type(self.resource)
    }

    /// A new record of the resource, with the values of the request.
    pub fn blank(&self, state: &State) -> Value {
        let example = self.model.traits(self.resource).example.as_ref();
        let now = generate::time(state.tick);
        let Some(record) = self.model.record_of(self.resource) else {
            let entries = self.given.iter().map(|(param, value)| (param.wire.clone(), value.clone()));
            return Value::Object(entries.collect());
        };
        let mut new = generate::blank(self.model, record, example, &now);
        let facts = self.model.facts(self.resource);
        facts.set_defaults(&mut new);
        request_values::lay(self.model, record, self.given, &mut new);
        // A property that is `null` in the request also gets its default.
        facts.fill_defaults(&mut new);
        Value::Object(new)
    }

    /// Creates a record, and those that the request has for collections below it; returns the key, too.
    pub fn create(&self, state: &mut State) -> Result<(String, Value), Failure> {
        let facts = self.model.facts(self.resource);
        let collection = &self.spot.collection;
        self.check_alternatives()?;
        state.tick += 1;
        let mut record = self.blank(state);
        self.free_unique(state, &mut record);
        facts.check_record(&mut state.store, collection, None, &record)?;
        facts.check_room(&state.store, collection)?;
        let kind = self.model.api.resources[self.resource].key.as_ref();
        let key = match kind {
            Some(kind) => match self.given_key(kind) {
                Some(key) => key,
                None => self.new_key(state, kind)?,
            },
            // Without a key nothing can ask for it again, but a list may show it.
            None => format!("{:016x}", state.rng(self.model.seed).next()),
        };
        if state.store.get(collection, &key).is_some() {
            let name = kind.map_or("key", |kind| kind.wire.as_str());
            return Err(Failure::new(409, format!("{name} `{key}` is taken")));
        }
        if let Value::Object(entries) = &mut record {
            for (property, first) in &facts.counters {
                set(entries, property, state.store.count(collection, property, *first).into());
            }
        }
        if kind.is_some() {
            let property = self.model.traits(self.resource).key.as_deref();
            set_key(self.model, &self.model_type().unwrap_or(TypeRef::Json), &mut record, property, &key);
            record = self.located(record, &key);
        }
        copies::put(self.model, state, self.resource, collection, &key, record.clone());
        if let Err(failed) = parts::create(self, state, &key) {
            copies::remove(self.model, state, collection, &key);
            return Err(failed);
        }
        Ok((key, record))
    }

    fn check_alternatives(&self) -> Result<(), Failure> {
        let facts = [self.operation.resource, self.resource].map(|id| self.model.facts(id));
        let count = if self.operation.resource == self.resource { 1 } else { 2 };
        let takes = |name: &str| takes(&self.model.api, self.operation, name);
        facts.iter().take(count).try_for_each(|facts| facts.check_alternatives(self.given, takes))
    }

    /// Gives unique properties that the request does not set a value that no record has, or none.
    fn free_unique(&self, state: &mut State, record: &mut Value) {
        let Value::Object(entries) = record else { return };
        let declared = self.model.record_of(self.resource);
        for name in &self.model.facts(self.resource).unique {
            let same = |param: &Param| name_key(&param.wire) == name_key(name);
            let is_given = self.given.iter().any(|(param, value)| same(param) || at(value, name).is_some());
            let value = at_map(entries, name).filter(|value| !is_given && !value.is_null()).map(text_of);
            let Some(value) = value.filter(|value| !state.store.find(&self.spot.collection, name, value).is_empty())
            else {
                continue;
            };
            let field = declared.and_then(|record| property(&self.model.api, record, name));
            let new = json!(format!("{value} {:x}", state.rng(self.model.seed).next()));
            match field.is_some_and(|field| generate::fits(self.model, field, &new)) {
                true => set(entries, name, new),
                false => remove(entries, name),
            }
        }
    }

    /// The key that a request gives to the record that it creates: by the name that it has in the path, or by that of the
    /// property that holds it.
    fn given_key(&self, kind: &Key) -> Option<String> {
        let property = self.key_field().filter(|field| !field.read_only).map(|field| field.wire.as_str());
        let names = [Some(kind.wire.as_str()), property].map(|name| name.map(name_key));
        let is_key = |name: &str| names.contains(&Some(name_key(name)));
        let found = self.given.iter().find_map(|(param, value)| match param.location {
            ParamLocation::Form => Some(value).filter(|_| is_key(&param.wire)),
            ParamLocation::Body(_) => value.as_object()?.iter().find(|(name, _)| is_key(name)).map(|(_, value)| value),
            _ => None,
        });
        let key = text_of(found.filter(|value| !value.is_null())?);
        let fits = request_values::is_of(self.model, &kind.ty, &kind.constraints, &key);
        Some(key).filter(|key| fits && !key.is_empty())
    }

    /// A key that no record has: one for the path and, where the record holds its key, for that property.
    fn new_key(&self, state: &mut State, kind: &Key) -> Result<String, Failure> {
        let property = self.key_field();
        let mut free = None;
        for attempt in 0..100 {
            // The constraints of the property are often stricter: a path may accept more than the key.
            let (ty, constraints) = match property.filter(|_| attempt % 2 == 0) {
                Some(field) => (&field.ty, &field.constraints),
                None => (&kind.ty, &kind.constraints),
            };
            let key = generate::key(self.model, ty, constraints, state.rng(self.model.seed));
            if key.is_empty() || state.store.get(&self.spot.collection, &key).is_some() {
                continue;
            }
            let in_path = request_values::is_of(self.model, &kind.ty, &kind.constraints, &key);
            if in_path
                && property.is_none_or(|field| request_values::is_of(self.model, &field.ty, &field.constraints, &key))
            {
                return Ok(key);
            }
            free = free.or(in_path.then_some(key));
        }
        free.ok_or_else(|| Failure::new(409, format!("no {} is left", kind.wire)))
    }

    /// The property of the record that holds its key.
    fn key_field(&self) -> Option<&Field> {
        let property = self.model.traits(self.resource).key.as_deref()?;
        let record = self.model.record_of(self.resource)?;
        record.fields.iter().find(|field| field.wire == property)
    }

    /// Returns the requested record, if it exists.
    pub fn fetch(&self, state: &mut State) -> Option<Value> {
        if state.store.get(&self.spot.collection, &self.spot.key).is_none() && self.operation.side() == Side::Collection
        {
            let blank = self.blank(state);
            state.store.put(&self.spot.collection, &self.spot.key, blank);
        }
        state.store.get(&self.spot.collection, &self.spot.key).cloned()
    }

    /// Updates the requested record, if it exists.
    pub fn update(&self, state: &mut State) -> Result<Option<Value>, Failure> {
        let Some(old) = self.fetch(state) else { return Ok(None) };
        self.check_alternatives()?;
        state.tick += 1;
        let replaced = self.operation.role == Role::Replace;
        let mut new = if replaced { self.blank(state) } else { old.clone() };
        let facts = self.model.facts(self.resource);
        if let Some(record) = self.model.record_of(self.resource) {
            if let (Value::Object(entries), Value::Object(old)) = (&mut new, &old) {
                request_values::lay(self.model, record, self.given, entries);
                let changed = |field: &&Field| generate::is_stamp(field, generate::CHANGED);
                let given =
                    |field: &Field| self.given.iter().any(|(param, _)| name_key(&param.wire) == name_key(&field.wire));
                for field in record.fields.iter().filter(|field| changed(field) && !given(field)) {
                    entries.insert(field.wire.clone(), json!(generate::time(state.tick)));
                }
                let kept = facts.counters.iter().map(|(property, _)| property);
                for property in kept.filter(|_| replaced) {
                    if let Some(value) = old.get(property) {
                        set(entries, property, value.clone());
                    }
                }
            }
            let property = self.model.traits(self.resource).key.as_deref();
            let ty = self.model_type().unwrap_or(TypeRef::Json);
            set_key(self.model, &ty, &mut new, property, &self.spot.key);
        }
        let (collection, key) = (&self.spot.collection, &self.spot.key);
        facts.check_record(&mut state.store, collection, Some(key), &new)?;
        copies::put(self.model, state, self.resource, collection, key, new.clone());
        Ok(Some(new))
    }

    /// Deletes the requested record and returns whether it existed.
    pub fn delete(&self, state: &mut State) -> bool {
        let removed = copies::remove(self.model, state, &self.spot.collection, &self.spot.key);
        state.tick += u64::from(removed);
        removed
    }

    /// Returns the requested list or page.
    pub fn list(&self, state: &State, request: &Request, answer: &ResponseBody<'_>) -> Result<Response, Failure> {
        self.check_alternatives()?;
        let now = generate::time(state.tick);
        let is_time = |name: &str| {
            let record = self.model.record_of(self.resource);
            let field = record.and_then(|record| property(&self.model.api, record, name));
            field.is_some_and(|field| matches!(field.ty, TypeRef::DateTime | TypeRef::Date))
        };
        let selection = Selection::of(self.model.facts(self.resource), self.given, is_time)?;
        let form = self.form();
        // Text and bytes have no items that can be told apart; neither has a stream of what is not the records.
        let is_listed = |form: &Form<'_>| match form.content {
            Content::Json => true,
            Content::Stream(_) => Some(form.ty) == self.model_type().as_ref(),
            Content::Text | Content::Binary => false,
        };
        if let Some(form) = form.filter(|form| !is_listed(form)) {
            return Ok(self.reply(Some(content::generated(self.model, form, &now))));
        }
        let paging = self.operation.paging.as_ref().filter(|_| form.is_none_or(|form| form.content == Content::Json));
        let Some(paging) = paging else {
            let keep = |record: &Value| selection.keeps(record);
            let newest_first = selection.newest_first;
            let all = Wanted { from: From::After(0), skip: 0, size: usize::MAX, newest_first, keep: &keep };
            let all = state.store.select(&self.spot.collection, &all);
            let item = match answer {
                ResponseBody::Json(TypeRef::Array(item)) => item.as_ref(),
                _ => &TypeRef::Json,
            };
            let items = all
                .records
                .iter()
                .map(|(_, key, record)| self.project(item, self.located((*record).clone(), key), &now));
            return Ok(self.reply(Some(items.collect())));
        };
        let shown = |key: &str, record: &Value| self.project(&paging.item, self.located(record.clone(), key), &now);
        let list = page::List {
            model: self.model,
            operation: self.operation,
            paging,
            collection: &self.spot.collection,
            address: &self.spot.address,
            selection: &selection,
        };
        let (page, headers) = list.page(&state.store, request, self.base, &shown, &now)?;
        let mut response = self.reply(Some(page));
        response.headers.extend(headers);
        Ok(response)
    }

    /// A record with the URLs that follow from where it is.
    fn located(&self, mut record: Value, key: &str) -> Value {
        if let Value::Object(entries) = &mut record {
            copies::set_path(self.model, self.resource, self.path, entries);
        }
        located(self.model, self.resource, record, &format!("{}{}", self.base, path_of(&self.spot.address, key)))
    }

    /// The response with a record of a key.
    pub fn success(&self, key: &str, record: Value) -> Response {
        let Some(form) = self.form() else { return self.reply(None) };
        let now = generate::time(0);
        self.reply(Some(match form.content {
            Content::Json => self.project(form.ty, self.located(record, key), &now),
            _ => content::generated(self.model, form, &now),
        }))
    }

    /// The form of the response that the request accepts, if the response has a body.
    fn form(&self) -> Option<Form<'_>> {
        content::chosen(self.described()?, self.accept)
    }

    /// The record as a value of the response's type: itself, or what of it another type has a place for.
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

    /// What the document says of success: the response with a body, if there is one; or else of whatever else is no error.
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
        let form = self.form().filter(|_| body.is_some());
        let headers = form.map(|form| content::header(form.media_type, form.content));
        let content = form.map_or(Content::Json, |form| form.content);
        Response { status, headers: headers.into_iter().collect(), body, content, reason: None }
    }
}

/// The parameters in the path of an operation, with the values that they have.
pub(crate) fn path_given<'a>(model: &Model, operation: &'a Operation, path: &Values) -> Given<'a> {
    let of = |param: &'a Param| {
        let (_, text) = path.iter().find(|(name, _)| param.location == ParamLocation::Path && *name == param.wire)?;
        Some((param, request_values::value(model, &param.ty, &[text])))
    };
    operation.params.iter().filter_map(of).collect()
}
