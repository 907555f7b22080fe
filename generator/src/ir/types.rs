//! The types of the values in requests and responses.

use std::cmp::Ordering;

use serde_json::Value;

use crate::ir::{Docs, Id};
use crate::source::Pointer;

/// Names a type of an [`crate::ir::Api`].
pub type TypeId = Id<TypeDef>;

/// A type with a name.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// The key of the schema among the components, or the names that lead to it when it stands inline.
    pub name: Vec<String>,
    /// What the document says of it.
    pub docs: Docs,
    /// What its values look like.
    pub shape: Shape,
    /// A value that shows it.
    pub example: Option<Value>,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// Whether its values may be personal data, in whatever property they are. A record says so of its properties.
    pub pii: bool,
    /// Whether it is an enum that the document restricts to a single value.
    pub constant: bool,
    /// Whether it is what is sent of a type that answers have more or other members of.
    pub input: bool,
    /// Where it is described.
    pub origin: Pointer,
}

/// What the values of a type look like.
#[derive(Clone, Debug)]
pub enum Shape {
    /// An object with declared properties.
    Record(Record),
    /// One of a list of texts; a later version of the API may know more.
    StringEnum(Vec<Variant>),
    /// One of a list of values that are not all texts; a later version of the API may know more.
    ValueEnum(ValueEnum),
    /// One of several types.
    Union(Union),
    /// A text under rules of its own.
    Newtype(Vec<Constraint>),
    /// A list or map that holds itself, and so must be a type of its own.
    Wrapper(TypeRef),
    /// Another name for a type.
    Alias(TypeRef),
}

/// An object with declared properties.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The declared properties, in their order.
    pub fields: Vec<Field>,
    /// The type of the members that are not declared, where the document says that there are such.
    pub additional: Option<TypeRef>,
}

/// A property of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its key on the wire.
    pub wire: String,
    /// The type of its value.
    pub ty: TypeRef,
    /// What its value keeps to.
    pub constraints: Vec<Constraint>,
    /// Whether it is always there.
    pub required: bool,
    /// Whether only answers have it.
    pub read_only: bool,
    /// Whether only requests have it.
    pub write_only: bool,
    /// Whether its value may be `null`.
    pub nullable: bool,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// Whether its value may be personal data, which must not be shown.
    pub pii: bool,
    /// Whether its value holds JSON, if it is a string.
    pub json: bool,
    /// The only value of a boolean that the document restricts to it.
    pub constant: Option<bool>,
    /// The value that it has when nobody has given one.
    pub default: Option<Value>,
    /// A value that shows it.
    pub example: Option<Value>,
    /// What the document says of it.
    pub docs: Docs,
    /// Where it is declared.
    pub origin: Pointer,
}

/// A value of a closed list.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The text on the wire.
    pub wire: String,
    /// Where it is declared.
    pub origin: Pointer,
}

/// A closed list of values that are not all texts.
#[derive(Clone, Debug)]
pub struct ValueEnum {
    /// The type of the values: whole numbers, or any JSON.
    pub ty: TypeRef,
    /// The values.
    pub values: Vec<Literal>,
}

/// A value of a closed list.
#[derive(Clone, Debug)]
pub struct Literal {
    /// What it is called.
    pub name: String,
    /// The value on the wire.
    pub value: Value,
    /// Where it is declared.
    pub origin: Pointer,
}

/// One of several types.
#[derive(Clone, Debug)]
pub struct Union {
    /// The property that says which, if there is one. Otherwise it shows in what a value looks like: the first type that
    /// it fits, and of several objects the one that leaves the fewest members unnamed.
    pub tag: Option<String>,
    /// The types, in the order in which they are tried.
    pub variants: Vec<Choice>,
}

/// One of the types of a union.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What it is called.
    pub name: String,
    /// The type.
    pub ty: TypeRef,
    /// What its value must keep to, where its type does not say it.
    pub constraints: Vec<Constraint>,
    /// The values of the union's tag that stand for it.
    pub tags: Vec<Value>,
    /// Properties that have one of the listed values if they are present. Each is the path to it from the value.
    pub constants: Vec<(Vec<String>, Vec<Value>)>,
    /// Whether it allows no properties besides the declared ones.
    pub closed: bool,
    /// Where it is declared.
    pub origin: Pointer,
}

impl Choice {
    /// Whether a value may be of this type, as far as the tag of its union and the constants tell.
    pub fn allows(&self, tag: Option<&str>, value: &Value) -> bool {
        let listed = |values: &[Value], value: &Value| values.iter().any(|known| is_same(known, value));
        // A tag of `null` is one that is not there as well.
        let tagged =
            tag.is_none_or(|tag| value.is_object() && listed(&self.tags, value.get(tag).unwrap_or(&Value::Null)));
        let constant = |(path, values): &(Vec<String>, Vec<Value>)| {
            let found = path.iter().try_fold(value, |value, wire| value.get(wire));
            found.is_none_or(|value| listed(values, value))
        };
        tagged && self.constants.iter().all(constant)
    }
}

/// Whether two JSON values are the same. Numbers are compared by value: `1.0` is `1`.
pub fn is_same(one: &Value, other: &Value) -> bool {
    one == other || compare(one, other) == Some(Ordering::Equal)
}

