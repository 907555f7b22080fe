//! Describes changes in words, and the lines of code that they concern.

use super::renames::RenamedKind;
use super::{Cause, Change, Rename, Report};
use crate::compare::{self, Difference, Fact, Pair, Step};
use crate::ir::Status;
use crate::source::{Pointer, Source};
use crate::surface::{ItemChange, ItemKind, Signature};

/// The maximum number of characters of a line of a document that are shown.
const MAX_WIDTH: usize = 120;

/// Returns what a change is, in one line with the words of the document.
pub(super) fn title(change: &Change) -> String {
    match &change.cause {
        Cause::Document(difference) => difference_title(difference),
        Cause::Rename(rename) => rename_title(rename),
        Cause::Items => items_title(change),
    }
}

fn difference_title(difference: &Difference) -> String {
    let node = node(&difference.path);
    let with_value = |fact: &Fact| match fact.value() {
        value if value.is_empty() => format!("`{}`", fact.keyword()),
        value => format!("`{}` {value}", fact.keyword()),
    };
    match &difference.change {
        compare::Change::Added(Fact::Present) => format!("{node} added"),
        compare::Change::Missing(Fact::Present) => format!("{node} removed"),
        compare::Change::Added(Fact::Required) => format!("{node} is now required"),
        compare::Change::Missing(Fact::Required) => format!("{node} is now optional"),
        compare::Change::Added(Fact::Nullable) => format!("{node} may now be `null`"),
        compare::Change::Missing(Fact::Nullable) => format!("{node} may no longer be `null`"),
        compare::Change::Added(Fact::Deprecated) => format!("{node} is now deprecated"),
        compare::Change::Missing(Fact::Deprecated) => format!("{node} is no longer deprecated"),
        compare::Change::Added(fact) => format!("{} added to {node}", with_value(fact)),
        compare::Change::Missing(fact) => format!("{} removed from {node}", with_value(fact)),
        compare::Change::Changed(Pair { ours, theirs }) => {
            format!("`{}` of {node} changed from {} to {}", ours.keyword(), theirs.value(), ours.value())
        }
    }
}

/// Describes a node, such as ``property `sid` of schema `Service` ``.
fn node(path: &[Step]) -> String {
    if path.is_empty() {
        return "the API".to_owned();
    }
    let steps = path.iter().rev().map(|step| match step {
        Step::Operation(id) => format!("operation `{id}`"),
        Step::Type(name) => format!("schema `{name}`"),
        Step::Param(location, wire) => match location.as_str() {
            "body" => format!("request body `{wire}`"),
            "form" | "file" => format!("form field `{wire}`"),
            location => format!("{location} parameter `{wire}`"),
        },
        Step::Response(Status::Code(code)) => format!("response `{code}`"),
        Step::Response(Status::Range(class)) => format!("response `{class}XX`"),
        Step::Response(Status::Default) => "response `default`".to_owned(),
        Step::MediaType(name) => format!("media type `{name}`"),
        Step::Header(wire) => format!("header `{wire}`"),
        Step::Property(wire) => format!("property `{wire}`"),
        Step::Items => "the items".to_owned(),
        Step::Item(index) => format!("item {index}"),
        Step::UnionVariant(name) => format!("alternative `{name}`"),
        Step::AdditionalProperties => "the values".to_owned(),
    });
    steps.collect::<Vec<_>>().join(" of ")
}

fn rename_title(rename: &Rename) -> String {
    let Pair { ours, theirs } = &rename.wire;
    match rename.kind {
        RenamedKind::Schema => format!("schema `{theirs}` renamed to `{ours}`"),
        RenamedKind::Property => {
            let ty = rename.new.rsplit_once("::").map_or("", |(ty, _)| ty);
            format!("property `{theirs}` of `{ty}` renamed to `{ours}`")
        }
        RenamedKind::Request => format!("request type of `{ours}` has another name"),
        RenamedKind::Method if theirs != ours => format!("operation `{theirs}` moved to `{ours}`"),
        RenamedKind::Method => format!("method of `{ours}` has another name or resource"),
    }
}

