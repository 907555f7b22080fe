//! Finds the nodes of two documents that correspond to each other.

use crate::compare::Pair;

/// Two nodes that correspond to each other, one of each document, or a node that only one document has.
pub(super) enum Counterpart<'x, T> {
    Both(Pair<&'x T>),
    Ours(&'x T),
    Theirs(&'x T),
}

impl<'x, T> Counterpart<'x, T> {
    /// Returns the node of each document.
    pub fn nodes(&self) -> (Option<&'x T>, Option<&'x T>) {
        match self {
            Self::Both(Pair { ours, theirs }) => (Some(ours), Some(theirs)),
            Self::Ours(node) => (Some(node), None),
            Self::Theirs(node) => (None, Some(node)),
        }
    }

    /// Returns the node of the first document, or else the node of the second document.
    pub fn first(&self) -> &'x T {
        match self {
            Self::Both(Pair { ours: node, .. }) | Self::Ours(node) | Self::Theirs(node) => node,
        }
    }
}

/// Finds the counterparts of the nodes of two documents. The tests run one after the other. Each test finds
/// counterparts for the nodes for which the earlier tests found none.
pub(super) fn counterparts<'x, T>(
    ours: &'x [T],
    theirs: &'x [T],
    tests: &[fn(&T, &T) -> bool],
) -> Vec<Counterpart<'x, T>> {
    let mut unmatched: Vec<Option<&T>> = theirs.iter().map(Some).collect();
    let mut counterparts: Vec<_> = ours.iter().map(Counterpart::Ours).collect();
    for is_counterpart in tests {
        for counterpart in &mut counterparts {
            let Counterpart::Ours(ours) = *counterpart else { continue };
            let mut matching =
                unmatched.iter_mut().filter(|node| node.is_some_and(|theirs| is_counterpart(ours, theirs)));
            if let Some(theirs) = matching.next().and_then(Option::take) {
                *counterpart = Counterpart::Both(Pair { ours, theirs });
            }
        }
    }
    counterparts.extend(unmatched.into_iter().flatten().map(Counterpart::Theirs));
    counterparts
}
