//! Counts the operations and schemas of a document, its unsupported keywords, and the generated files.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;

use bindery::Generated;
use bindery::characters::for_terminal;
use bindery::diagnostics::{Diagnostics, Severity, code};
use bindery::ir::{Api, BodyKind, Content, Operation, Shape, TypeDef};

use crate::diagnostic_args::style;
use crate::failure::Failure;
use crate::inputs::Inputs;

/// Returns the statistics of a document as text.
///
/// # Errors
///
/// Returns a failure if the document has errors or cannot be read.
pub fn stats(inputs: &Inputs) -> Result<String, Failure> {
    let (document, config) = inputs.read()?;
    let (generated, diagnostics) = bindery::generate(&document, &config);
    let Some(generated) = generated else {
        let rendered = diagnostics.render(&document, &config, style(&io::stderr()));
        return Err(Failure::findings(rendered, format!("{}; nothing is generated", diagnostics.counts())));
    };
    let mut text = format!("{}\n", for_terminal(&format!("{} {}", generated.api.title, generated.api.version)));
    add_section(&mut text, "operations", operations(&generated.api));
    add_section(&mut text, "schemas", schemas(&generated));
    add_section(&mut text, "features", features(&generated.api));
    add_section(&mut text, "not supported", unsupported(&diagnostics));
    add_section(&mut text, "diagnostics", counts_by_code(&diagnostics));
    add_section(&mut text, "generated", output(&generated));
    Ok(text)
}

/// Adds a section with a header and its lines. A section without lines has the line `0`.
fn add_section(text: &mut String, header: &str, lines: Vec<(usize, String)>) {
    let _ = writeln!(text, "\n{header}");
    if lines.is_empty() {
        text.push_str("       0\n");
    }
    for (count, label) in lines {
        let _ = writeln!(text, "  {count:>6}  {}", for_terminal(&label));
    }
}

/// Counts the operations in total and by method.
fn operations(api: &Api) -> Vec<(usize, String)> {
    let mut by_method: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, operation) in api.operations.iter() {
        *by_method.entry(operation.method.as_str()).or_default() += 1;
    }
    let mut lines = vec![(api.operations.len(), "in total".to_owned())];
    lines.extend(
        [(api.left_out.len(), "left out because of errors".to_owned())].into_iter().filter(|(count, _)| *count > 0),
    );
    lines.extend(by_method.into_iter().map(|(method, count)| (count, method.to_owned())));
    lines
}

/// Counts the generated types by kind.
fn schemas(generated: &Generated) -> Vec<(usize, String)> {
    let kind = |definition: &TypeDef| match definition.shape {
        Shape::Record(_) => "objects",
        Shape::StringEnum(_) | Shape::ValueEnum(_) => "enums",
        Shape::Union(_) => "unions",
        Shape::Newtype(_) => "strings with constraints",
        Shape::Wrapper(_) | Shape::Alias(_) => "aliases",
    };
    let mut by_kind: BTreeMap<&str, usize> = BTreeMap::new();
    let used_types = generated.api.types.iter().filter(|(id, _)| generated.analysis.facts(*id).is_used);
    for (_, definition) in used_types {
        *by_kind.entry(kind(definition)).or_default() += 1;
    }
    by_kind.into_iter().map(|(kind, count)| (count, kind.to_owned())).collect()
}

/// Counts the operations of several kinds, such as paginated lists, the security schemes, and the servers.
fn features(api: &Api) -> Vec<(usize, String)> {
    let count = |uses: fn(&Operation) -> bool| api.operations.iter().filter(|(_, operation)| uses(operation)).count();
    let has_stream = |operation: &Operation| {
        operation.success_responses().any(|response| matches!(response.content, Content::Stream(_)))
    };
    let lines = [
        (count(|operation| operation.paging.is_some()), "paginated lists"),
        (count(|operation| operation.body.is_some()), "operations with a request body"),
        (count(|operation| operation.body == Some(BodyKind::Form)), "operations with a form"),
        (count(|operation| operation.body == Some(BodyKind::Multipart)), "operations with a multipart body"),
        (count(has_stream), "operations that return a stream"),
        (count(|operation| operation.deprecated), "deprecated operations"),
        (count(|operation| operation.is_anonymous), "operations without credentials"),
        (api.security.len(), "security schemes"),
        (api.servers.len(), "servers"),
    ];
    lines.into_iter().filter(|(count, _)| *count > 0).map(|(count, label)| (count, label.to_owned())).collect()
}

/// Counts the keywords that are unknown or not supported, by the message of their diagnostics.
fn unsupported(diagnostics: &Diagnostics) -> Vec<(usize, String)> {
    let mut by_message: BTreeMap<&str, usize> = BTreeMap::new();
    let is_unsupported = |code| code == code::UNSUPPORTED_KEYWORD || code == code::UNKNOWN_KEYWORD;
    for diagnostic in diagnostics.iter().filter(|diagnostic| is_unsupported(diagnostic.code)) {
        *by_message.entry(&diagnostic.message).or_default() += 1;
    }
    by_message.into_iter().map(|(message, count)| (count, message.to_owned())).collect()
}

/// Counts the warnings by their codes.
fn counts_by_code(diagnostics: &Diagnostics) -> Vec<(usize, String)> {
    let mut by_code: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning) {
        by_code.entry(diagnostic.code.id).or_insert((0, diagnostic.code.meaning)).0 += 1;
    }
    by_code.into_iter().map(|(code, (count, meaning))| (count, format!("{code}: {meaning}"))).collect()
}

/// Counts the parts of the generated crate.
fn output(generated: &Generated) -> Vec<(usize, String)> {
    let package = &generated.config.package;
    let runtime_lines: usize = (generated.files.iter())
        .filter(|(path, _)| path.starts_with("src/runtime/"))
        .map(|(_, text)| text.lines().count())
        .sum();
    let manifest = generated.files.get("Cargo.toml").unwrap_or_default();
    let manifest: Option<toml::Table> = toml::from_str(manifest).ok();
    let features = manifest.as_ref().and_then(|manifest| manifest.get("features")?.as_table());
    let features = features.map_or(0, |features| features.keys().filter(|name| *name != "default").count());
    vec![
        (generated.files.len(), format!("files of the crate {} {}", package.name, package.version)),
        (generated.files.lines(), "lines of Rust".to_owned()),
        (runtime_lines, "lines of Rust in the runtime".to_owned()),
        (features, "cargo features".to_owned()),
    ]
}
