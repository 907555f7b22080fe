//! Named types around another type, such as recursive arrays.

/// Implements `FromJson`, `Deserialize` and `Serialize` for a tuple struct with one field, which has the form of the field in JSON.
/// The mark `serde` and the word `response` are those of [`impl_model!`].
///
/// ```text
/// impl_wrapper!(Tree(Vec<Tree>));
/// ```
#[doc(hidden)]
#[macro_export]
#[allow(unused_macros, reason = "an API may have no such types")]
macro_rules! impl_wrapper {
    (response $name:ident($ty:ty) $($mark:ident)?) => {
        impl_wrapper!(@decode $name($ty) $($mark)?);
        #[cfg(feature = "test-util")]
        impl_wrapper!(@encode $name);
    };
    ($name:ident($ty:ty) $($mark:ident)?) => {
        impl_wrapper!(@decode $name($ty) $($mark)?);
        impl_wrapper!(@encode $name);
    };
    (@decode $name:ident($ty:ty)) => {
        impl_wrapper!(@from_json $name, $ty, |value| value);
    };
    (@decode $name:ident($ty:ty) serde) => {
        impl_wrapper!(@from_json $name, $crate::runtime::WithSerde<$ty>, |$crate::runtime::WithSerde(value)| value);
    };
    (@from_json $name:ident, $ty:ty, $value:expr) => {
        impl $crate::runtime::FromJson for $name {
            const EXPECTED: &'static str = <$ty as $crate::runtime::FromJson>::EXPECTED;
            const NEEDS_TEXT: bool = <$ty as $crate::runtime::FromJson>::NEEDS_TEXT;

            #[inline]
            fn from_json(
                json: $crate::runtime::JsonNode<'_>,
                decoding: &mut $crate::runtime::Decoding,
            ) -> Result<Self, $crate::runtime::Mismatch> {
                <$ty as $crate::runtime::FromJson>::from_json(json, decoding).map($value).map(Self)
            }
        }

        impl_deserialize!($name);
    };
    (@encode $name:ident) => {
        impl ::serde_core::Serialize for $name {
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }
    };
}
