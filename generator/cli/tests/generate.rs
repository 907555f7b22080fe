//! Tests `bindery generate` and `bindery check` with real folders.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bindery_cli::generate::{Options, generate};
use bindery_cli::inputs::Inputs;
use tempfile::TempDir;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// Returns options that generate the crate for the document of the repository into the folder `out`.
fn options(out: &Path, check: bool) -> Options {
    Options {
        inputs: inputs(&repository().join("spec/conversations_v1.yaml")),
        out: Some(out.to_owned()),
        check,
        update_command: format!("bindery generate --out {}", out.display()),
        ..Options::default()
    }
}

fn inputs(document: &Path) -> Inputs {
    Inputs { document: Some(document.to_owned()), ..Inputs::default() }
}

/// Returns the files of a crate in `src` and `tests`, and its manifest, by path.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut pending: Vec<String> = ["Cargo.toml", "src", "tests"].map(str::to_owned).into();
    let mut texts = BTreeMap::new();
    while let Some(path) = pending.pop() {
        let full = folder.join(&path);
        if full.is_dir() {
            let entries = fs::read_dir(&full).unwrap().map(|entry| entry.unwrap().file_name());
            pending.extend(entries.map(|name| format!("{path}/{}", name.to_str().unwrap())));
        } else if full.exists() {
            texts.insert(path, String::from_utf8_lossy(&fs::read(full).unwrap()).into_owned());
        }
    }
    texts
}

fn generated() -> (TempDir, BTreeMap<String, String>) {
    let out = TempDir::new().unwrap();
    generate(&options(out.path(), false)).unwrap();
    let files = texts(out.path());
    (out, files)
}

/// Returns the paths of files that differ between two folders. A failed assertion shows only the paths, because the
/// contents are too long.
fn differing_paths(first: &BTreeMap<String, String>, second: &BTreeMap<String, String>) -> Vec<String> {
    let paths = first.keys().chain(second.keys().filter(|path| !first.contains_key(*path)));
    paths.filter(|path| first.get(*path) != second.get(*path)).cloned().collect()
}

/// Asserts that a folder has exactly these files.
fn assert_files(folder: &Path, files: &BTreeMap<String, String>) {
    assert_eq!(differing_paths(&texts(folder), files), [] as [String; 0]);
}

#[test]
fn the_committed_crate_is_up_to_date() {
    if let Err(failed) = generate(&options(&repository().join("generated"), true)) {
        panic!("{}{}", failed.diagnostics, failed.reason);
    }
}

#[test]
fn no_generated_file_has_more_than_a_thousand_lines() {
    let files = generated().1.into_iter().filter(|(path, _)| path.ends_with(".rs"));
    let too_long: Vec<String> = files.filter(|(_, text)| text.lines().count() > 1000).map(|(path, _)| path).collect();
    assert_eq!(too_long, [] as [String; 0]);
}

#[test]
fn regeneration_gives_the_same_bytes() {
    let (out, first) = generated();
    let mut committed = texts(&repository().join("generated"));
    committed.retain(|path, _| !path.starts_with("tests/") || first.contains_key(path));
    assert_eq!(differing_paths(&committed, &first), [] as [String; 0], "tests that are not generated are ignored");
    fs::remove_dir_all(out.path().join("src")).unwrap();
    generate(&options(out.path(), false)).unwrap();
    assert_files(out.path(), &first);
    let before = modified(out.path());
    let done = generate(&options(out.path(), false)).unwrap();
    assert!(done.summary.contains("is up to date"), "{}", done.summary);
    assert_eq!(modified(out.path()), before, "a run without changes writes no files");
}

fn modified(out: &Path) -> Vec<std::time::SystemTime> {
    let paths = texts(out).into_keys();
    paths.map(|path| fs::metadata(out.join(path)).unwrap().modified().unwrap()).collect()
}

#[test]
fn a_check_lists_all_differences_and_changes_nothing() {
    let (out, files) = generated();
    let client = out.path().join("src/client.rs");
    fs::write(&client, files["src/client.rs"].replace("pub fn services", "pub fn servcies")).unwrap();
    fs::remove_file(out.path().join("src/models/service.rs")).unwrap();
    fs::write(out.path().join("src/old.rs"), &files["src/lib.rs"]).unwrap();
    let before = texts(out.path());
    let report = generate(&options(out.path(), true)).unwrap_err().reason;
    for line in [
        format!("stale:    {}", client.display()),
        "-    pub fn servcies(&self) -> Services {".to_owned(),
        "+    pub fn services(&self) -> Services {".to_owned(),
        format!("missing:  {}", out.path().join("src/models/service.rs").display()),
        format!("orphaned: {}", out.path().join("src/old.rs").display()),
        format!("--out {}", out.path().display()),
    ] {
        assert!(report.contains(&line), "{line:?} is not in\n{report}");
    }
    assert_files(out.path(), &before);
    generate(&options(out.path(), false)).unwrap();
    assert_files(out.path(), &files);
}