fn items_title(change: &Change) -> String {
    let item = change.items.first().map(String::as_str).unwrap_or_default();
    // The path of a cargo feature has its own quotes.
    let item = if item.starts_with("feature ") { format!("cargo {item}") } else { format!("`{item}`") };
    match change.code.as_str() {
        "D1001" => format!("{item} added"),
        "D1002" => format!("{item} removed"),
        _ => format!("{item} changed"),
    }
}

/// Returns the locations of a change in both documents. The first is in the old document.
pub(super) fn locations<'a>(change: &'a Change, sources: Pair<&'a Source>) -> Option<[(&'a Source, Pointer); 2]> {
    let origins = match &change.cause {
        Cause::Document(difference) => &difference.origins,
        Cause::Rename(rename) => &rename.origins,
        Cause::Items => return None,
    };
    Some([sources.theirs.file(&origins.theirs), sources.ours.file(&origins.ours)])
}

/// Returns the path, the line and the column of a location, and its line of the document.
pub(super) fn line(source: &Source, pointer: &Pointer) -> (String, usize, usize, String) {
    let at = source.key_range(pointer).start;
    let (line, column) = source.position(at);
    let text = source.text.get(source.line(at).1).unwrap_or_default().trim();
    // A document in one long line is shown from the location on.
    let text = if text.len() > 2 * MAX_WIDTH { source.text.get(at..).unwrap_or_default() } else { text };
    let text: String = text.chars().take_while(|c| *c != '\n').take(MAX_WIDTH).collect();
    (source.path.clone(), line, column, text)
}

/// Returns the full path of an item.
pub(super) fn full_path(report: &Report, path: &str) -> String {
    if path.starts_with("feature ") { path.to_owned() } else { format!("{}::{path}", report.crate_name) }
}

/// A line of a program before and after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CodeLines {
    pub before: String,
    /// `None` if there is no replacement.
    pub after: Option<String>,
}

