//! The types of the values in requests and responses.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use crate::ir::{Docs, Id};
use crate::source::Pointer;

/// The id of a type of an [`crate::ir::Api`].
pub type TypeId = Id<TypeDef>;

/// A named type.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// The name of the component, or the names that lead to an inline schema.
    pub name: Vec<String>,
    /// The documentation.
    pub docs: Docs,
    /// The kind of type.
    pub shape: Shape,
    /// An example.
    pub example: Option<Value>,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Whether its values may be personal data in any property. For an object, the properties have this flag.
    pub pii: bool,
    /// Whether it is an enum with a single value.
    pub constant: bool,
    /// Whether it is the request type of a schema whose response type has other properties.
    pub input: bool,
    /// The location of its schema.
    pub origin: Pointer,
}

/// The kind of a type.
#[derive(Clone, Debug)]
pub enum Shape {
    /// An object with declared properties.
    Record(Record),
    /// A string enum. A later version of the API may have more values.
    StringEnum(Vec<Variant>),
    /// An enum whose values are not all strings. A later version of the API may have more values.
    ValueEnum(ValueEnum),
    /// A union of several types.
    Union(Union),
    /// A string with constraints of its own.
    Newtype(Vec<Constraint>),
    /// A recursive array or map, which must be a named type.
    Wrapper(TypeRef),
    /// An alias of a type.
    Alias(TypeRef),
}

/// An object with declared properties.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The declared properties, in the order of the document.
    pub fields: Vec<Field>,
    /// The type of the additional properties, if they are allowed.
    pub additional: Option<TypeRef>,
}

/// A property of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name on the wire.
    pub wire: String,
    /// The type of the value.
    pub ty: TypeRef,
    /// The constraints of the value.
    pub constraints: Vec<Constraint>,
    /// Whether it is required.
    pub required: bool,
    /// Whether it is read-only.
    pub read_only: bool,
    /// Whether it is write-only.
    pub write_only: bool,
    /// Whether the value may be `null`.
    pub nullable: bool,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Whether the value may be personal data, which must not be shown.
    pub pii: bool,
    /// Whether the value is a string that contains JSON.
    pub json: bool,
    /// The only allowed value of a boolean.
    pub constant: Option<bool>,
    /// The default.
    pub default: Option<Value>,
    /// An example.
    pub example: Option<Value>,
    /// The documentation.
    pub docs: Docs,
    /// The location of its declaration.
    pub origin: Pointer,
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The string on the wire.
    pub wire: String,
    /// The location of its declaration.
    pub origin: Pointer,
}

/// An enum whose values are not all strings.
#[derive(Clone, Debug)]
pub struct ValueEnum {
    /// The type of the values: integers, or any JSON.
    pub ty: TypeRef,
    /// The values.
    pub values: Vec<Literal>,
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub struct Literal {
    /// The name.
    pub name: String,
    /// The value on the wire.
    pub value: Value,
    /// The location of its declaration.
    pub origin: Pointer,
}

/// A union of several types.
#[derive(Clone, Debug)]
pub struct Union {
    /// The discriminator, if there is one. Otherwise the structure of a value decides: the first type that
    /// it matches, and of several objects the one with the fewest unknown properties.
    pub tag: Option<String>,
    /// The alternatives, in the order in which they are tried.
    pub variants: Vec<UnionVariant>,
}

/// An alternative of a union.
#[derive(Clone, Debug)]
pub struct UnionVariant {
    /// The name.
    pub name: String,
    /// The type.
    pub ty: TypeRef,
    /// The constraints of the value beyond those of the type.
    pub constraints: Vec<Constraint>,
    /// The discriminator values of this alternative.
    pub tags: Vec<Value>,
    /// Properties that have one of the listed values if they are present, each as the path from the value.
    pub constants: Vec<(Vec<String>, Vec<Value>)>,
    /// Whether additional properties are forbidden.
    pub closed: bool,
    /// The location of its declaration.
    pub origin: Pointer,
}

impl UnionVariant {
    /// Returns whether a value may match this alternative, judged by the discriminator and the constants.
    pub fn allows(&self, tag: Option<&str>, value: &Value) -> bool {
        let listed = |values: &[Value], value: &Value| values.iter().any(|known| is_same(known, value));
        // A discriminator value of `null` also stands for a missing property.
        let tagged =
            tag.is_none_or(|tag| value.is_object() && listed(&self.tags, value.get(tag).unwrap_or(&Value::Null)));
        let constant = |(path, values): &(Vec<String>, Vec<Value>)| {
            let found = path.iter().try_fold(value, |value, wire| value.get(wire));
            found.is_none_or(|value| listed(values, value))
        };
        tagged && self.constants.iter().all(constant)
    }
}

/// Returns whether two JSON values are equal. Numbers are compared by value: `1.0` is `1`.
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

/// A reference to a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeRef {
    /// `true` or `false`.
    Bool,
    /// A signed integer with this number of bits.
    Int(u8),
    /// An unsigned integer with this number of bits.
    Unsigned(u8),
    /// A floating-point number with this number of bits.
    Float(u8),
    /// A number that keeps all digits, because no type of Rust has its range.
    BigNumber,
    /// A string.
    Text,
    /// A point in time.
    DateTime,
    /// A date.
    Date,
    /// A URI or a URI reference.
    Uri,
    /// A UUID.
    Uuid,
    /// A duration in ISO 8601.
    Duration,
    /// Bytes, in Base64 in JSON.
    Bytes,
    /// Bytes, in URL-safe Base64 in JSON.
    UrlBytes,
    /// A Rust type from the configuration.
    Custom(String),
    /// An array.
    List(Box<TypeRef>),
    /// A tuple.
    Tuple(Vec<TypeRef>),
    /// A value or `null`, outside a property.
    Nullable(Box<TypeRef>),
    /// A map with string keys.
    Map(Box<TypeRef>),
    /// A named type.
    Named(TypeId),
    /// Any JSON value.
    Json,
}

