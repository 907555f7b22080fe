//! `cargo xtask compare` with real files.

#![allow(clippy::panic, clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bindery_cli::compare::{Options, compare};
use bindery_cli::failure::Failure;
use tempfile::TempDir;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// Returns options that compare the document of the repository with the document `theirs`.
fn options(theirs: PathBuf, accepted: Option<PathBuf>) -> Options {
    let spec = repository().join("spec");
    Options {
        ours: spec.join("conversations_v1.yaml"),
        theirs,
        accepted,
        config: Some(spec.join("codegen.toml")),
        references: Default::default(),
    }
}

#[test]
fn the_differences_to_the_provider_document_are_listed() {
    let default_folder = || repository().join("../shared");
    let shared = env::var_os("BINDERY_SHARED").map_or_else(default_folder, PathBuf::from);
    let theirs = shared.join("specs/twilio/twilio_conversations_v1.json");
    if !theirs.exists() {
        // Write to standard error directly, because the test runner hides the output of successful tests.
        let skipped = b"SKIPPED: there is no other document of the API here (see BINDERY_SHARED)\n";
        io::stderr().write_all(skipped).unwrap();
        return;
    }
    let accepted = repository().join("spec/conversations_v1.differences.toml");
    if let Err(Failure { diagnostics, reason, .. }) = compare(&options(theirs, Some(accepted))) {
        panic!("{diagnostics}{reason}");
    }
}

#[test]
fn unlisted_differences_and_unused_patterns_are_errors() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let ours = repository().join("spec/conversations_v1.yaml");
    let text = fs::read_to_string(&ours).unwrap();
    assert!(compare(&options(ours, None)).unwrap().ends_with(" compared: no difference\n"));

    let other = write("other.yaml", &text.replace("operationId: DeleteService\n", "operationId: RemoveService\n"));
    let report = compare(&options(other.clone(), None)).unwrap_err().reason;
    assert!(report.starts_with("DeleteService / operationId: DeleteService, not RemoveService\n    "), "{report}");
    assert!(report.contains("conversations_v1.yaml:") && report.contains("other.yaml:"), "{report}");
    assert!(report.ends_with("\n1 difference"), "{report}");

    // A name may contain what a terminal would execute.
    let escaped =
        write("escaped.yaml", &text.replace("operationId: DeleteService\n", "operationId: \"a\\e[2J\\nb\"\n"));
    let report = compare(&options(escaped, None)).unwrap_err().reason;
    assert!(report.starts_with("DeleteService / operationId: DeleteService, not a\\u{1b}[2J\\nb\n    "), "{report}");

    let entry = "[[difference]]\nwhere = ['* / operationId: *']\nreason = 'To see what happens.'\n";
    let accepted = write("listed.toml", entry);
    let summary = compare(&options(other.clone(), Some(accepted))).unwrap();
    assert!(summary.ends_with(" compared: 1 difference, all accepted\n"), "{summary}");

    let accepted = write("vain.toml", &entry.replace("operationId: *'", "operationId: *', '* / method: *'"));
    let report = compare(&options(other.clone(), Some(accepted))).unwrap_err().reason;
    assert!(report.ends_with("vain.toml: no difference matches `* / method: *`: remove it"), "{report}");

    let accepted = write("wrong.toml", "[[difference]]\nwhere = []\n");
    let report = compare(&options(other.clone(), Some(accepted))).unwrap_err().reason;
    assert!(report.contains("wrong.toml: ") && report.contains("reason"), "{report}");

    let dangling = "parameters:\n        - { $ref: '#/components/parameters/None' }\n";
    let invalid_list = write("broken.yaml", &text.replacen("parameters:\n", dangling, 1));
    let failure = compare(&options(invalid_list, None)).unwrap_err();
    assert!(failure.diagnostics.contains("error[B0201]"), "{failure:?}");
    assert!(failure.reason.ends_with("broken.yaml cannot be compared"), "{failure:?}");
}

#[test]
fn operations_with_errors_are_counted_but_not_missing() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name)
    };
    let text = fs::read_to_string(repository().join("generator/tests/fixtures/skip/skip.yaml")).unwrap();
    let corrected = text.replace("operationId: [replaceShips]", "operationId: replaceShips");
    let options = Options {
        ours: write("ours.yaml", &corrected),
        theirs: write("theirs.yaml", &text),
        config: Some(write("codegen.toml", "on_error = 'skip'")),
        ..options(PathBuf::new(), None)
    };
    assert_eq!(compare(&options).unwrap(), "2 operations compared, 12 left out because of errors: no difference\n");
}
