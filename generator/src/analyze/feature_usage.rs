//! Finds the resources that need a type or file, for their cargo features.

use std::collections::BTreeSet;

use crate::ir::ResourceId;

/// The resources that need an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Users {
    /// At most a few resources.
    Few(BTreeSet<ResourceId>),
    /// So many resources that the item is always compiled.
    Many,
}

impl Users {
    /// The maximum number of resources that are listed.
    const FEW: usize = 3;

    /// Adds the resources of another item that needs this one, and returns whether any is new.
    pub fn extend(&mut self, others: &Self) -> bool {
        let Self::Few(known) = self else { return false };
        let before = known.len();
        match others {
            Self::Few(others) => known.extend(others),
            Self::Many => {
                *self = Self::Many;
                return true;
            }
        }
        let after = known.len();
        if after > Self::FEW {
            *self = Self::Many;
        }
        after > before
    }

    /// Returns whether no resource needs the item.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Few(users) if users.is_empty())
    }
}

impl Default for Users {
    fn default() -> Self {
        Self::Few(BTreeSet::new())
    }
}

impl From<ResourceId> for Users {
    /// What the root needs is always there.
    fn from(user: ResourceId) -> Self {
        if user == ResourceId::FIRST { Self::Many } else { Self::Few([user].into()) }
    }
}

/// Adds the resources of each item to all items that it needs, directly or indirectly. Each item gets new ones only a few times,
/// so the time is linear in the number of dependencies.
pub fn spread(users: &mut [Users], needs: &[Vec<usize>]) {
    let mut open: Vec<usize> = (0..users.len()).collect();
    while let Some(index) = open.pop() {
        let own = users[index].clone();
        for needed in &needs[index] {
            if users[*needed].extend(&own) {
                open.push(*needed);
            }
        }
    }
}
