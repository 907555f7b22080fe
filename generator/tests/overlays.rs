//! Overlays change the document as the Overlay Specification says, and each node keeps its source location.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

mod support;

use bindery::diagnostics::{Diagnostics, Location, code};
use bindery::parse::effective_text;
use bindery::source::{Pointer, Source};
use fastrand::Rng;
use serde_json::{Value, json};
use support::fixtures;

/// Creates a document with an overlay that has these actions.
fn document(text: &str, actions: &str) -> Source {
    let mut document = Source::new("api.yaml", text);
    let overlay = format!("overlay: 1.1.0\ninfo: {{ title: A, version: 1.0.0 }}\nactions:\n{actions}");
    document.overlays.push(Source::new("api.overlay.yaml", overlay));
    document
}

fn effective(document: &Source) -> Value {
    serde_yaml::from_str(&effective_text(document).expect("a document")).expect("YAML")
}

/// The cases of the Overlay Specification: what an example is about, the actions, and the expected document.
const CASES: [(&str, &str, &str); 16] = [
    (
        "a structured update, in which null changes nothing",
        "[{ target: $, update: { info: { x-a: 1 }, paths: { /new: {} }, tags: , extra: } }]",
        "{ info: { title: Ships, x-a: 1 }, paths: { /ships: { get: { tags: [a, b], parameters: [{ name: one }, { name: two }] } }, /crew: { delete: { ok: true } }, /new: {} }, tags: [{ name: a }], extra: }",
    ),
    ("a string replaces a string", "[{ target: $.info.title, update: Boats }]", "{ info: { title: Boats } }"),
    ("a number replaces a string", "[{ target: $.info.title, update: 7 }]", "{ info: { title: 7 } }"),
    (
        "a wildcard",
        "[{ target: '$.paths.*.*', update: { safe: true } }]",
        "{ paths: { /ships: { get: { safe: true, tags: [a, b], parameters: [{ name: one }, { name: two }] } }, /crew: { delete: { ok: true, safe: true } } } }",
    ),
    (
        "a filter",
        "[{ target: \"$.paths.*.*.parameters[?@.name == 'two']\", update: { in: query } }]",
        "{ paths: { /ships: { get: { tags: [a, b], parameters: [{ name: one }, { name: two, in: query }] } }, /crew: { delete: { ok: true } } } }",
    ),
    (
        "an object is appended to an array",
        "[{ target: '$.paths.*.get.parameters', update: { name: new } }]",
        "{ paths: { /ships: { get: { tags: [a, b], parameters: [{ name: one }, { name: two }, { name: new }] } }, /crew: { delete: { ok: true } } } }",
    ),
    (
        "a string is appended to an array",
        "[{ target: '$.paths.*.get.tags', update: c }]",
        "{ paths: { /ships: { get: { tags: [a, b, c], parameters: [{ name: one }, { name: two }] } }, /crew: { delete: { ok: true } } } }",
    ),
    (
        "arrays are concatenated",
        "[{ target: $, update: { tags: [{ name: b }, { name: c }] } }]",
        "{ tags: [{ name: a }, { name: b }, { name: c }] }",
    ),
    (
        "an item is removed",
        "[{ target: \"$.paths.*.get.parameters[?@.name == 'one']\", remove: true }]",
        "{ paths: { /ships: { get: { tags: [a, b], parameters: [{ name: two }] } }, /crew: { delete: { ok: true } } } }",
    ),
    (
        "a string is removed from an array",
        "[{ target: \"$.paths.*.get.tags[?@ == 'a']\", remove: true }]",
        "{ paths: { /ships: { get: { tags: [b], parameters: [{ name: one }, { name: two }] } }, /crew: { delete: { ok: true } } } }",
    ),
    (
        "nodes inside of each other are removed",
        "[{ target: \"$.paths..[?@.name == 'one' || @.tags]\", remove: true }]",
        "{ paths: { /ships: {}, /crew: { delete: { ok: true } } } }",
    ),
    (
        "traits",
        "[{ target: \"$.paths[?@.get.tags[?@ == 'a']].get\", update: { parameters: [{ name: top }, { name: skip }] } }]",
        "{ paths: { /ships: { get: { tags: [a, b], parameters: [{ name: one }, { name: two }, { name: top }, { name: skip }] } }, /crew: { delete: { ok: true } } } }",
    ),
    (
        "a copy is merged",
        "[{ target: \"$.paths['/crew']\", copy: \"$.paths['/ships']\" }]",
        "{ paths: { /ships: { get: { tags: [a, b], parameters: [{ name: one }, { name: two }] } }, /crew: { delete: { ok: true }, get: { tags: [a, b], parameters: [{ name: one }, { name: two }] } } } }",
    ),
    (
        "a node is moved",
        "[{ target: $.paths, update: { /boats: {} } }, { target: \"$.paths['/boats']\", copy: \"$.paths['/ships']\" }, { target: \"$.paths['/ships']\", remove: true }]",
        "{ paths: { /boats: { get: { tags: [a, b], parameters: [{ name: one }, { name: two }] } }, /crew: { delete: { ok: true } } } }",
    ),
    (
        "a node is removed and created again",
        "[{ target: $.info, remove: true }, { target: $, update: { info: { x: 1 } } }]",
        "{ info: { x: 1 } }",
    ),
    ("`remove: false`", "[{ target: $.info, remove: false, update: { x: 1 } }]", "{ info: { title: Ships, x: 1 } }"),
];

