//! The hand-written half of every crate that bindery generates, as a crate of its own so that it can be tested.
//!
//! The generator copies the folder [`runtime`] into each crate it writes, and [`shapes`] where it is needed; this crate
//! only gives them a home.

#[macro_use]
pub mod runtime;
#[macro_use]
pub mod shapes;

#[cfg(test)]
mod tests;
