//! Diagnostics as machines read them.

#![allow(clippy::expect_used, reason = "in tests and benchmarks a panic is the report")]

use bindery::diagnostics::{Diagnostic, Diagnostics, Location, code};
use bindery::source::{Pointer, Source};
use serde_json::{Value, json};

/// One diagnostic with all that one can have, on a path and with texts that want escapes.
fn found() -> (Diagnostics, Source, Source) {
    let document = Source::new("a,b:%/api.yaml", "openapi: 3.0.3\nüü: {x: 'ä'}\nlist:\n  - >\n    one\n    two\n");
    let at = |place: &str| Pointer::from_reference(place).expect("a pointer");
    let mut found = Diagnostics::default();
    let one = Diagnostic::error(code::WRONG_TYPE, Location::Value(at("#/üü/x")), "100% wrong,\r\nreally: so");
    found.push(one.label("here").related(Location::Key(at("#/list")), "and there").help("mend it"));
    found.push(Diagnostic::warning(code::SYNTAX, Location::Config(0..5), "odd").help("look"));
    found.push(Diagnostic::note(code::UNUSED_KEYWORD, Location::Value(at("#/list/0")), "two lines").help("see"));
    (found, document, Source::new("codegen.toml", "crate"))
}

#[test]
fn json_is_an_object_on_each_line() {
    let (found, document, config) = found();
    let lines: Vec<Value> =
        found.json(&document, &config).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let place = |line, column, end_column| json!({ "line": line, "column": column, "end_line": line, "end_column": end_column });
    let with = |mut place: Value, more: Value| {
        place.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        place
    };
    let related = with(place(3, 1, 5), json!({ "file": "a,b:%/api.yaml", "label": "and there" }));
    let first = with(
        place(2, 9, 12),
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
fn workflow_commands_escape_what_would_end_them() {
    let (found, document, config) = found();
    let lines: Vec<_> = found.github(&document, &config).lines().map(str::to_owned).collect();
    assert_eq!(
        lines[0],
        "::error file=a%2Cb%3A%25/api.yaml,line=2,endLine=2,col=9,endColumn=11,title=B0103::\
         100%25 wrong,%0D%0Areally: so%0Ahere%0Amend it"
    );
    // Columns are those of one line.
    assert!(lines[1].starts_with("::notice file=a%2Cb%3A%25/api.yaml,line=5,endLine=6,title="), "{}", lines[1]);
    assert_eq!(lines[2], "::warning file=codegen.toml,line=1,endLine=1,col=1,endColumn=5,title=B0101::odd%0Alook");
}

#[test]
fn what_is_denied_is_an_error_and_is_counted_as_one() {
    let (mut found, ..) = found();
    assert_eq!(found.counts(), "1 error, 1 warning, 1 note");
    found.deny(|one| one == code::WRONG_TYPE);
    assert_eq!(found.counts(), "1 error, 1 warning, 1 note");
    found.deny(|_| true);
    assert_eq!(found.counts(), "2 errors, 1 note", "a note is nothing to be denied");
}

#[test]
fn in_a_document_without_operations_no_model_is_unused() {
    let document = Source::new("models.yaml", include_str!("fixtures/ok/models.yaml"));
    assert!(bindery::unused(&document).iter().all(|note| note.code != code::UNUSED_COMPONENT));
}
