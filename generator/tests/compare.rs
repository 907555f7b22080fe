//! What two documents disagree on: pairs of small documents, and the lines that come of them.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

mod support;

use bindery::compare::{AcceptedDifferences, Difference, Pair, compare, render};
use bindery::diagnostics::render::Style;
use bindery::ir::Api;
use bindery::source::Source;
use serde_json::{Value, json};
use support::{Fixture, all};

/// Two documents, which stand in one file, and what they are read as.
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
    all("compare").into_iter().map(case).collect()
}

fn api(document: &Source, config: &Source) -> Api {
    let (loaded, diagnostics) = bindery::load(document, config);
    let Some((api, _)) = loaded else { panic!("{}", diagnostics.render(document, config, Style::Plain)) };
    api
}

#[test]
fn differences() {
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
fn nothing_differs_from_itself_and_what_is_added_one_way_is_missing_the_other_way() {
    for Case { name, apis: Pair { ours, theirs }, .. } in cases() {
        assert_eq!((compare(&ours, &ours), compare(&theirs, &theirs)), (vec![], vec![]), "{name}");
        let (there, back) = (compare(&ours, &theirs), compare(&theirs, &ours));
        let count = |differences: &[Difference], word: &str| {
            differences.iter().filter(|one| one.to_string().ends_with(word)).count()
        };
        assert_eq!(there.len(), back.len(), "{name}");
        assert_eq!(count(&there, "added"), count(&back, "missing"), "{name}");
        assert_eq!(count(&there, "missing"), count(&back, "added"), "{name}");
    }
}

/// What a document says for people, or about itself.
const WORDS: [&str; 6] = ["summary", "description", "example", "title", "version", "openapi"];

/// The documents that come of changing one value, or leaving out one entry.
fn changed(tree: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    match tree {
        Value::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| !WORDS.contains(&key.as_str())) {
                let with = |value: Option<Value>| {
                    let mut map = map.clone();
                    match value {
                        Some(value) => map.insert(key.clone(), value),
                        None => map.remove(key),
                    };
                    Value::Object(map)
                };
                all.push((format!("{key} left out"), with(None)));
                all.extend(changed(value).into_iter().map(|(at, value)| (format!("{key}/{at}"), with(Some(value)))));
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                let with = |value: Option<Value>| {
                    let (before, after) = (&list[..index], &list[index + 1..]);
                    Value::Array(before.iter().cloned().chain(value).chain(after.iter().cloned()).collect())
                };
                all.push((format!("{index} left out"), with(None)));
                all.extend(changed(value).into_iter().map(|(at, value)| (format!("{index}/{at}"), with(Some(value)))));
            }
        }
        Value::String(text) => all.push((format!("{text} and more"), json!(format!("{text}x")))),
        Value::Number(number) => all.push((format!("{number} and one"), json!(number.as_f64().map(|it| it + 1.0)))),
        Value::Bool(truth) => all.push((format!("not {truth}"), json!(!truth))),
        Value::Null => {}
    }
    all
}

#[test]
fn nothing_that_means_something_can_change_unseen() {
    let mut unseen = Vec::new();
    for Case { name, sources, apis } in cases() {
        let config = config("[crate]\nname = 'fixture'\nversion = '0.1.0'");
        let tree: Value = serde_yaml::from_str(&sources.ours.text).expect("YAML");
        for (what, tree) in changed(&tree) {
            let document = Source::new("changed.json", tree.to_string());
            // What cannot be read any more, or is not read, has been reported by those who read it.
            let (loaded, diagnostics) = bindery::load(&document, &config);
            let Some((changed, _)) = loaded.filter(|_| diagnostics.iter().next().is_none()) else { continue };
            // Other keywords say the type as well, and any value of a mark is one.
            let idle = what.ends_with("type left out") || what.contains("x-private/");
            if !idle && compare(&apis.ours, &changed).is_empty() {
                unseen.push(format!("{name}: {what}"));
            }
        }
    }
    assert_eq!(unseen, [] as [&str; 0]);
}

#[test]
fn a_list_takes_out_what_it_describes_and_says_what_it_describes_in_vain() {
    let case = cases().into_iter().find(|case| case.name == "parameters").expect("it is there");
    let differences = compare(&case.apis.ours, &case.apis.theirs);
    let left = |list: &str| {
        let listed = AcceptedDifferences::parse(list).expect("a list");
        let verdict = listed.check(&differences);
        (verdict.not_accepted.len(), verdict.unused_patterns.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let all = differences.len();
    let list = |pattern: &str| format!("[[difference]]\nwhere = ['{pattern}']\nreason = 'So it is.'");
    assert_eq!(left(""), (all, vec![]));
    for (pattern, taken) in [
        ("*", all),
        ("ChangeBoat / form Name / maxLength: 8, not 9", 1),
        ("ChangeBoat / form Name / maxLength: *, not 9", 1),
        ("ChangeBoat / form Name*", 3),
        ("* / query Size / *imum: *", 3),
        ("*: added", 6),
    ] {
        assert_eq!(left(&list(pattern)), (all - taken, vec![]), "{pattern}");
    }
    for pattern in ["ChangeBoat", "ChangeBoat / form Name / maxLength: 8", "* maxLength: 7*", "*9*9", "**x", ""] {
        assert_eq!(left(&list(pattern)), (all, vec![pattern.to_owned()]), "{pattern}");
    }
    for wrong in [&list("*").replace("So it is.", " "), &list("*").replace("where", "when"), "[[differences]]", "="] {
        assert!(AcceptedDifferences::parse(wrong).is_err(), "{wrong}");
    }
}
