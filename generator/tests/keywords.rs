//! `docs/keywords.md` says of each keyword of the standard what becomes of it, and of each that it is so: the keyword is taken
//! out of its fixture, and what is generated from the rest has to differ in the way that the table says.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use bindery::diagnostics::{Diagnostic, Location, Severity, code};
use bindery::source::{Pointer, Source};
use serde_yaml::Value;
use support::{Fixture, all};

/// What is made of a document.
struct Made {
    /// What is said of it, and which of its keywords are unused.
    said: Vec<Diagnostic>,
    /// The code and the comments.
    parts: Option<(String, String)>,
    /// The API as data, for other readers than the generator.
    api: String,
}

fn make(tree: &Value, config: &Source) -> Made {
    let document = Source::new("document.yaml", serde_yaml::to_string(tree).expect("YAML"));
    let (bound, mut found) = bindery::generate(&document, config);
    found.extend(bindery::unused(&document));
    let api = bound.as_ref().map_or_else(String::new, |bound| format!("{:?}", bound.api));
    let parts = bound.map(|bound| {
        let (mut code, mut comments) = (String::new(), String::new());
        for (path, text) in bound.files.iter().filter(|(path, _)| !path.starts_with("src/runtime/")) {
            for line in text.lines() {
                let part = if line.trim_start().starts_with("//") { &mut comments } else { &mut code };
                let _ = writeln!(part, "{path}: {line}");
            }
        }
        (code, comments)
    });
    Made { said: found.iter().cloned().collect(), parts, api }
}

/// Takes a node out, or changes its text where the document cannot do without it.
fn change(node: &mut Value, way: &[String], needed: bool) {
    let [step, rest @ ..] = way else { return };
    let (below, last) = match node {
        Value::Mapping(map) if rest.is_empty() && !needed => return drop(map.remove(step.as_str())),
        Value::Mapping(map) => (map.get_mut(step.as_str()), rest.is_empty()),
        Value::Sequence(list) => (step.parse().ok().and_then(|index: usize| list.get_mut(index)), false),
        _ => (None, false),
    };
    match below {
        Some(Value::String(text)) if last => *text = "changed".to_owned(),
        Some(below) => change(below, rest, needed),
        None => {}
    }
}

/// What becomes of the keyword at a place.
fn fate(tree: &Value, whole: &Made, at: &Pointer, config: &Source) -> &'static str {
    let about = |one: &&Diagnostic| match &one.location {
        Location::Key(pointer) | Location::Value(pointer) => at.is_below(pointer),
        _ => false,
    };
    let passed = [code::UNSUPPORTED_KEYWORD, code::UNKNOWN_KEYWORD, code::UNUSED_KEYWORD];
    if let Some(one) = whole.said.iter().filter(|one| passed.contains(&one.code)).find(about) {
        return if one.severity == Severity::Note { "listed" } else { "reported" };
    }
    let way: Vec<String> = at.keys().collect();
    let without = |needed: bool| {
        let mut tree = tree.clone();
        change(&mut tree, &way, needed);
        let changed = !needed || at.lookup(&json(&tree)).is_some_and(|node| node.is_string());
        Some(make(&tree, config)).filter(|made| changed && made.parts.is_some())
    };
    let Some((one, comment)) = &whole.parts else { return "dropped" };
    match without(false).or_else(|| without(true)) {
        Some(Made { parts: Some((other, _)), .. }) if *one != other => "lowered",
        Some(Made { parts: Some((_, other)), .. }) if *comment != other => "documentation",
        Some(made) if whole.api == made.api => "dropped",
        _ => "lowered",
    }
}

fn json(tree: &Value) -> serde_json::Value {
    serde_json::to_value(tree).expect("JSON")
}

#[test]
fn the_table_has_each_keyword_of_the_standard_and_what_becomes_of_it() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let standard = std::fs::read_to_string(format!("{root}tests/fixtures/keywords/standard.txt")).expect("readable");
    let mut expected = BTreeSet::new();
    for line in standard.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (versions, rest) = line.split_once(' ').expect("versions");
        let (object, keywords) = rest.split_once(": ").expect("an object");
        let versions = if versions == "both" { "3.0, 3.1" } else { versions };
        expected.extend(keywords.split(' ').map(|keyword| [object, keyword, versions].map(str::to_owned)));
    }
    let fixtures: BTreeMap<String, (Value, Made, Source)> = all("keywords")
        .into_iter()
        .map(|Fixture { name, document, config }| {
            let tree: Value = serde_yaml::from_str(&document.text).expect("YAML");
            let made = make(&tree, &config);
            (name, (tree, made, config))
        })
        .collect();
    let table = std::fs::read_to_string(format!("{root}../docs/keywords.md")).expect("readable");
    let (mut found, mut wrong) = (BTreeSet::new(), String::new());
    for row in table.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [object, keyword, versions, becomes, proof] = cells[..] else { panic!("{row}") };
        found.insert([object, keyword, versions].map(str::to_owned));
        let (fixture, pointer) = proof.split_once('#').expect("a fixture and a place in it");
        let (tree, made, config) = &fixtures[fixture];
        let pointer = Pointer::from_displayed(pointer);
        assert!(pointer.lookup(&json(tree)).is_some(), "{proof} is not there");
        let last = pointer.keys().last().expect("a keyword");
        assert!(last == keyword || keyword.starts_with('{'), "{proof} is no `{keyword}`");
        let fate = fate(tree, made, &pointer, config);
        if fate != becomes || fate == "dropped" {
            let _ = writeln!(wrong, "| {object} | `{keyword}` | {versions} | {fate} | `{proof}` |");
        }
    }
    assert!(wrong.is_empty(), "these rows of docs/keywords.md are to be\n{wrong}");
    assert_eq!(found.symmetric_difference(&expected).collect::<Vec<_>>(), [] as [&[String; 3]; 0]);
}
