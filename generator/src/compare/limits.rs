//! The limits of numbers, in one form, and facts that follow from types.

use std::ops::RangeInclusive;

use super::Pair;
use super::facts::Fact;
use crate::ir::{Constraint, Decimal};

/// Returns whether a constraint allows all values.
pub(crate) fn allows_everything(constraint: &Constraint) -> bool {
    matches!(constraint, Constraint::MinLength(0) | Constraint::MinItems(0) | Constraint::MinProperties(0))
}

/// Writes the limits of integers in one way, so that `exclusiveMinimum: 0` and `minimum: 1` are equal. Leaves out the constraints that
/// allow all values, such as `multipleOf: 1`.
pub(super) fn with_canonical_limits(mut facts: Vec<Fact>) -> Vec<Fact> {
    facts.retain(|fact| !matches!(fact, Fact::Constraint(constraint) if allows_everything(constraint)));
    let is_integer = |fact: &Fact| matches!(fact, Fact::Type(name) if integer_range(name).is_some());
    if !facts.iter().any(is_integer) {
        return facts;
    }
    let facts = facts.into_iter().map(|fact| match &fact {
        Fact::Constraint(constraint @ (Constraint::ExclusiveMinimum(_) | Constraint::ExclusiveMaximum(_))) => {
            match integer_limit(constraint).map(|(is_minimum, limit)| (is_minimum, Decimal::new(limit.to_string()))) {
                Some((true, limit)) => Fact::Constraint(Constraint::Minimum(limit)),
                Some((false, limit)) => Fact::Constraint(Constraint::Maximum(limit)),
                None => fact,
            }
        }
        _ => fact,
    });
    let allows_all_integers =
        |fact: &Fact| matches!(fact, Fact::Constraint(Constraint::MultipleOf(step)) if step.to_f64() == 1.0);
    facts.filter(|fact| !allows_all_integers(fact)).collect()
}

/// Removes the facts about two nodes that follow from their types.
pub(super) fn remove_implied_facts(facts: &mut Pair<Vec<Fact>>) {
    remove_implied_limits(facts);
    remove_implied_null(facts);
}

/// Removes the facts that two values may be `null`, if one of them may be any value. The types already say so.
fn remove_implied_null(facts: &mut Pair<Vec<Fact>>) {
    let is_any = |fact: &Fact| matches!(fact, Fact::Type(name) if name == "any");
    if facts.ours.iter().chain(&facts.theirs).any(is_any) {
        facts.ours.retain(|fact| *fact != Fact::Nullable);
        facts.theirs.retain(|fact| *fact != Fact::Nullable);
    }
}

/// Removes the limits that only one of two nodes has, if the type of one of them has the same limits, such as `maximum: 2147483647` and
/// an `int32`.
fn remove_implied_limits(facts: &mut Pair<Vec<Fact>>) {
    let name = |fact: &Fact| if let Fact::Type(name) = fact { integer_range(name) } else { None };
    let ranges: Vec<_> = facts.ours.iter().chain(&facts.theirs).filter_map(name).collect();
    let is_implied = |fact: &Fact| {
        let Fact::Constraint(constraint) = fact else { return false };
        let Some((is_minimum, limit)) = integer_limit(constraint) else { return false };
        ranges.iter().any(|range| if is_minimum { limit <= *range.start() } else { limit >= *range.end() })
    };
    let kept = |facts: &[Fact], others: &[Fact]| -> Vec<Fact> {
        facts.iter().filter(|fact| !is_implied(fact) || others.contains(fact)).cloned().collect()
    };
    *facts = Pair { ours: kept(&facts.ours, &facts.theirs), theirs: kept(&facts.theirs, &facts.ours) };
}

/// Returns whether a constraint is a minimum, and the limit, if it limits integers.
pub(crate) fn integer_limit(constraint: &Constraint) -> Option<(bool, i128)> {
    let (is_minimum, limit, step) = match constraint {
        Constraint::Minimum(limit) => (true, limit, 0),
        Constraint::ExclusiveMinimum(limit) => (true, limit, 1),
        Constraint::Maximum(limit) => (false, limit, 0),
        Constraint::ExclusiveMaximum(limit) => (false, limit, -1),
        _ => return None,
    };
    Some((is_minimum, limit.as_str().parse::<i128>().ok()?.checked_add(step)?))
}

/// Returns the values of a type of integers. The name is that of [`Fact::Type`].
pub(crate) fn integer_range(name: &str) -> Option<RangeInclusive<i128>> {
    match name {
        "int32" => Some(i32::MIN.into()..=i32::MAX.into()),
        "int64" => Some(i64::MIN.into()..=i64::MAX.into()),
        "int128" => Some(i128::MIN..=i128::MAX),
        "uint32" => Some(0..=u32::MAX.into()),
        "uint64" => Some(0..=u64::MAX.into()),
        _ => None,
    }
}
