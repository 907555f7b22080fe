//! Decodes models.
//!
//! serde's derive would decode an array as an object, by the order of the fields. `#[serde(flatten)]` would buffer all properties,
//! which rounds numbers.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

/// The name of a property. It is borrowed unless it has escapes in the JSON text.
#[derive(serde::Deserialize)]
pub struct PropertyName<'k>(#[serde(borrow)] pub Cow<'k, str>);

/// Returns the value of a missing property: `None` for an `Option`.
///
/// # Errors
///
/// Returns an error if the property is required.
pub fn missing<'de, T: Deserialize<'de>, E: Error>(name: &'static str) -> Result<T, E> {
    T::deserialize(Missing { name, error: PhantomData })
}

/// A deserializer of a missing property.
struct Missing<E> {
    name: &'static str,
    error: PhantomData<E>,
}

impl<'de, E: Error> Deserializer<'de> for Missing<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::missing_field(self.name))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Implements `Deserialize` for a model with these fields and property names, and the field of the additional properties.
///
/// `null` marks an optional property for which `null` is a value of the field, and not `None`.
///
/// ```text
/// impl_deserialize!(Pet { id: "id", kind: "type", nick: "nick" null } else additional_properties);
/// ```
#[allow(unused_macros, reason = "an API may have no models")]
macro_rules! impl_deserialize {
    ($model:ident { $($field:ident: $name:literal $($null:ident)?),* $(,)? } $(else $others:ident)?) => {
        impl<'de> ::serde::Deserialize<'de> for $model {
            fn deserialize<__D: ::serde::Deserializer<'de>>(deserializer: __D) -> ::std::result::Result<Self, __D::Error> {
                struct __Properties;

                impl<'de> ::serde::de::Visitor<'de> for __Properties {
                    type Value = $model;

                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str(concat!("struct ", stringify!($model)))
                    }

                    fn visit_map<__A: ::serde::de::MapAccess<'de>>(
                        self,
                        mut object: __A,
                    ) -> ::std::result::Result<$model, __A::Error> {
                        $(let mut $field = None;)*
                        $(let mut $others = ::std::collections::BTreeMap::new();)?
                        while let Some($crate::runtime::PropertyName(name)) = object.next_key()? {
                            match name.as_ref() {
                                $($name => {
                                    if $field.is_some() {
                                        return Err(::serde::de::Error::duplicate_field($name));
                                    }
                                    $field = Some(impl_deserialize!(@value object $($null)?));
                                })*
                                _ => impl_deserialize!(@other object name $($others)?),
                            }
                        }
                        Ok($model {
                            $($field: match $field {
                                Some(value) => value,
                                None => impl_deserialize!(@missing $name $($null)?),
                            },)*
                            $($others: $others.into(),)?
                        })
                    }
                }

                deserializer.deserialize_struct(stringify!($model), &[$($name),*], __Properties)
            }
        }
    };
    (@value $object:ident) => { $object.next_value()? };
    (@value $object:ident null) => { Some($object.next_value()?) };
    (@other $object:ident $property:ident) => { drop($object.next_value::<::serde::de::IgnoredAny>()?) };
    (@other $object:ident $property:ident $others:ident) => {
        drop($others.insert($property.into_owned(), $object.next_value()?))
    };
    (@missing $name:literal) => { $crate::runtime::missing($name)? };
    (@missing $name:literal null) => { None };
}
