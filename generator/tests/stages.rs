//! Tests of single stages, for properties that snapshots do not show.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

mod support;

use bindery::analyze::{Facts, Indirection, analyze};
use bindery::config;
use bindery::diagnostics::Diagnostics;
use bindery::diagnostics::render::Style;
use bindery::ir::TypeRef;
use bindery::source;
use bindery::source::Source;
use bindery::{generate, lower, parse};
use support::fixtures;

#[test]
fn locations_are_found_in_every_notation_and_behind_aliases() {
    let text = "a: &x\n  - b: 'ü'\n    c: {d: [1, two]}\ne: *x\n\"q/r\": 3\n";
    let source = Source::new("a.yaml", text);
    for (pointer, key, value) in [
        ("#/a", "a", "a"),
        ("#/a/0/b", "b", "'ü'"),
        ("#/a/0/c/d/1", "t", "two"),
        ("#/e/0/c/d/0", "1", "1"),
        ("#/q~1r", "\"q/r\"", "3"),
        // A missing node has the location of its closest parent. An array item has no key, so its location is its first
        // token.
        ("#/a/0/missing/entirely", "b", "b"),
    ] {
        let pointer = source::Pointer::from_reference(pointer).expect("a pointer");
        let (found_key, found_value) = (source.key_range(&pointer), source.value_range(&pointer));
        assert_eq!((&text[found_key], &text[found_value]), (key, value), "{pointer}");
    }
    let json = Source::new("a.json", "{\n\t\"a\": [true,\n\t{\"b\": null}]}");
    let pointer = source::Pointer::from_reference("#/a/1/b").expect("a pointer");
    assert_eq!(&json.text[json.value_range(&pointer)], "null");
}

/// Converts a YAML document to JSON. `serde_yaml::Value` cannot hold integers of more than 64 bits. Such integers are
/// strings with a mark during the conversion.
fn as_json(yaml: &str) -> String {
    const MARK: &str = "digits-of-";
    let is_in_number = |c: char| c.is_ascii_digit() || c == '-';
    let words =
        yaml.split_inclusive(|c| !is_in_number(c)).map(|word| match word.trim_end_matches(|c| !is_in_number(c)) {
            number if number.len() > 18 && number.parse::<i64>().is_err() && number.parse::<u64>().is_err() => {
                word.replace(number, &format!("{MARK}{number}"))
            }
            _ => word.to_owned(),
        });
    let mut tree: serde_yaml::Value = serde_yaml::from_str(&words.collect::<String>()).expect("YAML");
    // Merge keys (`<<`) are applied before the conversion, because JSON does not have them.
    tree.apply_merge().expect("valid merge keys");
    let json = serde_json::to_string_pretty(&tree).expect("JSON");
    json.split(&format!("\"{MARK}"))
        .enumerate()
        .map(|(index, part)| if index == 0 { part.to_owned() } else { part.replacen('"', "", 1) })
        .collect::<String>()
        .replace(MARK, "")
}

#[test]
fn yaml_and_json_give_the_same_document() {
    for fixture in fixtures("ok") {
        let mut json = Source::new(fixture.document.name(), as_json(&fixture.document.text));
        let files = fixture.document.files.iter();
        json.files = files.map(|(name, file)| (name.clone(), Source::new(name, file.text.as_str()))).collect();
        let parsed = |source| parse::parse(source, &mut Diagnostics::default()).expect("a document");
        assert_eq!(parsed(&json), parsed(&fixture.document), "{}", fixture.name);
    }
}

