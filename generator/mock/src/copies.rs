//! Copies of records in other collections. When a record is written or removed, its copies are written or removed as
//! well.

use bindery::ir::{Level, Operation, ResourceId};
use bindery::mock_rules::{parameters, parent_property, property};
use serde_json::{Map, Value, json};

use crate::json_path::{property_at, set_property, value_to_string};
use crate::model::Model;
use crate::path::{Values, collection_path, collection_values, joined, segment, value};
use crate::rules::{Copies, fill_template};
use crate::state::State;
use crate::store::{RemovedRecord, Store};
use crate::{generate, request_values};

/// A record with copies, and its path.
struct CopySource<'a> {
    /// An operation of the collection of the record.
    operation: &'a Operation,
    /// The values of the path parameters of the collection of the record.
    path: Values,
    key: &'a str,
    record: &'a Value,
}

/// Stores a record and its copies, and updates the copies of its child records.
pub(crate) fn put(model: &Model, state: &mut State, resource: ResourceId, collection: &str, key: &str, record: Value) {
    let old_copies = copies_of(model, &state.store, resource, collection, key);
    state.store.put(collection, key, record);
    let new_copies = copies_of(model, &state.store, resource, collection, key);
    let still_exists =
        |old: &&CopyLocation<'_>| new_copies.iter().any(|new| new.collection == old.collection && new.key == old.key);
    for outdated in old_copies.iter().filter(|old| !still_exists(old)) {
        state.store.remove(&outdated.collection, &outdated.key);
    }
    write(model, state, resource, collection, key);
    for (id, child) in model.api.resources.iter() {
        if child.parent == Some((resource, Level::Instance)) && !model.rules(id).copies.is_empty() {
            let collection = format!("{collection}/{}/{}", segment(key), child.segment);
            let keys: Vec<String> = state.store.records(&collection).map(|(key, _)| key.to_owned()).collect();
            keys.iter().for_each(|key| write(model, state, id, &collection, key));
        }
    }
}

/// Removes a record, its child records, and the copies of all these records. Returns whether the record existed.
pub(crate) fn remove(model: &Model, state: &mut State, collection: &str, key: &str) -> bool {
    let removed = state.store.remove(collection, key);
    let resources_with_copies = model.api.resources.iter().filter(|(id, _)| !model.rules(*id).copies.is_empty());
    for (id, resource) in resources_with_copies {
        let removed_records = removed.iter().filter(|removed| removed.collection.ends_with(&resource.segment));
        for RemovedRecord { collection, key, record } in removed_records {
            let Some(source) = source(model, id, collection, key, record) else { continue };
            for copy in copy_locations(model, &model.rules(id).copies, &source) {
                state.store.remove(&copy.collection, &copy.key);
            }
        }
    }
    !removed.is_empty()
}

/// The location of a copy.
struct CopyLocation<'a> {
    /// The rule that creates the copy.
    copies: &'a Copies,
    /// The resource of the copy.
    resource: ResourceId,
    /// The values of the parameters in the path of the collection.
    path: Values,
    collection: String,
    key: String,
}

fn source<'a>(
    model: &'a Model,
    resource: ResourceId,
    collection: &str,
    key: &'a str,
    record: &'a Value,
) -> Option<CopySource<'a>> {
    let operations = model.api.resources[resource].operations.iter().map(|id| &model.api.operations[*id]);
    let mut matching_operations =
        operations.filter_map(|operation| Some((operation, collection_values(operation, collection)?)));
    let (operation, path) = matching_operations.next()?;
    Some(CopySource { operation, path, key, record })
}

fn copies_of<'m>(
    model: &'m Model,
    store: &Store,
    resource: ResourceId,
    collection: &str,
    key: &str,
) -> Vec<CopyLocation<'m>> {
    let copies = &model.rules(resource).copies;
    let record = store.get(collection, key).filter(|_| !copies.is_empty());
    let source = record.and_then(|record| source(model, resource, collection, key, record));
    source.map(|source| copy_locations(model, copies, &source)).unwrap_or_default()
}

