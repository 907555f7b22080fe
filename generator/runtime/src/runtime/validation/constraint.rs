//! Constraints of values, as data, and how a value violates them.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

use regex_lite::Regex;

use super::decimal;

/// The constraints of a value.
pub type Constraints = &'static [Constraint<'static>];

/// A constraint on a value or on its contents. A constraint on strings does not apply to numbers, and so on.
///
/// Limits of numbers are decimal numbers, so that each has all its digits.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Constraint<'c> {
    /// The minimum number of characters (Unicode scalar values) of a string.
    MinLength(usize),
    /// The maximum number of characters (Unicode scalar values) of a string.
    MaxLength(usize),
    /// A regular expression that a part of a string must match. One that cannot be compiled is not checked.
    Pattern(&'c str),
    /// The inclusive minimum of a number.
    Minimum(&'c str),
    /// The inclusive maximum of a number.
    Maximum(&'c str),
    /// The exclusive minimum of a number.
    ExclusiveMinimum(&'c str),
    /// The exclusive maximum of a number.
    ExclusiveMaximum(&'c str),
    /// A number must be a multiple of this one.
    MultipleOf(&'c str),
    /// The minimum number of items of an array.
    MinItems(usize),
    /// The maximum number of items of an array.
    MaxItems(usize),
    /// All items of an array must be different.
    UniqueItems,
    /// The minimum number of properties of an object.
    MinProperties(usize),
    /// The maximum number of properties of an object.
    MaxProperties(usize),
    // [if json_validation.rs
    /// The constraints of the property with this name.
    Property(&'c str, &'c [Constraint<'c>]),
    /// The constraints of all properties but those with these names.
    OtherProperties(&'c [&'c str], &'c [Constraint<'c>]),
    /// The constraints of each item of an array.
    Items(&'c [Constraint<'c>]),
    /// The constraints of the item of an array at this position.
    Item(usize, &'c [Constraint<'c>]),
    /// The constraints of each item of an array from this position on.
    ItemsFrom(usize, &'c [Constraint<'c>]),
    /// The constraints of a generated type.
    Type(fn() -> Constraints),
    /// The constraints of an alternative, chosen by the value of the property with this name. Numbers and booleans are compared as
    /// strings.
    ByTag(&'c str, &'c [(&'c [&'c str], &'c [Constraint<'c>])]),
    /// The constraints of alternatives, each with its JSON type and its required properties. One of those that fit must be met.
    AnyOf(&'c [(&'c str, &'c [&'c str], &'c [Constraint<'c>])]),
    // [end json_validation.rs]
    /// Marks the value as personal data: neither `Debug` nor an error shows it.
    Personal,
}

impl Constraint<'_> {
    /// Returns how a string violates the constraint.
    pub fn violation_by_string(&self, string: &str) -> Option<String> {
        let length = || string.chars().count();
        let wrong_length =
            |bound: &str, limit: usize| Some(format!("must be at {bound} {limit} characters long, not {}", length()));
        match *self {
            Self::MinLength(minimum) if length() < minimum => wrong_length("least", minimum),
            Self::MaxLength(maximum) if length() > maximum => wrong_length("most", maximum),
            Self::Pattern(pattern) if !matches(pattern, string) => Some(format!("must match `{pattern}`")),
            _ => None,
        }
    }

    /// Returns how a number, in decimal notation, violates the constraint.
    pub fn violation_by_number(&self, number: &str) -> Option<String> {
        let is = |ordering, limit| decimal::compare(number, limit) == Some(ordering);
        match *self {
            Self::Minimum(limit) if is(Ordering::Less, limit) => Some(format!("must be {limit} or more")),
            Self::Maximum(limit) if is(Ordering::Greater, limit) => Some(format!("must be {limit} or less")),
            Self::ExclusiveMinimum(limit) if !is(Ordering::Greater, limit) => {
                Some(format!("must be more than {limit}"))
            }
            Self::ExclusiveMaximum(limit) if !is(Ordering::Less, limit) => Some(format!("must be less than {limit}")),
            Self::MultipleOf(divisor) if !decimal::is_multiple(number, divisor) => {
                Some(format!("must be a multiple of {divisor}"))
            }
            _ => None,
        }
    }

    /// Returns how an array violates the constraint. Each item is given as text that equal items share.
    pub fn violation_by_items<T: Ord>(&self, count: usize, items: impl IntoIterator<Item = T>) -> Option<String> {
        match *self {
            Self::MinItems(minimum) if count < minimum => {
                Some(format!("must have at least {minimum} items, not {count}"))
            }
            Self::MaxItems(maximum) if count > maximum => {
                Some(format!("must have at most {maximum} items, not {count}"))
            }
            Self::UniqueItems if items.into_iter().collect::<BTreeSet<_>>().len() < count => {
                Some("must not have the same item twice".to_owned())
            }
            _ => None,
        }
    }

    /// Returns how an object with this number of properties violates the constraint.
    pub fn violation_by_properties(&self, count: usize) -> Option<String> {
        match *self {
            Self::MinProperties(minimum) if count < minimum => Some(format!("must have at least {minimum} properties")),
            Self::MaxProperties(maximum) if count > maximum => Some(format!("must have at most {maximum} properties")),
            _ => None,
        }
    }
}

/// Returns whether a part of `string` matches `pattern`. Each pattern is compiled once, on its first use. One that cannot be
/// compiled matches every string.
pub fn matches(pattern: &str, string: &str) -> bool {
    static COMPILED: RwLock<BTreeMap<String, Option<Regex>>> = RwLock::new(BTreeMap::new());
    let is_match = |regex: &Option<Regex>| regex.as_ref().is_none_or(|regex| regex.is_match(string));
    if let Some(regex) = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return is_match(regex);
    }
    let regex = Regex::new(pattern).ok();
    let result = is_match(&regex);
    COMPILED.write().unwrap_or_else(PoisonError::into_inner).insert(pattern.to_owned(), regex);
    result
}