/// Compares two JSON numbers exactly; `None` if one of the values is not a number.
pub fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    let with_float = |integer: i128, float: f64| {
        // The conversion saturates, and numbers beyond it are larger than all integers of JSON.
        let whole = integer.cmp(&(float.trunc() as i128));
        whole.then(0.0_f64.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
    };
    match (integer(one), integer(other)) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        (Some(one), None) => Some(with_float(one, other.as_f64()?)),
        (None, Some(other)) => Some(with_float(other, one.as_f64()?).reverse()),
        (None, None) => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

/// Returns the value of a JSON integer of at most 64 bits.
fn integer(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}

/// Returns a string that is equal for equal JSON values, as [`is_same`] compares them.
pub fn canonical(value: &Value) -> String {
    /// Integers of JSON are smaller.
    const MOST: f64 = 1e38;
    match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() < MOST => (number as i128).to_string(),
        _ => value.to_string(),
    }
}

/// The use of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeRef {
    /// `true` or `false`.
    Bool,
    /// A whole number of so many bits.
    Int(u8),
    /// A whole number of so many bits that is not negative.
    Unsigned(u8),
    /// A floating-point number of so many bits.
    Float(u8),
    /// A number whose digits are kept, since no type of Rust holds all of its values.
    BigNumber,
    /// Any text.
    Text,
    /// A point in time.
    DateTime,
    /// A day of the calendar.
    Date,
    /// A URI or a reference to one.
    Uri,
    /// A UUID.
    Uuid,
    /// A duration in ISO 8601.
    Duration,
    /// Bytes, in Base64 where they are JSON.
    Bytes,
    /// Bytes, in the Base64 for URLs where they are JSON.
    UrlBytes,
    /// A type of Rust that the configuration names.
    Custom(String),
    /// Any number of values in order.
    List(Box<TypeRef>),
    /// One value of each type, in order.
    Tuple(Vec<TypeRef>),
    /// A value or `null`, where no property says so.
    Nullable(Box<TypeRef>),
    /// Values under keys that the document does not name.
    Map(Box<TypeRef>),
    /// A type of the arena.
    Named(TypeId),
    /// Any JSON value.
    Json,
}

impl TypeRef {
    /// The types of the arena that a value of this one holds at any depth, and whether it holds them without a list or
    /// map between.
    pub fn named(&self) -> Vec<(TypeId, bool)> {
        let mut named = Vec::new();
        self.each_named(true, &mut |id, direct| named.push((id, direct)));
        named
    }

    /// The types of the arena that a value of this one holds at any depth.
    pub fn hearts(&self) -> impl Iterator<Item = TypeId> {
        self.named().into_iter().map(|(id, _)| id)
    }

    /// Returns how deeply collections are nested, up to the next named type.
    pub fn collection_depth(&self) -> usize {
        match self {
            Self::List(inner) | Self::Map(inner) => 1 + inner.collection_depth(),
            Self::Nullable(inner) => inner.collection_depth(),
            Self::Tuple(items) => 1 + items.iter().map(Self::collection_depth).max().unwrap_or_default(),
            _ => 0,
        }
    }

    fn each_named(&self, direct: bool, found: &mut impl FnMut(TypeId, bool)) {
        match self {
            Self::Named(id) => found(*id, direct),
            Self::List(inner) | Self::Map(inner) => inner.each_named(false, found),
            Self::Nullable(inner) => inner.each_named(direct, found),
            Self::Tuple(items) => items.iter().for_each(|item| item.each_named(direct, found)),
            _ => {}
        }
    }

    /// Whether a value of this type holds one of a type of the module `shapes`, as far as that shows without following names.
    pub fn needs_shapes(&self) -> bool {
        match self {
            Self::Bytes | Self::UrlBytes | Self::BigNumber => true,
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.needs_shapes(),
            Self::Tuple(items) => items.iter().any(Self::needs_shapes),
            _ => false,
        }
    }

    /// Whether it is another type or holds values of it, as far as that shows without following names.
    pub fn holds(&self, other: &Self) -> bool {
        self == other
            || match self {
                Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.holds(other),
                Self::Tuple(items) => items.iter().any(|item| item.holds(other)),
                _ => false,
            }
    }

    /// Whether a value of this type holds a floating-point number, as far as that shows without following names.
    pub fn holds_float(&self) -> bool {
        match self {
            Self::Float(_) | Self::Custom(_) => true,
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.holds_float(),
            Self::Tuple(items) => items.iter().any(Self::holds_float),
            _ => false,
        }
    }
}

/// A rule for a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// The fewest characters.
    MinLength(usize),
    /// The most characters.
    MaxLength(usize),
    /// A regular expression that some part of the text must match.
    Pattern(String),
    /// The smallest number.
    Minimum(f64),
    /// The number that must be exceeded.
    ExclusiveMinimum(f64),
    /// The largest number.
    Maximum(f64),
    /// The number that must not be reached.
    ExclusiveMaximum(f64),
    /// The number that must divide it.
    MultipleOf(f64),
    /// The fewest items.
    MinItems(usize),
    /// The most items.
    MaxItems(usize),
    /// No item twice.
    UniqueItems,
    /// What each item must keep to.
    Items(Vec<Constraint>),
    /// What the item at that position must keep to.
    Item(usize, Vec<Constraint>),
    /// What each item from that position on must keep to.
    Rest(usize, Vec<Constraint>),
    /// The fewest members.
    MinProperties(usize),
    /// The most members.
    MaxProperties(usize),
    /// What the value of each member that is not named must keep to.
    Values(Vec<Constraint>),
}

impl Constraint {
    /// Whether it says anything of a text.
    pub fn is_of_texts(&self) -> bool {
        matches!(self, Self::MinLength(_) | Self::MaxLength(_) | Self::Pattern(_))
    }
}
