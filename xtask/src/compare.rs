//! `cargo xtask compare`: lists the differences between two documents of the same API. A file may list accepted
//! differences.

use std::path::PathBuf;
use std::process::ExitCode;

use bindery_cli::compare;
use bindery_cli::failure::finish;
use bindery_cli::inputs::References;
use clap::Args;

/// The options of `cargo xtask compare`.
#[derive(Args)]
pub struct Options {
    /// The OpenAPI document to check.
    #[arg(value_name = "OURS")]
    pub ours: PathBuf,
    /// The second OpenAPI document.
    #[arg(value_name = "THEIRS")]
    pub theirs: PathBuf,
    /// A file with the accepted differences, each with a reason.
    #[arg(long, value_name = "FILE")]
    pub accepted: Option<PathBuf>,
    /// The configuration of both documents. It says which properties are personal data.
    #[arg(long, value_name = "FILE", default_value = "spec/codegen.toml")]
    pub config: PathBuf,
    /// The files that the documents may refer to.
    #[command(flatten)]
    pub references: References,
}

/// Runs the task and prints the result.
pub fn run(options: &Options) -> ExitCode {
    finish(compare::compare(&compare::Options {
        ours: options.ours.clone(),
        theirs: options.theirs.clone(),
        accepted: options.accepted.clone(),
        config: Some(options.config.clone()),
        references: options.references.clone(),
    }))
}
