//! The credentials that the server accepts.

use std::collections::{HashMap, HashSet};

use super::Snapshot;
use crate::compare::{Change, Credentials, Difference, Fact, Pair, SchemeKinds, Subject, security_facts};
use crate::ir::OperationId;

/// The maximum number of alternatives that are examined for the credentials of an old client. If none of them is accepted, the change
/// is treated as breaking.
const MAX_ALTERNATIVES: usize = 1_000;

/// The credentials that the server accepts, by operation. Only operations that no longer accept some credentials are here.
pub(super) struct AcceptedCredentials(HashMap<Pair<Option<OperationId>>, Alternatives>);

impl AcceptedCredentials {
    /// Finds the accepted credentials of the operations that differences are about.
    pub fn of(snapshots: Pair<&Snapshot>, differences: &[Difference]) -> Self {
        let kinds = snapshots.map(|snapshot| SchemeKinds::of(&snapshot.api));
        let mut found = HashMap::new();
        for difference in differences {
            if let Subject::Operation(ids @ Pair { ours: Some(ours), theirs: Some(theirs) }) = difference.subject
                && let Change::Missing(Fact::Security(_)) = difference.change
            {
                found.entry(ids).or_insert_with(|| {
                    let operations = Pair {
                        ours: &snapshots.ours.api.operations[ours],
                        theirs: &snapshots.theirs.api.operations[theirs],
                    };
                    Alternatives::of(&security_facts(&kinds, operations).ours)
                });
            }
        }
        Self(found)
    }

    /// Returns whether the server accepts the credentials that an old client sends. Credentials and scopes that it does not need make
    /// no difference.
    pub fn include(&self, operations: Pair<Option<OperationId>>, sent: &Credentials) -> bool {
        self.0.get(&operations).is_some_and(|alternatives| alternatives.accept(sent))
    }
}

/// A part of credentials.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Part {
    Kind(String),
    Scope(String),
}

/// Returns the kinds of security schemes and the scopes of credentials.
fn parts(credentials: &Credentials) -> Vec<Part> {
    let kinds = credentials.kinds.iter().cloned().map(Part::Kind);
    kinds.chain(credentials.scopes.iter().cloned().map(Part::Scope)).collect()
}

/// The alternatives of an operation. Each is found by the part that the fewest alternatives need.
struct Alternatives(HashMap<Part, Vec<Vec<Part>>>);

impl Alternatives {
    fn of(facts: &[Fact]) -> Self {
        let needed = facts.iter().filter_map(|fact| match fact {
            Fact::Security(needed) => Some(parts(needed)),
            _ => None,
        });
        let needed: Vec<Vec<Part>> = needed.collect();
        let mut counts: HashMap<&Part, usize> = HashMap::new();
        for part in needed.iter().flatten() {
            *counts.entry(part).or_default() += 1;
        }
        let mut by_part: HashMap<Part, Vec<Vec<Part>>> = HashMap::new();
        for needed in &needed {
            if let Some(rarest) = needed.iter().min_by_key(|part| counts.get(part)) {
                by_part.entry(rarest.clone()).or_default().push(needed.clone());
            }
        }
        Self(by_part)
    }

    fn accept(&self, sent: &Credentials) -> bool {
        let sent = parts(sent);
        let mut candidates = sent.iter().filter_map(|part| self.0.get(part)).flatten().take(MAX_ALTERNATIVES);
        let sent_parts: HashSet<&Part> = sent.iter().collect();
        candidates.any(|needed| needed.iter().all(|part| sent_parts.contains(part)))
    }
}
