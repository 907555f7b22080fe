//! Generates a crate from a document and its configuration, or checks that an existing crate is up to date.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bindery::diagnostics::{Diagnostic, Diagnostics, Location, OPERATION_ERRORS, Severity};
use bindery::fileset::{Drift, DriftKind, FileSet};
use bindery::source::Source;
use bindery::{Generated, Member, output_dir};
use fs_err as fs;

use crate::diagnostic_args::{DiagnosticArgs, style};
use crate::diff::line_since_head;
use crate::failure::Failure;
use crate::inputs::{Inputs, WorkspaceInputs};

/// The options of [`generate`].
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The document and the configuration.
    pub inputs: Inputs,
    /// The folder of the output. Default: a folder with the name of the crate in the current folder, or the folder of the
    /// configuration of a workspace.
    pub out: Option<PathBuf>,
    /// Whether to write nothing, and to fail if generated files are not up to date.
    pub check: bool,
    /// A file to which the document is written as it is after its overlays, also if it has errors.
    pub write_effective: Option<PathBuf>,
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
            let mut summary = format!("{inferred}{} ({} ms)", success.summary, started.elapsed().as_millis());
            let changes = (!options.check).then(|| line_since_head(&options.inputs)).flatten();
            summary.extend(changes.map(|changes| format!("\n{changes}")));
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
/// error. No generated file is written then.
pub fn generate(options: &Options) -> Result<Success, Failure> {
    if let Some(inputs) = options.inputs.read_workspace()? {
        if options.write_effective.is_some() {
            return Err(Failure::usage("`--write-effective` needs one document; name one of the workspace"));
        }
        return generate_workspace(options, &inputs);
    }
    let (document, config) = options.inputs.read()?;
    let effective = match &options.write_effective {
        Some(path) => write_effective(&document, &config, path)?.then_some(path),
        None => None,
    };
    let (generated, mut diagnostics) = bindery::generate(&document, &config);
    let hint = skip_hint(&diagnostics);
    options.diagnostics.apply(&mut diagnostics, &document, &config);
    let rendered = options.diagnostics.format.render(&diagnostics, &document, &config, style(&io::stderr()));
    let counts = diagnostics.counts();
    let Some(generated) = generated.filter(|_| !diagnostics.has_errors()) else {
        let written = match effective {
            Some(path) => format!("only {} was written", path.display()),
            None => "nothing was written".to_owned(),
        };
        return Err(Failure::findings(rendered, format!("{counts}; {written}{hint}")));
    };
    let out = options.out.as_deref().unwrap_or(Path::new(&generated.config.package.name));
    match write(options, out, &generated.files) {
        Ok(state) => {
            let Counts { operations, types } = Counts::of([&generated]);
            let (files, lines) = (generated.files.len(), generated.files.lines());
            let summary =
                format!("{} {state}: {operations} operations, {types} types, {files} files, {lines} lines", shown(out));
            let summary = if counts.is_empty() { summary } else { format!("{summary}; {counts}") };
            Ok(Success { diagnostics: rendered, inferred_config: generated.inferred_config, summary })
        }
        Err(failure) => Err(Failure { diagnostics: rendered, ..failure }),
    }
}

/// Returns a hint to leave out the operations with errors, if all errors can be of single operations.
fn skip_hint(diagnostics: &Diagnostics) -> &'static str {
    let mut errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let is_in_operation = |diagnostic: &Diagnostic| matches!(&diagnostic.location, Location::Key(at) | Location::Value(at) if at.as_str().starts_with("/paths/"));
    let is_skippable = |error: &Diagnostic| OPERATION_ERRORS.contains(&error.code) && is_in_operation(error);
    match diagnostics.has_errors() && errors.all(is_skippable) {
        true => {
            "\nhelp: `on_error = \"skip\"` in codegen.toml leaves out the operations with errors, and an overlay can correct them"
        }
        false => "",
    }
}

