//! Stores records without a request.

use bindery::ir::{Level, TypeRef};
use serde_json::Value;

use crate::error::Error;
use crate::json_path::set_property;
use crate::model::Model;
use crate::path::{segments, values};
use crate::record::{path_of, set_key, with_urls};
use crate::route::resolve;
use crate::state::State;
use crate::validate::check;
use crate::{copies, generate};

/// Stores a record at a path. Missing properties are generated.
pub(crate) fn put(model: &Model, state: &mut State, path: &str, record_to_store: Value) -> Result<(), Error> {
    let invalid = |reason: &str| Error::Record(format!("{path}: {reason}"));
    let segments_of_path = segments(path).ok_or_else(|| invalid("its segments are not valid UTF-8"))?;
    let operations = model.api.operations.iter().map(|(_, operation)| operation);
    let (operation, mut values) = operations
        .filter_map(|operation| Some((operation, values(operation, &segments_of_path)?)))
        .max_by_key(|(operation, _)| operation.level() == Level::Instance)
        .ok_or_else(|| invalid("the API has no such path"))?;
    let location =
        resolve(model, &mut state.store, operation, &mut values).ok_or_else(|| invalid("its parent does not exist"))?;
    let Value::Object(properties_to_store) = record_to_store else { return Err(invalid("a record is an object")) };
    let ty = model.api.resources[operation.resource].model.map_or(TypeRef::Json, TypeRef::Named);
    let (special_properties, rules) = (model.special_properties(operation.resource), model.rules(operation.resource));
    state.tick += 1;
    let now = generate::time(state.tick);
    let generated =
        model.record(&ty).map(|record| generate::record(model, record, special_properties.example.as_ref(), &now));
    let mut entries = generated.unwrap_or_default();
    rules.set_defaults(&mut entries);
    for (property, first) in &rules.counters {
        match properties_to_store.get(property).and_then(Value::as_i64) {
            Some(number) => state.store.count_past(&location.collection, property, number),
            None => {
                set_property(&mut entries, property, state.store.count(&location.collection, property, *first).into())
            }
        }
    }
    let mut record = Value::Object(entries);
    set_key(model, &ty, &mut record, special_properties.key.as_deref(), &location.key);
    if let Value::Object(entries) = &mut record {
        entries.extend(properties_to_store);
    }
    let record = with_urls(
        model,
        operation.resource,
        record,
        &format!("http://localhost{}", path_of(&location.address, &location.key)),
    );
    if let Some(problem) = check(&model.api, &ty, &record).first() {
        return Err(invalid(&format!("{} {}", problem.path, problem.message)));
    }
    rules
        .check_record(&mut state.store, &location.collection, Some(&location.key), &record)
        .map_err(|failure| invalid(&failure.message))?;
    copies::put(model, state, operation.resource, &location.collection, &location.key, record);
    Ok(())
}
