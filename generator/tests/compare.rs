//! Compares pairs of small documents. The snapshots show their differences.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

mod support;

use bindery::compare::{AcceptedDifferences, Difference, Pair, compare, render};
use bindery::diagnostics::render::Style;
use bindery::ir::Api;
use bindery::source::Source;
use serde_json::{Value, json};
use support::{Fixture, fixtures};

/// Two documents from one file, and their APIs.
struct Case {
    name: String,
    sources: Pair<Source>,
    apis: Pair<Api>,
}

fn config(text: &str) -> Source {
    Source::new("codegen.toml", format!("{text}\n[personal]\nmarkers = ['/x-private']"))
}

fn cases() -> Vec<Case> {
    let case = |Fixture { name, document, config: default }: Fixture| {
        let (ours, theirs) = document.text.split_once("\n---\n").expect("two documents");
        let sources = Pair { ours: Source::new("ours.yaml", ours), theirs: Source::new("theirs.yaml", theirs) };
        let config = config(&default.text);
        let apis = Pair { ours: api(&sources.ours, &config), theirs: api(&sources.theirs, &config) };
        Case { name, sources, apis }
    };
    fixtures("compare").into_iter().map(case).collect()
}

fn api(document: &Source, config: &Source) -> Api {
    let (loaded, diagnostics) = bindery::load(document, config);
    let Some((api, _)) = loaded else { panic!("{}", diagnostics.render(document, config, Style::Plain)) };
    api
}

#[test]
fn differences_match_their_snapshots() {
    for Case { name, sources, apis } in cases() {
        let differences = compare(&apis.ours, &apis.theirs);
        let rendered = render(&differences, Pair { ours: &sources.ours, theirs: &sources.theirs });
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path("snapshots/compare");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, rendered.trim_end()));
    }
}

#[test]
fn the_comparison_is_symmetric_and_a_document_equals_itself() {
    for Case { name, apis: Pair { ours, theirs }, .. } in cases() {
        assert_eq!((compare(&ours, &ours), compare(&theirs, &theirs)), (vec![], vec![]), "{name}");
        let (forward, reverse) = (compare(&ours, &theirs), compare(&theirs, &ours));
        let count = |differences: &[Difference], word: &str| {
            differences.iter().filter(|difference| difference.to_string().ends_with(word)).count()
        };
        assert_eq!(forward.len(), reverse.len(), "{name}");
        assert_eq!(count(&forward, "added"), count(&reverse, "missing"), "{name}");
        assert_eq!(count(&forward, "missing"), count(&reverse, "added"), "{name}");
    }
}

/// The keywords that are documentation or describe the document. Changes of their values are not differences.
const IGNORED_KEYWORDS: [&str; 6] = ["summary", "description", "example", "title", "version", "openapi"];

/// Returns all documents in which one value is changed or one entry is removed, with a description of the change.
fn changed_documents(tree: &Value) -> Vec<(String, Value)> {
    let mut changed = Vec::new();
    match tree {
        Value::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| !IGNORED_KEYWORDS.contains(&key.as_str())) {
                let with = |value: Option<Value>| {
                    let mut map = map.clone();
                    match value {
                        Some(value) => map.insert(key.clone(), value),
                        None => map.remove(key),
                    };
                    Value::Object(map)
                };
                changed.push((format!("{key} removed"), with(None)));
                changed.extend(
                    changed_documents(value)
                        .into_iter()
                        .map(|(change, value)| (format!("{key}/{change}"), with(Some(value)))),
                );
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let with = |value: Option<Value>| {
                    let (before, after) = (&items[..index], &items[index + 1..]);
                    Value::Array(before.iter().cloned().chain(value).chain(after.iter().cloned()).collect())
                };
                changed.push((format!("{index} removed"), with(None)));
                changed.extend(
                    changed_documents(value)
                        .into_iter()
                        .map(|(change, value)| (format!("{index}/{change}"), with(Some(value)))),
                );
            }
        }
        Value::String(text) => changed.push((format!("{text} changed"), json!(format!("{text}x")))),
        Value::Number(number) => {
            changed.push((format!("{number} increased"), json!(number.as_f64().map(|number| number + 1.0))))
        }
        Value::Bool(value) => changed.push((format!("{value} negated"), json!(!value))),
        Value::Null => {}
    }
    changed
}

