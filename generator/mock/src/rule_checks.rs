//! The checks of requests and records against the rules of `[mock]`.

use bindery::ir::ParamLocation;
use serde_json::Value;

use crate::error::Failure;
use crate::json_path::{at, text_of};
use crate::request_values::Given;
use crate::rules::Facts;
use crate::store::Store;

impl Facts {
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

/// The value that a request has for a parameter or a property of its body.
pub(crate) fn value_of<'v>(given: &'v Given<'_>, name: &str) -> Option<&'v Value> {
    given.iter().find_map(|(param, value)| match param.location {
        ParamLocation::Path => None,
        ParamLocation::Body(_) => at(value, name),
        _ => Some(value).filter(|_| param.wire == name),
    })
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
