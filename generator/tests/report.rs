//! Tests the formats of diagnostics for programs.

#![allow(clippy::expect_used, reason = "in tests and benchmarks a panic is the report")]

use bindery::diagnostics::{Diagnostic, Diagnostics, Location, code};
use bindery::source::{Pointer, Source};
use serde_json::{Value, json};

/// Returns three diagnostics. One of them has a label, a help and a related location. Their texts and the path of the
/// document contain characters that must be escaped.
fn diagnostics() -> (Diagnostics, Source, Source) {
    let document = Source::new("a,b:%/api.yaml", "openapi: 3.0.3\nüü: {x: 'ä'}\nlist:\n  - >\n    one\n    two\n");
    let pointer = |reference: &str| Pointer::from_reference(reference).expect("a pointer");
    let mut diagnostics = Diagnostics::default();
    let error = Diagnostic::error(code::WRONG_TYPE, Location::Value(pointer("#/üü/x")), "100% wrong,\r\nreally: so");
    diagnostics.push(error.label("here").related(Location::Key(pointer("#/list")), "and there").help("mend it"));
    diagnostics.push(Diagnostic::warning(code::SYNTAX, Location::Config(0..5), "odd").help("look"));
    diagnostics
        .push(Diagnostic::note(code::UNUSED_KEYWORD, Location::Value(pointer("#/list/0")), "two lines").help("see"));
    (diagnostics, document, Source::new("codegen.toml", "crate"))
}

#[test]
fn json_output_has_one_object_per_line() {
    let (diagnostics, document, config) = diagnostics();
    let lines: Vec<Value> =
        diagnostics.json(&document, &config).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let range = |line, column, end_column| json!({ "line": line, "column": column, "end_line": line, "end_column": end_column });
    let with = |mut object: Value, properties: Value| {
        object.as_object_mut().expect("an object").extend(properties.as_object().expect("an object").clone());
        object
    };
    let related = with(range(3, 1, 5), json!({ "file": "a,b:%/api.yaml", "label": "and there" }));
    let first = with(
        range(2, 9, 12),
        json!({ "file": "a,b:%/api.yaml", "code": "B0103", "severity": "error", "message": "100% wrong,\r\nreally: so",
                "label": "here", "help": "mend it", "related": [related] }),
    );
    assert_eq!(lines[0], first);
    assert_eq!((&lines[1]["code"], &lines[1]["severity"]), (&json!("B0108"), &json!("note")));
    assert_eq!(
        (&lines[2]["file"], &lines[2]["line"], &lines[2]["end_column"]),
        (&json!("codegen.toml"), &json!(1), &json!(6))
    );
    assert_eq!(lines.len(), 3);
}

#[test]
fn special_characters_of_workflow_commands_are_escaped() {
    let (diagnostics, document, config) = diagnostics();
    let lines: Vec<_> = diagnostics.github(&document, &config).lines().map(str::to_owned).collect();
    assert_eq!(
        lines[0],
        "::error file=a%2Cb%3A%25/api.yaml,line=2,endLine=2,col=9,endColumn=11,title=B0103::\
         100%25 wrong,%0D%0Areally: so%0Ahere%0Amend it"
    );
    // If a range has several lines, the annotation has no columns.
    assert!(lines[1].starts_with("::notice file=a%2Cb%3A%25/api.yaml,line=5,endLine=6,title="), "{}", lines[1]);
    assert_eq!(lines[2], "::warning file=codegen.toml,line=1,endLine=1,col=1,endColumn=5,title=B0101::odd%0Alook");
}

#[test]
fn denied_warnings_are_counted_as_errors() {
    let (mut diagnostics, ..) = diagnostics();
    assert_eq!(diagnostics.counts(), "1 error, 1 warning, 1 note");
    diagnostics.deny(|denied| denied == code::WRONG_TYPE);
    assert_eq!(diagnostics.counts(), "1 error, 1 warning, 1 note");
    diagnostics.deny(|_| true);
    assert_eq!(diagnostics.counts(), "2 errors, 1 note", "notes cannot be denied");
}

#[test]
fn no_model_is_unused_in_a_document_without_operations() {
    let document = Source::new("models.yaml", include_str!("fixtures/ok/models.yaml"));
    assert!(
        bindery::unused(&document, &Source::new("codegen.toml", ""))
            .iter()
            .all(|note| note.code != code::UNUSED_COMPONENT)
    );
}

#[test]
fn unused_keywords_of_unselected_operations_are_not_reported() {
    let text = "openapi: 3.1.0
info: { title: Ships, version: 1.0.0, contact: { name: Ana } }
paths:
  /ships: { get: { operationId: ships, responses: { '200': { $ref: '#/components/responses/Ship' } } } }
  /crew: { get: { operationId: crew, responses: { '200': { $ref: '#/components/responses/Crew' } } } }
components:
  responses:
    Ship: { description: A ship., content: { application/json: { schema: { type: string, $comment: ship } } } }
    Crew: { description: Crew., content: { application/json: { schema: { type: string, $comment: crew } } } }
    None: { description: Nothing. }
";
    let document = Source::new("api.yaml", text);
    let notes = |config: &str| {
        let notes = bindery::unused(&document, &Source::new("codegen.toml", config));
        notes.iter().map(|note| format!("{:?}", note.location)).collect::<Vec<_>>().join(" ")
    };
    for (config, has_ship, has_crew) in [("", true, true), ("select.include = [{ operation = 'ships' }]", true, false)]
    {
        let notes = notes(config);
        assert!(notes.contains("contact") && notes.contains("responses/None"), "{config}: {notes}");
        assert_eq!(notes.contains("responses/Ship/"), has_ship, "{config}: {notes}");
        assert_eq!(notes.contains("responses/Crew"), has_crew, "{config}: {notes}");
    }
}