/// Returns the lines of code that break because of a change, at most `max`.
pub(super) fn broken_code(change: &Change, max: usize) -> Vec<CodeLines> {
    let mut lines: Vec<CodeLines> = Vec::new();
    if let Cause::Rename(rename) = &change.cause {
        let after = Some(name_line(&rename.new));
        lines.push(CodeLines { before: name_line(&rename.old), after });
    }
    let is_broken = |path: &str| change.item_changes.iter().any(|item| item.is_breaking && item.path == path);
    for item in change.item_changes.iter().filter(|item| item.is_breaking) {
        let Some(old) = &item.old else { continue };
        // The method that returns a field changes with the field.
        if item.path.strip_suffix("()").is_some_and(is_broken) {
            continue;
        }
        let line = match (old, &item.new) {
            (ItemKind::Function(old), Some(ItemKind::Function(new))) => changed_call(&item.path, old, new),
            (old, new) => {
                CodeLines { before: code(&item.path, old), after: new.as_ref().map(|new| code(&item.path, new)) }
            }
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    // The changes of methods for tests follow from those of the fields.
    lines.sort_by_key(|line| line.before.contains("::with_") || line.before.contains(".with_"));
    lines.truncate(max);
    lines
}

fn name_line(path: &str) -> String {
    match path.rsplit("::").next() {
        Some(name) if name.ends_with("()") => {
            let parent = path.rsplit("::").nth(1).unwrap_or_default();
            format!("{}.{name}", variable(parent))
        }
        Some(name) if name.starts_with(char::is_lowercase) && path.contains("::") => {
            format!("{}.{name}", variable(path.rsplit("::").nth(1).unwrap_or_default()))
        }
        _ => format!("use {path};"),
    }
}

/// Returns a line of a program that uses an item.
fn code(path: &str, kind: &ItemKind) -> String {
    let (parent, name) = path.rsplit_once("::").unwrap_or(("", path));
    let parent = parent.rsplit("::").next().unwrap_or_default();
    match kind {
        ItemKind::Field(ty) => format!("let {name}: {} = {}.{name};", short(ty), variable(parent)),
        ItemKind::Function(Signature { receiver, arguments, .. }) => {
            let name = name.trim_end_matches("()");
            let arguments: Vec<&str> = arguments.iter().map(|(name, _)| name.as_str()).collect();
            let arguments = arguments.join(", ");
            match receiver.is_empty() {
                true if parent.is_empty() || parent.starts_with(char::is_lowercase) => format!("{name}({arguments})"),
                true => format!("{parent}::{name}({arguments})"),
                false => format!("{}.{name}({arguments})", variable(parent)),
            }
        }
        ItemKind::Variant(types) if types.is_empty() => format!("{parent}::{name}"),
        ItemKind::Variant(types) => {
            format!("{parent}::{name}({})", types.iter().map(|ty| short(ty)).collect::<Vec<_>>().join(", "))
        }
        ItemKind::Implementation(types) => match (path.split_once(": "), types.as_slice()) {
            (Some((ty, "IntoFuture")), [output]) => {
                format!(
                    "let value: {} = {}.await?;",
                    short(output.trim_start_matches("Output = ")),
                    variable(&short(ty))
                )
            }
            (Some((ty, of_trait)), _) => format!("{}: {}", short(ty), short(of_trait)),
            _ => path.to_owned(),
        },
        ItemKind::Feature => path.to_owned(),
        _ => format!("use {path};"),
    }
}

/// Returns the calls of a function before and after a change of its signature. Only the arguments that changed have their types.
fn changed_call(path: &str, old: &Signature, new: &Signature) -> CodeLines {
    let call = |signature: &Signature, other: &Signature| {
        let is_changed = |argument: &&(String, String)| !other.arguments.contains(argument);
        let arguments = signature.arguments.iter().map(|argument| match is_changed(&argument) {
            true => format!("{}: {}", argument.0, short(&argument.1)),
            false => argument.0.clone(),
        });
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let call = code(path, &ItemKind::Function(Signature { arguments: Vec::new(), ..signature.clone() }));
        let result = match signature.result == other.result {
            true => String::new(),
            false => format!(" -> {}", short(&signature.result)),
        };
        format!("{}({arguments}){result}", call.trim_end_matches("()"))
    };
    CodeLines { before: call(old, new), after: Some(call(new, old)) }
}

/// Returns an item with its types.
fn signature(path: &str, kind: Option<&ItemKind>) -> String {
    let (parent, name) = path.rsplit_once("::").unwrap_or(("", path));
    let parent = parent.rsplit("::").next().unwrap_or_default();
    match kind {
        Some(ItemKind::Function(signature)) => {
            let arguments = signature.arguments.iter().map(|(name, ty)| format!("{name}: {}", short(ty)));
            let receiver = Some(signature.receiver.clone()).filter(|receiver| !receiver.is_empty());
            let arguments: Vec<String> = receiver.into_iter().chain(arguments).collect();
            let result = match short(&signature.result) {
                result if result.is_empty() => result,
                result => format!(" -> {result}"),
            };
            format!("{parent}::{}({}){result}", name.trim_end_matches("()"), arguments.join(", "))
        }
        Some(kind) => code(path, kind),
        None => path.to_owned(),
    }
}

/// Returns the name of a variable for a value of a type.
fn variable(ty: &str) -> String {
    match ty {
        "Client" => "client".to_owned(),
        ty => crate::naming::case::value_name(ty),
    }
}

/// Removes the modules from the paths in a type.
pub(super) fn short(ty: &str) -> String {
    let (mut output, mut word) = (String::new(), String::new());
    for c in ty.chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '#') {
            word.push(c);
        } else if c == ':' {
            word.clear();
        } else {
            output.push_str(&std::mem::take(&mut word));
            output.push(c);
        }
    }
    output + &word
}

/// Returns the item that a change of items adds, as a line of code.
pub(super) fn added_code(item: &ItemChange) -> Option<String> {
    item.new.as_ref().map(|new| signature(&item.path, Some(new)))
}
