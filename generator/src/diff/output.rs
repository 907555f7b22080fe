//! Renders a report for programs: as JSON, and as annotations of GitHub.

use std::fmt::Write;

use serde_json::{Value, json};

use super::code_lines::{broken_code, full_path};
use super::escape;
use super::locations::{line, locations};
use super::terminal::verdict_words;
use super::titles::title;
use super::{Report, Verdict};
use crate::characters::escape_hidden_in_json;
use crate::compare::Pair;
use crate::source::{Pointer, Source};

/// Renders a report as JSON.
pub fn json(report: &Report, sources: Pair<&Source>) -> String {
    let changes = report.changes.iter().map(|change| {
        let location = |(source, pointer): (&Source, Pointer)| {
            let (path, line, column, _) = line(source, &pointer);
            json!({ "path": path, "line": line, "column": column, "pointer": pointer.as_str() })
        };
        let [old, new] = locations(change, sources).map_or([Value::Null, Value::Null], |both| both.map(location));
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
            "patterns": change.patterns(),
            "old": old,
            "new": new,
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
    escape_hidden_in_json(&format!("{value:#}\n"))
}

/// Renders a report as annotations of GitHub, one line for each change. They point at the lines of the new document. GitHub shows only
/// the first ten annotations of each level. So the refusals, which are the reasons why the command fails, come first, then the warning
/// about the version, and then the breaking changes.
pub fn github(report: &Report, sources: Pair<&Source>, refusals: &[String]) -> String {
    let mut output = String::new();
    for refusal in refusals {
        let _ = writeln!(output, "::error title=bindery diff::{}", escape::github(refusal));
    }
    if let Some(warning) = report.version_warning().filter(|warning| !refusals.contains(warning)) {
        let _ = writeln!(output, "::warning title=version::{}", escape::github(&warning));
    }
    let (breaking, others): (Vec<_>, Vec<_>) = report.changes.iter().partition(|change| change.verdicts.is_breaking());
    for change in breaking.into_iter().chain(others) {
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
    for note in &report.notes {
        let _ = writeln!(output, "::notice title=note::{}", escape::github(note));
    }
    output
}
