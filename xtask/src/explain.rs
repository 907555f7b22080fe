//! `cargo xtask explain`: explains the code of a diagnostic, with the diagnostics of its fixture, or of a change.

use std::path::Path;
use std::process::ExitCode;

use bindery_cli::explain::{AnyCode, list};
use bindery_cli::failure::finish;
use clap::Args;

/// The options of `cargo xtask explain`.
#[derive(Args)]
pub struct Options {
    /// The code, such as `B0201` or `D0721`. Without a code, the task lists all codes.
    #[arg(value_name = "CODE", value_parser = AnyCode::parse)]
    pub code: Option<AnyCode>,
}

/// Runs the task.
pub fn run(options: &Options) -> ExitCode {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("generator").join("tests/fixtures");
    finish(Ok(options.code.as_ref().map_or_else(list, |code| code.explanation(Some(&fixtures)))))
}
