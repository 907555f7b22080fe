//! Says what a change of a document does to Rust callers: which programs break, and what the next version is.

use std::collections::HashSet;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use bindery::compare::{AcceptedDifferences, Pair};
use bindery::diagnostics::render::Style;
use bindery::diff::{self, Bump, Cause, Report, Snapshot};
use bindery::source::Source;
use clap::{Args, ValueEnum};

use crate::compare::accepted_differences;
use crate::diagnostic_args;
use crate::failure::Failure;
use crate::git::{self, Revision};
use crate::inputs::{CONFIG_NAME, Inputs, References, STANDARD_INPUT, read_config};

/// The arguments of `bindery diff`.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// The old OpenAPI document. With `--base`, the document to compare. Default with `--base`: the document that codegen.toml names.
    #[arg(value_name = "OLD")]
    pub old: Option<PathBuf>,
    /// The new OpenAPI document.
    #[arg(value_name = "NEW", conflicts_with = "base")]
    pub new: Option<PathBuf>,
    /// Compare the document with itself at this git revision, such as `main` or `HEAD~1`.
    #[arg(long, value_name = "REVISION")]
    pub base: Option<String>,
    /// The configuration of the new document. Default: `codegen.toml` in the folder of the new document.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The configuration of the old document. Default: with `--base`, the same file at that revision. Otherwise, the file of
    /// `--config`, or `codegen.toml` in the folder of the old document.
    #[arg(long, value_name = "FILE", conflicts_with = "base")]
    pub old_config: Option<PathBuf>,
    /// A file with the accepted differences, each with a reason. They are left out of the report and of the next version.
    #[arg(long, value_name = "FILE")]
    pub accepted: Option<PathBuf>,
    /// The format of the report.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Print an entry for a changelog.
    #[arg(long, conflicts_with = "format")]
    pub changelog: bool,
    /// Fail if the next version needs a larger step than `--max`, or if the version in codegen.toml is too small.
    #[arg(long)]
    pub check: bool,
    /// The largest step of the version that `--check` accepts.
    #[arg(long, value_enum, value_name = "STEP", requires = "check")]
    pub max: Option<Max>,
    /// The files that the documents may refer to.
    #[command(flatten)]
    pub references: References,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for a terminal.
    #[default]
    Text,
    /// JSON.
    Json,
    /// Annotations of GitHub.
    Github,
    /// Markdown, for a comment on a pull request.
    Markdown,
}

/// The largest step of the version that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Max {
    /// No difference at all.
    None,
    /// Nothing new and nothing breaking.
    Patch,
    /// Nothing that stops programs from compiling.
    Minor,
    /// Any step.
    Major,
}

/// Compares two versions of a document, and returns the report.
///
/// # Errors
///
/// Returns a failure if a document or the configuration cannot be read or has errors, or if a pattern of `--accepted` matches no
/// difference. With `--check`, also if the differences need a larger step than `--max`, or a larger version.
pub fn diff(options: &Options) -> Result<String, Failure> {
    let sources = sources(options)?;
    let [old, new] = snapshots(&sources)?;
    let mut report = diff::diff(&old, &new);
    let unused = options
        .accepted
        .as_deref()
        .map(accepted_differences)
        .transpose()?
        .map(|accepted| accept(&mut report, &accepted));
    let unused = unused.unwrap_or_default();
    let [old_source, new_source] = &sources;
    let documents = Pair { ours: &new_source.document, theirs: &old_source.document };
    let mut text = match (options.changelog, options.format) {
        (true, _) => diff::changelog(&report),
        (_, Format::Text) => diff::terminal(&report, documents, diagnostic_args::style(&io::stdout())),
        (_, Format::Json) => diff::json(&report, documents),
        (_, Format::Github) => diff::github(&report, documents),
        (_, Format::Markdown) => diff::markdown(&report, documents),
    };
    // The process ends soon. To free the items of a large document one by one would take a tenth of the time.
    std::mem::forget((old, new));
    let mut failures = String::new();
    for pattern in unused {
        let path = options.accepted.as_deref().unwrap_or(Path::new("the list")).display();
        let _ = writeln!(failures, "{path}: no difference matches `{pattern}`: remove it");
    }
    if options.check {
        failures += &check(&report, options.max);
    }
    if failures.is_empty() {
        return Ok(text);
    }
    text.push('\n');
    Err(Failure::findings(text, failures.trim_end()))
}

/// Removes the accepted differences from a report. Returns the patterns that match no difference.
fn accept(report: &mut Report, accepted: &AcceptedDifferences) -> Vec<String> {
    let differences: Vec<_> = report.changes.iter().flat_map(|change| change.differences.clone()).collect();
    let outcome = accepted.check(&differences);
    let not_accepted: HashSet<String> = outcome.not_accepted.iter().map(ToString::to_string).collect();
    let unused = outcome.unused_patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
    // A change of two differences, such as the rename of a property, is accepted if both are. The patterns are for documents, so they
    // do not accept that a method has another name.
    report.retain(|change| {
        change.differences.is_empty()
            || matches!(&change.cause, Cause::Rename(rename) if !rename.is_on_wire)
            || change.differences.iter().any(|difference| not_accepted.contains(&difference.to_string()))
    });
    unused
}

