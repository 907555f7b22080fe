//! Which alternatives of a union a JSON value can be, the likeliest first.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::runtime::Properties;

/// What tells the values of an alternative from those of the others.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// What the values are in JSON.
    pub kind: Kind,
    /// Properties that have one of these values if they are present. Each is the path to it from the value.
    pub constants: &'static [(&'static [&'static str], &'static [Literal])],
    /// Properties that are always there.
    pub required: &'static [&'static str],
    /// All properties that the document names.
    pub properties: &'static [&'static str],
    /// Properties that may be missing but not `null`.
    pub not_null: &'static [&'static str],
    /// Whether the document allows no other properties.
    pub closed: bool,
}

/// How far an object is from the description of an alternative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Distance {
    /// Whether it has properties that the alternative does not allow.
    forbidden: bool,
    /// How many of its properties the alternative does not name.
    unnamed: usize,
    /// How many of its properties are `null` but must not be.
    null: usize,
}

impl Distance {
    /// The distance of a value from an alternative that says nothing about its properties.
    const MAX: Self = Self { forbidden: false, unnamed: usize::MAX, null: usize::MAX };
}

impl Match {
    /// An alternative whose values are of a kind, and not told apart any further.
    pub const fn of(kind: Kind) -> Self {
        Self { kind, constants: &[], required: &[], properties: &[], not_null: &[], closed: false }
    }
}

/// What values are in JSON.
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
    /// An object with properties that the document names.
    Object,
    /// An object with any properties.
    Map,
    /// A value of one of the types of another union.
    Union,
    /// Any value.
    Any,
}

/// A value that the document lists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A number with a fraction, or one of more than 64 bits.
    Number(f64),
    /// A string.
    String(&'static str),
}

impl Literal {
    /// Returns whether a JSON value is this one. Numbers are compared by value: `1.0` is `1`.
    pub fn is(self, json: &RawValue) -> bool {
        let Ok(value) = serde_json::from_str::<Value>(json.get()) else { return false };
        match self {
            Self::Null => value.is_null(),
            Self::Boolean(boolean) => value.as_bool() == Some(boolean),
            Self::Integer(integer) => {
                value.as_i64() == Some(integer) || value.is_f64() && value.as_f64() == Some(integer as f64)
            }
            Self::Number(number) => value.as_f64() == Some(number),
            Self::String(string) => value.as_str() == Some(string),
        }
    }

    /// Returns the value as JSON.
    pub fn to_json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(boolean) => boolean.into(),
            Self::Integer(integer) => integer.into(),
            Self::Number(number) => number.into(),
            Self::String(string) => string.into(),
        }
    }
}

/// Returns the alternatives that a value can be, the likeliest first, with their positions: of objects, the alternative that
/// allows all properties and leaves the fewest unnamed.
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
                // Its own tag tells more than the names of properties.
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
    /// Returns how far an object is from this alternative; `None` if it cannot be of it.
    fn distance(&self, object: &Properties<'_>) -> Option<Distance> {
        let has = |name: &str| object.0.iter().any(|(known, _)| known == name);
        let fits = |(path, literals): &(&[&str], &[Literal])| {
            value_at(object, path).is_none_or(|value| literals.iter().any(|literal| literal.is(value)))
        };
        if !self.required.iter().all(|name| has(name)) || !self.constants.iter().all(fits) {
            return None;
        }
        let unnamed = object.0.iter().filter(|(name, _)| !self.properties.contains(&name.as_ref())).count();
        // An object of which nothing is known here is not one of these.
        let is_strange = self.kind == Kind::Object && unnamed > 0 && unnamed == object.0.len();
        let is_null = |name: &&&str| object.get(name).is_some_and(|value| value.get() == "null");
        let null = self.not_null.iter().filter(is_null).count();
        (!is_strange).then_some(Distance { forbidden: self.closed && unnamed > 0, unnamed, null })
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
