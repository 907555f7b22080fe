//! The tables `[[mock.rules]]` of codegen.toml, by resource.

use std::collections::BTreeMap;

use bindery::config::{Config, Rule, Spanned, Test};
use bindery::ir::{Api, ParamPlace, ResourceId};
use bindery::mock_rules::{covered, target};
use serde_json::{Map, Value, json};

use crate::error_response::Failure;
use crate::request_values::Given;
use crate::store::{Store, segment};

/// The configured behavior of one resource.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// Properties of which no two records of a collection have the same value.
    pub unique: Vec<String>,
    /// Properties whose value can stand for the key in a path.
    pub lookup: Vec<String>,
    /// Properties that count, and the number of the first record.
    pub counters: Vec<(String, i64)>,
    /// Values of properties that a request does not set.
    pub defaults: Vec<(String, Value)>,
    /// String properties that contain JSON.
    pub json: Vec<String>,
    /// Groups of parameters, and whether a request must have one of them.
    pub alternatives: Vec<(Vec<String>, bool)>,
    pub max_items: Option<usize>,
    pub filters: Vec<Filter>,
    /// Query parameters that reverse the order, and the values that do so; no values are any.
    pub newest_first: Vec<(String, Vec<String>)>,
    /// The collections where new records are stored, if not in the one of the request.
    pub stored_at: Vec<String>,
    /// Parameters that contain further records, and their collections.
    pub parts: Vec<(String, Vec<String>)>,
    pub copies: Vec<Copies>,
    /// For a collection of copies: the path parameter that stands for a property of the record that it identifies.
    pub found: Vec<(String, String)>,
    /// For a collection of copies: the properties that are copied.
    pub copied: Vec<String>,
}

/// A query parameter that selects records.
#[derive(Debug)]
pub(crate) struct Filter {
    pub parameter: String,
    pub property: String,
    pub test: Test,
}

/// A collection in which each record appears in another form.
#[derive(Debug)]
pub(crate) struct Copies {
    pub to: Vec<String>,
    /// Path parameters of the collection and the property of the record that has their value.
    pub find: Vec<(String, String)>,
    /// Properties of the copy and what they are copied from.
    pub set: Vec<(String, String)>,
}

/// The facts about each resource of an API, in the order of the resources.
pub(crate) fn facts(api: &Api, config: &Config, paths: &BTreeMap<String, ResourceId>) -> Vec<Facts> {
    let mut all: Vec<Facts> = api.resources.iter().map(|_| Facts::default()).collect();
    for rule in &config.mock.rules {
        let mut ids: Vec<ResourceId> =
            rule.at.iter().flat_map(|at| covered(api, paths, at.get_ref())).map(|(_, id)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            if let Some(facts) = all.get_mut(id.index()) {
                facts.add(rule);
            }
        }
        for copies in &rule.copies {
            let targets = copies.to.iter().filter_map(|to| paths.get(to.get_ref()));
            for id in targets {
                let Some(facts) = all.get_mut(id.index()) else { continue };
                let found = copies.find.iter().map(|(parameter, from)| (parameter.clone(), from.get_ref().clone()));
                facts.found.extend(found);
                facts.copied.extend(copies.set.keys().cloned());
            }
        }
    }
    all
}

impl Facts {
    fn add(&mut self, rule: &Rule) {
        let names = |names: &[Spanned<String>]| names.iter().map(|name| name.get_ref().clone()).collect::<Vec<_>>();
        let pairs = |pairs: &BTreeMap<String, Spanned<String>>| {
            pairs.iter().map(|(name, from)| (name.clone(), from.get_ref().clone())).collect::<Vec<_>>()
        };
        self.unique.extend(names(&rule.unique));
        self.lookup.extend(names(&rule.lookup));
        self.counters.extend(rule.counters.iter().map(|(name, first)| (name.clone(), *first.get_ref())));
        let defaults = rule.defaults.iter().map(|(name, value)| (name.clone(), json!(value.get_ref())));
        self.defaults.extend(defaults);
        self.json.extend(names(&rule.json));
        self.alternatives.extend(rule.exactly_one.iter().map(|group| (names(group), true)));
        self.alternatives.extend(rule.at_most_one.iter().map(|group| (names(group), false)));
        let most = rule.max_items.map(|most| usize::try_from(most).unwrap_or(usize::MAX));
        self.max_items = self.max_items.into_iter().chain(most).min();
        self.filters.extend(rule.filters.iter().map(|filter| Filter {
            parameter: filter.parameter.get_ref().clone(),
            property: filter.property.get_ref().clone(),
            test: filter.test,
        }));
        let newest = rule.newest_first.iter().map(|one| (one.parameter.get_ref().clone(), one.values.clone()));
        self.newest_first.extend(newest);
        self.stored_at.extend(names(&rule.stored_at));
        self.parts.extend(rule.parts.iter().map(|part| (part.parameter.get_ref().clone(), names(&part.to))));
        self.copies.extend(rule.copies.iter().map(|copies| Copies {
            to: names(&copies.to),
            find: pairs(&copies.find),
            set: pairs(&copies.set),
        }));
    }

