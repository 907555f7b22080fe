//! `cargo xtask codegen`: generates a crate from a document and its configuration.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bindery_cli::diagnostic_args::DiagnosticArgs;
use bindery_cli::failure::finish;
use bindery_cli::generate;
use bindery_cli::inputs::{Inputs, References, shell_word};
use clap::Args;

use crate::reference::reference;

/// The OpenAPI document of this repository.
pub const SPEC: &str = "spec/conversations_v1.yaml";

/// The folder of the example project whose generated crate is committed.
const EXAMPLE: &str = "generator/cli/examples/committed";

/// The options of `cargo xtask codegen`.
#[derive(Args)]
pub struct Options {
    /// The OpenAPI document.
    #[arg(long, value_name = "FILE", default_value = SPEC)]
    pub spec: PathBuf,
    /// The configuration. Default: `codegen.toml` in the folder of the document. If there is no such file, the
    /// generator infers the configuration from the document.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder of the generated crate. Default: `generated` for the document of this repository, and for any other
    /// document a folder with the name of the crate.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write nothing. List the generated files that are not up to date, and fail if there are any.
    #[arg(long)]
    pub check: bool,
    /// The files that the document may refer to.
    #[command(flatten)]
    pub references: References,
    /// The diagnostics to print, and their format.
    #[command(flatten)]
    pub diagnostics: DiagnosticArgs,
}

/// Runs the task and prints the result. If no argument names an input or output, the task also generates the crate of
/// the example project and the reference of codegen.toml.
pub fn run(options: &Options) -> ExitCode {
    let is_default = options.spec.as_path() == Path::new(SPEC) && options.config.is_none();
    let default_out = is_default.then(|| PathBuf::from("generated"));
    let inputs = |document: Option<PathBuf>, config: Option<PathBuf>| Inputs {
        document,
        config,
        references: options.references.clone(),
    };
    let run = |inputs: Inputs, out: Option<PathBuf>| {
        generate::run(&generate::Options {
            inputs,
            out,
            check: options.check,
            write_effective: None,
            diagnostics: options.diagnostics.clone(),
            update_command: command(options),
        })
    };
    let exit_code =
        run(inputs(Some(options.spec.clone()), options.config.clone()), options.out.clone().or(default_out));
    if !is_default || options.out.is_some() || exit_code != ExitCode::SUCCESS {
        return exit_code;
    }
    let example = Path::new(EXAMPLE);
    let exit_code = run(inputs(None, Some(example.join("codegen.toml"))), Some(example.join("pets")));
    if exit_code != ExitCode::SUCCESS {
        return exit_code;
    }
    finish(reference(options.check))
}

/// Returns the command that updates the crate after a failed check.
fn command(options: &Options) -> String {
    let mut command = String::from("cargo xtask codegen");
    let spec = Some(&options.spec).filter(|path| path.as_path() != Path::new(SPEC));
    for (flag, value) in [("--spec", spec), ("--config", options.config.as_ref()), ("--out", options.out.as_ref())] {
        if let Some(value) = value {
            let _ = write!(command, " {flag} {}", shell_word(value));
        }
    }
    options.references.append_to(&mut command);
    command
}
