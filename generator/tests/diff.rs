//! The semantic diff: its outputs, its verdicts about webhooks, and documents with many renames.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use std::fmt::Write;

use bindery::compare::{AcceptedDifferences, Pair};
use bindery::diagnostics::render::Style;
use bindery::diff::{self, Report, Snapshot, Verdict};
use bindery::source::Source;
use pulldown_cmark::{Event, Options, Parser, TagEnd};

const CONFIG: &str = "crate = { name = 'pets', version = '0.1.0' }\n";

fn snapshot(document: &Source, config: &str) -> Snapshot {
    let config = Source::new("codegen.toml", config);
    let (snapshot, diagnostics) = Snapshot::read(document, &config);
    snapshot.unwrap_or_else(|| panic!("{}", diagnostics.render(document, &config, Style::Plain)))
}

fn report(old: &Source, new: &Source) -> Report {
    diff::diff(&snapshot(old, CONFIG), &snapshot(new, CONFIG))
}

/// One pair of documents, with two renames, required parameters and properties, a tighter limit, a removed value, a deprecation and
/// additions, in each output.
#[test]
fn the_outputs_match_their_snapshots() {
    let old = Source::new("pets.old.yaml", include_str!("fixtures/diff/pets.old.yaml"));
    let new = Source::new("pets.new.yaml", include_str!("fixtures/diff/pets.new.yaml"));
    let report = report(&old, &new);
    let sources = Pair { ours: &new, theirs: &old };
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path("snapshots/diff");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (name, text) in [
        ("text", diff::terminal(&report, sources, Style::Plain)),
        ("markdown", diff::markdown(&report, sources, "")),
        ("github", diff::github(&report, sources)),
        ("changelog", diff::changelog(&report)),
    ] {
        let name = format!("renames_required_parameter_removed_value_deprecation_addition-{name}");
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}

const SHIPS: &str = "
openapi: 3.1.0
info: { title: Ships, version: 1.0.0 }
servers: [{ url: https://ships.example.com }]
paths:
  /watches:
    post:
      operationId: createWatch
      requestBody:
        content: { application/json: { schema: { type: object, properties: { url: { type: string } } } } }
      callbacks:
        onWatch:
          '{$request.body#/url}':
            post:
              requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Sighting' } } } }
              responses: { '204': { description: ok } }
      responses: { '204': { description: ok } }
webhooks:
  shipArrived:
    post:
      parameters: [{ name: X-Port, in: header, schema: { type: string } }]
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Arrival' } } } }
      responses:
        '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Berth' } } } }
        '403': { description: no }
  shipLeft:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Departure' } } } }
      responses: { '200': { description: ok } }
components:
  schemas:
    Arrival:
      type: object
      required: [name, tonnage, flag]
      properties:
        name: { type: string }
        tonnage: { type: integer }
        flag: { type: string, enum: [NL, DE] }
        pilot: { type: string }
    Departure: { type: object, required: [at], properties: { at: { type: string } } }
    Sighting: { type: object, required: [where], properties: { where: { type: string } } }
    Berth: { type: object, required: [number], properties: { number: { type: integer }, note: { type: string, maxLength: 80 } } }
";

/// A program decodes the payload of a webhook, and sends the response. So a change of the payload breaks decoding, and a change of
/// the response breaks what the program sends.
#[test]
fn webhooks_have_verdicts_in_their_direction() {
    let payload = "schema: { $ref: '#/components/schemas/Departure' }";
    // The change, the code and the title, and the verdicts: old programs decode new payloads, new programs decode old payloads, the
    // API accepts the responses of old programs.
    for (from, to, expected, verdicts) in [
        (
            "name: { type: string }",
            "name: { type: boolean }",
            "D0727 type of property `name` of schema `Arrival` changed from string to boolean",
            "bb.",
        ),
        (
            "required: [name, tonnage, flag]",
            "required: [name, flag]",
            "D0721 property `tonnage` of schema `Arrival` is now optional",
            "b..",
        ),
        (
            "required: [name, tonnage, flag]",
            "required: [name, tonnage, flag, pilot]",
            "D0721 property `pilot` of schema `Arrival` is now required",
            ".b.",
        ),
        ("        pilot: { type: string }\n", "", "D0702 property `pilot` removed from schema `Arrival`", "..."),
        (
            "required: [name, tonnage, flag]\n      properties:\n        name: { type: string }",
            "required: [tonnage, flag]\n      properties:",
            "D0702 property `name` removed from schema `Arrival`",
            "b..",
        ),
        ("enum: [NL, DE]", "enum: [NL, DE, FR]", "D0633 value \"FR\" added to schema `Arrival.flag`", "..."),
        ("enum: [NL, DE]", "enum: [NL]", "D0633 value \"DE\" removed from schema `Arrival.flag`", "..."),
        ("name: X-Port", "name: X-Harbour", "D1502 header `X-Port` removed from webhook `shipArrived`", "..."),
        ("required: [where]", "required: []", "D0721 property `where` of schema `Sighting` is now optional", "b.."),
        (
            payload,
            "schema: { type: array, items: { type: string } }",
            "D1327 type of the payload of webhook `shipLeft` changed from object to array",
            "bb.",
        ),
        ("  shipLeft:", "  shipSank:", "D1203 webhook `shipLeft` renamed to `shipSank`", "..."),
        (
            "  shipLeft:",
            "  shipSank:",
            "D1265 webhook `shipSank` is now recognised by the name `shipSank`, not `shipLeft`",
            "bb.",
        ),
        (
            "required: [number]",
            "required: [number, note]",
            "D0721 property `note` of schema `Berth` is now required",
            "..b",
        ),
        (
            "maxLength: 80",
            "maxLength: 20",
            "D0741 `maxLength` of property `note` of schema `Berth` changed from 80 to 20",
            "..b",
        ),
        ("        '403': { description: no }\n", "", "D0302 response `403` removed from webhook `shipArrived`", "..b"),
        (
            "        onWatch:",
            "        onSighting:",
            "D1203 webhook `createWatch.onWatch` renamed to `createWatch.onSighting`",
            "...",
        ),
    ] {
        check_webhook(from, to, expected, verdicts);
    }
}

