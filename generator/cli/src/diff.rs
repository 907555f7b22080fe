//! Says what a change of a document does to Rust callers: which programs break, and what the next version is.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use bindery::characters::for_terminal;
use bindery::compare::Pair;
use bindery::diagnostics::Diagnostics;
use bindery::diff::{self, Bump, Change, Report, Snapshot, Verdict, Verdicts};
use bindery::source::Source;
use clap::{Args, ValueEnum};

use crate::compare::accepted_differences;
use crate::diagnostic_args;
use crate::failure::{Failure, print_error};
use crate::git::Repository;
use crate::inputs::{Inputs, References, STANDARD_INPUT, shell_word};
use crate::versions::{Version, Versions, read_since, read_two_documents};

/// The arguments of `bindery diff`.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// The old OpenAPI document. With `--base`, the document to compare. Default with `--base`: the document that codegen.toml names.
    #[arg(value_name = "OLD")]
    pub old: Option<PathBuf>,
    /// The new OpenAPI document.
    #[arg(value_name = "NEW", conflicts_with = "base")]
    pub new: Option<PathBuf>,
    /// Compare the document with itself at this git revision, such as `main` or `HEAD~1`. If the revision has commits that HEAD does
    /// not have, the old version is the last commit that both have in common.
    #[arg(long, value_name = "REVISION")]
    pub base: Option<String>,
    /// The configuration of the new document. Default: `codegen.toml` in the folder of the new document, or
    /// `NAME.toml` for the document `NAME.yaml` of a workspace.
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
    /// Fail if `crate.version` in codegen.toml has not risen as much as the changes need.
    #[arg(long)]
    pub check: bool,
    /// Fail if the changes need a larger step of the version.
    #[arg(long, value_enum, value_name = "STEP")]
    pub max: Option<Max>,
    /// Fail if a change has this breaking verdict: `source`, `decode` or `request`. Can be repeated, or separated by commas.
    #[arg(long, value_enum, value_name = "VERDICT", value_delimiter = ',', hide_possible_values = true)]
    pub deny: Vec<Denied>,
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
    /// Entries for the file of `--accepted`, without reasons.
    Accepted,
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

/// A breaking verdict that `--deny` refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Denied {
    /// Programs may stop compiling.
    Source,
    /// Clients cannot read all responses.
    Decode,
    /// The server may reject requests.
    Request,
}

/// Compares two versions of a document, and returns the report.
///
/// # Errors
///
/// Returns a failure if a document or the configuration cannot be read or has errors. Also returns a failure, with the report, if
/// `--check`, `--max` or `--deny` refuses the changes.
pub fn diff(options: &Options) -> Result<String, Failure> {
    let Versions { old, mut new, notes } = versions(options)?;
    let [old_snapshot, new_snapshot] =
        snapshots(&old, &new, options.format).map_err(|failure| with_notes(failure, &notes))?;
    let mut report = diff::diff(&old_snapshot, &new_snapshot);
    report.notes.splice(0..0, notes);
    let accepted = options.accepted.as_deref().map(accepted_differences).transpose()?.unwrap_or_default();
    let snapshots = Pair { ours: &new_snapshot, theirs: &old_snapshot };
    let unused = report.accept(&accepted, snapshots, have_equal_settings(&old.config, &new.config));
    if matches!(options.format, Format::Github | Format::Markdown) {
        use_paths_of_repository(&mut new.document);
    }
    let documents = Pair { ours: &new.document, theirs: &old.document };
    if let Some(list) = &options.accepted {
        let patterns: Vec<String> = report.changes.iter().flat_map(Change::patterns).collect();
        // The diagnostics limit the number of comparisons.
        let mut diagnostics = Diagnostics::default();
        let mut unlike_any = 0;
        for pattern in unused {
            match diagnostics.did_you_mean(pattern, patterns.iter().map(String::as_str)) {
                Some(similar) => report
                    .notes
                    .push(format!("{}: no difference matches `{pattern}`: did you mean `{similar}`?", list.display())),
                None => unlike_any += 1,
            }
        }
        match unlike_any {
            0 => {}
            1 => report.notes.push(format!("{}: 1 pattern matches no difference", list.display())),
            count => report.notes.push(format!("{}: {count} patterns match no difference", list.display())),
        }
    }
    let refusals = refusals(&report, options);
    if options.changelog && report.changes.is_empty() && report.accepted.is_empty() {
        report.notes.push("there are no changes, so the changelog has no entry".to_owned());
    }
    // These outputs have no place for notes.
    if options.changelog || matches!(options.format, Format::Markdown | Format::Accepted) {
        report.notes.iter().for_each(|note| print_error(&format!("note: {}", for_terminal(note))));
    }
    let text = match (options.changelog, options.format) {
        (true, _) => diff::changelog(&report),
        (_, Format::Text) => diff::terminal(&report, documents, diagnostic_args::style(&io::stdout())),
        (_, Format::Json) => diff::json(&report, documents),
        (_, Format::Github) => diff::github(&report, documents, &refusals),
        (_, Format::Markdown) => diff::markdown(&report, documents, &text_command(options)),
        (_, Format::Accepted) => diff::accepted_entries(&report),
    };
    // The process ends soon. To free the items of a large document one by one would take a tenth of the time.
    std::mem::forget((old_snapshot, new_snapshot));
    if refusals.is_empty() {
        return Ok(text);
    }
    let reasons: Vec<_> = refusals.iter().map(|refusal| for_terminal(refusal)).collect();
    Err(Failure { output: text, ..Failure::findings("", reasons.join("\n")) })
}

