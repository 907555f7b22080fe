//! The verdicts of the semantic diff: one change of a document or of codegen.toml in each row, with all changes that it must report.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use bindery::compare::Pair;
use bindery::diagnostics::render::Style;
use bindery::diff::{self, Report, Snapshot, Verdict};
use bindery::source::Source;

const CONFIG: &str = "crate = { name = 'pets', version = '0.1.0' }\n";

fn snapshot(document: &Source, config: &str) -> Snapshot {
    let config = Source::new("codegen.toml", format!("{CONFIG}{config}\n"));
    let (snapshot, diagnostics) = Snapshot::read(document, &config);
    snapshot.unwrap_or_else(|| panic!("{}", diagnostics.render(document, &config, Style::Plain)))
}

/// Returns the changes between two documents, in the format of the lines in [`ROWS`].
fn changes([old, new]: [(&str, &str); 2]) -> Vec<String> {
    let [old_source, new_source] = [old.0, new.0].map(|text| Source::new("pets.yaml", without_labels(text)));
    let report = diff::diff(&snapshot(&old_source, old.1), &snapshot(&new_source, new.1));
    titles(&report, Pair { ours: &new_source, theirs: &old_source })
}

/// Removes the labels in front of media types: `list: application/json: { … }`.
fn without_labels(text: &str) -> String {
    let mut text = text.to_owned();
    for label in ["list", "fail", "add", "save", "news", "hook", "reply"] {
        text = text.replace(&format!("{{ {label}: "), "{ ");
    }
    text
}

/// Documents with rows. A row begins with `====`. The text before `->` is replaced by the text after it. The last lines are the changes
/// that the report must have: the code, the verdicts, and the title. The letters of the verdicts stand for `source`, old clients, new
/// clients and `request`. A `.` is a compatible verdict.
const ROWS: [&str; 10] = [
    include_str!("fixtures/diff/verdicts/media_types.txt"),
    include_str!("fixtures/diff/verdicts/webhooks.txt"),
    include_str!("fixtures/diff/verdicts/pets.txt"),
    include_str!("fixtures/diff/verdicts/records.txt"),
    include_str!("fixtures/diff/verdicts/references.txt"),
    include_str!("fixtures/diff/verdicts/requests.txt"),
    include_str!("fixtures/diff/verdicts/more_media_types.txt"),
    include_str!("fixtures/diff/verdicts/titles.txt"),
    include_str!("fixtures/diff/verdicts/paging.txt"),
    include_str!("fixtures/diff/verdicts/unions.txt"),
];

/// Returns the document of a file with rows.
fn document(rows: &str) -> &str {
    rows.split_once("\n====\n").expect("rows").0
}