    /// Sets the properties that have a default.
    pub fn set_defaults(&self, record: &mut Map<String, Value>) {
        for (name, value) in &self.defaults {
            set(record, name, value.clone());
        }
    }

    /// Sets the properties that have a default and no value.
    pub fn fill_defaults(&self, record: &mut Map<String, Value>) {
        for (name, value) in &self.defaults {
            if at_map(record, name).is_none_or(Value::is_null) {
                set(record, name, value.clone());
            }
        }
    }

    /// Checks that a request has as many of each group of parameters as it may.
    ///
    /// # Errors
    ///
    /// 400 with the names of the group.
    pub fn check_alternatives(&self, given: &Given<'_>, takes: impl Fn(&str) -> bool) -> Result<(), Failure> {
        let is_given = |name: &String| value_of(given, name).is_some_and(|value| !value.is_null());
        for (group, needs_one) in self.alternatives.iter().filter(|(group, _)| group.iter().all(|name| takes(name))) {
            let count = group.iter().filter(|name| is_given(name)).count();
            if count > 1 || count == 0 && *needs_one {
                let few = if *needs_one { "exactly" } else { "at most" };
                return Err(Failure::new(400, format!("{few} one of {} must be set", group.join(", "))));
            }
        }
        Ok(())
    }

    /// Checks a record that is about to be stored.
    ///
    /// # Errors
    ///
    /// 400 if a string is not JSON or the record is nested too deep, 409 if another record has the value of a unique property.
    pub fn check_record(
        &self,
        store: &mut Store,
        collection: &str,
        key: Option<&str>,
        record: &Value,
    ) -> Result<(), Failure> {
        if !is_nested_at_most(MAX_DEPTH, record) {
            return Err(Failure::new(400, format!("the record must be nested at most {MAX_DEPTH} levels deep")));
        }
        for name in &self.json {
            let text = at(record, name).and_then(Value::as_str);
            if text.is_some_and(|text| serde_json::from_str::<Value>(text).is_err()) {
                return Err(Failure::new(400, format!("{name} must be JSON")));
            }
        }
        for name in &self.unique {
            let Some(value) = at(record, name).filter(|value| !value.is_null()).map(text_of) else { continue };
            if store.find(collection, name, &value).into_iter().any(|other| Some(other) != key) {
                return Err(Failure::new(409, format!("{name} `{value}` is taken")));
            }
        }
        Ok(())
    }

    /// Checks that a collection has room for another record.
    ///
    /// # Errors
    ///
    /// 400 if it has not.
    pub fn check_room(&self, store: &Store, collection: &str) -> Result<(), Failure> {
        match self.max_items.filter(|most| store.len(collection) >= *most) {
            Some(most) => Err(Failure::new(400, format!("{collection} has {most} items, which is the maximum"))),
            None => Ok(()),
        }
    }
}

/// The maximum depth of a record. Readers of JSON stop at 128 levels, of which lists and the state file add some.
const MAX_DEPTH: usize = 100;

fn is_nested_at_most(depth: usize, value: &Value) -> bool {
    let fits = |inner| is_nested_at_most(depth - 1, inner);
    match value {
        Value::Array(items) => depth > 0 && items.iter().all(fits),
        Value::Object(entries) => depth > 0 && entries.values().all(fits),
        _ => true,
    }
}

/// The path of one of several collections, with the values of its parameters.
pub(crate) fn fill(to: &[String], value: impl Fn(&str) -> Option<String>) -> Option<(&str, String)> {
    let template = target(to.iter().map(String::as_str), |name| value(name).is_some())?;
    let mut path = String::new();
    for (index, part) in template.split('{').enumerate() {
        match part.split_once('}').filter(|_| index > 0) {
            Some((name, rest)) => path.extend([segment(&value(name)?).as_str(), rest]),
            None => path.push_str(part),
        }
    }
    Some((template, path))
}

/// The value that a request has for a parameter or a property of its body.
pub(crate) fn value_of<'v>(given: &'v Given<'_>, name: &str) -> Option<&'v Value> {
    given.iter().find_map(|(param, value)| match param.place {
        ParamPlace::Path => None,
        ParamPlace::Body(_) => at(value, name),
        _ => Some(value).filter(|_| param.wire == name),
    })
}

/// The value of a property, whose name may lead into nested objects with dots.
pub(crate) fn at<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    at_map(value.as_object()?, name)
}

pub(crate) fn at_map<'v>(entries: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    entries.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        at(entries.get(first)?, rest)
    })
}

/// Sets a property, whose name may lead into nested objects with dots.
pub(crate) fn set(entries: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.').filter(|_| !entries.contains_key(name)) {
        Some((first, rest)) => {
            let inner = entries.entry(first).or_insert(Value::Null);
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
        None => {
            entries.insert(name.to_owned(), value);
        }
    }
}

/// Removes a property, whose name may lead into nested objects with dots.
pub(crate) fn remove(entries: &mut Map<String, Value>, name: &str) {
    match name.split_once('.').filter(|_| !entries.contains_key(name)) {
        Some((first, rest)) => {
            if let Some(Value::Object(inner)) = entries.get_mut(first) {
                remove(inner, rest);
            }
        }
        None => drop(entries.shift_remove(name)),
    }
}

/// A value as it is written in a path or a query.
pub(crate) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
