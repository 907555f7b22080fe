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
