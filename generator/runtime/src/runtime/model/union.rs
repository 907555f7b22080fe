//! Unions: enums with one variant for each alternative of a `oneOf` or `anyOf`, and one for unknown values.
//!
//! A value stays JSON text until its alternative is known, so that its numbers keep their digits.

use std::cell::Cell;

use serde::Serialize;
use serde::de::{self, DeserializeOwned};
use serde_json::value::RawValue;

use super::alternative::{Distance, Kind, Literal, Match, candidates};
use crate::runtime::{Mismatch, Properties, count_unknown, is_shallow, note_unknown};

/// An enum with a variant for each alternative, and one for unknown values.
pub trait Union {
    /// Returns whether the value matches no alternative.
    fn is_unknown(&self) -> bool;
}

/// An alternative of a union.
pub struct Alternative<U> {
    /// The values of the tag property. `Null` also matches a missing property.
    pub tags: &'static [Literal],
    /// The structural conditions of the alternative.
    pub conditions: Match,
    /// Decodes a value of the alternative.
    pub read: fn(&RawValue, Reading) -> Result<U, Mismatch>,
}

/// How closely a value must match the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Exactly.
    Strict,
    /// Numbers may be strings, and times may lack a zone.
    Lenient,
}

/// Decodes a value as the alternative that its tag or its structure selects. Returns `None` if it matches no alternative.
///
/// # Errors
///
/// Returns an error if the tag selects one alternative that the value does not match.
pub fn read_union<U, E: de::Error>(
    json: &RawValue,
    tag: Option<&str>,
    alternatives: &[Alternative<U>],
) -> Result<Option<U>, E> {
    if !is_shallow(json.get()) {
        return Err(E::custom("nested too deep"));
    }
    let selected: Vec<&Alternative<U>> = match tag {
        None => alternatives.iter().collect(),
        Some(tag) => {
            let Some(properties) = Properties::of(json) else { return Ok(None) };
            let matches_tag = |literal: &Literal| match properties.get(tag) {
                Some(value) => literal.equals(value),
                None => *literal == Literal::Null,
            };
            alternatives.iter().filter(|one| one.tags.iter().any(matches_tag)).collect()
        }
    };
    let state = STATE.get();
    if let (Some(_), [one]) = (tag, selected.as_slice()) {
        // Inside another union, only the reading of that union is tried: trying both at each level would take exponential time in the
        // depth of the value.
        let read = |reading| State { reading: Some(reading), ..state }.during(|| (one.read)(json, reading));
        let result = match state.reading {
            Some(reading) => read(reading),
            None => read(Reading::Strict).or_else(|_| read(Reading::Lenient)),
        };
        return result.map(Some).map_err(Mismatch::inside);
    }
    let order = candidates(json, selected.iter().map(|one| one.conditions));
    if state.is_probing {
        note_unknown(order.is_empty());
        return Ok(None);
    }
    for reading in [Reading::Strict, Reading::Lenient] {
        let mut matching: Vec<((Distance, usize), &Alternative<U>)> = Vec::new();
        for (distance, index) in &order {
            let unknown = probe(selected[*index], json, reading);
            matching.extend(unknown.map(|unknown| ((*distance, unknown), selected[*index])));
        }
        matching.sort_by_key(|(distance_and_unknown, _)| *distance_and_unknown);
        let state = State { reading: Some(reading), is_probing: false };
        if let Some(value) = matching.iter().find_map(|(_, one)| state.during(|| (one.read)(json, reading).ok())) {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// The state of the decoding around a union.
#[derive(Clone, Copy)]
struct State {
    /// How the alternative around the union is read.
    reading: Option<Reading>,
    /// Whether the alternative around the union is only probed, and its value is dropped.
    is_probing: bool,
}

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State { reading: None, is_probing: false }) };
}

impl State {
    /// Calls `decode` with this state.
    fn during<T>(self, decode: impl FnOnce() -> T) -> T {
        let before = STATE.replace(self);
        let result = decode();
        STATE.set(before);
        result
    }
}

/// Returns the number of unknown values of enums and unions if a value is decoded as an alternative, or `None` if it does not
/// match.
///
/// Nested unions without a tag are only compared with the conditions of their alternatives. Decoding them for each alternative
/// would take exponential time in the depth of the value.
fn probe<U>(one: &Alternative<U>, json: &RawValue, reading: Reading) -> Option<usize> {
    // Probing an alternative that is a union does not decode it.
    if one.conditions.kind == Kind::Union {
        return Some(0);
    }
    let state = State { reading: Some(reading), is_probing: true };
    let (result, unknown) = count_unknown(|| state.during(|| (one.read)(json, reading).is_ok()));
    result.then_some(unknown)
}

/// Decodes a value of a type.
///
/// # Errors
///
/// Returns an error if the value does not match the type.
pub fn read_as<T: DeserializeOwned>(json: &RawValue, reading: Reading) -> Result<T, Mismatch> {
    match reading {
        Reading::Strict => serde_json::from_str(json.get()).map_err(|_| Mismatch::default()),
        Reading::Lenient => Mismatch::read(json.get().as_bytes()),
    }
}

/// Decodes a known value of a union.
///
/// # Errors
///
/// Returns an error if the value matches no alternative of the union.
pub fn read_known<T: DeserializeOwned + Union>(json: &RawValue, reading: Reading) -> Result<T, Mismatch> {
    let value: T = read_as(json, reading)?;
    if value.is_unknown() { Err(Mismatch::default()) } else { Ok(value) }
}

