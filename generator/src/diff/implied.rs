//! Differences that a report leaves out, because another difference covers them or because the crate does not change.

use super::settings::{self, EndEffect};
use super::{Snapshot, unions, values};
use crate::compare::{Change, Difference, Fact, Pair, Subject};

/// Returns whether a report needs no change for a difference.
pub(super) fn is_implied(snapshots: Pair<&Snapshot>, difference: &Difference) -> bool {
    if unions::is_reported_with_union(snapshots, difference) {
        return true;
    }
    let Subject::Operation(Pair { ours: Some(ours), theirs: Some(theirs) }) = difference.subject else { return false };
    let operations =
        Pair { ours: &snapshots.ours.api.operations[ours], theirs: &snapshots.theirs.api.operations[theirs] };
    match &difference.change {
        // The operation can now be called without credentials, or no longer.
        Change::Added(Fact::Security(_) | Fact::Scope(_)) => operations.theirs.security.is_empty(),
        Change::Missing(Fact::Security(_) | Fact::Scope(_)) => operations.ours.security.is_empty(),
        // The parameter for the body is added or removed.
        Change::Added(Fact::Body("whole")) | Change::Missing(Fact::Body("whole")) => difference.path.len() == 1,
        Change::Changed(Pair { ours: Fact::Encoding(_), .. }) => values::is_same_part(snapshots, difference),
        _ => settings::effect_of_end(snapshots, difference) == Some(EndEffect::None),
    }
}
