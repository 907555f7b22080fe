//! The titles of changes: one line for each change.

use std::collections::HashSet;

use super::code_lines::short;
use super::escape::name;
use super::nodes::{Node, node, node_in, root_name, root_noun};
use super::renames::RenamedKind;
use super::settings::Setting;
use super::{Cause, Change, Rename};
use crate::compare::{self, Difference, Fact, Pair, Step};
use crate::surface::{ItemChange, ItemKind};

/// The maximum number of names in a title.
const MAX_NAMES: usize = 6;

/// The maximum number of bytes of a value of codegen.toml in a title.
const MAX_VALUE: usize = 80;

/// Returns the title of a change.
pub(super) fn title(change: &Change) -> String {
    match &change.cause {
        Cause::Document(difference) => {
            let title = difference_title(difference, &node(&difference.path), change);
            format!("{title}{}", note(change))
        }
        Cause::Rename(rename) => rename_title(rename),
        Cause::Setting(setting) => setting_title(setting),
        Cause::Items => items_title(change),
    }
}

/// Returns the title of several changes that differ only in the operation, schema or webhook.
pub(super) fn title_of_many(changes: &[&Change]) -> Option<String> {
    let first = changes.first()?;
    let Cause::Document(difference) = &first.cause else { return None };
    let (root, steps) = difference.path.split_first()?;
    let names = changes.iter().filter_map(|change| match &change.cause {
        Cause::Document(Difference { path, .. }) => path.first().and_then(root_name),
        _ => None,
    });
    // A schema that is the counterpart of two schemas has the same change twice.
    let mut seen = HashSet::new();
    let names: Vec<String> = names.filter(|name| seen.insert(*name)).map(|root| format!("`{}`", name(root))).collect();
    if names.len() == 1 {
        return None;
    }
    let root = format!("{}s {}", root_noun(root)?, list(&names));
    let title = difference_title(difference, &node_in(steps, root), first);
    Some(format!("{title}{}", note(first)))
}

/// Returns a suffix that explains an unexpected verdict, or an empty string. It starts with a separator.
pub(super) fn note(change: &Change) -> &'static str {
    if change.is_overridden {
        return ", but `streams.end` does not list it";
    }
    let Cause::Document(difference) = &change.cause else { return "" };
    let mut broken = change.item_changes.iter().filter(|item| item.is_breaking).peekable();
    // Constructors of types in responses are for tests.
    if broken.peek().is_none() || !broken.all(|item| item.is_optional && item.path.ends_with("::new()")) {
        return "";
    }
    match difference.change {
        compare::Change::Added(Fact::Present | Fact::Required) => "; `new` of the feature `test-util` now takes it",
        compare::Change::Missing(Fact::Present | Fact::Required) => {
            "; `new` of the feature `test-util` no longer takes it"
        }
        _ => "; this changes `new` of the feature `test-util`",
    }
}

/// Returns the title of several changes that add values to an enum, or remove values from it.
pub(super) fn title_of_values(changes: &[&Change]) -> Option<String> {
    let Cause::Document(Difference { path, change, .. }) = &changes.first()?.cause else { return None };
    let values = changes.iter().filter_map(|change| match &change.cause {
        Cause::Document(Difference {
            change: compare::Change::Added(fact) | compare::Change::Missing(fact), ..
        }) => Some(value(fact)),
        _ => None,
    });
    let values = list(&values.collect::<Vec<_>>());
    let node = node(path).text;
    Some(match change {
        compare::Change::Added(Fact::TagValue(_)) => format!("discriminator values {values} added to {node}"),
        compare::Change::Missing(Fact::TagValue(_)) => format!("discriminator values {values} removed from {node}"),
        compare::Change::Added(_) => format!("values {values} added to {node}"),
        _ => format!("values {values} removed from {node}"),
    })
}

/// Returns the title of several changes that each add or remove a type.
pub(super) fn title_of_types(changes: &[&Change]) -> Option<String> {
    let first = changes.first()?.item_changes.first()?;
    let verb = if first.old.is_none() { "added" } else { "removed" };
    Some(format!("types {} {verb}", type_names(changes)))
}