const SHIPS: &str = "openapi: 3.1.0
info: { title: Ships }
tags: [{ name: a }]
paths:
  /ships: { get: { tags: [a, b], parameters: [{ name: one }, { name: two }] } }
  /crew: { delete: { ok: true } }
";

#[test]
fn actions_change_the_document_as_the_specification_says() {
    let ships: Value = serde_yaml::from_str(SHIPS).expect("YAML");
    for (name, actions, changes) in CASES {
        let mut expected = ships.clone();
        let changes: Value = serde_yaml::from_str(changes).expect("YAML");
        for (key, value) in changes.as_object().expect("an object") {
            expected[key] = value.clone();
        }
        assert_eq!(effective(&document(SHIPS, &format!("  {actions}"))), expected, "{name}");
    }
}

#[test]
fn an_overlay_without_an_effect_changes_no_byte() {
    for fixture in fixtures("ok").into_iter().take(6) {
        let files = |document: &Source| {
            let files = bindery::generate(document, &fixture.config).0.expect("a crate").files;
            files.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect::<Vec<_>>()
        };
        let expected = files(&fixture.document);
        for actions in ["  []", "  [{ target: $.info, update: {} }]", "  [{ target: $.nothing, remove: true }]"] {
            let mut with_overlay = fixture.document.clone();
            with_overlay.overlays = document("", actions).overlays;
            assert!(effective_text(&with_overlay).expect("a document") == fixture.document.text, "{}", fixture.name);
            assert!(files(&with_overlay) == expected, "{}: {actions}", fixture.name);
        }
    }
}

#[test]
fn the_effective_document_gives_the_same_crate() {
    let actions = r#"
  - target: $.info
    update: { title: Other, x-large: 12345678901234567890123 }
  - target: $.tags[0]
    remove: true
  - target: $.components.schemas
    update: { Extra: { type: object, properties: { size: { type: integer, maximum: 9007199254740993 } } } }
  - target: $.paths.*.get
    update: { description: "1.0", deprecated: true }
"#;
    let mut is_changed = false;
    for fixture in fixtures("ok").into_iter().take(8) {
        let mut with_overlay = fixture.document.clone();
        with_overlay.overlays = document("", actions).overlays;
        let text = effective_text(&with_overlay).expect("a document").into_owned();
        let mut effective = Source::new(with_overlay.path.clone(), text);
        effective.files = with_overlay.files.clone();
        let files = |document: &Source| bindery::generate(document, &fixture.config).0.expect("a crate").files;
        let (expected, found) = (files(&with_overlay), files(&effective));
        is_changed |= files(&fixture.document).iter().ne(expected.iter());
        let differing: Vec<_> = expected.iter().filter(|(path, text)| found.get(path) != Some(text)).collect();
        assert!(differing.is_empty() && expected.len() == found.len(), "{}: {:?}", fixture.name, differing.first());
    }
    assert!(is_changed);
}

#[test]
fn queries_that_visit_too_many_nodes_are_errors() {
    let nested = (0..400)
        .map(|index| format!("  /p{index}: {{ a: {{ b: {{ c: {{ d: {{ e: {{ f: {{ g: {{}} }} }} }} }} }} }} }}\n"));
    let text = format!("openapi: 3.1.0\ninfo: {{ title: A, version: 1.0.0 }}\npaths:\n{}", nested.collect::<String>());
    let codes = |target: &str| {
        let document = document(&text, &format!("  [{{ target: \"{target}\", remove: true }}]"));
        let mut diagnostics = Diagnostics::default();
        bindery::parse::parse(&document, &mut diagnostics);
        diagnostics.iter().map(|diagnostic| diagnostic.code).filter(|code| *code == code::OVERLAY).count()
    };
    for (target, errors) in [
        ("$.paths.*", 0),
        ("$..g", 0),
        ("$..e..g", 0),
        ("$.paths['/p1','/p2']", 0),
        ("$..*..*..*..*..*..*..*..*", 1),
        ("$..[?$..g]", 1),
        (&format!("$.paths.*{}", "[*,*]".repeat(20)), 1),
    ] {
        assert_eq!(codes(target), errors, "{target}");
    }
}

