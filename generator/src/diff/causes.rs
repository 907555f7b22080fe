//! Finds the changes that cause the difference of a Rust item.

use std::collections::HashSet;

use super::{Cause, Change};
use crate::compare::{self, Fact, Pair, Step};
use crate::ir::Status;
use crate::surface::{ItemChange, ItemKind};

/// The trait of the requests of lists.
pub(super) const PAGINATED: &str = "crate::runtime::Paginated";

/// Returns the changes that cause the difference of an item. There may be none. `exact` are the changes that concern this item,
/// and `of_owner` are the changes that concern its type.
pub(super) fn causes(changes: &[Change], exact: Option<&[usize]>, of_owner: &[usize], item: &ItemChange) -> Vec<usize> {
    let candidates = Candidates { changes, item };
    let is_function = |kind: &Option<ItemKind>| matches!(kind, Some(ItemKind::Function(_)));
    match (exact, &item.old, &item.new) {
        (exact, old, new) if is_function(old) || is_function(new) => candidates.of_function(exact, of_owner),
        (Some(exact), ..) => candidates.likely(exact),
        (None, Some(ItemKind::Implementation(_)), Some(_)) => candidates.keep(of_owner, changes_result),
        (None, old, new) => {
            let conversion = candidates.of_conversion(of_owner);
            match (old, new) {
                _ if !conversion.is_empty() => conversion,
                (Some(ItemKind::Implementation(_)), None) => candidates.of_removed_trait(of_owner),
                (None, Some(ItemKind::Implementation(_))) if candidates.is_default() => {
                    candidates.keep(of_owner, requires_less)
                }
                _ => candidates.keep(of_owner, adds_or_removes),
            }
        }
    }
}

/// The changes that may cause the difference of an item.
#[derive(Clone, Copy)]
struct Candidates<'a> {
    changes: &'a [Change],
    item: &'a ItemChange,
}

impl Candidates<'_> {
    /// Returns the indexes of the possible causes for which a predicate is true.
    fn keep(self, indexes: &[usize], test: impl Fn(&Change) -> bool) -> Vec<usize> {
        // A removed value of an enum adds no item.
        let is_possible =
            |change: &Change| (self.item.old.is_some() || !loses_value(change)) && !is_documentation(change);
        let indexes = indexes.iter().copied();
        indexes.filter(|index| is_possible(&self.changes[*index]) && test(&self.changes[*index])).collect()
    }

    /// Returns the changes that are likely to change items, or else all possible causes.
    fn likely(self, indexes: &[usize]) -> Vec<usize> {
        match self.keep(indexes, changes_items) {
            likely if likely.is_empty() => self.keep(indexes, |_| true),
            likely => likely,
        }
    }

    /// Returns the causes of a changed function. A method has the arguments of several parameters, and a constructor those of several
    /// properties.
    fn of_function(self, exact: Option<&[usize]>, of_owner: &[usize]) -> Vec<usize> {
        let ItemChange { path, old, new, .. } = self.item;
        let changed = changed_arguments(old, new);
        let name = path.rsplit("::").next().unwrap_or_default().trim_end_matches("()");
        let field = name.strip_prefix("with_").unwrap_or(name);
        let is_member = |change: &Change| {
            let mut members = change.members.iter().map(String::as_str);
            members.any(|member| changed.contains(member) || [name, field].contains(&member))
        };
        match exact {
            Some(exact) => match self.keep(&self.likely(exact), is_member) {
                // No change is about an argument that is new, gone or of another type, so the cause is elsewhere.
                causes if causes.is_empty() && old.is_some() && new.is_some() && !changed.is_empty() => Vec::new(),
                causes if causes.is_empty() => self.likely(exact),
                causes => causes,
            },
            None => match self.keep(of_owner, |change| is_member(change) && changes_items(change)) {
                // The methods for media types are `as_csv` and the like.
                causes if causes.is_empty() && name.starts_with("as_") => self.keep(of_owner, changes_media_types),
                causes if causes.is_empty() => self.keep(of_owner, is_member),
                causes => causes,
            },
        }
    }

    /// Returns the causes of a changed conversion. A union implements `From` for the type of each alternative.
    fn of_conversion(self, of_owner: &[usize]) -> Vec<usize> {
        let Some((_, from)) = self.item.path.split_once(": From<") else { return Vec::new() };
        let from = from.trim_end_matches('>').rsplit("::").next().unwrap_or_default();
        self.keep(of_owner, |change| changes_items(change) && change.members.iter().any(|member| member == from))
    }

    /// Returns the cause of a removed trait. One of the properties prevents the trait. If several properties changed, the cause is
    /// ambiguous.
    fn of_removed_trait(self, of_owner: &[usize]) -> Vec<usize> {
        let is_default = self.is_default();
        let is_whole = |change: &Change| change.differences.first().is_some_and(|first| first.path.len() == 1);
        let causes =
            self.keep(&self.likely(of_owner), |change| !is_default || requires_more(change) || is_whole(change));
        if causes.len() == 1 || is_default { causes } else { Vec::new() }
    }

    fn is_default(self) -> bool {
        self.item.path.ends_with(": Default")
    }
}

/// Returns whether a change removes a value of an enum or of a discriminator.
fn loses_value(change: &Change) -> bool {
    let Cause::Document(difference) = &change.cause else { return false };
    matches!(difference.change, compare::Change::Missing(Fact::EnumValue(_) | Fact::TagValue(_)))
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
