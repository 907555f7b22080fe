//! The lines of Rust code that changes concern.

use std::collections::{HashMap, HashSet};

use super::items::owner;
use super::{Cause, Change, Rename, Report, Setting};
use crate::compare::{self, Difference, Fact, Pair};
use crate::surface::{ItemChange, ItemKind, Signature};

/// The maximum number of arguments in a row that are named although they did not change.
const MAX_UNCHANGED: usize = 2;

/// The keys that set the name of the crate.
const NAMES_OF_CRATE: [&str; 3] = ["crate.name", "manifest.package.name", "manifest.lib.name"];

/// Returns the items of a change without those that contain another item of the change.
pub(super) fn specific_items(change: &Change) -> impl Iterator<Item = &str> {
    let owners: HashSet<&str> = change.items.iter().map(|item| owner(item)).collect();
    change.items.iter().map(String::as_str).filter(move |item| !owners.contains(item))
}

/// Returns the full path of an item.
pub(super) fn full_path(report: &Report, path: &str) -> String {
    // The path of a type of another crate has type arguments.
    let is_foreign = path.split_once(": ").is_some_and(|(ty, _)| ty.contains('<'));
    if path.starts_with("feature ") || is_foreign { path.to_owned() } else { format!("{}::{path}", report.crate_name) }
}

/// A line of a program before and after a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct CodeLines {
    pub before: String,
    /// `None` if there is no replacement.
    pub after: Option<String>,
}

/// Returns the lines of code that break because of a change, at most `max`.
pub(super) fn broken_code(report: &Report, change: &Change, max: usize) -> Vec<CodeLines> {
    let imported = |line: String, crate_name: &str| match line.strip_prefix("use ") {
        Some(path) => format!("use {crate_name}::{path}"),
        None => line,
    };
    let lines = broken_lines(change, max).into_iter().map(|lines| CodeLines {
        before: imported(lines.before, &report.old_crate_name),
        after: lines.after.map(|line| imported(line, &report.crate_name)),
    });
    lines.filter(|lines| lines.after.as_ref() != Some(&lines.before)).collect()
}

fn broken_lines(change: &Change, max: usize) -> Vec<CodeLines> {
    let mut lines: Vec<CodeLines> = Vec::new();
    let mut explained: HashSet<&str> = HashSet::new();
    if let Cause::Rename(rename) = &change.cause {
        lines.extend(renamed_lines(rename, &change.item_changes));
        explained.extend([rename.old.as_str(), rename.new.as_str()]);
    }
    if let Cause::Setting(Setting { key, .. }) = &change.cause
        && NAMES_OF_CRATE.contains(&key.as_str())
    {
        // The report adds the names of the crates.
        lines.push(CodeLines { before: "use …;".to_owned(), after: Some("use …;".to_owned()) });
    }
    let items = broken_items(change);
    let broken: HashSet<&str> = items.iter().map(|item| item.path.as_str()).collect();
    let new_items = new_items(change);
    let replacing_variant = replacing_variant(change);
    let new_arguments: HashSet<&str> = change.item_changes.iter().flat_map(new_arguments).collect();
    let mut seen: HashSet<CodeLines> = lines.iter().cloned().collect();
    for item in items {
        let Some((old_path, old)) = item.before() else { continue };
        // The method that returns a field changes with the field, and the items of a type are removed with the type. A setter
        // becomes an argument.
        let name = item.path.rsplit("::").next().unwrap_or_default().trim_end_matches("()");
        let follows = item.path.strip_suffix("()").is_some_and(|field| broken.contains(field))
            || item.new.is_none() && broken.contains(owner(&item.path))
            || item.new.is_none() && new_arguments.contains(name)
            || explained.contains(item.path.as_str());
        if follows {
            continue;
        }
        let line = match (old, &item.new) {
            (ItemKind::Function(_), Some(ItemKind::Function(_))) => changed_call(item).unwrap_or_default(),
            (ItemKind::Implementation(_), None) if item.path.ends_with(": Default") => {
                let ty = owner(&item.path);
                let constructor = format!("{ty}::new()");
                CodeLines {
                    before: format!("{}::default()", short(owner(old_path))),
                    after: new_items.get(constructor.as_str()).map(|new| code(&constructor, new)),
                }
            }
            (ItemKind::Struct(_), Some(ItemKind::Enum(_))) => declarations([old_path, &item.path], ["struct", "enum"]),
            (ItemKind::Enum(_), Some(ItemKind::Struct(_))) => declarations([old_path, &item.path], ["enum", "struct"]),
            // Programs can no longer create the struct.
            (ItemKind::Struct(true), Some(ItemKind::Struct(false))) => {
                CodeLines { before: format!("{} {{ … }}", last(old_path)), after: None }
            }
            // Programs can no longer match all variants of the enum.
            (ItemKind::Enum(true), Some(ItemKind::Enum(false))) => CodeLines {
                before: format!("match {} {{ … }}", variable(last(old_path))),
                after: Some(format!("match {} {{ …, _ => … }}", variable(last(&item.path)))),
            },
            (ItemKind::Variant(_), None) => {
                let after = replacing_variant.and_then(|item| Some(code(&item.path, item.new.as_ref()?)));
                CodeLines { before: code(old_path, old), after }
            }
            (old, new) => {
                CodeLines { before: code(old_path, old), after: new.as_ref().map(|new| code(&item.path, new)) }
            }
        };
        let line = with_feature(line, item);
        if lines.len() < max && line.after.as_ref() != Some(&line.before) && seen.insert(line.clone()) {
            lines.push(line);
        }
    }
    lines.truncate(max);
    lines
}

