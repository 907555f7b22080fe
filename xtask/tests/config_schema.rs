//! The JSON schema of codegen.toml accepts the same files as the parser.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::fs;
use std::path::Path;

use bindery::config;
use bindery::diagnostics::{Diagnostics, code};
use bindery::source::Source;
use jsonschema::Validator;

/// Returns whether a configuration is valid according to the schema and to the parser. Returns `None` if the
/// configuration is not TOML.
fn is_valid(schema: &Validator, text: &str) -> Option<(bool, bool)> {
    let json = serde_json::to_value(text.parse::<toml::Table>().ok()?).unwrap();
    let mut diagnostics = Diagnostics::default();
    config::parse(&Source::new("codegen.toml", text), &mut diagnostics);
    // Only these codes count: the schema cannot describe errors that depend on the document.
    let codes = [code::CONFIG_SYNTAX, code::CONFIG_UNKNOWN_KEY];
    let has_errors = diagnostics.iter().any(|diagnostic| codes.contains(&diagnostic.code));
    Some((schema.is_valid(&json), !has_errors))
}

fn schema() -> Validator {
    jsonschema::validator_for(&config::json_schema().parse().unwrap()).unwrap()
}

#[test]
fn the_schema_and_the_parser_agree_on_all_files_of_this_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for folder in [
        "spec",
        "generated/src/mock",
        "generator/cli/examples/build-script",
        "generator/cli/examples/committed",
        "generator/tests/fixtures/ok",
        "generator/tests/fixtures/err",
    ] {
        for path in fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()) {
            if path.extension().is_none_or(|extension| extension != "toml") || path.ends_with("Cargo.toml") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let Some((schema, parser)) = is_valid(&schema(), &text) else { continue };
            assert_eq!(schema, parser, "{}", path.display());
            *(if schema { &mut valid } else { &mut invalid }) += 1;
        }
    }
    assert!(valid > 30 && invalid > 5, "{valid} valid files, {invalid} files with errors");
}

#[test]
fn the_schema_and_the_parser_agree_on_values_of_each_type() {
    let schema = schema();
    for config::Row { key, example, .. } in config::rows() {
        assert_eq!(is_valid(&schema, example), Some((true, true)), "{key}");
        let name = key.rsplit(['.', ']']).next().unwrap();
        let mut rejected = 0;
        for value in ["true", "-1", "7", "1.5", "'all'", "[]", "['/a']", "[['a']]", "{}", "{ a = 1 }", "{ a = {} }"] {
            let mut table: toml::Table = example.parse().unwrap();
            replace(&mut table, name, &toml::from_str::<toml::Table>(&format!("v = {value}")).unwrap()["v"]);
            let text = table.to_string();
            let (by_schema, by_parser) = is_valid(&schema, &text).unwrap();
            assert_eq!(by_schema, by_parser, "{key}: {text}");
            rejected += usize::from(!by_schema);
        }
        assert!(rejected > 5, "{key}");
    }
}

/// Replaces the first value with a key.
fn replace(table: &mut toml::Table, name: &str, with: &toml::Value) -> bool {
    if let Some(value) = table.get_mut(name) {
        *value = with.clone();
        return true;
    }
    table.iter_mut().any(|(_, value)| match value {
        toml::Value::Table(table) => replace(table, name, with),
        toml::Value::Array(items) => {
            items.iter_mut().any(|item| item.as_table_mut().is_some_and(|table| replace(table, name, with)))
        }
        _ => false,
    })
}
