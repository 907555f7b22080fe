//! `cargo xtask codegen`: generates a crate from a document and its configuration.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bindery::Generated;
use bindery::fileset::{Drift, DriftKind};
use clap::Args;

use crate::inputs::{References, configuration, file_error};
use crate::{diagnostic_args, output_dir};

/// The options of `cargo xtask codegen`.
#[derive(Args)]
pub struct Options {
    /// The OpenAPI document.
    #[arg(long, value_name = "FILE", default_value = SPEC)]
    pub spec: PathBuf,
    /// The configuration. Default: `codegen.toml` in the folder of the document; without that file, the generator infers
    /// the configuration from the document.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder of the generated crate. Default: `generated` for the document of this repository; for any other document,
    /// a folder with the name of the crate.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write nothing; list the generated files that are not up to date, and fail if there are any.
    #[arg(long)]
    pub check: bool,
    /// The files that the document may refer to.
    #[command(flatten)]
    pub references: References,
    /// The diagnostics to print, and their format.
    #[command(flatten)]
    pub diagnostics: diagnostic_args::DiagnosticArgs,
}

/// Runs the task and prints the result.
pub fn run(options: &Options) -> ExitCode {
    let started = Instant::now();
    let format = options.diagnostics.format;
    match codegen(options) {
        Ok(success) => {
            let inferred = match success.inferred_config.as_str() {
                "" => String::new(),
                config => format!("inferred configuration, which codegen.toml does not set:\n\n{config}\n"),
            };
            let summary = format!("{inferred}{} ({} ms)", success.summary, started.elapsed().as_millis());
            format.print(&success.diagnostics, Ok(&summary));
            ExitCode::SUCCESS
        }
        Err(failure) => {
            format.print(&failure.diagnostics, Err(&failure.reason));
            ExitCode::FAILURE
        }
    }
}

/// The result of a successful run.
#[derive(Debug)]
pub struct Success {
    /// The rendered warnings and notes.
    pub diagnostics: String,
    /// The inferred configuration in the format of codegen.toml.
    pub inferred_config: String,
    /// A summary of the run in one line.
    pub summary: String,
}

/// The result of a run that wrote nothing.
#[derive(Debug, Default)]
pub struct Failure {
    /// The rendered diagnostics.
    pub diagnostics: String,
    /// Why the run wrote nothing: files that are not up to date, or an error of the file system.
    pub reason: String,
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self { reason, ..Self::default() }
    }
}

/// Generates the crate, or checks it.
///
/// # Errors
///
/// Returns a failure if the document has errors, the check finds differences, or the file system reports an error. Nothing is
/// written then.
pub fn codegen(options: &Options) -> Result<Success, Failure> {
    let document = options.references.read(&options.spec)?;
    let config = configuration(&options.spec, options.config.as_deref())?;
    let (generated, mut diagnostics) = bindery::generate(&document, &config);
    options.diagnostics.apply(&mut diagnostics, &document, &config);
    let rendered =
        options.diagnostics.format.render(&diagnostics, &document, &config, diagnostic_args::style(&io::stderr()));
    let counts = diagnostics.counts();
    let Some(generated) = generated.filter(|_| !diagnostics.has_errors()) else {
        return Err(Failure { diagnostics: rendered, reason: format!("{counts}; nothing was written") });
    };
    match write(options, &generated) {
        Ok(summary) => {
            let summary = if counts.is_empty() { summary } else { format!("{summary}; {counts}") };
            Ok(Success { diagnostics: rendered, inferred_config: generated.inferred_config, summary })
        }
        Err(reason) => Err(Failure { diagnostics: rendered, reason }),
    }
}

/// Writes or checks the crate, and returns a summary in one line.
fn write(options: &Options, generated: &Generated) -> Result<String, String> {
    let out = &out_path(options, &generated.config.package.name);
    let existing_files = output_dir::read(out, &generated.files).map_err(|error| file_error("read", out, &error))?;
    let drift = generated.files.drift(&existing_files);
    let foreign: Vec<_> = drift.iter().filter(|file| file.kind == DriftKind::Foreign).collect();
    if !foreign.is_empty() && !options.check {
        let mut message = String::from("these files were not generated and would be overwritten:\n");
        for file in foreign {
            let _ = writeln!(message, "  {}", out.join(&file.path).display());
        }
        return Err(message + "move these files, or choose another folder with `--out`");
    }
    let result = if drift.is_empty() {
        "is up to date"
    } else if options.check {
        return Err(report(&drift, out, options));
    } else {
        output_dir::write(out, &generated.files, &drift).map_err(|error| file_error("write", out, &error))?;
        "was written"
    };
    Ok(format!(
        "{} {result}: {} operations, {} types, {} files, {} lines",
        out.display(),
        generated.api.operations.len(),
        generated.api.types.iter().filter(|(id, _)| generated.analysis.facts(*id).is_used).count(),
        generated.files.len(),
        generated.files.lines(),
    ))
}

/// Returns the report of a failed check.
fn report(drift: &[Drift], out: &Path, options: &Options) -> String {
    let mut report = String::new();
    for file in drift {
        let path = out.join(&file.path);
        let _ = match &file.kind {
            DriftKind::Missing => writeln!(report, "missing:  {}", path.display()),
            DriftKind::Stale { diff } => writeln!(report, "stale:    {}\n{diff}", path.display()),
            DriftKind::Orphaned => writeln!(report, "orphaned: {}", path.display()),
            DriftKind::Foreign => writeln!(report, "foreign:  {} (not a generated file)", path.display()),
        };
    }
    let _ = write!(report, "to update the crate, run: {}", command(options));
    report
}

/// Returns the folder of the crate.
fn out_path(options: &Options, name: &str) -> PathBuf {
    let is_default = options.spec.as_path() == Path::new(SPEC) && options.config.is_none();
    options.out.clone().unwrap_or_else(|| PathBuf::from(if is_default { "generated" } else { name }))
}

/// The OpenAPI document of this repository.
const SPEC: &str = "spec/conversations_v1.yaml";

/// Returns the command that updates the crate after a failed check.
fn command(options: &Options) -> String {
    let mut command = String::from("cargo xtask codegen");
    let spec = Some(&options.spec).filter(|path| path.as_path() != Path::new(SPEC));
    for (flag, value) in [("--spec", spec), ("--config", options.config.as_ref()), ("--out", options.out.as_ref())] {
        if let Some(value) = value {
            let _ = write!(command, " {flag} {}", value.display());
        }
    }
    options.references.describe(&mut command);
    command
}
