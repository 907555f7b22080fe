//! The locations of changes in the documents.

use super::{Cause, Change};
use crate::compare::{self, Difference, Fact, Pair};
use crate::source::{Pointer, Source};

/// The maximum number of characters of a line of a document that are shown. With the indentation, the line fits into 80 columns.
const MAX_WIDTH: usize = 72;

/// Returns the locations of a change in both documents. The first is in the old document.
pub(super) fn locations<'a>(change: &'a Change, sources: Pair<&'a Source>) -> Option<[(&'a Source, Pointer); 2]> {
    let origins = match &change.cause {
        Cause::Document(difference) => &difference.origins,
        Cause::Rename(rename) => &rename.origins,
        Cause::Setting(_) | Cause::Items => return None,
    };
    Some([sources.theirs.file(&origins.theirs), sources.ours.file(&origins.ours)])
}

/// Returns the locations of a change in the documents that have the node.
pub(super) fn own_locations<'a>(change: &'a Change, sources: Pair<&'a Source>) -> Vec<(&'a Source, Pointer)> {
    let Some([old, new]) = locations(change, sources) else { return Vec::new() };
    match &change.cause {
        Cause::Document(Difference { change: compare::Change::Added(Fact::Present), .. }) => vec![new],
        Cause::Document(Difference { change: compare::Change::Missing(Fact::Present), .. }) => vec![old],
        _ => vec![old, new],
    }
}

/// Returns the path, the line and the column of a location, and its line of the document.
pub(super) fn line(source: &Source, pointer: &Pointer) -> (String, usize, usize, String) {
    let at = source.key_range(pointer).start;
    let (line, column) = source.position(at);
    let range = source.line(at).1;
    let text = source.text.get(range.clone()).unwrap_or_default().trim();
    let is_cut = |text: &str| text.char_indices().nth(MAX_WIDTH).is_some();
    let is_far =
        |start: usize| source.text.get(start..at).is_some_and(|before| before.trim_start().len() > MAX_WIDTH / 2);
    // A long line is shown from the location on.
    let (mut shown, rest) = match is_cut(text) && is_far(range.start) {
        true => ("… ".to_owned(), source.text.get(at..range.end).unwrap_or_default().trim_end()),
        false => (String::new(), text),
    };
    shown.extend(rest.chars().take(MAX_WIDTH));
    if is_cut(rest) {
        shown.push_str(" …");
    }
    (source.path.clone(), line, column, shown)
}
