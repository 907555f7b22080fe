//! Records that were there before the first request.

use bindery::ir::{Side, TypeRef};
use serde_json::Value;

use crate::error::Error;
use crate::json_path::set;
use crate::model::Model;
use crate::path::{segments, values};
use crate::record::{located, path_of, set_key};
use crate::route::resolve;
use crate::state::State;
use crate::validate::check;
use crate::{copies, generate};

/// Stores a record at the path of an instance.
pub(crate) fn put(model: &Model, state: &mut State, path: &str, given: Value) -> Result<(), Error> {
    let refused = |why: &str| Error::Record(format!("{path}: {why}"));
    let sent = segments(path).ok_or_else(|| refused("its segments are not valid UTF-8"))?;
    let operations = model.api.operations.iter().map(|(_, operation)| operation);
    let (operation, mut values) = operations
        .filter_map(|operation| Some((operation, values(operation, &sent)?)))
        .max_by_key(|(operation, _)| operation.side() == Side::Instance)
        .ok_or_else(|| refused("the API has no such path"))?;
    let spot =
        resolve(model, &mut state.store, operation, &mut values).ok_or_else(|| refused("its parent does not exist"))?;
    let Value::Object(given) = given else { return Err(refused("a record is an object")) };
    let ty = model.api.resources[operation.resource].model.map_or(TypeRef::Json, TypeRef::Named);
    let (traits, facts) = (model.traits(operation.resource), model.facts(operation.resource));
    state.tick += 1;
    let now = generate::time(state.tick);
    let blank = model.record(&ty).map(|record| generate::blank(model, record, traits.example.as_ref(), &now));
    let mut entries = blank.unwrap_or_default();
    facts.set_defaults(&mut entries);
    for (property, first) in &facts.counters {
        match given.get(property).and_then(Value::as_i64) {
            Some(number) => state.store.count_past(&spot.collection, property, number),
            None => set(&mut entries, property, state.store.count(&spot.collection, property, *first).into()),
        }
    }
    let mut record = Value::Object(entries);
    set_key(model, &ty, &mut record, traits.key.as_deref(), &spot.key);
    if let Value::Object(entries) = &mut record {
        entries.extend(given);
    }
    let record =
        located(model, operation.resource, record, &format!("http://localhost{}", path_of(&spot.address, &spot.key)));
    if let Some(problem) = check(&model.api, &ty, &record).first() {
        return Err(refused(&format!("{} {}", problem.path, problem.message)));
    }
    facts
        .check_record(&mut state.store, &spot.collection, Some(&spot.key), &record)
        .map_err(|failed| refused(&failed.message))?;
    copies::put(model, state, operation.resource, &spot.collection, &spot.key, record);
    Ok(())
}
