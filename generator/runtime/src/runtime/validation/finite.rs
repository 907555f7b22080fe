//! Detection of NaN and infinities, which JSON does not have. serde_json would write them as `null`.

use std::fmt;

use serde_core::ser::{self, Serialize, Serializer};

/// Returns whether every floating-point number in a value is finite. `json` is the value as JSON.
pub fn is_finite(value: &(impl Serialize + ?Sized), json: &[u8]) -> bool {
    !json.windows(4).any(|bytes| bytes == b"null")
        || !matches!(value.serialize(FiniteCheck), Err(CheckError::NotFinite))
}

/// A serializer that writes nothing, and fails if it serializes a number that is not finite.
struct FiniteCheck;

/// The reason why serialization with [`FiniteCheck`] failed.
#[derive(Debug)]
enum CheckError {
    NotFinite,
    /// The value cannot be serialized. The code that serializes the value for sending reports this error.
    Other,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a finite number")
    }
}

impl std::error::Error for CheckError {}

impl ser::Error for CheckError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }
}

type CheckResult = Result<(), CheckError>;

macro_rules! scalars {
    ($($method:ident($($value:ty),*);)*) => { $(
        fn $method(self, $(_: $value),*) -> CheckResult {
            Ok(())
        }
    )* };
}

impl Serializer for FiniteCheck {
    type Ok = ();
    type Error = CheckError;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    scalars! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn serialize_f32(self, value: f32) -> CheckResult {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> CheckResult {
        if value.is_finite() { Ok(()) } else { Err(CheckError::NotFinite) }
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, _: &T) -> CheckResult {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> CheckResult {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> CheckResult {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> CheckResult {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, CheckError> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, CheckError> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, CheckError> {
        Ok(self)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, CheckError> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, CheckError> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, CheckError> {
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, CheckError> {
        Ok(self)
    }
}

macro_rules! compounds {
    ($($compound:ident { $($method:ident($($key:ty)?);)* })*) => { $(
        impl ser::$compound for FiniteCheck {
            type Ok = ();
            type Error = CheckError;

            $(
                fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> CheckResult {
                    value.serialize(FiniteCheck)
                }
            )*

            fn end(self) -> CheckResult {
                Ok(())
            }
        }
    )* };
}
compounds! {
    SerializeSeq { serialize_element(); }
    SerializeTuple { serialize_element(); }
    SerializeTupleStruct { serialize_field(); }
    SerializeTupleVariant { serialize_field(); }
    SerializeMap { serialize_key(); serialize_value(); }
    SerializeStruct { serialize_field(&'static str); }
    SerializeStructVariant { serialize_field(&'static str); }
}
