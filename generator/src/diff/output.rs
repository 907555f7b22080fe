//! Renders a report for programs and for pull requests.

use std::collections::HashSet;
use std::fmt::Write;

use serde_json::{Value, json};

use super::code_lines::{broken_code, full_path};
use super::escape;
use super::locations::{line, locations, own_locations};
use super::summary::summaries;
use super::terminal::{conclusion, verdict_words};
use super::titles::title;
use super::{Report, Verdict};
use crate::compare::Pair;
use crate::source::Source;

/// The maximum number of lines of code for a change in a comment.
const MAX_LINES: usize = 3;

/// Renders a report as JSON.
pub fn json(report: &Report, sources: Pair<&Source>) -> String {
    let changes = report.changes.iter().map(|change| {
        let location = |index: usize| {
            let locations = locations(change, sources);
            locations.map(|locations| {
                let (source, pointer) = &locations[index];
                let (path, line, column, _) = line(source, pointer);
                json!({ "path": path, "line": line, "column": column, "pointer": pointer.as_str() })
            })
        };
        let verdicts = change.verdicts;
        let code = broken_code(report, change, usize::MAX).into_iter();
        json!({
            "code": change.code,
            "title": title(change),
            "group": change.group,
            "source": verdicts.source.as_str(),
            "decode": verdicts.decode().as_str(),
            "old_clients_read_new_responses": verdicts.old_clients == Verdict::Compatible,
            "new_clients_read_old_responses": verdicts.new_clients == Verdict::Compatible,
            "request": verdicts.request.as_str(),
            "items": change.items.iter().map(|item| full_path(report, item)).collect::<Vec<_>>(),
            "lines": change.lines(),
            "old": location(0),
            "new": location(1),
            "code_changes": code.map(|lines| json!({ "before": lines.before, "after": lines.after })).collect::<Vec<_>>(),
        })
    });
    let value: Value = json!({
        "bump": report.bump.map(super::Bump::as_str),
        "old_version": report.old_version,
        "new_version": report.new_version,
        "required_version": report.required_version(),
        "breaking": report.breaking(),
        "additions": report.additions(),
        "notes": report.notes,
        "changes": changes.collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

/// Renders a report as annotations of GitHub, one line for each change. They point at the lines of the new document.
pub fn github(report: &Report, sources: Pair<&Source>) -> String {
    let mut output = String::new();
    for change in &report.changes {
        let level = if change.verdicts.is_breaking() { "warning" } else { "notice" };
        let location = locations(change, sources).map_or(String::new(), |[_, (source, pointer)]| {
            let (path, line, column, _) = line(source, &pointer);
            format!("file={},line={line},col={column},", escape::github_property(&path))
        });
        let mut message = title(change);
        if change.verdicts.is_breaking() {
            let _ = write!(message, ". {}", verdict_words(change));
        }
        let _ = writeln!(output, "::{level} {location}title={}::{}", change.code, escape::github(&message));
    }
    if let Some(warning) = report.version_warning() {
        let _ = writeln!(output, "::warning title=version::{}", escape::github(&warning));
    }
    for note in &report.notes {
        let _ = writeln!(output, "::notice title=note::{}", escape::github(note));
    }
    output
}

/// Renders a report as Markdown, for a comment on a pull request.
pub fn markdown(report: &Report, sources: Pair<&Source>) -> String {
    let mut output = String::from("### Changes for Rust callers\n\n");
    for line in conclusion(report).lines() {
        let _ = writeln!(output, "{}\n", escape::markdown(line));
    }
    let (breaking, others): (Vec<_>, Vec<_>) = report.changes.iter().partition(|change| change.verdicts.is_breaking());
    if !breaking.is_empty() {
        output.push_str("| Code | Change | Source | Decode | Request | Location |\n|---|---|---|---|---|---|\n");
    }
    let (breaking, others) = (summaries(breaking.into_iter()), summaries(others.into_iter()));
    for summary in &breaking {
        let change = summary.first();
        let verdicts = change.verdicts;
        let word = |verdict: Verdict| if verdict == Verdict::Breaking { "**breaking**" } else { "ok" };
        // A node that was removed has a location in the old document only.
        let location = own_locations(change, sources).pop().map_or(String::new(), |(source, pointer)| {
            let (path, line, ..) = line(source, &pointer);
            escape::markdown_cell(&format!("`{}:{line}`", escape::name(&path)))
        });
        let _ = writeln!(
            output,
            "| {} | {} | {} | {} | {} | {location} |",
            change.code,
            escape::markdown_cell(&summary.title),
            word(verdicts.source),
            word(verdicts.decode()),
            word(verdicts.request)
        );
    }
    let mut shown = HashSet::new();
    for summary in &breaking {
        let lines = summary.changes.iter().flat_map(|change| broken_code(report, change, MAX_LINES));
        let lines: Vec<_> = lines.filter(|lines| shown.insert(lines.clone())).take(MAX_LINES).collect();
        if !lines.is_empty() {
            let _ = writeln!(output, "\n{}: {}\n\n```diff", summary.first().code, escape::markdown(&summary.title));
            for lines in lines {
                let _ = writeln!(output, "- {}", lines.before);
                if let Some(after) = lines.after {
                    let _ = writeln!(output, "+ {after}");
                }
            }
            output.push_str("```\n");
        }
    }
    let count: usize = others.iter().map(|summary| summary.changes.len()).sum();
    if count > 0 {
        let changes = if count == 1 { "change" } else { "changes" };
        let _ = writeln!(output, "\n<details><summary>{count} compatible {changes}</summary>\n");
        for summary in others {
            let _ = writeln!(output, "- {}: {}", summary.first().code, escape::markdown(&summary.title));
        }
        output.push_str("\n</details>\n");
    }
    output
}