#[test]
fn the_parsed_document_equals_that_of_openapiv3() {
    for fixture in fixtures("ok").into_iter().filter(|fixture| fixture.document.text.starts_with("openapi: 3.0")) {
        let ours = parse::parse(&fixture.document, &mut Diagnostics::default()).expect("a document");
        let theirs: openapiv3::OpenAPI = serde_yaml::from_str(&fixture.document.text).expect("a document");
        let paths = |document: &openapiv3::OpenAPI| {
            let operations = document.operations().map(|(path, method, operation)| {
                let ids =
                    (operation.operation_id.clone(), operation.parameters.len(), operation.responses.responses.len());
                (path.to_owned(), method.to_owned(), ids, operation.request_body.is_some())
            });
            operations.collect::<Vec<_>>()
        };
        assert_eq!(paths(&ours), paths(&theirs));
        assert_eq!(
            (&ours.info.title, &ours.servers, &ours.security),
            (&theirs.info.title, &theirs.servers, &theirs.security)
        );
    }
}

#[test]
fn the_analysis_finds_the_facts_about_types() {
    let fixture = fixtures("ok").into_iter().find(|fixture| fixture.name == "harbour").expect("the fixture `harbour`");
    let mut diagnostics = Diagnostics::default();
    let config = config::parse(&fixture.config, &mut diagnostics).expect("a configuration");
    let parsed = parse::parse(&fixture.document, &mut diagnostics).expect("a document");
    let api = lower::lower(&parsed, &fixture.document, &config, &mut diagnostics);
    let analysis = analyze(&api, &mut diagnostics);
    let facts = |name: &str| {
        let (id, _) = api.types.iter().find(|(_, def)| def.name.join(".") == name).expect("the type exists");
        analysis.facts(id)
    };
    let expected = Facts { is_used: true, is_in_responses: true, ..Facts::default() };
    assert_eq!(facts("Harbour"), expected);
    assert_eq!(facts("Person"), Facts { can_derive_default: true, ..expected });
    let (person, _) = api.types.iter().find(|(_, def)| def.name == ["Person"]).expect("the type exists");
    let indirection = |ty: TypeRef| analysis.indirection(&api, person, &ty);
    assert_eq!(indirection(TypeRef::Named(person)), Some(Indirection::Box), "a recursive type");
    assert_eq!(indirection(TypeRef::Array(Box::new(TypeRef::Named(person)))), None, "an array is indirect already");
    assert_eq!(facts("HarbourId"), expected);
    assert_eq!(facts("Settings"), expected, "it has a required field");
    assert!(api.types.iter().all(|(_, def)| def.name != ["Unused"]), "an unused type");
}

#[test]
fn no_string_of_a_document_becomes_code() {
    let hostile = "x\npub fn injected() {}\r*/ \u{2028}pub fn injected() {} //\" }";
    let hostile = serde_json::to_string(hostile).expect("JSON is YAML");
    let text = format!(
        "openapi: 3.0.0\ninfo: {{ title: {hostile}, version: {hostile}, description: {hostile} }}\n\
         servers: [{{ url: {hostile} }}]\npaths:\n  /a/{{b}}:\n    get:\n      operationId: A\n      \
         summary: {hostile}\n      parameters: [{{ name: b, in: path, required: true, description: {hostile}, \
         schema: {{ type: string, enum: [{hostile}], example: {hostile} }} }}]\n      \
         responses: {{ '204': {{ description: {hostile} }} }}\n"
    );
    let config = Source::new("codegen.toml", "crate = { name = 'hostile', version = '0.1.0' }");
    let document = Source::new("hostile.yaml", text);
    let (generated, diagnostics) = generate(&document, &config);
    let rendered = diagnostics.render(&document, &config, Style::Plain);
    let files = generated.unwrap_or_else(|| panic!("{rendered}")).files;
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let code = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
        let injected: Vec<_> = code.filter(|line| line.starts_with("pub fn injected")).collect();
        assert_eq!(injected, [] as [&str; 0], "{path}");
        assert!(syn::parse_file(text).is_ok(), "{path} is not valid Rust");
    }
}

