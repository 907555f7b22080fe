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
    #[arg(long, value_name = "FILE", default_value = "spec/conversations_v1.yaml")]
    pub spec: PathBuf,
    /// How to bind it.
    #[arg(long, value_name = "FILE", default_value = "spec/codegen.toml")]
    pub config: PathBuf,
    /// The folder of the generated crate.
    #[arg(long, value_name = "DIR", default_value = "generated")]
    pub out: PathBuf,
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
    let config = read(&options.config)?;
    let (bound, diagnostics) = bindery::bind(&document, &config);
    let style = if io::stderr().is_terminal() { Style::Color } else { Style::Plain };
    let rendered = diagnostics.render(&document, &config, style);
    let Some(bound) = bound else {
        let count = diagnostics.count(Severity::Error);
        let errors = if count == 1 { "1 error".to_owned() } else { format!("{count} errors") };
        return Err(format!("{rendered}{errors}; nothing has been written"));
    };
    let found = folder::read(&options.out).map_err(|error| cannot("read", &options.out, &error))?;
    let drift = bound.files.drift(&found);
    let foreign: Vec<_> = drift.iter().filter(|one| one.kind == DriftKind::Foreign).collect();
    if !foreign.is_empty() && !options.check {
        let mut message = String::from("these files are not generated ones, and would be lost:\n");
        for one in foreign {
            let _ = writeln!(message, "  {}", options.out.join(&one.path).display());
        }
        return Err(message + "move them away, or choose another folder with `--out`");
    }
    let done = if drift.is_empty() {
        "is up to date"
    } else if options.check {
        return Err(report(&drift, options));
    } else {
        folder::write(&options.out, &bound.files, &drift).map_err(|error| cannot("write", &options.out, &error))?;
        "has been written"
    };
    let summary = format!(
        "{} {done}: {} operations, {} types, {} files, {} lines",
        options.out.display(),
        bound.api.operations.len(),
        bound.api.types.iter().filter(|(id, _)| bound.analysis.of(*id).used).count(),
        bound.files.len(),
        bound.files.lines(),
    );
    Ok(Done { warnings: rendered, summary })
}

/// The text of a file, under the path by which the user knows it.
pub(crate) fn read(path: &Path) -> Result<Source, String> {
    Source::read(path).map_err(|error| cannot("read", path, &error))
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
}

fn report(drift: &[Drift], options: &Options) -> String {
    let mut report = String::new();
    for one in drift {
        let path = options.out.join(&one.path);
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

/// The command that writes what a check has found missing.
fn command(options: &Options) -> String {
    let mut command = String::from("cargo xtask codegen");
    for (flag, value, default) in [
        ("--spec", &options.spec, "spec/conversations_v1.yaml"),
        ("--config", &options.config, "spec/codegen.toml"),
        ("--out", &options.out, "generated"),
    ] {
        if value.as_path() != Path::new(default) {
            let _ = write!(command, " {flag} {}", value.display());
        }
    }
    command
}
