//! Finds the operation and the storage location for the path of a request.

use bindery::ir::{Method, Operation, OperationId, ResourceId, Segment, Side};

use crate::content::takes;
use crate::error::Failure;
use crate::http::Request;
use crate::json_path::{at, text_of};
use crate::model::{Model, is_known};
use crate::path::{Values, above, joined, segments, shape, value, values};
use crate::store::Store;

/// The operation that a request asks for, and the values of its path.
#[derive(Debug)]
pub(crate) struct Route {
    pub operation: OperationId,
    pub path: Values,
    /// The path of a server of the document, if the request has it before its own.
    pub base_path: String,
}

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
