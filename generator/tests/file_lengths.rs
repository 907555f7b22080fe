//! A generated file with several types has at most 1,000 lines, also for deeply nested documents.

#![allow(clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use std::fmt::Write;

use bindery::diagnostics::render::Style;
use bindery::source::Source;

const MAX_LINES: usize = 1_000;

/// Words for names without numbers.
const WORDS: [&str; 12] =
    ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty", "knoll", "ledge"];

/// Returns distinct names of two words.
fn names(count: usize) -> impl Iterator<Item = String> {
    let pairs = WORDS.iter().flat_map(|first| WORDS.iter().map(move |second| format!("{first}_{second}")));
    pairs.take(count)
}

/// Returns a document with one operation, which has the given response and parameters, and with the given component
/// schemas.
fn document(response: &str, parameters: &str, schemas: &str) -> String {
    format!(
        r#"{{"openapi": "3.0.3", "info": {{"title": "Lengths", "version": "1"}}, "paths": {{"/items": {{"get": {{
        "operationId": "listItems", "parameters": [{parameters}], "responses": {{"200": {{"description": "One.",
        "content": {{"application/json": {{"schema": {response}}}}}}}}}}}}}}},
        "components": {{"schemas": {{{schemas}}}}}}}"#
    )
}

/// Returns an object whose properties have these names and schemas.
fn object(properties: impl Iterator<Item = (String, String)>) -> String {
    let mut text = String::new();
    for (name, schema) in properties {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}\"{name}\": {schema}");
    }
    format!(r#"{{"type": "object", "properties": {{{text}}}}}"#)
}

fn strings(count: usize) -> String {
    object(names(count).map(|name| (name, r#"{"type": "string"}"#.to_owned())))
}

/// Returns nested objects. Each object has several properties.
fn chain(depth: usize) -> String {
    let words = (0..depth).map(|level| WORDS[level % WORDS.len()]);
    words.fold(strings(9), |nested, word| {
        let others = names(9).map(|name| (name, r#"{"type": "string"}"#.to_owned()));
        object(others.chain([(format!("{word}s"), nested)]))
    })
}

#[test]
fn files_with_several_types_are_split() {
    let wide = object(names(30).map(|name| (name, strings(9))));
    let component = format!("\"Item\": {wide}");
    let alternatives: Vec<String> = names(40)
        .map(|name| {
            format!(
                r#"{{"title": "{name}", "type": "object", "required": ["{name}"], "properties": {{"{name}": {}}}}}"#,
                strings(9)
            )
        })
        .collect();
    let union = format!("{{\"oneOf\": [{}]}}", alternatives.join(", "));
    let newtypes: Vec<String> = names(130)
        .map(|name| format!(r#""{name}": {{"type": "string", "pattern": "^[a-z]+$", "maxLength": 9}}"#))
        .collect();
    let uses_newtypes: Vec<String> = names(130)
        .map(|name| {
            format!(r##"{{"name": "{name}", "in": "query", "schema": {{"$ref": "#/components/schemas/{name}"}}}}"##)
        })
        .collect();
    let parameters: Vec<String> = names(40)
        .map(|name| {
            format!(
                r#"{{"name": "{name}", "in": "query", "style": "deepObject", "explode": true, "schema": {}}}"#,
                strings(4)
            )
        })
        .collect();
    let item = r##"{"$ref": "#/components/schemas/Item"}"##;
    let documents = [
        ("an object with many objects", document(item, "", &component)),
        ("an inline object with many objects", document(&wide, "", "")),
        ("a long chain of objects", document(&chain(20), "", "")),
        ("a union of many objects", document(&union, "", "")),
        ("many strings with constraints", document("{}", &uses_newtypes.join(", "), &newtypes.join(", "))),
        ("a request with many objects as parameters", document("{}", &parameters.join(", "), "")),
    ];
    for (name, text) in documents {
        let files = generate(&text);
        let models: Vec<&(String, String)> =
            files.iter().filter(|(path, _)| path.starts_with("src/models/") && path != "src/models/mod.rs").collect();
        let lines: usize = models.iter().map(|(_, text)| text.lines().count()).sum();
        assert!(lines > 2 * MAX_LINES, "{name}: {lines} lines are not enough for a test");
        assert!(models.len() > 1, "{name}");
        for (path, text) in models {
            assert!(text.lines().count() <= MAX_LINES, "{name}: {path} has {} lines", text.lines().count());
            assert!(!path.contains(|c: char| c.is_ascii_digit()), "{name}: {path} has a number");
        }
    }
}

#[test]
fn operations_of_a_long_resource_have_files() {
    for (tags, folder) in [(r#""tags": ["harbours"], "#, "src/resources/harbours"), ("", "src/client")] {
        let parameter =
            |name: String| format!(r#"{{"name": "{name}", "in": "query", "schema": {{"type": "string"}}}}"#);
        let operation = |name: String| {
            let parameters: Vec<String> = names(3).map(parameter).collect();
            let response = r#"{"200": {"description": "One.", "content": {"application/json": {"schema": {}}}}}"#;
            format!(
                r#""/{name}": {{"get": {{"operationId": "fetch_{name}", {tags}"parameters": [{}], "responses": {response}}}}}"#,
                parameters.join(", ")
            )
        };
        let operations: Vec<String> = names(60).map(operation).collect();
        let files = generate(&format!(
            r#"{{"openapi": "3.0.3", "info": {{"title": "Lengths", "version": "1"}}, "paths": {{{}}}}}"#,
            operations.join(", ")
        ));
        let is_generated = |path: &str| path.ends_with(".rs") && !path.starts_with("src/runtime/");
        let lines: usize =
            files.iter().filter(|(path, _)| path.starts_with(folder)).map(|(_, text)| text.lines().count()).sum();
        assert!(lines > 2 * MAX_LINES, "{folder}: {lines} lines are not enough for a test");
        for (path, text) in files.iter().filter(|(path, _)| is_generated(path)) {
            assert!(text.lines().count() <= MAX_LINES, "{folder}: {path} has {} lines", text.lines().count());
        }
    }
}

/// Returns the paths and the texts of the files of a crate.
fn generate(document: &str) -> Vec<(String, String)> {
    let document = Source::new("lengths.json", document);
    let config = Source::new("codegen.toml", "crate = { name = 'lengths', version = '0.1.0' }");
    let (generated, diagnostics) = bindery::generate(&document, &config);
    let Some(generated) = generated else { panic!("{}", diagnostics.render(&document, &config, Style::Plain)) };
    generated.files.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}
