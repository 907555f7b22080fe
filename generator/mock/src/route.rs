//! Finds the operation and the storage location for the path of a request.

use bindery::ir::{Level, Method, Operation, OperationId, ResourceId, Segment};

use crate::content::accepts_media_type;
use crate::error::Failure;
use crate::http::Request;
use crate::json_path::{property_at, value_to_string};
use crate::model::{Model, has_known_records};
use crate::path::{Values, collection_path, joined, segments, specificity, value, values};
use crate::store::Store;

/// The operation of a request, and the values of its path parameters.
#[derive(Debug)]
pub(crate) struct Route {
    pub operation: OperationId,
    /// The values of the path parameters.
    pub path: Values,
    /// The path of a server of the document, if the path of the request begins with it. Otherwise, the string is empty.
    pub base_path: String,
}

/// The location of a stored record or collection.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    /// The path under which the collection is stored.
    pub collection: String,
    /// The key of the record. It is empty for a collection.
    pub key: String,
    /// The path of the collection in URLs.
    pub address: String,
}

/// Returns the operation of a request. The path may begin with the path of a server of the document.
///
/// # Errors
///
/// Returns a failure with status 404 if no operation has the path. Returns a failure with status 405 if operations have
/// the path, but not with the method.
pub(crate) fn route(model: &Model, request: &Request) -> Result<Route, Failure> {
    let route = route_of(model, request, &request.path);
    if !route.as_ref().is_err_and(|failure| failure.status == 404) {
        return route;
    }
    let bases_and_paths = model.base_paths.iter().filter_map(|base| {
        let path_after_base = request
            .path
            .strip_prefix(base.as_str())
            .filter(|path_after_base| path_after_base.starts_with('/') || path_after_base.is_empty())?;
        Some((base, path_after_base))
    });
    for (base, path_after_base) in bases_and_paths {
        match route_of(model, request, path_after_base) {
            Ok(route) => return Ok(Route { base_path: base.clone(), ..route }),
            Err(failure) if failure.status != 404 => return Err(failure),
            Err(_) => {}
        }
    }
    route
}

fn route_of(model: &Model, request: &Request, path: &str) -> Result<Route, Failure> {
    let segments_of_path = segments(path).ok_or_else(|| Failure::unknown(&request.path))?;
    let mut allowed: Vec<&str> = Vec::new();
    // The first operation whose path matches. Its path is the most specific, because the operations are sorted by
    // specificity.
    let mut matched: Option<&Operation> = None;
    // The route if no operation has both the method and the media type of the request: an operation with only the
    // method, or a GET operation for a HEAD request.
    let mut fallback = None;
    let is_head = request.method == "HEAD";
    for id in model.operations_of_length(segments_of_path.len()) {
        let operation = &model.api.operations[*id];
        if matched.is_some_and(|matched| specificity(matched) != specificity(operation)) {
            continue;
        }
        let Some(path) = values(operation, &segments_of_path) else { continue };
        let has_method = operation.method.as_str() == request.method;
        if has_method && accepts_media_type(operation, request) {
            return Ok(Route { operation: *id, path, base_path: String::new() });
        }
        if has_method || is_head && operation.method == Method::Get {
            fallback = fallback.or(Some(Route { operation: *id, path, base_path: String::new() }));
        }
        matched = matched.or(Some(operation));
        allowed.push(operation.method.as_str());
    }
    if let Some(route) = fallback {
        return Ok(route);
    }
    if matched.is_none() {
        return Err(Failure::unknown(&request.path));
    }
    let failure = Failure::new(405, format!("{} is not possible at {}", request.method, request.path));
    Err(failure.header("Allow", allowed.join(", ")))
}

/// Returns the location of the record or collection of an operation. Returns `None` if a parent record in the path does
/// not exist. If a value in `path` identifies a record by another property than its key, the value is replaced by the
/// key.
pub(crate) fn resolve(model: &Model, store: &mut Store, operation: &Operation, path: &mut Values) -> Option<Location> {
    let instance = (operation.level() == Level::Instance).then_some(operation.resource);
    let params = operation.path.iter().enumerate().filter_map(|(index, segment)| Some((index, segment.param()?)));
    let mut record_params: Vec<_> =
        params.rev().zip(instance.into_iter().chain(parents(model, operation.resource))).collect();
    record_params.reverse();
    let params_from_properties = &model.rules(operation.resource).params_from_properties;
    // The values in the path under which the collection is stored. If the collection contains copies, a value can be a
    // property of the parent record instead of its key.
    let mut stored = path.clone();
    for ((index, name), resource) in record_params {
        let segments = &operation.path[..index];
        let is_instance = instance == Some(resource);
        let collection = joined(segments, if is_instance { &stored } else { path });
        if store.get(&collection, value(path, name)).is_none() {
            let text = value(path, name).to_owned();
            let lookup_properties = model.rules(resource).lookup_properties.iter();
            let key = lookup_properties
                .filter_map(|property| Some((*store.find(&collection, property, &text).first()?).to_owned()))
                .next();
            match key {
                Some(key) => replace(path, name, key),
                None if !is_instance && has_known_records(&model.api, resource) => return None,
                None => {}
            }
        }
        let key = value(path, name);
        let property =
            params_from_properties.iter().find(|(parameter, _)| parameter == name).map(|(_, property)| property);
        let text =
            property.and_then(|property| Some(value_to_string(property_at(store.get(&collection, key)?, property)?)));
        let text = text.unwrap_or_else(|| key.to_owned());
        replace(&mut stored, name, text);
    }
    let collection_path = collection_path(operation);
    let key =
        operation.path.get(collection_path.len()).and_then(Segment::param).map(|name| value(path, name).to_owned());
    // A trailing slash in the path of a collection is also part of its URL.
    let slash = if matches!(collection_path, [.., Segment::Literal(last)] if last.is_empty()) { "/" } else { "" };
    let address = joined(collection_path, path) + slash;
    Some(Location { collection: joined(collection_path, &stored), key: key.unwrap_or_default(), address })
}

fn replace(path: &mut Values, name: &str, text: String) {
    if let Some((_, value)) = path.iter_mut().find(|(parameter, _)| parameter == name) {
        *value = text;
    }
}

/// Returns the resources of the parent records of a resource, from the nearest to the farthest.
fn parents(model: &Model, resource: ResourceId) -> impl Iterator<Item = ResourceId> + '_ {
    let parent = |id: &(ResourceId, Level)| model.api.resources[id.0].parent;
    std::iter::successors(model.api.resources[resource].parent, parent)
        .filter(|(_, level)| *level == Level::Instance)
        .map(|(id, _)| id)
}
