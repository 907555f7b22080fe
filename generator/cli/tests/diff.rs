//! `bindery diff` with real files and a git repository.

#![allow(clippy::panic, clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

#[path = "diff/old_files.rs"]
mod old_files;
#[path = "diff/revisions.rs"]
mod revisions;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bindery_cli::diff::{Denied, Format, Max, Options, diff, line_since_head};
use bindery_cli::inputs::{Inputs, References};
use serde_json::Value;
use tempfile::TempDir;

const PETS: &str = "
openapi: 3.0.3
info: { title: Pets, version: 1.0.0 }
servers: [{ url: https://pets.example.com }]
paths:
  /pets:
    get:
      operationId: listPets
      parameters: [{ name: limit, in: query, schema: { type: integer, maximum: 100 } }]
      responses:
        '200': { description: ok, content: { application/json: { schema: { $ref: 'schemas.yaml#/Pets' } } } }
";

const SCHEMAS: &str = "
Pets: { type: array, items: { $ref: '#/Pet' } }
Pet: { type: object, required: [name], properties: { name: { type: string } } }
";

const OVERLAY: &str = "
overlay: 1.0.0
info: { title: O, version: 1.0.0 }
actions: [{ target: $.paths, update: { /extra: { get: { operationId: extra, responses: { '204': { description: ok } } } } } }]
";

const CONFIG: &str =
    "document = 'pets.yaml'\noverlays = ['pets.overlay.yaml']\ncrate = { name = 'pets', version = '0.1.0' }\n";

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    let output = Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Returns a repository with one commit, whose document has an overlay and a reference to another file.
fn repository() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let spec = folder.path().join("spec");
    fs::create_dir(&spec).unwrap();
    for (name, text) in
        [("pets.yaml", PETS), ("schemas.yaml", SCHEMAS), ("pets.overlay.yaml", OVERLAY), ("codegen.toml", CONFIG)]
    {
        fs::write(spec.join(name), text).unwrap();
    }
    git(folder.path(), &["init", "--quiet"]);
    commit(folder.path());
    (folder, spec)
}

/// Commits all files.
fn commit(folder: &Path) {
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "change"]);
}

