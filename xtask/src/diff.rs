//! `cargo xtask diff`: says what a change of the document does to Rust callers.

use std::path::PathBuf;
use std::process::ExitCode;

use bindery_cli::diff::{Options, diff};
use bindery_cli::failure::finish;

/// Runs the task and prints the result. Without documents, compares the document of this repository with that of the revision
/// `--base`, or else of the last commit.
pub fn run(mut options: Options) -> ExitCode {
    if options.old.is_none() {
        options.old = Some(PathBuf::from("spec/conversations_v1.yaml"));
        options.base.get_or_insert_with(|| "HEAD".to_owned());
    }
    finish(diff(&options))
}
