//! The paths of requests and collections.

use std::borrow::Cow;

use bindery::ir::{Api, Level, Operation, Segment};
use percent_encoding::percent_decode_str;

/// The names and values of path parameters.
pub(crate) type Values = Vec<(String, String)>;

/// Returns the decoded segments of a path. Returns `None` if a segment is not UTF-8.
pub(crate) fn segments(path: &str) -> Option<Vec<Cow<'_, str>>> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/').map(|segment| percent_decode_str(segment).decode_utf8().ok()).collect()
}

/// Groups the pieces of a path by segment.
pub(crate) fn by_segment(path: &[Segment]) -> impl Iterator<Item = &[Segment]> {
    let continues_segment = |piece: &Segment| match piece {
        Segment::Literal(_) | Segment::Param(_) => false,
        Segment::LiteralSuffix(_) => true,
        Segment::ParamSuffix(before, _) => !before.starts_with('/'),
    };
    path.chunk_by(move |_, next| continues_segment(next))
}

/// Returns a sort key for paths. In each segment, a literal comes first, then a segment with literals and parameters,
/// then a segment that is only a parameter.
pub(crate) fn specificity(operation: &Operation) -> impl Ord {
    let rank = |pieces: &[Segment]| match pieces {
        [Segment::Literal(_)] => 0,
        [Segment::Param(_)] => 2,
        _ => 1,
    };
    by_segment(&operation.path).map(rank).collect::<Vec<_>>()
}

