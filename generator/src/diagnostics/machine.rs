//! Renders diagnostics for programs: as lines of JSON, or as annotations of a pull request on GitHub.

use std::ops::Range;

use serde_json::{Value, json};

use crate::diagnostics::{Diagnostic, Diagnostics, Location, Severity};
use crate::source::Source;

impl Diagnostics {
    /// Renders each diagnostic as a JSON object on a line. The keys of the source location are `file`, `line`,
    /// `column`, `end_line` and `end_column`. Lines and columns begin at 1, columns are in characters, and the end is
    /// exclusive.
    pub fn json(&self, document: &Source, config: &Source) -> String {
        let line = |diagnostic: &Diagnostic, source: &Source, range: Range<usize>| {
            let related = diagnostic.related.iter().map(|(location, label)| {
                let (source, range) = location.resolve(document, config);
                with_location(source, range, json!({ "label": label }))
            });
            let object = json!({
                "code": diagnostic.code.id,
                "severity": diagnostic.severity.name(),
                "message": diagnostic.message,
                "label": diagnostic.label,
                "help": diagnostic.help,
                "related": related.collect::<Vec<_>>(),
            });
            format!("{}\n", with_location(source, range, object))
        };
        self.with_ranges(document, config)
            .into_iter()
            .map(|(diagnostic, source, range)| line(diagnostic, source, range))
            .collect()
    }

    /// Renders each diagnostic as a workflow command of GitHub, which shows the diagnostic beside the source lines.
    pub fn github(&self, document: &Source, config: &Source) -> String {
        let line = |diagnostic: &Diagnostic, source: &Source, range: Range<usize>| {
            let command = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "notice",
            };
            // GitHub expects an inclusive end, and accepts columns only if the range is within one line.
            let last_byte = source.text[range.clone()].trim_end().char_indices().last().map_or(0, |(byte, _)| byte);
            let (line, column) = source.position(range.start);
            let (end_line, end_column) = source.position(range.start + last_byte);
            let columns = match line == end_line {
                true => format!(",col={column},endColumn={end_column}"),
                false => String::new(),
            };
            let mut message = diagnostic.message.clone();
            for addition in [&diagnostic.label, &diagnostic.help].into_iter().filter(|addition| !addition.is_empty()) {
                message = format!("{message}\n{addition}");
            }
            format!(
                "::{command} file={},line={line},endLine={end_line}{columns},title={}::{}\n",
                escape_property(&source.path),
                diagnostic.code,
                escape_message(&message)
            )
        };
        self.with_ranges(document, config)
            .into_iter()
            .map(|(diagnostic, source, range)| line(diagnostic, source, range))
            .collect()
    }

    /// Returns all diagnostics with their sources and byte ranges, in the order of the locations. The diagnostics of
    /// the document come first, and the diagnostics of the configuration come last.
    pub(crate) fn with_ranges<'a>(
        &'a self,
        document: &'a Source,
        config: &'a Source,
    ) -> Vec<(&'a Diagnostic, &'a Source, Range<usize>)> {
        let with_ranges = self.iter().map(|diagnostic| {
            let (source, range) = diagnostic.location.resolve(document, config);
            (diagnostic, source, range)
        });
        let mut with_ranges: Vec<_> = with_ranges.collect();
        let key = |source: &'a Source, range: &Range<usize>| {
            let (is_document, is_config) = (std::ptr::eq(source, document), std::ptr::eq(source, config));
            (!is_document, is_config, source.path.as_str(), range.start)
        };
        with_ranges.sort_by(|(_, left, left_range), (_, right, right_range)| {
            key(left, left_range).cmp(&key(right, right_range))
        });
        with_ranges
    }
}

impl Location {
    /// Returns the source and the byte range of a location.
    pub fn resolve<'a>(&self, document: &'a Source, config: &'a Source) -> (&'a Source, Range<usize>) {
        let (source, range) = match self {
            Self::Value(pointer) => {
                let (file, pointer) = document.file(pointer);
                (file, file.value_range(&pointer))
            }
            Self::Key(pointer) => {
                let (file, pointer) = document.file(pointer);
                (file, file.key_range(&pointer))
            }
            Self::File(path, range) => (document.file_at(path), range.clone()),
            Self::Document(range) => (document, range.clone()),
            Self::Config(range) => (config, range.clone()),
        };
        (source, source.to_char_boundaries(&range))
    }
}

/// Adds a source location to a JSON object, and returns the object.
fn with_location(source: &Source, range: Range<usize>, mut object: Value) -> Value {
    let ((line, column), (end_line, end_column)) = (source.position(range.start), source.position(range.end));
    let numbers = [("line", line), ("column", column), ("end_line", end_line), ("end_column", end_column)];
    object["file"] = source.path.as_str().into();
    numbers.into_iter().for_each(|(name, number)| object[name] = number.into());
    object
}

/// Escapes the message of a workflow command, which must be on one line.
pub(crate) fn escape_message(message: &str) -> String {
    message.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command, which ends at a comma or colon.
pub(crate) fn escape_property(value: &str) -> String {
    escape_message(value).replace(':', "%3A").replace(',', "%2C")
}