#[test]
fn changes_of_documents() {
    let (mut wrong, mut number) = (String::new(), 0);
    for rows in ROWS {
        let document = format!("{}\n", document(rows));
        for row in rows.split("\n====\n").skip(1) {
            let (from, rest) = row.split_once("\n->\n").expect("`->`");
            let is_change = |line: &&str| line.len() > 6 && line.starts_with('D') && line[1..5].parse::<u16>().is_ok();
            let lines: Vec<&str> = rest.trim_end_matches('\n').split('\n').collect();
            let expected: Vec<&str> = lines.iter().copied().filter(is_change).collect();
            let to = lines[..lines.len() - expected.len()].join("\n");
            assert!(document.contains(from), "{from}");
            let found = changes([(&document, ""), (&document.replace(from, &to), "")]);
            number += 1;
            if found != expected {
                wrong +=
                    &format!("====\n{from}\n->\n{to}\n{}\ninstead of\n{}\n", found.join("\n"), expected.join("\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(number > 60, "only {number} rows");
}

fn titles(report: &Report, sources: Pair<&Source>) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_str(&diff::json(report, sources)).expect("JSON");
    let titles =
        json["changes"].as_array().expect("changes").iter().map(|change| change["title"].as_str().unwrap_or_default());
    let line = |(change, title): (&diff::Change, &str)| {
        let verdicts = change.verdicts;
        let letters =
            [('s', verdicts.source), ('o', verdicts.old_clients), ('n', verdicts.new_clients), ('r', verdicts.request)];
        let letters = letters.map(|(letter, verdict)| if verdict == Verdict::Breaking { letter } else { '.' });
        format!("{} {} {title}", change.code, String::from_iter(letters))
    };
    report.changes.iter().zip(titles).map(line).collect()
}

/// The name of a path parameter is not sent.
#[test]
fn path_parameters() {
    let pets = document(ROWS[2]);
    let renamed = pets.replace("{id}", "{petId}").replace("name: id,", "name: petId,");
    let title = "path parameter `id` of operation `fetchPet` renamed to `petId`";
    for surface in ["surface = 'tags'", "surface = 'tree'"] {
        assert_eq!(changes([(pets, surface), (&renamed, surface)]), [format!("D0203 .... {title}")], "{surface}");
    }
    let retyped = renamed.replace(
        "in: path, required: true, schema: { type: string }",
        "in: path, required: true, schema: { type: integer }",
    );
    let expected = [
        "D0203 s... ",
        "D0227 s..r type of path parameter `petId` of operation `fetchPet` changed from string to int64",
    ];
    assert_eq!(changes([(pets, ""), (&retyped, "")]), [format!("{}{title}", expected[0]), expected[1].to_owned()]);
    let moved = renamed.replace("/pets/{petId}", "/animals/{petId}");
    let found = changes([(pets, ""), (&moved, "")]);
    assert!(found.contains(&format!("D0203 .... {title}")), "{found:#?}");
    assert!(found.iter().all(|change| !change.contains("D0201") && !change.contains("D0202")), "{found:#?}");
}

/// The same URLs with other servers.
#[test]
fn servers() {
    let orders = document(ROWS[5]);
    let server = "servers: [{ url: 'https://orders.example.com/v1' }]\n";
    let in_paths = orders
        .replace("/v1' }]\npaths", "' }]\npaths")
        .replace("  /orders:\n", "  /v1/orders:\n")
        .replace("  /orders/{id}", "  /v1/orders/{id}");
    let in_path_items = orders
        .replace(server, "")
        .replace("  /orders:\n", &format!("  /orders:\n    {server}"))
        .replace("  /orders/{id}:\n", &format!("  /orders/{{id}}:\n    {server}"));
    for new in [in_paths, in_path_items] {
        for surface in ["surface = 'tags'", "surface = 'tree'"] {
            let found = changes([(orders, surface), (&new, surface)]);
            let verdicts: Vec<&str> = found.iter().map(|change| &change[9..10]).collect();
            assert!(found.len() > 1 && verdicts.iter().all(|verdict| *verdict == "."), "{found:#?}");
        }
    }
}

/// A closed enum of codegen.toml makes no difference to requests.
#[test]
fn closed_enums() {
    let pets = document(ROWS[2]);
    let closed = "types.enum = 'closed'";
    for (configs, verdicts, change) in
        [(["", closed], "..n.", "from enum to closed enum"), ([closed, ""], "....", "from closed enum to enum")]
    {
        let found = changes(configs.map(|config| (pets, config)));
        for (schema, verdicts) in [("Pet", verdicts), ("New", "....")] {
            let expected = format!("D0727 {verdicts} type of property `kind` of schema `{schema}` changed {change}");
            assert!(found.contains(&expected), "{expected} is not one of {found:#?}");
        }
    }
}

/// An inline enum has a new type. The values that it no longer has are no additions.
#[test]
fn inline_enum() {
    let pets = document(ROWS[2]);
    let inline = pets
        .replace("$ref: '#/components/schemas/Kind'", "type: string, enum: [cat]")
        .replace("    Kind: { type: string, enum: [cat, dog] }\n", "");
    let [old, new] = [pets, inline.as_str()].map(|text| Source::new("pets.yaml", text));
    let report = diff::diff(&snapshot(&old, ""), &snapshot(&new, ""));
    let changelog = diff::changelog(&report);
    let added = changelog.split("### ").find(|section| section.starts_with("Added")).unwrap_or_default();
    assert!(!added.contains("removed"), "{changelog}");
    let found = titles(&report, Pair { ours: &new, theirs: &old });
    let lost: Vec<&String> = found.iter().filter(|change| change.contains("\"dog\"")).collect();
    assert_eq!(
        lost,
        [
            "D0633 s... value \"dog\" removed from schema `Pet.kind`",
            "D0633 ...r value \"dog\" removed from schema `New.kind`"
        ]
    );
}

/// The items of arrays are compared at any depth. The items of the last arrays have the path of those above them.
#[test]
fn deep_arrays() {
    let document = |depth: usize, item: &str, required: &str| {
        let ty = format!("{}{item}{}", "{ type: array, items: ".repeat(depth), " }".repeat(depth));
        format!(
            "openapi: 3.0.3\ninfo: {{ title: Pets, version: 1.0.0 }}\nservers: [{{ url: https://pets.example.com }}]\npaths:\n  \
             /pets:\n    post:\n      operationId: swap\n      requestBody: {{ content: {{ application/json: {{ schema: {ty} }} }} }}\n      \
             responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: {ty} }} }} }} }}\ncomponents:\n  \
             schemas:\n    Pet: {{ type: object, required: [{required}], properties: {{ name: {{ type: string }} }} }}\n"
        )
    };
    for (depth, location) in [
        (1, "the items"),
        (2, "the items of the items"),
        (3, "the items 3 levels deep"),
        (40, "the items 18 levels deep"),
    ] {
        let found =
            changes([(&document(depth, "{ type: string }", ""), ""), (&document(depth, "{ type: boolean }", ""), "")]);
        for (verdicts, node) in [("..r", "the JSON body"), ("on.", "response `200`")] {
            let title =
                format!("{verdicts} type of {location} of {node} of operation `swap` changed from string to boolean");
            assert!(found.iter().any(|change| change.ends_with(&title)), "{depth}: {title} is not one of {found:#?}");
        }
        let pet = "{ $ref: '#/components/schemas/Pet' }";
        let found = changes([(&document(depth, pet, ""), ""), (&document(depth, pet, "name"), "")]);
        assert_eq!(found, ["D0721 s.nr property `name` of schema `Pet` is now required"], "{depth}");
    }
}

const STREAMS: &str = "
openapi: 3.1.0
info: { title: Pets, version: 1.0.0 }
servers: [{ url: https://pets.example.com }]
paths:
  /chat:
    get:
      operationId: chat
      responses: { '200': { description: 'Ends with `data: [STOP]`.', content: { text/event-stream: { schema: { type: object } } } } }
  /news:
    get:
      operationId: watchNews
      responses: { '200': { description: 'Ends with `data: [STOP]`.', content: { text/event-stream: { schema: { type: object } } } } }
";

/// A client ends a stream at the items of its crate: those of codegen.toml, or else those of the document.
#[test]
fn ends_of_streams() {
    let other = STREAMS.replacen("[STOP]", "[END]", 1);
    let (stop, end, both) =
        ("streams.end = ['[STOP]']", "streams.end = ['[END]']", "streams.end = ['[STOP]', '[END]']");
    for (old, new, expected) in [
        (
            (STREAMS, ""),
            (other.as_str(), ""),
            &[
                "D0134 .o.. item `[END]` now ends the streams of operation `chat`",
                "D0134 ..n. item `[STOP]` no longer ends the streams of operation `chat`",
            ][..],
        ),
        (
            (STREAMS, stop),
            (&other, stop),
            &["D0134 .o.. item `[END]` now ends the streams of operation `chat`, but `streams.end` does not list it"],
        ),
        ((STREAMS, both), (&other, both), &[]),
        (
            (STREAMS, stop),
            (&other, both),
            &[
                "D0134 .o.. item `[END]` now ends the streams of operation `chat`",
                "D1460 .... `streams.end` of codegen.toml changed from [\"[STOP]\"] to [\"[STOP]\", \"[END]\"]",
            ],
        ),
        (
            (STREAMS, ""),
            (&other, stop),
            &["D0134 .o.. item `[END]` now ends the streams of operation `chat`, but `streams.end` does not list it"],
        ),
        (
            (STREAMS, both),
            (&other, stop),
            &[
                "D1460 ..n. `streams.end` of codegen.toml changed from [\"[STOP]\", \"[END]\"] to [\"[STOP]\"]",
                "D0134 .... item `[END]` now ends the streams of operation `chat`, but `streams.end` does not list it",
            ],
        ),
        ((STREAMS, ""), (STREAMS, stop), &[]),
        (
            (STREAMS, stop),
            (STREAMS, end),
            &["D1460 ..n. `streams.end` of codegen.toml changed from [\"[STOP]\"] to [\"[END]\"]"],
        ),
        ((STREAMS, stop), (STREAMS, "streams.operations.chat.end = ['[STOP]']"), &[]),
        (
            (STREAMS, stop),
            (STREAMS, "streams.operations.chat.end = ['[END]']"),
            &["D1401 ..n. `streams.operations.chat.end` of codegen.toml is now [\"[END]\"]"],
        ),
    ] {
        assert_eq!(changes([old, new]), expected, "{} -> {}", old.1, new.1);
    }
}

/// A program finds the name of an event where codegen.toml says, or else where the document has it.
#[test]
fn names_of_events() {
    let webhooks = document(ROWS[1]);
    let moved =
        webhooks.replace("type: { type: string, enum", "event: { type: string, enum").replace("[type,", "[event,");
    let both = webhooks.replace("type: { type: string, enum", "type: { type: string }, event: { type: string, enum");
    for (old, new, expected) in [
        (
            (webhooks, ""),
            (moved.as_str(), ""),
            &["D1460 .on. default of `webhooks.event` changed from [\"/type\"] to [\"/event\"]"][..],
        ),
        (
            (webhooks, "webhooks.event = '/type'"),
            (&both, "webhooks.event = '/type'"),
            &[
                "D1265 .on. webhook `shipArrived` is now recognised by the name `shipArrived`, not `ship.arrived`",
                "D1265 .on. webhook `shipLeft` is now recognised by the name `shipLeft`, not `ship.left`",
            ],
        ),
        (
            (webhooks, "webhooks.event_header = 'X-Event'"),
            (webhooks, ""),
            &[
                "D1401 .... default of `webhooks.event` is now [\"/type\"]",
                "D1402 .... `webhooks.event_header` of codegen.toml is no longer set; it was \"X-Event\"",
            ],
        ),
        (
            (
                &both.replace("event: { type: string, enum: [ship.left] }", "event: { type: string }"),
                "webhooks.event_header = 'X-Event'",
            ),
            (&both.replace("event: { type: string, enum: [ship.left] }", "event: { type: string }"), ""),
            &["D1402 ..n. `webhooks.event_header` of codegen.toml is no longer set; it was \"X-Event\""],
        ),
    ] {
        let mut found = changes([old, new]);
        found.retain(|change| change.contains("webhook"));
        assert_eq!(found, expected, "{} -> {}", old.1, new.1);
    }
}

/// The configurations of the pagination, and the titles.
#[test]
fn pagination() {
    let document = Source::new("pets.yaml", include_str!("fixtures/diff/settings.yaml"));
    let page = "paging = { page = 'page', items = '/pets' }";
    for (old, new, expected) in [
        (
            "",
            page,
            "operation `listPets` is now paginated: page number sent in `page`, items in `pets`, page size in `limit`",
        ),
        (page, "", "operation `listPets` is no longer paginated"),
        (
            page,
            "paging = { page = 'page', items = '/others' }",
            "pagination of operation `listPets` changed: items in `others` (before: items in `pets`)",
        ),
        (
            page,
            "paging = { offset = 'skip', items = '/pets' }",
            "pagination of operation `listPets` changed: offset sent in `skip` (before: page number sent in `page`)",
        ),
        (
            page,
            "paging = { page = 'page', items = '/pets', total = '/count' }",
            "pagination of operation `listPets` now uses: total in `count`",
        ),
    ] {
        let report = diff::diff(&snapshot(&document, old), &snapshot(&document, new));
        let found = titles(&report, Pair { ours: &document, theirs: &document });
        assert!(found.iter().any(|change| change.ends_with(expected)), "{expected} is not one of {found:#?}");
    }
}

/// Two schemas become one. The change that they share is reported once, so the number of changes is that of the names in titles.
#[test]
fn joined_schemas() {
    let separate = "
openapi: 3.0.3
info: { title: Pets, version: 1.0.0 }
servers: [{ url: https://pets.example.com }]
paths:
  /cats: { get: { operationId: listCats, responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Cat' } } } } } } }
  /dogs: { get: { operationId: listDogs, responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Dog' } } } } } } }
components:
  schemas:
    Cat: { type: object, properties: { name: { type: string } } }
    Dog: { type: object, properties: { name: { type: string } } }
";
    let joined = separate
        .replace("schemas/Cat'", "schemas/Animal'")
        .replace("schemas/Dog'", "schemas/Animal'")
        .replace("    Cat: { type: object, properties: { name: { type: string } } }\n", "")
        .replace(
            "Dog: { type: object, properties: { name: { type: string } } }",
            "Animal: { type: object, properties: { name: { type: string }, age: { type: integer } } }",
        );
    assert_eq!(
        changes([(separate, ""), (&joined, "")]),
        [
            "D0603 s... schema `Cat` renamed to `Animal`",
            "D0603 s... schema `Dog` renamed to `Animal`",
            "D0701 .... property `age` added to schema `Animal`"
        ]
    );
}

/// The report says what a program must write instead of a value that was replaced. It joins the values of one alternative.
#[test]
fn replaced_values() {
    for (rows, from, to, expected) in [
        (ROWS[2], "[cat, dog]", "[cat, hound]", "- Kind::Dog\n+ Kind::Hound"),
        (ROWS[9], "c: C, k: C", "c1: C, c2: C", "discriminator values \"c1\" and \"c2\" added to"),
    ] {
        let [old, new] =
            [document(rows), document(rows).replace(from, to).as_str()].map(|text| Source::new("pets.yaml", text));
        let report = diff::diff(&snapshot(&old, ""), &snapshot(&new, ""));
        let text = diff::markdown(&report, Pair { ours: &new, theirs: &old }, "");
        assert!(text.contains(expected), "{text}");
    }
}

/// A program can decode a schema that no operation uses.
#[test]
fn unused_schemas() {
    let document = |required: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{ title: Pets, version: 1.0.0 }}\npaths: {{}}\ncomponents:\n  schemas:\n    Pet: {{ type: object, \
             required: [{required}], properties: {{ name: {{ type: string }} }} }}\n"
        )
    };
    let found = changes([(&document(""), ""), (&document("name"), "")]);
    assert_eq!(found, ["D0721 s.n. property `name` of schema `Pet` is now required"]);
    // Next to an operation, the crate does not have the schema.
    let operation = "paths: { /x: { get: { operationId: x, responses: { '204': { description: ok } } } } }";
    let [old, new] = ["", "name"].map(|required| document(required).replace("paths: {}", operation));
    assert!(changes([(&old, ""), (&new, "")]).is_empty());
}

/// Cargo's manifest can give the crate another name, and another version.
#[test]
fn names_and_versions_in_the_manifest() {
    let pets = document(ROWS[2]);
    for (config, line) in [
        ("manifest.lib.name = 'ships'", "D1401 s... `manifest.lib.name` of codegen.toml is now \"ships\""),
        ("manifest.package.name = 'ships'", "D1401 s... `manifest.package.name` of codegen.toml is now \"ships\""),
        (
            "manifest.lib.crate-type = ['cdylib']",
            "D1401 s... `manifest.lib.crate-type` of codegen.toml is now [\"cdylib\"]",
        ),
    ] {
        assert_eq!(changes([(pets, ""), (pets, config)]), [line]);
    }
    let source = Source::new("pets.yaml", pets);
    let [old, new] = ["", "manifest.package.version = '5.0.0'"].map(|config| snapshot(&source, config));
    assert_eq!(diff::diff(&old, &new).new_version, "5.0.0");
}
