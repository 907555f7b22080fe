//! Finds the operation and the storage location for the path of a request.

use std::borrow::Cow;

use bindery::ir::{Method, Operation, OperationId, ResourceId, Segment, Side};
use percent_encoding::percent_decode_str;

use crate::error_response::Failure;
use crate::handler::takes;
use crate::http::Request;
use crate::model::{Model, is_known};
use crate::rules::{at, text_of};
use crate::store::{Store, segment};

/// The operation that a request asks for, and the values of its path.
#[derive(Debug)]
pub(crate) struct Route {
    pub operation: OperationId,
    pub path: Values,
    /// The path of a server of the document, if the request has it before its own.
    pub base_path: String,
}

/// The values of a path's parameters, by their names.
pub(crate) type Values = Vec<(String, String)>;

/// Where a record is or would be stored.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub collection: String,
    pub key: String,
    /// The path of the collection for clients.
    pub address: String,
}

/// The operation of a path and method: 404 without the path, 405 without the method. A path may begin with that of a server of
/// the document.
pub(crate) fn route(model: &Model, request: &Request) -> Result<Route, Failure> {
    let found = route_of(model, request, &request.path);
    if !found.as_ref().is_err_and(|failed| failed.status == 404) {
        return found;
    }
    let behind = model.base_paths.iter().filter_map(|base| {
        let rest = request.path.strip_prefix(base.as_str()).filter(|rest| rest.starts_with('/') || rest.is_empty())?;
        Some((base, rest))
    });
    for (base, rest) in behind {
        match route_of(model, request, rest) {
            Ok(route) => return Ok(Route { base_path: base.clone(), ..route }),
            Err(failed) if failed.status != 404 => return Err(failed),
            Err(_) => {}
        }
    }
    found
}

fn route_of(model: &Model, request: &Request, path: &str) -> Result<Route, Failure> {
    let sent = segments(path).ok_or_else(|| Failure::unknown(&request.path))?;
    let mut allowed: Vec<&str> = Vec::new();
    // Of two paths that fit, the one with a literal where the other has a parameter is meant; it comes first.
    let mut meant: Option<&Operation> = None;
    // Of two that differ in their bodies alone, the one that takes what is sent is meant. What can be fetched has a head.
    let mut otherwise = None;
    let is_head = request.method == "HEAD";
    for id in model.of_length(sent.len()) {
        let operation = &model.api.operations[*id];
        if meant.is_some_and(|meant| shape(meant) != shape(operation)) {
            continue;
        }
        let Some(path) = values(operation, &sent) else { continue };
        let is_asked = operation.method.as_str() == request.method;
        if is_asked && takes(operation, request) {
            return Ok(Route { operation: *id, path, base_path: String::new() });
        }
        if is_asked || is_head && operation.method == Method::Get {
            otherwise = otherwise.or(Some(Route { operation: *id, path, base_path: String::new() }));
        }
        meant = meant.or(Some(operation));
        allowed.push(operation.method.as_str());
    }
    if let Some(route) = otherwise {
        return Ok(route);
    }
    if meant.is_none() {
        return Err(Failure::unknown(&request.path));
    }
    let failure = Failure::new(405, format!("{} is not possible at {}", request.method, request.path));
    Err(failure.header("Allow", allowed.join(", ")))
}

/// The decoded segments of a path; `None` if they are no text.
pub(crate) fn segments(path: &str) -> Option<Vec<Cow<'_, str>>> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/').map(|one| percent_decode_str(one).decode_utf8().ok()).collect()
}