/// Returns the title of several changes that add, remove or change items with the same names in different types.
pub(super) fn title_of_items(changes: &[&Change]) -> Option<String> {
    let first = changes.first()?;
    let of_trait = first.items.first()?.split_once(": ").map(|(_, of_trait)| short(of_trait));
    let names = type_names(changes);
    Some(match (of_trait, first.code.as_str()) {
        (Some(of_trait), "D1001") => format!("{names} now implement `{of_trait}`"),
        (Some(of_trait), "D1002") => format!("{names} no longer implement `{of_trait}`"),
        _ => format!("{names}: {}", changed_items(first)?),
    })
}

fn type_names(changes: &[&Change]) -> String {
    let names = changes.iter().filter_map(|change| {
        let path = change.items.first()?;
        Some(format!("`{}`", short_path(path.split_once(": ").map_or(path.as_str(), |(ty, _)| ty))))
    });
    list(&names.collect::<Vec<_>>())
}

/// Joins names. The last names of a long list are only counted.
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        names if names.len() > MAX_NAMES => {
            format!("{} and {} more", names[..MAX_NAMES - 1].join(", "), names.len() + 1 - MAX_NAMES)
        }
        [names @ .., last] => format!("{} and {last}", names.join(", ")),
    }
}

/// Returns the value of a fact, escaped. It is empty if the fact has no value.
fn value(fact: &Fact) -> String {
    match (fact, fact.value()) {
        (Fact::Paging(parts), _) => parts.iter().map(|part| paging_part(part)).collect::<Vec<_>>().join(", "),
        (_, value) if value.is_empty() => value,
        (_, value) => name(&value),
    }
}

fn difference_title(difference: &Difference, node: &Node, cause: &Change) -> String {
    let Node { text, own, parent } = node;
    let is_presence = |change: &compare::Change| {
        matches!(change, compare::Change::Added(Fact::Present) | compare::Change::Missing(Fact::Present))
    };
    match &difference.change {
        change if is_presence(change) => {
            let is_added = matches!(change, compare::Change::Added(_));
            // A schema with subtypes is an alternative of itself.
            if let [Step::Type(schema), Step::UnionVariant(alternative)] = difference.path.as_slice()
                && schema == alternative
            {
                let now = if is_added { "now" } else { "no longer" };
                return format!("{parent} itself is {now} one of its alternatives");
            }
            if let Some(side) = cause.side {
                return side.title(text, is_added, cause.is_required);
            }
            // The JSON body has no name.
            let (the, own) = own.strip_prefix("the ").map_or(("", own.as_str()), |own| ("the ", own));
            let required = if cause.is_required { "required " } else { "" };
            let parent = match (parent.is_empty(), is_added) {
                (true, _) => String::new(),
                (false, true) => format!(" to {parent}"),
                (false, false) => format!(" from {parent}"),
            };
            format!("{the}{required}{own} {}{parent}", if is_added { "added" } else { "removed" })
        }
        compare::Change::Added(fact) => one_fact(fact, text, true),
        compare::Change::Missing(fact) => one_fact(fact, text, false),
        compare::Change::Changed(Pair { ours, theirs }) => {
            let (new, old) = (value(ours), value(theirs));
            match ours {
                Fact::Id(_) => format!("operation `{old}` renamed to `{new}`"),
                Fact::Name(_) => {
                    let parent = if parent.is_empty() { String::new() } else { format!(" of {parent}") };
                    format!("{}{parent} renamed to `{new}`", own.replace(&format!("`{new}`"), &format!("`{old}`")))
                }
                Fact::Paging(new) => paging_title(text, new, paging_parts(theirs)),
                Fact::EventNames(_) => format!("{text} is now recognised by the name `{new}`, not `{old}`"),
                Fact::EnumValue(_) => format!("value {old} of {text} replaced by {new}"),
                Fact::TagValue(_) => format!("discriminator value {old} of {text} replaced by {new}"),
                Fact::Schema { .. } => format!("schema of {text} is now `{new}`, not `{old}`"),
                Fact::Path(_) => format!("{text} moved from `{old}` to `{new}`"),
                Fact::In(_) => format!("{text} moved from the {old} to the {new}"),
                Fact::Body(_) => format!("{text} now takes {}, not {}", body(ours), body(theirs)),
                Fact::Constraint(_) if ours.keyword() != theirs.keyword() => {
                    format!("`{}: {old}` of {text} replaced by `{}: {new}`", theirs.keyword(), ours.keyword())
                }
                Fact::Constraint(_) | Fact::Default(_) => {
                    format!("`{}` of {text} changed from {old} to {new}", ours.keyword())
                }
                _ => format!("{} of {text} changed from {old} to {new}", ours.keyword()),
            }
        }
    }
}

