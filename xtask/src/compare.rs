//! `cargo xtask compare`: what two documents of one API disagree on, and whether they are meant to.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bindery::compare::{Difference, Listed, Pair, render};
use bindery::ir::Api;
use bindery::source::Source;
use clap::Args;

use crate::diagnostic_args;
use crate::inputs::{References, file};

/// What to compare.
#[derive(Args)]
pub struct Options {
    /// The OpenAPI document that is looked at.
    #[arg(value_name = "OURS")]
    pub ours: PathBuf,
    /// The OpenAPI document that it is held against.
    #[arg(value_name = "THEIRS")]
    pub theirs: PathBuf,
    /// The differences that are meant, each with a reason.
    #[arg(long, value_name = "FILE")]
    pub listed: Option<PathBuf>,
    /// What both documents do not say themselves: which values are personal.
    #[arg(long, value_name = "FILE", default_value = "spec/codegen.toml")]
    pub config: PathBuf,
    /// Which files the documents may refer to.
    #[command(flatten)]
    pub references: References,
}

/// Runs the task, and says on the terminal what came of it.
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

/// Does the task, and gives what it has to say in a line.
///
/// # Errors
///
/// The text to show: the differences that are not listed, what is listed without being one, or what cannot be read.
pub fn compare(options: &Options) -> Result<String, String> {
    let config = file(&options.config)?;
    let read = |path: &Path| options.references.read(path);
    let sources = Pair { ours: read(&options.ours)?, theirs: read(&options.theirs)? };
    let apis = Pair { ours: load(&sources.ours, &config)?, theirs: load(&sources.theirs, &config)? };
    let listed = options.listed.as_deref().map(list).transpose()?.unwrap_or_default();
    let differences = bindery::compare::compare(&apis.ours, &apis.theirs);
    let verdict = listed.check(&differences);
    if verdict.unlisted.is_empty() && verdict.idle.is_empty() {
        let operations = count(apis.ours.operations.len(), "operation");
        return Ok(match differences.len() {
            0 => format!("{operations} compared: no difference"),
            listed => format!("{operations} compared: {}, all listed", count(listed, "difference")),
        });
    }
    let sources = Pair { ours: &sources.ours, theirs: &sources.theirs };
    Err(report(&differences, &verdict.unlisted, &verdict.idle, sources, options.listed.as_deref()))
}

fn load(document: &Source, config: &Source) -> Result<Api, String> {
    let (loaded, diagnostics) = bindery::load(document, config);
    let style = diagnostic_args::style(&io::stderr());
    match loaded {
        Some((api, _)) => Ok(api),
        None => Err(format!("{}{} cannot be compared", diagnostics.render(document, config, style), document.path)),
    }
}

fn list(path: &Path) -> Result<Listed, String> {
    Listed::parse(&file(path)?.text).map_err(|error| format!("{}: {error}", path.display()))
}

fn report(
    all: &[Difference],
    unlisted: &[&Difference],
    idle: &[&str],
    sources: Pair<&Source>,
    listed: Option<&Path>,
) -> String {
    let mut report = render(unlisted.iter().copied(), sources);
    if !unlisted.is_empty() {
        let of = if listed.is_some() { format!(" of {} not listed", all.len()) } else { String::new() };
        let _ = write!(report, "\n{}{of}", count(unlisted.len(), "difference"));
    }
    for pattern in idle {
        let path = listed.unwrap_or(Path::new("the list")).display();
        let _ = write!(report, "\n{path}: no difference is `{pattern}`: remove it");
    }
    report
}

fn count(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
