//! `on_error = "skip"` leaves out the operations that cannot be generated, and nothing else.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use std::collections::BTreeSet;

use bindery::Generated;
use bindery::diagnostics::render::Style;
use bindery::diagnostics::{Code, Diagnostics, OPERATION_ERRORS, Severity, code};
use bindery::ir::LeftOut;
use bindery::source::Source;

/// A document with two good operations, and one operation for each error.
const BROKEN: &str = include_str!("fixtures/skip/skip.yaml");

/// The broken operations of [`BROKEN`], and the starts of the messages.
const ERRORS: [(Code, &str, &str, &str); 12] = [
    (code::WRONG_TYPE, "put", "/ships", "`operationId` must be a string"),
    (code::MISSING_KEYWORD, "patch", "/ships", "`in` is missing"),
    (code::UNKNOWN_KEYWORD, "delete", "/ships", "`okay` is not a valid status code"),
    (code::DANGLING_REFERENCE, "get", "/ships/{id}", "unresolved reference `#/components/parameters/Fields`"),
    (code::FOREIGN_REFERENCE, "delete", "/ships/{id}", "`responses.yaml#/Done` is not a reference to a local file"),
    (code::CIRCULAR_REFERENCE, "get", "/fleets", "`#/components/schemas/Fleet` is part of a reference cycle"),
    (code::MISPLACED_REFERENCE, "patch", "/ships/{id}", "`#/components/schemas/Ship` does not refer to an object of"),
    (code::TOO_DEEP, "post", "/fleets", "schemas are nested more than 50 levels deep"),
    (code::TOO_MANY, "put", "/fleets", "the document with its references expanded is larger than"),
    (code::UNSUPPORTED_BODY, "put", "/ships/{id}", "`applicationjson;version=2018-01-01` is not a valid media type"),
    (code::BAD_PATH, "get", "/ships/{id", "the path segment `{id` has unbalanced braces"),
    (code::NAME_COLLISION, "patch", "/fleets", "`a→b` has the same Rust name `lower_a_u2192_b`"),
];

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

#[test]
fn each_error_of_an_operation_leaves_out_only_that_operation() {
    let document = Source::new("skip.yaml", BROKEN);
    let good = "{ operation = 'listShips' }, { operation = 'createShip' }";
    let (expected, _, rendered) = generate(&document, &format!("select.include = [{good}]"));
    let expected = files(&expected.unwrap_or_else(|| panic!("{rendered}")));
    for (code, method, path, message) in ERRORS {
        let select = format!("select.include = [{good}, {{ method = '{method}', path = '{path}' }}]");
        let generate = |policy: &str| generate(&document, &format!("{policy}\n{select}"));
        for policy in ["".to_owned(), format!("on_error = 'skip'\non_error_by_code = {{ {code} = 'stop' }}")] {
            let (generated, diagnostics, rendered) = generate(&policy);
            let mut errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
            assert!(generated.is_none() && errors.all(|error| error.code == code), "{code}: {rendered}");
        }
        for policy in ["on_error = 'skip'".to_owned(), format!("on_error_by_code = {{ {code} = 'skip' }}")] {
            let (generated, diagnostics, rendered) = generate(&policy);
            let generated = generated.unwrap_or_else(|| panic!("{code}: {rendered}"));
            let warning = diagnostics.iter().find(|diagnostic| diagnostic.code == code).expect("a warning");
            assert!(warning.message.starts_with(message) && warning.severity == Severity::Warning, "{rendered}");
            let name = format!("`{} {path}`", method.to_uppercase());
            assert!(warning.label.ends_with(&format!("{name} is left out")), "{rendered}");
            let [left_out] = generated.api.left_out.as_slice() else { panic!("{code}: {rendered}") };
            assert_eq!(left_out.reason, warning.message);
            let front_page = generated.files.get("src/lib.rs").expect("a front page").replace("\n//!  ", "");
            let id = left_out.id.as_ref().map(|id| format!(" (`{id}`)")).unwrap_or_default();
            assert!(front_page.contains(&format!("//! - {name}{id}: {}\n", left_out.reason)), "{front_page}");
            assert_eq!(files(&generated), expected, "{code}");
        }
    }
    assert_eq!(BTreeSet::from(ERRORS.map(|(code, ..)| code)), BTreeSet::from(OPERATION_ERRORS));
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
    let names: Vec<String> = generated.api.left_out.iter().map(LeftOut::name).collect();
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
        (("pathItems/Four' }", "pathItems/No' }"), "/four"),
        (("pathItems/Four' }", "pathItems/No', get: { operationId: four, responses: {} } }"), "/four"),
        (("Four: { parameters: []", "Four: { $ref: '#/components/pathItems/No'"), "/four"),
        (("Four: { parameters: []", "Four: { $ref: 'other.yaml'"), "/four"),
        (("{ $ref: '#/components/pathItems/Four' }", "5"), "/four"),
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
    let config = Source::new("codegen.toml", "on_error = 'skip'");
    let api = bindery::load(&Source::new("skip.yaml", BROKEN), &config).0.expect("an API").0;
    let operations: Vec<_> = api.operations.iter().map(|(_, operation)| operation.id.as_str()).collect();
    assert_eq!(operations, ["listShips", "createShip"]);
    let left_out =
        api.left_out.iter().filter_map(|it| Some((it.method.as_ref()?.as_str().to_lowercase(), it.path.clone())));
    let expected = ERRORS.iter().map(|(_, method, path, _)| ((*method).to_owned(), (*path).to_owned()));
    assert_eq!(left_out.collect::<BTreeSet<_>>(), expected.collect::<BTreeSet<_>>());
}

