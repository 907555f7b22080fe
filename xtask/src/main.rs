//! The command line of `cargo xtask`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{codegen, compare, corpus, explain, mock};

/// The generator allocates millions of small values. For a large document, this allocator saves a quarter of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The tasks of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generate a crate from an OpenAPI document.
    Codegen(codegen::Options),
    /// Explain a diagnostic code, or list all codes.
    Explain(explain::Options),
    /// Generate a crate for every document in a folder, and report the results.
    Corpus(corpus::Options),
    /// List the differences between two documents of the same API.
    Compare(compare::Options),
    /// Say what a change of the document does to Rust callers.
    Diff(Box<bindery_cli::diff::Options>),
    /// Start a mock server for an OpenAPI document.
    Mock(mock::Options),
}

fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Codegen(options) => codegen::run(&options),
        Task::Explain(options) => explain::run(&options),
        Task::Corpus(options) => corpus::run(&options),
        Task::Compare(options) => compare::run(&options),
        Task::Diff(options) => xtask::diff::run(*options),
        Task::Mock(options) => mock::run(&options),
    }
}
