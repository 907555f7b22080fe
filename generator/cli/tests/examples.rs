//! The example projects compile, and are up to date.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use toml::Table;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

/// Runs `bindery` in a folder. Returns whether it succeeds, and its output.
fn bindery(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn the_committed_example_is_up_to_date() {
    let (is_up_to_date, output) = bindery(&example("committed"), &["check"]);
    assert!(is_up_to_date, "{output}");
}

#[test]
fn the_build_script_example_has_the_generated_features_and_dependencies() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().to_str().unwrap();
    let (is_generated, output) = bindery(&example("build-script"), &["generate", "--out", out]);
    assert!(is_generated, "{output}");
    let manifest =
        |folder: &Path| -> Table { toml::from_str(&fs::read_to_string(folder.join("Cargo.toml")).unwrap()).unwrap() };
    let (generated, mut example) = (manifest(folder.path()), manifest(&example("build-script")));
    assert_eq!(example["features"], generated["features"]);
    // The program of the example uses `#[tokio::main]`, so its `tokio` also has the feature `macros`.
    let features = example["dependencies"]["tokio"]["features"].as_array_mut().unwrap();
    features.retain(|feature| feature.as_str() != Some("macros"));
    assert_eq!(example["dependencies"], generated["dependencies"]);
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// Copies an example to a folder outside of the repository, because Cargo also reads files in parent folders.
fn copy_example(name: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    copy(&example(name), folder.path());
    // With the lock file of this workspace, nothing is downloaded.
    fs::copy(repository().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    folder
}

/// Runs Cargo in a folder with the profile of this workspace. The dependencies that are already compiled are used
/// again. Returns whether it succeeds, and its messages.
fn cargo(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO"))
        .arg("--config")
        .arg(repository().join(".cargo/config.toml"))
        .args(arguments)
        .args(["--offline", "--color", "never"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap())
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn the_committed_example_compiles_without_warnings() {
    let folder = copy_example("committed");
    let (succeeds, messages) = cargo(folder.path(), &["check", "--workspace", "--all-targets"]);
    assert!(succeeds && !messages.contains("warning"), "{messages}");
}

/// Compiles the example with a build script. Returns whether this succeeds, whether the library was compiled, and the
/// messages.
fn compile(folder: &Path) -> (bool, bool, String) {
    let (succeeds, messages) = cargo(folder, &["check", "--verbose"]);
    let is_fresh = messages.lines().any(|line| line.trim_start().starts_with("Fresh example-build-script "));
    (succeeds, !is_fresh, messages)
}

#[test]
fn only_a_change_of_the_inputs_generates_again() {
    let folder = copy_example("build-script");
    let folder = folder.path();
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("\"../../..\"", &format!("{:?}", repository().join("generator")));
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();

    let (succeeds, runs, messages) = compile(folder);
    assert!(succeeds && runs, "{messages}");
    fs::write(folder.join("notes.yaml"), "unrelated: true\n").unwrap();
    let (succeeds, runs, messages) = compile(folder);
    assert!(succeeds && !runs, "an unrelated file: {messages}");

    // The inputs are a file that the document refers to, the document, and the configuration.
    for (path, from, to) in [
        ("schemas/pet.yaml", "    kind: { type", "    age: { type: integer }\n    kind: { type"),
        ("openapi.yaml", "summary: Adds a pet.", "sumary: Adds a pet."),
        ("codegen.toml", "PETS_TOKEN", "SHELTER_TOKEN"),
    ] {
        let text = fs::read_to_string(folder.join(path)).unwrap();
        fs::write(folder.join(path), text.replacen(from, to, 1)).unwrap();
        let (succeeds, runs, messages) = compile(folder);
        assert!(succeeds && runs, "{path}: {messages}");
        if path == "openapi.yaml" {
            let warning = "warning: example-build-script@1.0.0: warning[B0105]: unknown keyword `sumary`";
            assert!(messages.contains(warning), "{messages}");
        }
    }

    let text = fs::read_to_string(folder.join("openapi.yaml")).unwrap();
    fs::write(folder.join("openapi.yaml"), text.replace("openapi: 3.0.3", "openapi: 2.0.0")).unwrap();
    let (succeeds, _, messages) = compile(folder);
    assert!(
        !succeeds && messages.contains("error[B0102]") && messages.contains("Error: openapi.yaml: 1 error"),
        "{messages}"
    );
}