fn check_webhook(from: &str, to: &str, expected: &str, verdicts: &str) {
    assert!(SHIPS.contains(from), "{from}");
    let sources = [SHIPS.to_owned(), SHIPS.replacen(from, to, 1)].map(|text| Source::new("ships.yaml", text));
    let [old, new] = &sources;
    let report = report(old, new);
    let json: serde_json::Value =
        serde_json::from_str(&diff::json(&report, Pair { ours: new, theirs: old })).expect("JSON");
    let titles = json["changes"].as_array().expect("changes").iter().map(|change| {
        format!("{} {}", change["code"].as_str().unwrap_or_default(), change["title"].as_str().unwrap_or_default())
    });
    let titles: Vec<String> = titles.collect();
    let index = titles.iter().position(|title| title == expected);
    let index = index.unwrap_or_else(|| panic!("{expected} is not one of {titles:#?}"));
    let found = report.changes[index].verdicts;
    let letter = |verdict: Verdict| if verdict == Verdict::Breaking { 'b' } else { '.' };
    let letters: String = [found.old_clients, found.new_clients, found.request].map(letter).iter().collect();
    assert_eq!(letters, verdicts, "{expected}");
}

/// A change of the server, of the values that a parameter allows, or of how a parameter is written.
#[test]
fn requests_that_the_server_no_longer_takes_are_breaking() {
    let document = |server: &str, parameter: &str| {
        let text = format!(
            "openapi: 3.1.0\ninfo: {{ title: Pets, version: 1.0.0 }}\nservers: [{{ url: https://pets.example.com }}]\npaths:\n  \
             /pets:\n    get:\n      operationId: listPets\n{server}      parameters: [{{ name: kind, in: query, {parameter} }}]\n      \
             responses: {{ '204': {{ description: ok }} }}\n"
        );
        Source::new("pets.yaml", text)
    };
    let values = |values: &str| format!("schema: {{ type: string, enum: [{values}] }}");
    let list = |style: &str| format!("schema: {{ type: array, items: {{ type: string }} }}, {style}");
    let server = |name: &str| format!("      servers: [{{ url: https://{name}.example.com }}]\n");
    let (none, pets) = (String::new(), values("cat, dog"));
    for (old, new, is_breaking) in [
        ((&none, &pets), (&server("a"), &pets), true),
        ((&server("a"), &pets), (&server("b"), &pets), true),
        ((&server("a"), &pets), (&none, &pets), true),
        ((&none, &pets), (&none, &values("cat")), true),
        ((&none, &pets), (&none, &values("cat, dog, bird")), false),
        ((&none, &list("explode: false")), (&none, &list("style: pipeDelimited, explode: false")), true),
        ((&none, &list("explode: false")), (&none, &list("explode: true")), true),
        ((&none, &list("explode: true")), (&none, &list("style: form")), false),
    ] {
        let report = report(&document(old.0, old.1), &document(new.0, new.1));
        let is_found = report.changes.iter().any(|change| change.verdicts.request == Verdict::Breaking);
        assert_eq!(is_found, is_breaking, "{old:?} -> {new:?}: {:#?}", report.changes);
    }
}