/// Returns a value as JSON, and adds its tag property if the value does not have it.
///
/// # Errors
///
/// Returns an error if the value is not serializable.
pub fn write_tagged(value: &impl Serialize, tag: &str, literal: Literal) -> Result<Box<RawValue>, serde_json::Error> {
    let json = serde_json::value::to_raw_value(value)?;
    if literal == Literal::Null {
        return Ok(json);
    }
    let Some(properties) = Properties::of(&json) else { return Ok(json) };
    if properties.get(tag).is_some_and(|value| value.get() != "null") {
        return Ok(json);
    }
    let mut text = format!("{{{}:{}", serde_json::Value::from(tag), literal.to_json());
    for (name, value) in properties.0.iter().filter(|(name, _)| name != tag) {
        text.push_str(&format!(",{}:{value}", serde_json::Value::from(name.as_ref())));
    }
    text.push('}');
    RawValue::from_string(text)
}

/// Implements encoding and decoding of a union. Its last variant keeps values that match no alternative.
///
/// `by` names the tag property, and each variant lists its tags, followed by the JSON type and the structural conditions of the
/// alternative.
///
/// ```text
/// impl_union!(Pet by "kind" {
///     Cat(Box<Cat>) = [String("cat")] => Object { required: &["kind"], properties: &["kind", "lives"] },
///     Dog(Box<Dog>) = [String("dog"), String("puppy")] => Object { properties: &["kind"] },
/// } else Unknown);
/// impl_union!(Owner {
///     Text(String) => String {},
///     Flat(Box<Flat>) => Object { constants: &[(&["level"], &[Integer(1)])], properties: &["level"] },
///     Pet(Pet) => Union { required: &["kind"] },
/// } else Unknown);
/// ```
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! impl_union {
    (
        $name:ident by $tag:literal {
            $($variant:ident($ty:ty) = [$first:expr $(, $literal:expr)*] => $kind:ident { $($is:tt)* }),* $(,)?
        } else $other:ident
    ) => {
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let value = match self {
                    $(Self::$variant(value) => $crate::runtime::write_tagged(value, $tag, impl_union!(@literals $first)),)*
                    Self::$other(value) => return value.serialize(serializer),
                };
                value.map_err(::serde::ser::Error::custom)?.serialize(serializer)
            }
        }

        impl_union!(@read $name, Some($tag), $other {
            $($variant($ty) = [$first $(, $literal)*], $kind { $($is)* };)*
        });
    };
    ($name:ident { $($variant:ident($ty:ty) => $kind:ident { $($is:tt)* }),* $(,)? } else $other:ident) => {
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)*
                    Self::$other(value) => value.serialize(serializer),
                }
            }
        }

        impl_union!(@read $name, None, $other { $($variant($ty) = [], $kind { $($is)* };)* });
    };
    (
        @read $name:ident, $tag:expr, $other:ident {
            $($variant:ident($ty:ty) = [$($literal:expr),*], $kind:ident { $($field:ident: $is:expr),* $(,)? };)*
        }
    ) => {
        impl $crate::runtime::Union for $name {
            fn is_unknown(&self) -> bool {
                matches!(self, Self::$other(_))
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<__D: ::serde::Deserializer<'de>>(deserializer: __D) -> Result<Self, __D::Error> {
                let json = $crate::runtime::raw_json(deserializer)?;
                let alternatives = [$($crate::runtime::Alternative {
                    tags: impl_union!(@literals &[$($literal),*]),
                    conditions: impl_union!(@literals $crate::runtime::Match {
                        $($field: $is,)*
                        ..$crate::runtime::Match::of($crate::runtime::Kind::$kind)
                    }),
                    read: |json, reading| impl_union!(@as $kind, $ty, json, reading).map(Self::$variant),
                }),*];
                match $crate::runtime::read_union(&json, $tag, &alternatives)? {
                    Some(value) => Ok(value),
                    None => ::serde_json::from_str(json.get()).map(Self::$other).map_err(::serde::de::Error::custom),
                }
            }
        }
    };
    (@literals $($value:tt)*) => {{
        #[allow(unused_imports, reason = "not every kind of literal is in use")]
        use crate::runtime::Literal::*;
        $($value)*
    }};
    (@as Union, $ty:ty, $json:ident, $reading:ident) => { $crate::runtime::read_known::<$ty>($json, $reading) };
    (@as $kind:ident, $ty:ty, $json:ident, $reading:ident) => { $crate::runtime::read_as::<$ty>($json, $reading) };
}

/// Implements the conversion to a union from the types that only one variant has. The conversion adds a `Box` where it is needed.
///
/// ```text
/// union_from!(Pet { Cat(Cat), Dog(Dog) });
/// ```
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! union_from {
    ($name:ident { $($variant:ident($ty:ty)),* $(,)? }) => {
        $(
            impl From<$ty> for $name {
                fn from(value: $ty) -> Self {
                    Self::$variant(value.into())
                }
            }
        )*
    };
}

/// Implements a `Debug` for a union with personal data. An unknown value may be personal data, so it is not shown.
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! redacted_union {
    ($name:ident { $($variant:ident),* } else $other:ident) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let (variant, value): (_, &dyn ::std::fmt::Debug) = match self {
                    $(Self::$variant(value) => (stringify!($variant), value),)*
                    Self::$other(value) => (stringify!($other), &$crate::runtime::Personal(value)),
                };
                f.debug_tuple(variant).field(value).finish()
            }
        }
    };
}
