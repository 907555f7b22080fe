//! Finds the resources that need a type or file, for their cargo features.

use std::collections::BTreeSet;

use crate::ir::ResourceId;

/// The resources that need a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Users {
    /// None, or so few that it is worth saying which.
    Few(BTreeSet<ResourceId>),
    /// So many that it is always there: to leave it out would help few, and be long to say.
    Many,
}

impl Users {
    /// More than these are many.
    const FEW: usize = 3;

    /// Adds the resources that need another thing, which needs this one; says whether any is new.
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

    /// Whether nothing needs it.
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

/// Adds the users of each thing to those of all that it needs, however indirectly. Each can get new ones a few times only,
/// so that this takes as long as there are needs.
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
