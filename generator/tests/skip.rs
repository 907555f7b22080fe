//! `on_error = "skip"` leaves out the operations that cannot be generated, and nothing else.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use std::collections::BTreeSet;

use bindery::Generated;
use bindery::diagnostics::render::Style;
use bindery::diagnostics::{Code, Diagnostics, OPERATION_ERRORS, Severity, code};
use bindery::source::Source;

/// The good operation of each document. It has parts that broken operations have as well.
const GOOD: &str = "openapi: 3.0.3
info: { title: Ships, version: 1.0.0 }
servers: [{ url: 'https://example.com' }]
paths:
  /good:
    get: { operationId: GetGood, responses: { '200': { description: Good., content: { application/json: { schema: { $ref: '#/components/schemas/Good' } } } } } }
";

/// The response of an operation that is broken for another reason.
const DONE: &str = "responses: { '204': { description: Done. } }";

fn generate(document: &Source, config: &str) -> (Option<Generated>, Diagnostics, String) {
    let config = Source::new("codegen.toml", format!("{config}\ncrate.name = 'ships'\n"));
    let (generated, diagnostics) = bindery::generate(document, &config);
    let rendered = diagnostics.render(document, &config, Style::Plain);
    (generated, diagnostics, rendered)
}

/// Returns the files of a crate, and its front page without the list of the operations that are left out.
fn files(generated: &Generated) -> Vec<(String, String)> {
    let without_list = |text: &str| match text.split_once("//!\n//! # Operations that are left out") {
        Some((before, list)) => {
            let after: Vec<&str> = list.lines().skip(1).skip_while(|line| line.starts_with("//!")).collect();
            format!("{before}{}\n", after.join("\n"))
        }
        None => text.to_owned(),
    };
    generated.files.iter().map(|(path, text)| (path.to_owned(), without_list(text))).collect()
}

/// Broken operations: the code of the error, the selector of the operation, its path, the components other than `Good`, and the
/// message.
fn broken() -> Vec<(Code, &'static str, String, String, &'static str)> {
    let nested = format!("{}{{ type: string }}{}", "{ type: array, items: ".repeat(60), " }".repeat(60));
    let combination = |index: usize| {
        let name = |index: usize| format!("$ref: '#/components/schemas/S{}'", index % 24);
        let [next, first, second] = [index + 1, 2 * index, 3 * index + 7].map(name);
        format!(
            "\n    S{index}: {{ properties: {{ a: {{ {next} }}, b: {{ allOf: [{{ {first} }}, {{ {second} }}] }}, c{index}: {{ type: string }} }} }}"
        )
    };
    let combinations: String = (0..24).map(combination).collect();
    let get = |content: &str| format!("/bad: {{ get: {{ operationId: bad, {content} }} }}");
    let response = |schema: &str| {
        get(&format!(
            "responses: {{ '200': {{ description: Bad., content: {{ application/json: {{ schema: {schema} }} }} }} }}"
        ))
    };
    let bad = "{ operation = 'bad' }";
    vec![
        (
            code::WRONG_TYPE,
            "{ path = '/bad' }",
            format!("/bad: {{ get: {{ operationId: [bad], {DONE} }} }}"),
            String::new(),
            "`operationId` must be a string",
        ),
        (
            code::MISSING_KEYWORD,
            bad,
            get(&format!("parameters: [{{ name: a, schema: {{}} }}], {DONE}")),
            String::new(),
            "`in` is missing",
        ),
        (
            code::UNKNOWN_KEYWORD,
            bad,
            get("responses: { okay: { description: Bad. } }"),
            String::new(),
            "`okay` is not a valid status code",
        ),
        (
            code::DANGLING_REFERENCE,
            bad,
            get(&format!("parameters: [{{ $ref: '#/components/parameters/A' }}], {DONE}")),
            String::new(),
            "unresolved reference `#/components/parameters/A`",
        ),
        (
            code::FOREIGN_REFERENCE,
            bad,
            get("responses: { '200': { $ref: 'other.yaml#/A' } }"),
            String::new(),
            "`other.yaml#/A` is not a reference to a local file",
        ),
        (
            code::CIRCULAR_REFERENCE,
            bad,
            response("{ $ref: '#/components/schemas/A' }"),
            "\n    A: { $ref: '#/components/schemas/B' }\n    B: { $ref: '#/components/schemas/A' }".to_owned(),
            "`#/components/schemas/A` is part of a reference cycle",
        ),
        (
            code::MISPLACED_REFERENCE,
            bad,
            get("responses: { '200': { $ref: '#/components/schemas/Good' } }"),
            String::new(),
            "`#/components/schemas/Good` does not refer to an object of `#/components/responses`",
        ),
        (code::TOO_DEEP, bad, response(&nested), String::new(), "schemas are nested more than 50 levels deep"),
        (
            code::TOO_MANY,
            bad,
            response("{ $ref: '#/components/schemas/S0' }"),
            combinations,
            "the document with its references expanded is larger than the generator allows",
        ),
        (
            code::UNSUPPORTED_BODY,
            bad,
            get(&format!("requestBody: {{ content: {{ 'applicationjson;version=1': {{ schema: {{}} }} }} }}, {DONE}")),
            String::new(),
            "`applicationjson;version=1` is not a valid media type",
        ),
        (
            code::BAD_PATH,
            "{ path = '/bad/{id.json' }",
            format!("'/bad/{{id.json': {{ get: {{ operationId: bad, {DONE} }} }}"),
            String::new(),
            "the path segment `{id.json` has unbalanced braces or an empty placeholder",
        ),
        (
            code::NAME_COLLISION,
            bad,
            response("{ $ref: '#/components/schemas/Bad' }"),
            "\n    Bad: { type: object, properties: { lower_a_u2192_b: { type: string }, a→b: { type: string }, a←b: { type: string } } }".to_owned(),
            "`a→b` has the same Rust name",
        ),
    ]
}

