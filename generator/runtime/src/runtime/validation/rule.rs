//! Constraints of values, as data.

/// A constraint on a value. Constraints on strings do not apply to numbers, and so on. For an array, the constraints
/// that are not about arrays apply to each item.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Rule {
    /// A string has at least so many characters (Unicode scalar values).
    MinLength(usize),
    /// A string has at most so many characters (Unicode scalar values).
    MaxLength(usize),
    /// The regular expression is found somewhere in a string. One that cannot be compiled counts as no constraint.
    Pattern(&'static str),
    /// A number is this or more.
    Minimum(f64),
    /// A number is this or less.
    Maximum(f64),
    /// A number is more than this.
    ExclusiveMinimum(f64),
    /// A number is less than this.
    ExclusiveMaximum(f64),
    /// A number is a whole multiple of this.
    MultipleOf(f64),
    /// A list has at least so many items.
    MinItems(usize),
    /// A list has at most so many items.
    MaxItems(usize),
    /// No two items of a list are the same.
    UniqueItems,
    // [if json_validation.rs
    /// Constraints on the contents of a structured value.
    Inside(&'static [Check]),
    // [end json_validation.rs]
    /// Not a condition but a mark: the value is personal data, and neither `Debug` nor an error shows it.
    Personal,
}

// [if json_validation.rs
/// A constraint on a JSON value or on its contents. `null` is always valid.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Check {
    /// Constraints on the value itself. Those on an array apply to the array as a whole.
    Rules(&'static [Rule]),
    /// An object has at least so many properties.
    MinProperties(usize),
    /// An object has at most so many properties.
    MaxProperties(usize),
    /// Constraints on the property with that name.
    Member(&'static str, &'static [Check]),
    /// Constraints on all other properties.
    Others(&'static [&'static str], &'static [Check]),
    /// Each item of a list.
    Items(&'static [Check]),
    /// The item at that position of a list.
    Item(usize, &'static [Check]),
    /// Each item of a list from that position on.
    Rest(usize, &'static [Check]),
    /// The value is of a type with checks of its own.
    As(fn() -> &'static [Check]),
    /// The value of that property, as string, says which of the lists holds.
    By(&'static str, &'static [(&'static [&'static str], &'static [Check])]),
    /// One of the lists holds, of those for what the value is in JSON, and for the properties that it has.
    Either(&'static [(&'static str, &'static [&'static str], &'static [Check])]),
}
// [end json_validation.rs]
