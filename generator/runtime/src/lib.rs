//! The runtime of the crates that bindery generates.
//!
//! A generated crate either depends on this crate, or has a copy of the folder [`runtime`]. Each cargo feature is a part
//! that only some APIs need. A copy has only the files and items of the needed features.

#[macro_use]
pub mod runtime;

#[cfg(test)]
mod tests;