#[test]
fn each_error_of_an_operation_leaves_out_only_that_operation() {
    let mut codes = BTreeSet::new();
    for (code, selector, path, components, message) in broken() {
        let text = format!(
            "{GOOD}  {path}\ncomponents:\n  schemas:\n    Good: {{ type: object, properties: {{ name: {{ type: string }} }} }}{components}\n"
        );
        let document = Source::new("api.yaml", text);
        let (stopped, errors, _) = generate(&document, "");
        assert!(stopped.is_none(), "{code}");
        assert!(errors.iter().any(|error| error.code == code && error.severity == Severity::Error), "{code}");
        for config in ["on_error = 'skip'".to_owned(), format!("on_error_by_code = {{ {code} = 'skip' }}")] {
            let (generated, diagnostics, rendered) = generate(&document, &config);
            let generated = generated.unwrap_or_else(|| panic!("{code}: {rendered}"));
            let warning = diagnostics.iter().find(|diagnostic| diagnostic.code == code).expect("a warning");
            assert!(warning.message.starts_with(message) && warning.severity == Severity::Warning, "{rendered}");
            assert!(warning.label.contains("` is left out"), "{rendered}");
            let [left_out] = generated.api.left_out.as_slice() else { panic!("{code}: {rendered}") };
            assert!(left_out.reason == warning.message && left_out.path.starts_with("/bad"), "{code}: {left_out:?}");
            let front_page = generated.files.get("src/lib.rs").expect("a front page").replace("\n//!  ", "");
            assert!(front_page.contains(&format!("//! - `GET {}`", left_out.path)), "{front_page}");
            let (expected, _, rendered) = generate(&document, &format!("select.exclude = [{selector}]"));
            assert_eq!(files(&generated), files(&expected.unwrap_or_else(|| panic!("{code}: {rendered}"))), "{code}");
        }
        let others = format!("on_error = 'skip'\non_error_by_code = {{ {code} = 'stop' }}");
        assert!(generate(&document, &others).0.is_none(), "{code}");
        codes.insert(code);
    }
    assert_eq!(codes, BTreeSet::from(OPERATION_ERRORS));
}

/// A document in which operations share parts.
const SHARED: &str = "openapi: 3.1.0
info: { title: Ships, version: 1.0.0 }
servers: [{ url: 'https://example.com' }]
paths:
  /good: { get: { operationId: good, responses: { '200': { $ref: '#/components/responses/Ship' } } } }
  /one: { get: { operationId: one, parameters: [{ $ref: '#/components/parameters/Size' }], responses: {} } }
  /two: { parameters: [{ $ref: '#/components/parameters/Size' }], get: { operationId: two, responses: {} }, put: { operationId: three, responses: {} } }
  /four: { $ref: '#/components/pathItems/Four' }
  /five: { get: { operationId: five, responses: { '200': { $ref: '#/paths/~1six/get/responses/200' } } } }
  /six: { get: { operationId: six, responses: { '200': { description: A ship., content: { application/json: { schema: { $ref: '#/components/schemas/Boat' } } } } } }, put: { operationId: seven, responses: {} } }
  /eight: { get: { operationId: eight, responses: { '200': { description: A boat., content: { application/json: { schema: { $ref: '#/components/schemas/Vessel' } } } } } } }