impl TypeRef {
    /// Returns the named types that a value contains at any depth, and whether it contains them without an array or
    /// map between.
    pub fn named(&self) -> Vec<(TypeId, bool)> {
        let mut named = Vec::new();
        self.each_named(true, &mut |id, direct| named.push((id, direct)));
        named
    }

    /// Returns the named types that a value contains at any depth.
    pub fn named_types(&self) -> impl Iterator<Item = TypeId> {
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

    /// Returns whether it is another type or contains it, without following named types.
    pub fn holds(&self, other: &Self) -> bool {
        self == other
            || match self {
                Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.holds(other),
                Self::Tuple(items) => items.iter().any(|item| item.holds(other)),
                _ => false,
            }
    }

    /// Returns whether it contains a floating-point number, without following named types.
    pub fn holds_float(&self) -> bool {
        match self {
            Self::Float(_) | Self::Custom(_) => true,
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.holds_float(),
            Self::Tuple(items) => items.iter().any(Self::holds_float),
            _ => false,
        }
    }
}

/// A number with all the digits that the document has, in decimal notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal(String);

impl Decimal {
    /// Returns a number from its digits, as JSON writes them.
    pub fn new(digits: impl Into<String>) -> Self {
        Self(digits.into())
    }

    /// Returns the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the nearest floating-point number.
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }
}

impl From<f64> for Decimal {
    fn from(number: f64) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A constraint of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// The minimum number of characters.
    MinLength(usize),
    /// The maximum number of characters.
    MaxLength(usize),
    /// A regular expression that a part of the string must match.
    Pattern(String),
    /// The inclusive minimum.
    Minimum(Decimal),
    /// The exclusive minimum.
    ExclusiveMinimum(Decimal),
    /// The inclusive maximum.
    Maximum(Decimal),
    /// The exclusive maximum.
    ExclusiveMaximum(Decimal),
    /// The divisor.
    MultipleOf(Decimal),
    /// The minimum number of items.
    MinItems(usize),
    /// The maximum number of items.
    MaxItems(usize),
    /// All items must be different.
    UniqueItems,
    /// The constraints of each item.
    Items(Vec<Constraint>),
    /// The constraints of the item at this position.
    Item(usize, Vec<Constraint>),
    /// The constraints of each item from this position on.
    Rest(usize, Vec<Constraint>),
    /// The minimum number of properties.
    MinProperties(usize),
    /// The maximum number of properties.
    MaxProperties(usize),
    /// The constraints of each additional property.
    Values(Vec<Constraint>),
}

impl Constraint {
    /// Returns whether it applies to strings.
    pub fn is_of_texts(&self) -> bool {
        matches!(self, Self::MinLength(_) | Self::MaxLength(_) | Self::Pattern(_))
    }
}
