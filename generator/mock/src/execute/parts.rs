//! Creates the child records in a request that creates their parent.

use bindery::ir::{Operation, ParamLocation, Role};
use bindery::mock_rules::path_below;
use bindery::normalize::name_key;
use serde_json::{Map, Value};

use super::{Execution, path_param_values};
use crate::error::Failure;
use crate::path::{Values, segment};
use crate::request_values;
use crate::request_values::RequestValues;
use crate::route::Location;
use crate::rule_checks::value_of;
use crate::state::State;

/// Creates the child records that a request contains. `key` is the key of the parent record.
///
/// # Errors
///
/// Returns the error of the first record that cannot be created, with the name of the parameter and the index of the
/// record.
pub(crate) fn create(execution: &Execution<'_>, state: &mut State, key: &str) -> Result<(), Failure> {
    for (parameter, to) in &execution.model.rules(execution.operation.resource).parts {
        let items = match value_of(execution.values, parameter) {
            None | Some(Value::Null) => continue,
            Some(Value::Array(items)) => items.iter().collect(),
            Some(item) => vec![item],
        };
        for (index, item) in items.into_iter().enumerate() {
            let with_index =
                |failure: Failure| Failure { message: format!("{parameter} {index}: {}", failure.message), ..failure };
            let invalid = || with_index(Failure::new(400, "must be a JSON object".to_owned()));
            let object = match item {
                Value::Object(object) => object.clone(),
                Value::String(text) => serde_json::from_str(text).map_err(|_| invalid())?,
                _ => return Err(invalid()),
            };
            create_child(execution, state, key, to, &object).map_err(with_index)?;
        }
    }
    Ok(())
}

/// Creates a child record. The result is the same as for a separate request that creates this record.
fn create_child(
    execution: &Execution<'_>,
    state: &mut State,
    key: &str,
    to: &[String],
    object: &Map<String, Value>,
) -> Result<(), Failure> {
    let model = execution.model;
    let is_parent = |path: &&str| model.collections.get(*path) == Some(&execution.resource);
    let parents: Vec<&str> = model.collections.keys().map(String::as_str).filter(is_parent).collect();
    let child = to.iter().find_map(|to| parents.iter().find_map(|parent| Some((to, path_below(parent, to)?))));
    let Some((template, child_path)) = child else { return Ok(()) };
    let is_create_operation =
        |operation: &&Operation| operation.role == Role::Create && operation.collection_template() == *template;
    let Some(operation) = model.api.operations.iter().map(|(_, operation)| operation).find(is_create_operation) else {
        return Err(Failure::new(400, format!("no operation creates records at {template}")));
    };
    let params = operation.params.iter().filter(|param| param.location == ParamLocation::Path);
    let parent_value = |name: &str| {
        let (_, value) = execution.path.iter().find(|(parameter, _)| parameter == name)?;
        Some(value.clone())
    };
    let path: Values =
        params.map(|param| (param.wire.clone(), parent_value(&param.wire).unwrap_or_else(|| key.to_owned()))).collect();
    let mut values = path_param_values(model, operation, &path);
    values.extend(read(execution, operation, object)?);
    let child_collection = |path: &str| format!("{path}/{}{child_path}", segment(key));
    let location = Location {
        collection: child_collection(&execution.location.collection),
        key: String::new(),
        address: child_collection(&execution.location.address),
    };
    let execution = Execution {
        operation,
        resource: operation.resource,
        values: &values,
        path: &path,
        location: &location,
        replacements: None,
        ..*execution
    };
    execution.create(state).map(|_| ())
}

/// Reads the parameters of an operation from a JSON object. The names are compared without case and punctuation.
fn read<'a>(
    execution: &Execution<'_>,
    operation: &'a Operation,
    object: &Map<String, Value>,
) -> Result<RequestValues<'a>, Failure> {
    let invalid = |problems: Vec<String>| Failure::new(400, problems.join("; "));
    let body = operation.params.iter().find(|param| matches!(param.location, ParamLocation::Body(_)));
    if let Some(param) = body {
        let value = Value::Object(object.clone());
        let problems = request_values::problems(execution.model, param, "", &value);
        return if problems.is_empty() { Ok(vec![(param, value)]) } else { Err(invalid(problems)) };
    }
    let mut values = RequestValues::new();
    for (name, value) in object {
        let mut form_params = operation.params.iter().filter(|param| param.location == ParamLocation::Form);
        let Some(param) = form_params.find(|param| name_key(&param.wire) == name_key(name)) else {
            let shortened_name: String = name.chars().take(80).collect();
            return Err(Failure::new(400, format!("{shortened_name} is not a parameter of {}", operation.id)));
        };
        let problems = request_values::problems(execution.model, param, &param.wire, value);
        if !problems.is_empty() {
            return Err(invalid(problems));
        }
        values.push((param, value.clone()));
    }
    Ok(values)
}