#[test]
fn a_path_with_an_unresolved_reference_can_be_selected() {
    let text = SHARED.replace("pathItems/Four' }", "pathItems/No' }");
    let exclude = "select.exclude = [{ path = '/four' }]";
    for config in [exclude.to_owned(), format!("on_error = 'skip'\n{exclude}")] {
        let (generated, _, rendered) = generate(&Source::new("api.yaml", text.clone()), &config);
        assert_eq!(generated.unwrap_or_else(|| panic!("{rendered}")).api.left_out.len(), 0);
    }
    let config = "on_error = 'skip'\nselect.exclude = [{ path = '/for' }]";
    let (_, diagnostics, rendered) = generate(&Source::new("api.yaml", text), config);
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let errors: Vec<_> = errors.map(|error| error.message.as_str()).collect();
    assert_eq!(errors, ["no path of an operation matches `/for`"], "{rendered}");
}

#[test]
fn a_path_without_a_slash_is_compared() {
    let config = Source::new("codegen.toml", "on_error = 'skip'");
    let correct = SHARED.replace("/good:", "good:");
    let broken = correct.replace("operationId: good", "operationId: [good]");
    let apis =
        [correct, broken].map(|text| bindery::load(&Source::new("api.yaml", text), &config).0.expect("an API").0);
    assert_eq!(apis[1].left_out.iter().map(LeftOut::name).collect::<Vec<_>>(), ["GET /good"]);
    assert_eq!(bindery::compare::compare(&apis[0], &apis[1]), []);
    assert_eq!(bindery::compare::compare(&apis[1], &apis[0]), []);
}

#[test]
fn entries_for_operations_that_are_left_out_say_so() {
    let text = SHARED.replace("operationId: one", "operationId: one, tags: [[]]");
    for config in [
        "paging.operations.one = { off = true }",
        "rename = [{ at = '#/paths/~1one/get', to = 'first', reason = 'a' }]",
        "mock.rules = [{ at = ['/one'], unique = ['name'] }]",
        "types.schemas = [{ at = '#/paths/~1one/get/responses/200/content/a/schema', replace = 'u8' }]",
    ] {
        let (_, diagnostics, rendered) =
            generate(&Source::new("api.yaml", text.clone()), &format!("on_error = 'skip'\n{config}"));
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let helps: Vec<_> = errors.map(|error| error.help.as_str()).collect();
        assert_eq!(helps, ["correct the errors of `GET /one`, which is left out, or remove this entry"], "{rendered}");
    }
}
