//! A generated crate depends only on the crates that it needs.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use bindery::fileset::FileSet;
use bindery::generate;
use bindery::source::Source;

/// The feature, as in the list of the features of a dependency.
const SERDE: &str = "\"serde\"";

/// Returns the `Cargo.toml` of a crate whose only operation sends a body with this schema.
fn cargo_toml(schema: &str, config: &str) -> String {
    let document = format!(
        "
openapi: 3.0.3
info: {{ title: Parts, version: '1' }}
security: [{{ key: [] }}]
paths:
  /parts:
    post:
      operationId: save
      requestBody: {{ content: {{ application/json: {{ schema: {schema} }} }} }}
      responses: {{ '200': {{ description: Saved., content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Part' }} }} }} }} }}
components:
  securitySchemes: {{ key: {{ type: http, scheme: bearer }} }}
  schemas:
    Part: {{ type: object, properties: {{ made: {{ type: string, format: date-time }}, custom: {{ type: string }} }} }}
"
    );
    cargo_toml_for(&document, config)
}

/// Returns the `Cargo.toml` of the crate for a document.
fn cargo_toml_for(document: &str, config: &str) -> String {
    files_for(document, config).get("Cargo.toml").unwrap_or_default().to_owned()
}

/// Returns the files of the crate for a document.
fn files_for(document: &str, config: &str) -> FileSet {
    let config = format!("crate = {{ name = 'parts', version = '0.1.0' }}\n{config}");
    let (generated, report) = generate(&Source::new("parts.yaml", document), &Source::new("codegen.toml", config));
    generated.unwrap_or_else(|| panic!("{report:?}")).files
}

#[test]
fn a_crate_depends_on_regular_expressions_only_for_patterns_that_are_not_simple() {
    let credentials =
        |pattern: &str| format!("client.credentials = [{{ token = 'PARTS_TOKEN', pattern = '{pattern}' }}]");
    let cases = [
        ("{ type: string }", "", false),
        ("{ type: string, pattern: '^[a-z]{3}$' }", "", false),
        ("{ type: string, pattern: '^[a-z]{3}|x$' }", "", true),
        ("{ type: array, items: { type: object, properties: { id: { type: string, pattern: 'a|b' } } } }", "", true),
        ("{ type: object, patternProperties: { '^x-': { type: string } }, additionalProperties: false }", "", false),
        ("{ type: object, patternProperties: { 'a.b': { maxLength: 3, type: string } } }", "", true),
        ("{ type: object, propertyNames: { enum: [a, b] }, additionalProperties: { type: string } }", "", true),
        ("{ type: string }", &credentials("^pt_[0-9a-z]+$"), false),
        ("{ type: string }", &credentials("^(?:pt|px)_"), true),
    ];
    for (schema, config, depends) in cases {
        assert_eq!(cargo_toml(schema, config).contains("regex-lite ="), depends, "{schema} {config}");
    }
}

#[test]
fn chrono_has_the_feature_serde_only_if_serde_encodes_or_decodes_dates() {
    let replace =
        "types.schemas = [{ at = '#/components/schemas/Part/properties/custom', replace = 'std::net::IpAddr' }]";
    let cases = [
        ("{ type: string }", "", false),
        ("{ type: string, format: date }", "", true),
        ("{ type: array, items: { type: string, format: date-time } }", "", true),
        ("{ type: object, properties: { part: { $ref: '#/components/schemas/Part' } } }", "", true),
        ("{ type: string }", "serialize = 'all'", true),
        ("{ type: string }", replace, true),
    ];
    for (schema, config, has_feature) in cases {
        let manifest = cargo_toml(schema, config);
        let chrono = manifest.lines().find(|line| line.starts_with("chrono =")).expect("the dependency");
        assert_eq!(chrono.contains(SERDE), has_feature, "{schema} {config}");
        // `Serialize` of models that only responses contain is behind this feature.
        assert!(manifest.contains("test-util = [\"chrono/serde\"]"), "{manifest}");
    }
    // serde encodes the reply of a webhook, and decodes the JSON in a string.
    let dates = "{ type: array, items: { type: string, format: date-time } }";
    let webhook = format!(
        "webhooks: {{ made: {{ post: {{ responses: {{ '200': {{ description: Dates., content: {{ application/json: {{ schema: {dates} }} }} }} }} }} }} }}"
    );
    let string = format!(
        "paths: {{ /parts: {{ get: {{ operationId: part, responses: {{ '200': {{ description: A part., content: {{ application/json: {{ schema: {{ type: object, properties: {{ dates: {{ type: string, contentMediaType: application/json, contentSchema: {dates} }} }} }} }} }} }} }} }} }} }}"
    );
    for contents in [webhook, string] {
        let document = format!(
            "openapi: 3.1.0\ninfo: {{ title: Parts, version: '1' }}\nservers: [{{ url: https://parts.example }}]\n{contents}\n"
        );
        let manifest = cargo_toml_for(&document, "");
        let chrono = manifest.lines().find(|line| line.starts_with("chrono =")).expect("the dependency");
        assert!(chrono.contains(SERDE), "{document}\n{manifest}");
    }
    let with_jiff = cargo_toml("{ type: string, format: date }", "types.date_time = 'jiff'");
    assert!(with_jiff.contains("test-util = []") && !with_jiff.contains("chrono"), "{with_jiff}");
}

#[test]
fn built_in_dates_need_no_date_and_time_crate() {
    let schemas = [
        "{ type: string }",
        "{ type: string, format: date }",
        "{ type: array, items: { type: string, format: date-time } }",
    ];
    for schema in schemas {
        let manifest = cargo_toml(schema, "serialize = 'all'\ntypes.date_time = 'built-in'");
        let mut dependencies = manifest.lines().filter_map(|line| Some(line.split_once(" = ")?.0));
        assert_eq!(dependencies.find(|name| ["chrono", "jiff", "time"].contains(name)), None, "{manifest}");
        // The feature `test-util` has no `chrono/serde` either.
        assert!(!manifest.contains("chrono"), "{manifest}");
    }
}

#[test]
fn programs_can_decode_maps_of_the_standard_library() {
    // serde implements its traits for `HashMap` only with this feature, and a program may have no other crate that enables it.
    let manifest = cargo_toml("{ type: string }", "");
    let serde_core = manifest.lines().find(|line| line.starts_with("serde_core ="));
    assert!(serde_core.is_some_and(|line| line.contains("\"std\"")), "{serde_core:?}");
}

/// The operations and webhooks of documents, in which `SCHEMA` is the only place of a schema.
const PLACES: &[&str] = &[
    "paths: { /p: { get: { operationId: p, parameters: [{ name: q, in: query, schema: SCHEMA }], responses: { '204': { description: d } } } } }",
    "paths: { /p: { get: { operationId: p, parameters: [{ name: q, in: query, schema: { type: string, contentMediaType: application/json, contentSchema: { type: array, items: SCHEMA } } }], responses: { '204': { description: d } } } } }",
    "paths: { /p: { get: { operationId: p, parameters: [{ name: q, in: query, content: { application/json: { schema: { type: array, items: SCHEMA } } } }], responses: { '204': { description: d } } } } }",
    "paths: { /p: { post: { operationId: p, requestBody: { content: { application/json: { schema: { type: array, items: SCHEMA } } } }, responses: { '204': { description: d } } } } }",
    "paths: { /p: { post: { operationId: p, requestBody: { content: { application/x-ndjson: { schema: SCHEMA } } }, responses: { '204': { description: d } } } } }",
    "paths: { /p: { post: { operationId: p, requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { part: SCHEMA } } } } }, responses: { '204': { description: d } } } } }",
    "paths: { /p: { get: { operationId: p, responses: { '200': { description: d, content: { application/json: { schema: SCHEMA } } } } } } }",
    "paths: { /p: { get: { operationId: p, responses: { '200': { description: d, content: { application/json: { schema: { type: array, items: SCHEMA } } } } } } } }",
    "paths: { /p: { get: { operationId: p, responses: { '200': { description: d, content: { application/json: { schema: { type: object, properties: { field: SCHEMA } } } } } } } } }",
    "paths: { /p: { get: { operationId: p, responses: { '200': { description: d, content: { application/x-ndjson: { schema: SCHEMA } } } } } } }",
    "paths: { /p: { get: { operationId: p, responses: { '204': { description: d }, '400': { description: d, content: { application/json: { schema: { type: object, properties: { field: SCHEMA } } } } } } } } }",
    "paths: { /p: { get: { operationId: p, responses: { '204': { description: d, headers: { X-Value: { schema: SCHEMA } } } } } } }",
    "webhooks: { w: { post: { requestBody: { content: { application/json: { schema: { type: array, items: SCHEMA } } } }, responses: { '204': { description: d } } } } }",
    "webhooks: { w: { post: { responses: { '200': { description: d, content: { application/json: { schema: { type: array, items: SCHEMA } } } } } } } }",
    "webhooks: { w: { post: { parameters: [{ name: q, in: query, schema: SCHEMA }], responses: { '204': { description: d } } } } }",
];

#[test]
fn the_files_of_the_types_of_the_runtime_are_generated_wherever_the_types_are() {
    let types = [
        ("{ type: string, format: date-time }", "runtime::Timestamp", "timestamp"),
        ("{ type: string, format: date }", "runtime::Date", "date"),
        ("{ type: string, format: duration }", "IsoDuration", "iso_duration"),
        ("{ type: array, prefixItems: [{ type: string }, { type: integer }], items: false }", "(String, i64)", "tuple"),
    ];
    for place in PLACES {
        for (schema, name, file) in types {
            let contents = place.replace("SCHEMA", schema);
            let document = format!(
                "openapi: 3.1.0\ninfo: {{ title: Parts, version: '1' }}\nservers: [{{ url: https://parts.example }}]\n{contents}\n"
            );
            let files = files_for(&document, "types.date_time = 'built-in'\nerrors.models = true");
            let uses_type = files.iter().any(|(path, text)| !path.starts_with("src/runtime/") && text.contains(name));
            // Header values of these types are strings.
            let is_string = place.contains("X-Value") && !matches!(file, "timestamp" | "date");
            assert_eq!(uses_type, !is_string, "{contents}");
            assert!(is_string || files.get(&format!("src/runtime/model/{file}.rs")).is_some(), "{contents}");
        }
    }
}
