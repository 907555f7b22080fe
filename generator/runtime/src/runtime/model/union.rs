//! Unions: enums with one variant for each alternative of a `oneOf` or `anyOf`, and one variant for unknown values.
//!
//! A tag is the value of the property that selects the alternative, such as a discriminator. A value stays JSON text
//! until its alternative is known, so that its numbers keep their digits.

use serde_core::Serialize;
use serde_json::value::RawValue;

use super::alternative::{Distance, Kind, Literal, Match, candidates};
use super::from_json::{Decoding, FromJson, JsonNode, Reading};
use crate::runtime::{Mismatch, Properties, decode_text, is_shallow};

/// An enum with a variant for each alternative, and a variant for unknown values.
pub trait Union {
    /// Returns whether the value matches no alternative.
    fn is_unknown(&self) -> bool;
}

/// An alternative of a union.
pub struct Alternative<U> {
    /// The values of the tag property. `Null` also matches a missing property. `Other` matches every value that no alternative
    /// lists, and a missing property.
    pub tags: &'static [Literal],
    /// The structural conditions of the alternative.
    pub conditions: Match,
    /// Decodes a value of the alternative.
    pub read: fn(&RawValue, &mut Decoding) -> Result<U, Mismatch>,
}

/// Decodes a value as the alternative that its tag or its structure selects. Returns `None` if it matches no alternative.
///
/// # Errors
///
/// Returns an error if the tag selects one alternative that the value does not match.
pub fn read_union<U>(
    json: &RawValue,
    tag: Option<&str>,
    alternatives: &[Alternative<U>],
    decoding: &mut Decoding,
) -> Result<Option<U>, Mismatch> {
    if !is_shallow(json.get()) {
        return Err(Mismatch::new("the JSON is nested too deep".to_owned()));
    }
    #[cfg(feature = "webhooks")]
    if let Some((json, mut inner)) = decoding.json_in_field(json) {
        let value = read_union(&json, tag, alternatives, &mut inner);
        let is_known = if decoding.is_probing { inner.unknown_values == 0 } else { matches!(value, Ok(Some(_))) };
        if is_known {
            decoding.unknown_values += inner.unknown_values;
            return value;
        }
    }
    let selected: Vec<&Alternative<U>> = match tag {
        None => alternatives.iter().collect(),
        Some(tag) => {
            let Some(properties) = Properties::of(json) else {
                decoding.note_unknown(true);
                return Ok(None);
            };
            let value = properties.get(tag);
            let matches_tag = |literal: &Literal| match value {
                Some(value) => literal.equals(value),
                None => *literal == Literal::Null,
            };
            let selected: Vec<_> = alternatives.iter().filter(|one| one.tags.iter().any(matches_tag)).collect();
            match selected.is_empty() {
                true => alternatives.iter().filter(|one| one.tags.contains(&Literal::Other)).collect(),
                false => selected,
            }
        }
    };
    let (reading, is_probing) = (decoding.reading, decoding.is_probing);
    if let (Some(_), [one]) = (tag, selected.as_slice()) {
        // A union inside another union uses only the mode of the outer union, strict or lenient. If each level tried
        // both modes, the time would be exponential in the depth of the value.
        let mut read = |reading| decoding.within(reading, is_probing, |decoding| (one.read)(json, decoding));
        let result = match reading {
            Some(reading) => read(reading),
            None => read(Reading::Strict).or_else(|_| read(Reading::Lenient)),
        };
        return result.map(Some);
    }
    let candidates_in_order = candidates(json, selected.iter().map(|one| one.conditions));
    if is_probing {
        decoding.note_unknown(candidates_in_order.is_empty());
        return Ok(None);
    }
    Ok(read_best(json, &selected, &candidates_in_order, decoding))
}

