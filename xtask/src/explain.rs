//! `cargo xtask explain`: explains a diagnostic code, and shows the diagnostics of its fixture.

use std::path::Path;
use std::process::ExitCode;

use bindery::diagnostics::Code;
use bindery_cli::diagnostic_args::parse_code;
use bindery_cli::explain::{explanation, list};
use bindery_cli::failure::finish;
use clap::Args;

/// The options of `cargo xtask explain`.
#[derive(Args)]
pub struct Options {
    /// The code, such as `B0201`. Without a code, the task lists all codes.
    #[arg(value_name = "CODE", value_parser = parse_code)]
    pub code: Option<Code>,
}

/// Runs the task.
pub fn run(options: &Options) -> ExitCode {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("generator").join("tests/fixtures");
    finish(Ok(options.code.map_or_else(list, |code| explanation(code, Some(&fixtures)))))
}