/// Returns the items that a change adds or changes, by their paths.
fn new_items(change: &Change) -> HashMap<&str, &ItemKind> {
    change.item_changes.iter().filter_map(|item| Some((item.path.as_str(), item.new.as_ref()?))).collect()
}

/// Returns the items that break programs, without those that follow from others.
fn broken_items(change: &Change) -> Vec<&ItemChange> {
    let mut items: Vec<&ItemChange> = change.item_changes.iter().filter(|item| item.is_breaking).collect();
    // Without the method, a program has no use for the request type.
    let is_removed = |item: &ItemChange| item.new.is_none() && matches!(item.old, Some(ItemKind::Function(_)));
    if matches!(&change.cause, Cause::Document(difference) if difference.path.len() == 1)
        && items.iter().any(|item| is_removed(item))
    {
        items.retain(|item| is_removed(item));
        // The method of an operation may be the last of its handle.
        let own: HashSet<&String> = change.items.iter().collect();
        if items.iter().any(|item| own.contains(&item.path)) {
            items.retain(|item| own.contains(&item.path));
        }
    }
    // The changes of items for tests follow from those of other items.
    if items.iter().any(|item| !item.is_optional) {
        items.retain(|item| !item.is_optional);
    }
    items
}

/// Adds the feature that the new item needs, if programs had the old item without it.
fn with_feature(line: CodeLines, item: &ItemChange) -> CodeLines {
    let after = match (line.after, &item.needed_feature) {
        (Some(after), Some(feature)) => Some(format!("{after} // needs the feature \"{feature}\"")),
        (after, _) => after,
    };
    CodeLines { after, ..line }
}

/// Returns the only variant that a change adds, if the change replaces a value of an enum or renames a webhook.
fn replacing_variant(change: &Change) -> Option<&ItemChange> {
    let Cause::Document(Difference { change: compare::Change::Changed(Pair { ours, .. }), .. }) = &change.cause else {
        return None;
    };
    let is_added = |item: &&ItemChange| item.old.is_none() && matches!(item.new, Some(ItemKind::Variant(_)));
    let mut added = change.item_changes.iter().filter(is_added);
    let only = added.next().filter(|_| added.next().is_none());
    only.filter(|_| matches!(ours, Fact::EnumValue(_) | Fact::Name(_)))
}

/// Returns the names of the arguments that only the new signature of a function has.
fn new_arguments(item: &ItemChange) -> Vec<&str> {
    let (Some(ItemKind::Function(old)), Some(ItemKind::Function(new))) = (&item.old, &item.new) else {
        return Vec::new();
    };
    let old_names: HashSet<&String> = old.arguments.iter().map(|(name, _)| name).collect();
    new.arguments.iter().map(|(name, _)| name).filter(|name| !old_names.contains(name)).map(String::as_str).collect()
}

