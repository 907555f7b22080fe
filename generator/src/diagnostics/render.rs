//! Renders diagnostics for people: the source lines, with the locations underlined.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use crate::characters::escaped;
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
    /// Renders the diagnostics with their source lines, in the order of their locations, the document first. If there are
    /// very many, errors come first, and the others are only counted.
    pub fn render(&self, document: &Source, config: &Source, style: Style) -> String {
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Color => Renderer::styled(),
        };
        let drawn = |one: &Diagnostic| {
            // A terminal would interpret control characters of the document.
            let mut one = one.clone();
            [&mut one.message, &mut one.label, &mut one.help].into_iter().for_each(escaped);
            format!("{}\n\n", renderer.render(&[one.group(document, config)]))
        };
        let mut placed = self.placed(document, config);
        let more = placed.len().saturating_sub(MOST);
        if more > 0 {
            placed.sort_by_key(|(one, ..)| one.severity);
            placed.truncate(MOST);
        }
        let mut text: String = placed.into_iter().map(|(one, ..)| drawn(one)).collect();
        if more > 0 {
            text += &format!("{more} more are not shown; `--format json` lists all of them\n\n");
        }
        text
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
        let places = [(AnnotationKind::Primary, &self.place, &self.label)]
            .into_iter()
            .chain(self.related.iter().map(|(place, label)| (AnnotationKind::Context, place, label)));
        let mut marks: Vec<(&Source, Vec<Mark<'_>>)> = Vec::new();
        for (kind, place, label) in places {
            let (source, range) = place.resolve(document, config);
            let mark = Mark { kind, range, label };
            match marks.iter_mut().find(|(known, _)| std::ptr::eq(*known, source)) {
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
const MOST: usize = 5_000;

/// The maximum length in bytes of a line that is shown in full.
const LONG: usize = 400;

/// The number of bytes shown before and after a location in a longer line.
const AROUND: usize = 60;

/// Returns the source lines with their marks. The renderer gets only these lines, because it would scan the whole text.
fn elements<'a>(source: &'a Source, marks: Vec<Mark<'a>>) -> Vec<Element<'a>> {
    let lines = |range: &Range<usize>| source.line(range.start).1.start..source.line(range.end).1.end;
    if marks.iter().any(|mark| lines(&mark.range).len() > LONG) {
        return marks.into_iter().flat_map(|mark| cropped(source, lines(&mark.range), mark)).collect();
    }
    let first = marks.iter().map(|mark| mark.range.start).min().unwrap_or_default();
    let last = marks.iter().map(|mark| mark.range.end).max().unwrap_or_default();
    let shown = lines(&(first..last));
    let annotations = marks.iter().map(|mark| mark.annotation(shown.start)).collect::<Vec<_>>();
    let snippet = Snippet::source(&source.text[shown.clone()]).line_start(source.position(shown.start).0);
    vec![snippet.path(&source.path).annotations(annotations).into()]
}

/// Returns a location in a long line, with some text around it.
fn cropped<'a>(source: &'a Source, line: Range<usize>, mark: Mark<'a>) -> [Element<'a>; 2] {
    let end = mark.range.end.min(mark.range.start + LONG);
    let mark = Mark { range: mark.range.start..source.text.floor_char_boundary(end), ..mark };
    let start = source.text.floor_char_boundary(mark.range.start.saturating_sub(AROUND).max(line.start));
    let end = source.text.ceil_char_boundary((mark.range.end + AROUND).min(line.end));
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
