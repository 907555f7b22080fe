//! Finds the resources that need each item of the generated crate, and whether webhooks need it. An item is a type or a file. It
//! is compiled if the cargo feature of one of them is enabled.

use std::collections::BTreeSet;

use crate::ir::ResourceId;

/// A part of the generated crate that has a cargo feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependent {
    /// A resource.
    Resource(ResourceId),
    /// The webhooks.
    Webhooks,
}

/// The resources that need an item, and whether webhooks need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependents {
    /// A few resources, or the webhooks.
    Few(BTreeSet<Dependent>),
    /// So many resources that the item is always compiled.
    Many,
}

impl Dependents {
    /// The maximum number of resources that are listed.
    const MAX_LISTED_RESOURCES: usize = 3;

    /// Adds the dependents of an item that needs this item. Returns `true` if this adds a dependent.
    pub fn extend(&mut self, others: &Self) -> bool {
        let Self::Few(resources) = self else { return false };
        let count_before = resources.len();
        match others {
            Self::Few(others) => resources.extend(others),
            Self::Many => {
                *self = Self::Many;
                return true;
            }
        }
        let count_after = resources.len();
        if count_after > Self::MAX_LISTED_RESOURCES {
            *self = Self::Many;
        }
        count_after > count_before
    }

    /// Returns whether no resource needs the item.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Few(resources) if resources.is_empty())
    }
}

impl Default for Dependents {
    fn default() -> Self {
        Self::Few(BTreeSet::new())
    }
}

impl From<ResourceId> for Dependents {
    fn from(resource: ResourceId) -> Self {
        // The root resource has no cargo feature, so the items that it needs are always compiled.
        if resource == ResourceId::FIRST { Self::Many } else { Self::Few([Dependent::Resource(resource)].into()) }
    }
}

/// Adds the dependents of each item to all items that it needs, directly or indirectly.
///
/// The time is linear in the length of `needs`, because the set of dependents of an item grows at most
/// `MAX_LISTED_RESOURCES` + 1 times.
pub fn propagate_dependents(dependents: &mut [Dependents], needs: &[Vec<usize>]) {
    let mut changed: Vec<usize> = (0..dependents.len()).collect();
    while let Some(index) = changed.pop() {
        let item_dependents = dependents[index].clone();
        for needed in &needs[index] {
            if dependents[*needed].extend(&item_dependents) {
                changed.push(*needed);
            }
        }
    }
}
