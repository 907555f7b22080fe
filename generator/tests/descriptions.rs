//! Descriptions never become code. Rustdoc finds the same code blocks in the generated crate for any description.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

mod support;

use bindery::source::Source;
use bindery::{Generated, generate};
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use support::fixtures;

/// Returns the doc comments of a file. A comment consists of consecutive lines with the same marker and indentation.
fn doc_comments(text: &str) -> Vec<String> {
    let mut comments: Vec<((usize, &str), Vec<&str>)> = Vec::new();
    let mut is_in_comment = false;
    for line in text.lines() {
        let body = line.trim_start();
        let marker = ["///", "//!"].into_iter().find(|marker| body.starts_with(marker));
        let Some(marker) = marker else {
            is_in_comment = false;
            continue;
        };
        let kind = (line.len() - body.len(), marker);
        match comments.last_mut() {
            Some((last_kind, lines)) if is_in_comment && *last_kind == kind => lines.push(&body[3..]),
            _ => comments.push((kind, vec![&body[3..]])),
        }
        is_in_comment = true;
    }
    let texts = comments.into_iter().map(|(_, lines)| {
        let indent = |line: &&str| line.len() - line.trim_start().len();
        let common_indent = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
        lines.iter().map(|line| line.get(common_indent..).unwrap_or_default()).collect::<Vec<_>>().join("\n")
    });
    texts.collect()
}

/// Returns the code blocks that rustdoc of Rust 1.95 compiles: blocks without a language, and blocks with a word that
/// is not in `OTHER_LANGUAGES`.
fn rust_blocks(text: &str, options: Options) -> Vec<String> {
    let (mut blocks, mut current) = (Vec::new(), None);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let is_rust = match &kind {
                    CodeBlockKind::Indented => true,
                    CodeBlockKind::Fenced(info) => {
                        let words = info.split([' ', ',', '\t', '{', '}', '.']).filter(|word| !word.is_empty());
                        words.clone().next().is_none() || words.into_iter().any(|word| !OTHER_LANGUAGES.contains(&word))
                    }
                };
                current = is_rust.then(String::new);
            }
            Event::Text(text) => current.iter_mut().for_each(|code| code.push_str(&text)),
            Event::End(TagEnd::CodeBlock) => blocks.extend(current.take()),
            _ => {}
        }
    }
    blocks
}

/// The languages in generated comments that rustdoc does not compile.
const OTHER_LANGUAGES: &[&str] = &["json", "text", "yaml"];

/// Returns all code blocks of a crate that rustdoc compiles. Rustdoc parses comments with different options for tests
/// and for pages. The code blocks must be the same with both.
fn compiled_blocks(generated: &Generated) -> Vec<String> {
    let page_options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let is_generated = |path: &str| path.ends_with(".rs") && !path.starts_with("src/runtime/");
    let mut blocks = Vec::new();
    for (_, text) in generated.files.iter().filter(|(path, _)| is_generated(path)) {
        for comment in doc_comments(text) {
            let tests = rust_blocks(&comment, Options::empty());
            assert_eq!(tests.len(), rust_blocks(&comment, page_options).len(), "tests and pages differ:\n{comment}");
            blocks.extend(tests);
        }
    }
    blocks
}

/// Generates a crate from a document in which every object has the description `text`.
fn generate_with_descriptions(text: &str) -> Generated {
    let text = serde_json::to_string(text).expect("JSON");
    let document = format!(
        "openapi: 3.1.0\ninfo: {{ title: {text}, version: '1', description: {text} }}\n\
         servers: [{{ url: 'https://e.com/{{v}}', description: {text}, variables: {{ v: {{ default: a, description: {text} }} }} }}]\n\
         tags: [{{ name: a, description: {text} }}]\nsecurity: [{{ k: [] }}]\npaths:\n  /a/{{b}}:\n    post:\n      \
         operationId: A\n      tags: [a]\n      summary: {text}\n      description: {text}\n      \
         externalDocs: {{ url: 'https://e.com', description: {text} }}\n      parameters:\n        \
         - {{ name: b, in: path, required: true, description: {text}, schema: {{ type: string, pattern: {text} }} }}\n        \
         - {{ name: c, in: query, description: {text}, schema: {{ enum: [x, {text}, 1], default: {text} }} }}\n      \
         requestBody: {{ description: {text}, content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/S' }} }} }} }}\n      \
         responses: {{ '200': {{ description: {text}, headers: {{ h: {{ description: {text}, schema: {{ type: string }} }} }}, \
         content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/S' }} }} }} }} }}\ncomponents:\n  \
         securitySchemes: {{ k: {{ type: apiKey, in: header, name: X-Key, description: {text} }} }}\n  schemas:\n    \
         S: {{ type: object, title: {text}, description: {text}, required: [p], properties: {{ p: {{ type: string, \
         description: {text}, default: {text} }}, e: {{ type: string, enum: [x, {text}], description: {text} }}, \
         i: {{ type: integer, enum: [1, 2], description: {text} }}, o: {{ description: {text}, oneOf: [{{ type: string }}, \
         {{ type: integer }}] }}, n: {{ type: string, maxLength: 3, description: {text}, example: {text} }} }} }}\n"
    );
    let config = Source::new("codegen.toml", "crate = { name = 'hostile', version = '0.1.0' }");
    let (generated, diagnostics) = generate(&Source::new("api.yaml", document.as_str()), &config);
    let errors: Vec<_> = diagnostics.iter().map(|diagnostic| &diagnostic.message).collect();
    generated.unwrap_or_else(|| panic!("{errors:?}\n{document}"))
}