/// Returns why a report fails the check.
fn check(report: &Report, max: Option<Max>) -> String {
    let mut failures = String::new();
    let allowed = match max.unwrap_or(Max::Major) {
        Max::None => None,
        Max::Patch => Some(Bump::Patch),
        Max::Minor => Some(Bump::Minor),
        Max::Major => Some(Bump::Major),
    };
    if report.bump > allowed {
        let bump = report.bump.map_or("none", Bump::as_str);
        let allowed = allowed.map_or("none", Bump::as_str);
        let _ = writeln!(failures, "the changes need the step `{bump}`, but `--max` is `{allowed}`");
    }
    if let Some(warning) = report.version_warning() {
        let _ = writeln!(failures, "{warning}");
    }
    failures
}

/// A document and its configuration.
struct Version {
    document: Source,
    config: Source,
}

/// Returns the old and the new version.
fn sources(options: &Options) -> Result<[Version; 2], Failure> {
    if let Some(base) = &options.base {
        let inputs = Inputs {
            document: options.old.clone(),
            config: options.config.clone(),
            references: options.references.clone(),
        };
        return versions_at(base, &inputs);
    }
    let (Some(old), Some(new)) = (&options.old, &options.new) else {
        return Err(Failure::usage("name two documents, or one with `--base REVISION`"));
    };
    if [old, new].iter().all(|path| path.as_path() == Path::new(STANDARD_INPUT)) {
        return Err(Failure::usage("both documents are `-`; only one can come from standard input"));
    }
    let config = read_config(new, options.config.as_deref())?;
    // Two documents in different folders may have one configuration.
    let old_config = match (&options.old_config, &options.config) {
        (Some(path), _) => read_config(old, Some(path))?,
        (None, Some(_)) => config.clone(),
        (None, None) => read_config(old, None)?,
    };
    let read = |path: &Path, config: Source| Ok(Version { document: options.references.read(path, &config)?, config });
    Ok([read(old, old_config)?, read(new, config)?])
}

/// Returns a document at a revision, and in the working folder.
fn versions_at(base: &str, inputs: &Inputs) -> Result<[Version; 2], Failure> {
    let (document, config) = inputs.read()?;
    let document_path = PathBuf::from(&document.path);
    if document_path == Path::new("stdin") {
        return Err(Failure::usage("`--base` needs a document in a git repository, not `-`"));
    }
    let mut revision = Revision::open(base, &document_path)?;
    let config_path = inputs.config.clone().unwrap_or_else(|| match inputs.document {
        Some(_) => document_path.with_file_name(CONFIG_NAME),
        None => PathBuf::from(CONFIG_NAME),
    });
    // Without a configuration at the revision, that of the working folder applies.
    let old_config = if config.text.is_empty() { None } else { revision.file(&config_path)? };
    let mut old_config = old_config.unwrap_or_else(|| config.clone());
    let name = std::mem::replace(&mut old_config.path, config.path.clone());
    let old_document = revision.document(&document_path, &old_config, &inputs.references)?;
    old_config.path = name;
    Ok([Version { document: old_document, config: old_config }, Version { document, config }])
}

/// Reads both versions, each on its own thread.
fn snapshots([old, new]: &[Version; 2]) -> Result<[Snapshot; 2], Failure> {
    let style = diagnostic_args::style(&io::stderr());
    let read = |version: &Version| snapshot(version, style);
    let (old, new) = thread::scope(|scope| {
        let old = scope.spawn(|| read(old));
        let new = read(new);
        (old.join().unwrap_or_else(|_| Err(Failure::io("the thread for the old document failed"))), new)
    });
    Ok([old?, new?])
}

fn snapshot(version: &Version, style: Style) -> Result<Snapshot, Failure> {
    let (snapshot, diagnostics) = Snapshot::read(&version.document, &version.config);
    snapshot.ok_or_else(|| {
        let rendered = diagnostics.render(&version.document, &version.config, style);
        Failure::findings(rendered, format!("{} cannot be compared", version.document.path))
    })
}

/// Returns one line about the changes since the last commit. Returns `None` if nothing changed, if the document is not in a git
/// repository, or if it comes from standard input.
pub fn line_since_head(inputs: &Inputs) -> Option<String> {
    if inputs.document.as_deref() == Some(Path::new(STANDARD_INPUT)) {
        return None;
    }
    let (document, config) = inputs.read().ok()?;
    let files = document.overlays.iter().chain(document.files.values()).chain([&document, &config]);
    let files: Vec<&Path> = files.map(|source| Path::new(&source.path)).filter(|path| path.exists()).collect();
    if !git::is_changed(Path::new(&document.path), &files) {
        return None;
    }
    let [old, new] = snapshots(&versions_at("HEAD", inputs).ok()?).ok()?;
    let report = diff::diff(&old, &new);
    let version = report.required_version()?;
    Some(format!("{} since HEAD: next version {version} (bindery diff --base HEAD)", report.summary()))
}
