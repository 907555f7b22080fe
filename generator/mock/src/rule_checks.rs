//! Checks requests and records against the rules of `[mock]`.

use bindery::ir::ParamLocation;
use serde_json::Value;

use crate::error::Failure;
use crate::json_path::{property_at, value_to_string};
use crate::request_values::RequestValues;
use crate::rules::ResourceRules;
use crate::store::Store;

impl ResourceRules {
    /// Checks that a request sets at most one parameter of each group of mutually exclusive parameters. Some groups
    /// require exactly one parameter.
    ///
    /// # Errors
    ///
    /// Returns a failure with status 400 and the names of the parameters of the group.
    pub fn check_alternatives(
        &self,
        values: &RequestValues<'_>,
        accepts: impl Fn(&str) -> bool,
    ) -> Result<(), Failure> {
        let is_set = |name: &String| value_of(values, name).is_some_and(|value| !value.is_null());
        for (group, needs_one) in self.alternatives.iter().filter(|(group, _)| group.iter().all(|name| accepts(name))) {
            let count = group.iter().filter(|name| is_set(name)).count();
            if count > 1 || count == 0 && *needs_one {
                let quantity = if *needs_one { "exactly" } else { "at most" };
                return Err(Failure::new(400, format!("{quantity} one of {} must be set", group.join(", "))));
            }
        }
        Ok(())
    }

    /// Checks a record before it is stored.
    ///
    /// # Errors
    ///
    /// Returns a failure with status 400 if a string is not JSON or if the record is nested too deeply. Returns a
    /// failure with status 409 if another record has the same value of a unique property.
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
        for name in &self.json_properties {
            let text = property_at(record, name).and_then(Value::as_str);
            if text.is_some_and(|text| serde_json::from_str::<Value>(text).is_err()) {
                return Err(Failure::new(400, format!("{name} must be JSON")));
            }
        }
        for name in &self.unique_properties {
            let Some(value) = property_at(record, name).filter(|value| !value.is_null()).map(value_to_string) else {
                continue;
            };
            if store.find(collection, name, &value).into_iter().any(|other| Some(other) != key) {
                return Err(Failure::new(409, format!("{name} `{value}` is taken")));
            }
        }
        Ok(())
    }

    /// Checks that a record can be added to a collection.
    ///
    /// # Errors
    ///
    /// Returns a failure with status 400 if the collection has the maximum number of records.
    pub fn check_capacity(&self, store: &Store, collection: &str) -> Result<(), Failure> {
        match self.max_items.filter(|max_items| store.len(collection) >= *max_items) {
            Some(max_items) => {
                Err(Failure::new(400, format!("{collection} has {max_items} items, which is the maximum")))
            }
            None => Ok(()),
        }
    }
}

/// Returns the value of a parameter, or the value of a property of the body.
pub(crate) fn value_of<'v>(values: &'v RequestValues<'_>, name: &str) -> Option<&'v Value> {
    values.iter().find_map(|(param, value)| match param.location {
        ParamLocation::Path => None,
        ParamLocation::Body(_) => property_at(value, name),
        _ => Some(value).filter(|_| param.wire == name),
    })
}

/// The maximum nesting depth of a record. JSON parsers accept 128 levels. The limit is lower, because lists and the
/// state file add a few levels around a record.
const MAX_DEPTH: usize = 100;

fn is_nested_at_most(depth: usize, value: &Value) -> bool {
    let is_allowed = |child| is_nested_at_most(depth - 1, child);
    match value {
        Value::Array(items) => depth > 0 && items.iter().all(is_allowed),
        Value::Object(entries) => depth > 0 && entries.values().all(is_allowed),
        _ => true,
    }
}
