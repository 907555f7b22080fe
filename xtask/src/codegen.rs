//! `cargo xtask codegen`: a document and its configuration in, a crate out.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bindery::diag::Severity;
use bindery::draw::Style;
use bindery::fileset::{Drift, DriftKind};
use bindery::source::Source;
use clap::Args;

use crate::folder;

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
}

/// Runs the task, and says on the terminal what came of it.
pub fn run(options: &Options) -> ExitCode {
    let started = Instant::now();
    match codegen(options) {
        Ok(done) => {
            eprint!("{}", done.warnings);
            if !done.derived.is_empty() {
                println!("derived, since no codegen.toml says it:\n\n{}", done.derived);
            }
            println!("{} ({} ms)", done.summary, started.elapsed().as_millis());
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// What a successful run has to say.
#[derive(Debug)]
pub struct Done {
    /// The warnings, as they are shown.
    pub warnings: String,
    /// What has been derived where the configuration says nothing, as it would say it.
    pub derived: String,
    /// What has been done, in a line.
    pub summary: String,
}

/// Does the task.
///
/// # Errors
///
/// The text to show: the diagnostics of the document, what has drifted, or what the file system would not do.
pub fn codegen(options: &Options) -> Result<Done, String> {
    let document = read(&options.spec)?;
    let config = configuration(&options.spec, options.config.as_deref())?;
    let (bound, diagnostics) = bindery::bind(&document, &config);
    let style = if io::stderr().is_terminal() { Style::Color } else { Style::Plain };
    let rendered = diagnostics.render(&document, &config, style);
    let Some(bound) = bound else {
        let count = diagnostics.count(Severity::Error);
        let errors = if count == 1 { "1 error".to_owned() } else { format!("{count} errors") };
        return Err(format!("{rendered}{errors}; nothing has been written"));
    };
    let out = &out_path(options, &bound.config.package.name);
    let found = folder::read(out).map_err(|error| cannot("read", out, &error))?;
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
        folder::write(out, &bound.files, &drift).map_err(|error| cannot("write", out, &error))?;
        "has been written"
    };
    let summary = format!(
        "{} {done}: {} operations, {} types, {} files, {} lines",
        out.display(),
        bound.api.operations.len(),
        bound.api.types.iter().filter(|(id, _)| bound.analysis.of(*id).used).count(),
        bound.files.len(),
        bound.files.lines(),
    );
    Ok(Done { warnings: rendered, derived: bound.derived, summary })
}

/// The text of a file, under the path by which the user knows it.
pub(crate) fn read(path: &Path) -> Result<Source, String> {
    Source::read(path).map_err(|error| cannot("read", path, &error))
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
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

/// The configuration that a document is bound with: the one that is named, or the one beside it, or nothing.
pub(crate) fn configuration(spec: &Path, named: Option<&Path>) -> Result<Source, String> {
    let beside = spec.with_file_name("codegen.toml");
    match named.or_else(|| Some(beside.as_path()).filter(|path| path.exists())) {
        Some(path) => read(path),
        None => Ok(Source::new("codegen.toml", "")),
    }
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
    command
}
