//! Writes snapshots of the fixtures for reviewers. They show the IR, the names, the generated files and the
//! diagnostics.

#![allow(clippy::expect_used, reason = "in tests and benchmarks a panic is the report")]

mod support;

use bindery::config;
use bindery::diagnostics::Diagnostics;
use bindery::diagnostics::render::Style;
use bindery::{analyze, generate, lower, naming, parse};
use support::{Fixture, fixtures};

/// Returns settings for snapshots in a folder. The snapshots have the names of the fixtures, and no metadata about the
/// assertion.
fn settings(folder: &str) -> insta::Settings {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(format!("snapshots/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

#[test]
fn the_ir_and_the_names_match_their_snapshots() {
    for Fixture { name, document, config } in fixtures("ok") {
        let mut diagnostics = Diagnostics::default();
        let config = config::parse(&config, &mut diagnostics).expect("a configuration");
        let parsed = parse::parse(&document, &mut diagnostics).expect("a document");
        let api = lower::lower(&parsed, &document, &config, &mut diagnostics);
        let analysis = analyze::analyze(&api, &mut diagnostics);
        let names = naming::name(&api, &analysis, &config, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{name}");
        settings("ir").bind(|| insta::assert_snapshot!(name.clone(), api.to_string()));
        settings("names").bind(|| insta::assert_snapshot!(name.clone(), names.dump(&api).to_string()));
    }
}

#[test]
fn the_generated_files_match_their_snapshots() {
    for Fixture { name, document, config } in fixtures("ok") {
        let (generated, diagnostics) = generate(&document, &config);
        let rendered = diagnostics.render(&document, &config, Style::Plain);
        let generated = generated.unwrap_or_else(|| panic!("{name} is invalid:\n{rendered}"));
        for (path, text) in generated.files.iter().filter(|(path, _)| !is_copied(path)) {
            let file = path.trim_start_matches("src/").replace('/', "-");
            settings(&format!("files/{name}")).bind(|| insta::assert_snapshot!(file, text));
        }
    }
}

#[test]
fn the_diagnostics_match_their_snapshots() {
    for fixture in fixtures("err") {
        let rendered = fixture.diagnostics().render(&fixture.document, &fixture.config, Style::Plain);
        settings("diagnostics").bind(|| insta::assert_snapshot!(fixture.name, rendered.trim_end()));
    }
}

/// Returns whether a file is a copy of a runtime file.
fn is_copied(path: &str) -> bool {
    path.starts_with("src/runtime/")
}
