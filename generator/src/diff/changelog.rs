//! Writes an entry of a changelog in the form of "Keep a Changelog".

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use super::code_lines::{added_code, broken_code};
use super::escape;
use super::summary::{Summary, summaries};
use super::{Cause, Change, Report, Verdict};
use crate::compare::{self, Fact};
use crate::surface::ItemChange;

/// The maximum number of lines of code for a change.
const MAX_LINES: usize = 2;

/// The maximum number of changes in a section that are listed one by one.
const MAX_CHANGES: usize = 200;

/// Returns an entry for a changelog, as Markdown. It is empty if there are no changes.
pub fn changelog(report: &Report) -> String {
    let changes = || report.changes.iter().chain(&report.accepted);
    if changes().next().is_none() {
        return String::new();
    }
    let required = report.version_problem().and_then(|_| report.required_version());
    let new_version = Some(&report.new_version).filter(|version| **version != report.old_version);
    let version =
        required.as_ref().or(new_version).map_or_else(|| "Unreleased".to_owned(), |version| escape::markdown(version));
    let mut output = format!("## [{version}]\n");
    let is_source_breaking = |change: &&Change| change.verdicts.source == Verdict::Breaking;
    let mut shown = BTreeSet::new();
    let breaking = summaries(changes().filter(is_source_breaking));
    section(
        &mut output,
        "Changed (breaking)",
        breaking.iter().map(|summary| breaking_entry(report, summary, &mut shown)),
    );
    let rest = || changes().filter(|change| !is_source_breaking(change));
    let on_wire = summaries(rest().filter(|change| change.verdicts.is_breaking()));
    section(&mut output, "Changed on the wire", on_wire.iter().map(wire_entry));
    let is_compatible = |change: &&Change| !change.verdicts.is_breaking();
    let is_deprecation = |change: &&Change| match &change.cause {
        Cause::Document(difference) => matches!(difference.change, compare::Change::Added(Fact::Deprecated)),
        _ => false,
    };
    let is_addition = |change: &&Change| change.is_addition() && !is_deprecation(change);
    let added = summaries(rest().filter(is_compatible).filter(is_addition));
    section(&mut output, "Added", added.iter().map(added_entry));
    let plain = |summary: Summary<'_>| sentence(&summary);
    section(&mut output, "Deprecated", summaries(rest().filter(is_deprecation)).into_iter().map(plain));
    let is_other = |change: &&Change| !change.is_addition() && !is_deprecation(change);
    section(&mut output, "Changed", summaries(rest().filter(is_compatible).filter(is_other)).into_iter().map(plain));
    output
}

fn section(output: &mut String, name: &str, entries: impl Iterator<Item = String>) {
    let mut seen = BTreeSet::new();
    let entries: Vec<String> = entries.filter(|entry| seen.insert(entry.clone())).collect();
    if entries.is_empty() {
        return;
    }
    let _ = writeln!(output, "\n### {name}\n");
    for entry in entries.iter().take(MAX_CHANGES) {
        let _ = writeln!(output, "- {entry}");
    }
    if entries.len() > MAX_CHANGES {
        let _ = writeln!(output, "- {} more changes.", entries.len() - MAX_CHANGES);
    }
}

/// Returns the entry of changes. Lines of code that another entry has shown are left out.
fn breaking_entry(report: &Report, summary: &Summary<'_>, shown: &mut BTreeSet<String>) -> String {
    let mut entry = wire_entry(summary);
    let lines = summary.changes.iter().flat_map(|change| broken_code(report, change, MAX_LINES));
    for lines in lines.filter(|lines| shown.insert(format!("{lines:?}"))).take(MAX_LINES) {
        let _ = write!(entry, "\n  - Before: `{}`", lines.before);
        if let Some(after) = lines.after {
            let _ = write!(entry, "\n  - After: `{after}`");
        }
    }
    entry
}

fn wire_entry(summary: &Summary<'_>) -> String {
    let mut entry = sentence(summary);
    append_wire(&mut entry, summary.first());
    entry
}

/// Appends sentences about what breaks on the wire.
fn append_wire(entry: &mut String, change: &Change) {
    let verdicts = change.verdicts;
    let sentences = [
        (verdicts.request, "The server may reject requests of earlier versions."),
        (verdicts.old_clients, "Earlier versions cannot read all responses."),
        (verdicts.new_clients, "This version cannot read all responses of earlier servers."),
    ];
    for (_, sentence) in sentences.into_iter().filter(|(verdict, _)| *verdict == Verdict::Breaking) {
        let _ = write!(entry, " {sentence}");
    }
}

fn added_entry(summary: &Summary<'_>) -> String {
    let mut entry = sentence(summary);
    let [change] = summary.changes.as_slice() else { return entry };
    let added = change.item_changes.iter().filter(|item| item.old.is_none());
    let added: HashMap<&str, &ItemChange> = added.map(|item| (item.path.as_str(), item)).collect();
    let item = change.items.iter().find_map(|path| added.get(path.as_str()).copied());
    if let Some(code) = item.and_then(added_code).filter(|_| !matches!(change.cause, Cause::Items)) {
        let _ = write!(entry, " `{code}`");
    }
    entry
}

/// Returns the title of a summary as a sentence in Markdown: with a capital letter and a full stop.
fn sentence(summary: &Summary<'_>) -> String {
    let title = escape::markdown(&summary.title);
    let mut chars = title.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
