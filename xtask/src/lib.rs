//! The tasks of this repository. Only this crate reads and writes files.

pub mod codegen;
pub mod compare;
pub mod corpus;
pub mod diagnostic_args;
pub mod explain;
pub mod inputs;
pub mod mock;
pub mod output_dir;

/// Compiles the code of the README as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
