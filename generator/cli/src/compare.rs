//! Lists the differences between two documents of the same API. A file may list accepted differences.
//! [`diff`](crate::diff) also says what the differences do to Rust callers.

use std::collections::HashSet;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use bindery::characters::for_terminal;
use bindery::compare::{AcceptedDifferences, Difference, Pair, render};
use bindery::ir::Api;
use bindery::source::Source;

use crate::diagnostic_args;
use crate::failure::Failure;
use crate::inputs::{References, STANDARD_INPUT, read_config, read_file};

/// The options of [`compare`].
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The OpenAPI document to check.
    pub ours: PathBuf,
    /// The second OpenAPI document.
    pub theirs: PathBuf,
    /// A file with the accepted differences, each with a reason.
    pub accepted: Option<PathBuf>,
    /// The configuration of both documents. It says which properties are personal data.
    pub config: Option<PathBuf>,
    /// The files that the documents may refer to.
    pub references: References,
}

/// Compares the documents, and returns a summary in one line.
///
/// # Errors
///
/// Returns a report if a difference is not accepted, or if a pattern for accepted differences matches no difference.
/// Also returns the error of a file that cannot be read.
pub fn compare(options: &Options) -> Result<String, Failure> {
    if [&options.ours, &options.theirs].iter().all(|path| path.as_path() == Path::new(STANDARD_INPUT)) {
        return Err(Failure::usage("both documents are `-`; only one can come from standard input"));
    }
    let config = read_config(&options.ours, options.config.as_deref())?;
    let read = |path: &Path| options.references.read(path, &config);
    let sources = Pair { ours: read(&options.ours)?, theirs: read(&options.theirs)? };
    let apis = Pair { ours: load(&sources.ours, &config)?, theirs: load(&sources.theirs, &config)? };
    let accepted = options.accepted.as_deref().map(accepted_differences).transpose()?.unwrap_or_default();
    let differences = bindery::compare::compare(&apis.ours, &apis.theirs);
    let outcome = accepted.check(&differences);
    let left_out = apis.ours.left_out.iter().chain(&apis.theirs.left_out);
    let left_out: HashSet<_> = left_out.map(|operation| (&operation.method, &operation.path)).collect();
    let operations = apis.ours.operations_not_left_out_of(&apis.theirs).len();
    let left_out = match left_out.len() {
        0 => String::new(),
        number => format!(", {number} left out because of errors"),
    };
    if outcome.not_accepted.is_empty() && outcome.unused_patterns.is_empty() {
        let compared = format!("{} compared{left_out}", count(operations, "operation"));
        return Ok(match differences.len() {
            0 => format!("{compared}: no difference\n"),
            number => format!("{compared}: {}, all accepted\n", count(number, "difference")),
        });
    }
    let sources = Pair { ours: &sources.ours, theirs: &sources.theirs };
    let report =
        report(&differences, &outcome.not_accepted, &outcome.unused_patterns, sources, options.accepted.as_deref());
    Err(Failure::findings("", report))
}

fn load(document: &Source, config: &Source) -> Result<Api, Failure> {
    let (loaded, diagnostics) = bindery::load(document, config);
    let style = diagnostic_args::style(&io::stderr());
    match loaded {
        Some((api, _)) => Ok(api),
        None => {
            let rendered = diagnostics.render(document, config, style);
            Err(Failure::findings(rendered, format!("{} cannot be compared", document.path)))
        }
    }
}

pub(crate) fn accepted_differences(path: &Path) -> Result<AcceptedDifferences, Failure> {
    AcceptedDifferences::parse(&read_file(path)?.text)
        .map_err(|error| Failure::findings("", format!("{}: {error}", path.display())))
}

/// Returns a report about the differences that are not accepted, and the patterns that match no difference.
fn report(
    differences: &[Difference],
    not_accepted: &[&Difference],
    unused_patterns: &[&str],
    sources: Pair<&Source>,
    accepted_path: Option<&Path>,
) -> String {
    let mut report = render(not_accepted.iter().copied(), sources);
    if !not_accepted.is_empty() {
        let total =
            if accepted_path.is_some() { format!(" of {} not accepted", differences.len()) } else { String::new() };
        let _ = write!(report, "\n{}{total}", count(not_accepted.len(), "difference"));
    }
    for pattern in unused_patterns {
        let path = accepted_path.unwrap_or(Path::new("the list")).display();
        let pattern = for_terminal(pattern);
        let _ = write!(report, "\n{path}: no difference matches `{pattern}`: remove it");
    }
    report
}

/// Returns a number with a noun in the singular or plural.
pub(crate) fn count(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
