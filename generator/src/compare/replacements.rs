//! References that lead to another schema than before.
//!
//! If a node refers to the schema `Pet2` instead of `Pet`, and one of the two schemas is in both documents, then `Pet` did not become
//! `Pet2`. The reference is the only difference. What it does to programs follows from the differences between the two schemas.

use std::collections::{HashMap, HashSet};
use std::mem;

use super::facts::{Fact, ResolvedType, resolve};
use super::limits::with_canonical_limits;
use super::{Comparer, Difference, Pair, Subject, type_path};
use crate::ir::{Api, Shape, TypeDef, TypeId, TypeRef};

/// Two types of which one replaced the other at a reference.
#[derive(Debug)]
pub struct Replacement {
    /// The types.
    pub types: Pair<TypeId>,
    /// The differences between the types. A contained type that was replaced as well is a difference of [`Fact::Schema`].
    pub differences: Vec<Difference>,
}

/// The types that replaced others.
#[derive(Default)]
pub(super) struct Replaced<'a> {
    /// The types by their names. `None` if the documents are not versions of one document, because equal names
    /// then mean nothing.
    pub names: Option<Pair<TypesByName<'a>>>,
    /// The pairs, in the order in which they were found.
    pairs: Vec<(TypeId, TypeId)>,
    seen: HashSet<(TypeId, TypeId)>,
}

/// A phase of the comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The documents are compared.
    Documents,
    /// The types that replaced others are compared. The types that they contain are replaced as well, unless they were already compared.
    ReplacedTypes,
}

impl<'a> Replaced<'a> {
    pub fn new(names: Option<Pair<TypesByName<'a>>>) -> Self {
        Self { names, ..Self::default() }
    }
}

/// The types of a document by their names.
pub(super) type TypesByName<'a> = HashMap<&'a [String], TypeId>;

/// Returns the types of a document by their names.
pub(super) fn types_by_name(api: &Api) -> TypesByName<'_> {
    api.types.iter().map(|(id, def)| (def.name.as_slice(), id)).collect()
}

/// Returns whether a document has the given schema of the other document. `target` is the type that is compared with this schema. An alias
/// of `target` does not count.
fn has_schema(api: &Api, names: &TypesByName<'_>, schema: &TypeDef, target: TypeId) -> bool {
    let is_other = |id: &TypeId| resolve(api, &TypeRef::Named(*id), &mut Vec::new()).id() != Some(target);
    match names.get(schema.name.as_slice()) {
        Some(id) => is_other(id),
        None => api.schemas_without_type.contains_key(&schema.origin.to_string()),
    }
}

/// Returns whether the location of a schema is among the named schemas of a document.
fn is_component(schema: &TypeDef) -> bool {
    schema.origin.parent().as_str().rsplit('/').next() == Some("schemas")
}

impl<'a> Comparer<'a> {
    /// Returns the types of two references if the second schema was not renamed or changed to the first, but replaced by it.
    pub(super) fn replaced_types(&self, types: Pair<&ResolvedType<'a>>) -> Option<Pair<TypeId>> {
        let names = self.replaced.names.as_ref()?;
        let types = Pair { ours: types.ours.id()?, theirs: types.theirs.id()? };
        let defs = Pair { ours: &self.apis.ours.types[types.ours], theirs: &self.apis.theirs.types[types.theirs] };
        let is_contained = self.phase == Phase::ReplacedTypes;
        // A schema may have one type for requests and another one for responses.
        let is_same = defs.ours.name == defs.theirs.name || defs.ours.origin == defs.theirs.origin;
        if is_same || is_contained && self.compared.contains(&(types.ours, types.theirs)) {
            return None;
        }
        let is_replaced = is_contained
            || has_schema(self.apis.theirs, &names.theirs, defs.ours, types.theirs)
            || is_component(defs.ours) && has_schema(self.apis.ours, &names.ours, defs.theirs, types.ours);
        is_replaced.then_some(types)
    }

    /// Replaces the facts about two types by the names of their schemas.
    pub(super) fn replace_facts(&mut self, types: Pair<TypeId>, facts: &mut Pair<Vec<Fact>>) {
        if self.replaced.seen.insert((types.ours, types.theirs)) {
            self.replaced.pairs.push((types.ours, types.theirs));
        }
        for (api, id, facts) in
            [(self.apis.ours, types.ours, &mut facts.ours), (self.apis.theirs, types.theirs, &mut facts.theirs)]
        {
            let def = &api.types[id];
            let own = if let Shape::Newtype(constraints) = &def.shape { constraints.as_slice() } else { &[] };
            facts.retain(|fact| match fact {
                Fact::Type(_) => false,
                Fact::Constraint(constraint) => !own.contains(constraint),
                _ => true,
            });
            facts.push(Fact::Schema { name: def.name.join("."), id });
        }
    }

    /// Compares the types that replaced others, and the types that they contain. The differences are not differences between the
    /// documents.
    pub(super) fn compare_replaced(&mut self) -> Vec<Replacement> {
        let differences = mem::take(&mut self.differences);
        self.phase = Phase::ReplacedTypes;
        let mut replacements = Vec::new();
        // Two recursive schemas can have many pairs of contained types.
        let max = 1_000 + 4 * (self.apis.ours.types.len() + self.apis.theirs.types.len());
        while let Some(&(ours, theirs)) =
            self.replaced.pairs.get(replacements.len()).filter(|_| replacements.len() < max)
        {
            let types = Pair { ours, theirs };
            self.subject = Subject::Type(types);
            let facts = |api: &Api, id: TypeId| {
                let mut facts = Vec::new();
                resolve(api, &TypeRef::Named(id), &mut facts);
                with_canonical_limits(facts)
            };
            let facts = Pair { ours: facts(self.apis.ours, ours), theirs: facts(self.apis.theirs, theirs) };
            let defs = Pair { ours: &self.apis.ours.types[ours], theirs: &self.apis.theirs.types[theirs] };
            self.compare_facts(&type_path(defs.ours), defs.map(|def| &def.origin), facts);
            self.compare_types((ours, theirs));
            replacements.push(Replacement { types, differences: mem::take(&mut self.differences) });
        }
        self.differences = differences;
        replacements
    }
}
