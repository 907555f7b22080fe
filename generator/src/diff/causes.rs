//! Finds the changes that cause the difference of a Rust item.

use std::collections::HashSet;

use super::{Cause, Change};
use crate::compare::{self, Difference, Fact, Pair, Step};
use crate::ir::Status;
use crate::surface::{ItemChange, ItemKind};

/// The trait of the requests of lists.
pub(super) const PAGINATED: &str = "crate::runtime::Paginated";

/// Returns the changes that cause the difference of an item. There may be none. `exact` are the changes that concern this item,
/// and `of_owner` are the changes that concern its type.
pub(super) fn causes(changes: &[Change], exact: Option<&[usize]>, of_owner: &[usize], item: &ItemChange) -> Vec<usize> {
    // A removed value of an enum adds no item.
    let loses_value = |change: &Change| {
        matches!(
            &change.cause,
            Cause::Document(Difference {
                change: compare::Change::Missing(Fact::EnumValue(_) | Fact::TagValue(_)),
                ..
            })
        )
    };
    let keep = |candidates: &[usize], test: &dyn Fn(&Change) -> bool| -> Vec<usize> {
        let is_possible = |change: &Change| (item.old.is_some() || !loses_value(change)) && !is_documentation(change);
        candidates.iter().copied().filter(|index| is_possible(&changes[*index]) && test(&changes[*index])).collect()
    };
    let likely = |candidates: &[usize]| match keep(candidates, &changes_items) {
        likely if likely.is_empty() => keep(candidates, &|_| true),
        likely => likely,
    };
    let is_function = |kind: &Option<ItemKind>| matches!(kind, Some(ItemKind::Function(_)));
    // A union implements `From` for the type of each alternative.
    let conversion = match item.path.split_once(": From<") {
        Some((_, from)) => {
            let from = from.trim_end_matches('>').rsplit("::").next().unwrap_or_default();
            keep(of_owner, &|change| changes_items(change) && change.members.iter().any(|member| member == from))
        }
        None => Vec::new(),
    };
    match (exact, &item.old, &item.new) {
        // A method has the arguments of several parameters, and a constructor those of several properties.
        (exact, old, new) if is_function(old) || is_function(new) => {
            let changed = changed_arguments(old, new);
            let name = item.path.rsplit("::").next().unwrap_or_default().trim_end_matches("()");
            let field = name.strip_prefix("with_").unwrap_or(name);
            let is_member = |change: &Change| {
                let members = change.members.iter().map(String::as_str);
                members.clone().any(|member| changed.contains(member) || [name, field].contains(&member))
            };
            match exact {
                Some(exact) => match keep(&likely(exact), &is_member) {
                    // No change is about an argument that is new, gone or of another type, so the cause is elsewhere.
                    causes if causes.is_empty() && old.is_some() && new.is_some() && !changed.is_empty() => Vec::new(),
                    causes if causes.is_empty() => likely(exact),
                    causes => causes,
                },
                None => match keep(of_owner, &|change| is_member(change) && changes_items(change)) {
                    // The methods for media types are `as_csv` and the like.
                    causes if causes.is_empty() && name.starts_with("as_") => keep(of_owner, &changes_media_types),
                    causes if causes.is_empty() => keep(of_owner, &is_member),
                    causes => causes,
                },
            }
        }
        (Some(exact), ..) => likely(exact),
        (None, Some(ItemKind::Implementation(_)), Some(_)) => keep(of_owner, &changes_result),
        (None, ..) if !conversion.is_empty() => conversion,
        // One of the properties prevents the trait. If several properties changed, the cause is ambiguous.
        (None, Some(ItemKind::Implementation(_)), None) => {
            let is_default = item.path.ends_with(": Default");
            let is_whole = |change: &Change| change.differences.first().is_some_and(|first| first.path.len() == 1);
            let kept = keep(&likely(of_owner), &|change| !is_default || requires_more(change) || is_whole(change));
            if kept.len() == 1 || is_default { kept } else { Vec::new() }
        }
        (None, None, Some(ItemKind::Implementation(_))) if item.path.ends_with(": Default") => {
            keep(of_owner, &requires_less)
        }
        (None, ..) => keep(of_owner, &adds_or_removes),
    }
}

/// Returns whether a change may change what a request returns.
fn changes_result(change: &Change) -> bool {
    let Cause::Document(difference) = &change.cause else { return false };
    match difference.path.get(1) {
        Some(Step::Response(Status::Code(200..=299) | Status::Range(2) | Status::Default)) => true,
        None => !matches!(
            difference.change,
            compare::Change::Changed(Pair { ours: Fact::Id(_) | Fact::Path(_) | Fact::Method(_), .. })
        ),
        _ => false,
    }
}

/// Returns whether a change adds, removes or changes a media type.
fn changes_media_types(change: &Change) -> bool {
    let Cause::Document(difference) = &change.cause else { return false };
    matches!(difference.change.fact(), Fact::MediaType(_))
}

/// Returns whether a change makes a type need more values.
fn requires_more(change: &Change) -> bool {
    let Cause::Document(difference) = &change.cause else { return false };
    matches!(
        difference.change,
        compare::Change::Added(Fact::Present | Fact::Required) | compare::Change::Missing(Fact::Nullable)
    )
}

/// Returns whether a change makes a type need fewer values.
fn requires_less(change: &Change) -> bool {
    let Cause::Document(difference) = &change.cause else { return false };
    matches!(
        difference.change,
        compare::Change::Missing(Fact::Present | Fact::Required) | compare::Change::Added(Fact::Nullable)
    )
}

/// Returns whether a change adds or removes an operation or a type, or renames it.
fn adds_or_removes(change: &Change) -> bool {
    match &change.cause {
        Cause::Document(difference) => difference.path.len() == 1,
        Cause::Rename(_) => true,
        Cause::Setting(_) | Cause::Items => false,
    }
}

/// Returns the names of the arguments that only one of two signatures has, or that have another type.
fn changed_arguments<'s>(old: &'s Option<ItemKind>, new: &'s Option<ItemKind>) -> HashSet<&'s str> {
    let arguments = |kind: &'s Option<ItemKind>| -> HashSet<&'s (String, String)> {
        match kind {
            Some(ItemKind::Function(signature)) => signature.arguments.iter().collect(),
            _ => HashSet::new(),
        }
    };
    let (old, new) = (arguments(old), arguments(new));
    old.symmetric_difference(&new).map(|(name, _)| name.as_str()).collect()
}

/// Returns whether a change of the document is likely to change the Rust items, and not only their documentation.
fn changes_items(change: &Change) -> bool {
    let Cause::Document(difference) = &change.cause else { return true };
    !matches!(
        difference.change.fact(),
        Fact::Deprecated | Fact::Default(_) | Fact::Personal | Fact::Constraint(_) | Fact::Format(_)
    )
}

/// Returns whether a change of the document can change only the documentation of Rust items.
fn is_documentation(change: &Change) -> bool {
    let Cause::Document(difference) = &change.cause else { return false };
    matches!(difference.change.fact(), Fact::Deprecated | Fact::Default(_) | Fact::Scope(_) | Fact::Format(_))
}
