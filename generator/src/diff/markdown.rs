//! Renders a report as Markdown, for a comment on a pull request.

use std::collections::HashSet;
use std::fmt::Write;

use super::code_lines::broken_code;
use super::escape;
use super::locations::{line, own_locations};
use super::summary::{Summary, summaries};
use super::terminal::{conclusion, in_entries};
use super::{Report, Verdict};
use crate::compare::Pair;
use crate::source::Source;

/// The maximum number of lines of code for a change.
const MAX_LINES: usize = 3;

/// The maximum number of characters of a report. A comment on GitHub has at most 65,536 characters, and the rest is for a workflow
/// that adds a line.
const MAX_CHARACTERS: usize = 65_000;

/// The number of characters that are kept free for the legend, the ends of sections, and the last line without its command.
const RESERVED: usize = 700;

const TABLE: &str = "| Code | Change | Source | Decode | Request | Location |\n|---|---|---|---|---|---|\n";

/// The questions that the columns of the table answer.
const LEGEND: &str = "Source: does a program that compiled with the old crate compile with the new crate? Decode: can old clients decode \
                      new responses, and can new clients decode old responses? Request: does the server accept what old clients send?";

/// Compatible changes in the singular and the plural.
const COMPATIBLE: [&str; 2] = ["compatible change", "compatible changes"];

/// A report that has a maximum length.
struct Comment {
    text: String,
    /// The number of characters that may be added.
    room: usize,
}

impl Comment {
    /// Adds entries until one does not fit, and nothing more after that. Returns how many are left out.
    fn add(&mut self, entries: &[String]) -> usize {
        for (index, entry) in entries.iter().enumerate() {
            let Some(room) = self.room.checked_sub(entry.chars().count()) else {
                self.room = 0;
                return entries.len() - index;
            };
            self.room = room;
            self.text.push_str(entry);
        }
        0
    }
}

/// Renders a report as Markdown. It fits into a comment on GitHub: entries without room are left out, the compatible changes first,
/// and the last line names `command`, which prints the whole report.
pub fn markdown(report: &Report, sources: Pair<&Source>, command: &str) -> String {
    let command = escape::command(command);
    let mut comment =
        Comment { text: String::new(), room: MAX_CHARACTERS.saturating_sub(RESERVED + command.chars().count()) };
    let (breaking, others): (Vec<_>, Vec<_>) = report.changes.iter().partition(|change| change.verdicts.is_breaking());
    let count = others.len();
    let (breaking, others) = (summaries(breaking.into_iter()), summaries(others.into_iter()));
    let conclusion = conclusion(report, breaking.len() + others.len());
    let conclusion = conclusion.lines().map(|line| format!("{}\n\n", escape::markdown(line)));
    let title = "### Changes for Rust callers\n\n".to_owned();
    let first_lines: Vec<String> = [title].into_iter().chain(conclusion).collect();
    let rows: Vec<String> = breaking.iter().map(|summary| row(summary, sources)).collect();
    let mut left_out = vec![(comment.add(&first_lines), ["line of the summary", "lines of the summary"])];
    if !rows.is_empty() {
        comment.add(&[TABLE.to_owned()]);
        left_out.push((changes_of_last(&breaking, comment.add(&rows)), ["breaking change", "breaking changes"]));
        let code = breaking.first().map_or("", |summary| &summary.first().code);
        let _ = write!(comment.text, "\n{LEGEND} `bindery explain {code}` explains a code.\n");
        left_out.push((comment.add(&code_blocks(report, &breaking)), ["example of code", "examples of code"]));
    }
    if !others.is_empty() {
        let count = count_of(&(count, COMPATIBLE)) + &in_entries(count, others.len());
        let is_begun = comment.add(&[format!("\n<details><summary>{count}</summary>\n\n")]) == 0;
        let entry =
            |summary: &Summary<'_>| format!("- {}: {}\n", summary.first().code, escape::markdown(&summary.title));
        let entries: Vec<String> = others.iter().map(entry).collect();
        left_out.push((changes_of_last(&others, comment.add(&entries)), COMPATIBLE));
        comment.text.push_str(if is_begun { "\n</details>\n" } else { "" });
    }
    let left_out: Vec<String> = left_out.iter().filter(|(count, _)| *count > 0).map(count_of).collect();
    if !left_out.is_empty() {
        let left_out = left_out.join(", ");
        let _ = writeln!(comment.text, "\nLeft out for lack of room: {left_out}. This command prints all: {command}");
    }
    comment.text
}

/// Returns the number of changes in the last summaries.
fn changes_of_last(summaries: &[Summary<'_>], count: usize) -> usize {
    summaries.iter().rev().take(count).map(|summary| summary.changes.len()).sum()
}

/// Returns a number with a noun, which is given in the singular and the plural.
fn count_of((count, nouns): &(usize, [&str; 2])) -> String {
    format!("{count} {}", nouns[usize::from(*count != 1)])
}

/// Returns the row of the table for breaking changes.
fn row(summary: &Summary<'_>, sources: Pair<&Source>) -> String {
    let change = summary.first();
    let verdicts = change.verdicts;
    let word = |verdict: Verdict| if verdict == Verdict::Breaking { "**breaking**" } else { "ok" };
    let decode = match (verdicts.old_clients, verdicts.new_clients) {
        (Verdict::Breaking, Verdict::Breaking) => "**breaking**: old and new clients",
        (Verdict::Breaking, Verdict::Compatible) => "**breaking**: old clients",
        (Verdict::Compatible, Verdict::Breaking) => "**breaking**: new clients",
        (Verdict::Compatible, Verdict::Compatible) => "ok",
    };
    // A node that was removed has a location in the old document only.
    let location = own_locations(change, sources).pop().map_or(String::new(), |(source, pointer)| {
        let (path, line, ..) = line(source, &pointer);
        escape::markdown_cell(&format!("`{}:{line}`", escape::name(&path)))
    });
    format!(
        "| {} | {} | {} | {decode} | {} | {location} |\n",
        change.code,
        escape::markdown_cell(&summary.title),
        word(verdicts.source),
        word(verdicts.request)
    )
}

/// Returns the blocks with the lines of code that break. Each line is shown once.
fn code_blocks(report: &Report, breaking: &[Summary<'_>]) -> Vec<String> {
    let mut shown = HashSet::new();
    let blocks = breaking.iter().filter_map(|summary| {
        let lines = summary.changes.iter().flat_map(|change| broken_code(report, change, MAX_LINES));
        let lines: Vec<_> = lines.filter(|lines| shown.insert(lines.clone())).take(MAX_LINES).collect();
        if lines.is_empty() {
            return None;
        }
        let mut block = format!("\n{}: {}\n\n```diff\n", summary.first().code, escape::markdown(&summary.title));
        for lines in lines {
            let _ = writeln!(block, "- {}", lines.before);
            if let Some(after) = lines.after {
                let _ = writeln!(block, "+ {after}");
            }
        }
        Some(block + "```\n")
    });
    blocks.collect()
}
