//! Finds the alternatives of a union that a JSON value may match.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::runtime::Properties;
use crate::runtime::validation::decimal::compare;

/// The structural conditions of an alternative.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// The JSON type of the values.
    pub kind: Kind,
    /// Properties with a fixed set of values: the path to the property, and the values. A missing property also meets the
    /// condition.
    pub constants: &'static [(&'static [&'static str], &'static [Literal])],
    /// The names of the required properties.
    pub required: &'static [&'static str],
    /// The names of all documented properties.
    pub properties: &'static [&'static str],
    /// The names of optional properties that must not be `null`.
    pub not_null: &'static [&'static str],
    /// Whether the alternative allows only documented properties.
    pub is_closed: bool,
}

/// How much an object differs from the schema of an alternative. The smallest distance is the best match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Distance {
    /// Whether the object has properties that the alternative does not allow.
    has_forbidden: bool,
    /// The number of properties that the alternative does not document.
    undocumented: usize,
    /// The number of properties that are `null` but must not be.
    wrong_nulls: usize,
}

impl Distance {
    /// The distance from an alternative without documented properties.
    const MAX: Self = Self { has_forbidden: false, undocumented: usize::MAX, wrong_nulls: usize::MAX };
}

impl Match {
    /// Returns the condition that the values have a JSON type.
    pub const fn of(kind: Kind) -> Self {
        Self { kind, constants: &[], required: &[], properties: &[], not_null: &[], is_closed: false }
    }
}

/// The JSON type of the values of an alternative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// A string that is a UUID.
    Uuid,
    /// An array.
    Array,
    /// An object with documented properties.
    Object,
    /// An object with any properties.
    Map,
    /// A value of another union.
    Union,
    /// Any value.
    Any,
}

/// A documented value of a property.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A number with a fraction, or a number of more than 64 bits.
    Number(f64),
    /// A string.
    String(&'static str),
    /// Any value that no alternative lists, or no value.
    Other,
}

impl Literal {
    /// Returns whether a JSON value is equal to this value. Numbers are compared with all their digits: `1.0` is equal to `1`.
    pub fn equals(self, json: &RawValue) -> bool {
        let text = json.get();
        let is_number = |number: String| compare(text, &number) == Some(Ordering::Equal);
        match self {
            Self::Other => false,
            Self::Null => text == "null",
            Self::Boolean(boolean) => text == if boolean { "true" } else { "false" },
            Self::Integer(integer) => is_number(integer.to_string()),
            Self::Number(number) => is_number(number.to_string()),
            Self::String(string) => serde_json::from_str::<Cow<'_, str>>(text).is_ok_and(|value| value == string),
        }
    }

    /// Returns the value as JSON.
    pub fn to_json(self) -> Value {
        match self {
            Self::Null | Self::Other => Value::Null,
            Self::Boolean(boolean) => boolean.into(),
            Self::Integer(integer) => integer.into(),
            Self::Number(number) => number.into(),
            Self::String(string) => string.into(),
        }
    }
}

/// Returns the distance and the position of each alternative that a value may match. The best match comes first.
pub fn candidates(json: &RawValue, alternatives: impl Iterator<Item = Match>) -> Vec<(Distance, usize)> {
    let first = json.get().bytes().next().unwrap_or_default();
    let properties = if first == b'{' { Properties::of(json) } else { None };
    let mut candidates: Vec<(Distance, usize)> = Vec::new();
    for (index, alternative) in alternatives.enumerate() {
        let distance = match (alternative.kind, first) {
            (Kind::Boolean, b't' | b'f')
            | (Kind::Number, b'-' | b'0'..=b'9')
            | (Kind::String, b'"')
            | (Kind::Array, b'[') => Some(Distance::default()),
            (Kind::Uuid, b'"') => is_uuid(json.get().trim_matches('"')).then_some(Distance::default()),
            (Kind::Any, _) => Some(Distance::MAX),
            (Kind::Union, _) if alternative.required.is_empty() => Some(Distance::MAX),
            (Kind::Object | Kind::Map | Kind::Union, b'{') => {
                let distance = properties.as_ref().and_then(|properties| alternative.distance(properties));
                // The tag of the inner union selects the alternative more reliably than the names of properties.
                if alternative.kind == Kind::Union { distance.map(|_| Distance::default()) } else { distance }
            }
            _ => None,
        };
        candidates.extend(distance.map(|distance| (distance, index)));
    }
    candidates.sort();
    candidates
}

impl Match {
    /// Returns the distance of an object from this alternative, or `None` if the object cannot match it.
    fn distance(&self, object: &Properties<'_>) -> Option<Distance> {
        let has_property = |name: &str| object.0.iter().any(|(key, _)| key == name);
        let matches_constant = |(path, literals): &(&[&str], &[Literal])| {
            value_at(object, path).is_none_or(|value| literals.iter().any(|literal| literal.equals(value)))
        };
        if !self.required.iter().all(|name| has_property(name)) || !self.constants.iter().all(matches_constant) {
            return None;
        }
        let undocumented = object.0.iter().filter(|(name, _)| !self.properties.contains(&name.as_ref())).count();
        // An object without any documented property does not match.
        let has_only_undocumented = self.kind == Kind::Object && undocumented > 0 && undocumented == object.0.len();
        let is_null = |name: &&&str| object.get(name).is_some_and(|value| value.get() == "null");
        let wrong_nulls = self.not_null.iter().filter(is_null).count();
        let has_forbidden = self.is_closed && undocumented > 0;
        (!has_only_undocumented).then_some(Distance { has_forbidden, undocumented, wrong_nulls })
    }
}

/// Returns the value at a path of property names.
fn value_at<'a>(object: &Properties<'a>, path: &[&str]) -> Option<&'a RawValue> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(object.get(first)?, |value, name| Properties::of(value)?.get(name))
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
