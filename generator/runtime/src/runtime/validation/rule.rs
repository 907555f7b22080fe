//! Constraints of values, as data.

/// What a document asks of a value. A rule about texts says nothing about numbers, and so on; on a list, the rules
/// that are not about lists hold for each item.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Rule {
    /// A text has at least so many characters (Unicode scalar values).
    MinLength(usize),
    /// A text has at most so many characters (Unicode scalar values).
    MaxLength(usize),
    /// The regular expression is found somewhere in a text. One that cannot be compiled counts as no rule.
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
    // [json_validation.rs
    /// What stands in a value that is more than a text keeps to these.
    Inside(&'static [Check]),
    // json_validation.rs]
    /// Not a condition but a mark: the value is personal data, and neither `Debug` nor an error shows it.
    Personal,
}

// [json_validation.rs
/// What a JSON value must keep to, or what stands in it. `null` keeps to everything.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Check {
    /// The value keeps to the rules. Those of a list are about the list as a whole.
    Rules(&'static [Rule]),
    /// An object has at least so many members.
    MinProperties(usize),
    /// An object has at most so many members.
    MaxProperties(usize),
    /// The member of that name.
    Member(&'static str, &'static [Check]),
    /// Each member that is not among the named ones.
    Others(&'static [&'static str], &'static [Check]),
    /// Each item of a list.
    Items(&'static [Check]),
    /// The item at that position of a list.
    Item(usize, &'static [Check]),
    /// Each item of a list from that position on.
    Rest(usize, &'static [Check]),
    /// The value is of a type with checks of its own.
    As(fn() -> &'static [Check]),
    /// The value of that member, as text, says which of the lists holds.
    By(&'static str, &'static [(&'static [&'static str], &'static [Check])]),
    /// One of the lists holds, of those for what the value is in JSON, and for the members that it has.
    Either(&'static [(&'static str, &'static [&'static str], &'static [Check])]),
}
// json_validation.rs]
