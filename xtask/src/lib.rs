//! The tasks of this repository. They call the functions of `bindery-cli` with defaults for this repository.

pub mod codegen;
pub mod compare;
pub mod corpus;
pub mod diff;
pub mod explain;
pub mod mock;
pub mod reference;

/// Compiles the code of the README as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