/// Describes a fact that a node now has, or no longer has.
fn one_fact(fact: &Fact, node: &str, is_added: bool) -> String {
    let (now, verb, to) = if is_added { ("is now", "added", "to") } else { ("is no longer", "removed", "from") };
    let value = value(fact);
    match fact {
        Fact::Required if !is_added => format!("{node} is now optional"),
        Fact::Required => format!("{node} is now required"),
        Fact::Nullable if is_added => format!("{node} may now be `null`"),
        Fact::Nullable => format!("{node} may no longer be `null`"),
        Fact::Deprecated => format!("{node} {now} deprecated"),
        Fact::ReadOnly => format!("{node} {now} read-only"),
        Fact::WriteOnly => format!("{node} {now} write-only"),
        Fact::Personal => format!("{node} {now} marked as personal data"),
        Fact::OtherStrings if is_added => format!("{node} now accepts other strings"),
        Fact::OtherStrings => format!("{node} no longer accepts other strings"),
        Fact::AdditionalProperties if is_added => format!("{node} now declares additional properties"),
        Fact::AdditionalProperties => format!("{node} no longer declares additional properties"),
        Fact::CredentialsOptional if is_added => format!("{node} can now be called without credentials"),
        Fact::CredentialsOptional => format!("{node} can no longer be called without credentials"),
        Fact::Security(accepted) if is_added => format!("{node} now accepts the credentials {}", credentials(accepted)),
        Fact::Security(accepted) => format!("{node} no longer accepts the credentials {}", credentials(accepted)),
        Fact::Scope(_) if is_added => format!("{node} now requires the scope `{value}`"),
        Fact::Scope(_) => format!("{node} no longer requires the scope `{value}`"),
        Fact::StreamEnd(_) if is_added => format!("item `{value}` now ends the streams of {node}"),
        Fact::StreamEnd(_) => format!("item `{value}` no longer ends the streams of {node}"),
        Fact::Paging(_) if is_added => format!("{node} is now paginated: {value}"),
        Fact::Paging(_) => format!("{node} is no longer paginated"),
        Fact::DefaultAlternative => format!("{node} {now} the default of the discriminator"),
        Fact::Body(_) if node.starts_with("operation") => format!("{} {verb} {to} {node}", body(fact)),
        Fact::Body(_) => format!("body {verb} {to} {node}"),
        Fact::EnumValue(_) => format!("value {value} {verb} {to} {node}"),
        Fact::Tag(tag) => {
            let now = if is_added { "now" } else { "no longer" };
            format!("property `{}` {now} distinguishes the alternatives of {node}", name(tag))
        }
        Fact::TagValue(_) => format!("discriminator value {value} {verb} {to} {node}"),
        Fact::Constraint(_) | Fact::Default(_) if value.is_empty() => {
            format!("`{}` {verb} {to} {node}", fact.keyword())
        }
        Fact::Constraint(_) | Fact::Default(_) => format!("`{}: {value}` {verb} {to} {node}", fact.keyword()),
        _ => format!("{} `{value}` {verb} {to} {node}", fact.keyword()),
    }
}

/// Describes credentials, with the scopes that the token needs.
fn credentials(credentials: &compare::Credentials) -> String {
    let kinds = name(&credentials.kinds.join(" and "));
    let scopes: Vec<String> = credentials.scopes.iter().map(|scope| format!("`{}`", name(scope))).collect();
    match scopes.as_slice() {
        [] => format!("`{kinds}`"),
        [scope] => format!("`{kinds}` with the scope {scope}"),
        scopes => format!("`{kinds}` with the scopes {}", list(scopes)),
    }
}