#[test]
fn foreign_files_are_neither_overwritten_nor_removed() {
    let out = TempDir::new().unwrap();
    fs::create_dir(out.path().join("src")).unwrap();
    fs::write(out.path().join("src/lib.rs"), "//! Mine.\n").unwrap();
    fs::write(out.path().join("src/mine.rs"), "//! Mine too.\n").unwrap();
    let before = texts(out.path());
    let report = generate(&options(out.path(), false)).unwrap_err().reason;
    assert!(report.contains("src/lib.rs") && !report.contains("mine.rs"), "{report}");
    assert_files(out.path(), &before);
    fs::remove_file(out.path().join("src/lib.rs")).unwrap();
    generate(&options(out.path(), false)).unwrap();
    assert_eq!(fs::read_to_string(out.path().join("src/mine.rs")).unwrap(), "//! Mine too.\n");
}

#[test]
fn an_invalid_document_changes_no_files() {
    let (out, files) = generated();
    let spec = out.path().join("broken.yaml");
    let text = fs::read_to_string(repository().join("spec/conversations_v1.yaml")).unwrap();
    fs::write(
        &spec,
        text.replacen("parameters:\n", "parameters:\n        - { $ref: '#/components/parameters/None' }\n", 1),
    )
    .unwrap();
    let failed = generate(&Options { inputs: inputs(&spec), ..options(out.path(), false) }).unwrap_err();
    assert!(failed.diagnostics.contains("error[B0201]"), "{failed:?}");
    assert!(failed.reason.contains("nothing was written\nhelp: `on_error = \"skip\"`"), "{failed:?}");
    assert_files(out.path(), &files);
}

#[test]
fn a_document_without_configuration_is_generated() {
    let folder = TempDir::new().unwrap();
    let (spec, out) = (folder.path().join("api.yaml"), folder.path().join("out"));
    let responses = "responses: { '204': { description: Pong. }, default: { description: No., content: { application/problem+json: \
                   { schema: { properties: { title: { type: string }, detail: { type: string } } } } } } }";
    let text = format!(
        "openapi: 3.0.3\ninfo: {{ title: Ping API, version: 2.1.0 }}\npaths: {{ /ping: {{ get: {{ {responses} }} }} }}\n"
    );
    fs::write(&spec, text).unwrap();
    let run = || generate(&Options { inputs: inputs(&spec), ..options(&out, false) }).unwrap();
    let expected = "surface = \"tags\"\n\n[crate]\nname = \"ping-api\"\nversion = \"2.1.0\"\n\n\
                    [client]\nbase_url_variable = \"PING_API_BASE_URL\"\n\n\
                    [errors]\nmessage = [\"/detail\", \"/title\"]\nmodels = true\n\n";
    let done = run();
    assert_eq!(done.inferred_config, expected);
    // With the inferred configuration in codegen.toml, nothing is left to infer.
    fs::write(folder.path().join("codegen.toml"), expected).unwrap();
    let again = run();
    assert_eq!(again.inferred_config, "");
    assert!(again.summary.contains("is up to date"), "{}", again.summary);
}

#[test]
fn a_write_that_fails_halfway_is_undone() {
    let (out, files) = generated();
    for (path, text) in &files {
        fs::write(out.path().join(path), text.replace("@generated by bindery", "@generated by bindery once")).unwrap();
    }
    let before = texts(out.path());
    // A folder with a file replaces a generated file, so moving the new file to this path fails.
    let blocked = out.path().join("src/models/service.rs");
    fs::remove_file(&blocked).unwrap();
    fs::create_dir(&blocked).unwrap();
    fs::write(blocked.join("mine.txt"), "mine").unwrap();
    let result = generate(&options(out.path(), false));
    assert_eq!(fs::read_to_string(blocked.join("mine.txt")).unwrap(), "mine");
    fs::remove_dir_all(&blocked).unwrap();
    fs::write(&blocked, &before["src/models/service.rs"]).unwrap();
    assert!(result.unwrap_err().reason.contains("service.rs is a folder"));
    assert_files(out.path(), &before);
}
