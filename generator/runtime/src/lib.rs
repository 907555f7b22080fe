//! The hand-written half of every crate that bindery generates, as a crate of its own so that it can be tested.
//!
//! The generator copies the files of the folder [`runtime`] that an API needs into the crate that it writes. This crate
//! compiles and tests all of them.

#[macro_use]
pub mod runtime;

#[cfg(test)]
mod tests;
