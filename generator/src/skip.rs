//! Leaves out the operations that cannot be generated (`on_error = "skip"`).

use std::collections::HashMap;

use serde_json::Value;

use crate::config::{Config, OnError};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, Severity, code};
use crate::ir::LeftOut;
use crate::parse::{
    Dependents, Operation, OperationKey, dependents, remove_operations, remove_unselected_webhooks, unselected,
};
use crate::source::Pointer;

/// The maximum number of times that operations are left out. After each time, the stages run again, because they may find
/// other errors.
const MAX_ROUNDS: usize = 8;

/// The maximum number of operations that the label of a warning names.
const MAX_NAMED: usize = 3;

/// Runs the stages for the selected operations of a document. If codegen.toml says so, leaves out the operations with
/// errors, turns these errors into warnings, and runs the stages again. Returns the result of the last run, and the
/// operations that were left out.
pub(crate) fn run<T>(
    mut tree: Value,
    config: &Config,
    diagnostics: &mut Diagnostics,
    stages: impl Fn(&Value, &mut Diagnostics) -> T,
) -> (T, Vec<LeftOut>) {
    let mut removed = unselected(&tree, &config.select, diagnostics);
    remove_unselected_webhooks(&mut tree, &config.select);
    let mut rounds_left = if may_skip(config) { MAX_ROUNDS } else { 0 };
    let (mut left_out, mut warnings) = (Vec::new(), Diagnostics::default());
    loop {
        let mut selected = if rounds_left > 0 { tree.clone() } else { std::mem::take(&mut tree) };
        remove_operations(&mut selected, &removed);
        let mut found = diagnostics.clone();
        let result = stages(&selected, &mut found);
        let broken = if rounds_left > 0 { leave_out(&selected, config, &mut found, &mut warnings) } else { Vec::new() };
        if broken.is_empty() {
            let found = explain_left_out(found, &left_out);
            // The last run may have the same diagnostics as warnings, for components that no operation uses any more. A
            // diagnostic with the same location and message is not added twice.
            warnings.extend(found);
            *diagnostics = warnings;
            return (result, left_out);
        }
        rounds_left -= 1;
        for (Operation { path, key, id, .. }, reason) in broken {
            let method = key.method();
            // The IR has the path with a slash at its start.
            let path_with_slash = format!("/{}", path.strip_prefix('/').unwrap_or(&path));
            removed.entry(path).or_default().insert(key);
            left_out.push(LeftOut { method, path: path_with_slash, id, reason });
        }
    }
}

fn may_skip(config: &Config) -> bool {
    config.on_error == OnError::Skip || config.on_error_by_code.values().any(|policy| *policy == OnError::Skip)
}

/// Returns the operations that depend on a location with an error, each with the message of the first such error. Adds a
/// warning for each of these errors.
fn leave_out(
    tree: &Value,
    config: &Config,
    found: &mut Diagnostics,
    warnings: &mut Diagnostics,
) -> Vec<(Operation, String)> {
    let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
    // An operation that will be left out can cause collisions, so names are compared only after all other errors are gone.
    let has_all_names = found.iter().filter(is_error).all(|error| error.code == code::NAME_COLLISION);
    let errors = found.iter().filter(is_error).filter(|error| config.skips(error.code));
    let errors = errors.filter(|error| has_all_names || error.code != code::NAME_COLLISION);
    let located_errors = errors.filter_map(|error| match &error.location {
        Location::Key(at) | Location::Value(at) => Some((error.clone(), at.clone())),
        _ => None,
    });
    let (errors, locations): (Vec<Diagnostic>, Vec<Pointer>) = located_errors.unzip();
    if errors.is_empty() {
        return Vec::new();
    }
    let Dependents { operations, first_locations, by_location } = dependents(tree, &locations);
    if first_locations.iter().all(Option::is_some) {
        let message = "all operations have errors, so none is left";
        let diagnostic = Diagnostic::error(code::CONFIG_VALUE, config.on_error_location(), message);
        found.push(diagnostic.help("correct the errors, for example with an overlay"));
        return Vec::new();
    }
    for (error, dependents) in errors.iter().zip(by_location).filter(|(_, dependents)| !dependents.is_empty()) {
        let names = dependents.iter().map(|index| format!("`{}`", operations[*index].name()));
        let consequence = consequence(names.collect());
        let separator = if error.label.is_empty() { "" } else { "; " };
        let label = format!("{}{separator}{consequence}", error.label);
        warnings.push(Diagnostic { severity: Severity::Warning, label, ..error.clone() });
    }
    let broken = operations.into_iter().zip(first_locations);
    broken.filter_map(|(operation, index)| Some((operation, errors[index?].message.clone()))).collect()
}

/// Says in the errors about values of codegen.toml which of them name operations that are left out.
fn explain_left_out(found: Diagnostics, left_out: &[LeftOut]) -> Diagnostics {
    let mut names = HashMap::new();
    for operation in left_out {
        let LeftOut { path, id, method, .. } = operation;
        let at = Pointer::root().child("paths").child(path);
        let at = method.as_ref().map_or_else(|| at.clone(), |method| OperationKey::of(method).location(&at));
        for name in [Some(at.to_string()), id.clone(), Some(path.clone())].into_iter().flatten() {
            names.entry(name).or_insert(operation);
        }
    }
    let left_out_by = |diagnostic: &Diagnostic| {
        let quoted = diagnostic.message.split('`').skip(1).step_by(2);
        let mut candidates = quoted.flat_map(|text| {
            let ends =
                text.match_indices('/').map(|(end, _)| end).filter(|_| text.starts_with("#/paths/")).skip(2).take(2);
            ends.chain([text.len()]).map(|end| &text[..end])
        });
        candidates.find_map(|name| names.get(name).copied())
    };
    let mut explained = Diagnostics::default();
    for diagnostic in found.iter() {
        let is_error = diagnostic.severity == Severity::Error && matches!(diagnostic.location, Location::Config(_));
        explained.push(match left_out_by(diagnostic).filter(|_| is_error) {
            Some(operation) => {
                let help =
                    format!("correct the errors of `{}`, which is left out, or remove this entry", operation.name());
                diagnostic.clone().help(help)
            }
            None => diagnostic.clone(),
        });
    }
    explained
}

/// Returns the part of a label about the operations that are left out.
fn consequence(mut names: Vec<String>) -> String {
    if names.len() > MAX_NAMED {
        names.truncate(MAX_NAMED);
        names.push("others".to_owned());
    }
    match names.split_last() {
        Some((last, [])) => format!("{last} is left out"),
        Some((last, others)) => format!("{} and {last} are left out", others.join(", ")),
        None => String::new(),
    }
}
