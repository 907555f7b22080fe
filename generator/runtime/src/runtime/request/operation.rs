//! The types of the operations of the API.

use crate::runtime::Decode;

/// An operation of the API. Generated crates have an empty enum for each operation, which distinguishes the types of
/// requests.
pub trait Operation {
    /// How a response is decoded.
    type Decode: Decode;
}

/// The value that a response of an operation contains.
pub type ValueOf<O> = <<O as Operation>::Decode as Decode>::Value;

/// Implements [`Operation`] for a type in the module `operations` of the caller: `impl_operation!(CreatePet => Json<Pet>);`.
#[macro_export]
#[allow(unused_macros, reason = "an API may have no operations")]
macro_rules! impl_operation {
    ($operation:ident => $decode:ty) => {
        impl $crate::runtime::Operation for operations::$operation {
            type Decode = $decode;
        }
    };
}