/// Decodes a value as the alternative that matches it best. `candidates_in_order` has the distances and the positions of the
/// alternatives that may match. Returns `None` if none matches.
fn read_best<U>(
    json: &RawValue,
    alternatives: &[&Alternative<U>],
    candidates_in_order: &[(Distance, usize)],
    decoding: &mut Decoding,
) -> Option<U> {
    let read = |one: &Alternative<U>, decoding: &mut Decoding, reading| {
        decoding.within(reading, false, |decoding| (one.read)(json, decoding).ok())
    };
    for reading in [Reading::Strict, Reading::Lenient] {
        // The candidates with the smallest distance are decoded first, so most alternatives are never decoded.
        for equally_distant in candidates_in_order.chunk_by(|(one, _), (other, _)| one == other) {
            let mut matching: Vec<(usize, &Alternative<U>)> = Vec::new();
            for (_, index) in equally_distant {
                let one = alternatives[*index];
                match probe(one, json, decoding.for_probe(reading)) {
                    // No other alternative is a better match.
                    Some(0) => {
                        if let Some(value) = read(one, decoding, reading) {
                            return Some(value);
                        }
                    }
                    Some(unknown) => matching.push((unknown, one)),
                    None => {}
                }
            }
            matching.sort_by_key(|(unknown, _)| *unknown);
            if let Some(value) = matching.iter().find_map(|(_, one)| read(one, decoding, reading)) {
                return Some(value);
            }
        }
    }
    None
}

impl Decoding {
    /// Calls `read` for an alternative of a union.
    fn within<T>(&mut self, reading: Reading, is_probing: bool, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = (self.reading, self.is_probing);
        (self.reading, self.is_probing) = (Some(reading), is_probing);
        let result = read(self);
        (self.reading, self.is_probing) = before;
        result
    }
}

/// Returns the number of unknown values of enums and unions if a value is decoded as an alternative, or `None` if it does not
/// match.
///
/// Nested unions without a tag are only compared with the conditions of their alternatives. Decoding them for each alternative
/// would take exponential time in the depth of the value.
fn probe<U>(one: &Alternative<U>, json: &RawValue, mut decoding: Decoding) -> Option<usize> {
    if one.conditions.kind == Kind::Union {
        return Some(0);
    }
    (one.read)(json, &mut decoding).ok()?;
    Some(decoding.unknown_values)
}

/// Decodes a value of a union, and rejects a value that matches no alternative.
///
/// # Errors
///
/// Returns an error if the value matches no alternative of the union.
pub fn decode_known<T: FromJson + Union>(json: &RawValue, decoding: &mut Decoding) -> Result<T, Mismatch> {
    let value: T = decode_text(json, decoding)?;
    if value.is_unknown() { Err(Mismatch::default()) } else { Ok(value) }
}

/// Returns the JSON text of a value, which a union decodes.
///
/// # Errors
///
/// Returns an error if the value is not passed as text.
pub fn text_of<'a>(json: &JsonNode<'a>) -> Result<&'a RawValue, Mismatch> {
    match json {
        JsonNode::Text(text) => Ok(text),
        _ => Err(Mismatch::default()),
    }
}

