//! `cargo xtask compare`: the differences between two documents of the same API, without those that a file accepts.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bindery::compare::{AcceptedDifferences, Difference, Pair, render};
use bindery::ir::Api;
use bindery::source::Source;
use clap::Args;

use crate::diagnostic_args;
use crate::inputs::{References, read_file};

/// The options of `cargo xtask compare`.
#[derive(Args)]
pub struct Options {
    /// The OpenAPI document to check.
    #[arg(value_name = "OURS")]
    pub ours: PathBuf,
    /// The OpenAPI document to compare it with.
    #[arg(value_name = "THEIRS")]
    pub theirs: PathBuf,
    /// A file with the accepted differences, each with a reason.
    #[arg(long, value_name = "FILE")]
    pub listed: Option<PathBuf>,
    /// The configuration of both documents, for the properties with personal data.
    #[arg(long, value_name = "FILE", default_value = "spec/codegen.toml")]
    pub config: PathBuf,
    /// The files that the documents may refer to.
    #[command(flatten)]
    pub references: References,
}

/// Runs the task and prints the result.
pub fn run(options: &Options) -> ExitCode {
    match compare(options) {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Compares the documents, and returns a summary of one line.
///
/// # Errors
///
/// Returns a report if there are differences that are not accepted, or accepted differences that do not exist. Also returns the
/// error of a file that cannot be read.
pub fn compare(options: &Options) -> Result<String, String> {
    let config = read_file(&options.config)?;
    let read = |path: &Path| options.references.read(path);
    let sources = Pair { ours: read(&options.ours)?, theirs: read(&options.theirs)? };
    let apis = Pair { ours: load(&sources.ours, &config)?, theirs: load(&sources.theirs, &config)? };
    let accepted = options.listed.as_deref().map(accepted_differences).transpose()?.unwrap_or_default();
    let differences = bindery::compare::compare(&apis.ours, &apis.theirs);
    let matched = accepted.check(&differences);
    if matched.not_accepted.is_empty() && matched.unused_patterns.is_empty() {
        let operations = count(apis.ours.operations.len(), "operation");
        return Ok(match differences.len() {
            0 => format!("{operations} compared: no difference"),
            number => format!("{operations} compared: {}, all accepted", count(number, "difference")),
        });
    }
    let sources = Pair { ours: &sources.ours, theirs: &sources.theirs };
    Err(report(&differences, &matched.not_accepted, &matched.unused_patterns, sources, options.listed.as_deref()))
}

fn load(document: &Source, config: &Source) -> Result<Api, String> {
    let (loaded, diagnostics) = bindery::load(document, config);
    let style = diagnostic_args::style(&io::stderr());
    match loaded {
        Some((api, _)) => Ok(api),
        None => Err(format!("{}{} cannot be compared", diagnostics.render(document, config, style), document.path)),
    }
}

fn accepted_differences(path: &Path) -> Result<AcceptedDifferences, String> {
    AcceptedDifferences::parse(&read_file(path)?.text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Returns the report of the differences that are not accepted, and of patterns that match no difference.
fn report(
    differences: &[Difference],
    not_accepted: &[&Difference],
    unused_patterns: &[&str],
    sources: Pair<&Source>,
    list: Option<&Path>,
) -> String {
    let mut report = render(not_accepted.iter().copied(), sources);
    if !not_accepted.is_empty() {
        let total = if list.is_some() { format!(" of {} not accepted", differences.len()) } else { String::new() };
        let _ = write!(report, "\n{}{total}", count(not_accepted.len(), "difference"));
    }
    for pattern in unused_patterns {
        let path = list.unwrap_or(Path::new("the list")).display();
        let _ = write!(report, "\n{path}: no difference matches `{pattern}`: remove it");
    }
    report
}

/// Returns a number with a noun in the singular or plural.
fn count(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