#[test]
fn actions_that_match_nothing_take_bounded_time() {
    let paths = (0..2_000).map(|index| format!("  /path{index}: {{ get: {{ operationId: get{index} }} }}\n"));
    let text = format!("openapi: 3.1.0\npaths:\n{}", paths.collect::<String>());
    let start = std::time::Instant::now();
    let misspelled = (0..1_000).map(|index| format!("  - {{ target: \"$.paths['/pahts{index}']\", remove: true }}\n"));
    let misspelled = document(&text, &misspelled.collect::<String>());
    let mut diagnostics = Diagnostics::default();
    bindery::parse::parse(&misspelled, &mut diagnostics);
    let unused: Vec<_> = diagnostics.iter().filter(|diagnostic| diagnostic.code == code::UNUSED_ACTION).collect();
    assert_eq!(unused.len(), 1_000);
    assert!(unused[0].help.contains("did you mean `/path"), "{:?}", unused[0]);
    let descendants = "  - { target: '$..[?@.missing]', update: { x: 1 } }\n".repeat(2_000);
    assert!(errors(&document(&text, &descendants)).last().expect("an error").contains("too many nodes"));
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn long_numbers_are_copied_with_all_digits() {
    let text = "openapi: 3.1.0
info: { title: A, version: 1.0.0, x-a: { max: 12345678901234567890123, list: [1, 0.12345678901234567890123], small: 7 } }
paths: {}
";
    let actions = r#"
  - { target: "$.info", update: { x-b: {}, x-d: [], x-e: [0] } }
  - { target: "$.info['x-b']", copy: "$.info['x-a']" }
  - { target: "$.info['x-a']", remove: true }
  - { target: "$.info", update: { x-c: { list: [98765432109876543210987] } } }
  - { target: "$.info['x-c']", copy: "$.info['x-b']" }
  - { target: "$.info['x-d']", copy: "$.info['x-c'].list[2]" }
  - { target: "$.info['x-d']", copy: "$.info['x-c'].list[0]" }
  - { target: "$.info['x-c'].list[0]", remove: true }
  - { target: "$.info['x-e'][0]", copy: "$.info['x-b'].max" }
"#;
    let text = effective_text(&document(text, actions)).expect("a document").into_owned();
    let found: String = text.split_once("\"info\"").expect("info").1.split_whitespace().collect();
    let expected = "\"x-b\":{\"max\":12345678901234567890123,\"list\":[1,0.12345678901234567890123],\"small\":7},\"x-d\":[0.12345678901234567890123,98765432109876543210987],\"x-e\":[12345678901234567890123],\"x-c\":{\"list\":[1,0.12345678901234567890123],\"max\":12345678901234567890123,\"small\":7}";
    assert!(found.contains(expected), "{found}");
}

const KEYS: [&str; 4] = ["a", "b", "c/d", "0"];

fn random_value(rng: &mut Rng, depth: usize) -> Value {
    match rng.usize(..if depth == 0 { 2 } else { 6 }) {
        0 => json!(rng.u32(..)),
        1 => json!(format!("text {}", rng.u32(..))),
        2 | 3 => (0..rng.usize(..5)).map(|_| random_value(rng, depth - 1)).collect(),
        _ => {
            let mut object = json!({});
            for _ in 0..rng.usize(..4) {
                object[KEYS[rng.usize(..KEYS.len())]] = random_value(rng, depth - 1);
            }
            object
        }
    }
}

fn random_action(rng: &mut Rng) -> Value {
    const QUERIES: [&str; 12] =
        ["$", "$.a", "$.b", "$..a", "$['c/d']", "$[0]", "$.*", "$..[0]", "$..[1:]", "$..[?@.a]", "$..b.*", "$..*"];
    let mut query = || QUERIES[rng.usize(..QUERIES.len())];
    let (target, copy) = (query(), query());
    match rng.usize(..4) {
        0 => json!({ "target": target, "remove": true }),
        1 => json!({ "target": target, "copy": copy }),
        _ => json!({ "target": target, "update": random_value(rng, 2) }),
    }
}

/// Adds the pointers and the values of all scalars.
fn collect_scalars(value: &Value, at: Pointer, scalars: &mut Vec<(Pointer, Value)>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect_scalars(item, at.child(index), scalars));
        }
        Value::Object(object) => object.iter().for_each(|(key, value)| collect_scalars(value, at.child(key), scalars)),
        scalar => scalars.push((at, scalar.clone())),
    }
}