/// Returns a value as JSON, and adds its tag property if the value does not have it.
///
/// # Errors
///
/// Returns an error if the value is not serializable.
pub fn write_tagged(value: &impl Serialize, tag: &str, literal: Literal) -> Result<Box<RawValue>, serde_json::Error> {
    let json = serde_json::value::to_raw_value(value)?;
    if matches!(literal, Literal::Null | Literal::Other) {
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

/// Implements `FromJson`, `Deserialize` and `Serialize` for a union. Its last variant keeps values that match no alternative.
///
/// `by` names the tag property, and each variant lists its tags, followed by the JSON type and the structural conditions of the
/// alternative. The mark `serde` and the word `response` are those of [`impl_model!`].
///
/// ```text
/// impl_union!(Pet by "kind" {
///     Cat(Box<Cat>) = [String("cat")] => Object { required: &["kind"], properties: &["kind", "lives"] },
///     Dog(Box<Dog>) = [String("dog"), String("puppy")] => Object { properties: &["kind"] },
/// } else Unknown);
/// impl_union!(response Owner {
///     Text(String) => String {},
///     Money(Decimal) serde => Any {},
///     Flat(Box<Flat>) => Object { constants: &[(&["level"], &[Integer(1)])], properties: &["level"] },
///     Pet(Pet) => Union { required: &["kind"] },
/// } else Unknown);
/// ```
#[doc(hidden)]
#[macro_export]
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! impl_union {
    (response $($union:tt)*) => {
        impl_union!(@decode $($union)*);
        #[cfg(feature = "test-util")]
        impl_union!(@encode $($union)*);
    };
    (
        @encode $name:ident by $tag:literal {
            $($variant:ident($ty:ty) $($mark:ident)? = [$first:expr $(, $literal:expr)*] => $kind:ident $is:tt),* $(,)?
        } else $other:ident
    ) => {
        impl ::serde_core::Serialize for $name {
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let value = match self {
                    $(Self::$variant(value) => $crate::runtime::write_tagged(value, $tag, impl_union!(@literals $first)),)*
                    Self::$other(value) => return value.serialize(serializer),
                };
                value.map_err(::serde_core::ser::Error::custom)?.serialize(serializer)
            }
        }
    };
    (
        @encode $name:ident { $($variant:ident($ty:ty) $($mark:ident)? => $kind:ident $is:tt),* $(,)? } else $other:ident
    ) => {
        impl ::serde_core::Serialize for $name {
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)*
                    Self::$other(value) => value.serialize(serializer),
                }
            }
        }
    };
    (
        @decode $name:ident by $tag:literal {
            $($variant:ident($ty:ty) $($mark:ident)? = [$($literal:expr),+] => $kind:ident $is:tt),* $(,)?
        } else $other:ident
    ) => {
        impl_union!(@from_json $name, Some($tag), $other {
            $($variant($ty) $($mark)? = [$($literal),+], $kind $is;)*
        });
    };
    (
        @decode $name:ident { $($variant:ident($ty:ty) $($mark:ident)? => $kind:ident $is:tt),* $(,)? } else $other:ident
    ) => {
        impl_union!(@from_json $name, None, $other { $($variant($ty) $($mark)? = [], $kind $is;)* });
    };
    (
        @from_json $name:ident, $tag:expr, $other:ident {
            $($variant:ident($ty:ty) $($mark:ident)? = [$($literal:expr),*], $kind:ident { $($field:ident: $is:expr),* $(,)? };)*
        }
    ) => {
        impl $crate::runtime::Union for $name {
            fn is_unknown(&self) -> bool {
                matches!(self, Self::$other(_))
            }
        }

        impl $crate::runtime::FromJson for $name {
            const EXPECTED: &'static str = concat!("enum ", stringify!($name));
            const NEEDS_TEXT: bool = true;

            #[inline]
            fn from_json(
                json: $crate::runtime::JsonNode<'_>,
                decoding: &mut $crate::runtime::Decoding,
            ) -> Result<Self, $crate::runtime::Mismatch> {
                // A constant leaves the stack to deeply nested values.
                const ALTERNATIVES: &[$crate::runtime::Alternative<$name>] = &[$($crate::runtime::Alternative {
                    tags: impl_union!(@literals &[$($literal),*]),
                    conditions: impl_union!(@literals $crate::runtime::Match {
                        $($field: $is,)*
                        ..$crate::runtime::Match::of($crate::runtime::Kind::$kind)
                    }),
                    read: |json, decoding| impl_union!(@read $kind $($mark)?, $ty, json, decoding).map($name::$variant),
                }),*];
                let json = $crate::runtime::text_of(&json)?;
                match $crate::runtime::read_union(json, $tag, ALTERNATIVES, decoding)? {
                    Some(value) => Ok(value),
                    None => $crate::runtime::decode_text(json, decoding).map(Self::$other),
                }
            }
        }

        impl_deserialize!($name);
    };
    (@literals $($value:tt)*) => {{
        #[allow(unused_imports, reason = "not every kind of literal is in use")]
        use $crate::runtime::Literal::*;
        $($value)*
    }};
    (@read Union, $ty:ty, $json:ident, $decoding:ident) => { $crate::runtime::decode_known::<$ty>($json, $decoding) };
    (@read $kind:ident serde, $ty:ty, $json:ident, $decoding:ident) => {
        $crate::runtime::decode_text::<$crate::runtime::WithSerde<$ty>>($json, $decoding).map(|value| value.0)
    };
    (@read $kind:ident, $ty:ty, $json:ident, $decoding:ident) => { $crate::runtime::decode_text::<$ty>($json, $decoding) };
    ($($union:tt)*) => {
        impl_union!(@decode $($union)*);
        impl_union!(@encode $($union)*);
    };
}

/// Implements the conversion to a union from the types that only one variant has. The conversion adds a pointer where it is needed.
///
/// ```text
/// union_from!(Pet { Cat(Cat), Dog(Dog) });
/// ```
#[doc(hidden)]
#[macro_export]
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
#[doc(hidden)]
#[macro_export]
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! redacted_union {
    ($name:ident { $($variant:ident),* $(,)? } else $other:ident) => {
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