/// Asserts that rustdoc compiles only the examples of the generator if all descriptions are `text`.
fn assert_not_compiled(text: &str) {
    let plain_blocks = compiled_blocks(&generate_with_descriptions("Plain words."));
    assert!(!plain_blocks.is_empty(), "the generator writes no examples");
    let hostile_blocks = compiled_blocks(&generate_with_descriptions(text));
    let example_count = |blocks: &[String]| blocks.iter().filter(|block| block.contains("async fn example(")).count();
    assert_eq!(hostile_blocks.len(), plain_blocks.len(), "rustdoc compiles a part of {text:?}: {hostile_blocks:#?}");
    assert_eq!(example_count(&hostile_blocks), example_count(&plain_blocks), "{text:?} removes an example");
}

#[test]
fn code_in_a_description_is_never_compiled() {
    for text in [
        "- a\n\n      panic!()\n",
        "> ```\n> panic!()\n",
        "1. > - ```rust\n     > panic!()",
        "````rust\n```\npanic!()\n```\n````",
        "~~~ should_panic\npanic!()",
        "```{.rust}\npanic!()\n```",
        "``` ignore,edition2021\npanic!()\n```",
        "| a |\n|---|\n| ```rust |\n    panic!()",
        "<div>\n\n    panic!()\n\n</div>",
        "<!--\n```\npanic!()\n```\n",
        "a\n===\n\n\tpanic!()",
        "x\r\r    panic!()\r",
        "[a]: <b\n\n    panic!()",
        "[^1]:\n\n        panic!()",
        "```~~~https://e.com> ````word<div>> [^1]:~~~",
        "~~~~~~~~~~~~ rust",
        "`\n\n```\npanic!()\n```\n`",
        &format!("{} ~~~ rust fn main() {{ panic!() }}", "word ".repeat(30)),
        &format!("{} ```rust panic!()", "word ".repeat(21)),
        &format!("{}```rust\npanic!()", "> - ".repeat(40)),
        "a  \n    ```rust\npanic!()\n```",
        "***\n    panic!()",
        "- \n\n      panic!()",
        "word\\word  \n---\\```{.rust}~~~fn main() {}````rust\n` \t``    ======fn main() {}``</div>`  <pre>-->(c)```rust\n",
    ] {
        assert_not_compiled(text);
    }
}

#[test]
fn the_fixtures_have_no_code_except_examples() {
    for fixture in fixtures("ok") {
        let (generated, _) = generate(&fixture.document, &fixture.config);
        let generated = generated.expect("a valid fixture");
        let crate_name = generated.config.package.name.replace('-', "_");
        for block in compiled_blocks(&generated) {
            assert!(block.contains(&crate_name), "{}: {block}", fixture.name);
        }
    }
}

/// Returns a strategy for texts of random pieces of Markdown. Most pieces begin, end or nest blocks.
fn markdown() -> impl Strategy<Value = String> {
    let pieces = [
        "> ",
        "- ",
        "* ",
        "1. ",
        "10) ",
        "    ",
        "  ",
        " ",
        "\t",
        "\n",
        "\n\n",
        "\r",
        "```",
        "````",
        "~~~",
        "```rust\n",
        "~~~ no_run\n",
        "```{.rust}",
        "`",
        "``",
        "<div>",
        "</div>",
        "<!--",
        "-->",
        "<pre>",
        "| a | b |\n|---|---|\n",
        "|",
        "===",
        "---",
        "# ",
        "[a]",
        "[a]: /b",
        "[^1]:",
        "(c)",
        "\\",
        "panic!();",
        "fn main() {}",
        "word",
        "\u{202e}",
        "\u{a0}",
        "- [ ] ",
        "https://e.com",
        "*",
        "_",
        "&#96;",
        "  \n",
        "\\\n",
        "should_panic",
        ",",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 1..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_markdown_is_never_compiled(text in markdown()) {
        assert_not_compiled(&text);
    }
}
