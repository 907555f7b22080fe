//! The types of the values that go over the wire.

use serde_json::Value;

use super::{Docs, Id};
use crate::source::Pointer;

/// Names a type of an [`super::Api`].
pub type TypeId = Id<TypeDef>;

/// A type with a name.
#[derive(Debug)]
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
    /// Where it is described.
    pub origin: Pointer,
}

/// What the values of a type look like.
#[derive(Debug)]
pub enum Shape {
    /// An object with declared properties.
    Record(Record),
    /// One of a list of texts; a later version of the API may know more.
    StringEnum(Vec<Variant>),
    /// A text under rules of its own.
    Newtype(Vec<Constraint>),
    /// Another name for a type.
    Alias(TypeRef),
}

/// An object with declared properties.
#[derive(Debug, Default)]
pub struct Record {
    /// The declared properties, in their order.
    pub fields: Vec<Field>,
    /// The type of the members that are not declared, where the document says that there are such.
    pub additional: Option<TypeRef>,
}

/// A property of an object.
#[derive(Debug)]
pub struct Field {
    /// Its key on the wire.
    pub wire: String,
    /// The type of its value.
    pub ty: TypeRef,
    /// What its value keeps to.
    pub constraints: Vec<Constraint>,
    /// Whether it is always there.
    pub required: bool,
    /// Whether its value may be `null`.
    pub nullable: bool,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// Whether its value may be personal data, which must not be shown.
    pub pii: bool,
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
#[derive(Debug)]
pub struct Variant {
    /// The text on the wire.
    pub wire: String,
    /// Where it is declared.
    pub origin: Pointer,
}

/// The use of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeRef {
    /// `true` or `false`.
    Bool,
    /// A whole number of so many bits.
    Int(u8),
    /// A floating-point number of so many bits.
    Float(u8),
    /// Any text.
    Text,
    /// A point in time.
    DateTime,
    /// A day of the calendar.
    Date,
    /// A URI or a reference to one.
    Uri,
    /// Any number of values in order.
    List(Box<TypeRef>),
    /// Values under keys that the document does not name.
    Map(Box<TypeRef>),
    /// A type of the arena.
    Named(TypeId),
    /// Any JSON value.
    Json,
}

impl TypeRef {
    /// The type of the arena that the values are of, or are made of where there are several.
    pub fn heart(&self) -> Option<TypeId> {
        match self {
            Self::Named(id) => Some(*id),
            Self::List(inner) | Self::Map(inner) => inner.heart(),
            _ => None,
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
}
