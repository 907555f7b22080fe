//! `cargo xtask mock`: starts a mock server for an OpenAPI document.

use std::path::PathBuf;
use std::process::ExitCode;

use bindery_cli::failure::finish;
use bindery_cli::inputs::{Inputs, References};
use bindery_cli::mock;
use clap::Args;

use crate::codegen::SPEC;

/// The options of `cargo xtask mock`.
#[derive(Args)]
pub struct Options {
    /// The OpenAPI document.
    #[arg(long, value_name = "FILE", default_value = SPEC)]
    pub spec: PathBuf,
    /// The configuration, with the pagination, the errors and the rules of the mock. Default: `codegen.toml` in the
    /// folder of the document.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The files that the document may refer to.
    #[command(flatten)]
    pub references: References,
    /// The options of the server.
    #[command(flatten)]
    pub server: mock::ServerArgs,
}

/// Runs the mock until ctrl-c is pressed.
pub fn run(options: &Options) -> ExitCode {
    let inputs = Inputs {
        document: Some(options.spec.clone()),
        config: options.config.clone(),
        references: options.references.clone(),
    };
    finish(mock::run(&inputs, &options.server).map(|()| String::new()))
}