components:
  parameters:
    Size: { name: size, in: query, schema: { type: integer } }
  responses:
    Ship: { description: A ship., content: { application/json: { schema: { $ref: '#/components/schemas/Ship' } } } }
  pathItems:
    Four: { parameters: [], get: { operationId: four, responses: {} }, put: { operationId: nine, responses: { '200': { $ref: '#/components/responses/Ship' } } } }
  schemas:
    Ship: { type: object, properties: { name: { type: string } } }
    Vessel: { type: object, required: [kind], properties: { kind: { type: string } }, discriminator: { propertyName: kind } }
    Boat: { allOf: [{ $ref: '#/components/schemas/Vessel' }, { type: object, properties: { oars: { type: integer } } }] }
";

/// Returns the operations that are left out of [`SHARED`] with a replaced text. Each must be in the label of a warning.
fn left_out(from: &str, to: &str) -> String {
    assert!(SHARED.contains(from), "{from}");
    let document = Source::new("api.yaml", SHARED.replace(from, to));
    let (generated, diagnostics, rendered) = generate(&document, "on_error = 'skip'\nsurface = 'tree'");
    let generated = generated.unwrap_or_else(|| panic!("{to}: {rendered}"));
    let names =
        generated.api.left_out.iter().map(|operation| format!("{} {}", operation.method.as_str(), operation.path));
    let names: Vec<String> = names.collect();
    let labels: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.label.as_str()).collect();
    for name in &names {
        let is_named = labels.iter().any(|label| label.contains("left out") && label.contains(&format!("`{name}`")));
        assert!(is_named, "{name}: {labels:?}");
    }
    names.join(", ")
}

#[test]
fn all_operations_that_depend_on_an_error_are_left_out() {
    for ((from, to), operations) in [
        (("Ship: { type: object", "Ship: { type: object"), ""),
        (("query, schema", "body, schema"), "GET /one, GET /two, PUT /two"),
        (("Four: { parameters: []", "Four: { parameters: 5"), "GET /four, PUT /four"),
        (("nine, responses: {", "nine, responses: { ok: {},"), "PUT /four"),
        (("$ref: '#/components/schemas/Boat'", "type: [{}]"), "GET /five, GET /six"),
        (("operationId: six", "operationId: six, tags: [[]]"), "GET /six"),
        (("oars: { type: integer", "oars: { type: [5, {}]"), "GET /five, GET /six, GET /eight"),
        (("name: { type: string", "name: { type: {}"), "GET /good, PUT /four"),
        (("kind: { type: string", "kind: { type: {}"), "GET /five, GET /six, GET /eight"),
    ] {
        assert_eq!(left_out(from, to), operations, "{to}");
    }
}

#[test]
fn errors_of_later_stages_are_found_after_others() {
    let collision = "type: object, properties: { lower_a_u2192_b: {}, a→b: {}, a←b: {} }";
    let text = SHARED.replace("operationId: six", "operationId: [six]").replace(
        "name: size, in: query, schema: { type: integer }",
        &format!("name: size, in: query, content: {{ application/json: {{ schema: {{ {collision} }} }} }}"),
    );
    let (generated, _, rendered) = generate(&Source::new("api.yaml", text), "on_error = 'skip'");
    let left_out: Vec<_> = generated.unwrap_or_else(|| panic!("{rendered}")).api.left_out;
    let paths: Vec<_> = left_out.iter().map(|operation| operation.path.as_str()).collect();
    assert_eq!(paths, ["/six", "/one", "/two", "/two"], "{rendered}");
}

