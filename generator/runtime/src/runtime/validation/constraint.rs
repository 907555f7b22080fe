//! Constraints of values, as data, and the checks of values against constraints.

use std::cmp::Ordering;

use super::decimal;
use super::pattern::matches;

/// The constraints of a value.
pub type Constraints = &'static [Constraint<'static>];

/// A constraint on a value or on its contents. A constraint on strings does not apply to numbers, and so on.
///
/// The limits of numbers are strings in decimal notation, so no digit is lost.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Constraint<'c> {
    /// The minimum number of characters (Unicode scalar values) of a string.
    MinLength(usize),
    /// The maximum number of characters (Unicode scalar values) of a string.
    MaxLength(usize),
    /// A regular expression that a part of a string must match. An invalid regular expression is not checked.
    Pattern(&'c str),
    /// The inclusive minimum of a number.
    Minimum(&'c str),
    /// The inclusive maximum of a number.
    Maximum(&'c str),
    /// The exclusive minimum of a number.
    ExclusiveMinimum(&'c str),
    /// The exclusive maximum of a number.
    ExclusiveMaximum(&'c str),
    /// A number. The value must be a multiple of this number.
    MultipleOf(&'c str),
    /// The minimum number of items of an array.
    MinItems(usize),
    /// The maximum number of items of an array.
    MaxItems(usize),
    /// The constraint that all items of an array are different.
    UniqueItems,
    /// The minimum number of properties of an object.
    MinProperties(usize),
    /// The maximum number of properties of an object.
    MaxProperties(usize),
    /// The constraints of the property with this name.
    Property(&'c str, &'c [Constraint<'c>]),
    /// The constraints of all properties except the properties with these names.
    OtherProperties(&'c [&'c str], &'c [Constraint<'c>]),
    /// The constraints of all property names except these.
    PropertyNames(&'c [&'c str], &'c [Constraint<'c>]),
    /// The constraints of the properties whose names match this regular expression.
    PropertiesMatching(&'c str, &'c [Constraint<'c>]),
    /// The properties that an object must have if it has the property with the first name.
    Requires(&'c str, &'c [&'c str]),
    /// The constraints of each item of an array.
    Items(&'c [Constraint<'c>]),
    /// The constraints of the item of an array at this position.
    Item(usize, &'c [Constraint<'c>]),
    /// The constraints of each item of an array from this position on.
    ItemsFrom(usize, &'c [Constraint<'c>]),
    /// The constraints of a generated type.
    Type(fn() -> Constraints),
    /// The constraints of alternatives. The value of the property with this name selects the alternative. Numbers and booleans
    /// are compared as strings.
    ByTag(&'c str, &'c [(&'c [&'c str], &'c [Constraint<'c>])]),
    /// The constraints of alternatives, each with its JSON type and its required properties. The value must meet the
    /// constraints of at least one alternative whose type and required properties it has.
    AnyOf(&'c [(&'c str, &'c [&'c str], &'c [Constraint<'c>])]),
    /// The constraints of the JSON in a string.
    Json(&'c [Constraint<'c>]),
    /// Marks the value as personal data, which `Debug` and errors do not show.
    Personal,
}

impl Constraint<'_> {
    /// Returns how a string violates the constraint.
    pub fn violation_by_string(&self, string: &str) -> Option<String> {
        let length = || string.chars().count();
        let length_violation =
            |bound: &str, limit: usize| Some(format!("must be at {bound} {limit} characters long, not {}", length()));
        match *self {
            Self::MinLength(minimum) if length() < minimum => length_violation("least", minimum),
            Self::MaxLength(maximum) if length() > maximum => length_violation("most", maximum),
            Self::Pattern(pattern) if !matches(pattern, string) => Some(format!("must match `{pattern}`")),
            _ => None,
        }
    }

    /// Returns how a number, in decimal notation, violates the constraint.
    pub fn violation_by_number(&self, number: &str) -> Option<String> {
        let compares_as = |ordering, limit| decimal::compare(number, limit) == Some(ordering);
        match *self {
            Self::Minimum(limit) if compares_as(Ordering::Less, limit) => Some(format!("must be {limit} or more")),
            Self::Maximum(limit) if compares_as(Ordering::Greater, limit) => Some(format!("must be {limit} or less")),
            Self::ExclusiveMinimum(limit) if !compares_as(Ordering::Greater, limit) => {
                Some(format!("must be more than {limit}"))
            }
            Self::ExclusiveMaximum(limit) if !compares_as(Ordering::Less, limit) => {
                Some(format!("must be less than {limit}"))
            }
            Self::MultipleOf(divisor) if !decimal::is_multiple(number, divisor) => {
                Some(format!("must be a multiple of {divisor}"))
            }
            _ => None,
        }
    }

    /// Returns how an array violates the constraint. `items` are keys that are equal for equal items of the array.
    pub fn violation_by_items(&self, count: usize, items: impl Iterator<Item = String>) -> Option<String> {
        match *self {
            Self::MinItems(minimum) if count < minimum => {
                Some(format!("must have at least {minimum} items, not {count}"))
            }
            Self::MaxItems(maximum) if count > maximum => {
                Some(format!("must have at most {maximum} items, not {count}"))
            }
            Self::UniqueItems if !are_unique(items) => Some("must not have the same item twice".to_owned()),
            _ => None,
        }
    }

    /// Returns how an object with `count` properties violates the constraint.
    #[inline]
    pub fn violation_by_properties(&self, count: usize) -> Option<String> {
        match *self {
            Self::MinProperties(minimum) if count < minimum => Some(format!("must have at least {minimum} properties")),
            Self::MaxProperties(maximum) if count > maximum => Some(format!("must have at most {maximum} properties")),
            _ => None,
        }
    }
}

/// Returns whether no two strings are equal.
fn are_unique(strings: impl Iterator<Item = String>) -> bool {
    let mut sorted = Vec::new();
    for string in strings {
        sorted.push(string);
    }
    sorted.sort_unstable();
    sorted.is_sorted_by(|left, right| left < right)
}
