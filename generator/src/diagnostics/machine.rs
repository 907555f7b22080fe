//! Renders diagnostics for programs: one line of JSON each, or annotations of a pull request.

use std::ops::Range;

use serde_json::{Value, json};

use crate::diagnostics::{Diagnostic, Diagnostics, Location, Severity};
use crate::source::Source;

impl Diagnostics {
    /// Renders one JSON object per line for each diagnostic. The location is `file`, `line`, `column`, `end_line` and
    /// `end_column`. They begin at 1, columns are in characters, and the end is exclusive.
    pub fn json(&self, document: &Source, config: &Source) -> String {
        let line = |one: &Diagnostic, source: &Source, range: Range<usize>| {
            let related = one.related.iter().map(|(place, label)| {
                let (source, range) = place.resolve(document, config);
                object(source, range, json!({ "label": label }))
            });
            let said = json!({
                "code": one.code.id,
                "severity": one.severity.name(),
                "message": one.message,
                "label": one.label,
                "help": one.help,
                "related": related.collect::<Vec<_>>(),
            });
            format!("{}\n", object(source, range, said))
        };
        self.placed(document, config).into_iter().map(|(one, source, range)| line(one, source, range)).collect()
    }

    /// Renders one workflow command of GitHub for each diagnostic, which annotates its lines.
    pub fn github(&self, document: &Source, config: &Source) -> String {
        let line = |one: &Diagnostic, source: &Source, range: Range<usize>| {
            let command = match one.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "notice",
            };
            // Here the end is inclusive, and columns are those of one line.
            let last = source.text[range.clone()].trim_end().char_indices().last().map_or(0, |(last, _)| last);
            let (line, column) = source.position(range.start);
            let (end_line, end_column) = source.position(range.start + last);
            let columns = match line == end_line {
                true => format!(",col={column},endColumn={end_column}"),
                false => String::new(),
            };
            let mut message = one.message.clone();
            for more in [&one.label, &one.help].into_iter().filter(|more| !more.is_empty()) {
                message = format!("{message}\n{more}");
            }
            format!(
                "::{command} file={},line={line},endLine={end_line}{columns},title={}::{}\n",
                property(&source.path),
                one.code,
                data(&message)
            )
        };
        self.placed(document, config).into_iter().map(|(one, source, range)| line(one, source, range)).collect()
    }

    /// Returns all diagnostics with their source and byte range, in the order of their locations, the document first.
    pub(crate) fn placed<'a>(
        &'a self,
        document: &'a Source,
        config: &'a Source,
    ) -> Vec<(&'a Diagnostic, &'a Source, Range<usize>)> {
        let placed = self.iter().map(|one| {
            let (source, range) = one.place.resolve(document, config);
            (one, source, range)
        });
        let mut placed: Vec<_> = placed.collect();
        let key = |source: &'a Source, range: &Range<usize>| {
            let (first, last) = (std::ptr::eq(source, document), std::ptr::eq(source, config));
            (!first, last, source.path.as_str(), range.start)
        };
        placed.sort_by(|(_, one, at), (_, other, there)| key(one, at).cmp(&key(other, there)));
        placed
    }
}

impl Location {
    /// Returns the source and the byte range of a diagnostic.
    pub fn resolve<'a>(&self, document: &'a Source, config: &'a Source) -> (&'a Source, Range<usize>) {
        let (source, range) = match self {
            Self::Value(pointer) => {
                let (file, pointer) = document.file(pointer);
                (file, file.value(&pointer))
            }
            Self::Key(pointer) => {
                let (file, pointer) = document.file(pointer);
                (file, file.key(&pointer))
            }
            Self::File(path, range) => (document.files.get(path).unwrap_or(document), range.clone()),
            Self::Document(range) => (document, range.clone()),
            Self::Config(range) => (config, range.clone()),
        };
        (source, source.whole(&range))
    }
}

/// Returns a JSON object with the location and its text.
fn object(source: &Source, range: Range<usize>, mut said: Value) -> Value {
    let ((line, column), (end_line, end_column)) = (source.position(range.start), source.position(range.end));
    let place = [("line", line), ("column", column), ("end_line", end_line), ("end_column", end_column)];
    said["file"] = source.path.as_str().into();
    place.into_iter().for_each(|(name, number)| said[name] = number.into());
    said
}

/// Escapes the message of a workflow command, which is one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command, which ends at a comma or colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