#[test]
fn other_errors_stay_errors() {
    let broken = "/one: { get: { operationId: one, parameters: [{ $ref: '#/components/parameters/No' }]";
    let one = "/one: { get: { operationId: one, parameters: [{ $ref: '#/components/parameters/Size' }]";
    for (from, to, config, expected) in [
        ("openapi: 3.1.0", "openapi: 4.1.0", "on_error = 'skip'", code::VERSION),
        ("info: {", "info: { title: A,", "on_error = 'skip'", code::REPEATED_KEY),
        (
            "components:\n",
            "security: [{ a: [] }]\ncomponents:\n  securitySchemes: { a: { type: no } }\n",
            "on_error = 'skip'",
            code::WRONG_TYPE,
        ),
        (one, broken, "on_error = 'skip'\nselect.include = [{ operation = 'one' }]", code::CONFIG_VALUE),
        (one, broken, "on_error = 'stop'", code::DANGLING_REFERENCE),
        (one, broken, "on_error_by_code = { B0103 = 'skip' }", code::DANGLING_REFERENCE),
        (one, broken, "on_error = 'skip'\npaging.operations.one = { off = true }", code::CONFIG_VALUE),
    ] {
        let document = Source::new("api.yaml", SHARED.replace(from, to));
        let (generated, diagnostics, rendered) = generate(&document, config);
        let mut errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        assert!(generated.is_none() && errors.any(|error| error.code == expected), "{config} {to}: {rendered}");
    }
}

#[test]
fn codes_are_checked() {
    for (config, message, help) in [
        ("on_error_by_code.B047 = 'skip'", "`B047` is not a diagnostic code", "did you mean `B0407`?"),
        (
            "on_error_by_code.B0601 = 'skip'",
            "`B0601` is not a code of errors that leave out an operation",
            "write one of the codes `B0103`",
        ),
        ("on_error_by_code.B0407 = 'skp'", "`skp` is not a value of `on_error_by_code.B0407`", "did you mean `skip`?"),
        ("on_error = 'skp'", "`skp` is not a value of `on_error`", "did you mean `skip`?"),
    ] {
        let (_, diagnostics, rendered) = generate(&Source::new("api.yaml", SHARED), config);
        let error = diagnostics.iter().next().unwrap_or_else(|| panic!("{config}"));
        assert!(error.message == message && error.help.starts_with(help), "{rendered}");
    }
}

#[test]
fn the_mock_the_comparison_and_the_reports_have_the_same_operations() {
    let document = |media_type: &str| {
        let body = format!("put: {{ operationId: seven, requestBody: {{ content: {{ {media_type}: {{}} }} }}");
        let list = "operationId: good, responses: { '200': { description: Ships., content: { application/json: { schema: { type: array, items: {} } } } } } } }";
        let text = SHARED
            .replace("put: { operationId: seven", &body)
            .replace("operationId: good, responses: { '200': { $ref: '#/components/responses/Ship' } } } }", list);
        Source::new("api.yaml", text)
    };
    let config = Source::new("codegen.toml", "on_error = 'skip'");
    let api = |document: &Source| bindery::load(document, &config).0.expect("an API").0;
    let (broken, correct) = (document("json"), document("application/json"));
    assert_eq!(api(&broken).operations.len() + 1, api(&correct).operations.len());
    assert_eq!(bindery::compare::compare(&api(&broken), &api(&correct)).len(), 0);
    assert_eq!(bindery::compare::compare(&api(&correct), &api(&broken)).len(), 0);
    assert!(api(&broken).to_string().contains("left out PUT /six: `json` is not a valid media type"));
    let notes = |document: &Source| bindery::paging(document, &config).iter().count();
    assert!(notes(&broken) > 0 && notes(&broken) == notes(&correct));
}

#[test]
fn a_document_with_all_errors_generates_the_rest() {
    let text = include_str!("fixtures/skip/skip.yaml");
    let (generated, diagnostics, rendered) = generate(&Source::new("skip.yaml", text), "on_error = 'skip'");
    let generated = generated.unwrap_or_else(|| panic!("{rendered}"));
    let operations: Vec<_> = generated.api.operations.iter().map(|(_, operation)| operation.id.as_str()).collect();
    assert_eq!(operations, ["listShips", "createShip"]);
    let is_left_out = |code: &Code| {
        let mut warnings = diagnostics.iter().filter(|diagnostic| diagnostic.code == *code);
        warnings.any(|warning| warning.label.contains("left out"))
    };
    assert_eq!(OPERATION_ERRORS.iter().find(|code| !is_left_out(code)), None, "{rendered}");
    assert_eq!(generated.api.left_out.len(), OPERATION_ERRORS.len(), "{rendered}");
}
