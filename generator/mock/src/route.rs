//! From a path to an operation, and to the place where its record is or would be stored.

use std::borrow::Cow;

use bindery::ir::{Operation, OperationId, ResourceId, Segment, Side};
use percent_encoding::percent_decode_str;

use crate::failure::Failure;
use crate::http::Request;
use crate::model::{Model, is_known};
use crate::store::{Store, segment};

/// The operation that a request asks for, and the values of its path.
#[derive(Debug)]
pub(crate) struct Route {
    pub operation: OperationId,
    pub path: Values,
}

/// The values of a path's parameters, by their names.
pub(crate) type Values = Vec<(String, String)>;

/// Where a record is or would be stored.
pub(crate) struct Spot {
    pub collection: String,
    pub key: String,
}

/// The operation of a path and method: 404 without the path, 405 without the method.
pub(crate) fn route(model: &Model, request: &Request) -> Result<Route, Failure> {
    let sent = segments(&request.path).ok_or_else(|| Failure::unknown(&request.path))?;
    let mut allowed: Vec<&str> = Vec::new();
    // Of two paths that fit, the one with a literal where the other has a parameter is meant; it comes first.
    let mut meant: Option<&Operation> = None;
    for id in model.of_length(sent.len()) {
        let operation = &model.api.operations[*id];
        if meant.is_some_and(|meant| shape(meant) != shape(operation)) || !is_at(operation, &sent) {
            continue;
        }
        if operation.method.as_str() == request.method {
            return Ok(Route { operation: *id, path: values(operation, sent) });
        }
        meant = meant.or(Some(operation));
        allowed.push(operation.method.as_str());
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

/// Where an operation's path has parameters. Sorted by it, literals come first.
pub(crate) fn shape(operation: &Operation) -> impl Ord {
    operation.path.iter().map(|segment| matches!(segment, Segment::Param(_))).collect::<Vec<_>>()
}

/// Whether an operation's path has room for the decoded segments.
pub(crate) fn is_at(operation: &Operation, sent: &[Cow<'_, str>]) -> bool {
    operation.path.len() == sent.len()
        && operation.path.iter().zip(sent).all(|(segment, sent)| match segment {
            Segment::Literal(text) => text == sent,
            Segment::Param(_) => !sent.is_empty(),
        })
}

/// What segments mean to an operation whose path has room for them.
pub(crate) fn values(operation: &Operation, sent: Vec<Cow<'_, str>>) -> Values {
    let pairs = operation.path.iter().zip(sent).filter_map(|(segment, sent)| match segment {
        Segment::Param(name) => Some((name.clone(), sent.into_owned())),
        Segment::Literal(_) => None,
    });
    pairs.collect()
}

/// Where the record that an operation acts on is stored.
pub(crate) fn spot(operation: &Operation, path: &Values) -> Spot {
    match (operation.side(), operation.path.split_last()) {
        (Side::Instance, Some((Segment::Param(name), above))) => {
            Spot { collection: joined(above, path), key: value(path, name).to_owned() }
        }
        _ => Spot { collection: joined(&operation.path, path), key: String::new() },
    }
}

/// Whether all records that the path leads through are there.
pub(crate) fn has_parents(model: &Model, store: &Store, operation: &Operation, path: &Values) -> bool {
    let params = operation.path.iter().enumerate().filter_map(|(index, segment)| match segment {
        Segment::Param(name) => Some((index, name)),
        Segment::Literal(_) => None,
    });
    let own = usize::from(operation.side() == Side::Instance);
    params.rev().skip(own).zip(parents(model, operation.resource)).all(|((index, name), parent)| {
        let collection = joined(&operation.path[..index], path);
        !is_known(&model.api, parent) || store.get(&collection, value(path, name)).is_some()
    })
}

/// The resources of the records that a resource is below, the nearest first.
fn parents(model: &Model, resource: ResourceId) -> impl Iterator<Item = ResourceId> + '_ {
    let above = |id: &(ResourceId, Side)| model.api.resources[id.0].parent;
    std::iter::successors(model.api.resources[resource].parent, above)
        .filter(|(_, side)| *side == Side::Instance)
        .map(|(id, _)| id)
}

fn value<'v>(path: &'v Values, name: &str) -> &'v str {
    path.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

fn joined(segments: &[Segment], values: &Values) -> String {
    let mut path = String::new();
    for one in segments {
        match one {
            Segment::Literal(text) if text.is_empty() => {}
            Segment::Literal(text) => path.extend(["/", text]),
            Segment::Param(name) => path.extend(["/", &segment(value(values, name))]),
        }
    }
    path
}