/// Returns the values of the path parameters of an operation. Returns `None` if its path does not match the decoded
/// segments.
pub(crate) fn values(operation: &Operation, segments_of_path: &[Cow<'_, str>]) -> Option<Values> {
    match_path(&operation.path, segments_of_path)
}

/// Returns the values of the path parameters of a stored collection. Returns `None` if the operation does not belong to
/// the collection.
pub(crate) fn collection_values(operation: &Operation, collection: &str) -> Option<Values> {
    match_path(collection_path(operation), &segments(collection)?)
}

/// Returns whether records can be stored at a path.
pub(crate) fn is_collection(api: &Api, path: &str) -> bool {
    let Some(segments_of_path) = segments(path) else { return false };
    api.operations.iter().any(|(_, operation)| match_path(collection_path(operation), &segments_of_path).is_some())
}

/// Returns the path of the collection that an operation belongs to.
pub(crate) fn collection_path(operation: &Operation) -> &[Segment] {
    match (operation.level(), operation.path.as_slice()) {
        (Level::Instance, [collection_path @ .., Segment::Literal(_)]) if !collection_path.is_empty() => {
            &collection_path[..collection_path.len() - 1]
        }
        (Level::Instance, [collection_path @ .., _]) => collection_path,
        (_, path) => path,
    }
}

fn match_path(path: &[Segment], segments_of_path: &[Cow<'_, str>]) -> Option<Values> {
    let mut values = Values::new();
    let mut segments_of_path = segments_of_path.iter();
    let matches = by_segment(path).all(|pieces| {
        let are_empty = segments_of_path.by_ref().take(leading_empty_segments(pieces)).all(|text| text.is_empty());
        are_empty && segments_of_path.next().is_some_and(|text| match_segment(pieces, text, &mut values))
    });
    (matches && segments_of_path.next().is_none()).then_some(values)
}

/// Returns the number of empty segments before a segment. The slashes at the start of its first piece stand for them.
fn leading_empty_segments(pieces: &[Segment]) -> usize {
    let leading_slash_count = |text: &str| text.len() - text.trim_start_matches('/').len();
    match pieces.first() {
        Some(Segment::Literal(text)) => leading_slash_count(text),
        Some(Segment::ParamSuffix(before, _)) => leading_slash_count(before).saturating_sub(1),
        _ => 0,
    }
}

/// Returns the number of segments of a path, including empty segments.
pub(crate) fn length(path: &[Segment]) -> usize {
    by_segment(path).map(|pieces| 1 + leading_empty_segments(pieces)).sum()
}

/// Matches a segment of a request with the pieces of a documented segment, and adds the values of the parameters. If
/// there are several matches, prefers short values.
fn match_segment(pieces: &[Segment], text: &str, values: &mut Values) -> bool {
    let (before, name, rest) = match pieces {
        [] => return text.is_empty(),
        [Segment::Literal(literal) | Segment::LiteralSuffix(literal), rest @ ..] => {
            return text
                .strip_prefix(literal.trim_start_matches('/'))
                .is_some_and(|text| match_segment(rest, text, values));
        }
        [Segment::Param(name), rest @ ..] => ("", name, rest),
        [Segment::ParamSuffix(before, name), rest @ ..] => (before.trim_start_matches('/'), name, rest),
    };
    let Some(text) = text.strip_prefix(before) else { return false };
    let ends = text.char_indices().map(|(index, _)| index).skip(1).chain([text.len()]);
    let value_count = values.len();
    ends.filter(|end| *end > 0).any(|end| {
        values.truncate(value_count);
        values.push((name.clone(), text[..end].to_owned()));
        match_segment(rest, &text[end..], values)
    })
}

/// Returns the value of a path parameter, or an empty string.
pub(crate) fn value<'v>(path: &'v Values, name: &str) -> &'v str {
    path.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// Returns a path with the values of its parameters.
pub(crate) fn joined(segments: &[Segment], values: &Values) -> String {
    let mut path = String::new();
    for piece in segments {
        match piece {
            Segment::Literal(text) if text.is_empty() => {}
            Segment::Literal(text) => path.extend(["/", text]),
            Segment::LiteralSuffix(text) => path.push_str(text),
            Segment::Param(name) => path.extend(["/", &segment(value(values, name))]),
            Segment::ParamSuffix(before, name) => path.extend([before, segment(value(values, name)).as_str()]),
        }
    }
    path
}

/// Percent-encodes a string as one path segment.
pub(crate) fn segment(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_segments_are_part_of_a_path() {
        let literal = |text: &str| Segment::Literal(text.to_owned());
        let path = [literal("/a"), Segment::ParamSuffix("//".to_owned(), "id".to_owned()), literal("")];
        assert_eq!((length(&path), length(&[literal("")]), length(&[literal("/")])), (5, 1, 2));
        assert_eq!(by_segment(&path).map(leading_empty_segments).collect::<Vec<_>>(), [1, 1, 0]);
    }

    #[test]
    fn segments_are_matched_with_their_pieces() {
        let param = |name: &str| Segment::Param(name.to_owned());
        let suffix = |text: &str| Segment::LiteralSuffix(text.to_owned());
        let infix = |between: &str, name: &str| Segment::ParamSuffix(between.to_owned(), name.to_owned());
        let literal = |text: &str| Segment::Literal(text.to_owned());
        for (pieces, text, expected) in [
            (vec![param("id"), suffix(".json")], "a.json.json", Some("a.json")),
            (vec![param("id"), suffix(".json")], ".json", None),
            (vec![param("id"), suffix(".json")], "a", None),
            (vec![infix("/@", "name")], "@ü", Some("ü")),
            (vec![infix("/@", "name")], "ü", None),
            (vec![literal("media"), infix(".", "format")], "media.xml", Some("xml")),
            (vec![literal("media"), infix(".", "format")], "mediaxml", None),
            (vec![param("b"), infix("...", "c")], "x....y", Some("x .y")),
            (vec![param("a"), infix("", "b")], "üö€", Some("ü ö€")),
            (vec![literal("a")], "ab", None),
        ] {
            let mut values = Values::new();
            let is_match = match_segment(&pieces, text, &mut values);
            let matched_values =
                is_match.then(|| values.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" "));
            assert_eq!(matched_values.as_deref(), expected, "{text}");
        }
    }
}
