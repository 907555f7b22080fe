//! Implements the traits of models.

/// Implements `Deserialize` for a type that implements [`FromJson`](crate::runtime::FromJson).
#[doc(hidden)]
#[macro_export]
#[allow(unused_macros, reason = "an API may have no models")]
macro_rules! impl_deserialize {
    ($ty:ty) => {
        impl<'de> ::serde_core::Deserialize<'de> for $ty {
            fn deserialize<D: ::serde_core::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
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
/// - `serde`: the type of the field implements `Deserialize`, but not [`FromJson`](crate::runtime::FromJson).
/// - `personal`: `Debug` does not show the value.
///
/// The field after `else` has the additional properties. It is a `BTreeMap`, unless the name of another map follows.
///
/// ```text
/// impl_model!(Pet { id: "id", kind: "type" optional, nick: "nick" null personal } else additional_properties);
/// impl_model!(Pet { id: "id" } else additional_properties: HashMap);
/// ```
///
/// If all fields are `Option`s without the mark `serde`, the macro can also implement `Default`. The fields are then decoded in
/// place, and the code for decoding is a fifth as long:
///
/// ```text
/// impl_model!(Toy: Default { name: "name" optional, owner: "owner" });
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
        @decode $model:ident: Default { $($field:ident: $name:literal $($mark:ident)*),* $(,)? }
        $(else $others:ident $(: $map:ident)? $($other_mark:ident)*)?
    ) => {
        impl $crate::runtime::FromJson for $model {
            const EXPECTED: &'static str = concat!("struct ", stringify!($model));

            #[inline]
            fn from_json(
                json: $crate::runtime::JsonNode<'_>,
                decoding: &mut $crate::runtime::Decoding,
            ) -> ::std::result::Result<Self, $crate::runtime::Mismatch> {
                #[allow(unused_mut, reason = "a model may have no properties")]
                let mut model = <Self as ::std::default::Default>::default();
                let properties = &mut [$($crate::runtime::Property {
                    name: $name,
                    slot: &mut model.$field,
                    null_is_none: impl_model!(@null_is_none $($mark)*),
                    is_present: false,
                }),*];
                $crate::runtime::read_object(json, properties, impl_model!(@or_none $(model.$others)?), decoding)?;
                Ok(model)
            }
        }

        impl ::std::default::Default for $model {
            #[inline]
            fn default() -> Self {
                Self { $($field: None,)* $($others: ::std::default::Default::default(),)? }
            }
        }

        impl_model!(@decoded $model { $($field $($mark)*,)* $($others $($other_mark)*)? });
    };
    (
        @decode $model:ident { $($field:ident: $name:literal $($mark:ident)*),* $(,)? }
        $(else $others:ident $(: $map:ident)? $($other_mark:ident)*)?
    ) => {
        impl $crate::runtime::FromJson for $model {
            const EXPECTED: &'static str = concat!("struct ", stringify!($model));

            #[inline]
            fn from_json(
                json: $crate::runtime::JsonNode<'_>,
                decoding: &mut $crate::runtime::Decoding,
            ) -> ::std::result::Result<Self, $crate::runtime::Mismatch> {
                $(let mut $field = None;)*
                $(let mut $others = impl_model!(@new_map [$($map)?] $($other_mark)*);)?
                let properties = &mut [$($crate::runtime::Property {
                    name: $name,
                    slot: &mut $field,
                    null_is_none: false,
                    is_present: false,
                }),*];
                $crate::runtime::read_object(json, properties, impl_model!(@or_none $($others)?), decoding)?;
                $(impl_model!(@take $field, $name $($mark)*);)*
                Ok(Self { $($field,)* $($others: impl_model!(@take_map $others [$($map)?] $($other_mark)*),)? })
            }
        }

        impl_model!(@decoded $model { $($field $($mark)*,)* $($others $($other_mark)*)? });
    };
    (@decoded $model:ident { $($field:ident $($mark:ident)*),* $(,)? }) => {
        impl_deserialize!($model);

        impl ::std::fmt::Debug for $model {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let fields: &[(&str, &dyn ::std::fmt::Debug)] =
                    &[$((stringify!($field), impl_model!(@show self.$field, $($mark)*))),*];
                $crate::runtime::debug_fields(f, stringify!($model), fields)
            }
        }
    };
    (
        @encode $model:ident $(: Default)? { $($field:ident: $name:literal $($mark:ident)*),* $(,)? }
        $(else $others:ident $(: $map:ident)? $($other_mark:ident)*)?
    ) => {
        impl ::serde_core::Serialize for $model {
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                use ::serde_core::ser::SerializeMap;
                #[allow(unused_mut, reason = "a model may have no properties")]
                let mut object = serializer.serialize_map(None)?;
                $(impl_model!(@put object, self.$field, $name $($mark)*);)*
                $(for (name, value) in self.$others.iter() {
                    object.serialize_entry(name, value)?;
                })?
                object.end()
            }
        }
    };
    (@map [] $value:ty) => { ::std::collections::BTreeMap<String, $value> };
    (@map [$map:ident] $value:ty) => { $map<String, $value> };
    (@new_map $map:tt serde $($mark:ident)*) => { <impl_model!(@map $map $crate::runtime::WithSerde<_>)>::new() };
    (@new_map $map:tt $($mark:ident)*) => { <impl_model!(@map $map _)>::new() };
    (@or_none) => { None };
    (@or_none $others:expr) => { Some(&mut $others) };
    (@null_is_none null $($mark:ident)*) => { false };
    (@null_is_none $($mark:ident)*) => { true };
    (@take $field:ident, $name:literal null serde $($mark:ident)*) => {
        let $field = $field.map(|$crate::runtime::WithSerde(value)| value);
    };
    (@take $field:ident, $name:literal null $($mark:ident)*) => {};
    (@take $field:ident, $name:literal optional $($mark:ident)*) => { impl_model!(@take $field, $name $($mark)*) };
    (@take $field:ident, $name:literal serde $($mark:ident)*) => {
        impl_model!(@take $field, $name);
        let $crate::runtime::WithSerde($field) = $field;
    };
    (@take $field:ident, $name:literal $($mark:ident)*) => {
        let Some($field) = $crate::runtime::property($field) else {
            return Err($crate::runtime::Mismatch::missing($name));
        };
    };
    (@take_map $others:ident $map:tt serde $($mark:ident)*) => {{
        let others = $others.into_iter().map(|(name, $crate::runtime::WithSerde(value))| (name, value));
        others.collect::<impl_model!(@map $map _)>().into()
    }};
    (@take_map $others:ident $map:tt $($mark:ident)*) => { $others.into() };
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
