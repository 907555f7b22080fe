//! Executes operations on the stored records: create, fetch, update, delete and list.

mod parts;

use bindery::config::Change;
use bindery::ir;
use bindery::ir::{
    Constraint, Content, Field, Key, Level, Operation, Param, ParamLocation, ResourceId, ResponseBody, Role, Status,
    TypeRef,
};
use bindery::mock_rules::{accepts_parameter, property};
use bindery::normalize::name_key;
use serde_json::{Map, Value, json};

use crate::content::Representation;
use crate::error::Failure;
use crate::filter::Selection;
use crate::http::{Request, Response};
use crate::json_path::{property_at, property_of_map, remove_property, set_property, value_to_string};
use crate::model::Model;
use crate::path::Values;
use crate::record::{path_of, set_key, with_urls};
use crate::record_change::RecordChange;
use crate::request_values::RequestValues;
use crate::route::Location;
use crate::state::State;
use crate::store::{PageQuery, PageStart, Store};
use crate::{content, copies, generate, page, request_values};

/// The execution of an operation for a request.
pub(crate) struct Execution<'a> {
    pub model: &'a Model,
    pub operation: &'a Operation,
    /// The resource whose records the operation creates or changes.
    pub resource: ResourceId,
    pub values: &'a RequestValues<'a>,
    /// The values of the path parameters.
    pub path: &'a Values,
    /// The record or collection in the path of the request.
    pub location: &'a Location,
    /// The base URL of the mock, with the host name that the client uses.
    pub base: &'a str,
    /// The header `Accept` of the request.
    pub accept: Option<&'a str>,
    /// Properties from the responses to webhooks. They replace those of the request.
    pub replacements: Option<&'a Map<String, Value>>,
}