fn since_head(spec: &Path) -> Options {
    Options { old: Some(spec.join("pets.yaml")), base: Some("HEAD".to_owned()), ..Options::default() }
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn a_document_is_compared_with_itself_at_a_revision() {
    let (_folder, spec) = repository();
    let options = since_head(&spec);
    assert_eq!(diff(&options).unwrap(), "no difference for callers; descriptions are not compared\n");
    // A file that the document refers to, and an overlay.
    replace(&spec.join("schemas.yaml"), "required: [name]", "required: []");
    replace(&spec.join("pets.overlay.yaml"), "/extra", "/more");
    let report = diff(&options).unwrap();
    for expected in [
        "property `name` of schema `Pet` is now optional",
        "HEAD:spec/schemas.yaml:3:",
        "- let name: String = pet.name;\n  + let name: Option<String> = pet.name;",
        "item: pets::models::Pet::name",
        "operation `extra` moved from `/extra` to `/more`",
        "2 breaking (major): next version 0.2.0",
        "warning: `crate.version` in codegen.toml is 0.1.0, but the changes since 0.1.0 require at least 0.2.0",
    ] {
        assert!(report.contains(expected), "{expected}\n{report}");
    }
    // A change of the configuration alone.
    git(&spec, &["checkout", "--quiet", "."]);
    replace(
        &spec.join("codegen.toml"),
        "'0.1.0' }",
        "'0.1.0' }\n[[rename]]\nat = '#/paths/~1extra/get'\nto = 'another'\nreason = 'A test.'",
    );
    let renamed = diff(&options).unwrap();
    assert!(renamed.contains("- client.extra()\n  + client.another()"), "{renamed}");
}

#[test]
fn the_check_the_largest_step_and_denied_verdicts_refuse_changes() {
    let (_folder, spec) = repository();
    replace(&spec.join("schemas.yaml"), "name: { type: string }", "name: { type: string }, age: { type: integer }");
    replace(&spec.join("pets.yaml"), "maximum: 100", "maximum: 50");
    let needs = |version: &str| {
        format!("`crate.version` in codegen.toml is 0.1.0, but the changes since 0.1.0 require at least {version}")
    };
    let exceeds = |step: &str, max: &str| format!("the changes need the step `{step}`, but `--max` is `{max}`");
    let denied = |name: &str| format!("1 change has the breaking verdict `{name}`, which `--deny` refuses");
    let all = vec![Denied::Request, Denied::Decode, Denied::Source];
    let run = |check: bool, max: Option<Max>, deny: Vec<Denied>| {
        diff(&Options { check, max, deny, ..since_head(&spec) }).map_err(|failure| {
            assert!(failure.output.contains("property `age` added to schema `Pet`") && failure.diagnostics.is_empty());
            failure.reason
        })
    };
    // The step is `minor`.
    assert_eq!(run(true, None, vec![]).unwrap_err(), needs("0.1.1"));
    assert_eq!(
        run(true, Some(Max::Patch), vec![]).unwrap_err(),
        format!("{}\n{}", exceeds("minor", "patch"), needs("0.1.1"))
    );
    assert_eq!(run(false, Some(Max::None), vec![]).unwrap_err(), exceeds("minor", "none"));
    assert_eq!(run(false, Some(Max::Minor), all.clone()).unwrap_err(), denied("request"));
    assert!(run(false, None, vec![Denied::Decode]).is_ok());
    replace(&spec.join("codegen.toml"), "0.1.0", "0.1.1");
    assert!(run(true, Some(Max::Minor), vec![]).is_ok());
    // A deliberate major step needs its version, and no `--max`.
    replace(&spec.join("schemas.yaml"), "required: [name]", "required: []");
    assert_eq!(run(true, None, vec![]).unwrap_err(), needs("0.2.0").replace("is 0.1.0", "is 0.1.1"));
    replace(&spec.join("codegen.toml"), "0.1.1", "0.2.0-rc.1");
    assert!(run(true, None, vec![]).is_ok());
    assert_eq!(run(true, Some(Max::Minor), vec![]).unwrap_err(), exceeds("major", "minor"));
    let expected = ["source", "decode", "request"].map(denied).join("\n");
    assert_eq!(run(true, None, all).unwrap_err(), expected);
    // A version that was lowered is refused without a change as well.
    git(&spec, &["checkout", "--quiet", "."]);
    replace(&spec.join("codegen.toml"), "0.1.0", "0.0.9");
    let options = Options { check: true, ..since_head(&spec) };
    let failure = diff(&options).unwrap_err();
    assert_eq!(failure.reason, "`crate.version` in codegen.toml is 0.0.9, which is less than the old version 0.1.0");
}

#[test]
fn the_report_and_the_refusals_have_their_own_streams_and_exit_codes() {
    let (_folder, spec) = repository();
    let changelog_without_changes = ["--base", "HEAD", "--changelog"];
    assert_runs(
        &spec,
        &changelog_without_changes,
        0,
        "",
        "note: there are no changes, so the changelog has no entry\n",
    );
    replace(&spec.join("pets.yaml"), "maximum: 100", "maximum: 50");
    for (arguments, code, output, error) in [
        (&["--base", "HEAD"][..], 0, "1 breaking (minor)", ""),
        (&["--base", "HEAD", "--deny", "source,request"], 1, "1 breaking (minor)", "verdict `request`"),
        (&["--base", "HEAD", "--check", "--format", "markdown"], 1, "| D0245 |", "require at least 0.1.1"),
        (
            &["--base", "HEAD", "--check", "--deny=request", "--format", "github"],
            1,
            "::error title=bindery diff::1 change has the breaking verdict `request`, which `--deny` refuses\n\
             ::error title=bindery diff::`crate.version` in codegen.toml is 0.1.0, but the changes since 0.1.0 require at least \
             0.1.1\n::warning file=",
            "require at least 0.1.1",
        ),
        (&["--base", "nowhere"], 2, "", "`nowhere` is not a commit"),
        (&["--base", "nowhere~1"], 2, "", "a branch of a server has a name"),
        (&["--base", "HEAD~9"], 2, "", "; the history is shorter"),
        (&["--base", "HEAD", "--accepted", "nowhere.toml"], 3, "", "cannot read nowhere.toml"),
    ] {
        assert_runs(&spec, arguments, code, output, error);
    }
    // A document with errors.
    replace(&spec.join("pets.yaml"), "'200': {", "'200': [");
    for (format, output, error) in [
        ("text", "", "error[B0101]"),
        ("github", "::error file=spec/pets.yaml,line=", "pets.yaml cannot be compared"),
        ("json", "\"severity\":\"error\"", "pets.yaml cannot be compared"),
    ] {
        assert_runs(&spec, &["--base", "HEAD", "--format", format], 1, output, error);
    }
}

/// Runs `bindery diff` in a folder, and checks its exit code, and what its streams contain. An empty string means an empty stream.
fn assert_runs(folder: &Path, arguments: &[&str], code: i32, output: &str, error: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
    let ran = command.current_dir(folder).arg("diff").args(arguments).output().unwrap();
    let [stdout, stderr] = [&ran.stdout, &ran.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert_eq!(ran.status.code(), Some(code), "{arguments:?}\n{stdout}{stderr}");
    assert!(stdout.contains(output) && stdout.is_empty() == output.is_empty(), "{arguments:?}\n{stdout}");
    assert!(stderr.contains(error) && stderr.is_empty() == error.is_empty(), "{arguments:?}\n{stderr}");
}

const SHOPS: &str = "
openapi: 3.0.3
info: { title: Shops, version: 1.0.0 }
servers: [{ url: https://shops.example.com }]
paths:
  /pets:
    get:
      operationId: listPets
      responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } }
  /shops:
    post:
      operationId: createShop
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Shop' } } } }
      responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Report' } } } } }
components:
  schemas:
    Pet: { type: object, required: [tag], properties: { tag: { $ref: '#/components/schemas/Tag' } } }
    Tag: { type: object, properties: { weight: { type: integer } } }
    Shop: { type: object, required: [pet], properties: { pet: { $ref: '#/components/schemas/Pet' } } }
    Report: { type: object, required: [text], properties: { text: { type: string } } }
";

#[test]
fn accepted_differences_are_left_out_with_what_follows_from_them() {
    let folder = TempDir::new().unwrap();
    let [old, new, list] = ["old.yaml", "new.yaml", "accepted.toml"].map(|name| folder.path().join(name));
    fs::write(&old, SHOPS).unwrap();
    fs::write(&new, SHOPS).unwrap();
    replace(&new, "weight: { type: integer }", "weight: { type: number }");
    replace(&new, "listPets", "fetchPets");
    replace(&new, "schema: { $ref: '#/components/schemas/Report' }", "schema: { type: string }");
    let options = Options { old: Some(old), new: Some(new), accepted: Some(list.clone()), ..Options::default() };
    let accept = |patterns: &[&str], format: Format| {
        let entry = |pattern: &&str| format!("[[difference]]\nwhere = ['{pattern}']\nreason = 'A test.'\n");
        fs::write(&list, patterns.iter().map(entry).collect::<String>()).unwrap();
        diff(&Options { format, ..options.clone() })
    };
    let [weight, id] = ["type Tag / property weight / type: *", "fetchPets / operationId: *"];
    let response = "createShop / response 200 / type: string, not object";
    for (patterns, expected) in [
        (&[][..], "D0104 D0327 D0727 D1002"),
        (&[weight], "D0104 D0327 D1002"),
        // The ID is the reason that the method has another name, and the response is the reason that there is no `Report`.
        (&[id, response], "D0727"),
        (&[id, weight, response], ""),
        (&["item models::Report: missing"], "D0104 D0327 D0727"),
    ] {
        let json: Value = serde_json::from_str(&accept(patterns, Format::Json).unwrap()).unwrap();
        let codes = json["changes"].as_array().unwrap().iter().map(|change| change["code"].as_str().unwrap());
        let mut codes: Vec<&str> = codes.collect();
        codes.sort_unstable();
        assert_eq!(codes.join(" "), expected, "{patterns:?}");
    }
    for (patterns, note) in [
        (&[id, weight, response][..], "4 accepted changes do not count for the version; only the changelog lists them"),
        (&["type Cat: missing"], "accepted.toml: 1 pattern matches no difference"),
        (
            &["type Tag / property weights / type: *"],
            "accepted.toml: no difference matches `type Tag / property weights / type: *`: \
             did you mean `type Tag / property weight / type: double, not int64`?",
        ),
    ] {
        let report = accept(patterns, Format::Text).unwrap();
        assert!(report.contains(note), "{report}");
    }
    // Callers see the accepted changes, so the changelog has them, but the version stays.
    accept(&[id, weight, response], Format::Text).unwrap();
    let changelog = diff(&Options { changelog: true, ..options.clone() }).unwrap();
    for expected in ["## [Unreleased]\n", "Type of property `weight`", "`Client::fetch_pets()`"] {
        assert!(changelog.contains(expected), "{changelog}");
    }
    // The printed entries only need reasons. Breaking changes come first.
    let entries = accept(&[], Format::Accepted).unwrap();
    let last_breaking = entries.rfind(" (breaking): ").unwrap();
    assert!(entries.find(" (compatible): ").is_none_or(|compatible| last_breaking < compatible), "{entries}");
    assert!(entries.contains("[[difference]]\nwhere = [\"type Tag / property weight / type: double, not int64\"]"));
    fs::write(&list, entries.replace("reason = \"\"", "reason = 'A test.'")).unwrap();
    assert!(diff(&options).unwrap().starts_with("no other difference for callers; descriptions are not compared\n"));
}

#[test]
fn an_accepted_difference_does_not_hide_other_changes_of_items() {
    let folder = TempDir::new().unwrap();
    let [old, new, list] = ["old.yaml", "new.yaml", "accepted.toml"].map(|name| folder.path().join(name));
    let parameter = |name: &str| format!("{{ name: {name}, in: query, required: true, schema: {{ type: string }} }}");
    for (path, names, response) in [(&old, ["a", "b"], ""), (&new, ["b", "a"], ", '404': { description: none }")] {
        fs::write(path, SHOPS).unwrap();
        let parameters = names.map(parameter).join(", ");
        replace(path, "operationId: listPets", &format!("operationId: listPets\n      parameters: [{parameters}]"));
        replace(path, "schemas/Report' } } } }", &format!("schemas/Report' }} }} }} }}{response}"));
    }
    fs::write(&list, "[[difference]]\nwhere = ['createShop / response 404: added']\nreason = 'A test.'\n").unwrap();
    let report = diff(&Options { old: Some(old), new: Some(new), accepted: Some(list), ..Options::default() }).unwrap();
    assert!(
        report.contains("D1060") && report.contains("note: 1 accepted change does not count for the version"),
        "{report}"
    );
}

#[test]
fn the_first_optional_parameter_of_an_operation_breaks_nothing() {
    let (_folder, spec) = repository();
    let parameters = "parameters: [{ name: x, in: query, schema: { type: string } }]";
    replace(&spec.join("pets.overlay.yaml"), "operationId: extra,", &format!("operationId: extra, {parameters},"));
    let report = diff(&since_head(&spec)).unwrap();
    assert!(report.contains("0 breaking, 1 addition (minor): next version 0.1.1"), "{report}");
}

#[test]
fn a_schema_of_another_media_type_of_a_response_is_compared() {
    let (_folder, spec) = repository();
    let json = "application/json: { schema: { $ref: 'schemas.yaml#/Pets' } }";
    let stream = "text/event-stream: { schema: { $ref: 'schemas.yaml#/Chunk' } }";
    replace(&spec.join("pets.yaml"), json, &format!("{json}, {stream}"));
    let chunk = "Chunk: { type: object, required: [delta], properties: { delta: { type: string } } }\n";
    fs::write(spec.join("schemas.yaml"), SCHEMAS.to_owned() + chunk).unwrap();
    git(&spec, &["commit", "--quiet", "-a", "-m", "stream"]);
    replace(&spec.join("schemas.yaml"), "delta: { type: string }", "delta: { type: integer }");
    let report = diff(&since_head(&spec)).unwrap();
    for expected in [
        "breaking[D0727]: type of property `delta` of schema `Chunk` changed from string to int64",
        "decode: old clients cannot read all new responses",
        "HEAD:spec/schemas.yaml:4:",
    ] {
        assert!(report.contains(expected), "{expected}\n{report}");
    }
    // An item that ends a stream.
    git(&spec, &["checkout", "--quiet", "."]);
    replace(&spec.join("pets.yaml"), "description: ok", "description: 'Ends with `data: [END]`.'");
    let report = diff(&since_head(&spec)).unwrap();
    assert!(report.contains("breaking[D0134]: item `[END]` now ends the streams of operation"), "{report}");
    // A method that is lost is named, and not its handle.
    git(&spec, &["checkout", "--quiet", "."]);
    replace(&spec.join("pets.yaml"), &format!(", {stream}"), "");
    let report = diff(&since_head(&spec)).unwrap();
    assert!(!report.contains("ClientHandle` removed") && !report.contains("Client` removed"), "{report}");
}

#[test]
fn the_formats_have_the_same_changes() {
    let (_folder, spec) = repository();
    replace(&spec.join("schemas.yaml"), "name: { type: string }", "name: { type: integer }");
    let with = |format: Format| diff(&Options { format, ..since_head(&spec) }).unwrap();
    let json: Value = serde_json::from_str(&with(Format::Json)).unwrap();
    let change = &json["changes"][0];
    assert_eq!(json["bump"], "major");
    assert_eq!(
        (&change["code"], &change["source"], &change["decode"], &change["request"]),
        (&"D0727".into(), &"breaking".into(), &"breaking".into(), &"compatible".into())
    );
    assert_eq!(change["items"][0], "pets::models::Pet::name");
    assert_eq!(change["code_changes"][0]["after"], "let name: i64 = pet.name;");
    let github = with(Format::Github);
    assert!(github.contains("\n::warning file=") && github.contains("title=D0727::"), "{github}");
    let markdown = with(Format::Markdown);
    assert!(markdown.contains("| **breaking** | **breaking**: old and new clients | ok |"), "{markdown}");
    assert!(markdown.contains("- let name: String = pet.name;\n+ let name: i64 = pet.name;"), "{markdown}");
    let changelog = diff(&Options { changelog: true, ..since_head(&spec) }).unwrap();
    assert!(changelog.starts_with("## [0.2.0]\n\n### Changed (breaking)\n"), "{changelog}");
}

#[test]
fn wrong_arguments_are_explained() {
    let old = Some(PathBuf::from("pets.yaml"));
    for (options, expected) in [
        (
            Options { old, ..Options::default() },
            "name another document, or a revision of pets.yaml, as in `bindery diff --base main pets.yaml`",
        ),
        (
            Options::default(),
            "name a revision, as in `bindery diff --base main`, or two documents, as in `bindery diff old.yaml new.yaml`",
        ),
        (
            Options { old: Some(PathBuf::from("-")), base: Some("HEAD".to_owned()), ..Options::default() },
            "`--base` needs a document in a git repository, not `-`",
        ),
    ] {
        assert_eq!(diff(&options).unwrap_err().reason, expected);
    }
}

#[test]
fn generate_says_what_changed_since_the_last_commit() {
    let (_folder, spec) = repository();
    let inputs = Inputs { document: Some(spec.join("pets.yaml")), config: None, references: References::default() };
    assert_eq!(line_since_head(&inputs), None);
    replace(&spec.join("schemas.yaml"), "name: { type: string }", "name: { type: string }, age: { type: integer }");
    let line = line_since_head(&inputs).unwrap();
    assert_eq!(line, "0 breaking, 1 addition since HEAD: next version 0.1.1 (bindery diff --base HEAD)");
}
