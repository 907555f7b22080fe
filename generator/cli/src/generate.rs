//! Generates a crate from a document and its configuration, or checks that an existing crate is up to date.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bindery::fileset::{Drift, DriftKind};
use bindery::{Generated, output_dir};

use crate::diagnostic_args::{DiagnosticArgs, style};
use crate::failure::Failure;
use crate::inputs::Inputs;

/// The options of [`generate`].
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The document and the configuration.
    pub inputs: Inputs,
    /// The folder of the generated crate. Default: a folder with the name of the crate, in the current folder.
    pub out: Option<PathBuf>,
    /// Whether to write nothing, and to fail if generated files are not up to date.
    pub check: bool,
    /// The diagnostics to print, and their format.
    pub diagnostics: DiagnosticArgs,
    /// The command that updates the crate. The report of a failed check shows it.
    pub update_command: String,
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

/// Runs [`generate`] and prints the result.
pub fn run(options: &Options) -> ExitCode {
    let started = Instant::now();
    let (diagnostics, result) = match generate(options) {
        Ok(success) => {
            let inferred = match success.inferred_config.as_str() {
                "" => String::new(),
                config => format!("inferred configuration (these keys are not set in codegen.toml):\n\n{config}\n"),
            };
            let summary = format!("{inferred}{} ({} ms)", success.summary, started.elapsed().as_millis());
            (success.diagnostics, Ok(summary))
        }
        Err(failure) => (failure.diagnostics.clone(), Err(failure)),
    };
    options.diagnostics.format.finish(&diagnostics, result)
}

/// Generates the crate, or checks whether it is up to date.
///
/// # Errors
///
/// Returns a failure if the document has errors, if the check finds differences, or if the file system reports an
/// error. No file is written then.
pub fn generate(options: &Options) -> Result<Success, Failure> {
    let (document, config) = options.inputs.read()?;
    let (generated, mut diagnostics) = bindery::generate(&document, &config);
    options.diagnostics.apply(&mut diagnostics, &document, &config);
    let rendered = options.diagnostics.format.render(&diagnostics, &document, &config, style(&io::stderr()));
    let counts = diagnostics.counts();
    let Some(generated) = generated.filter(|_| !diagnostics.has_errors()) else {
        return Err(Failure::findings(rendered, format!("{counts}; nothing was written")));
    };
    match write(options, &generated) {
        Ok(summary) => {
            let summary = if counts.is_empty() { summary } else { format!("{summary}; {counts}") };
            Ok(Success { diagnostics: rendered, inferred_config: generated.inferred_config, summary })
        }
        Err(failure) => Err(Failure { diagnostics: rendered, ..failure }),
    }
}

/// Writes or checks the crate, and returns a summary in one line.
fn write(options: &Options, generated: &Generated) -> Result<String, Failure> {
    let out = options.out.as_deref().unwrap_or(Path::new(&generated.config.package.name));
    let existing_files = output_dir::read(out, &generated.files).map_err(|error| Failure::file("read", out, &error))?;
    let drift = generated.files.drift(&existing_files);
    let foreign: Vec<_> = drift.iter().filter(|file| file.kind == DriftKind::Foreign).collect();
    if !foreign.is_empty() && !options.check {
        let mut message = String::from("these files were not generated and would be overwritten:\n");
        for file in foreign {
            let _ = writeln!(message, "  {}", out.join(&file.path).display());
        }
        return Err(Failure::findings("", message + "move these files, or choose another folder with `--out`"));
    }
    let result = if drift.is_empty() {
        "is up to date"
    } else if options.check {
        return Err(Failure::findings("", report(&drift, out, &options.update_command)));
    } else {
        output_dir::write(out, &generated.files, &drift).map_err(|error| Failure::file("write", out, &error))?;
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
fn report(drift: &[Drift], out: &Path, update_command: &str) -> String {
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
    let _ = write!(report, "to update the crate, run: {update_command}");
    report
}
