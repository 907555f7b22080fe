//! The command line of `cargo xtask`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{codegen, compare, corpus, explain, mock};

/// A generator makes and drops small things by the million; with this allocator a large document takes a quarter less time.
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
    /// Generate the crate from its document.
    Codegen(codegen::Options),
    /// Say what a code of a diagnostic means.
    Explain(explain::Options),
    /// Bind every document below a folder, and say how each has fared.
    Corpus(corpus::Options),
    /// List what two documents of one API disagree on.
    Compare(compare::Options),
    /// Serve an API from its document alone.
    Mock(mock::Options),
}

fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Codegen(options) => codegen::run(&options),
        Task::Explain(options) => explain::run(&options),
        Task::Corpus(options) => corpus::run(&options),
        Task::Compare(options) => compare::run(&options),
        Task::Mock(options) => mock::run(&options),
    }
}