#[test]
fn every_node_has_the_location_of_its_origin() {
    let (mut in_document, mut in_overlay) = (0, 0);
    for seed in 0..2_000 {
        let mut rng = Rng::with_seed(seed);
        let mut tree = json!({});
        KEYS.iter().for_each(|key| tree[key] = random_value(&mut rng, 3));
        let actions: Vec<Value> = (0..rng.usize(1..5)).map(|_| random_action(&mut rng)).collect();
        let document = document(&tree.to_string(), &format!("  {}", json!(actions)));
        let overlay: Value = serde_yaml::from_str(&document.overlays[0].text).expect("YAML");
        let mut scalars = Vec::new();
        collect_scalars(&effective(&document), Pointer::root(), &mut scalars);
        for (pointer, value) in scalars {
            let (source, origin) = document.file(&pointer);
            let is_document = std::ptr::eq(source, &document);
            let origin_value = origin.lookup(if is_document { &tree } else { &overlay });
            // The origin of a copied node is the `copy` query of the action, not the copied node.
            let is_copy = origin.keys().nth(2).is_some_and(|key| key == "copy");
            assert!(
                origin_value == Some(&value) || is_copy,
                "seed {seed}: {pointer:?} is not at {origin:?}: {actions:?}"
            );
            *(if is_document { &mut in_document } else { &mut in_overlay }) += 1;
        }
    }
    assert!(in_document > 3_000 && in_overlay > 800, "{in_document} in the document, {in_overlay} in the overlay");
}

/// Returns the errors of the parser.
fn errors(document: &Source) -> Vec<String> {
    let mut diagnostics = Diagnostics::default();
    bindery::parse::parse(document, &mut diagnostics);
    let overlay_diagnostics = diagnostics.iter().filter(|diagnostic| diagnostic.code == code::OVERLAY);
    overlay_diagnostics
        .map(|diagnostic| {
            assert!(matches!(&diagnostic.location, Location::File(path, _) if path == "api.overlay.yaml"));
            diagnostic.message.clone()
        })
        .collect()
}

#[test]
fn copies_of_copies_are_bounded() {
    // Each action doubles the document.
    let doubling = "  - { target: $.a, copy: $.a }\n".repeat(40);
    let wide = document("a: [1, 2, 3]", &doubling);
    assert!(errors(&wide).iter().any(|message| message.contains("too many nodes")), "{:?}", errors(&wide));
    // Each action makes the document one level deeper.
    let nesting = "  - { target: '$..[?@ == null]', update: { x: null } }\n".repeat(200);
    let deep = document("a: null", &nesting);
    assert!(errors(&deep).iter().any(|message| message.contains("too deeply")), "{:?}", errors(&deep));
}

#[test]
fn a_document_and_an_overlay_can_be_json_or_yaml() {
    let json = r#"{ "openapi": "3.1.0", "info": { "title": "Ships" } }"#;
    let mut document = Source::new("api.json", json);
    let overlay = r#"{ "overlay": "1.0.0", "info": {}, "actions": [{ "target": "$.info", "update": { "n": 1.10 } }] }"#;
    document.overlays.push(Source::new("api.overlay.json", overlay));
    let text = effective_text(&document).expect("a document");
    let expected = "{\n  \"openapi\": \"3.1.0\",\n  \"info\": {\n    \"title\": \"Ships\",\n    \"n\": 1.10\n  }\n}\n";
    assert_eq!(text, expected);
}

#[test]
fn the_corrections_in_the_documentation_work() {
    let schema = |target: &str| format!("{{ schema: {{ $ref: '#/components/{target}' }} }}");
    let text = format!(
        "openapi: 3.0.3
info: {{ title: A, version: 1.0.0 }}
servers: [{{ url: 'https://example.com' }}]
paths:
  /invoices:
    post:
      operationId: CreateInvoice
      requestBody: {{ content: {{ 'applicationjson;version=2018-01-01': {report} }} }}
      responses: {{ '204': {{ description: Done. }} }}
  /reports:
    get:
      operationId: ListReports
      responses: {{ '200': {{ description: Done., content: {{ application/json: {response} }} }} }}
  /legacy:
    get: {{ operationId: ListReports, responses: {{ '204': {{ description: Done. }} }} }}
components:
  schemas: {{ Report: {{ type: object }} }}
  responses: {{ Report: {{ description: A report. }} }}
",
        report = schema("schemas/Report"),
        response = schema("responses/Report"),
    );
    let page = include_str!("../../docs/overlays.md");
    let (_, corrections) = page.split_once("## Corrections").expect("the section");
    let actions: Vec<&str> =
        corrections.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(actions.len(), 3);
    let codes_of = |document: &Source| {
        let config = Source::new("codegen.toml", "");
        let (_, diagnostics) = bindery::generate(document, &config);
        let mut codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect();
        codes.sort_unstable();
        codes
    };
    assert_eq!(codes_of(&Source::new("api.yaml", text.as_str())), ["B0204", "B0403", "B0407"]);
    assert_eq!(codes_of(&document(&text, &actions.concat())), [] as [&str; 0]);
}
