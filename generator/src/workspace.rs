//! Generates a workspace: a crate for each document, and one runtime for all of them.

use std::collections::BTreeMap;

use heck::ToKebabCase;
use toml::{Table, Value};

use crate::config::{self, Config, Output};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::emit::manifest;
use crate::fileset::FileSet;
use crate::runtime::{self, files};
use crate::source::{Pointer, Source};
use crate::{Defaults, Generated, run_stages};

/// A document of a workspace, with its configuration.
#[derive(Clone, Debug)]
pub struct Member {
    /// The document.
    pub document: Source,
    /// The configuration of the document.
    pub config: Source,
}

/// A generated workspace.
#[derive(Debug)]
pub struct Workspace {
    /// The crates, in the order of the members.
    pub crates: Vec<Generated>,
    /// The files of all crates and of the runtime.
    pub files: FileSet,
}

/// Generates a workspace from its configuration and its documents. Also returns the diagnostics of the configuration, and those
/// of each member. Returns `None` if these include an error.
///
/// The crate of a document is in the folder `crates`, and the runtime is in the folder `runtime`, unless the configuration has a
/// dependency for it.
pub fn generate_workspace(config: &Source, members: &[Member]) -> (Option<Workspace>, Diagnostics, Vec<Diagnostics>) {
    let mut diagnostics = Diagnostics::default();
    let Some(parsed) = config::parse(config, &mut diagnostics).filter(|_| !diagnostics.has_errors()) else {
        return (None, diagnostics, Vec::new());
    };
    let mut crates = Vec::new();
    let mut member_diagnostics: Vec<Diagnostics> = Vec::new();
    let mut document_by_name: BTreeMap<String, &str> = BTreeMap::new();
    for Member { document, config } in members {
        let mut diagnostics = Diagnostics::default();
        let defaults = defaults_of(&parsed, document.name());
        let generated = run_stages(document, config, &defaults, &mut diagnostics);
        if let Some(generated) = generated {
            check_member(&generated.config, &mut diagnostics);
            let name = generated.config.package.name.clone();
            if let Some(other) = document_by_name.insert(name.clone(), document.name()) {
                let message = format!("the crate name `{name}` is also the name of the crate of {other}");
                diagnostics.push(
                    Diagnostic::error(code::CONFIG_VALUE, Location::Value(Pointer::root()), message)
                        .help("rename one of the documents, or set another name with `crate.name`"),
                );
            }
            crates.push(generated);
        }
        member_diagnostics.push(diagnostics);
    }
    let has_errors = member_diagnostics.iter().any(Diagnostics::has_errors);
    let workspace = (!has_errors && crates.len() == members.len()).then(|| {
        let files = files(config.name(), &parsed, &crates);
        Workspace { crates, files }
    });
    (workspace, diagnostics, member_diagnostics)
}

impl Defaults {
    /// Returns the values that a workspace sets for the document with a file name: the name of its crate, and the dependency on the
    /// runtime of the workspace. If the configuration of the workspace has errors, which [`generate_workspace`] reports, its keys are
    /// not read.
    pub fn of_member(workspace: &Source, document_name: &str) -> Self {
        let config = config::parse(workspace, &mut Diagnostics::default()).unwrap_or_default();
        defaults_of(&config, document_name)
    }
}

fn defaults_of(workspace: &Config, document_name: &str) -> Defaults {
    let runtime = Some(runtime_dependency(workspace));
    Defaults { name: default_name(document_name), runtime, is_member: true }
}

/// Reports keys that have no effect in the configuration of a member, and a crate with the name of the runtime.
fn check_member(config: &Config, diagnostics: &mut Diagnostics) {
    let mut report = |key: &str, message: String, help: &str| {
        diagnostics.push(Diagnostic::error(code::CONFIG_VALUE, config.location(key), message).help(help));
    };
    let only_without_workspace = [
        ("output", config.output != Output::Crate),
        ("workspace", config.workspace.is_some()),
        ("document", config.document.is_some()),
    ];
    for (key, _) in only_without_workspace.iter().filter(|(_, is_set)| *is_set) {
        report(key, format!("`{key}` has no effect on a member of a workspace"), "remove the key");
    }
    if config.package.name == runtime::manifest::RUNTIME {
        let message = "the crate has the name of the runtime of the workspace".to_owned();
        report("crate.name", message, "rename the document, or set another name with `crate.name`");
    }
}

fn files(config_name: &str, config: &Config, crates: &[Generated]) -> FileSet {
    let mut files = FileSet::default();
    let names: Vec<&str> = crates.iter().map(|generated| generated.config.package.name.as_str()).collect();
    files.add("Cargo.toml", &manifest::of_workspace(config, &names), config_name);
    for generated in crates {
        files.extend(&format!("crates/{}/", generated.config.package.name), &generated.files);
    }
    if config.runtime.is_none() {
        files.add_runtime("runtime/Cargo.toml", &manifest::text(&runtime::manifest::of_shared_copy()));
        files.add_runtime("runtime/src/lib.rs", files::SHARED_ROOT);
        for (path, text) in files::all() {
            files.add_runtime(&format!("runtime/src/runtime/{path}"), text);
        }
    }
    files
}

/// Returns the dependency of each crate on the runtime.
fn runtime_dependency(config: &Config) -> Table {
    let dependency_on_copy = || Table::from_iter([("path".to_owned(), Value::from("../../runtime"))]);
    config.runtime.clone().unwrap_or_else(dependency_on_copy)
}

/// Returns the name of a crate for the file name of its document.
fn default_name(file_name: &str) -> String {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let name: String = stem.to_kebab_case().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => name,
        false => format!("api-{name}").trim_end_matches('-').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::default_name;

    #[test]
    fn the_name_of_a_crate_comes_from_the_file() {
        let names = ["twilio_accounts_v1.yaml", "Pet Store.json", "2024-01.yml", "é.yaml"].map(default_name);
        assert_eq!(names, ["twilio-accounts-v1", "pet-store", "api-2024-01", "api"]);
    }
}
