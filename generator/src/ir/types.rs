//! The types of the values in requests and responses.

use std::cmp::Ordering;

use serde_json::Value;

use crate::ir::{Decimal, Docs, Id};
use crate::source::Pointer;

/// The id of a type of an [`crate::ir::Api`].
pub type TypeId = Id<TypeDef>;

/// A named type.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// The name of the component. For an inline schema, the name of the component and of each property around the
    /// schema.
    pub name: Vec<String>,
    /// The documentation.
    pub docs: Docs,
    /// The kind of type.
    pub shape: Shape,
    /// An example.
    pub example: Option<Value>,
    /// Whether the schema is deprecated.
    pub deprecated: bool,
    /// Whether the values may be personal data. Objects do not have this flag: their properties have it.
    pub is_personal: bool,
    /// Whether the type is an enum with only one value.
    pub has_single_value: bool,
    /// Whether the type is an enum that accepts only the values that the document lists.
    pub is_closed: bool,
    /// Whether the schema of an enum allows any string, as `anyOf` with `type: string` does.
    pub allows_other_strings: bool,
    /// The paths of the macros that codegen.toml adds to the derives of the type.
    pub derives: Vec<String>,
    /// Whether the type is for requests only, because the schema has another type for responses.
    pub is_request_type: bool,
    /// The location of the schema.
    pub origin: Pointer,
}

/// The kind of a type.
#[derive(Clone, Debug)]
pub enum Shape {
    /// An object with declared properties.
    Record(Record),
    /// A string enum. Unless it is closed, a later version of the API may have more values.
    StringEnum(Vec<Variant>),
    /// An enum whose values are not all strings. Unless it is closed, a later version of the API may have more values.
    ValueEnum(ValueEnum),
    /// A union of several types.
    Union(Union),
    /// A string with constraints.
    Newtype(Vec<Constraint>),
    /// A recursive array or map, which must be a named type.
    Wrapper(TypeRef),
    /// An alias of a type.
    Alias(TypeRef),
}

impl Shape {
    /// Returns whether two shapes are of the same kind, such as two objects or two enums.
    pub fn is_same_kind(&self, other: &Self) -> bool {
        let is_enum = |shape: &Self| matches!(shape, Self::StringEnum(_) | Self::ValueEnum(_));
        is_enum(self) && is_enum(other) || std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// An object with declared properties.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The declared properties, in the order of the document.
    pub fields: Vec<Field>,
    /// The type of the additional properties, if they are allowed.
    pub additional: Option<TypeRef>,
    /// Whether an object with additional properties is invalid.
    pub is_closed: bool,
}

/// A property of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name in JSON.
    pub wire: String,
    /// The type of the value.
    pub ty: TypeRef,
    /// The constraints of the value.
    pub constraints: Vec<Constraint>,
    /// Whether the property is required.
    pub required: bool,
    /// Whether the property is read-only.
    pub read_only: bool,
    /// Whether the property is write-only.
    pub write_only: bool,
    /// Whether the value may be `null`.
    pub nullable: bool,
    /// Whether the property is deprecated.
    pub deprecated: bool,
    /// Whether the value may be personal data. Errors, logs and `Debug` do not show personal data.
    pub is_personal: bool,
    /// Whether the value is a string that contains JSON.
    pub holds_json: bool,
    /// The type of the JSON in the string, if the document describes it.
    pub content: Option<TypeRef>,
    /// The only allowed value of a boolean.
    pub constant: Option<bool>,
    /// The default.
    pub default: Option<Value>,
    /// An example.
    pub example: Option<Value>,
    /// The documentation.
    pub docs: Docs,
    /// The location of the declaration in the document.
    pub origin: Pointer,
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The string in JSON.
    pub wire: String,
    /// The location of the declaration in the document.
    pub origin: Pointer,
}

