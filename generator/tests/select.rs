//! `[select]` gives the same crate as a document without the other operations.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use std::path::Path;

use bindery::source::Source;
use serde_json::Value;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Returns the files of the crate, or the errors.
fn files(document: &Source, config: &str) -> Result<Vec<(String, String)>, String> {
    let config = Source::new("codegen.toml", config);
    let (generated, diagnostics) = bindery::generate(document, &config);
    let files = generated
        .ok_or_else(|| diagnostics.render(document, &config, bindery::diagnostics::render::Style::Plain))?
        .files;
    Ok(files.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
}

/// Returns a document without the operations and webhooks that are not kept.
fn pruned(document: &Source, is_kept: impl Fn(&str, &str, &Value) -> bool) -> Source {
    let mut tree: Value = serde_yaml::from_str(&document.text).expect("YAML");
    for paths in ["paths", "x-webhooks"] {
        let Some(paths) = tree[paths].as_object_mut() else { continue };
        for (path, item) in paths.iter_mut() {
            let item = item.as_object_mut().expect("a path item");
            item.retain(|key, operation| !METHODS.contains(&key.as_str()) || is_kept(path, key, operation));
        }
        paths.retain(|_, item| METHODS.iter().any(|method| item.get(method).is_some()));
    }
    let mut pruned = Source::new(document.path.clone(), serde_yaml::to_string(&tree).expect("YAML"));
    pruned.files = document.files.clone();
    pruned
}

fn read(path: &str) -> Source {
    Source::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path), &[]).expect("readable")
}

type Predicate = fn(&str, &str, &Value) -> bool;

#[test]
fn a_selection_gives_the_same_bytes_as_a_pruned_document() {
    let cases: [(&str, &str, Predicate); 5] = [
        (
            "../spec/conversations_v1.yaml",
            "surface = 'tree'\nselect.include = [{ path = '/v1/Conversations/**' }]",
            |path, _, _| path == "/v1/Conversations" || path.starts_with("/v1/Conversations/"),
        ),
        (
            "../spec/conversations_v1.yaml",
            "select.exclude = [{ method = 'delete' }, { path = '**/Webhooks**' }]",
            |path, method, _| method != "delete" && !path.contains("/Webhooks"),
        ),
        ("../spec/conversations_v1.yaml", "select.include = [{ operation = 'FetchRole' }]", |_, _, operation| {
            operation["operationId"] == "FetchRole"
        }),
        ("tests/fixtures/ok/harbour.yaml", "select.include = [{ method = 'get', path = '**' }]", |_, method, _| {
            method == "get"
        }),
        ("tests/fixtures/ok/tags.yaml", "select.include = [{ tag = 'Pets' }]", |_, _, operation| {
            operation["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == "Pets"))
        }),
    ];
    for (path, select, is_kept) in cases {
        let document = read(path);
        let config = format!("{select}\n[crate]\nname = 'selected'\n");
        let found = files(&document, &config).unwrap_or_else(|errors| panic!("{select}: {errors}"));
        let without_select = config.replace(select.lines().last().expect("a line"), "");
        let expected = files(&pruned(&document, is_kept), &without_select).expect("a crate");
        let differing: Vec<_> = found.iter().zip(&expected).filter(|(found, expected)| found != expected).collect();
        assert!(differing.is_empty() && found.len() == expected.len(), "{select}: {:?}", differing.first());
        assert!(files(&document, &without_select).expect("a crate") != found, "{select} must leave something out");
    }
}

const SHARED: &str = "openapi: 3.1.0
info: { title: Ships, version: 1.0.0 }
servers: [{ url: 'https://example.com' }]
paths:
  /ships:
    get: { operationId: listShips, responses: { '200': { description: Ships., content: { application/json: { schema: { type: object, properties: { berth: { type: string } } } } } } } }
    delete: { operationId: removeShips, responses: { '204': { description: Done. } } }
  /boats: { $ref: '#/paths/~1ships' }
  /rafts: { $ref: '#/paths/~1boats' }
  /crew:
    get: { operationId: listCrew, responses: { '200': { $ref: '#/paths/~1ships/get/responses/200' } } }
";

/// Returns the HTTP methods and the paths of the selected operations, in alphabetical order.
fn operations(select: &str) -> Vec<String> {
    let document = Source::new("api.yaml", SHARED);
    let config = format!("{select}\ncrate.name = 'ships'\nsurface = 'tree'\n");
    let config = Source::new("codegen.toml", config);
    let (loaded, diagnostics) = bindery::load(&document, &config);
    let Some((api, _)) = loaded else {
        panic!("{select}: {}", diagnostics.render(&document, &config, bindery::diagnostics::render::Style::Plain));
    };
    let mut operations: Vec<_> =
        api.operations.iter().map(|(_, it)| format!("{} {}", it.method.as_str(), it.template())).collect();
    operations.sort();
    operations
}

#[test]
fn shared_path_items_and_references_into_operations_stay() {
    for (select, expected) in [
        ("", "DELETE /boats, DELETE /rafts, DELETE /ships, GET /boats, GET /crew, GET /rafts, GET /ships"),
        ("select.include = [{ path = '/boats' }]", "DELETE /boats, GET /boats"),
        ("select.include = [{ path = '/rafts', method = 'get' }]", "GET /rafts"),
        ("select.exclude = [{ path = '/ships' }]", "DELETE /boats, DELETE /rafts, GET /boats, GET /crew, GET /rafts"),
        ("select.exclude = [{ method = 'delete' }]", "GET /boats, GET /crew, GET /rafts, GET /ships"),
        ("select.include = [{ path = '/crew' }]", "GET /crew"),
    ] {
        assert_eq!(operations(select).join(", "), expected, "{select}");
    }
}

const WEBHOOKS: &str = "openapi: 3.1.0
info: { title: Ships, version: 1.0.0 }
servers: [{ url: 'https://example.com' }]
paths:
  /ships: { get: { operationId: listShips, tags: [ships], responses: { '204': { description: None. } } } }
webhooks:
  shipArrived: { post: { tags: [ships], requestBody: &body { content: { application/json: { schema: { type: object } } } } } }
  crewHired: { $ref: '#/components/pathItems/CrewHired' }
components:
  pathItems: { CrewHired: { post: { tags: [crew], requestBody: *body } } }
";

#[test]
fn webhooks_are_selected_like_operations() {
    let document = Source::new("ships.yaml", WEBHOOKS);
    for (select, expected) in [
        ("", vec!["shipArrived", "crewHired"]),
        ("select.include = [{ tag = 'ships' }]", vec!["shipArrived"]),
        ("select.include = [{ operation = 'listShips' }]", vec![]),
        ("select.include = [{ path = 'crew*' }]", vec!["crewHired"]),
        ("select.exclude = [{ tag = 'crew' }]", vec!["shipArrived"]),
    ] {
        let (loaded, diagnostics) = bindery::load(&document, &Source::new("codegen.toml", select));
        let (api, _) = loaded.unwrap_or_else(|| panic!("{select}: {diagnostics:?}"));
        let names: Vec<&str> = api.webhooks.iter().flat_map(|group| &group.events).map(|it| it.name.as_str()).collect();
        assert_eq!(names, expected, "{select}");
    }
    let config = "select.include = [{ operation = 'listShips' }]\nwebhooks.signature = { kind = 'standard' }";
    let (_, diagnostics) = bindery::generate(&document, &Source::new("codegen.toml", config));
    let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(messages, ["`[select]` selects no webhook"]);
}