/// Returns the lines of code for a rename. A method has the arguments that changed.
fn renamed_lines(rename: &Rename, item_changes: &[ItemChange]) -> Vec<CodeLines> {
    let request = rename.request.as_ref().map(|names| (&names.theirs, &names.ours));
    let names = [(&rename.old, &rename.new)].into_iter().chain(request);
    let lines = names.filter(|(old, new)| old != new).map(|(old, new)| {
        let call = item_changes.iter().find(|item| item.path == *new).and_then(changed_call);
        call.unwrap_or_else(|| CodeLines {
            before: name_line(old, rename.takes_arguments.theirs),
            after: Some(name_line(new, rename.takes_arguments.ours)),
        })
    });
    lines.collect()
}

/// Returns the declarations of a type, for its old and new path and its old and new keyword.
fn declarations(paths: [&str; 2], keywords: [&str; 2]) -> CodeLines {
    let [before, after] = [0, 1].map(|index| format!("{} {}", keywords[index], last(paths[index])));
    CodeLines { before, after: Some(after) }
}

/// Returns the last part of a path.
fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// Returns a line of a program that names an item. The arguments of a method are left out.
fn name_line(path: &str, takes_arguments: bool) -> String {
    let path = match path.strip_suffix("()").filter(|_| takes_arguments) {
        Some(method) => &format!("{method}(…)"),
        None => path,
    };
    let mut parts = path.rsplit("::");
    match (parts.next(), parts.next()) {
        (Some(name), Some(parent)) if name.starts_with(char::is_lowercase) => format!("{}.{name}", variable(parent)),
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
            (Some((ty, of_trait)), []) => format!("impl {} for {}", short(of_trait), short(ty)),
            (Some((ty, of_trait)), types) => {
                let types: Vec<String> = types.iter().map(|ty| short(ty)).collect();
                format!("impl {}<{}> for {}", short(of_trait), types.join(", "), short(ty))
            }
            _ => path.to_owned(),
        },
        ItemKind::Feature => format!("features = [{}]", path.trim_start_matches("feature ").replace('`', "\"")),
        ItemKind::Alias(target) => format!("type {name} = {};", short(target)),
        ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::Trait if parent.is_empty() => format!("use {name};"),
        _ => format!("use {path};"),
    }
}

/// Returns the calls of a function before and after a change of its signature. Only the arguments that changed have their types.
fn changed_call(item: &ItemChange) -> Option<CodeLines> {
    // The types of `old` have their new names, so that they can be compared with those of `new`.
    let (Some(ItemKind::Function(old)), Some(ItemKind::Function(new))) = (&item.old, &item.new) else { return None };
    let (old_path, ItemKind::Function(shown)) = item.before()? else { return None };
    Some(CodeLines { before: call(old_path, shown, old, new), after: Some(call(&item.path, new, new, old)) })
}

/// Returns a call of a function. `signature` is compared with `other`, and the types of `shown` are those of the call.
fn call(path: &str, shown: &Signature, signature: &Signature, other: &Signature) -> String {
    let others: HashSet<&(String, String)> = other.arguments.iter().collect();
    let mut arguments: Vec<String> = Vec::new();
    let mut unchanged = 0;
    for (compared, argument) in signature.arguments.iter().zip(&shown.arguments) {
        let is_unchanged = others.contains(compared);
        unchanged = if is_unchanged { unchanged + 1 } else { 0 };
        match is_unchanged {
            // A new argument needs its type. A program already passes the others.
            false => arguments.push(format!("{}: {}", argument.0, short(&argument.1))),
            true if unchanged <= MAX_UNCHANGED => arguments.push(argument.0.clone()),
            true if unchanged == MAX_UNCHANGED + 1 => arguments.push("…".to_owned()),
            true => {}
        }
    }
    let call = code(path, &ItemKind::Function(Signature { arguments: Vec::new(), ..signature.clone() }));
    let result = match signature.result == other.result {
        true => String::new(),
        false => format!(" -> {}", short(&shown.result)),
    };
    format!("{}({}){result}", call.trim_end_matches("()"), arguments.join(", "))
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
            match c {
                '=' if !output.ends_with(' ') => output.push_str(" = "),
                c => output.push(c),
            }
        }
    }
    output + &word
}

/// Returns the item that a change of items adds, as a line of code.
pub(super) fn added_code(item: &ItemChange) -> Option<String> {
    item.new.as_ref().map(|new| signature(&item.path, Some(new)))
}
