//! `Cargo.toml` of the generated crate: what the code needs, and what the configuration adds.

use toml::{Table, Value};

use crate::characters::is_hidden;
use crate::emit::Context;

/// The text of the manifest.
pub fn manifest(context: &Context<'_>) -> String {
    let mut manifest = context.base();
    context.resource_features(&mut manifest);
    if context.api.has_param_styles() {
        // The members of an object are written in the order in which they stand in it.
        context.with_feature(&mut manifest, "serde_json", "preserve_order");
    }
    if context.api.sends_uploads() {
        context.with_feature(&mut manifest, "tokio", "fs");
    }
    if crate::runtime_files::needs(context.api, "text_body.rs") {
        context.with_encodings(&mut manifest);
    }
    context.crates_of_formats(&mut manifest);
    context.mock(&mut manifest);
    merge(&mut manifest, &context.config.manifest);
    let mut text = String::new();
    for (name, value) in &manifest {
        section(name, value, &mut text);
    }
    text.retain(|c| c == '\n' || !is_hidden(c));
    text
}

/// What the runtime and the models stand on. Versions are written out, so that the crate builds outside any workspace.
const BASE: &str = r#"
[package]
edition = "2024"
rust-version = "1.95"

[package.metadata.docs.rs]
all-features = true

[lib]
path = "src/lib.rs"

[features]
default = ["rustls", "tracing"]
rustls = ["reqwest/rustls"]
native-tls = ["reqwest/native-tls"]
tracing = ["dep:tracing"]
blocking = ["tokio/rt-multi-thread"]
test-util = []

[dependencies]
base64 = "0.23"
bytes = "1"
chrono = { version = "0.4", default-features = false, features = ["alloc", "serde"] }
fastrand = "2"
futures-core = { version = "0.3", default-features = false }
http = "1"
http-body = "1"
hyper = { version = "1", default-features = false }
percent-encoding = "2"
regex-lite = "0.1"
reqwest = { version = "0.13", default-features = false }
serde = { version = "1", features = ["derive"] }
serde_json = { version = "1", features = ["float_roundtrip", "raw_value"] }
tokio = { version = "1.47", default-features = false, features = ["rt", "sync", "time"] }
tracing = { version = "0.1", default-features = false, features = ["std"], optional = true }
zeroize = { version = "1", default-features = false, features = ["alloc", "serde"] }

[lints.rust]
unsafe_code = "forbid"
"#;

impl Context<'_> {
    /// The mock is built by nobody who has not asked for it.
    fn mock(&self, manifest: &mut Table) {
        let Some(mut dependency) = self.config.mock.dependency.clone() else { return };
        dependency.insert("optional".to_owned(), true.into());
        let mut more = Table::new();
        let feature = vec![Value::from("dep:bindery-mock")];
        more.insert("features".to_owned(), Table::from_iter([("mock".to_owned(), feature.into())]).into());
        more.insert(
            "dependencies".to_owned(),
            Table::from_iter([("bindery-mock".to_owned(), dependency.into())]).into(),
        );
        merge(manifest, &more);
    }

    /// Adds the crates that the configuration takes types of formats from, as far as they are known.
    fn crates_of_formats(&self, manifest: &mut Table) {
        /// Crates with types of formats, their versions, and the feature with which serde reads them.
        const KNOWN: [(&str, &str, &str); 2] = [("url", "2", "serde"), ("uuid", "1", "serde")];
        let Some(Value::Table(dependencies)) = manifest.get_mut("dependencies") else { return };
        for (name, version, feature) in KNOWN {
            let prefix = format!("{name}::");
            if self.config.formats.values().any(|ty| ty.get_ref().starts_with(&prefix)) {
                let features = Value::from(vec![Value::from(feature)]);
                let table = [("version".to_owned(), version.into()), ("features".to_owned(), features)];
                dependencies.insert(name.to_owned(), Table::from_iter(table).into());
            }
        }
    }

    /// Adds the crate of character encodings.
    fn with_encodings(&self, manifest: &mut Table) {
        let Some(Value::Table(dependencies)) = manifest.get_mut("dependencies") else { return };
        dependencies.insert("encoding_rs".to_owned(), "0.8".into());
    }

    /// Turns on a feature of a dependency.
    fn with_feature(&self, manifest: &mut Table, dependency: &str, feature: &str) {
        let Some(Value::Table(dependencies)) = manifest.get_mut("dependencies") else { return };
        let Some(found) = dependencies.get_mut(dependency) else { return };
        if let Value::String(version) = found {
            *found = Table::from_iter([("version".to_owned(), Value::from(version.clone()))]).into();
        }
        let Value::Table(table) = found else { return };
        let features = table.entry("features").or_insert_with(|| Vec::<Value>::new().into());
        if let Value::Array(features) = features {
            features.push(feature.into());
        }
    }

    fn base(&self) -> Table {
        let mut package = Table::new();
        package.insert("name".to_owned(), self.config.package.name.clone().into());
        package.insert("version".to_owned(), self.config.package.version.clone().into());
        package.insert("description".to_owned(), format!("Bindings to {}.", self.api.title).into());
        let mut manifest = Table::new();
        manifest.insert("package".to_owned(), package.into());
        if let Ok(base) = BASE.parse::<Table>() {
            merge(&mut manifest, &base);
        }
        manifest
    }

    /// A feature for each resource, all of them on unless the user says otherwise.
    fn resource_features(&self, manifest: &mut Table) {
        let Some(Value::Table(features)) = manifest.get_mut("features") else { return };
        for id in self.resources() {
            let name = &self.names.resource(id).feature;
            let above = self.api.client_resources()[id].parent.map(|(above, _)| &self.names.resource(above).feature);
            let above = above.filter(|above| !above.is_empty() && *above != name);
            features.insert(name.clone(), above.into_iter().cloned().map(Value::from).collect::<Vec<_>>().into());
            if let Some(Value::Array(default)) = features.get_mut("default") {
                default.push(name.clone().into());
            }
        }
    }
}

/// Puts `over` over `table`: tables are merged, anything else is replaced.
fn merge(table: &mut Table, over: &Table) {
    for (key, value) in over {
        match (table.get_mut(key), value) {
            (Some(Value::Table(below)), Value::Table(value)) => merge(below, value),
            _ => {
                table.insert(key.clone(), value.clone());
            }
        }
    }
}

/// A key as TOML takes it: bare where it can be.
fn toml_key(key: &str) -> String {
    let bare = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if bare && !key.is_empty() { key.to_owned() } else { Value::from(key).to_string() }
}

fn section(name: &str, value: &Value, text: &mut String) {
    let mut head = |brackets: (&str, &str), table: &Table| {
        let gap = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{gap}{}{name}{}\n", brackets.0, brackets.1));
        for (key, value) in table {
            text.push_str(&format!("{} = {value}\n", toml_key(key)));
        }
    };
    match value {
        // `[lints]` itself holds nothing but tables.
        Value::Table(table) if !table.is_empty() && name == "lints" => {
            for (tool, lints) in table {
                section(&format!("lints.{tool}"), lints, text);
            }
        }
        Value::Table(table) => head(("[", "]"), table),
        Value::Array(tables) => {
            for table in tables.iter().filter_map(Value::as_table) {
                head(("[[", "]]"), table);
            }
        }
        other => text.push_str(&format!("{name} = {other}\n")),
    }
}
