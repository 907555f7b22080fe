//! `cargo xtask corpus`: generates a crate for every document in a folder, compiles the crates, and reports the
//! results.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use bindery_cli::corpus::{self, DocumentResult};
use bindery_cli::diagnostic_args::DiagnosticArgs;
use bindery_cli::failure::finish;
use bindery_cli::inputs::References;
use clap::Args;

/// The options of `cargo xtask corpus`.
#[derive(Args)]
pub struct Options {
    /// The folder with the documents. Documents in subfolders are included.
    #[arg(value_name = "DIR")]
    pub documents: PathBuf,
    /// Compile each generated crate.
    #[arg(long)]
    pub check: bool,
    /// The number of parallel jobs.
    #[arg(long, value_name = "N", default_value_t = thread::available_parallelism().map_or(1, usize::from))]
    pub jobs: usize,
    /// The folder for the crates, the diagnostics of each document and `report.json`.
    #[arg(long, value_name = "DIR", default_value = "target/corpus")]
    pub out: PathBuf,
    /// The files that the documents may refer to, in addition to their own folder.
    #[command(flatten)]
    pub references: References,
    /// The diagnostics to write, and their format.
    #[command(flatten)]
    pub diagnostics: DiagnosticArgs,
}

/// Runs the task. It fails if the generator panics, or if a crate does not compile without warnings. A document with
/// errors is a result, not a failure.
pub fn run(options: &Options) -> ExitCode {
    let lock_file = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("Cargo.lock");
    let results = corpus::corpus(&corpus::Options {
        documents: options.documents.clone(),
        lock_file: options.check.then_some(lock_file),
        jobs: options.jobs,
        out: options.out.clone(),
        references: options.references.clone(),
        diagnostics: options.diagnostics.clone(),
    });
    let has_faults = results.as_ref().is_ok_and(|results| results.iter().any(DocumentResult::is_fault));
    let exit_code = finish(results.map(|results| corpus::summary(&results)));
    if has_faults { ExitCode::FAILURE } else { exit_code }
}
