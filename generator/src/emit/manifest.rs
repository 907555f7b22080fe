//! Emits `Cargo.toml` of the generated crate: the dependencies and features of its code, and the settings of
//! codegen.toml.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::characters::is_hidden;
use crate::config::{Config, crates};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::emit::Context;
use crate::runtime;
use crate::runtime::features::Features;

/// Returns the text of the manifest.
pub fn manifest(context: &Context<'_>, diagnostics: &mut Diagnostics) -> String {
    let manifest = manifest_table(context);
    check_crates(context.config, &manifest, diagnostics);
    text(&manifest)
}

/// Returns the manifest of a crate as a table.
pub fn manifest_table(context: &Context<'_>) -> Table {
    let mut manifest = context.base_manifest();
    context.add_resource_features(&mut manifest);
    context.add_type_crates(&mut manifest);
    context.add_mock(&mut manifest);
    merge(&mut manifest, &context.config.manifest);
    manifest
}

/// Reports the Rust types in codegen.toml whose crates are not dependencies.
fn check_crates(config: &Config, manifest: &Table, diagnostics: &mut Diagnostics) {
    let dependencies = manifest.get("dependencies").and_then(Value::as_table);
    let names: BTreeSet<String> =
        dependencies.into_iter().flat_map(Table::keys).map(|name| name.replace('-', "_")).collect();
    for path in config.rust_paths() {
        for name in crates(path.get_ref()).iter().filter(|name| !names.contains(*name)) {
            let message = format!("the crate `{name}` of `{}` is not a dependency", path.get_ref());
            let diagnostic = Diagnostic::error(code::CONFIG_VALUE, Location::Config(path.span()), message);
            let help = format!("add it to codegen.toml, as in `manifest.dependencies.{name} = \"1\"`");
            diagnostics.push(diagnostic.help(help));
        }
    }
}

/// Returns the text of the root manifest of a workspace with these crates. The members in codegen.toml are added to them.
pub fn of_workspace(config: &Config, crates: &[&str]) -> String {
    let mut workspace = Table::new();
    let runtime = config.runtime.is_none().then(|| "runtime".to_owned());
    let folders = crates.iter().map(|name| format!("crates/{name}")).chain(runtime);
    let mut members: Vec<Value> = folders.map(Value::from).collect();
    let mut additions = config.manifest.clone();
    if let Some(Value::Table(workspace)) = additions.get_mut("workspace")
        && let Some(Value::Array(more)) = workspace.remove("members")
    {
        members.extend(more);
    }
    workspace.insert("resolver".to_owned(), "3".into());
    workspace.insert("members".to_owned(), members.into());
    let mut manifest = Table::from_iter([("workspace".to_owned(), workspace.into())]);
    // A later run removes the files of a crate only if this list has it.
    let names: Vec<Value> = crates.iter().map(|name| Value::from(*name)).collect();
    let metadata = format!("[workspace.metadata.bindery]\ncrates = {}\n", Value::from(names));
    for part in [metadata.as_str(), WORKSPACE_LINTS] {
        merge(&mut manifest, &part.parse().unwrap_or_default());
    }
    merge(&mut manifest, &additions);
    text(&manifest)
}

/// Returns a manifest as text.
pub fn text(manifest: &Table) -> String {
    let mut text = String::new();
    for (name, value) in manifest {
        append_section(name, value, &mut text);
    }
    text.retain(|c| c == '\n' || !is_hidden(c));
    text
}

/// The parts of the manifest that all crates have.
const BASE_MANIFEST: &str = r#"
[package]
edition = "2024"
rust-version = "1.88"

[package.metadata.docs.rs]
all-features = true

[lib]
path = "src/lib.rs"
"#;

const WORKSPACE_LINTS: &str = r#"
[workspace.lints.rust]
unsafe_code = "forbid"
"#;

/// The lints of a member of a workspace.
const SHARED_LINTS: &str = r#"
[lints]
workspace = true
"#;

const LINTS: &str = r#"
[lints.rust]
unsafe_code = "forbid"
"#;