/// Describes a change of the pagination by the parts that differ, such as the parameter for the page.
fn paging_title(node: &str, new: &[String], old: &[String]) -> String {
    let parts = |parts: &[String], others: &[String]| -> String {
        let others: HashSet<&String> = others.iter().collect();
        let own = parts.iter().filter(|part| !others.contains(part)).map(|part| paging_part(part));
        own.collect::<Vec<_>>().join(", ")
    };
    match (parts(new, old), parts(old, new)) {
        (new, old) if old.is_empty() => format!("pagination of {node} now uses: {new}"),
        (new, old) if new.is_empty() => format!("pagination of {node} no longer uses: {old}"),
        (new, old) => format!("pagination of {node} changed: {new} (before: {old})"),
    }
}

/// Escapes a part of the description of a pagination, such as ``sent in `cursor` ``. It has at most one name.
fn paging_part(part: &str) -> String {
    match (part.find('`'), part.rfind('`')) {
        (Some(start), Some(end)) if start < end => {
            format!("{}`{}`{}", &part[..start], name(&part[start + 1..end]), &part[end + 1..])
        }
        _ => part.to_owned(),
    }
}

fn paging_parts(fact: &Fact) -> &[String] {
    if let Fact::Paging(parts) = fact { parts } else { &[] }
}

/// Returns the name of a kind of request body.
fn body(fact: &Fact) -> &'static str {
    match fact {
        Fact::Body("form") => "a form",
        Fact::Body("multipart") => "a multipart body",
        _ => "a body",
    }
}

fn rename_title(rename: &Rename) -> String {
    let [ours, theirs] = [&rename.wire.ours, &rename.wire.theirs].map(|wire| name(wire));
    let (old, new) = (short_path(&rename.old), short_path(&rename.new));
    match rename.kind {
        RenamedKind::Schema if ours != theirs => format!("schema `{theirs}` renamed to `{ours}`"),
        RenamedKind::Schema => format!("type `{old}` is now `{new}`"),
        RenamedKind::Property => {
            format!("property `{theirs}` of schema `{}` renamed to `{ours}`", name(&rename.schema))
        }
        RenamedKind::Request if old != new => format!("request type `{old}` of `{ours}` is now `{new}`"),
        RenamedKind::Request => format!("request type of `{ours}` has another path"),
        RenamedKind::Method if theirs != ours => format!("operation `{theirs}` moved to `{ours}`"),
        RenamedKind::Method if old != new => format!("method `{old}` of `{ours}` is now `{new}`"),
        RenamedKind::Method => format!("method of `{ours}` has another path"),
    }
}

fn setting_title(setting: &Setting) -> String {
    let key = name(&setting.key);
    let subject = match &setting.file {
        Some(file) => format!("`{key}` of {}", name(file)),
        None => format!("default of `{key}`"),
    };
    let [old, new] = [&setting.old, &setting.new].map(|value| value.as_deref().map(name));
    let is_long = |value: &Option<String>| value.as_ref().is_some_and(|value| value.len() > MAX_VALUE);
    match (&old, &new) {
        (None, new) if setting.file.is_none() && is_long(new) => format!("`{key}` now has a default"),
        (old, None) if setting.file.is_none() && is_long(old) => format!("`{key}` no longer has a default"),
        (Some(old), None) if setting.file.is_none() => format!("`{key}` no longer has a default; it was {old}"),
        (None, new) if is_long(new) => format!("{subject} is now set"),
        (old, None) if is_long(old) => format!("{subject} is no longer set"),
        (old, new) if is_long(old) || is_long(new) => format!("{subject} changed"),
        (Some(old), Some(new)) => format!("{subject} changed from {old} to {new}"),
        (None, Some(new)) => format!("{subject} is now {new}"),
        (Some(old), None) => format!("{subject} is no longer set; it was {old}"),
        (None, None) => format!("{subject} changed"),
    }
}

/// Returns the last parts of a path: a type, or a type with its method or field.
fn short_path(path: &str) -> String {
    let parts: Vec<&str> = path.split("::").collect();
    let is_type = |part: &str| part.starts_with(char::is_uppercase);
    let first = parts.iter().position(|part| is_type(part)).unwrap_or_default();
    parts[first..].join("::")
}

