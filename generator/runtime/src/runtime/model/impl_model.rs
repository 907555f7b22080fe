//! Implements the traits of models.

/// Implements `Deserialize` for a type that implements [`FromJson`](crate::runtime::FromJson).
#[doc(hidden)]
#[macro_export]
#[allow(unused_macros, reason = "an API may have no models")]
macro_rules! impl_deserialize {
    ($ty:ty) => {
        impl<'de> ::serde::Deserialize<'de> for $ty {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::runtime::deserialize(deserializer)
            }
        }
    };
}

/// Implements `FromJson`, `Deserialize`, `Debug` and `Serialize` for a model.
///
/// Each field has the name of its property, and these marks in this order:
///
/// - `optional`: the property is omitted if the field is `None`. Without this mark, the property is sent as `null`.
/// - `null`: the same as `optional`, but `null` is a value of the field, and not `None`.
/// - `serde`: the type of the field does not implement [`FromJson`](crate::runtime::FromJson), but `Deserialize`.
/// - `personal`: `Debug` does not show the value.
///
/// The field after `else` has the additional properties.
///
/// ```text
/// impl_model!(Pet { id: "id", kind: "type" optional, nick: "nick" null personal } else additional_properties);
/// ```
///
/// A model that only responses contain implements `Serialize` only with the feature `test-util`:
///
/// ```text
/// impl_model!(response Pet { id: "id", kind: "type" });
/// ```
#[doc(hidden)]
#[macro_export]
#[allow(unused_macros, reason = "an API may have no models")]
macro_rules! impl_model {
    (response $($model:tt)*) => {
        impl_model!(@decode $($model)*);
        #[cfg(feature = "test-util")]
        impl_model!(@encode $($model)*);
    };
    (
        @decode $model:ident { $($field:ident: $name:literal $($mark:ident)*),* $(,)? }
        $(else $others:ident $($other_mark:ident)*)?
    ) => {
        impl $crate::runtime::FromJson for $model {
            const EXPECTED: &'static str = concat!("struct ", stringify!($model));

            #[inline]
            fn from_json(
                json: $crate::runtime::JsonNode<'_>,
                decoding: &mut $crate::runtime::Decoding,
            ) -> ::std::result::Result<Self, $crate::runtime::Mismatch> {
                $(let mut $field = None;)*
                $(let mut $others = impl_model!(@new_map $($other_mark)*);)?
                let properties: &mut [(&'static str, &mut dyn $crate::runtime::Slot)] = &mut [$(($name, &mut $field)),*];
                $crate::runtime::read_object(json, properties, impl_model!(@or_none $($others)?), decoding)?;
                Ok(Self {
                    $($field: impl_model!(@take $field, $name $($mark)*),)*
                    $($others: impl_model!(@take_map $others $($other_mark)*),)?
                })
            }
        }

        impl_deserialize!($model);

        impl ::std::fmt::Debug for $model {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($model))
                    $(.field(stringify!($field), impl_model!(@show self.$field, $($mark)*)))*
                    $(.field(stringify!($others), impl_model!(@show self.$others, $($other_mark)*)))?
                    .finish()
            }
        }
    };
    (
        @encode $model:ident { $($field:ident: $name:literal $($mark:ident)*),* $(,)? }
        $(else $others:ident $($other_mark:ident)*)?
    ) => {
        impl ::serde::Serialize for $model {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeMap;
                let mut object = serializer.serialize_map(None)?;
                $(impl_model!(@put object, self.$field, $name $($mark)*);)*
                $(for (name, value) in self.$others.iter() {
                    object.serialize_entry(name, value)?;
                })?
                object.end()
            }
        }
    };
    (@new_map serde $($mark:ident)*) => { ::std::collections::BTreeMap::<String, $crate::runtime::WithSerde<_>>::new() };
    (@new_map $($mark:ident)*) => { ::std::collections::BTreeMap::new() };
    (@or_none) => { None };
    (@or_none $others:ident) => { Some(&mut $others) };
    (@take $field:ident, $name:literal null serde $($mark:ident)*) => {
        $field.map(|$crate::runtime::WithSerde(value)| value)
    };
    (@take $field:ident, $name:literal null $($mark:ident)*) => { $field };
    (@take $field:ident, $name:literal optional $($mark:ident)*) => { impl_model!(@take $field, $name $($mark)*) };
    (@take $field:ident, $name:literal serde $($mark:ident)*) => {{
        let $crate::runtime::WithSerde(value) = $crate::runtime::property($field, $name)?;
        value
    }};
    (@take $field:ident, $name:literal $($mark:ident)*) => { $crate::runtime::property($field, $name)? };
    (@take_map $others:ident serde $($mark:ident)*) => {{
        let others = $others.into_iter().map(|(name, $crate::runtime::WithSerde(value))| (name, value));
        others.collect::<::std::collections::BTreeMap<_, _>>().into()
    }};
    (@take_map $others:ident $($mark:ident)*) => { $others.into() };
    (@show $value:expr, $first:ident $($mark:ident)+) => { impl_model!(@show $value, $($mark)+) };
    (@show $value:expr, personal) => { &$crate::runtime::Personal(&$value) };
    (@show $value:expr, $($mark:ident)?) => { &$value };
    (@put $object:ident, $value:expr, $name:literal optional $($mark:ident)*) => {
        if let Some(value) = &$value {
            $object.serialize_entry($name, value)?;
        }
    };
    (@put $object:ident, $value:expr, $name:literal null $($mark:ident)*) => {
        impl_model!(@put $object, $value, $name optional)
    };
    (@put $object:ident, $value:expr, $name:literal $($mark:ident)*) => { $object.serialize_entry($name, &$value)? };
    ($($model:tt)*) => {
        impl_model!(@decode $($model)*);
        impl_model!(@encode $($model)*);
    };
}