impl Context<'_> {
    /// Adds the optional dependency on the mock, and the feature `mock`.
    fn add_mock(&self, manifest: &mut Table) {
        let Some(mut dependency) = self.config.mock.dependency.clone() else { return };
        dependency.insert("optional".to_owned(), true.into());
        let mut additions = Table::new();
        let feature = vec![Value::from("dep:bindery-mock")];
        additions.insert("features".to_owned(), Table::from_iter([("mock".to_owned(), feature.into())]).into());
        additions.insert(
            "dependencies".to_owned(),
            Table::from_iter([("bindery-mock".to_owned(), dependency.into())]).into(),
        );
        merge(manifest, &additions);
    }

    /// Adds the crates `url` and `uuid` if the configuration uses their types.
    fn add_type_crates(&self, manifest: &mut Table) {
        /// The name, version and serde feature of each crate.
        const TYPE_CRATES: [(&str, &str, &str); 2] = [("url", "2", "serde"), ("uuid", "1", "serde")];
        let Some(Value::Table(dependencies)) = manifest.get_mut("dependencies") else { return };
        let used: BTreeSet<String> = self.config.rust_paths().flat_map(|path| crates(path.get_ref())).collect();
        for (name, version, feature) in TYPE_CRATES {
            if used.contains(name) {
                let features = ["std", feature].map(Value::from).to_vec();
                let table = [
                    ("version".to_owned(), version.into()),
                    ("default-features".to_owned(), false.into()),
                    ("features".to_owned(), features.into()),
                ];
                dependencies.insert(name.to_owned(), Table::from_iter(table).into());
            }
        }
    }

    /// Returns the tables `features` and `dependencies` of a crate that depends on a shared runtime.
    fn shared_runtime_tables(&self) -> Table {
        let mut tables = Table::new();
        tables.insert("features".to_owned(), runtime::manifest::forwarded_features(&self.features).into());
        tables.insert("dependencies".to_owned(), self.runtime_dependencies().into());
        tables
    }

    /// Returns the dependencies of code that uses a shared runtime: the runtime, and the crates whose types are in the generated
    /// code.
    pub(super) fn runtime_dependencies(&self) -> Table {
        let mut runtime = self.config.runtime.clone().unwrap_or_default();
        if !self.is_module() {
            // The features of the generated crate enable those of the runtime.
            runtime.insert("default-features".to_owned(), false.into());
        }
        let configured = runtime.remove("features").and_then(|features| features.as_array().cloned());
        let needed = self.features.names().filter(|name| !Features::is_optional(name)).map(Value::from);
        let features: Vec<Value> = configured.into_iter().flatten().chain(needed).collect();
        if !features.is_empty() {
            runtime.insert("features".to_owned(), features.into());
        }
        let mut dependencies = runtime::manifest::public_dependencies(&self.features);
        dependencies.insert(runtime::manifest::RUNTIME.to_owned(), runtime.into());
        let mut manifest = Table::from_iter([("dependencies".to_owned(), Value::Table(dependencies))]);
        self.add_type_crates(&mut manifest);
        manifest.remove("dependencies").and_then(|table| table.as_table().cloned()).unwrap_or_default()
    }

    fn base_manifest(&self) -> Table {
        let mut package = Table::new();
        package.insert("name".to_owned(), self.config.package.name.clone().into());
        package.insert("version".to_owned(), self.config.package.version.clone().into());
        package.insert("description".to_owned(), format!("A client for {}.", self.api.title).into());
        let mut manifest = Table::new();
        manifest.insert("package".to_owned(), package.into());
        let runtime = match &self.config.runtime {
            None => runtime::manifest::of_copies(&self.features),
            Some(_) => self.shared_runtime_tables(),
        };
        let lints = if self.config.is_member { SHARED_LINTS } else { LINTS };
        for part in [BASE_MANIFEST.parse(), Ok(runtime), lints.parse()] {
            merge(&mut manifest, &part.unwrap_or_default());
        }
        manifest
    }

    /// Adds a feature for each resource. The feature of a resource enables the feature of its parent, and is a default
    /// feature.
    fn add_resource_features(&self, manifest: &mut Table) {
        let Some(Value::Table(features)) = manifest.get_mut("features") else { return };
        for id in self.resources() {
            let name = &self.names.resource(id).feature;
            let parent = self.api.client_resources()[id].parent.map(|(parent, _)| &self.names.resource(parent).feature);
            let parent = parent.filter(|parent| !parent.is_empty() && *parent != name);
            features.insert(name.clone(), parent.into_iter().cloned().map(Value::from).collect::<Vec<_>>().into());
            if let Some(Value::Array(default)) = features.get_mut("default") {
                default.push(name.clone().into());
            }
        }
    }
}

/// Adds the values of `additions` to a table. If a key exists in both tables, the value of `additions` replaces the
/// value of the table. Nested tables are merged.
fn merge(table: &mut Table, additions: &Table) {
    for (key, value) in additions {
        match (table.get_mut(key), value) {
            (Some(Value::Table(nested)), Value::Table(value)) => merge(nested, value),
            _ => {
                table.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Returns a key in TOML syntax, without quotes if possible.
fn toml_key(key: &str) -> String {
    let is_bare = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if is_bare && !key.is_empty() { key.to_owned() } else { Value::from(key).to_string() }
}

/// Appends a section of the manifest to `text`.
fn append_section(name: &str, value: &Value, text: &mut String) {
    let mut write_table = |brackets: (&str, &str), table: &Table| {
        let separator = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{separator}{}{name}{}\n", brackets.0, brackets.1));
        for (key, value) in table {
            text.push_str(&format!("{} = {value}\n", toml_key(key)));
        }
    };
    match value {
        // If `[lints]` contains only tables, write each table as a section, such as `[lints.clippy]`.
        Value::Table(table) if name == "lints" && table.values().all(Value::is_table) && !table.is_empty() => {
            for (tool, lints) in table {
                append_section(&format!("lints.{tool}"), lints, text);
            }
        }
        Value::Table(table) => write_table(("[", "]"), table),
        Value::Array(tables) => {
            for table in tables.iter().filter_map(Value::as_table) {
                write_table(("[[", "]]"), table);
            }
        }
        other => text.push_str(&format!("{name} = {other}\n")),
    }
}
