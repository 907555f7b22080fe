//! The credentials that the server accepts.

use std::collections::HashSet;

use super::Snapshot;
use crate::compare::{self, Credentials, Fact, Pair};
use crate::ir::Operation;

/// Returns whether the server accepts the credentials that an old client sends. Credentials and scopes that it does not need make no
/// difference.
pub(super) fn is_accepted(snapshots: Pair<&Snapshot>, operations: Pair<&Operation>, sent: &Credentials) -> bool {
    let kinds: HashSet<&String> = sent.kinds.iter().collect();
    let scopes: HashSet<&String> = sent.scopes.iter().collect();
    let accepted = compare::security_facts(snapshots.map(|snapshot| &snapshot.api), operations).ours;
    accepted.iter().any(|fact| match fact {
        Fact::Security(needed) => {
            needed.kinds.iter().all(|kind| kinds.contains(kind))
                && needed.scopes.iter().all(|scope| scopes.contains(scope))
        }
        _ => false,
    })
}
