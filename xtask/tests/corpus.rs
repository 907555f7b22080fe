//! `cargo xtask corpus` over the repository's own documents: all that are whole are bound, the rest is refused with a reason.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use xtask::corpus::{Options, Outcome, corpus};

fn run(fixtures: &str, out: &TempDir) -> Vec<(String, Outcome)> {
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generator/tests/fixtures").join(fixtures);
    let options = Options { documents, check: false, jobs: 2, out: out.path().to_owned(), said: Default::default() };
    corpus(&options).unwrap().into_iter().map(|fate| (fate.document, fate.outcome)).collect()
}

#[test]
fn what_is_whole_is_bound_and_what_is_a_part_is_not() {
    let out = TempDir::new().unwrap();
    for (document, outcome) in run("ok", &out) {
        match document.starts_with("parts/") {
            true => assert_eq!(outcome, Outcome::Refused, "{document}"),
            false => assert!(matches!(outcome, Outcome::Bound { lines } if lines > 1_000), "{document}: {outcome:?}"),
        }
    }
    assert!(out.path().join("c-harbour/src/lib.rs").exists());
}

#[test]
fn the_report_says_what_came_of_each_and_why() {
    let out = TempDir::new().unwrap();
    let fates = run("err", &out);
    assert!(!fates.iter().any(|(_, outcome)| *outcome == Outcome::Panicked));
    let report = fs::read_to_string(out.path().join("report.json")).unwrap();
    let report: Vec<Value> = serde_json::from_str(&report).unwrap();
    assert_eq!(report.len(), fates.len());
    let syntax = report.iter().find(|one| one["document"] == "B0101-syntax.yaml").unwrap();
    assert_eq!((&syntax["outcome"], &syntax["errors"]["B0101"]), (&"refused".into(), &1.into()));
    let said = fs::read_to_string(out.path().join("c-b0101-syntax.txt")).unwrap();
    assert!(said.contains("B0101-syntax.yaml:"), "{said}");
}