impl Execution<'_> {
    /// Returns the type of the records of the resource.
    fn model_type(&self) -> Option<TypeRef> {
        self.model.record_type(self.resource)
    }

    /// Returns a new record of the resource with the values of the request.
    pub fn new_record(&self, state: &State) -> Value {
        let example = self.model.special_properties(self.resource).example.as_ref();
        let now = generate::time(state.tick);
        let Some(record) = self.model.record_of(self.resource) else {
            let entries = self.values.iter().map(|(param, value)| (param.wire.clone(), value.clone()));
            return Value::Object(entries.collect());
        };
        let mut new = generate::record(self.model, record, example, &now);
        let rules = self.model.rules(self.resource);
        rules.set_defaults(&mut new);
        request_values::write_values(self.model, record, self.values, &mut new);
        // Properties that the request sets to `null` also get their defaults.
        rules.fill_defaults(&mut new);
        Value::Object(new)
    }

    /// Returns the record that a request would create, without its key. Counts a write.
    pub fn draft(&self, state: &mut State) -> Result<Value, Failure> {
        let rules = self.model.rules(self.resource);
        let collection = &self.location.collection;
        self.check_alternatives()?;
        state.tick += 1;
        let mut record = self.new_record(state);
        self.make_unique(state, &mut record);
        self.apply_replacements(&mut record);
        rules.check_record(&mut state.store, collection, None, &record)?;
        rules.check_capacity(&state.store, collection)?;
        Ok(record)
    }

    /// Creates a record, and the child records that the request contains. Returns the key and the record.
    pub fn create(&self, state: &mut State) -> Result<(String, Value), Failure> {
        let mut record = self.draft(state)?;
        let rules = self.model.rules(self.resource);
        let collection = &self.location.collection;
        let key_parameter = self.model.api.resources[self.resource].key.as_ref();
        let key = match key_parameter {
            Some(key_parameter) => match self.requested_key(key_parameter) {
                Some(key) => key,
                None => self.new_key(state, key_parameter)?,
            },
            // The store needs a key for every record, so a record of a resource without a key gets a random key.
            None => format!("{:016x}", state.rng(self.model.seed).next()),
        };
        if state.store.get(collection, &key).is_some() {
            let name = key_parameter.map_or("key", |key_parameter| key_parameter.wire.as_str());
            return Err(Failure::new(409, format!("{name} `{key}` is taken")));
        }
        if let Value::Object(entries) = &mut record {
            for (property, first) in &rules.counters {
                set_property(entries, property, state.store.count(collection, property, *first).into());
            }
        }
        if key_parameter.is_some() {
            let property = self.model.special_properties(self.resource).key.as_deref();
            set_key(self.model, &self.model_type().unwrap_or(TypeRef::Json), &mut record, property, &key);
            record = self.with_location(record, &key);
        }
        copies::put(self.model, state, self.resource, collection, &key, record.clone());
        if self.has_events() {
            let change = self.record_change(&state.store, Change::Create, &key, (None, Some(&record)));
            state.record_changes.push(change);
        }
        if let Err(failure) = parts::create(self, state, &key) {
            copies::remove(self.model, state, collection, &key);
            return Err(failure);
        }
        Ok((key, record))
    }

    /// Checks mutually exclusive parameters. Applies the rules of the resource of the operation, and of the resource
    /// that stores the record.
    fn check_alternatives(&self) -> Result<(), Failure> {
        let rules = [self.operation.resource, self.resource].map(|id| self.model.rules(id));
        let count = if self.operation.resource == self.resource { 1 } else { 2 };
        let has_parameter = |name: &str| accepts_parameter(&self.model.api, self.operation, name);
        rules.iter().take(count).try_for_each(|rules| rules.check_alternatives(self.values, has_parameter))
    }

    /// Replaces a generated value of a unique property if another record has this value. If the replaced value is
    /// invalid, removes the property instead.
    fn make_unique(&self, state: &mut State, record: &mut Value) {
        let Value::Object(entries) = record else { return };
        let declared = self.model.record_of(self.resource);
        for name in &self.model.rules(self.resource).unique_properties {
            let is_same_name = |param: &Param| name_key(&param.wire) == name_key(name);
            let is_in_request =
                self.values.iter().any(|(param, value)| is_same_name(param) || property_at(value, name).is_some());
            let value =
                property_of_map(entries, name).filter(|value| !is_in_request && !value.is_null()).map(value_to_string);
            let Some(value) =
                value.filter(|value| !state.store.find(&self.location.collection, name, value).is_empty())
            else {
                continue;
            };
            let field = declared.and_then(|record| property(&self.model.api, record, name));
            let new = json!(format!("{value} {:x}", state.rng(self.model.seed).next()));
            match field.is_some_and(|field| generate::fits(self.model, field, &new)) {
                true => set_property(entries, name, new),
                false => remove_property(entries, name),
            }
        }
    }

    /// Returns the key of a new record, if the request sets a valid key. The request sets the key in a parameter or
    /// property that has the name of the path parameter or of the key property.
    fn requested_key(&self, key_parameter: &Key) -> Option<String> {
        let property = self.key_property().filter(|field| !field.read_only).map(|field| field.wire.as_str());
        let names = [Some(key_parameter.wire.as_str()), property].map(|name| name.map(name_key));
        let is_key = |name: &str| names.contains(&Some(name_key(name)));
        let value = self.values.iter().find_map(|(param, value)| match param.location {
            ParamLocation::Form => Some(value).filter(|_| is_key(&param.wire)),
            ParamLocation::Body(_) => value.as_object()?.iter().find(|(name, _)| is_key(name)).map(|(_, value)| value),
            _ => None,
        });
        let key = value_to_string(value.filter(|value| !value.is_null())?);
        let is_valid = request_values::is_valid_text(self.model, &key_parameter.ty, &key_parameter.constraints, &key);
        Some(key).filter(|key| is_valid && !key.is_empty())
    }

    /// Generates a key that no record has. The key is valid in the path and, if possible, as the value of the key
    /// property.
    fn new_key(&self, state: &mut State, key_parameter: &Key) -> Result<String, Failure> {
        let property = self.key_property();
        let mut key_valid_in_path = None;
        for attempt in 0..100 {
            // A path parameter often accepts values that the key property does not accept, such as a unique name. Every
            // second attempt therefore uses the stricter constraints of the property.
            let (ty, constraints) = match property.filter(|_| attempt % 2 == 0) {
                Some(field) => (&field.ty, &field.constraints),
                None => (&key_parameter.ty, &key_parameter.constraints),
            };
            let key = generate::key(self.model, ty, constraints, state.rng(self.model.seed));
            if key.is_empty() || state.store.get(&self.location.collection, &key).is_some() {
                continue;
            }
            let is_valid_in_path =
                request_values::is_valid_text(self.model, &key_parameter.ty, &key_parameter.constraints, &key);
            if is_valid_in_path
                && property
                    .is_none_or(|field| request_values::is_valid_text(self.model, &field.ty, &field.constraints, &key))
            {
                return Ok(key);
            }
            key_valid_in_path = key_valid_in_path.or(is_valid_in_path.then_some(key));
        }
        key_valid_in_path.ok_or_else(|| Failure::new(409, format!("all values of {} are in use", key_parameter.wire)))
    }

    /// Returns the property that contains the key of a record.
    fn key_property(&self) -> Option<&Field> {
        let property = self.model.special_properties(self.resource).key.as_deref()?;
        let record = self.model.record_of(self.resource)?;
        record.fields.iter().find(|field| field.wire == property)
    }

    /// Returns the requested record, or `None` if it does not exist. If the operation is not for a record of a
    /// collection but for the only record of its resource, creates this record if necessary.
    pub fn fetch(&self, state: &mut State) -> Option<Value> {
        if state.store.get(&self.location.collection, &self.location.key).is_none()
            && self.operation.level() == Level::Collection
        {
            let record = self.new_record(state);
            state.store.put(&self.location.collection, &self.location.key, record);
        }
        state.store.get(&self.location.collection, &self.location.key).cloned()
    }

    /// Returns the requested record before and after an update. Returns `None` if it does not exist. Counts a write.
    pub fn draft_update(&self, state: &mut State) -> Result<Option<(Value, Value)>, Failure> {
        let Some(old) = self.fetch(state) else { return Ok(None) };
        self.check_alternatives()?;
        state.tick += 1;
        let is_replacement = self.operation.role == Role::Replace;
        let mut new = if is_replacement { self.new_record(state) } else { old.clone() };
        let rules = self.model.rules(self.resource);
        if let Some(record) = self.model.record_of(self.resource) {
            if let (Value::Object(entries), Value::Object(old)) = (&mut new, &old) {
                request_values::write_values(self.model, record, self.values, entries);
                let is_update_time = |field: &&Field| generate::is_timestamp(field, generate::UPDATE_WORDS);
                let is_in_request =
                    |field: &Field| self.values.iter().any(|(param, _)| name_key(&param.wire) == name_key(&field.wire));
                for field in record.fields.iter().filter(|field| is_update_time(field) && !is_in_request(field)) {
                    entries.insert(field.wire.clone(), json!(generate::time(state.tick)));
                }
                let counters = rules.counters.iter().map(|(property, _)| property);
                for property in counters.filter(|_| is_replacement) {
                    if let Some(value) = old.get(property) {
                        set_property(entries, property, value.clone());
                    }
                }
            }
            let property = self.model.special_properties(self.resource).key.as_deref();
            let ty = self.model_type().unwrap_or(TypeRef::Json);
            set_key(self.model, &ty, &mut new, property, &self.location.key);
        }
        self.apply_replacements(&mut new);
        rules.check_record(&mut state.store, &self.location.collection, Some(&self.location.key), &new)?;
        Ok(Some((old, new)))
    }

    /// Updates the requested record, and returns it. Returns `None` if it does not exist.
    pub fn update(&self, state: &mut State) -> Result<Option<Value>, Failure> {
        let Some((old, new)) = self.draft_update(state)? else { return Ok(None) };
        let (collection, key) = (&self.location.collection, &self.location.key);
        copies::put(self.model, state, self.resource, collection, key, new.clone());
        if self.has_events() {
            let change = self.record_change(&state.store, Change::Update, key, (Some(&old), Some(&new)));
            state.record_changes.push(change);
        }
        Ok(Some(new))
    }

    /// Replaces the properties that the responses to webhooks replace.
    fn apply_replacements(&self, record: &mut Value) {
        let Value::Object(entries) = record else { return };
        for (name, value) in self.replacements.into_iter().flatten() {
            set_property(entries, name, value.clone());
        }
    }

    /// Returns the change of a record of the resource from `old` to `new`.
    pub fn record_change(
        &self,
        store: &Store,
        kind: Change,
        key: &str,
        (old, new): (Option<&Value>, Option<&Value>),
    ) -> RecordChange {
        let (path, key, subscribers) = (self.path.clone(), key.to_owned(), Vec::new());
        let (old, new) = (old.cloned(), new.cloned());
        let change = RecordChange { kind, resource: self.resource, path, key, old, new, subscribers };
        change.with_subscribers(self.model, store)
    }

    /// Returns whether webhooks are sent about changes of records of the resource.
    fn has_events(&self) -> bool {
        !self.model.rules(self.resource).events.is_empty()
    }

    /// Deletes the requested record and returns whether it existed.
    pub fn delete(&self, state: &mut State) -> bool {
        let (collection, key) = (&self.location.collection, &self.location.key);
        let old = state.store.get(collection, key).filter(|_| self.has_events());
        let change = old.map(|old| self.record_change(&state.store, Change::Delete, key, (Some(old), None)));
        let removed = copies::remove(self.model, state, collection, key);
        state.tick += u64::from(removed);
        state.record_changes.extend(change);
        removed
    }

    /// Returns the requested list or page.
    pub fn list(&self, state: &State, request: &Request, body: &ResponseBody<'_>) -> Result<Response, Failure> {
        self.check_alternatives()?;
        let now = generate::time(state.tick);
        let is_time = |name: &str| {
            let record = self.model.record_of(self.resource);
            let field = record.and_then(|record| property(&self.model.api, record, name));
            field.is_some_and(|field| matches!(field.ty, TypeRef::DateTime | TypeRef::Date))
        };
        let selection = Selection::new(self.model.rules(self.resource), self.values, is_time)?;
        let representation = self.representation();
        // Only JSON, and streams of the type of the records, can contain records.
        let has_records = |representation: &Representation<'_>| match representation.content {
            Content::Json => true,
            Content::Stream(_) => Some(representation.ty) == self.model_type().as_ref(),
            Content::Text | Content::Binary => false,
        };
        if let Some(representation) = representation.filter(|representation| !has_records(representation)) {
            return Ok(self.reply(Some(content::generated(self.model, representation, &now))));
        }
        let paging = self
            .operation
            .paging
            .as_ref()
            .filter(|_| representation.is_none_or(|representation| representation.content == Content::Json));
        let Some(paging) = paging else {
            let keep = |record: &Value| selection.keeps(record);
            let newest_first = selection.newest_first;
            let query = PageQuery { from: PageStart::After(0), skip: 0, size: usize::MAX, newest_first, keep: &keep };
            let slice = state.store.select(&self.location.collection, &query);
            let item = match body {
                ResponseBody::Json(TypeRef::Array(item)) => item.as_ref(),
                _ => &TypeRef::Json,
            };
            let items = slice.records.iter().map(|(_, key, record)| {
                self.convert_record((item, &[]), self.with_location((*record).clone(), key), &now)
            });
            return Ok(self.reply(Some(items.collect())));
        };
        let response_record = |key: &str, record: &Value| {
            self.convert_record((&paging.item, &[]), self.with_location(record.clone(), key), &now)
        };
        let list = page::List {
            model: self.model,
            operation: self.operation,
            paging,
            collection: &self.location.collection,
            address: &self.location.address,
            selection: &selection,
        };
        let (page, headers) = list.page(&state.store, request, self.base, &response_record, &now)?;
        let mut response = self.reply(Some(page));
        response.headers.extend(headers);
        Ok(response)
    }

    /// Returns a record with its URLs and the properties that depend on its path.
    fn with_location(&self, mut record: Value, key: &str) -> Value {
        if let Value::Object(entries) = &mut record {
            copies::set_path(self.model, self.resource, self.path, entries);
        }
        with_urls(self.model, self.resource, record, &format!("{}{}", self.base, path_of(&self.location.address, key)))
    }

    /// Returns the successful response with a record.
    pub fn success(&self, key: &str, record: Value) -> Response {
        let Some(representation) = self.representation() else { return self.reply(None) };
        let now = generate::time(0);
        self.reply(Some(match representation.content {
            Content::Json => {
                let record = self.with_location(record, key);
                self.convert_record((representation.ty, representation.constraints), record, &now)
            }
            _ => content::generated(self.model, representation, &now),
        }))
    }

    /// Returns the representation of the response that the request accepts. Returns `None` if the response has no body.
    fn representation(&self) -> Option<Representation<'_>> {
        content::negotiate(self.documented_response()?, self.accept)
    }

    /// Converts a record to a type with constraints. If the types differ, the result has the properties that both types
    /// have.
    fn convert_record(&self, (ty, constraints): (&TypeRef, &[Constraint]), record: Value, now: &str) -> Value {
        if self.model_type().as_ref() == Some(ty) {
            return record;
        }
        let mut value = generate::value(self.model, ty, constraints, now);
        let declared = self.model.record(ty);
        if let (Some(declared), Value::Object(value), Value::Object(mut record)) = (declared, &mut value, record) {
            for field in &declared.fields {
                let property = record.remove(&field.wire);
                if let Some(property) = property.filter(|property| generate::fits(self.model, field, property)) {
                    value.insert(field.wire.clone(), property);
                }
            }
        }
        value
    }

    /// Returns the documented successful response, preferably a response with a body. If no successful response is
    /// documented, returns another response that is not an error.
    fn documented_response(&self) -> Option<&ir::Response> {
        let responses = || self.operation.responses.iter();
        let successes = || responses().filter(|response| response.status.is_success());
        (successes().find(|response| response.body.is_some()))
            .or_else(|| successes().next())
            .or_else(|| responses().find(|response| matches!(response.status, Status::Code(100..=399))))
            .or_else(|| responses().find(|response| response.status == Status::Default))
    }

    /// Returns a successful response with the given body.
    fn reply(&self, body: Option<Value>) -> Response {
        let status = match self.documented_response().map(|response| response.status) {
            Some(Status::Code(code)) => code,
            _ if body.is_some() => 200,
            _ => 204,
        };
        let representation = self.representation().filter(|_| body.is_some());
        let headers = representation
            .map(|representation| content::content_type_header(representation.media_type, representation.content));
        let content = representation.map_or(Content::Json, |representation| representation.content);
        Response { status, headers: headers.into_iter().collect(), body, content, reason: None }
    }
}

/// Returns the values of the path parameters of an operation.
pub(crate) fn path_param_values<'a>(model: &Model, operation: &'a Operation, path: &Values) -> RequestValues<'a> {
    let value_of = |param: &'a Param| {
        let (_, text) = path.iter().find(|(name, _)| param.location == ParamLocation::Path && *name == param.wire)?;
        Some((param, request_values::value(model, &param.ty, &[text])))
    };
    operation.params.iter().filter_map(value_of).collect()
}
