//! The hand-written half of every crate that bindery generates, as a crate of its own so that it can be tested.
//!
//! The generator copies the folder [`runtime`] into each crate it writes; this crate only gives it a home.

#[macro_use]
pub mod runtime;

#[cfg(test)]
mod tests;
