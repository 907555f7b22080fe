//! The locations of changes in the documents.

use super::{Cause, Change};
use crate::compare::{self, Difference, Fact, Pair};
use crate::source::{Pointer, Source};

/// The maximum number of characters of a line of a document that are shown.
const MAX_WIDTH: usize = 120;

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
    let text = source.text.get(source.line(at).1).unwrap_or_default().trim();
    // A document in one long line is shown from the location on.
    let text = if text.len() > 2 * MAX_WIDTH { source.text.get(at..).unwrap_or_default() } else { text };
    let text: String = text.chars().take_while(|c| *c != '\n').take(MAX_WIDTH).collect();
    (source.path.clone(), line, column, text)
}