/// Writes the document as it is after its overlays. If the document cannot be read, writes nothing and returns `false`;
/// the generator then reports the reason.
fn write_effective(document: &Source, config: &Source, path: &Path) -> Result<bool, Failure> {
    let canonical_paths = |input: &Source| fs::canonicalize(&input.path).ok().zip(fs::canonicalize(path).ok());
    let inputs = [document, config].into_iter().chain(&document.overlays).chain(document.files.values());
    if inputs.filter_map(canonical_paths).any(|(input, output)| input == output) {
        return Err(Failure::usage(format!("`--write-effective` would overwrite the input {}", path.display())));
    }
    let Some(text) = bindery::parse::effective_text(document) else { return Ok(false) };
    fs::write(path, text.as_bytes()).map_err(|error| Failure::file("write", path, &error))?;
    Ok(true)
}

/// Generates or checks a workspace.
fn generate_workspace(options: &Options, inputs: &WorkspaceInputs) -> Result<Success, Failure> {
    let (workspace, diagnostics, mut member_diagnostics) = bindery::generate_workspace(&inputs.config, &inputs.members);
    let DiagnosticArgs { format, .. } = options.diagnostics;
    let style = style(&io::stderr());
    let no_document = Source::new("", "");
    let mut rendered = format.render(&diagnostics, &no_document, &inputs.config, style);
    for (Member { document, config }, diagnostics) in inputs.members.iter().zip(&mut member_diagnostics) {
        options.diagnostics.apply(diagnostics, document, config);
        rendered += &format.render(diagnostics, document, config, style);
    }
    let all_diagnostics = || member_diagnostics.iter().chain([&diagnostics]);
    let file_count = all_diagnostics().count();
    let error_count = all_diagnostics().filter(|diagnostics| diagnostics.has_errors()).count();
    let Some(workspace) = workspace.filter(|_| error_count == 0) else {
        return Err(Failure::findings(
            rendered,
            format!("errors in {error_count} of {file_count} files; nothing was written"),
        ));
    };
    let out = options.out.as_deref().unwrap_or(&inputs.folder);
    let counts = Counts::of(&workspace.crates);
    match write(options, out, &workspace.files) {
        Ok(state) => {
            let Counts { operations, types } = counts;
            let (crates, files, lines) = (workspace.crates.len(), workspace.files.len(), workspace.files.lines());
            let summary = format!(
                "{} {state}: {crates} crates, {operations} operations, {types} types, {files} files, {lines} lines",
                shown(out)
            );
            Ok(Success { diagnostics: rendered, inferred_config: String::new(), summary })
        }
        Err(failure) => Err(Failure { diagnostics: rendered, ..failure }),
    }
}

/// The numbers of operations and generated types.
struct Counts {
    operations: usize,
    types: usize,
}

impl Counts {
    fn of<'g>(crates: impl IntoIterator<Item = &'g Generated>) -> Self {
        crates.into_iter().fold(Self { operations: 0, types: 0 }, |counts, generated| {
            let used_types = generated.api.types.iter().filter(|(id, _)| generated.analysis.facts(*id).is_used);
            Self {
                operations: counts.operations + generated.api.operations.len(),
                types: counts.types + used_types.count(),
            }
        })
    }
}

/// Writes or checks the files. Returns `was written` or `is up to date`.
fn write(options: &Options, out: &Path, files: &FileSet) -> Result<&'static str, Failure> {
    let existing_files =
        output_dir::read(out, files).map_err(|error| Failure::file("read", shown_path(out), &error))?;
    let drift = files.drift(&existing_files);
    let foreign: Vec<_> = drift.iter().filter(|file| file.kind == DriftKind::Foreign).collect();
    if !foreign.is_empty() && !options.check {
        let mut message = String::from("these files were not generated and would be overwritten:\n");
        for file in foreign {
            let _ = writeln!(message, "  {}", out.join(&file.path).display());
        }
        return Err(Failure::findings("", message + "move these files, or choose another folder with `--out`"));
    }
    if drift.is_empty() {
        return Ok("is up to date");
    }
    if options.check {
        return Err(Failure::findings("", report(&drift, out, &options.update_command)));
    }
    output_dir::write(out, files, &drift).map_err(|error| Failure::file("write", shown_path(out), &error))?;
    Ok("was written")
}

/// Returns how a folder is shown: the current folder is `.`.
fn shown(folder: &Path) -> std::path::Display<'_> {
    shown_path(folder).display()
}

fn shown_path(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
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
    let _ = write!(report, "to update the files, run: {update_command}");
    report
}
