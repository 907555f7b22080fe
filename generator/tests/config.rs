//! The description of the keys of codegen.toml: the committed reference and the committed schema are up to date. The
//! parser accepts the example of each key, and rejects a value of a different type at its location.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use std::ops::Range;

use bindery::config::{self, FORMAT_TYPES, Row};
use bindery::diagnostics::{Diagnostics, Location, code};
use bindery::source::Source;
use toml::de::{DeTable, DeValue};

fn parse(text: &str) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let config = config::parse(&Source::new("codegen.toml", text), &mut diagnostics);
    assert!(config.is_some() || diagnostics.has_errors(), "{text}");
    diagnostics
}

fn row(key: &str) -> Row {
    config::rows().into_iter().find(|row| row.key == key).expect("a key")
}

#[test]
fn the_committed_reference_and_schema_are_up_to_date() {
    let page = include_str!("../../docs/configuration.md");
    assert!(page.contains(&config::table()), "run `cargo xtask codegen` to update docs/configuration.md");
    let schema = include_str!("../../docs/codegen.schema.json");
    assert!(schema == config::json_schema(), "run `cargo xtask codegen` to update docs/codegen.schema.json");
}

#[test]
fn every_key_has_a_valid_example_and_a_description() {
    for Row { key, example, description, .. } in config::rows() {
        let messages: Vec<_> = parse(example).iter().map(|diagnostic| diagnostic.message.clone()).collect();
        assert!(messages.is_empty(), "{key}: {messages:?}");
        let names = key.split(['.', '[', ']']).filter(|name| !name.is_empty());
        names.for_each(|name| assert!(example.contains(name), "{key}: {example}"));
        assert!(description.ends_with(['.', '`']), "{key}: {description}");
    }
}

/// Returns the byte ranges of the last segment of a key and of its value in an example.
fn ranges(key: &str, example: &str) -> (Range<usize>, Range<usize>) {
    let root = DeTable::parse(example).expect("valid TOML");
    let mut segments = key.split(['.', '[', ']']).filter(|segment| !segment.is_empty()).peekable();
    let mut table = root.get_ref();
    while let Some(segment) = segments.next() {
        let (name, value) = table.iter().find(|(name, _)| name.get_ref() == segment).expect("the key");
        if segments.peek().is_none() {
            return (name.span(), value.span());
        }
        table = match value.get_ref() {
            DeValue::Table(table) => table,
            DeValue::Array(items) => items[0].get_ref().as_table().expect("a table"),
            _ => panic!("`{segment}` is not a table in `{example}`"),
        };
    }
    panic!("{key} is not in `{example}`");
}

/// Returns a text in which a byte range is replaced.
fn replace(text: &str, range: Range<usize>, with: &str) -> String {
    [&text[..range.start], with, &text[range.end..]].concat()
}

#[test]
fn a_value_of_another_type_is_an_error_at_its_location() {
    for Row { key, example, .. } in config::rows() {
        let (_, range) = ranges(&key, example);
        // No key has a date as its value.
        let text = match example[range.end..].starts_with('.') {
            true => format!("{} = 2026-01-01", &example[..range.end]),
            false => replace(example, range.clone(), "2026-01-01"),
        };
        let start = text.find("2026").expect("the date");
        let diagnostics = parse(&text);
        let found: Vec<_> = diagnostics.iter().map(|diagnostic| (diagnostic.code, &diagnostic.location)).collect();
        assert_eq!(found, [(code::CONFIG_SYNTAX, &Location::Config(start..start + 10))], "{key}: {text}");
    }
}

#[test]
fn a_misspelled_key_is_suggested_at_every_level() {
    for Row { key, example, .. } in config::rows() {
        let (range, _) = ranges(&key, example);
        let name = &example[range.clone()];
        let text = replace(example, range.clone(), &format!("{name}x"));
        let diagnostics = parse(&text);
        let location = Location::Config(range.start..range.end + 1);
        let found = diagnostics.iter().find(|diagnostic| diagnostic.location == location).expect("a diagnostic");
        assert_eq!(found.code, code::CONFIG_UNKNOWN_KEY, "{text}");
        // For a misspelled short name, the suggestion can be a different key with a similar name.
        assert!(found.help.contains("did you mean `"), "{text}: {}", found.help);
        assert!(name.len() < 4 || found.help.contains(&format!("`{name}`")), "{text}: {}", found.help);
    }
}

