//! Enums whose variants are types of their own, told apart by a property or by what a value looks like, and open to
//! types that come to an API later.

use serde::Serialize;
use serde_json::Value;

/// A value as JSON with the property that says of which type it is, if the value does not say so itself.
///
/// # Errors
///
/// The value cannot be JSON.
pub fn tagged(value: &impl Serialize, tag: &str, text: &str) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::to_value(value)?;
    if let Value::Object(members) = &mut value
        && members.get(tag).is_none_or(Value::is_null)
    {
        members.insert(tag.to_owned(), text.into());
    }
    Ok(value)
}

/// How many members of an object are not among those that are named.
pub fn unnamed(value: &Value, named: &[&str]) -> usize {
    value.as_object().map_or(0, |members| members.keys().filter(|key| !named.contains(&key.as_str())).count())
}

/// Makes an enum of types. The last variant keeps what is none of them as it is.
///
/// With a property that says which: each type with the values of the property that stand for it. Without one: the
/// first type that a value fits, and among objects the one that leaves the fewest members unnamed. `personal` behind
/// the last variant keeps `Debug` from showing it.
///
/// ```text
/// union! {
///     /// An animal.
///     Pet by "kind" { Cat(Box<Cat>) = "cat", Dog(Box<Dog>) = "dog" | "puppy" } else Unknown
/// }
/// union! {
///     /// An identifier, or all of it.
///     Owner { Text(String), Person(Box<Person>) in ["name", "age"] } else Unknown
/// }
/// ```
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! union {
    (
        $(#[$about:meta])*
        $name:ident by $tag:literal {
            $($variant:ident($ty:ty) = $first:literal $(| $text:literal)*),* $(,)?
        } else $other:ident $(: $personal:ident)?
    ) => {
        union!(@enum $(#[$about])* $name { $($variant($ty)),* } else $other $(: $personal)?);

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let value = match self {
                    $(Self::$variant(value) => $crate::shapes::tagged(value, $tag, $first),)*
                    Self::$other(value) => return value.serialize(serializer),
                };
                value.map_err(::serde::ser::Error::custom)?.serialize(serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)?;
                let fit = match value.get($tag).and_then(::serde_json::Value::as_str) {
                    $(Some($first $(| $text)*) => ::serde_json::from_value(value).map(Self::$variant),)*
                    _ => return Ok(Self::$other(value)),
                };
                fit.map_err(::serde::de::Error::custom)
            }
        }
    };
    (
        $(#[$about:meta])*
        $name:ident {
            $($variant:ident($ty:ty) $(in [$($member:literal),* $(,)?])? $(unless $union:ident::$unknown:ident)?),* $(,)?
        } else $other:ident $(: $personal:ident)?
    ) => {
        union!(@enum $(#[$about])* $name { $($variant($ty)),* } else $other $(: $personal)?);

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)*
                    Self::$other(value) => value.serialize(serializer),
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)?;
                let mut fits = Vec::new();
                $(
                    if let Ok(fit) = <$ty as ::serde::Deserialize>::deserialize(&value)
                        $(&& !matches!(fit, $union::$unknown(_)))?
                    {
                        let unnamed = [0 $(, $crate::shapes::unnamed(&value, &[$($member),*]))?];
                        fits.push((unnamed[unnamed.len() - 1], Self::$variant(fit)));
                    }
                )*
                let best = fits.into_iter().min_by_key(|(unnamed, _)| *unnamed);
                Ok(best.map_or(Self::$other(value), |(_, fit)| fit))
            }
        }
    };
    (
        @enum $(#[$about:meta])* $name:ident { $($variant:ident($ty:ty)),* } else $other:ident $(: $personal:ident)?
    ) => {
        $(#[$about])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("A value of the type `", stringify!($ty), "`.")]
                $variant($ty),
            )*
            /// A value that this version of the crate does not know.
            $other(::serde_json::Value),
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let (variant, value): (_, &dyn ::std::fmt::Debug) = match self {
                    $(Self::$variant(value) => (stringify!($variant), value),)*
                    Self::$other(value) => (stringify!($other), union!(@show value $(, $personal)?)),
                };
                f.debug_tuple(variant).field(value).finish()
            }
        }
    };
    (@show $value:expr) => { $value };
    (@show $value:expr, personal) => { &$crate::runtime::Personal($value) };
}
