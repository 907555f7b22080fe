//! Where the values of a node occur: in requests, in responses, or in both.

use super::sides::{self, Side};
use super::{Snapshot, Verdict, Verdicts, media};
use crate::compare::{Difference, Pair, Step, Subject};
use crate::ir::{Field, TypeId};

/// Where the values of a node occur.
#[derive(Clone, Copy)]
pub(super) struct Position {
    in_requests: bool,
    in_responses: bool,
}

/// Returns the property that a difference concerns.
pub(super) fn fields<'a>(
    snapshots: Pair<&'a Snapshot>,
    types: Pair<TypeId>,
    difference: &Difference,
) -> Pair<Option<&'a Field>> {
    match difference.path.get(1) {
        Some(Step::Property(wire)) => {
            Pair { ours: snapshots.ours.field(types.ours, wire), theirs: snapshots.theirs.field(types.theirs, wire) }
        }
        _ => Pair::default(),
    }
}

/// Returns where one of the versions has a property.
pub(super) fn property_position(fields: Pair<Option<&Field>>) -> Position {
    Position { in_requests: sides::has(Side::Requests, fields), in_responses: sides::has(Side::Responses, fields) }
}

/// Returns whether requests and responses contain the values of a node. A type must be in them in both versions. For a response of an
/// operation, a successful status in one version is enough.
pub(super) fn position(snapshots: Pair<&Snapshot>, difference: &Difference) -> Position {
    let none = Position { in_requests: false, in_responses: false };
    let (request, response) = (Position { in_requests: true, ..none }, Position { in_responses: true, ..none });
    match (difference.subject, difference.path.get(1)) {
        (Subject::Type(types), _) => {
            let position = |snapshot: &Snapshot, id| Position {
                in_requests: snapshot.is_sent(id),
                in_responses: snapshot.is_received(id),
            };
            let (ours, theirs) = (position(snapshots.ours, types.ours), position(snapshots.theirs, types.theirs));
            let property = property_position(fields(snapshots, types, difference));
            Position {
                in_requests: ours.in_requests && theirs.in_requests && property.in_requests,
                in_responses: ours.in_responses && theirs.in_responses && property.in_responses,
            }
        }
        _ if matches!(difference.path.get(2), Some(Step::Header(_))) => none,
        (Subject::Operation(_), Some(Step::Param(..))) | (Subject::Webhook(_), Some(Step::Response(_))) => request,
        (Subject::Operation(ids), Some(Step::Response(status))) => {
            Position { in_responses: media::is_decoded(snapshots, ids, *status, &difference.path), ..none }
        }
        (Subject::Webhook(_), Some(Step::Payload)) => response,
        _ => none,
    }
}

/// Removes the verdicts that do not apply to the positions of a value.
pub(super) fn in_position(verdicts: Verdicts, position: Position) -> Verdicts {
    let only = |verdict: Verdict, applies: bool| if applies { verdict } else { Verdict::Compatible };
    Verdicts {
        source: verdicts.source,
        old_clients: only(verdicts.old_clients, position.in_responses),
        new_clients: only(verdicts.new_clients, position.in_responses),
        request: only(verdicts.request, position.in_requests),
    }
}
