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

/// Returns the changes between two documents: the code, the verdicts, and the title. The letters of the verdicts stand for `source`,
/// old clients, new clients and `request`. A `.` is a compatible verdict.
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

/// Checks rows: what is replaced in a document, and the changes that are reported.
#[track_caller]
fn check(document: &str, rows: &[(&str, &str, &[&str])]) {
    let mut wrong = String::new();
    for (from, to, expected) in rows {
        assert!(document.contains(from), "{from}");
        let found = changes([(document, ""), (&document.replace(from, to), "")]);
        if found != *expected {
            wrong += &format!(
                "@@{}\n{from}\n-> {to}\n{found:#?}\ninstead of {expected:#?}\n\n",
                std::panic::Location::caller().line()
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const MEDIA_TYPES: &str = "
openapi: 3.1.0
info: { title: Pets, version: 1.0.0 }
servers: [{ url: https://pets.example.com }]
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        '200': { description: ok, content: { list: application/json: { schema: { type: string } } } }
        '400': { description: no, content: { fail: application/json: { schema: { type: string } } } }
    post:
      operationId: addPet
      requestBody: { content: { add: application/json: { schema: { type: string } } } }
      responses: { '204': { description: ok } }
    put:
      operationId: savePet
      requestBody: { content: { save: application/x-www-form-urlencoded: { schema: { type: object, properties: { a: { type: string } } } } } }
      responses: { '204': { description: ok } }
  /news:
    get:
      operationId: watchNews
      responses: { '200': { description: ok, content: { news: application/x-ndjson: { schema: { type: string } } } } }
  /files:
    get:
      operationId: fetchFile
      responses: { '200': { description: ok, content: { application/json: { schema: { type: string } }, text/csv: { schema: { type: string } } } } }
webhooks:
  born:
    post:
      requestBody: { content: { hook: application/json: { schema: { type: object, properties: { name: { type: string } } } } } }
      responses: { '200': { description: ok, content: { reply: application/json: { schema: { type: string } } } } }
";

/// A client asks for the media types of its own document, and reads no others.
#[test]
fn media_types() {
    check(
        MEDIA_TYPES,
        &[
            (
                "list: application/json",
                "list: application/xml",
                &[
                    "D0318 .on. media type of response `200` of operation `listPets` changed from application/json to application/xml",
                ],
            ),
            (
                "list: application/json",
                "list: text/event-stream",
                &[
                    "D0318 son. media type of response `200` of operation `listPets` changed from application/json to text/event-stream",
                ],
            ),
            (
                "list: application/json",
                "list: application/x-ndjson",
                &[
                    "D0318 son. media type of response `200` of operation `listPets` changed from application/json to application/x-ndjson",
                ],
            ),
            (
                "list: application/json",
                "list: application/vnd.x+json",
                &[
                    "D0318 .on. media type of response `200` of operation `listPets` changed from application/json to application/vnd.x+json",
                ],
            ),
            (
                "list: application/json",
                "list: application/json; charset=utf-8",
                &[
                    "D0318 .... media type of response `200` of operation `listPets` changed from application/json to application/json; charset=utf-8",
                ],
            ),
            (
                "list: application/json",
                "list: application/*",
                &[
                    "D0318 .on. media type of response `200` of operation `listPets` changed from application/json to text/plain",
                ],
            ),
            (
                "news: application/x-ndjson",
                "news: application/json",
                &[
                    "D0318 son. media type of response `200` of operation `watchNews` changed from application/x-ndjson to application/json",
                    "D1002 s... re-export `Event` of the crate root removed",
                    "D1002 s... re-export `Values` of the crate root removed",
                ],
            ),
            (
                "news: application/x-ndjson",
                "news: text/event-stream",
                &[
                    "D0318 son. media type of response `200` of operation `watchNews` changed from application/x-ndjson to text/event-stream",
                ],
            ),
            (
                ", text/csv: { schema: { type: string } }",
                "",
                &[
                    "D0318 .o.. media type `text/csv` removed from response `200` of operation `fetchFile`",
                    "D1002 s... method `resources::files::FetchFile::as_csv()` removed",
                ],
            ),
            (
                "application/json: { schema: { type: string } }, text/csv",
                "text/csv",
                &[
                    "D0318 .o.. media type `application/json` removed from response `200` of operation `fetchFile`",
                    "D1002 s... method `resources::files::FetchFile::as_csv()` removed",
                ],
            ),
            (
                "text/csv: { schema",
                "text/tab-separated-values: { schema",
                &[
                    "D0318 .o.. media type of response `200` of operation `fetchFile` changed from text/csv to text/tab-separated-values",
                    "D1060 s... `resources::files::FetchFile`: `as_csv()` removed; `as_tab_separated_values()` added",
                ],
            ),
            (
                "add: application/json",
                "add: application/xml",
                &[
                    "D0218 ...r media type of the body `application/xml` of operation `addPet` changed from application/json to application/xml",
                ],
            ),
            (
                "add: application/json",
                "add: application/vnd.x+json",
                &[
                    "D0218 ...r media type of the JSON body of operation `addPet` changed from application/json to application/vnd.x+json",
                ],
            ),
            (
                "add: application/json",
                "add: application/x-ndjson",
                &[
                    "D0218 s..r media type of the body `application/x-ndjson` of operation `addPet` changed from application/json to application/x-ndjson",
                    "D1001 .... re-export `JsonLines` of the crate root added",
                ],
            ),
            (
                "add: application/json",
                "add: application/json; charset=utf-8",
                &[
                    "D0218 .... media type of the JSON body of operation `addPet` changed from application/json to application/json; charset=utf-8",
                ],
            ),
            (
                "save: application/x-www-form-urlencoded",
                "save: multipart/form-data",
                &[
                    "D0119 ...r operation `savePet` now takes a multipart body, not a form",
                    "D1001 .... re-export `Upload` of the crate root added",
                ],
            ),
            (
                "save: application/x-www-form-urlencoded",
                "save: application/json",
                &[
                    "D0119 ...r operation `savePet` now takes a body, not a form",
                    "D0202 s..r form field `a` removed from operation `savePet`",
                    "D0201 .... the JSON body added to operation `savePet`",
                    "D1001 .... type `models::SavePetBody` added",
                ],
            ),
            (
                "fail: application/json",
                "fail: application/problem+json",
                &[
                    "D0318 .... media type of response `400` of operation `listPets` changed from application/json to application/problem+json",
                ],
            ),
            (
                "hook: application/json",
                "hook: application/x-www-form-urlencoded",
                &[
                    "D1218 .... media type of webhook `born` changed from application/json to application/x-www-form-urlencoded",
                ],
            ),
            (
                "hook: application/json",
                "hook: application/xml",
                &[
                    "D1218 s... media type `application/json` removed from webhook `born`",
                    "D1302 so.. the payload removed from webhook `born`",
                    "D1002 s... module `models` of the crate root removed",
                    "D1002 s... type `models::BornPayload` removed",
                ],
            ),
            (
                "reply: application/json",
                "reply: application/xml",
                &[
                    "D0318 ...r media type of response `200` of webhook `born` changed from application/json to application/xml",
                ],
            ),
        ],
    );
}

const WEBHOOKS: &str = "
openapi: 3.1.0
info: { title: Ships, version: 1.0.0 }
servers: [{ url: 'https://{region}.{zone}.example.com', variables: { region: { default: eu, enum: [eu, us] }, zone: { default: a } } }]
paths:
  /pets: { get: { operationId: ping, responses: { '204': { description: ok } } } }
webhooks:
  shipArrived:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Arrival' } } } }
      responses: { '200': { description: ok } }
  shipLeft:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Departure' } } } }
      responses: { '200': { description: ok } }
components:
  schemas:
    Arrival: { type: object, required: [type, name], properties: { type: { type: string, enum: [ship.arrived] }, name: { type: string } } }
    Departure: { type: object, required: [type, at], properties: { type: { type: string, enum: [ship.left] }, at: { type: string } } }
";

#[test]
fn webhooks() {
    check(
        WEBHOOKS,
        &[
            (
                "ship.left",
                "ship.sank",
                &[
                    "D0633 s... value \"ship.left\" of schema `Departure.type` replaced by \"ship.sank\"",
                    "D1265 .on. webhook `shipLeft` is now recognised by the name `ship.sank`, not `ship.left`",
                ],
            ),
            (
                "[ship.left]",
                "[ship.left, ship.sank]",
                &[
                    "D1402 ..n. `webhooks.event` of codegen.toml is no longer set; it was [\"/type\"]",
                    "D1060 s... `models::Departure::new()` changed",
                    "D0633 .... value \"ship.sank\" added to schema `Departure.type`",
                ],
            ),
            ("  shipLeft:", "  shipSank:", &["D1203 s... webhook `shipLeft` renamed to `shipSank`"]),
            (
                "type: { type: string, enum: [ship.left] }",
                "type: { type: string }",
                &[
                    "D0727 s... type of property `type` of schema `Departure` changed from enum to string",
                    "D1402 ..n. `webhooks.event` of codegen.toml is no longer set; it was [\"/type\"]",
                    "D1002 s... type `models::DepartureType` removed",
                ],
            ),
            (
                "region",
                "area",
                &[
                    "D1602 ...r server variable `region` removed from the API",
                    "D1601 .... server variable `area` added to the API",
                ],
            ),
            (
                "{region}.",
                "",
                &["D0510 ...r server of the API changed from https://eu.a.example.com to https://a.example.com"],
            ),
            (
                "default: eu",
                "default: us",
                &["D0510 ...r server of the API changed from https://eu.a.example.com to https://us.a.example.com"],
            ),
            (
                "default: a ",
                "default: b ",
                &["D0510 ...r server of the API changed from https://eu.a.example.com to https://eu.b.example.com"],
            ),
            (
                "enum: [eu, us]",
                "enum: [eu]",
                &["D1633 ...r value \"us\" removed from server variable `region` of the API"],
            ),
            (
                "enum: [eu, us]",
                "enum: [eu, us, ap]",
                &["D1633 .... value \"ap\" added to server variable `region` of the API"],
            ),
            (
                "enum: [eu, us]",
                "enum: [eu, ap]",
                &["D1633 ...r value \"us\" of server variable `region` of the API replaced by \"ap\""],
            ),
            (
                ", enum: [eu, us]",
                "",
                &["D1627 .... type of server variable `region` of the API changed from closed enum to string"],
            ),
            (
                "default: a ",
                "default: a, enum: [a, b] ",
                &["D1627 ...r type of server variable `zone` of the API changed from string to closed enum"],
            ),
        ],
    );
}

const PETS: &str = "
openapi: 3.0.3
info: { title: Pets, version: 1.0.0 }
servers: [{ url: https://pets.example.com }]
security: [{ key: [] }]
paths:
  /pets/{id}:
    get:
      operationId: fetchPet
      security: [{ key: [], login: [] }]
      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
        - { name: X-Trace, in: header, schema: { type: string } }
        - { name: count, in: query, schema: { type: integer, minimum: 1, multipleOf: 4 } }
      responses:
        '200': { description: ok, headers: { X-Left: { schema: { type: integer } } }, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
  /pets:
    post:
      operationId: addPet
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/New' } } } }
      responses: { '204': { description: ok } }
    put: { operationId: tidyPets, responses: { '204': { description: ok } } }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    login: { type: http, scheme: bearer }
    spare: { type: http, scheme: basic }
  schemas:
    Pet:
      type: object
      required: [name, kind]
      properties:
        name: { type: string }
        note: { type: string }
        kind: { $ref: '#/components/schemas/Kind' }
    New:
      type: object
      required: [kind]
      properties: { kind: { $ref: '#/components/schemas/Kind' } }
    Kind: { type: string, enum: [cat, dog] }
";

#[test]
fn harmless_changes() {
    check(
        PETS,
        &[
            (
                "      security: [{ key: [], login: [] }]\n",
                "      security: []\n",
                &["D0112 .... operation `fetchPet` can now be called without credentials"],
            ),
            (
                "      security: [{ key: [], login: [] }]\n",
                "      security: [{ key: [], login: [] }, {}]\n",
                &["D0112 .... operation `fetchPet` can now be called without credentials"],
            ),
            (
                "      security: [{ key: [], login: [] }]\n",
                "",
                &[
                    "D0113 .... operation `fetchPet` now accepts the credentials `header X-Key`",
                    "D0113 .... operation `fetchPet` no longer accepts the credentials `header X-Key and bearer`",
                ],
            ),
            (
                "      security: [{ key: [], login: [] }]\n",
                "      security: [{ login: [] }]\n",
                &[
                    "D0113 .... operation `fetchPet` now accepts the credentials `bearer`",
                    "D0113 .... operation `fetchPet` no longer accepts the credentials `header X-Key and bearer`",
                ],
            ),
            (
                "      security: [{ key: [], login: [] }]\n",
                "      security: [{ spare: [] }]\n",
                &[
                    "D0113 ...r operation `fetchPet` no longer accepts the credentials `header X-Key and bearer`",
                    "D0113 .... operation `fetchPet` now accepts the credentials `basic`",
                ],
            ),
            (
                "security: [{ key: [] }]\n",
                "",
                &[
                    "D0112 .... operation `tidyPets` can now be called without credentials",
                    "D0112 .... operation `addPet` can now be called without credentials",
                ],
            ),
            (
                "    spare: { type: http, scheme: basic }\n",
                "",
                &[
                    "D0511 .... security scheme `basic` removed from the API",
                    "D1460 .... `client.credentials` of codegen.toml changed",
                ],
            ),
            (
                "put: { operationId: tidyPets,",
                "put: { operationId: tidyPets, requestBody: { content: { application/json: { schema: { type: string } } } },",
                &["D0201 .... the JSON body added to operation `tidyPets`"],
            ),
            (
                "put: { operationId: tidyPets,",
                "put: { operationId: tidyPets, requestBody: { required: true, content: { application/json: { schema: { type: string } } } },",
                &["D0201 s..r the required JSON body added to operation `tidyPets`"],
            ),
            (
                "put: { operationId: tidyPets,",
                "put: { operationId: tidyPets, requestBody: { content: { application/x-www-form-urlencoded: { schema: { type: object, properties: { a: { type: string } } } } } },",
                &[
                    "D0119 .... a form added to operation `tidyPets`",
                    "D0201 .... form field `a` added to operation `tidyPets`",
                ],
            ),
            ("X-Trace", "x-trace", &[]),
            ("X-Left", "x-left", &[]),
            (
                "multipleOf: 4",
                "multipleOf: 2",
                &["D0247 .... `multipleOf` of query parameter `count` of operation `fetchPet` changed from 4 to 2"],
            ),
            (
                "multipleOf: 4",
                "multipleOf: 8",
                &["D0247 ...r `multipleOf` of query parameter `count` of operation `fetchPet` changed from 4 to 8"],
            ),
            (
                "multipleOf: 4",
                "multipleOf: 3",
                &["D0247 ...r `multipleOf` of query parameter `count` of operation `fetchPet` changed from 4 to 3"],
            ),
            (
                ", multipleOf: 4",
                ", multipleOf: 1",
                &["D0247 .... `multipleOf: 4` removed from query parameter `count` of operation `fetchPet`"],
            ),
            ("minimum: 1", "minimum: 0, exclusiveMinimum: true", &[]),
            (
                "minimum: 1",
                "minimum: 1, exclusiveMinimum: true",
                &["D0243 ...r `minimum` of query parameter `count` of operation `fetchPet` changed from 1 to 2"],
            ),
            (
                "type: integer, minimum: 1",
                "type: integer, minimum: 0",
                &["D0243 .... `minimum` of query parameter `count` of operation `fetchPet` changed from 1 to 0"],
            ),
            (
                "      responses: { '204': { description: ok } }\n    put",
                "      responses: { '204': { description: ok }, '202': { description: ok } }\n    put",
                &["D0301 .... response `202` added to operation `addPet`"],
            ),
            (
                "      responses:\n        '200'",
                "      responses:\n        '201': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }\n        '200'",
                &["D0301 .... response `201` added to operation `fetchPet`"],
            ),
            (
                "      responses:\n        '200'",
                "      responses:\n        '204': { description: ok }\n        '200'",
                &["D0301 so.. response `204` added to operation `fetchPet`"],
            ),
            ("[name, kind]", "[name, note, kind]", &["D0721 s.n. property `note` of schema `Pet` is now required"]),
            (
                "        note: { type: string }",
                "        note: { type: string }\n        age: { type: integer }",
                &["D0701 .... property `age` added to schema `Pet`"],
            ),
            (
                "[name, kind]\n      properties:\n        name:",
                "[title, kind]\n      properties:\n        title:",
                &[
                    "D0701 ..n. required property `title` added to schema `Pet`",
                    "D0702 so.. property `name` removed from schema `Pet`",
                ],
            ),
            (
                "[name, kind]\n      properties:\n",
                "[name, kind, age]\n      properties:\n        age: { type: integer }\n",
                &[
                    "D0701 s.n. required property `age` added to schema `Pet`; `new` of the feature `test-util` now takes it",
                ],
            ),
            ("[cat, dog]", "[cat, hound]", &["D0633 s..r value \"dog\" of schema `Kind` replaced by \"hound\""]),
            (
                "[cat, dog]",
                "[cat, hound, bird]",
                &[
                    "D0633 s..r value \"dog\" removed from schema `Kind`",
                    "D0633 .... value \"hound\" added to schema `Kind`",
                    "D0633 .... value \"bird\" added to schema `Kind`",
                ],
            ),
            (
                "        kind: { $ref: '#/components/schemas/Kind' }\n    New",
                "        kind: { type: string, enum: [cat] }\n    New",
                &[
                    "D1060 s... `models::Pet`: `kind` changed",
                    "D0633 .... value \"dog\" removed from schema `Pet.kind`",
                    "D1001 .... type `models::PetKind` added",
                ],
            ),
        ],
    );
}

/// The name of a path parameter is not sent.
#[test]
fn path_parameters() {
    let renamed = PETS.replace("{id}", "{petId}").replace("name: id,", "name: petId,");
    let title = "path parameter `id` of operation `fetchPet` renamed to `petId`";
    for surface in ["surface = 'tags'", "surface = 'tree'"] {
        assert_eq!(changes([(PETS, surface), (&renamed, surface)]), [format!("D0203 .... {title}")], "{surface}");
    }
    let retyped = renamed.replace(
        "in: path, required: true, schema: { type: string }",
        "in: path, required: true, schema: { type: integer }",
    );
    let expected = [
        "D0203 s... ",
        "D0227 s..r type of path parameter `petId` of operation `fetchPet` changed from string to int64",
    ];
    assert_eq!(changes([(PETS, ""), (&retyped, "")]), [format!("{}{title}", expected[0]), expected[1].to_owned()]);
    let moved = renamed.replace("/pets/{petId}", "/animals/{petId}");
    let found = changes([(PETS, ""), (&moved, "")]);
    assert!(found.contains(&format!("D0203 .... {title}")), "{found:#?}");
    assert!(found.iter().all(|change| !change.contains("D0201") && !change.contains("D0202")), "{found:#?}");
}

/// An inline enum has a new type. The values that it no longer has are no additions.
#[test]
fn inline_enum() {
    let inline = PETS
        .replace("$ref: '#/components/schemas/Kind'", "type: string, enum: [cat]")
        .replace("    Kind: { type: string, enum: [cat, dog] }\n", "");
    let [old, new] = [PETS, &inline].map(|text| Source::new("pets.yaml", text));
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
    for (depth, place) in [
        (1, "the items"),
        (2, "the items of the items"),
        (3, "the items 3 levels deep"),
        (40, "the items 18 levels deep"),
    ] {
        let found =
            changes([(&document(depth, "{ type: string }", ""), ""), (&document(depth, "{ type: boolean }", ""), "")]);
        for (verdicts, node) in [("..r", "the JSON body"), ("on.", "response `200`")] {
            let title =
                format!("{verdicts} type of {place} of {node} of operation `swap` changed from string to boolean");
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
            &[
                "D0134 .o.. item `[END]` now ends the streams of operation `chat`, but codegen.toml does not have this item",
            ],
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
            &[
                "D0134 .o.. item `[END]` now ends the streams of operation `chat`, but codegen.toml does not have this item",
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
    let moved =
        WEBHOOKS.replace("type: { type: string, enum", "event: { type: string, enum").replace("[type,", "[event,");
    let both = WEBHOOKS.replace("type: { type: string, enum", "type: { type: string }, event: { type: string, enum");
    for (old, new, expected) in [
        (
            (WEBHOOKS, ""),
            (moved.as_str(), ""),
            &["D1460 .on. `webhooks.event` of codegen.toml changed from [\"/type\"] to [\"/event\"]"][..],
        ),
        (
            (WEBHOOKS, "webhooks.event = '/type'"),
            (&both, "webhooks.event = '/type'"),
            &[
                "D1265 .on. webhook `shipArrived` is now recognised by the name `shipArrived`, not `ship.arrived`",
                "D1265 .on. webhook `shipLeft` is now recognised by the name `shipLeft`, not `ship.left`",
            ],
        ),
        (
            (WEBHOOKS, "webhooks.event_header = 'X-Event'"),
            (WEBHOOKS, ""),
            &[
                "D1401 .... `webhooks.event` of codegen.toml is now [\"/type\"]",
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
            "pagination of operation `listPets` changed: total in `count` (before: not set)",
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

/// The report says what a program must write instead of a value that was replaced.
#[test]
fn replaced_values() {
    let [old, new] = [PETS, &PETS.replace("[cat, dog]", "[cat, hound]")].map(|text| Source::new("pets.yaml", text));
    let report = diff::diff(&snapshot(&old, ""), &snapshot(&new, ""));
    let text = diff::markdown(&report, Pair { ours: &new, theirs: &old });
    assert!(text.contains("- Kind::Dog\n+ Kind::Hound") || text.contains("-Kind::Dog\n+Kind::Hound"), "{text}");
}
