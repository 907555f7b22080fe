//! The lines of code in reports of the semantic diff.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use bindery::compare::Pair;
use bindery::diagnostics::render::Style;
use bindery::diff::{self, Report, Snapshot};
use bindery::source::Source;

const PETS: &str = "
openapi: 3.1.0
info: { title: Pets, version: 1.0.0 }
servers: [{ url: https://pets.example.com }]
paths:
  /pets:
    post:
      operationId: createPet
      tags: [pets]
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
      responses: { '204': { description: ok } }
  /pets/{id}:
    get:
      operationId: fetchPet
      tags: [pets]
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } }
components:
  schemas:
    Pet: { type: object, required: [name], properties: { name: { type: string }, kind: { $ref: '#/components/schemas/Kind' } } }
    Kind: { type: string, enum: [cat, dog] }
";

fn snapshot(document: &Source, config: &str) -> Snapshot {
    let config = Source::new("codegen.toml", format!("crate = {{ name = 'pets', version = '0.1.0' }}\n{config}"));
    let (snapshot, diagnostics) = Snapshot::read(document, &config);
    snapshot.unwrap_or_else(|| panic!("{}", diagnostics.render(document, &config, Style::Plain)))
}

/// Returns the report about the replacements of texts in the document, and the new document.
fn report(replacements: &[(&str, &str)], configs: [&str; 2]) -> (Report, Pair<Source>) {
    let mut text = PETS.to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let sources = Pair { ours: Source::new("pets.yaml", text), theirs: Source::new("pets.yaml", PETS) };
    let report = diff::diff(&snapshot(&sources.theirs, configs[0]), &snapshot(&sources.ours, configs[1]));
    (report, sources)
}

/// Returns the code of each change, with its lines of code before and after it.
fn code_lines(report: &Report, sources: &Pair<Source>) -> Vec<String> {
    let json = diff::json(report, Pair { ours: &sources.ours, theirs: &sources.theirs });
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let changes = json["changes"].as_array().expect("changes").iter().flat_map(|change| {
        let lines = change["code_changes"].as_array().expect("lines").iter();
        lines.map(move |line| {
            let [before, after] = ["before", "after"].map(|key| line[key].as_str().unwrap_or("nothing"));
            format!("{} {before} -> {after}", change["code"].as_str().expect("a code"))
        })
    });
    changes.collect()
}

#[test]
fn lines_before_a_change_are_those_of_the_old_crate() {
    let parameter = "{ name: v, in: query, required: true, schema: { type: string } }";
    let with_parameter = format!("tags: [animals]\n      parameters: [{parameter}, {{ name: id");
    for (replacements, configs, expected) in [
        // The operation has another resource, and another parameter.
        (
            &[("tags: [pets]\n      parameters: [{ name: id", with_parameter.as_str())][..],
            ["", ""],
            &[
                "D0201 pets.fetch(id) -> animals.fetch_pet(id, v) // v: impl Into<String>",
                "D0104 pets.fetch(…) -> animals.fetch_pet(…)",
                "D0104 use pets::resources::pets::FetchPet; -> use pets::resources::animals::FetchPet;",
            ][..],
        ),
        // A schema with another name, and a property with another type.
        (
            &[
                ("schemas/Pet'", "schemas/Cat'"),
                ("    Pet:", "    Cat:"),
                ("schemas/Kind'", "schemas/Race'"),
                ("    Kind:", "    Race:"),
                ("name], properties", "name, kind], properties"),
            ],
            ["", ""],
            &[
                "D0721 let kind: Option<Kind> = pet.kind; -> let kind: Race = cat.kind;",
                "D0721 Pet::new(name) -> Cat::new(name, kind) // kind: impl Into<Race>",
                "D0721 pet.with_kind(value) -> nothing",
                "D0603 use pets::models::Pet; -> use pets::models::Cat;",
                "D0603 use pets::models::Kind; -> use pets::models::Race;",
            ],
        ),
        // The crate has another name as well.
        (
            &[("schemas/Pet'", "schemas/Cat'"), ("    Pet:", "    Cat:")],
            ["", "manifest.package.name = 'cats'\n"],
            &["D0603 use pets::models::Pet; -> use cats::models::Cat;", "D1401 use pets::…; -> use cats::…;"],
        ),
        // The operations of a resource are removed, and so is its handle.
        (
            &[("    post:", "    x-post:"), ("    get:", "    x-get:")],
            ["", ""],
            &[
                "D0102 pets.create(body) -> nothing",
                "D0102 pets.fetch(id) -> nothing",
                "D1060 impl Serialize for Pet -> impl Serialize for Pet // needs the feature \"test-util\"",
                "D1060 Pet::new(name) -> Pet::new(name) // needs the feature \"test-util\"",
                "D1060 pet.with_kind(value) // value: impl Into<Kind> -> pet.with_kind(value) // value: impl Into<Nullable<Kind>>, needs the feature \"test-util\"",
            ],
        ),
        // An enum that programs can no longer match completely.
        (
            &[],
            ["types.enum = 'closed'", ""],
            &[
                "D1060 match kind { … } -> match kind { …, _ => … }",
                "D1060 kind.as_str() // returns &'static str -> kind.as_str() // returns &str",
            ],
        ),
        // Items that programs lose unless they enable a feature.
        (
            &[("name: { type: string }", "name: { type: string, readOnly: true }")],
            ["", ""],
            &[
                "D1060 impl Serialize for Pet -> impl Serialize for Pet // needs the feature \"test-util\"",
                "D1060 Pet::new(name) -> Pet::new(name) // needs the feature \"test-util\"",
                "D1060 pet.with_kind(value) // value: impl Into<Kind> -> pet.with_kind(value) // value: impl Into<Nullable<Kind>>, needs the feature \"test-util\"",
                "D1060 pets.create(body) // body: impl Into<Pet> -> pets.create(body) // body: impl Into<PetInput>",
            ],
        ),
    ] {
        let (report, sources) = report(replacements, configs);
        assert_eq!(code_lines(&report, &sources), expected, "{replacements:?} {configs:?}");
    }
}
