//! The manifests of generated crates, as far as they depend on the runtime.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::features::{FULL, Features, MANIFEST, enabled_by};

/// Returns the tables `features` and `dependencies` of a crate with a copy of the runtime.
///
/// The crate has no features for the parts of the runtime, because the copy has only the parts that the API needs. The
/// features of dependencies that these parts need are always enabled.
pub fn of_copies(features: &Features) -> Table {
    let mut tables = Table::new();
    for name in ["features", "dependencies"] {
        tables.insert(name.to_owned(), MANIFEST.get(name).cloned().unwrap_or_else(|| Table::new().into()));
    }
    let mut optional_crates = Vec::new();
    if let Some(Value::Table(crate_features)) = tables.get_mut("features") {
        crate_features.retain(|name, _| name != FULL && is_crate_feature(name, features));
        let enabled = crate_features.values().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
        optional_crates.extend(enabled.filter_map(|enabled| enabled.strip_prefix("dep:")).map(str::to_owned));
    }
    let Some(Value::Table(dependencies)) = tables.get_mut("dependencies") else { return tables };
    let parts = features.names().filter(|name| !Features::is_optional(name));
    for enabled in parts.flat_map(enabled_by) {
        if let Some(dependency) = enabled.strip_prefix("dep:").and_then(|name| dependencies.get_mut(name)) {
            dependency.as_table_mut().map(|dependency| dependency.remove("optional"));
        } else if let Some((dependency, feature)) = enabled.split_once('/') {
            enable(dependencies, dependency.strip_suffix('?').unwrap_or(dependency), feature);
        }
    }
    dependencies.retain(|name, dependency| {
        dependency.get("optional").is_none() || optional_crates.iter().any(|krate| krate == name)
    });
    let dependencies = dependencies.clone();
    if let Some(Value::Table(crate_features)) = tables.get_mut("features") {
        for enabled in crate_features.iter_mut().filter_map(|(_, enabled)| enabled.as_array_mut()) {
            *enabled = enabled.drain(..).filter_map(|enabled| supported_feature(enabled, &dependencies)).collect();
        }
    }
    tables
}

/// Returns what a feature of the runtime enables in the form that Cargo accepts: without the question mark in `chrono?/serde` if
/// chrono is not optional. Returns `None` if the crate does not depend on chrono.
fn supported_feature(enabled: Value, dependencies: &Table) -> Option<Value> {
    let Some((dependency, feature)) = enabled.as_str().and_then(|enabled| enabled.split_once("?/")) else {
        return Some(enabled);
    };
    match dependencies.get(dependency)?.get("optional") {
        Some(_) => Some(enabled),
        None => Some(format!("{dependency}/{feature}").into()),
    }
}

/// Returns the features of a crate that depends on the runtime. Each enables the feature of the runtime with the same name.
pub fn forwarded_features(needed: &Features) -> Table {
    let Some(features) = MANIFEST.get("features").and_then(Value::as_table) else { return Table::new() };
    let is_forwarded = |name: &str| name != FULL && is_crate_feature(name, needed);
    let forwarded = features.iter().filter(|(name, _)| is_forwarded(name)).map(|(name, value)| {
        if name == "default" {
            return (name.clone(), value.clone());
        }
        // An optional part also enables the other optional parts that it needs.
        let optional = enabled_by(name).filter(|enabled| Features::is_optional(enabled)).map(str::to_owned);
        let forwarded: Vec<String> = optional.chain([format!("{RUNTIME}/{name}")]).collect();
        (name.clone(), forwarded.into())
    });
    forwarded.collect()
}

/// Returns whether a feature of the runtime is also a feature of a crate that needs these parts.
fn is_crate_feature(name: &str, needed: &Features) -> bool {
    !Features::is_part(name) || Features::is_optional(name) && needed.contains_name(name)
}

/// Returns the dependencies of the runtime whose types are also in generated code. Optional dependencies are included if a feature
/// of the runtime enables them.
pub fn public_dependencies(features: &Features) -> Table {
    let dependencies = MANIFEST.get("dependencies").and_then(Value::as_table);
    let enabled: BTreeSet<&str> =
        features.names().flat_map(enabled_by).filter_map(|name| name.strip_prefix("dep:")).collect();
    let mut public = Table::new();
    for (name, dependency) in dependencies.into_iter().flatten() {
        let mut dependency = dependency.clone();
        let is_optional = dependency.as_table_mut().and_then(|dependency| dependency.remove("optional")).is_some();
        if PUBLIC_DEPENDENCIES.contains(&name.as_str()) && (!is_optional || enabled.contains(name.as_str())) {
            public.insert(name.clone(), dependency);
        }
    }
    public
}

/// Returns the manifest of a copy of the whole runtime as a crate of its own.
pub fn of_shared_copy() -> Table {
    let mut manifest = MANIFEST.clone();
    manifest.remove("dev-dependencies");
    manifest.remove("bench");
    if let Some(Value::Table(package)) = manifest.get_mut("package") {
        package.retain(|name, _| matches!(name, "name" | "version" | "description"));
        package.insert("edition".to_owned(), "2024".into());
        package.insert("publish".to_owned(), false.into());
    }
    manifest
}

/// The name of the crate.
pub const RUNTIME: &str = "bindery-runtime";

const PUBLIC_DEPENDENCIES: [&str; 8] =
    ["chrono", "http", "indexmap", "jiff", "reqwest", "serde_core", "serde_json", "time"];

/// Enables a feature of a dependency.
fn enable(dependencies: &mut Table, dependency: &str, feature: &str) {
    let Some(Value::Table(dependency)) = dependencies.get_mut(dependency) else { return };
    if let Value::Array(features) = dependency.entry("features").or_insert_with(|| Value::Array(Vec::new())) {
        features.push(feature.into());
    }
}
