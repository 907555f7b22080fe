//! Renders diagnostics for people. Each diagnostic shows its source lines, with the locations underlined.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use crate::characters::{ceil_boundary, escape_hidden, floor_boundary};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::source::Source;

/// Whether the output has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Plain text.
    Plain,
    /// Text with escape sequences for a terminal.
    Color,
}

impl Diagnostics {
    /// Renders the diagnostics with their source lines, in the order of the locations. The document comes first. If there
    /// are more than 5,000 diagnostics, only the first 5,000 are rendered, with errors first. The last line has the number
    /// of all other diagnostics.
    pub fn render(&self, document: &Source, config: &Source, style: Style) -> String {
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Color => Renderer::styled(),
        };
        let render_one = |diagnostic: &Diagnostic| {
            // A terminal would interpret control characters that the diagnostic quotes from the document.
            let mut diagnostic = diagnostic.clone();
            [&mut diagnostic.message, &mut diagnostic.label, &mut diagnostic.help].into_iter().for_each(escape_hidden);
            format!("{}\n\n", renderer.render(&[diagnostic.group(document, config)]))
        };
        let mut sorted = self.with_ranges(document, config);
        let omitted_count = sorted.len().saturating_sub(MAX_RENDERED);
        if omitted_count > 0 {
            sorted.sort_by_key(|(diagnostic, ..)| diagnostic.severity);
            sorted.truncate(MAX_RENDERED);
        }
        let mut output: String = sorted.into_iter().map(|(diagnostic, ..)| render_one(diagnostic)).collect();
        if omitted_count > 0 {
            output += &format!("{omitted_count} more diagnostics are not shown; `--format json` lists all of them\n\n");
        }
        output
    }
}

/// A location to underline.
struct Mark<'a> {
    kind: AnnotationKind,
    range: Range<usize>,
    label: &'a str,
}

impl Diagnostic {
    fn group<'a>(&'a self, document: &'a Source, config: &'a Source) -> Group<'a> {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let locations = [(AnnotationKind::Primary, &self.location, &self.label)]
            .into_iter()
            .chain(self.related.iter().map(|(location, label)| (AnnotationKind::Context, location, label)));
        let mut marks: Vec<(&Source, Vec<Mark<'_>>)> = Vec::new();
        for (kind, location, label) in locations {
            let (source, range) = location.resolve(document, config);
            let mark = Mark { kind, range, label };
            match marks.iter_mut().find(|(marked_source, _)| std::ptr::eq(*marked_source, source)) {
                Some((_, marks)) => marks.push(mark),
                None => marks.push((source, vec![mark])),
            }
        }
        let elements = marks.into_iter().flat_map(|(source, marks)| elements(source, marks));
        let group = level.primary_title(&self.message).id(self.code.id).elements(elements);
        if self.help.is_empty() { group } else { group.element(Level::HELP.message(&self.help)) }
    }
}

/// The maximum number of rendered diagnostics.
const MAX_RENDERED: usize = 5_000;

/// The maximum length in bytes of a line that is shown in full.
const MAX_LINE_BYTES: usize = 400;

/// The number of bytes shown before and after a location in a line that is not shown in full.
const CONTEXT_BYTES: usize = 60;

/// Returns the source lines with their marks. The renderer gets only these lines, because it scans all text that it
/// gets.
fn elements<'a>(source: &'a Source, marks: Vec<Mark<'a>>) -> Vec<Element<'a>> {
    let lines = |range: &Range<usize>| source.line(range.start).1.start..source.line(range.end).1.end;
    if marks.iter().any(|mark| lines(&mark.range).len() > MAX_LINE_BYTES) {
        return marks.into_iter().flat_map(|mark| cropped_elements(source, lines(&mark.range), mark)).collect();
    }
    let first = marks.iter().map(|mark| mark.range.start).min().unwrap_or_default();
    let last = marks.iter().map(|mark| mark.range.end).max().unwrap_or_default();
    let snippet_range = lines(&(first..last));
    let annotations = marks.iter().map(|mark| mark.annotation(snippet_range.start)).collect::<Vec<_>>();
    let snippet =
        Snippet::source(&source.text[snippet_range.clone()]).line_start(source.position(snippet_range.start).0);
    vec![snippet.path(&source.path).annotations(annotations).into()]
}

/// Returns a location in a long line, with some text around it.
fn cropped_elements<'a>(source: &'a Source, line: Range<usize>, mark: Mark<'a>) -> [Element<'a>; 2] {
    let end = mark.range.end.min(mark.range.start + MAX_LINE_BYTES);
    let mark = Mark { range: mark.range.start..floor_boundary(&source.text, end), ..mark };
    let start = floor_boundary(&source.text, mark.range.start.saturating_sub(CONTEXT_BYTES).max(line.start));
    let end = ceil_boundary(&source.text, (mark.range.end + CONTEXT_BYTES).min(line.end));
    let (number, column) = source.position(mark.range.start);
    let snippet = Snippet::source(&source.text[start..end]).line_start(number).annotation(mark.annotation(start));
    [Origin::path(&source.path).line(number).char_column(column).into(), snippet.into()]
}

impl<'a> Mark<'a> {
    fn annotation(&self, start: usize) -> Annotation<'a> {
        let label = (!self.label.is_empty()).then_some(self.label);
        self.kind.span(self.range.start - start..self.range.end - start).label(label)
    }
}
