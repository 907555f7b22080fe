//! What models need that are more than records and texts: enums of any values, enums of types, bytes, deep nesting.
//!
//! An API that has none of these comes without this module.

mod base64;
mod nested;
#[macro_use]
mod union;
#[macro_use]
mod value_enum;

pub use self::base64::{Base64, Base64Url};
pub use nested::Nested;
pub use union::{tagged, unnamed};
pub use value_enum::plain;