/// Returns the command that prints the same report as text.
fn text_command(options: &Options) -> String {
    let mut command = "bindery diff".to_owned();
    let base = options.base.as_deref().map(Path::new);
    for (name, value) in
        [("base", base), ("old-config", options.old_config.as_deref()), ("accepted", options.accepted.as_deref())]
    {
        if let Some(value) = value {
            let _ = write!(command, " --{name} {}", shell_word(value));
        }
    }
    inputs(options).append_to(&mut command);
    if let Some(new) = &options.new {
        let _ = write!(command, " {}", shell_word(new));
    }
    command
}

/// Returns the arguments, without the new document, as the other commands have them.
fn inputs(options: &Options) -> Inputs {
    Inputs { document: options.old.clone(), config: options.config.clone(), references: options.references.clone() }
}

/// Returns the versions that the arguments name.
fn versions(options: &Options) -> Result<Versions, Failure> {
    match (&options.base, &options.old, &options.new) {
        (Some(base), ..) => read_since(base, &inputs(options)),
        (None, Some(old), Some(new)) => {
            let configs = [&options.old_config, &options.config].map(Option::as_deref);
            read_two_documents(old, new, configs, &options.references)
        }
        (None, Some(document), None) => {
            let document = shell_word(document);
            let example = format!("`bindery diff --base main {document}`");
            Err(Failure::usage(format!("name another document, or a revision of {document}, as in {example}")))
        }
        (None, None, _) => Err(Failure::usage(
            "name a revision, as in `bindery diff --base main`, or two documents, as in `bindery diff old.yaml new.yaml`",
        )),
    }
}

/// Adds the notes to the diagnostics of a failure, because they may explain it.
fn with_notes(failure: Failure, notes: &[String]) -> Failure {
    let notes: String = notes.iter().map(|note| format!("note: {}\n", for_terminal(note))).collect();
    Failure { diagnostics: notes + &failure.diagnostics, ..failure }
}

/// Makes the paths of a document relative to its repository, as GitHub expects them.
fn use_paths_of_repository(document: &mut Source) {
    let Ok(repository) = Repository::containing(Path::new(&document.path)) else { return };
    let others = document.files.values_mut().chain(&mut document.overlays).map(|source| &mut source.path);
    for path in others.chain([&mut document.path]) {
        if let Ok(relative) = repository.relative(Path::new(path)) {
            *path = relative.display().to_string();
        }
    }
}