/// Each schema and each property has another name. `counterparts` counts its steps in a unit test. Here, many names must be found.
#[test]
fn many_renamed_schemas_and_properties_are_found() {
    const COUNT: usize = 1_000;
    let document = |schema: &str, suffix: &str| {
        let mut schemas = String::new();
        let mut properties = String::new();
        for index in 0..COUNT {
            let _ = writeln!(
                schemas,
                "    {schema}{index}: {{ type: object, required: [key], properties: {{ key: {{ type: string }}, \
                 value{suffix}: {{ type: integer }} }} }}"
            );
            let _ = writeln!(properties, "        p{index}: {{ $ref: '#/components/schemas/{schema}{index}' }}");
            let _ = writeln!(properties, "        field{index}{suffix}: {{ type: string }}");
        }
        let text = format!(
            "openapi: 3.0.3\ninfo: {{ title: Pets, version: 1.0.0 }}\nservers: [{{ url: https://pets.example.com }}]\npaths:\n  \
             /all:\n    get:\n      operationId: fetchAll\n      responses: {{ '200': {{ description: ok, content: {{ application/json: \
             {{ schema: {{ $ref: '#/components/schemas/All' }} }} }} }} }}\ncomponents:\n  schemas:\n    All:\n      type: object\n      \
             properties:\n{properties}{schemas}"
        );
        Source::new("pets.yaml", text)
    };
    let report = report(&document("Old", ""), &document("New", "_in_metres"));
    let count = |code: &str| report.changes.iter().filter(|change| change.code == code).count();
    assert_eq!((count("D0603"), count("D0703"), report.changes.len()), (COUNT, 2 * COUNT, 3 * COUNT));
}

/// Asserts that a terminal shows all characters, and executes none.
fn assert_shows_all(output: &str) {
    assert!(!output.contains(|c: char| c != '\n' && (c.is_control() || c == '\u{202e}')), "{output:?}");
}

