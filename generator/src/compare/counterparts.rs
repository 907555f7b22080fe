//! Finds the nodes of two documents that correspond to each other.

use std::collections::{HashMap, VecDeque};

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

/// A function that returns the keys of a node. Two nodes with a common key can be counterparts.
pub(super) type Keys<T> = fn(&T) -> Vec<String>;

/// Finds the counterparts of the nodes of two documents. `kinds` are used one after the other. Each kind of keys finds
/// counterparts for the nodes for which the earlier kinds found none.
///
/// Each node is looked up by its keys. It is never compared with all nodes of the other document, because documents can have
/// tens of thousands of nodes.
pub(super) fn counterparts<'x, T>(ours: &'x [T], theirs: &'x [T], kinds: &[Keys<T>]) -> Vec<Counterpart<'x, T>> {
    let mut unmatched: Vec<Option<&T>> = theirs.iter().map(Some).collect();
    let mut counterparts: Vec<_> = ours.iter().map(Counterpart::Ours).collect();
    for keys_of in kinds {
        let mut by_key: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (index, theirs) in unmatched.iter().enumerate().filter_map(|(index, node)| Some((index, (*node)?))) {
            keys_of(theirs).into_iter().for_each(|key| by_key.entry(key).or_default().push_back(index));
        }
        for counterpart in &mut counterparts {
            let Counterpart::Ours(ours) = *counterpart else { continue };
            let mut first: Option<usize> = None;
            for key in keys_of(ours) {
                let Some(indexes) = by_key.get_mut(&key) else { continue };
                // A node that already has a counterpart leaves the queues of its other keys here.
                while indexes.front().is_some_and(|index| unmatched[*index].is_none()) {
                    indexes.pop_front();
                }
                first = first.into_iter().chain(indexes.front().copied()).min();
            }
            if let Some(theirs) = first.and_then(|index| unmatched[index].take()) {
                *counterpart = Counterpart::Both(Pair { ours, theirs });
            }
        }
    }
    counterparts.extend(unmatched.into_iter().flatten().map(Counterpart::Theirs));
    counterparts
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    fn keys(index: &usize) -> Vec<String> {
        STEPS.set(STEPS.get() + 1);
        vec![index.to_string()]
    }

    #[test]
    fn the_steps_grow_with_the_nodes_and_not_with_their_pairs() {
        const COUNT: usize = 5_000;
        let ours: Vec<usize> = (0..COUNT).collect();
        let theirs: Vec<usize> = (COUNT..2 * COUNT).rev().collect();
        let found = counterparts(&ours, &theirs, &[keys, keys]);
        assert_eq!(found.len(), 2 * COUNT);
        assert_eq!(STEPS.get(), 4 * COUNT);
        let found = counterparts(&ours, &ours, &[keys, keys]);
        assert!(found.iter().all(|found| matches!(found, Counterpart::Both(pair) if pair.ours == pair.theirs)));
    }

    #[test]
    fn a_kind_without_keys_is_skipped() {
        let none: Keys<&str> = |_| Vec::new();
        let name: Keys<&str> = |name| vec![(*name).to_owned()];
        assert!(matches!(counterparts(&["a"], &["a"], &[none, name]).as_slice(), [Counterpart::Both(_)]));
    }

    #[test]
    fn the_first_node_with_a_common_key_is_the_counterpart() {
        let tags: Keys<Vec<&str>> = |node| node.iter().map(|tag| (*tag).to_owned()).collect();
        let (ours, theirs) = ([vec!["b", "a"], vec!["b"]], [vec!["c"], vec!["a", "b"], vec!["b"]]);
        let found: Vec<_> =
            counterparts(&ours, &theirs, &[tags]).iter().map(|found| found.nodes().1.cloned()).collect();
        assert_eq!(found, [Some(vec!["a", "b"]), Some(vec!["b"]), Some(vec!["c"])]);
    }
}
