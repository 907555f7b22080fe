//! Emits `Cargo.toml` of the generated crate: the dependencies and features of its code, and the settings of
//! codegen.toml.

use toml::{Table, Value};

use crate::characters::is_hidden;
use crate::emit::Context;

/// Returns the text of the manifest.
pub fn manifest(context: &Context<'_>) -> String {
    let mut manifest = context.base_manifest();
    context.add_resource_features(&mut manifest);
    if context.api.has_param_styles() {
        // The code for parameter styles writes the properties of an object in the order of the JSON text. Only with
        // this feature does `serde_json` keep the order.
        context.enable_feature(&mut manifest, "serde_json", "preserve_order");
    }
    if context.api.sends_uploads() {
        context.enable_feature(&mut manifest, "tokio", "fs");
    }
    if crate::runtime_files::needs_file(context.api, "text_body.rs") {
        context.add_encoding_crate(&mut manifest);
    }
    context.add_format_crates(&mut manifest);
    context.add_mock(&mut manifest);
    merge(&mut manifest, &context.config.manifest);
    let mut text = String::new();
    for (name, value) in &manifest {
        section(name, value, &mut text);
    }
    text.retain(|c| c == '\n' || !is_hidden(c));
    text
}

/// The parts of the manifest that all crates have. The versions are not inherited from a workspace, so that the crate
/// builds outside of a workspace.
const BASE_MANIFEST: &str = r#"
[package]
edition = "2024"
rust-version = "1.95"

[package.metadata.docs.rs]
all-features = true

[lib]
path = "src/lib.rs"

[features]
default = ["rustls-ring", "tracing"]
rustls = ["reqwest/rustls"]
rustls-ring = ["rustls-no-provider", "rustls?/ring", "dep:rustls-platform-verifier"]
rustls-no-provider = ["reqwest/rustls-no-provider", "dep:rustls"]
native-tls = ["reqwest/native-tls"]
tracing = ["dep:tracing"]
blocking = ["tokio/rt-multi-thread"]
test-util = []

[dependencies]
base64 = { version = "0.23", default-features = false, features = ["alloc"] }
bytes = { version = "1", default-features = false, features = ["std"] }
chrono = { version = "0.4", default-features = false, features = ["alloc", "serde"] }
fastrand = { version = "2", default-features = false, features = ["std"] }
futures-core = { version = "0.3", default-features = false }
http = { version = "1", default-features = false, features = ["std"] }
http-body = { version = "1", default-features = false }
hyper = { version = "1", default-features = false }
percent-encoding = { version = "2", default-features = false, features = ["alloc"] }
regex-lite = { version = "0.1", default-features = false, features = ["std", "string"] }
reqwest = { version = "0.13", default-features = false }
rustls = { version = "0.23", default-features = false, features = ["std", "tls12"], optional = true }
rustls-platform-verifier = { version = "0.7", default-features = false, optional = true }
serde = { version = "1", default-features = false, features = ["derive", "std"] }
serde_json = { version = "1", default-features = false, features = ["float_roundtrip", "raw_value", "std"] }
tokio = { version = "1.47", default-features = false, features = ["rt", "sync", "time"] }
tracing = { version = "0.1", default-features = false, features = ["std"], optional = true }
zeroize = { version = "1", default-features = false, features = ["alloc", "serde"] }

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

    /// Adds the crates `url` and `uuid` if the configuration uses their types for formats.
    fn add_format_crates(&self, manifest: &mut Table) {
        /// The name, version and serde feature of each crate.
        const FORMAT_CRATES: [(&str, &str, &str); 2] = [("url", "2", "serde"), ("uuid", "1", "serde")];
        let Some(Value::Table(dependencies)) = manifest.get_mut("dependencies") else { return };
        for (name, version, feature) in FORMAT_CRATES {
            let prefix = format!("{name}::");
            if self.config.formats.values().any(|ty| ty.get_ref().starts_with(&prefix)) {
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

    /// Adds the crate of character encodings.
    fn add_encoding_crate(&self, manifest: &mut Table) {
        let Some(Value::Table(dependencies)) = manifest.get_mut("dependencies") else { return };
        let features = vec![Value::from("alloc")];
        let table = [
            ("version".to_owned(), "0.8".into()),
            ("default-features".to_owned(), false.into()),
            ("features".to_owned(), features.into()),
        ];
        dependencies.insert("encoding_rs".to_owned(), Table::from_iter(table).into());
    }

    /// Enables a feature of a dependency.
    fn enable_feature(&self, manifest: &mut Table, dependency: &str, feature: &str) {
        let Some(Value::Table(dependencies)) = manifest.get_mut("dependencies") else { return };
        let Some(dependency) = dependencies.get_mut(dependency) else { return };
        if let Value::String(version) = dependency {
            *dependency = Table::from_iter([("version".to_owned(), Value::from(version.clone()))]).into();
        }
        let Value::Table(table) = dependency else { return };
        let features = table.entry("features").or_insert_with(|| Vec::<Value>::new().into());
        if let Value::Array(features) = features {
            features.push(feature.into());
        }
    }

    fn base_manifest(&self) -> Table {
        let mut package = Table::new();
        package.insert("name".to_owned(), self.config.package.name.clone().into());
        package.insert("version".to_owned(), self.config.package.version.clone().into());
        package.insert("description".to_owned(), format!("A client for {}.", self.api.title).into());
        let mut manifest = Table::new();
        manifest.insert("package".to_owned(), package.into());
        if let Ok(base) = BASE_MANIFEST.parse::<Table>() {
            merge(&mut manifest, &base);
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
fn section(name: &str, value: &Value, text: &mut String) {
    let mut write_table = |brackets: (&str, &str), table: &Table| {
        let separator = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{separator}{}{name}{}\n", brackets.0, brackets.1));
        for (key, value) in table {
            text.push_str(&format!("{} = {value}\n", toml_key(key)));
        }
    };
    match value {
        // The table `[lints]` contains only other tables, such as `[lints.clippy]`.
        Value::Table(table) if !table.is_empty() && name == "lints" => {
            for (tool, lints) in table {
                section(&format!("lints.{tool}"), lints, text);
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
