//! Records of collections below a record, created together with it.

use bindery::ir::{Operation, ParamLocation, Role};
use bindery::mock_rules::below;
use bindery::normalize::name_key;
use serde_json::{Map, Value};

use super::{Act, path_given};
use crate::error::Failure;
use crate::path::{Values, segment};
use crate::request_values;
use crate::request_values::Given;
use crate::route::Spot;
use crate::rule_checks::value_of;
use crate::state::State;

/// Creates the records that a request has for collections below the record of a key.
///
/// # Errors
///
/// Those of the first record that cannot be created, with the parameter and its number.
pub(crate) fn create(act: &Act<'_>, state: &mut State, key: &str) -> Result<(), Failure> {
    for (parameter, to) in &act.model.facts(act.operation.resource).parts {
        let items = match value_of(act.given, parameter) {
            None | Some(Value::Null) => continue,
            Some(Value::Array(items)) => items.iter().collect(),
            Some(item) => vec![item],
        };
        for (index, item) in items.into_iter().enumerate() {
            let named =
                |failed: Failure| Failure { message: format!("{parameter} {index}: {}", failed.message), ..failed };
            let invalid = || named(Failure::new(400, "must be a JSON object".to_owned()));
            let object = match item {
                Value::Object(object) => object.clone(),
                Value::String(text) => serde_json::from_str(text).map_err(|_| invalid())?,
                _ => return Err(invalid()),
            };
            one(act, state, key, to, &object).map_err(named)?;
        }
    }
    Ok(())
}

/// Creates one record, as the operation that creates records of the collection would.
fn one(act: &Act<'_>, state: &mut State, key: &str, to: &[String], object: &Map<String, Value>) -> Result<(), Failure> {
    let model = act.model;
    let is_own = |path: &&str| model.collections.get(*path) == Some(&act.resource);
    let own: Vec<&str> = model.collections.keys().map(String::as_str).filter(is_own).collect();
    let found = to.iter().find_map(|to| own.iter().find_map(|own| Some((to, below(own, to)?))));
    let Some((template, rest)) = found else { return Ok(()) };
    let creates =
        |operation: &&Operation| operation.role == Role::Create && operation.collection_template() == *template;
    let Some(operation) = model.api.operations.iter().map(|(_, operation)| operation).find(creates) else {
        return Err(Failure::new(400, format!("no operation creates records at {template}")));
    };
    let params = operation.params.iter().filter(|param| param.location == ParamLocation::Path);
    let known = |name: &str| act.path.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let path: Values =
        params.map(|param| (param.wire.clone(), known(&param.wire).unwrap_or_else(|| key.to_owned()))).collect();
    let mut given = path_given(model, operation, &path);
    given.extend(read(act, operation, object)?);
    let collection = |path: &str| format!("{path}/{}{rest}", segment(key));
    let spot = Spot {
        collection: collection(&act.spot.collection),
        key: String::new(),
        address: collection(&act.spot.address),
    };
    let act = Act { operation, resource: operation.resource, given: &given, path: &path, spot: &spot, ..*act };
    act.create(state).map(|_| ())
}

/// What an object has for the parameters of an operation, by their names without case and punctuation.
fn read<'a>(act: &Act<'_>, operation: &'a Operation, object: &Map<String, Value>) -> Result<Given<'a>, Failure> {
    let invalid = |problems: Vec<String>| Failure::new(400, problems.join("; "));
    let whole = operation.params.iter().find(|param| matches!(param.location, ParamLocation::Body(_)));
    if let Some(param) = whole {
        let value = Value::Object(object.clone());
        let problems = request_values::problems(act.model, param, "", &value);
        return if problems.is_empty() { Ok(vec![(param, value)]) } else { Err(invalid(problems)) };
    }
    let mut given = Given::new();
    for (name, value) in object {
        let mut fields = operation.params.iter().filter(|param| param.location == ParamLocation::Form);
        let Some(param) = fields.find(|param| name_key(&param.wire) == name_key(name)) else {
            let shown: String = name.chars().take(80).collect();
            return Err(Failure::new(400, format!("{shown} is not a parameter of {}", operation.id)));
        };
        let problems = request_values::problems(act.model, param, &param.wire, value);
        if !problems.is_empty() {
            return Err(invalid(problems));
        }
        given.push((param, value.clone()));
    }
    Ok(given)
}