/// The parts of a path by the segments that they make.
pub(crate) fn by_segment(path: &[Segment]) -> impl Iterator<Item = &[Segment]> {
    let goes_on = |part: &Segment| match part {
        Segment::Literal(_) | Segment::Param(_) => false,
        Segment::Suffix(_) => true,
        Segment::Infix(before, _) => !before.starts_with('/'),
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
pub(crate) fn is_collection(model: &Model, path: &str) -> bool {
    let Some(sent) = segments(path) else { return false };
    model.api.operations.iter().any(|(_, operation)| values_of(above(operation), &sent).is_some())
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
        Some(Segment::Infix(before, _)) => slashes(before).saturating_sub(1),
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
        [Segment::Literal(own) | Segment::Suffix(own), rest @ ..] => {
            return text.strip_prefix(own.trim_start_matches('/')).is_some_and(|text| read(rest, text, values));
        }
        [Segment::Param(name), rest @ ..] => ("", name, rest),
        [Segment::Infix(before, name), rest @ ..] => (before.trim_start_matches('/'), name, rest),
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

/// Where the record that an operation acts on is stored, or `None` if a record that the path leads through is not there. The
/// values of the path become the keys of the records that they identify.
pub(crate) fn resolve(model: &Model, store: &mut Store, operation: &Operation, path: &mut Values) -> Option<Spot> {
    let own = (operation.side() == Side::Instance).then_some(operation.resource);
    let params = operation.path.iter().enumerate().filter_map(|(index, segment)| Some((index, segment.param()?)));
    let mut records: Vec<_> = params.rev().zip(own.into_iter().chain(parents(model, operation.resource))).collect();
    records.reverse();
    // The values as far as they are those of properties that copies are stored under.
    let found = &model.facts(operation.resource).found;
    let mut stored = path.clone();
    for ((index, name), resource) in records {
        let segments = &operation.path[..index];
        let is_own = own == Some(resource);
        let collection = joined(segments, if is_own { &stored } else { path });
        if store.get(&collection, value(path, name)).is_none() {
            let sent = value(path, name).to_owned();
            let keys = model.facts(resource).lookup.iter();
            let key = keys
                .filter_map(|property| Some((*store.find(&collection, property, &sent).first()?).to_owned()))
                .next();
            match key {
                Some(key) => replace(path, name, key),
                None if !is_own && is_known(&model.api, resource) => return None,
                None => {}
            }
        }
        let key = value(path, name);
        let property = found.iter().find(|(parameter, _)| parameter == name).map(|(_, property)| property);
        let text = property.and_then(|property| Some(text_of(at(store.get(&collection, key)?, property)?)));
        let text = text.unwrap_or_else(|| key.to_owned());
        replace(&mut stored, name, text);
    }
    let above = above(operation);
    let key = operation.path.get(above.len()).and_then(Segment::param).map(|name| value(path, name).to_owned());
    // A collection whose path ends with a slash is asked for with it.
    let slash = if matches!(above, [.., Segment::Literal(last)] if last.is_empty()) { "/" } else { "" };
    let address = joined(above, path) + slash;
    Some(Spot { collection: joined(above, &stored), key: key.unwrap_or_default(), address })
}

fn replace(path: &mut Values, name: &str, text: String) {
    if let Some((_, value)) = path.iter_mut().find(|(known, _)| known == name) {
        *value = text;
    }
}

/// The resources of the records that a resource is below, the nearest first.
fn parents(model: &Model, resource: ResourceId) -> impl Iterator<Item = ResourceId> + '_ {
    let above = |id: &(ResourceId, Side)| model.api.resources[id.0].parent;
    std::iter::successors(model.api.resources[resource].parent, above)
        .filter(|(_, side)| *side == Side::Instance)
        .map(|(id, _)| id)
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
            Segment::Suffix(text) => path.push_str(text),
            Segment::Param(name) => path.extend(["/", &segment(value(values, name))]),
            Segment::Infix(before, name) => path.extend([before, segment(value(values, name)).as_str()]),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_segments_are_part_of_a_path() {
        let literal = |text: &str| Segment::Literal(text.to_owned());
        let path = [literal("/a"), Segment::Infix("//".to_owned(), "id".to_owned()), literal("")];
        assert_eq!((length(&path), length(&[literal("")]), length(&[literal("/")])), (5, 1, 2));
        assert_eq!(by_segment(&path).map(empty_before).collect::<Vec<_>>(), [1, 1, 0]);
    }

    #[test]
    fn a_segment_is_taken_apart() {
        let param = |name: &str| Segment::Param(name.to_owned());
        let suffix = |text: &str| Segment::Suffix(text.to_owned());
        let infix = |between: &str, name: &str| Segment::Infix(between.to_owned(), name.to_owned());
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