/// An enum whose values are not all strings.
#[derive(Clone, Debug)]
pub struct ValueEnum {
    /// The type of the values: an integer type, or any JSON value.
    pub ty: TypeRef,
    /// The values.
    pub values: Vec<Literal>,
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub struct Literal {
    /// The name.
    pub name: String,
    /// The value in JSON.
    pub value: Value,
    /// The location of the declaration in the document.
    pub origin: Pointer,
}

/// A union of several types.
#[derive(Clone, Debug)]
pub struct Union {
    /// The name of the discriminator property, if there is one. Otherwise, a value is decoded as the first type that it
    /// matches. If it matches several object types, it is decoded as the type for which it has the fewest unknown
    /// properties.
    pub tag: Option<String>,
    /// The alternatives. They are tried in this order.
    pub variants: Vec<UnionVariant>,
}

/// An alternative of a union.
#[derive(Clone, Debug)]
pub struct UnionVariant {
    /// The name.
    pub name: String,
    /// The type.
    pub ty: TypeRef,
    /// The constraints of the value, in addition to the constraints of the type.
    pub constraints: Vec<Constraint>,
    /// The discriminator values of this alternative.
    pub tags: Vec<Value>,
    /// Whether values that have no discriminator, or a discriminator value of no alternative, belong to this alternative.
    pub is_default: bool,
    /// Properties and their allowed values. A property that is missing matches as well. Each property is the path of
    /// keys from the value of the union.
    pub constants: Vec<(Vec<String>, Vec<Value>)>,
    /// Whether an object with additional properties does not match this alternative.
    pub is_closed: bool,
    /// The location of the declaration in the document.
    pub origin: Pointer,
}

impl Union {
    /// Returns the alternatives that the discriminator and the constants of a value match.
    pub fn allowed_variants(&self, value: &Value) -> Vec<&UnionVariant> {
        let tag = self.tag.as_deref();
        let allowed: Vec<_> = self.variants.iter().filter(|variant| variant.allows(tag, value)).collect();
        if !allowed.is_empty() {
            return allowed;
        }
        self.variants.iter().filter(|variant| variant.is_default && variant.allows(None, value)).collect()
    }
}

impl UnionVariant {
    /// Returns whether the discriminator and the constants of a value match this alternative.
    fn allows(&self, tag: Option<&str>, value: &Value) -> bool {
        let is_listed = |values: &[Value], value: &Value| values.iter().any(|listed| json_equal(listed, value));
        // A missing property matches the discriminator value `null`.
        let tag_matches =
            tag.is_none_or(|tag| value.is_object() && is_listed(&self.tags, value.get(tag).unwrap_or(&Value::Null)));
        let constant_matches = |(path, values): &(Vec<String>, Vec<Value>)| {
            let property = path.iter().try_fold(value, |value, wire| value.get(wire));
            property.is_none_or(|value| is_listed(values, value))
        };
        tag_matches && self.constants.iter().all(constant_matches)
    }
}

/// Returns whether two JSON values are equal. Two numbers with the same value are equal, such as `1` and `1.0`.
pub fn json_equal(left: &Value, right: &Value) -> bool {
    left == right || compare_numbers(left, right) == Some(Ordering::Equal)
}

/// Compares two JSON numbers exactly. Returns `None` if one of the values is not a number.
pub fn compare_numbers(left: &Value, right: &Value) -> Option<Ordering> {
    let compare_with_float = |integer: i128, float: f64| {
        // Outside of the range of `i128`, the conversion returns the minimum or maximum of `i128`. The comparison is
        // still correct, because JSON integers have at most 64 bits.
        let by_integer_part = integer.cmp(&(float.trunc() as i128));
        by_integer_part.then(0.0_f64.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
    };
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        (Some(left), None) => Some(compare_with_float(left, right.as_f64()?)),
        (None, Some(right)) => Some(compare_with_float(right, left.as_f64()?).reverse()),
        (None, None) => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// Returns the value of a JSON integer of at most 64 bits.
fn integer(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}

/// Returns the JSON of a value in a form that is identical for all values that are [equal](json_equal).
pub fn canonical_json(value: &Value) -> String {
    /// A number that is larger than all JSON integers, and that an `i128` can hold.
    const MAX_INTEGER: f64 = 1e38;
    match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() < MAX_INTEGER => {
            (number as i128).to_string()
        }
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
    /// A number with any number of digits. The generated type keeps all of them.
    BigNumber,
    /// A string.
    String,
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
    /// Bytes. In JSON, they are a string in Base64.
    Bytes,
    /// Bytes. In JSON, they are a string in URL-safe Base64.
    UrlBytes,
    /// A Rust type from the configuration.
    Custom(String),
    /// An array.
    Array(Box<TypeRef>),
    /// An array with a fixed number of items. Each item has a separate type.
    Tuple(Vec<TypeRef>),
    /// A value or `null`. This occurs in arrays, maps and unions. Properties have the flag `nullable` instead.
    Nullable(Box<TypeRef>),
    /// A map with string keys.
    Map(Box<TypeRef>),
    /// A named type.
    Named(TypeId),
    /// Any JSON value.
    Json,
}

impl TypeRef {
    /// Returns the named types in this type at any depth. The flag is `true` if the type is not inside an array or map.
    pub fn named_with_directness(&self) -> Vec<(TypeId, bool)> {
        let mut named = Vec::new();
        self.visit_named(true, &mut |id, is_direct| named.push((id, is_direct)));
        named
    }

    /// Returns the named types in this type at any depth.
    pub fn named_types(&self) -> impl Iterator<Item = TypeId> {
        self.named_with_directness().into_iter().map(|(id, _)| id)
    }

    /// Returns how deep arrays, maps and tuples are nested in this type. Does not follow named types.
    pub fn collection_depth(&self) -> usize {
        match self {
            Self::Array(inner) | Self::Map(inner) => 1 + inner.collection_depth(),
            Self::Nullable(inner) => inner.collection_depth(),
            Self::Tuple(items) => 1 + items.iter().map(Self::collection_depth).max().unwrap_or_default(),
            _ => 0,
        }
    }

    fn visit_named(&self, is_direct: bool, visit: &mut impl FnMut(TypeId, bool)) {
        match self {
            Self::Named(id) => visit(*id, is_direct),
            Self::Array(inner) | Self::Map(inner) => inner.visit_named(false, visit),
            Self::Nullable(inner) => inner.visit_named(is_direct, visit),
            Self::Tuple(items) => items.iter().for_each(|item| item.visit_named(is_direct, visit)),
            _ => {}
        }
    }

    /// Returns whether a predicate is true for the type or for a type that the type contains. Does not follow named
    /// types.
    pub fn any(&self, predicate: &dyn Fn(&Self) -> bool) -> bool {
        predicate(self)
            || match self {
                Self::Array(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.any(predicate),
                Self::Tuple(items) => items.iter().any(|item| item.any(predicate)),
                _ => false,
            }
    }

    /// Returns whether the type is equal to `other` or contains `other`. Does not follow named types.
    pub fn contains(&self, other: &Self) -> bool {
        self.any(&|ty| ty == other)
    }

    /// Returns whether the type is a Rust type from codegen.toml. `f32` does not count, because the runtime supports
    /// it.
    pub fn is_foreign(&self) -> bool {
        matches!(self, Self::Custom(path) if path != "f32")
    }
}

/// A constraint of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// The minimum number of characters of a string.
    MinLength(usize),
    /// The maximum number of characters of a string.
    MaxLength(usize),
    /// A regular expression that a part of the string must match.
    Pattern(String),
    /// The minimum of a number. The minimum itself is valid.
    Minimum(Decimal),
    /// A number that is less than all valid numbers.
    ExclusiveMinimum(Decimal),
    /// The maximum of a number. The maximum itself is valid.
    Maximum(Decimal),
    /// A number that is greater than all valid numbers.
    ExclusiveMaximum(Decimal),
    /// A valid number is a multiple of this number.
    MultipleOf(Decimal),
    /// The minimum number of items of an array.
    MinItems(usize),
    /// The maximum number of items of an array.
    MaxItems(usize),
    /// All items of an array must be different.
    UniqueItems,
    /// The constraints of each item of an array.
    Items(Vec<Constraint>),
    /// The constraints of the item at this index.
    Item(usize, Vec<Constraint>),
    /// The constraints of the item at this index and of all later items.
    ItemsFrom(usize, Vec<Constraint>),
    /// The minimum number of properties of an object.
    MinProperties(usize),
    /// The maximum number of properties of an object.
    MaxProperties(usize),
    /// The object declares no properties and forbids additional ones. The generated code does not check this.
    NoProperties,
    /// The constraints of each additional property.
    AdditionalProperties(Vec<Constraint>),
    /// The constraints of all property names except these.
    PropertyNames(Vec<String>, Vec<Constraint>),
    /// The constraints of the properties whose names match a regular expression.
    PropertiesMatching(String, Vec<Constraint>),
    /// The properties that an object must have if it has the first property.
    Requires(String, Vec<String>),
    /// The constraints of the JSON in a string.
    Json(Vec<Constraint>),
}

impl Constraint {
    /// Returns whether the generated code checks the constraint.
    pub fn is_checked(&self) -> bool {
        match self {
            Self::NoProperties => false,
            Self::Items(nested)
            | Self::Item(_, nested)
            | Self::ItemsFrom(_, nested)
            | Self::AdditionalProperties(nested)
            | Self::Json(nested) => nested.iter().any(Self::is_checked),
            _ => true,
        }
    }

    /// Returns whether the constraint applies to strings.
    pub fn applies_to_strings(&self) -> bool {
        matches!(self, Self::MinLength(_) | Self::MaxLength(_) | Self::Pattern(_))
    }
}
