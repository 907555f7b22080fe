//! The media types and statuses of responses: whether clients can still decode what the server sends.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::{Snapshot, Verdicts};
use crate::compare::{Change, Difference, Fact, Pair, Step, Subject};
use crate::ir::{Content, Operation, OperationId, Response, ResponseBody, Status};
use crate::normalize::media_type_essence;

/// A response of an operation that both versions have, by the IDs of the operation and the status.
type Key = (OperationId, OperationId, Status);

/// The media types of the responses whose media types changed.
pub(super) struct MediaTypes(HashMap<Key, ResponseMediaTypes>);

/// The media types of a response in both versions.
struct ResponseMediaTypes {
    offered: Pair<Offered>,
    /// Whether each response offers a default media type of the other response.
    has_defaults_of_other: Pair<bool>,
}

impl MediaTypes {
    /// Finds the media types of the responses that differences are about.
    pub fn of(snapshots: Pair<&Snapshot>, differences: &[Difference]) -> Self {
        let mut found = HashMap::new();
        for difference in differences {
            let Some(key) = key(difference) else { continue };
            if let Entry::Vacant(entry) = found.entry(key) {
                let (ours, theirs, status) = key;
                let response = |snapshot: &Snapshot, id| {
                    let mut responses = snapshot.api.operations[id].responses.iter();
                    responses.find(|response| response.status == status).map(Offered::of)
                };
                let (Some(ours), Some(theirs)) = (response(snapshots.ours, ours), response(snapshots.theirs, theirs))
                else {
                    continue;
                };
                let has_one_of = |offered: &Offered, names: &HashSet<String>| {
                    names.iter().any(|name| offered.includes(&media_type_essence(name)))
                };
                let has_defaults_of_other =
                    Pair { ours: has_one_of(&ours, &theirs.defaults), theirs: has_one_of(&theirs, &ours.defaults) };
                entry.insert(ResponseMediaTypes { offered: Pair { ours, theirs }, has_defaults_of_other });
            }
        }
        Self(found)
    }

    /// Returns the verdicts about a change of the media types of a response, for old clients, and for new clients with the old server. A
    /// client asks for the default media types, or for another one that the program selects. A server that has none of them refuses the
    /// request, or sends a body that the client does not expect.
    pub fn verdicts(&self, difference: &Difference) -> Verdicts {
        let Some(ResponseMediaTypes { offered, has_defaults_of_other }) =
            key(difference).and_then(|key| self.0.get(&key))
        else {
            return Verdicts::default();
        };
        let (added, removed) = match &difference.change {
            Change::Changed(Pair { ours: Fact::MediaType(new), theirs: Fact::MediaType(old) }) => {
                (Some(new), Some(old))
            }
            Change::Added(Fact::MediaType(name)) => (Some(name), None),
            Change::Missing(Fact::MediaType(name)) => (None, Some(name)),
            _ => (None, None),
        };
        let breaks_old_clients = removed.is_some_and(|name| match offered.theirs.defaults.contains(name) {
            true => !has_defaults_of_other.ours,
            false => !offered.ours.includes(&media_type_essence(name)),
        });
        // A program must select the other media types of the new crate itself.
        let breaks_new_clients =
            added.is_some_and(|name| offered.ours.defaults.contains(name) && !has_defaults_of_other.theirs);
        Verdicts::of_decoding(breaks_old_clients, breaks_new_clients)
    }
}

/// Returns the response that a difference of media types is about.
fn key(difference: &Difference) -> Option<Key> {
    match (difference.subject, difference.path.get(1), difference.change.fact()) {
        (
            Subject::Operation(Pair { ours: Some(ours), theirs: Some(theirs) }),
            Some(Step::Response(status)),
            Fact::MediaType(_),
        ) => Some((ours, theirs, *status)),
        _ => None,
    }
}

/// The maximum number of ranges such as `application/*+json` that are compared with each other media type.
const MAX_RANGES: usize = 100;

/// The media types of a response, without their parameters.
#[derive(Default)]
struct Offered {
    /// The default media types, as in the document.
    defaults: HashSet<String>,
    names: HashSet<String>,
    /// The parts before the slash.
    types: HashSet<String>,
    /// The names that have a `*`. No more than [`MAX_RANGES`].
    ranges: Vec<String>,
}