/// Names and values of a document may contain any characters. No output executes them or breaks at them.
#[test]
fn names_and_values_of_documents_are_escaped() {
    let document = |name: &str, limit: &str| {
        let text = format!(
            "openapi: 3.1.0\ninfo: {{ title: Pets, version: 1.0.0 }}\nservers: [{{ url: https://pets.example.com }}]\npaths:\n  \
             /pets:\n    get:\n      operationId: listPets\n      parameters: [{{ name: {name}, in: query, schema: {{ type: string, \
             pattern: {limit} }} }}]\n      responses: {{ '204': {{ description: ok }} }}\n"
        );
        Source::new("a%,:\n`|.yaml", text)
    };
    // A name, and how Markdown, a cell of a table, and GitHub show it.
    for (name, expected) in [
        (r#""a`b""#, [r"`a\u{60}b`"; 3]),
        (r#""a\nb\u001b[31m\u202e\u0085""#, [r"`a\nb\u{1b}[31m\u{202e}\u{85}`"; 3]),
        (r#""<b>@me|%""#, ["`<b>@me|%`", r"`<b>@me\|%`", "`<b>@me|%25`"]),
        (r#""a\\|b::""#, [r"`a\|b::`", r"`a\\u{7c}b::`", r"`a\|b::`"]),
    ] {
        let pattern = |number: usize| format!("'<i>@me *{number}* `x` ~'");
        let (old, new) = (document(name, &pattern(1)), document(name, &pattern(2)));
        let mut report = report(&old, &new);
        report.new_version = "0.1.0\u{202e}".to_owned();
        report.notes = vec!["at \u{1b}[31m".to_owned()];
        let sources = Pair { ours: &new, theirs: &old };
        let text = diff::terminal(&report, sources, Style::Plain);
        let [plain, cell, annotation] =
            expected.map(|name| format!("query parameter {name} of operation `listPets` changed from "));
        let (plain_value, value) = (r"<i>@me *1* \u{60}x\u{60} ~", r"\<i\>@&#8203;me \*1\* \\u{60}x\\u{60} \~");
        for (output, title) in [
            (&text, format!("{plain}{plain_value}")),
            (&diff::markdown(&report, sources, ""), format!("{cell}{value}")),
            (&diff::changelog(&report), format!("{plain}{value}")),
            (&diff::github(&report, sources), format!("title=D0242::`pattern` of {annotation}{plain_value}")),
        ] {
            assert!(output.contains(&title), "{title}\n---\n{output}");
            assert_shows_all(output);
        }
        let json = diff::json(&report, sources);
        assert_shows_all(&json);
        let parsed: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let title = format!("`pattern` of {plain}{plain_value} to {}", plain_value.replace('1', "2"));
        assert_eq!(parsed["changes"][0]["title"], title);
        let entries = diff::accepted_entries(&report);
        assert_shows_all(&entries);
        let accepted =
            AcceptedDifferences::parse(&entries.replace("reason = \"\"", "reason = 'A test.'")).expect("TOML");
        let patterns = report.changes.iter().flat_map(diff::Change::patterns);
        let lines: Vec<String> = patterns.map(|pattern| pattern.replace(r"\*", "*")).collect();
        assert!(lines.iter().all(|line| accepted.accepts(line)), "{lines:?}\n{entries}");
        // The table of the rendered Markdown has a header and one row with six cells each, and nothing is HTML.
        let markdown = diff::markdown(&report, sources, "");
        let events: Vec<Event> = Parser::new_ext(&markdown, Options::ENABLE_TABLES).collect();
        let cells = events.iter().filter(|event| matches!(event, Event::End(TagEnd::TableCell)));
        assert_eq!(cells.count(), 12, "{markdown}");
        assert!(!events.iter().any(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_))), "{markdown}");
        assert!(text.contains(r"--> a%,:\n`|.yaml:8:"), "{text}");
        assert!(diff::github(&report, sources).contains(r"file=a%25%2C%3A\n`|.yaml,line=8"));
    }
}

/// A comment on GitHub has at most 65,536 characters.
#[test]
fn a_comment_leaves_out_what_has_no_room() {
    let document = |count: usize, limit: usize| {
        let mut text = "openapi: 3.1.0\ninfo: { title: Pets, version: 1.0.0 }\nservers: [{ url: https://pets.example.com }]\npaths:\n  \
             /pets:\n    post:\n      operationId: createPet\n      requestBody: { content: { application/json: { schema: { $ref: \
             '#/components/schemas/Pet' } } } }\n      responses: { '204': { description: ok } }\ncomponents:\n  schemas:\n    Pet:\n      \
             type: object\n      properties:\n"
            .to_owned();
        let deprecated = limit == 8;
        for index in 0..count {
            let name = format!("q{index}{}", "ä".repeat(100));
            let _ = writeln!(text, "        {name}: {{ type: integer, maximum: {limit} }}");
            let _ = writeln!(text, "        d{index}: {{ type: string, deprecated: {deprecated} }}");
        }
        Source::new("pets.yaml", text)
    };
    let command = format!("bindery diff '{}o`ld.yaml' new.yaml", "spec/".repeat(100));
    for (count, expected) in [(9, None), (260, Some("compatible")), (330, Some("breaking"))] {
        let (old, new) = (document(count, 9), document(count, 8));
        let report = report(&old, &new);
        let markdown = diff::markdown(&report, Pair { ours: &new, theirs: &old }, &command);
        let (rows, entries) = (markdown.matches("\n| D0745 |").count(), markdown.matches("\n- D0725: ").count());
        let last = markdown.lines().last().unwrap_or_default();
        let left_out = |number: usize, noun: &str| match number {
            0 => String::new(),
            number => format!("{number} {noun} changes"),
        };
        let parts = [left_out(count - rows, "breaking"), left_out(count - entries, "compatible")];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let line = format!("Left out for lack of room: {}. This command prints all: ``{command}``", parts.join(", "));
        assert_eq!(last, if expected.is_some() { &line } else { "</details>" });
        assert_eq!(
            expected,
            match (count - rows, count - entries) {
                (0, 0) => None,
                (0, _) => Some("compatible"),
                _ => Some("breaking"),
            }
        );
        assert!(markdown.chars().count() <= 65_000 && (count == 9 || markdown.chars().count() > 64_000));
        assert_eq!(markdown.contains("<details>"), markdown.contains("</details>"));
        assert!(markdown.lines().filter(|line| line.starts_with('|')).all(|line| line.ends_with('|')));
    }
    let (old, new) = (document(1, 9), document(1, 8));
    let mut report = report(&old, &new);
    report.notes = vec!["a".repeat(70_000)];
    let markdown = diff::markdown(&report, Pair { ours: &new, theirs: &old }, &command);
    assert!(markdown.contains("Left out for lack of room: 1 line of the summary, 1 breaking change"), "{markdown}");
}

/// A reference that leads nowhere is a type of any values. The report names the warning about it.
#[test]
fn new_warnings_are_notes() {
    let broken = SHIPS.replace("$ref: '#/components/schemas/Departure'", "$ref: '#/components/schemas/Depature'");
    let [old, new] = [SHIPS, &broken].map(|text| Source::new("ships.yaml", text));
    let report = diff::diff(&snapshot(&old, CONFIG), &snapshot(&new, CONFIG));
    let [first, .., last] = report.notes.as_slice() else { panic!("{:?}", report.notes) };
    assert!(first.starts_with("the new version has a new warning: B0201: "), "{first}");
    assert_eq!(last, "`bindery check` shows the locations of these warnings");
    assert_eq!(diff::diff(&snapshot(&old, CONFIG), &snapshot(&old, CONFIG)).notes, Vec::<String>::new());
}
