//! What models need that are more than records and texts: enums of any values, enums of types, bytes, deep nesting.
//!
//! An API that has none of these comes without this module.

mod alternative;
mod base64;
mod big_number;
mod nested;
#[macro_use]
mod union;
#[macro_use]
mod value_enum;

pub use self::base64::{Base64, Base64Url};
pub use alternative::{Kind, Literal, Match};
pub use big_number::BigNumber;
pub use nested::Nested;
pub use union::{Alternative, Reading, Union, read, read_as, read_known, tagged};
pub use value_enum::{EnumValue, plain};
