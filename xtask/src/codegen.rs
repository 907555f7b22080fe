//! `cargo xtask codegen`: a document and its configuration in, a crate out.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bindery::Bound;
use bindery::fileset::{Drift, DriftKind};
use clap::Args;

use crate::inputs::{References, cannot, configuration};
use crate::{diagnostic_args, output_dir};

/// What to bind, and where to.
#[derive(Args)]
pub struct Options {
    /// The OpenAPI document.
    #[arg(long, value_name = "FILE", default_value = SPEC)]
    pub spec: PathBuf,
    /// How to bind it; without it, the codegen.toml beside the document, or what can be derived from the document alone.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder of the generated crate; without it, `generated` for the repository's own document, and for any other a
    /// folder that is called like the crate.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Change nothing; list what is not as it should be, and fail if anything is.
    #[arg(long)]
    pub check: bool,
    /// Which files the document may refer to.
    #[command(flatten)]
    pub references: References,
    /// What to say of the document, and how.
    #[command(flatten)]
    pub said: diagnostic_args::Said,
}

/// Runs the task, and says on the terminal what came of it.
pub fn run(options: &Options) -> ExitCode {
    let started = Instant::now();
    let format = options.said.format;
    match codegen(options) {
        Ok(done) => {
            let derived = match done.derived.as_str() {
                "" => String::new(),
                derived => format!("derived, since no codegen.toml says it:\n\n{derived}\n"),
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

/// What a successful run has to say.
#[derive(Debug)]
pub struct Done {
    /// The warnings and notes, as they are shown.
    pub said: String,
    /// What has been derived where the configuration says nothing, as it would say it.
    pub derived: String,
    /// What has been done, in a line.
    pub summary: String,
}

/// What a run has to say that has written nothing.
#[derive(Debug, Default)]
pub struct Failed {
    /// The diagnostics, as they are shown.
    pub said: String,
    /// Why nothing has been written: what has drifted, or what the file system would not do.
    pub reason: String,
}

impl From<String> for Failed {
    fn from(reason: String) -> Self {
        Self { reason, ..Self::default() }
    }
}

/// Does the task.
///
/// # Errors
///
/// What is wrong, if anything is; nothing has been written then.
pub fn codegen(options: &Options) -> Result<Done, Failed> {
    let document = options.references.read(&options.spec)?;
    let config = configuration(&options.spec, options.config.as_deref())?;
    let (bound, mut diagnostics) = bindery::bind(&document, &config);
    options.said.apply(&mut diagnostics, &document, &config);
    let said = options.said.format.draw(&diagnostics, &document, &config, diagnostic_args::style(&io::stderr()));
    let counts = diagnostics.counts();
    let Some(bound) = bound.filter(|_| !diagnostics.has_errors()) else {
        return Err(Failed { said, reason: format!("{counts}; nothing has been written") });
    };
    match write(options, &bound) {
        Ok(summary) if counts.is_empty() => Ok(Done { said, derived: bound.derived, summary }),
        Ok(summary) => Ok(Done { said, derived: bound.derived, summary: format!("{summary}; {counts}") }),
        Err(reason) => Err(Failed { said, reason }),
    }
}

/// Writes the crate where it is to be, or looks whether it is there, and says what has been done.
fn write(options: &Options, bound: &Bound) -> Result<String, String> {
    let out = &out_path(options, &bound.config.package.name);
    let found = output_dir::read(out, &bound.files).map_err(|error| cannot("read", out, &error))?;
    let drift = bound.files.drift(&found);
    let foreign: Vec<_> = drift.iter().filter(|one| one.kind == DriftKind::Foreign).collect();
    if !foreign.is_empty() && !options.check {
        let mut message = String::from("these files are not generated ones, and would be lost:\n");
        for one in foreign {
            let _ = writeln!(message, "  {}", out.join(&one.path).display());
        }
        return Err(message + "move them away, or choose another folder with `--out`");
    }
    let done = if drift.is_empty() {
        "is up to date"
    } else if options.check {
        return Err(report(&drift, out, options));
    } else {
        output_dir::write(out, &bound.files, &drift).map_err(|error| cannot("write", out, &error))?;
        "has been written"
    };
    Ok(format!(
        "{} {done}: {} operations, {} types, {} files, {} lines",
        out.display(),
        bound.api.operations.len(),
        bound.api.types.iter().filter(|(id, _)| bound.analysis.of(*id).used).count(),
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
    let _ = write!(report, "mend it with: {}", command(options));
    report
}

/// The folder that the crate goes to.
fn out_path(options: &Options, name: &str) -> PathBuf {
    let own = options.spec.as_path() == Path::new(SPEC) && options.config.is_none();
    options.out.clone().unwrap_or_else(|| PathBuf::from(if own { "generated" } else { name }))
}

const SPEC: &str = "spec/conversations_v1.yaml";

/// The command that writes what a check has found missing.
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
