//! Properties that only requests or only responses have, because they are read-only or write-only, and required
//! properties.

use super::Snapshot;
use crate::compare::{Change, Difference, Fact, Pair, Step, Subject};
use crate::ir::Field;

/// The side that gains or loses a property that the other side has in both versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Requests. The property was read-only, or is now.
    Requests,
    /// Responses. The property was write-only, or is now.
    Responses,
    /// The type of requests, although the property is read-only. One of the versions has one type for requests and responses.
    RequestType,
    /// The type of responses, although the property is write-only. One of the versions has one type for requests and responses.
    ResponseType,
}

/// Returns the only side that a difference about a property concerns. A schema with such properties has two types: one for requests, and
/// one for responses.
pub(super) fn of(snapshots: Pair<&Snapshot>, difference: &Difference) -> Option<Side> {
    let (Subject::Type(types), [_, Step::Property(wire)]) = (difference.subject, difference.path.as_slice()) else {
        return None;
    };
    let (ours, theirs) = ((snapshots.ours, types.ours), (snapshots.theirs, types.theirs));
    let ((snapshot, id), (snapshot_with_it, with_it)) = match difference.change {
        Change::Added(Fact::Present) => (theirs, ours),
        Change::Missing(Fact::Present) => (ours, theirs),
        _ => return None,
    };
    let others = snapshot.types_of_schema(&snapshot.api.types[id].origin).iter();
    let field = others.filter(|other| **other != id).find_map(|other| snapshot.field(*other, wire))?;
    let in_both = snapshot_with_it.field(with_it, wire)?;
    match (field.read_only, field.write_only) {
        (true, false) if in_both.read_only => Some(Side::RequestType),
        (true, false) => Some(Side::Requests),
        (false, true) if in_both.write_only => Some(Side::ResponseType),
        (false, true) => Some(Side::Responses),
        _ => None,
    }
}

/// Returns whether a side has a property in one of the versions. Without a property, the result is `true`.
pub(super) fn has(side: Side, fields: Pair<Option<&Field>>) -> bool {
    let is_left_out = |field: &Field| if side == Side::Requests { field.read_only } else { field.write_only };
    match fields {
        Pair { ours: None, theirs: None } => true,
        Pair { ours, theirs } => ours.into_iter().chain(theirs).any(|field| !is_left_out(field)),
    }
}

/// Returns whether a difference adds a required parameter or property.
pub(super) fn adds_required(snapshots: Pair<&Snapshot>, difference: &Difference) -> bool {
    let Change::Added(Fact::Present) = difference.change else { return false };
    match (difference.subject, difference.path.as_slice()) {
        (Subject::Operation(Pair { ours: Some(id), .. }), [_, Step::Param(location, wire)]) => {
            let index = snapshots.ours.param_index(id, *location, wire);
            index.is_some_and(|index| snapshots.ours.api.operations[id].params[index].required)
        }
        (Subject::Type(types), [_, Step::Property(wire)]) => {
            snapshots.ours.field(types.ours, wire).is_some_and(|field| field.required)
        }
        _ => false,
    }
}

impl Side {
    /// Returns the title of a difference about a property. `node` describes the property.
    pub fn title(self, node: &str, is_added: bool, is_required: bool) -> String {
        let change = match (self, is_added) {
            (Self::Requests, true) if is_required => "now required in requests, because it is no longer read-only",
            (Self::Requests, true) => "now accepted in requests, because it is no longer read-only",
            (Self::Requests, false) => "no longer accepted in requests, because it is now read-only",
            (Self::Responses, true) => "now in responses, because it is no longer write-only",
            (Self::Responses, false) => "no longer in responses, because it is now write-only",
            (Self::RequestType, true) => "now in the type of requests, because responses have the same type",
            (Self::RequestType, false) => "no longer in the type of requests, because responses have another type",
            (Self::ResponseType, true) => "now in the type of responses, because requests have the same type",
            (Self::ResponseType, false) => "no longer in the type of responses, because requests have another type",
        };
        format!("{node} is {change}")
    }
}