#[test]
fn runtime_files_are_copied_only_if_they_are_needed() {
    let config = Source::new("codegen.toml", "crate = { name = 'shapes', version = '0.1.0' }");
    /// The files of the runtime that only some types need.
    const FILES: [&str; 5] = ["any_json.rs", "base64.rs", "big_number.rs", "union.rs", "value_enum.rs"];
    for (schema, needed) in [
        ("{ type: array, items: { type: string } }", &[] as &[&str]),
        ("{ type: array, items: {} }", &["any_json.rs"]),
        ("{ type: array, items: { type: string, format: byte } }", &["base64.rs"]),
        ("{ type: array, items: { type: integer, minimum: 0, maximum: 1e60 } }", &["big_number.rs"]),
        ("{ type: object, properties: { a: { type: integer, enum: [1] } } }", &["any_json.rs", "value_enum.rs"]),
        ("{ oneOf: [{ type: integer }, { type: string }] }", &["any_json.rs", "union.rs"]),
    ] {
        let text = format!(
            "openapi: 3.0.0\ninfo: {{ title: Shapes, version: '1' }}\nservers: [{{ url: https://shapes.example }}]\npaths:\n  \
             /a: {{ get: {{ operationId: A, responses: {{ '200': {{ description: A., content: {{ application/json: {{ \
             schema: {schema} }} }} }} }} }} }}\n"
        );
        let (generated, _) = generate(&Source::new("shapes.yaml", text), &config);
        let files = generated.expect("a valid document").files;
        let is_copied = |file: &&str| files.get(&format!("src/runtime/model/{file}")).is_some();
        assert_eq!(FILES.into_iter().filter(is_copied).collect::<Vec<_>>(), needed, "{schema}");
    }
}

/// Returns a document with many components. The first is the body of a response. `link` returns the schema of a
/// component, which refers to the next component.
fn chain(count: usize, link: impl Fn(usize) -> String) -> Source {
    let schemas: Vec<String> = (0..count).map(|index| format!("    S{index}: {}\n", link(index))).collect();
    let text = format!(
        "openapi: 3.1.0\ninfo: {{ title: Chain, version: '1' }}\nservers: [{{ url: https://chain.example }}]\npaths:\n  \
         /a: {{ get: {{ operationId: A, responses: {{ '200': {{ description: A., content: {{ application/json: {{ \
         schema: {{ $ref: '#/components/schemas/S0' }} }} }} }} }} }} }}\ncomponents:\n  schemas:\n{}    \
         S{count}: {{ type: string }}\n",
        schemas.concat()
    );
    Source::new("chain.yaml", text)
}

#[test]
fn long_chains_are_generated_or_are_an_error() {
    let config = Source::new("codegen.toml", "crate = { name = 'chain', version = '0.1.0' }");
    let next = |index: usize| format!("{{ $ref: '#/components/schemas/S{}' }}", index + 1);
    type Link<'l> = &'l dyn Fn(usize) -> String;
    let links: [(&str, bool, Link<'_>); 6] = [
        ("references", true, &next),
        ("properties", true, &|index| format!("{{ type: object, properties: {{ next: {} }} }}", next(index))),
        ("items", true, &|index| format!("{{ type: array, items: {} }}", next(index))),
        ("allOf", true, &|index| format!("{{ description: Two., allOf: [{}] }}", next(index))),
        ("parts", false, &|index| {
            format!(
                "{{ allOf: [{}, {{ type: object, properties: {{ p{index}: {{ type: string }} }} }}] }}",
                next(index)
            )
        }),
        ("alternatives", false, &|index| format!("{{ oneOf: [{}, {{ type: boolean }}] }}", next(index))),
    ];
    for (keyword, is_valid, link) in links {
        let document = chain(600, link);
        let (generated, diagnostics) = generate(&document, &config);
        assert_eq!(generated.is_some(), is_valid, "{keyword}");
        let is_too_deep = diagnostics.iter().any(|diagnostic| diagnostic.code == bindery::diagnostics::code::TOO_DEEP);
        assert!(is_valid || is_too_deep, "{keyword}");
    }
}
