//! The corpus with the documents of the repository.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::fs;
use std::path::Path;

use bindery_cli::corpus::{DocumentResult, Options, Outcome, corpus};
use serde_json::Value;
use tempfile::TempDir;

const MINIMAL_DOCUMENT: &str = "openapi: 3.0.3\ninfo: { title: Ships, version: '1' }\npaths: {}\n";

fn run(fixtures: &str, out: &TempDir) -> Vec<(String, Outcome)> {
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures").join(fixtures);
    run_in(&documents, out).into_iter().map(|result| (result.document, result.outcome)).collect()
}

fn run_in(documents: &Path, out: &TempDir) -> Vec<DocumentResult> {
    let (documents, out) = (documents.to_owned(), out.path().to_owned());
    corpus(&Options { documents, jobs: 2, out, ..Options::default() }).unwrap()
}

#[test]
fn documents_are_generated_and_fragments_are_not() {
    let out = TempDir::new().unwrap();
    for (document, outcome) in run("ok", &out) {
        assert!(!document.starts_with("parts/"), "{document} is not a document");
        assert!(matches!(outcome, Outcome::Generated { lines } if lines > 1_000), "{document}: {outcome:?}");
    }
    assert!(out.path().join("c-harbour/src/lib.rs").exists());
}

#[test]
fn the_report_has_the_result_of_each_document() {
    let out = TempDir::new().unwrap();
    let results = run("err", &out);
    assert!(!results.iter().any(|(_, outcome)| *outcome == Outcome::Panicked));
    let report = fs::read_to_string(out.path().join("report.json")).unwrap();
    let report: Vec<Value> = serde_json::from_str(&report).unwrap();
    assert_eq!(report.len(), results.len());
    let syntax = report.iter().find(|result| result["document"] == "B0101-syntax.yaml").unwrap();
    assert_eq!((&syntax["outcome"], &syntax["errors"]["B0101"]), (&"invalid".into(), &1.into()));
    let diagnostics = fs::read_to_string(out.path().join("c-b0101-syntax.txt")).unwrap();
    assert!(diagnostics.contains("B0101-syntax.yaml:"), "{diagnostics}");
}

#[test]
fn each_document_gets_a_crate_name_and_invalid_utf8_is_an_error() {
    let (documents, out) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for (name, bytes) in [
        ("_Ships.yaml", MINIMAL_DOCUMENT.as_bytes()),
        ("ships.json", MINIMAL_DOCUMENT.as_bytes()),
        ("ships.yaml", b"openapi: 3.0.3\ninfo: { title: \xe9 }"),
        ("ships.yml", format!("\u{feff}{MINIMAL_DOCUMENT}").as_bytes()),
    ] {
        fs::write(documents.path().join(name), bytes).unwrap();
    }
    let results = run_in(documents.path(), &out);
    let is_generated = |result: &DocumentResult| matches!(result.outcome, Outcome::Generated { .. });
    let results: Vec<_> = results.iter().map(|result| (result.name.as_str(), is_generated(result))).collect();
    assert_eq!(results, [("c-ships", true), ("c-ships-2", true), ("c-ships-3", false), ("c-ships-4", true)]);
    let diagnostics = fs::read_to_string(out.path().join("c-ships-3.txt")).unwrap();
    assert!(diagnostics.contains("ships.yaml: line 2 is not UTF-8"), "{diagnostics}");
}

#[test]
fn a_compiler_that_cannot_start_is_an_error() {
    let (documents, out) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    fs::write(documents.path().join("ships.yaml"), MINIMAL_DOCUMENT).unwrap();
    // Cargo also reads `.cargo/config.toml` in the parent folder of the workspace, so it uses this compiler.
    fs::create_dir(out.path().join(".cargo")).unwrap();
    fs::write(out.path().join(".cargo/config.toml"), "build.rustc = \"no-such-compiler\"\n").unwrap();
    let (documents, out) = (documents.path().to_owned(), out.path().join("out"));
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    let failure =
        corpus(&Options { documents, lock_file: Some(lock), jobs: 2, out, ..Options::default() }).unwrap_err();
    assert_eq!(failure.reason, "cargo could not compile the workspace; see its messages above");
}
