//! `cargo xtask codegen`: generates a crate from a document and its configuration.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bindery::Generated;
use bindery::fileset::{Drift, DriftKind};
use clap::Args;

use crate::inputs::{References, cannot, configuration};
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
    pub said: diagnostic_args::Said,
}

/// Runs the task and prints the result.
pub fn run(options: &Options) -> ExitCode {
    let started = Instant::now();
    let format = options.said.format;
    match codegen(options) {
        Ok(done) => {
            let derived = match done.derived.as_str() {
                "" => String::new(),
                derived => format!("inferred configuration, which codegen.toml does not set:\n\n{derived}\n"),
            };
            let end = format!("{derived}{} ({} ms)", done.summary, started.elapsed().as_millis());
            format.print(&done.said, Ok(&end));
            ExitCode::SUCCESS
        }
        Err(failed) => {
            format.print(&failed.said, Err(&failed.reason));
            ExitCode::FAILURE
        }
    }
}

/// The result of a successful run.
#[derive(Debug)]
pub struct Done {
    /// The rendered warnings and notes.
    pub said: String,
    /// The inferred configuration in the format of codegen.toml.
    pub derived: String,
    /// One line that says what the run did.
    pub summary: String,
}

/// The result of a run that wrote nothing.
#[derive(Debug, Default)]
pub struct Failed {
    /// The rendered diagnostics.
    pub said: String,
    /// Why the run wrote nothing: files that are not up to date, or an error of the file system.
    pub reason: String,
}

impl From<String> for Failed {
    fn from(reason: String) -> Self {
        Self { reason, ..Self::default() }
    }
}

/// Generates the crate, or checks it.
///
/// # Errors
///
/// The document has errors, the check found differences, or the file system reports an error. Nothing is written.
pub fn codegen(options: &Options) -> Result<Done, Failed> {
    let document = options.references.read(&options.spec)?;
    let config = configuration(&options.spec, options.config.as_deref())?;
    let (bound, mut diagnostics) = bindery::generate(&document, &config);
    options.said.apply(&mut diagnostics, &document, &config);
    let said = options.said.format.draw(&diagnostics, &document, &config, diagnostic_args::style(&io::stderr()));
    let counts = diagnostics.counts();
    let Some(bound) = bound.filter(|_| !diagnostics.has_errors()) else {
        return Err(Failed { said, reason: format!("{counts}; nothing was written") });
    };
    match write(options, &bound) {
        Ok(summary) if counts.is_empty() => Ok(Done { said, derived: bound.inferred_config, summary }),
        Ok(summary) => Ok(Done { said, derived: bound.inferred_config, summary: format!("{summary}; {counts}") }),
        Err(reason) => Err(Failed { said, reason }),
    }
}

/// Writes or checks the crate, and returns one line that says what was done.
fn write(options: &Options, bound: &Generated) -> Result<String, String> {
    let out = &out_path(options, &bound.config.package.name);
    let found = output_dir::read(out, &bound.files).map_err(|error| cannot("read", out, &error))?;
    let drift = bound.files.drift(&found);
    let foreign: Vec<_> = drift.iter().filter(|one| one.kind == DriftKind::Foreign).collect();
    if !foreign.is_empty() && !options.check {
        let mut message = String::from("these files were not generated and would be overwritten:\n");
        for one in foreign {
            let _ = writeln!(message, "  {}", out.join(&one.path).display());
        }
        return Err(message + "move these files, or choose another folder with `--out`");
    }
    let done = if drift.is_empty() {
        "is up to date"
    } else if options.check {
        return Err(report(&drift, out, options));
    } else {
        output_dir::write(out, &bound.files, &drift).map_err(|error| cannot("write", out, &error))?;
        "was written"
    };
    Ok(format!(
        "{} {done}: {} operations, {} types, {} files, {} lines",
        out.display(),
        bound.api.operations.len(),
        bound.api.types.iter().filter(|(id, _)| bound.analysis.facts(*id).is_used).count(),
        bound.files.len(),
        bound.files.lines(),
    ))
}

fn report(drift: &[Drift], out: &Path, options: &Options) -> String {
    let mut report = String::new();
    for one in drift {
        let path = out.join(&one.path);
        let _ = match &one.kind {
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
    let own = options.spec.as_path() == Path::new(SPEC) && options.config.is_none();
    options.out.clone().unwrap_or_else(|| PathBuf::from(if own { "generated" } else { name }))
}

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