/// Returns the locations of the copies of a record.
fn copy_locations<'m>(model: &'m Model, copies: &'m [Copies], source: &CopySource<'_>) -> Vec<CopyLocation<'m>> {
    let parameter_value = |copies: &Copies, name: &str| {
        let in_path = source.path.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.clone());
        let property = || copies.find.iter().find(|(parameter, _)| parameter == name);
        let in_record =
            || property_at(source.record, &property()?.1).filter(|value| !value.is_null()).map(value_to_string);
        in_path.or_else(in_record).filter(|text| !text.is_empty())
    };
    let location_of = |copies: &'m Copies| {
        let (template, collection) = fill_template(&copies.to, |name| parameter_value(copies, name))?;
        let resource = model.collections.get(template).copied()?;
        let names = parameters(template);
        let path = names.filter_map(|name| Some((name.to_owned(), parameter_value(copies, name)?))).collect();
        let key_name = model.api.resources[resource].key.as_ref().map(|key| key.wire.as_str());
        let key = key_name.and_then(|name| source.path.iter().find(|(parameter, _)| parameter == name));
        let key = key.map_or(source.key, |(_, key)| key.as_str());
        Some(CopyLocation { copies, resource, path, collection, key: key.to_owned() })
    };
    copies.iter().filter_map(location_of).collect()
}

/// Writes the copies of a record.
fn write(model: &Model, state: &mut State, resource: ResourceId, collection: &str, key: &str) {
    let Some(record) = state.store.get(collection, key).filter(|_| !model.rules(resource).copies.is_empty()).cloned()
    else {
        return;
    };
    let Some(source) = source(model, resource, collection, key, &record) else { return };
    for CopyLocation { copies, resource, path, collection, key } in
        copy_locations(model, &model.rules(resource).copies, &source)
    {
        let Some(declared) = model.record_of(resource) else { continue };
        let mut copy = match state.store.get(&collection, &key) {
            Some(Value::Object(old)) => old.clone(),
            _ => {
                let mut new = generate::record(
                    model,
                    declared,
                    model.special_properties(resource).example.as_ref(),
                    &generate::time(state.tick),
                );
                model.rules(resource).set_defaults(&mut new);
                new
            }
        };
        for (name, text) in source.path.iter().chain(&path) {
            request_values::write_property(model, declared, name, &json!(text), &mut copy);
        }
        for (name, from) in &copies.set {
            let value = source_value(&state.store, &source, from);
            let fits = |value: &Value| {
                property(&model.api, declared, name).is_none_or(|field| generate::fits(model, field, value))
            };
            if let Some(value) = value.filter(fits) {
                set_property(&mut copy, name, value);
            }
        }
        state.store.put(&collection, &key, Value::Object(copy));
    }
}

/// Returns the value that `from` names. This is a property of the record, or of one of its parents.
fn source_value(store: &Store, source: &CopySource<'_>, from: &str) -> Option<Value> {
    let Some((parameter, name)) = parent_property(from) else { return property_at(source.record, from).cloned() };
    let path = collection_path(source.operation);
    let index = path.iter().position(|segment| segment.param() == Some(parameter))?;
    let parent = store.get(&joined(&path[..index], &source.path), value(&source.path, parameter))?;
    property_at(parent, name).cloned()
}

/// Returns whether a property of a copy comes from the copied record. URLs in such a property must not be replaced.
pub(crate) fn keeps_links(model: &Model, resource: ResourceId, property: &str) -> bool {
    let is_below = |name: &String| name.split('.').next() == Some(property);
    model.rules(resource).copied_properties.iter().any(is_below)
}

/// Sets the properties of a copy whose values are path parameters.
pub(crate) fn set_path(model: &Model, resource: ResourceId, path: &Values, record: &mut Map<String, Value>) {
    let Some(declared) = model.record_of(resource) else { return };
    for (name, _) in &model.rules(resource).params_from_properties {
        request_values::write_property(model, declared, name, &json!(value(path, name)), record);
    }
}
