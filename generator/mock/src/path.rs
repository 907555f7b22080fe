//! Paths of requests and collections, segment by segment.

use std::borrow::Cow;

use bindery::ir::{Api, Operation, Segment, Side};
use percent_encoding::percent_decode_str;

/// The values of a path's parameters, by their names.
pub(crate) type Values = Vec<(String, String)>;

/// The decoded segments of a path; `None` if they are no text.
pub(crate) fn segments(path: &str) -> Option<Vec<Cow<'_, str>>> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/').map(|one| percent_decode_str(one).decode_utf8().ok()).collect()
}

/// The parts of a path by the segments that they make.
pub(crate) fn by_segment(path: &[Segment]) -> impl Iterator<Item = &[Segment]> {
    let goes_on = |part: &Segment| match part {
        Segment::Literal(_) | Segment::Param(_) => false,
        Segment::LiteralSuffix(_) => true,
        Segment::ParamSuffix(before, _) => !before.starts_with('/'),
    };
    path.chunk_by(move |_, next| goes_on(next))
}

/// Where an operation's path has parameters. Sorted by it, literals come first, and whole segments last.
pub(crate) fn shape(operation: &Operation) -> impl Ord {
    let freedom = |parts: &[Segment]| match parts {
        [Segment::Literal(_)] => 0,
        [Segment::Param(_)] => 2,
        _ => 1,
    };
    by_segment(&operation.path).map(freedom).collect::<Vec<_>>()
}

/// What the decoded segments mean to an operation, if its path has room for them.
pub(crate) fn values(operation: &Operation, sent: &[Cow<'_, str>]) -> Option<Values> {
    values_of(&operation.path, sent)
}

/// The values of the parameters in the path of a stored collection, if it is one that an operation belongs to.
pub(crate) fn collection_values(operation: &Operation, collection: &str) -> Option<Values> {
    values_of(above(operation), &segments(collection)?)
}

/// Returns whether records can be stored at a path.
pub(crate) fn is_collection(api: &Api, path: &str) -> bool {
    let Some(sent) = segments(path) else { return false };
    api.operations.iter().any(|(_, operation)| values_of(above(operation), &sent).is_some())
}

/// The path of the collection that an operation belongs to.
pub(crate) fn above(operation: &Operation) -> &[Segment] {
    match (operation.side(), operation.path.as_slice()) {
        (Side::Instance, [above @ .., Segment::Literal(_)]) if !above.is_empty() => &above[..above.len() - 1],
        (Side::Instance, [above @ .., _]) => above,
        (_, path) => path,
    }
}

fn values_of(path: &[Segment], sent: &[Cow<'_, str>]) -> Option<Values> {
    let mut values = Values::new();
    let mut sent = sent.iter();
    let fits = by_segment(path).all(|parts| {
        let is_empty = sent.by_ref().take(empty_before(parts)).all(|text| text.is_empty());
        is_empty && sent.next().is_some_and(|text| read(parts, text, &mut values))
    });
    (fits && sent.next().is_none()).then_some(values)
}

/// Returns the number of empty segments before a segment, whose slashes the segment begins with.
fn empty_before(parts: &[Segment]) -> usize {
    let slashes = |text: &str| text.len() - text.trim_start_matches('/').len();
    match parts.first() {
        Some(Segment::Literal(text)) => slashes(text),
        Some(Segment::ParamSuffix(before, _)) => slashes(before).saturating_sub(1),
        _ => 0,
    }
}

/// Returns the number of segments of a path, including the empty ones.
pub(crate) fn length(path: &[Segment]) -> usize {
    by_segment(path).map(|parts| 1 + empty_before(parts)).sum()
}

/// Whether a text is made of the parts; of several ways to see it so, the one that ends each value first counts.
fn read(parts: &[Segment], text: &str, values: &mut Values) -> bool {
    let (before, name, rest) = match parts {
        [] => return text.is_empty(),
        [Segment::Literal(own) | Segment::LiteralSuffix(own), rest @ ..] => {
            return text.strip_prefix(own.trim_start_matches('/')).is_some_and(|text| read(rest, text, values));
        }
        [Segment::Param(name), rest @ ..] => ("", name, rest),
        [Segment::ParamSuffix(before, name), rest @ ..] => (before.trim_start_matches('/'), name, rest),
    };
    let Some(text) = text.strip_prefix(before) else { return false };
    let ends = text.char_indices().map(|(index, _)| index).skip(1).chain([text.len()]);
    let known = values.len();
    ends.filter(|end| *end > 0).any(|end| {
        values.truncate(known);
        values.push((name.clone(), text[..end].to_owned()));
        read(rest, &text[end..], values)
    })
}

pub(crate) fn value<'v>(path: &'v Values, name: &str) -> &'v str {
    path.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

pub(crate) fn joined(segments: &[Segment], values: &Values) -> String {
    let mut path = String::new();
    for one in segments {
        match one {
            Segment::Literal(text) if text.is_empty() => {}
            Segment::Literal(text) => path.extend(["/", text]),
            Segment::LiteralSuffix(text) => path.push_str(text),
            Segment::Param(name) => path.extend(["/", &segment(value(values, name))]),
            Segment::ParamSuffix(before, name) => path.extend([before, segment(value(values, name)).as_str()]),
        }
    }
    path
}

/// A text as one segment of a path.
pub(crate) fn segment(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, KEPT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_segments_are_part_of_a_path() {
        let literal = |text: &str| Segment::Literal(text.to_owned());
        let path = [literal("/a"), Segment::ParamSuffix("//".to_owned(), "id".to_owned()), literal("")];
        assert_eq!((length(&path), length(&[literal("")]), length(&[literal("/")])), (5, 1, 2));
        assert_eq!(by_segment(&path).map(empty_before).collect::<Vec<_>>(), [1, 1, 0]);
    }

    #[test]
    fn a_segment_is_taken_apart() {
        let param = |name: &str| Segment::Param(name.to_owned());
        let suffix = |text: &str| Segment::LiteralSuffix(text.to_owned());
        let infix = |between: &str, name: &str| Segment::ParamSuffix(between.to_owned(), name.to_owned());
        let literal = |text: &str| Segment::Literal(text.to_owned());
        for (parts, text, expected) in [
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
            let found = read(&parts, text, &mut values);
            let found = found.then(|| values.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" "));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
