//! The media types and statuses of responses: whether clients can still decode what the server sends.

use std::collections::HashSet;

use super::Snapshot;
use crate::compare::{Change, Fact, Pair};
use crate::ir::{Operation, Response, ResponseBody, Status};
use crate::normalize::media_type_essence;

/// Returns whether a change of the media types of a response breaks old clients, and new clients with the old server. A client asks
/// for the default media types, or for another one that the program selects. A server that has none of them refuses the request, or
/// sends a body that the client does not expect.
pub(super) fn breaks<'a>(operations: Pair<Option<&'a Operation>>, status: Status, change: &Change) -> (bool, bool) {
    let response = |operation: &'a Operation| operation.responses.iter().find(|response| response.status == status);
    let (Some(new), Some(old)) = (operations.ours.and_then(response), operations.theirs.and_then(response)) else {
        return (false, false);
    };
    let (added, removed) = match change {
        Change::Changed(pair) => (Some(&pair.ours), Some(&pair.theirs)),
        Change::Added(fact) => (Some(fact), None),
        Change::Missing(fact) => (None, Some(fact)),
    };
    let is_default =
        |response: &Response, fact: &Fact| matches!(fact, Fact::MediaType(name) if response.media_types.contains(name));
    let old_clients = removed.is_some_and(|fact| match is_default(old, fact) {
        true => !offers_any(new, &old.media_types),
        false => matches!(fact, Fact::MediaType(name) if !offers_any(new, std::slice::from_ref(name))),
    });
    // A program must select the other media types of the new crate itself.
    let new_clients = added.is_some_and(|fact| is_default(new, fact) && !offers_any(old, &new.media_types));
    (old_clients, new_clients)
}

/// Returns whether a response is documented in one of the media types.
fn offers_any(response: &Response, accepted: &[String]) -> bool {
    let alternatives = response.alternatives.iter().flat_map(|alternative| &alternative.media_types);
    let mut offered = response.media_types.iter().chain(alternatives).map(|name| media_type_essence(name));
    let accepted: HashSet<String> = accepted.iter().map(|name| media_type_essence(name)).collect();
    let is_range = |name: &str| name.contains('*');
    let ranges: Vec<&String> = accepted.iter().filter(|name| is_range(name)).collect();
    offered.any(|offered| {
        accepted.contains(&offered)
            || ranges.iter().any(|range| overlap(range, &offered))
            || is_range(&offered) && accepted.iter().any(|accepted| overlap(accepted, &offered))
    })
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