impl Offered {
    fn of(response: &Response) -> Self {
        let mut offered = Self { defaults: response.media_types.iter().cloned().collect(), ..Self::default() };
        let alternatives = response.alternatives.iter().flat_map(|alternative| &alternative.media_types);
        for name in response.media_types.iter().chain(alternatives).map(|name| media_type_essence(name)) {
            offered.types.extend(name.split_once('/').map(|(ty, _)| ty.to_owned()));
            if name.contains('*') && offered.ranges.len() < MAX_RANGES {
                offered.ranges.push(name.clone());
            }
            offered.names.insert(name);
        }
        offered
    }

    /// Returns whether a response has a media type, or a media type in a range.
    fn includes(&self, name: &str) -> bool {
        let ty = name.split_once('/').map_or(name, |(ty, _)| ty);
        self.names.contains(name)
            || name == "*/*" && !self.names.is_empty()
            || name.contains('*') && self.types.contains(ty)
            || self.ranges.iter().any(|range| overlap(name, range))
    }
}

/// Returns whether two media types or ranges have a media type in common. They have no parameters.
fn overlap(accepted: &str, offered: &str) -> bool {
    let includes = |range: &str, name: &str| {
        range.split_once('*').is_some_and(|(start, end)| name.starts_with(start) && name.ends_with(end))
    };
    accepted == offered
        || includes(accepted, offered)
        || includes(offered, accepted)
        || accepted.starts_with("*/")
        || offered.starts_with("*/")
}

/// Returns whether programs decode the body of a response. `path` leads to the body or to a part of it.
pub(super) fn is_decoded(
    snapshots: Pair<&Snapshot>,
    ids: Pair<Option<OperationId>>,
    status: Status,
    path: &[Step],
) -> bool {
    let operations = Pair {
        ours: ids.ours.map(|id| &snapshots.ours.api.operations[id]),
        theirs: ids.theirs.map(|id| &snapshots.theirs.api.operations[id]),
    };
    let is_success =
        |operation: Option<&Operation>| operation.is_some_and(|operation| operation.is_success_status(status));
    let errors = have_json_errors(snapshots, operations, status, path);
    is_success(operations.ours) || is_success(operations.theirs) || errors.ours && errors.theirs
}

/// Returns whether each crate has a type for the body of an error response. Programs decode it as JSON, whatever its media type is.
pub(super) fn have_json_errors(
    snapshots: Pair<&Snapshot>,
    operations: Pair<Option<&Operation>>,
    status: Status,
    path: &[Step],
) -> Pair<bool> {
    let has_type = |snapshot: &Snapshot, operation: Option<&Operation>| {
        operation.is_some_and(|operation| {
            let response = operation.responses.iter().find(|response| response.status == status);
            snapshot.api.has_typed_errors
                && !operation.is_success_status(status)
                && response.is_some_and(|response| response.content == Content::Json && response.body.is_some())
        })
    };
    // The type is that of the default media type.
    match path.get(2) {
        Some(Step::MediaType(_)) => Pair::default(),
        _ => Pair {
            ours: has_type(snapshots.ours, operations.ours),
            theirs: has_type(snapshots.theirs, operations.theirs),
        },
    }
}

/// Returns whether all successful responses of both operations have the same body, so that a client decodes any status in the same
/// way.
pub(super) fn bodies_are_equal(snapshots: Pair<&Snapshot>, operations: Pair<Option<&Operation>>) -> bool {
    let body = |snapshot: &Snapshot, operation: Option<&Operation>| -> Option<String> {
        let operation = operation.filter(|operation| operation.success_responses().next().is_some())?;
        if operation.response_is_optional() {
            return None;
        }
        match operation.response_body() {
            ResponseBody::Empty => Some(String::new()),
            ResponseBody::Json(ty) => Some(format!("JSON {}", snapshot.type_name(ty))),
            ResponseBody::Text => Some("text".to_owned()),
            ResponseBody::Binary => Some("binary".to_owned()),
            ResponseBody::Stream(framing, ty) => Some(format!("{framing:?} {}", snapshot.type_name(ty))),
            ResponseBody::ByStatus(_) => None,
        }
    };
    let (new, old) = (body(snapshots.ours, operations.ours), body(snapshots.theirs, operations.theirs));
    new.is_some() && new == old
}
