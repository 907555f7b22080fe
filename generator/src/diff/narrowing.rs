//! Whether a change of the document excludes values that were allowed before.

use std::collections::{HashMap, HashSet};

use crate::compare::{self, Change, Fact};
use crate::ir::Constraint;
use crate::normalize::media_type_essence;

/// Returns whether the server accepts fewer values than before.
pub(super) fn narrows(change: &Change) -> bool {
    match change {
        Change::Added(fact) => {
            matches!(fact, Fact::Required | Fact::Constraint(_) | Fact::Type(_) | Fact::ReadOnly | Fact::Present)
        }
        Change::Missing(fact) => matches!(
            fact,
            Fact::Nullable
                | Fact::EnumValue(_)
                | Fact::OtherStrings
                | Fact::AdditionalProperties
                | Fact::TagValue(_)
                | Fact::Type(_)
                | Fact::Present
        ),
        Change::Changed(pair) => match (&pair.ours, &pair.theirs) {
            (Fact::Constraint(new), Fact::Constraint(old)) => is_tighter(new, old),
            // Only codegen.toml closes an enum. The server accepts the same values.
            (Fact::Type(new), Fact::Type(old)) => {
                !includes(new.trim_start_matches("closed "), old.trim_start_matches("closed "))
            }
            (Fact::MediaType(new), Fact::MediaType(old)) => media_type_essence(new) != media_type_essence(old),
            (Fact::In(_) | Fact::Encoding(_) | Fact::Tag(_) | Fact::EnumValue(_) | Fact::TagValue(_), _) => true,
            _ => false,
        },
    }
}

/// Returns whether a constraint excludes values that the old constraint allows.
fn is_tighter(new: &Constraint, old: &Constraint) -> bool {
    match (new, old) {
        (Constraint::MinLength(new), Constraint::MinLength(old))
        | (Constraint::MinItems(new), Constraint::MinItems(old))
        | (Constraint::MinProperties(new), Constraint::MinProperties(old)) => new > old,
        (Constraint::MaxLength(new), Constraint::MaxLength(old))
        | (Constraint::MaxItems(new), Constraint::MaxItems(old))
        | (Constraint::MaxProperties(new), Constraint::MaxProperties(old)) => new < old,
        (Constraint::Minimum(new), Constraint::Minimum(old))
        | (Constraint::ExclusiveMinimum(new), Constraint::ExclusiveMinimum(old)) => new.compare(old).is_gt(),
        (Constraint::Maximum(new), Constraint::Maximum(old))
        | (Constraint::ExclusiveMaximum(new), Constraint::ExclusiveMaximum(old)) => new.compare(old).is_lt(),
        // The old limit was excluded, or the new limit is.
        (Constraint::Minimum(new), Constraint::ExclusiveMinimum(old)) => new.compare(old).is_gt(),
        (Constraint::ExclusiveMinimum(new), Constraint::Minimum(old)) => new.compare(old).is_ge(),
        (Constraint::Maximum(new), Constraint::ExclusiveMaximum(old)) => new.compare(old).is_lt(),
        (Constraint::ExclusiveMaximum(new), Constraint::Maximum(old)) => new.compare(old).is_le(),
        (Constraint::MultipleOf(new), Constraint::MultipleOf(old)) => !old.is_multiple_of(new),
        (Constraint::AdditionalProperties(_), Constraint::NoProperties) => false,
        (Constraint::Items(new), Constraint::Items(old))
        | (Constraint::AdditionalProperties(new), Constraint::AdditionalProperties(old))
        | (Constraint::Json(new), Constraint::Json(old)) => are_tighter(new, old),
        (Constraint::Item(at, new), Constraint::Item(old_at, old))
        | (Constraint::ItemsFrom(at, new), Constraint::ItemsFrom(old_at, old))
            if at == old_at =>
        {
            are_tighter(new, old)
        }
        (Constraint::PropertiesMatching(pattern, new), Constraint::PropertiesMatching(old_pattern, old))
            if pattern == old_pattern =>
        {
            are_tighter(new, old)
        }
        (Constraint::Requires(property, new), Constraint::Requires(old_property, old)) if property == old_property => {
            let old: HashSet<&String> = old.iter().collect();
            new.iter().any(|name| !old.contains(name))
        }
        _ => true,
    }
}

/// Returns whether constraints exclude values that the old constraints allow.
pub(super) fn are_tighter(new: &[Constraint], old: &[Constraint]) -> bool {
    let mut old_by_keyword: HashMap<_, Vec<&Constraint>> = HashMap::new();
    for constraint in old {
        old_by_keyword.entry(keyword_and_name(constraint)).or_default().push(constraint);
    }
    new.iter().filter(|new| !compare::allows_everything(new)).any(|new| {
        let mut same = old_by_keyword.get(&keyword_and_name(new)).into_iter().flatten();
        !same.any(|old| *old == new || !is_tighter(new, old))
    })
}

/// Returns a key that is equal for two constraints that can be compared: the keyword, with the pattern, the index or the property to
/// which the constraint applies.
fn keyword_and_name(constraint: &Constraint) -> (&'static str, Option<usize>, &str) {
    let (index, name) = match constraint {
        Constraint::Item(index, _) | Constraint::ItemsFrom(index, _) => (Some(*index), ""),
        Constraint::Pattern(name) | Constraint::PropertiesMatching(name, _) | Constraint::Requires(name, _) => {
            (None, name.as_str())
        }
        _ => (None, ""),
    };
    (compare::pairing_keyword(constraint), index, name)
}

/// Returns whether every value of the type `inner` is a value of the type `outer`. The names are those of [`Fact::Type`].
pub(super) fn includes(outer: &str, inner: &str) -> bool {
    let is_text = |name: &str| {
        matches!(
            name.trim_start_matches("closed "),
            "string" | "enum" | "date-time" | "date" | "uri" | "uuid" | "duration" | "bytes" | "bytes for URLs"
        )
    };
    let is_integer_enum = |name: &str| name.trim_start_matches("closed ") == "integer enum";
    let is_integer =
        |name: &str| matches!(name, "int32" | "int64" | "int128" | "uint32" | "uint64") || is_integer_enum(name);
    outer == inner
        || match outer {
            "any" => true,
            "string" => is_text(inner),
            "double" | "number" => is_integer(inner) || matches!(inner, "float" | "double" | "number"),
            "int128" => is_integer(inner),
            "int64" => matches!(inner, "int32" | "uint32") || is_integer_enum(inner),
            "enum" | "integer enum" | "enum of values" => inner.strip_prefix("closed ") == Some(outer),
            "uint64" => inner == "uint32",
            _ => false,
        }
}