#[test]
fn a_misspelled_value_is_suggested() {
    for (text, suggestion) in [
        ("serialize = 'al'", "all"),
        ("surface = 'tre'", "tree"),
        ("mock.rules = [{ at = [], filters = [{ parameter = '', property = '', test = 'at_last' }] }]", "at_least"),
    ] {
        let helps: Vec<_> = parse(text).iter().map(|diagnostic| diagnostic.help.clone()).collect();
        assert_eq!(helps, [format!("did you mean `{suggestion}`?")], "{text}");
    }
}

#[test]
fn a_key_of_another_table_is_suggested_with_its_path() {
    for (text, help) in [
        ("page_size = 'limit'", "move it: the key is `paging.page_size`"),
        ("[crate]\nserialize = 'all'", "move it above the first table: the key is `serialize`"),
        ("[paging]\nscheme = 'a'", "remove it; this table takes `next`"),
        (
            "rename = [{ at = '', to = '', reason = '', version = '' }]",
            "remove it; this table takes `at`, `to` and `reason`",
        ),
    ] {
        let helps: Vec<_> = parse(text).iter().map(|diagnostic| diagnostic.help.clone()).collect();
        assert!(helps.len() == 1 && helps[0].starts_with(help), "{text}: {helps:?}");
    }
}

#[test]
fn a_part_in_brackets_of_a_host_template_is_a_whole_label() {
    for (template, is_valid) in [
        ("{product}[.{edge}][.{region}].example.com", true),
        ("{product}.example[.{region}]", true),
        ("{product}[.{region}]-eu.example.com", false),
        ("[.{edge}]{product}.example.com", false),
    ] {
        let helps: Vec<_> = parse(&format!("client.host.template = '{template}'"))
            .iter()
            .map(|diagnostic| diagnostic.help.clone())
            .collect();
        let help =
            "write it like `{product}[.{edge}][.{region}].example.com`, with a dot or nothing after each bracket";
        assert_eq!(helps, if is_valid { Vec::new() } else { vec![help.to_owned()] }, "{template}");
    }
}

#[test]
fn the_reference_lists_the_types_of_formats() {
    let description = row("formats").description;
    let listed: Vec<&str> = description.split('`').skip(3).step_by(2).collect();
    assert_eq!(listed, FORMAT_TYPES, "{description}");
}

#[test]
fn a_selector_needs_a_key() {
    for (text, codes, location) in [
        ("select.exclude = [{}]", [code::CONFIG_VALUE].as_slice(), 18..20),
        ("select.include = [{ tag = 'a' }, {}]", &[code::CONFIG_VALUE], 33..35),
        ("select.include = [{ tga = 'a' }]", &[code::CONFIG_UNKNOWN_KEY], 20..23),
    ] {
        let diagnostics = parse(text);
        let found: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(found, codes, "{text}");
        assert_eq!(diagnostics.iter().next().map(|it| it.location.clone()), Some(Location::Config(location)), "{text}");
    }
}

#[test]
fn options_without_effect_have_a_reason() {
    let document = "
openapi: 3.1.0
info: { title: A, version: 1.0.0 }
servers: [{ url: https://a.example }]
paths:
  /a: { put: { operationId: putA, requestBody: { content: { application/octet-stream: { schema: { $ref: '#/components/schemas/File' } } } }, responses: { '200': { description: A., content: { application/json: { schema: { $ref: '#/components/schemas/Map' } } } } } } }
components:
  schemas:
    File: { type: string, format: binary }
    Map: { type: object, properties: { yes: { type: boolean, enum: [true] } }, propertyNames: { type: string } }
";
    for (at, option, message, help) in [
        ("File", "replace = 'u8'", ": bodies and parts of this schema are binary", "remove this entry"),
        ("Map/propertyNames", "replace = 'u8'", ": the keys of a map are strings", "remove this entry"),
        (
            "Map/properties/yes",
            "enum = 'closed'",
            ", which is a boolean",
            "remove it: a `bool` accepts no other values",
        ),
    ] {
        let config = format!("types.schemas = [{{ at = '#/components/schemas/{at}', {option} }}]");
        let (_, diagnostics) =
            bindery::generate(&Source::new("a.yaml", document), &Source::new("codegen.toml", config));
        let errors = diagnostics.iter().filter(|it| it.severity == bindery::diagnostics::Severity::Error);
        let errors: Vec<_> = errors.map(|it| (it.message.trim_end_matches(message), it.help.as_str())).collect();
        let [(rest, found_help)] = errors.as_slice() else { panic!("{at}: {errors:?}") };
        assert!(rest.ends_with(&format!("`#/components/schemas/{at}`")) && *found_help == help, "{rest} {found_help}");
    }
}
