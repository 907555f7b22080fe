//! The commands of `bindery` as functions.
//!
//! | command | function |
//! |---|---|
//! | `bindery init` | [`init::init`] |
//! | `bindery generate`, `bindery check` | [`generate::generate`] |
//! | `bindery diff` | [`diff::diff`] |
//! | `bindery mock` | [`mock::run`] |
//! | `bindery explain` | [`explain::explanation`], [`explain::list`] |
//! | `bindery stats` | [`stats::stats`] |
//! | `bindery schema` | [`bindery::config::json_schema`] |
//!
//! `cargo xtask` calls these functions, [`compare::compare`] and [`corpus::corpus`] with defaults for its repository. A build
//! script uses `bindery::Generator` instead.

// `println!` panics if a program such as `head` closes the pipe early.
#![warn(clippy::print_stderr, clippy::print_stdout)]

pub mod compare;
pub mod corpus;
pub mod diagnostic_args;
pub mod diff;
pub mod explain;
pub mod failure;
pub mod generate;
mod git;
mod git_objects;
pub mod init;
pub mod inputs;
pub mod mock;
mod renames;
mod revision;
pub mod stats;
mod versions;