fn items_title(change: &Change) -> String {
    let item = change.items.first().map(String::as_str).unwrap_or_default();
    let verb = match change.code.as_str() {
        "D1001" => "added",
        "D1002" => "removed",
        _ => return changed_items_title(item, &change.item_changes),
    };
    if let Some((ty, of_trait)) = item.split_once(": ") {
        let now = if verb == "added" { "now implements" } else { "no longer implements" };
        return format!("`{}` {now} `{}`", short(ty), short(of_trait));
    }
    // The path of a cargo feature has its own quotes.
    if item.starts_with("feature ") {
        return format!("cargo {item} {verb}");
    }
    let kind = change.item_changes.iter().find(|change| change.path == item);
    let kind = kind.and_then(|change| change.old.as_ref().or(change.new.as_ref())).map_or("item", kind_noun);
    let root = if item.contains("::") { "" } else { " of the crate root" };
    format!("{kind} `{item}`{root} {verb}")
}

fn kind_noun(kind: &ItemKind) -> &'static str {
    match kind {
        ItemKind::Module => "module",
        ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::Alias(_) => "type",
        ItemKind::Field(_) => "field",
        ItemKind::Variant(_) => "variant",
        ItemKind::Function(signature) if signature.receiver.is_empty() => "function",
        ItemKind::Function(_) => "method",
        ItemKind::Implementation(_) => "implementation",
        ItemKind::Constant(_) => "constant",
        ItemKind::Trait => "trait",
        ItemKind::Reexport(_) => "re-export",
        ItemKind::Feature => "feature",
    }
}

/// Describes a type by those of its items that were removed, added and changed.
fn changed_items_title(owner: &str, changes: &[ItemChange]) -> String {
    let noun = |kind: &Option<ItemKind>| match kind {
        Some(ItemKind::Struct(_)) => Some("a struct"),
        Some(ItemKind::Enum(_)) => Some("an enum"),
        Some(ItemKind::Alias(_)) => Some("an alias"),
        _ => None,
    };
    let own = changes.iter().find(|change| change.path == owner);
    if let Some((old, new)) = own.and_then(|change| noun(&change.old).zip(noun(&change.new)))
        && old != new
    {
        return format!("type `{owner}` is now {new}, not {old}");
    }
    match item_lists(owner, changes) {
        parts if parts.is_empty() => format!("`{owner}` changed"),
        parts => format!("`{owner}`: {parts}"),
    }
}

/// Names the items of a type that a change removes, adds and changes. Returns `None` if the type itself changes.
pub(super) fn changed_items(change: &Change) -> Option<String> {
    let owner = change.items.first()?;
    let is_own = change.item_changes.iter().any(|item| item.path == *owner);
    let parts = item_lists(owner, &change.item_changes);
    (!is_own && !parts.is_empty()).then_some(parts)
}

fn item_lists(owner: &str, changes: &[ItemChange]) -> String {
    let paths: HashSet<&str> = changes.iter().map(|change| change.path.as_str()).collect();
    let mut parts = Vec::new();
    for (verb, is_in) in [
        ("removed", (|change| change.new.is_none()) as fn(&ItemChange) -> bool),
        ("added", |change| change.old.is_none()),
        ("changed", |change| change.old.is_some() && change.new.is_some()),
    ] {
        let mut found: Vec<&ItemChange> =
            changes.iter().filter(|change| is_in(change) && change.path != owner).collect();
        // The method that returns a field follows from the field.
        found.retain(|change| !change.path.strip_suffix("()").is_some_and(|field| paths.contains(field)));
        // An item that only a test feature has, or a trait, is named only if there is no other.
        for is_minor in [(|change| change.is_optional) as fn(&ItemChange) -> bool, |change| change.path.contains(": ")]
        {
            if found.iter().any(|change| !is_minor(change)) {
                found.retain(|change| !is_minor(change));
            }
        }
        let names: Vec<String> = found.iter().map(|change| format!("`{}`", item_name(&change.path))).collect();
        if !names.is_empty() {
            parts.push(format!("{} {verb}", list(&names)));
        }
    }
    parts.join("; ")
}

fn item_name(path: &str) -> String {
    match path.split_once(": ") {
        Some((_, of_trait)) => short(of_trait),
        None => path.rsplit("::").next().unwrap_or(path).to_owned(),
    }
}
