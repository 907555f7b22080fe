//! `docs/keywords.md` states how the generator handles each keyword of the OpenAPI standard. The test removes each
//! keyword from a fixture, and checks that the result differs as the table states.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use bindery::diagnostics::{Diagnostic, Location, Severity, code};
use bindery::source::{Pointer, Source};
use serde_yaml::Value;
use support::{Fixture, fixtures};

/// The result of the generator for a document.
struct Output {
    /// The diagnostics, with the notes about unused keywords.
    diagnostics: Vec<Diagnostic>,
    /// The generated code and the generated comments. `None` if the document is invalid.
    code_and_comments: Option<(String, String)>,
    /// The IR as text.
    api: String,
}

fn generate(tree: &Value, config: &Source) -> Output {
    let document = Source::new("document.yaml", serde_yaml::to_string(tree).expect("YAML"));
    let (generated, mut diagnostics) = bindery::generate(&document, config);
    diagnostics.extend(bindery::unused(&document, config));
    let api = generated.as_ref().map_or_else(String::new, |generated| format!("{:?}", generated.api));
    let code_and_comments = generated.map(|generated| {
        let (mut code, mut comments) = (String::new(), String::new());
        for (path, text) in generated.files.iter().filter(|(path, _)| !path.starts_with("src/runtime/")) {
            for line in text.lines() {
                let part = if line.trim_start().starts_with("//") { &mut comments } else { &mut code };
                let _ = writeln!(part, "{path}: {line}");
            }
        }
        (code, comments)
    });
    Output { diagnostics: diagnostics.iter().cloned().collect(), code_and_comments, api }
}

/// Removes the entry at a path, or replaces its string if the entry is required.
fn change(node: &mut Value, path: &[String], is_required: bool) {
    let [key, child_path @ ..] = path else { return };
    let (child, is_last) = match node {
        Value::Mapping(map) if child_path.is_empty() && !is_required => return drop(map.remove(key.as_str())),
        Value::Mapping(map) => (map.get_mut(key.as_str()), child_path.is_empty()),
        Value::Sequence(items) => (key.parse().ok().and_then(|index: usize| items.get_mut(index)), false),
        _ => (None, false),
    };
    match child {
        Some(Value::String(text)) if is_last => *text = "changed".to_owned(),
        Some(child) => change(child, child_path, is_required),
        None => {}
    }
}

/// Returns how the generator handles the keyword at a location.
fn handling(tree: &Value, output: &Output, location: &Pointer, config: &Source) -> &'static str {
    let is_about_keyword = |diagnostic: &&Diagnostic| match &diagnostic.location {
        Location::Key(pointer) | Location::Value(pointer) => location.is_below(pointer),
        _ => false,
    };
    let ignored_codes = [code::UNSUPPORTED_KEYWORD, code::UNKNOWN_KEYWORD, code::UNUSED_KEYWORD];
    let mut ignored = output.diagnostics.iter().filter(|diagnostic| ignored_codes.contains(&diagnostic.code));
    if let Some(diagnostic) = ignored.find(is_about_keyword) {
        return if diagnostic.severity == Severity::Note { "listed" } else { "reported" };
    }
    let path: Vec<String> = location.keys().collect();
    let output_without = |is_required: bool| {
        let mut tree = tree.clone();
        change(&mut tree, &path, is_required);
        let is_changed = !is_required || location.lookup(&json(&tree)).is_some_and(|node| node.is_string());
        Some(generate(&tree, config)).filter(|output| is_changed && output.code_and_comments.is_some())
    };
    let Some((code, comments)) = &output.code_and_comments else { return "dropped" };
    match output_without(false).or_else(|| output_without(true)) {
        Some(Output { code_and_comments: Some((changed, _)), .. }) if *code != changed => "lowered",
        Some(Output { code_and_comments: Some((_, changed)), .. }) if *comments != changed => "documentation",
        Some(changed) if output.api == changed.api => "dropped",
        _ => "lowered",
    }
}

fn json(tree: &Value) -> serde_json::Value {
    serde_json::to_value(tree).expect("JSON")
}

#[test]
fn the_table_states_how_each_keyword_of_the_standard_is_handled() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let standard = std::fs::read_to_string(format!("{root}tests/fixtures/keywords/standard.txt")).expect("readable");
    let mut expected = BTreeSet::new();
    for line in standard.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (versions, entry) = line.split_once(' ').expect("versions");
        let (object, keywords) = entry.split_once(": ").expect("an object");
        let versions = if versions == "both" { "3.0, 3.1" } else { versions };
        expected.extend(keywords.split(' ').map(|keyword| [object, keyword, versions].map(str::to_owned)));
    }
    let fixtures: BTreeMap<String, (Value, Output, Source)> = fixtures("keywords")
        .into_iter()
        .map(|Fixture { name, document, config }| {
            let tree: Value = serde_yaml::from_str(&document.text).expect("YAML");
            let output = generate(&tree, &config);
            (name, (tree, output, config))
        })
        .collect();
    let table = std::fs::read_to_string(format!("{root}../docs/keywords.md")).expect("readable");
    let (mut documented, mut corrections) = (BTreeSet::new(), String::new());
    for row in table.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [object, keyword, versions, documented_handling, example] = cells[..] else { panic!("{row}") };
        documented.insert([object, keyword, versions].map(str::to_owned));
        let (fixture, pointer) = example.split_once('#').expect("a fixture and a location in it");
        let (tree, output, config) = &fixtures[fixture];
        let pointer = Pointer::from_displayed(pointer);
        assert!(pointer.lookup(&json(tree)).is_some(), "{example} does not exist");
        let last = pointer.keys().last().expect("a keyword");
        assert!(last == keyword || keyword.starts_with('{'), "{example} is not the keyword `{keyword}`");
        let handling = handling(tree, output, &pointer, config);
        if handling != documented_handling || handling == "dropped" {
            let _ = writeln!(corrections, "| {object} | `{keyword}` | {versions} | {handling} | `{example}` |");
        }
    }
    assert!(corrections.is_empty(), "change these rows of docs/keywords.md to\n{corrections}");
    assert_eq!(documented.symmetric_difference(&expected).collect::<Vec<_>>(), [] as [&[String; 3]; 0]);
}