/// Returns whether two configurations are equal except for the version of the crate.
fn have_equal_settings(old: &Source, new: &Source) -> bool {
    let settings = |config: &Source| {
        let mut table = config.text.parse::<toml::Table>().unwrap_or_default();
        if let Some(package) = table.get_mut("crate").and_then(toml::Value::as_table_mut) {
            package.remove("version");
        }
        table
    };
    settings(old) == settings(new)
}

/// Returns the reasons why `--check`, `--max` and `--deny` refuse the changes.
fn refusals(report: &Report, options: &Options) -> Vec<String> {
    let mut refusals = Vec::new();
    let allowed = options.max.map(|max| match max {
        Max::None => None,
        Max::Patch => Some(Bump::Patch),
        Max::Minor => Some(Bump::Minor),
        Max::Major => Some(Bump::Major),
    });
    if let Some(allowed) = allowed.filter(|allowed| report.bump > *allowed) {
        let bump = report.bump.map_or("none", Bump::as_str);
        let allowed = allowed.map_or("none", Bump::as_str);
        refusals.push(format!("the changes need the step `{bump}`, but `--max` is `{allowed}`"));
    }
    for denied in [Denied::Source, Denied::Decode, Denied::Request] {
        let (name, verdict): (_, fn(Verdicts) -> Verdict) = match denied {
            Denied::Source => ("source", |verdicts| verdicts.source),
            Denied::Decode => ("decode", Verdicts::decode),
            Denied::Request => ("request", |verdicts| verdicts.request),
        };
        let changes = report.changes.iter().filter(|change| verdict(change.verdicts) == Verdict::Breaking);
        match changes.count() {
            count if count > 0 && options.deny.contains(&denied) => {
                let changes = if count == 1 { "change has" } else { "changes have" };
                refusals.push(format!("{count} {changes} the breaking verdict `{name}`, which `--deny` refuses"));
            }
            _ => {}
        }
    }
    refusals.extend(report.version_problem().filter(|_| options.check));
    refusals
}

/// Reads both versions, each on its own thread.
fn snapshots(old: &Version, new: &Version, format: Format) -> Result<[Snapshot; 2], Failure> {
    let read = |version: &Version| snapshot(version, format);
    let (old, new) = thread::scope(|scope| {
        let old = scope.spawn(|| read(old));
        let new = read(new);
        (old.join().unwrap_or_else(|_| Err(Failure::io("the thread for the old document failed"))), new)
    });
    Ok([old?, new?])
}

/// Reads a version. The formats for programs write its diagnostics to standard output, as `bindery check` does.
fn snapshot(version: &Version, format: Format) -> Result<Snapshot, Failure> {
    let Version { document, config, defaults } = version;
    let (snapshot, diagnostics) = Snapshot::read_with_defaults(document, config, defaults);
    snapshot.ok_or_else(|| {
        let reason = format!("{} cannot be compared", document.path);
        match format {
            Format::Json => Failure { output: diagnostics.json(document, config), ..Failure::findings("", reason) },
            Format::Github => {
                let [mut document, mut config] = [document, config].map(Source::clone);
                [&mut document, &mut config].into_iter().for_each(use_paths_of_repository);
                Failure { output: diagnostics.github(&document, &config), ..Failure::findings("", reason) }
            }
            Format::Text | Format::Markdown | Format::Accepted => {
                let style = diagnostic_args::style(&io::stderr());
                Failure::findings(diagnostics.render(document, config, style), reason)
            }
        }
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
    if !Repository::containing(Path::new(&document.path)).ok()?.is_changed(&files) {
        return None;
    }
    let Versions { old, new, .. } = read_since("HEAD", inputs).ok()?;
    let [old, new] = snapshots(&old, &new, Format::Text).ok()?;
    let report = diff::diff(&old, &new);
    let version = report.required_version()?;
    Some(format!("{} since HEAD: next version {version} (bindery diff --base HEAD)", report.summary()))
}