#[test]
fn every_relevant_change_is_detected() {
    let mut undetected = Vec::new();
    for Case { name, sources, apis } in cases() {
        let config = config("[crate]\nname = 'fixture'\nversion = '0.1.0'");
        let tree: Value = serde_yaml::from_str(&sources.ours.text).expect("YAML");
        for (change, tree) in changed_documents(&tree) {
            let document = Source::new("changed.json", tree.to_string());
            // Leave out changes that cause a diagnostic, because the diagnostic already shows the change.
            let (loaded, diagnostics) = bindery::load(&document, &config);
            let Some((changed_api, _)) = loaded.filter(|_| diagnostics.iter().next().is_none()) else { continue };
            // Removing `type` has no effect if other keywords imply the type. The marker `x-private` has the same
            // effect with any value.
            let has_no_effect = change.ends_with("type removed") || change.contains("x-private/");
            if !has_no_effect && compare(&apis.ours, &changed_api).is_empty() {
                undetected.push(format!("{name}: {change}"));
            }
        }
    }
    assert_eq!(undetected, [] as [&str; 0]);
}

#[test]
fn patterns_accept_differences_and_unused_patterns_are_reported() {
    let case = cases().into_iter().find(|case| case.name == "parameters").expect("the fixture `parameters`");
    let differences = compare(&case.apis.ours, &case.apis.theirs);
    let check = |list: &str| {
        let accepted = AcceptedDifferences::parse(list).expect("a list");
        let matched = accepted.check(&differences);
        (matched.not_accepted.len(), matched.unused_patterns.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let count = differences.len();
    let list = |pattern: &str| format!("[[difference]]\nwhere = ['{pattern}']\nreason = 'For the test.'");
    assert_eq!(check(""), (count, vec![]));
    for (pattern, accepted) in [
        ("*", count),
        ("ChangeBoat / form Name / maxLength: 8, not 9", 1),
        ("ChangeBoat / form Name / maxLength: *, not 9", 1),
        ("ChangeBoat / form Name*", 3),
        ("* / query Size / *imum: *", 2),
        ("*: added", 6),
    ] {
        assert_eq!(check(&list(pattern)), (count - accepted, vec![]), "{pattern}");
    }
    for pattern in ["ChangeBoat", "ChangeBoat / form Name / maxLength: 8", "* maxLength: 7*", "*9*9", "**x", ""] {
        assert_eq!(check(&list(pattern)), (count, vec![pattern.to_owned()]), "{pattern}");
    }
    for invalid in
        [&list("*").replace("For the test.", " "), &list("*").replace("where", "when"), "[[differences]]", "="]
    {
        assert!(AcceptedDifferences::parse(invalid).is_err(), "{invalid}");
    }
}

/// The items of tuples are compared at any depth. Tuples of equal tuples have more items than can be compared one by one.
#[test]
fn deep_tuples() {
    let api = |depth: usize, item: &str| {
        let tuple = |index: usize| {
            let inner = format!("{{ $ref: '#/components/schemas/T{index}' }}");
            let outer = index + 1;
            format!("    T{outer}: {{ type: array, prefixItems: [{inner}, {inner}], minItems: 2, maxItems: 2 }}\n")
        };
        let tuples: String = (0..depth).map(tuple).collect();
        let text = format!(
            "openapi: 3.1.0\ninfo: {{ title: Tuples, version: 1.0.0 }}\npaths:\n  /tuples: {{ get: {{ operationId: get, responses: {{ '200': \
             {{ description: ok, content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/T{depth}' }} }} }} }} }} }} }}\n\
             components:\n  schemas:\n    T0: {{ type: {item} }}\n{tuples}"
        );
        let config = Source::new("codegen.toml", "crate = { name = 'tuples', version = '0.1.0' }");
        bindery::load(&Source::new("api.yaml", text), &config).0.expect("an API").0
    };
    for (depth, count) in [(2, Some(4)), (5, Some(32)), (30, None)] {
        let differences = compare(&api(depth, "boolean"), &api(depth, "string"));
        let lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
        assert!(
            !lines.is_empty() && lines.iter().all(|line| line.ends_with("type: boolean, not string")),
            "{lines:#?}"
        );
        assert!(count.is_none_or(|count| lines.len() == count), "{depth}: {}", lines.len());
    }
}
