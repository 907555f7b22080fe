//! The tasks of this repository: the only place that reads and writes files.

pub mod codegen;
pub mod compare;
pub mod corpus;
pub mod diagnostic_args;
pub mod explain;
pub mod inputs;
pub mod mock;
pub mod output_dir;

/// The code of the README is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
