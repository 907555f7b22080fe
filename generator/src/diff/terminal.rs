//! Renders a report for a terminal.

use std::collections::HashSet;
use std::fmt::Write;

use super::code_lines::{CodeLines, broken_code, full_path, specific_items};
use super::locations::{line, own_locations};
use super::summary::{Summary, summaries};
use super::titles::title;
use super::{Change, Report, Verdict};
use crate::characters::for_terminal;
use crate::compare::Pair;
use crate::diagnostics::render::Style;
use crate::source::Source;

/// The maximum number of items and of lines of code that are shown for a change.
const MAX_ITEMS: usize = 5;

/// The maximum number of locations that are shown for the changes of an entry.
const MAX_LOCATIONS: usize = 4;

/// Renders a report as text. The first document is the new one.
pub fn terminal(report: &Report, sources: Pair<&Source>, style: Style) -> String {
    let mut output = String::new();
    let mut entries = 0;
    // The changes are sorted by their groups.
    for changes in report.changes.chunk_by(|first, second| first.group == second.group) {
        let Some(first) = changes.first() else { continue };
        let _ = writeln!(output, "{}{}\n", if output.is_empty() { "" } else { "\n" }, bold(&first.group, style));
        for summary in summaries(changes.iter()) {
            append(&mut output, report, &summary, sources, style);
            entries += 1;
        }
    }
    if !output.is_empty() {
        output.push('\n');
    }
    output + &conclusion(report, entries)
}

/// Returns the numbers of changes, the next version, and the change that decides it. `entries` is the number of entries that show the
/// changes. It is smaller than that of the changes if an entry joins some.
pub(super) fn conclusion(report: &Report, entries: usize) -> String {
    let version = report.required_version().map_or(String::new(), |version| format!(": next version {version}"));
    let mut output = match report.bump {
        None if report.accepted.is_empty() => "no difference for callers; descriptions are not compared\n".to_owned(),
        None => "no other difference for callers; descriptions are not compared\n".to_owned(),
        Some(bump) => {
            let entries = in_entries(report.changes.len(), entries);
            format!("{}{entries} ({}){version}\n", report.summary(), bump.as_str())
        }
    };
    if let Some(change) = report.deciding_change() {
        let _ = writeln!(output, "decided by {}: {}", change.code, title(change));
    }
    if let Some(warning) = report.version_warning() {
        let _ = writeln!(output, "warning: {}", for_terminal(&warning));
    }
    for note in &report.notes {
        let _ = writeln!(output, "note: {}", for_terminal(note));
    }
    output
}

/// Returns the words ` in 2 entries` if fewer entries than changes show the changes, or an empty string.
pub(super) fn in_entries(changes: usize, entries: usize) -> String {
    match entries {
        _ if entries == changes => String::new(),
        1 => " in 1 entry".to_owned(),
        _ => format!(" in {entries} entries"),
    }
}

fn append(output: &mut String, report: &Report, summary: &Summary<'_>, sources: Pair<&Source>, style: Style) {
    let first = summary.first();
    let is_breaking = first.verdicts.is_breaking();
    let (label, color) = match (is_breaking, first.is_addition()) {
        (true, _) => ("breaking", "31"),
        (_, true) => ("addition", "32"),
        _ => ("change", "36"),
    };
    let label = paint(&format!("{label}[{}]", first.code), color, style);
    let _ = writeln!(output, "{label}: {}", bold(&summary.title, style));
    if is_breaking {
        let _ = writeln!(output, "  {}", verdict_words(first));
    }
    // The values of an enum have one location.
    let mut seen = HashSet::new();
    let locations = summary.changes.iter().flat_map(|change| own_locations(change, sources));
    let locations = locations.map(|(source, pointer)| line(source, &pointer));
    let locations: Vec<_> =
        locations.filter(|(path, line, column, _)| seen.insert((path.clone(), *line, *column))).collect();
    for (path, line, column, text) in locations.iter().take(MAX_LOCATIONS) {
        let (path, text) = (for_terminal(path), for_terminal(text));
        let _ = writeln!(output, "  --> {path}:{line}:{column}\n      | {text}");
    }
    append_rest(output, locations.len(), MAX_LOCATIONS, "location");
    let items: Vec<&str> = summary.changes.iter().flat_map(|change| specific_items(change)).collect();
    for item in items.iter().take(MAX_ITEMS) {
        let _ = writeln!(output, "  item: {}", full_path(report, item));
    }
    append_rest(output, items.len(), MAX_ITEMS, "item");
    let lines = summary.changes.iter().flat_map(|change| broken_code(report, change, MAX_ITEMS));
    for CodeLines { before, after } in lines.take(MAX_ITEMS) {
        let _ = writeln!(output, "  - {}", paint(&before, "31", style));
        if let Some(after) = after {
            let _ = writeln!(output, "  + {}", paint(&after, "32", style));
        }
    }
}

/// Appends a line with the number of things that are not shown.
fn append_rest(output: &mut String, count: usize, max: usize, noun: &str) {
    match count.saturating_sub(max) {
        0 => {}
        1 => *output += &format!("  and 1 more {noun}\n"),
        rest => *output += &format!("  and {rest} more {noun}s\n"),
    }
}

/// Describes the breaking verdicts of a change.
pub(super) fn verdict_words(change: &Change) -> String {
    let verdicts = change.verdicts;
    let words = [
        (verdicts.source, "source: programs may stop compiling"),
        (verdicts.old_clients, "decode: old clients cannot read all new responses"),
        (verdicts.new_clients, "decode: new clients cannot read all old responses"),
        (verdicts.request, "request: the server may reject requests of old clients"),
    ];
    let words = words.into_iter().filter(|(verdict, _)| *verdict == Verdict::Breaking).map(|(_, words)| words);
    words.collect::<Vec<_>>().join("; ")
}

fn paint(text: &str, color: &str, style: Style) -> String {
    match style {
        Style::Plain => text.to_owned(),
        _ => format!("\u{1b}[{color}m{text}\u{1b}[0m"),
    }
}

fn bold(text: &str, style: Style) -> String {
    paint(text, "1", style)
}
