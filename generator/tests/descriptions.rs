//! Descriptions never become code: rustdoc finds the same code blocks in the generated crate whatever a document says.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

mod support;

use bindery::source::Source;
use bindery::{Generated, generate};
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use support::all;

/// The doc comments of a file: lines of one kind and indentation that follow each other, without what all begin with.
fn comments(text: &str) -> Vec<String> {
    let mut comments: Vec<((usize, &str), Vec<&str>)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let body = line.trim_start();
        let sign = ["///", "//!"].into_iter().find(|sign| body.starts_with(sign));
        let Some(sign) = sign else {
            open = false;
            continue;
        };
        let kind = (line.len() - body.len(), sign);
        match comments.last_mut() {
            Some((known, lines)) if open && *known == kind => lines.push(&body[3..]),
            _ => comments.push((kind, vec![&body[3..]])),
        }
        open = true;
    }
    let texts = comments.into_iter().map(|(_, lines)| {
        let indent = |line: &&str| line.len() - line.trim_start().len();
        let common = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
        lines.iter().map(|line| line.get(common..).unwrap_or_default()).collect::<Vec<_>>().join("\n")
    });
    texts.collect()
}

/// The code blocks of a text that rustdoc takes for Rust, as rustc 1.95 does: without a language, or with one of its own.
fn rust(text: &str, options: Options) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), None);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let is_rust = match &kind {
                    CodeBlockKind::Indented => true,
                    CodeBlockKind::Fenced(said) => {
                        let words = said.split([' ', ',', '\t', '{', '}', '.']).filter(|word| !word.is_empty());
                        words.clone().next().is_none() || words.into_iter().any(|word| !OTHERS.contains(&word))
                    }
                };
                open = is_rust.then(String::new);
            }
            Event::Text(text) => open.iter_mut().for_each(|code| code.push_str(&text)),
            Event::End(TagEnd::CodeBlock) => found.extend(open.take()),
            _ => {}
        }
    }
    found
}

/// The languages that are not Rust to rustdoc; any other word is taken for one that is.
const OTHERS: &[&str] = &["json", "text", "yaml"];

/// All code blocks of a crate that rustdoc would compile, in both ways that it parses comments.
fn compiled(bound: &Generated) -> Vec<String> {
    let rendered = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let own = |path: &str| path.ends_with(".rs") && !path.starts_with("src/runtime/");
    let mut blocks = Vec::new();
    for (_, text) in bound.files.iter().filter(|(path, _)| own(path)) {
        for comment in comments(text) {
            let tests = rust(&comment, Options::empty());
            assert_eq!(tests.len(), rust(&comment, rendered).len(), "the two ways differ:\n{comment}");
            blocks.extend(tests);
        }
    }
    blocks
}

/// A document that says `text` of everything that can be described.
fn described(text: &str) -> Generated {
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
    let (bound, diagnostics) = generate(&Source::new("api.yaml", document.as_str()), &config);
    let errors: Vec<_> = diagnostics.iter().map(|one| &one.message).collect();
    bound.unwrap_or_else(|| panic!("{errors:?}\n{document}"))
}

fn check(text: &str) {
    let plain = compiled(&described("Plain words."));
    assert!(!plain.is_empty(), "the generator writes examples itself");
    let hostile = compiled(&described(text));
    let examples = |blocks: &[String]| blocks.iter().filter(|block| block.contains("async fn example(")).count();
    assert_eq!(hostile.len(), plain.len(), "rustdoc would compile something of {text:?}: {hostile:#?}");
    assert_eq!(examples(&hostile), examples(&plain), "an example is lost to {text:?}");
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
    ] {
        check(text);
    }
}

#[test]
fn the_fixtures_have_no_code_but_the_examples() {
    for fixture in all("ok") {
        let (bound, _) = generate(&fixture.document, &fixture.config);
        let bound = bound.expect("a fixture can be generated");
        let krate = bound.config.package.name.replace('-', "_");
        for block in compiled(&bound) {
            assert!(block.contains(&krate), "{}: {block}", fixture.name);
        }
    }
}

/// Pieces of Markdown that begin, end or nest blocks, and what may stand in them.
fn piece() -> impl Strategy<Value = String> {
    let signs = [
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
    prop::collection::vec(prop::sample::select(signs.to_vec()), 1..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_nesting_of_blocks_is_compiled(text in piece()) {
        check(&text);
    }
}
