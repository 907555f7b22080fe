//! Derives facts about types and resources: where types are used, which types are recursive, which derives types get,
//! and which resources are equivalent.

mod equivalent_resources;
mod feature_usage;
mod nesting;
mod used_types;

use std::collections::HashSet;

use crate::diagnostics::Diagnostics;
use crate::ir::{
    Api, Constraint, Level, Operation, OperationId, Param, ResourceId, Shape, TypeId, TypeRef, contained_types,
    containing_types, for_each_cycle, reachable_types,
};
use equivalent_resources::EquivalentResources;
pub use feature_usage::{Dependent, Dependents, propagate_dependents};

/// Facts about an API.
#[derive(Debug)]
pub struct Analysis {
    /// The facts about each type, by its index in the arena.
    types: Vec<Facts>,
    /// The resources whose requests or responses contain each type.
    dependents: Vec<Dependents>,
    indirections: Indirections,
    equivalents: EquivalentResources,
    /// The children of each resource.
    children: Vec<Vec<ResourceId>>,
}

/// The fields that contain their types through a pointer.
#[derive(Debug, Default)]
struct Indirections {
    /// The containing and the contained type of each field with a `Box`.
    boxed: HashSet<(TypeId, TypeId)>,
    /// The containing and the contained type of each field with a `Nested`.
    nested: HashSet<(TypeId, TypeId)>,
    /// The number of types in the longest chain. In a chain, each type contains the next type.
    longest_chain: usize,
}

/// The pointer through which a field contains its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indirection {
    /// A `Box`, because the type would otherwise be infinite or too large.
    Box,
    /// A `Nested`, because the type would otherwise be nested too deeply for the compiler.
    Nested,
}

/// The facts about a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether a request or response contains the type.
    pub is_used: bool,
    /// Whether a request contains the type. The type must then implement `serde::Serialize`.
    pub is_in_requests: bool,
    /// Whether a response contains the type.
    pub is_in_responses: bool,
    /// Whether a request contains the type as JSON, and the type has constraints.
    pub is_validated: bool,
    /// Whether the type can implement `Default`. Only objects whose required properties may all be `null` can.
    pub can_derive_default: bool,
}

impl Analysis {
    /// Returns the facts about a type.
    pub fn facts(&self, id: TypeId) -> Facts {
        self.types[id.index()]
    }

    /// Returns whether a type implements `Serialize`.
    pub fn is_serialized(&self, api: &Api, id: TypeId) -> bool {
        api.serializes_all_models || self.facts(id).is_in_requests
    }

    /// Returns the pointer through which a field of the type `container` must contain the type `contained`.
    pub fn indirection(&self, api: &Api, container: TypeId, contained: &TypeRef) -> Option<Indirection> {
        let Indirections { boxed, nested, .. } = &self.indirections;
        let is_nested = || {
            let mut types = nesting::all_contained(api, contained).into_iter();
            types.any(|id| nested.contains(&(container, id)))
        };
        if !nested.is_empty() && is_nested() {
            return Some(Indirection::Nested);
        }
        let is_boxed = directly_contained(api, contained).into_iter().any(|id| boxed.contains(&(container, id)));
        is_boxed.then_some(Indirection::Box)
    }

    /// Returns the recursion limit of the generated crate. Returns `None` if the default of the compiler is high
    /// enough.
    pub fn recursion_limit(&self) -> Option<usize> {
        /// The default limit of the compiler.
        const DEFAULT_LIMIT: usize = 128;
        /// The maximum number of generic functions that the compiler instantiates inside each other for each type.
        /// Fields, options and arrays have such functions.
        const MAX_INSTANTIATIONS_PER_TYPE: usize = 8;
        /// The maximum length of a chain for which the default limit is certainly high enough.
        const MAX_SHORT_CHAIN: usize = 30;
        let length = self.indirections.longest_chain;
        (length > MAX_SHORT_CHAIN).then_some(DEFAULT_LIMIT + MAX_INSTANTIATIONS_PER_TYPE * length)
    }

    /// Returns whether a type contains a type through a `Box`.
    pub fn has_boxed_types(&self) -> bool {
        !self.indirections.boxed.is_empty()
    }

    /// Returns whether a type contains a different type through a `Nested`.
    pub fn has_nested_types(&self) -> bool {
        !self.indirections.nested.is_empty()
    }

    /// Returns the resources whose requests or responses contain a type. Of a group of [equivalent](Self::equivalent)
    /// resources, only one resource is returned, the representative.
    pub fn dependents(&self, id: TypeId) -> &Dependents {
        &self.dependents[id.index()]
    }

    /// Returns the children of a resource, in order.
    pub fn children(&self, id: ResourceId) -> &[ResourceId] {
        &self.children[id.index()]
    }

    /// Returns the children of a resource that are at the given level: below the collection, or below an instance.
    pub fn children_at_level(&self, api: &Api, id: ResourceId, level: Level) -> impl Iterator<Item = ResourceId> {
        let children = self.children(id).iter().copied();
        children.filter(move |child| api.client_resources()[*child].parent == Some((id, level)))
    }

    /// Returns whether the handle of a resource at a level has a method for an operation or for a child.
    pub fn has_handle_methods(&self, api: &Api, id: ResourceId, level: Level) -> bool {
        let mut operations = api.client_resources()[id].operations.iter();
        operations.any(|operation| api.client_resource(*operation).1 == level)
            || self.children_at_level(api, id, level).next().is_some()
    }

    /// Returns the representative of the group of equivalent resources that a resource is in. Equivalent resources share one
    /// type of handle, because they have the same operations and children, at different paths.
    pub fn equivalent(&self, id: ResourceId) -> ResourceId {
        self.equivalents.resources[id.index()]
    }

    /// Returns the representative of an operation: the operation itself, or the equivalent operation of an
    /// [equivalent](Self::equivalent) resource.
    pub fn equivalent_operation(&self, id: OperationId) -> OperationId {
        self.equivalents.operations[id.index()]
    }

    /// Returns the representative `id` and all resources that are equivalent to it, in the order of the tree.
    pub fn equivalents(&self, id: ResourceId) -> &[ResourceId] {
        &self.equivalents.all_resources[id.index()]
    }

    /// Returns the representative `id` and all operations that are equivalent to it, in the order of the document.
    pub fn equivalent_operations(&self, id: OperationId) -> &[OperationId] {
        &self.equivalents.all_operations[id.index()]
    }
}

/// Analyzes an API. If there are already errors, leaves out the derives and the pointers, because no code is generated.
pub fn analyze(api: &Api, diagnostics: &mut Diagnostics) -> Analysis {
    let equivalents = equivalent_resources::find(api);
    let dependents = dependents(api, &equivalents);
    let mut facts = usage_facts(api, &dependents);
    mark_validated(api, &mut facts);
    let mut indirections = Indirections::default();
    if !diagnostics.has_errors() {
        mark_derives(api, &mut facts);
        indirections = find_indirections(api);
    }
    let mut children = vec![Vec::new(); api.client_resources().len()];
    for (id, resource) in api.client_resources().iter() {
        if let Some((parent, _)) = resource.parent {
            children[parent.index()].push(id);
        }
    }
    Analysis { types: facts, dependents, indirections, equivalents, children }
}

/// Returns the resources that need each type, and whether webhooks need it. In a document without operations, all types are needed.
fn dependents(api: &Api, equivalents: &EquivalentResources) -> Vec<Dependents> {
    if api.operations.is_empty() {
        return vec![Dependents::Many; api.types.len()];
    }
    let mut dependents = vec![Dependents::default(); api.types.len()];
    for (id, operation) in api.operations.iter() {
        let resource = equivalents.resources[api.client_resource(id).0.index()];
        let params = operation.params.iter().flat_map(|param| [&param.ty].into_iter().chain(&param.content));
        for ty in params.chain(response_types(api, operation)).flat_map(TypeRef::named_types) {
            dependents[ty.index()].extend(&resource.into());
        }
    }
    for ty in api.payload_types().chain(api.reply_types()).flat_map(TypeRef::named_types) {
        dependents[ty.index()].extend(&Dependents::Few([Dependent::Webhooks].into()));
    }
    let contained = |id| contained_types(api, id).into_iter().flat_map(TypeRef::named_types).map(TypeId::index);
    let needs: Vec<Vec<usize>> = api.types.iter().map(|(id, _)| contained(id).collect()).collect();
    propagate_dependents(&mut dependents, &needs);
    dependents
}

/// Finds which types requests and responses contain.
fn usage_facts(api: &Api, dependents: &[Dependents]) -> Vec<Facts> {
    let used = dependents.iter().map(|dependents| !dependents.is_empty());
    let mut facts: Vec<Facts> = used.map(|is_used| Facts { is_used, ..Facts::default() }).collect();
    let params = api.operations.iter().flat_map(|(_, operation)| &operation.params);
    let request_types = params.flat_map(Param::json_types);
    reachable_types(api, request_types.chain(api.reply_types()))
        .into_iter()
        .for_each(|id| facts[id.index()].is_in_requests = true);
    let response_types = api.operations.iter().flat_map(|(_, operation)| response_types(api, operation));
    reachable_types(api, response_types.chain(api.payload_types()))
        .into_iter()
        .for_each(|id| facts[id.index()].is_in_responses = true);
    if api.operations.is_empty() {
        facts.iter_mut().for_each(|facts| facts.is_in_responses = true);
    }
    facts
}

/// Returns the types of all bodies that a response can have, including error bodies.
pub(crate) fn response_types<'a>(api: &Api, operation: &'a Operation) -> Vec<&'a TypeRef> {
    let errors = api.error_types(operation).map(|(_, ty)| ty);
    operation.possible_response_bodies().flat_map(|body| body.types()).chain(errors).collect()
}

/// Marks the types that can implement `Default`.
fn mark_derives(api: &Api, facts: &mut [Facts]) {
    for (id, def) in api.types.iter() {
        facts[id.index()].can_derive_default = match &def.shape {
            Shape::Record(record) => record.fields.iter().all(|field| !field.required || field.nullable),
            _ => false,
        };
    }
}

/// Finds the fields that must contain their types through a pointer.
fn find_indirections(api: &Api) -> Indirections {
    let ids: Vec<TypeId> = api.types.iter().map(|(id, _)| id).collect();
    let mut boxed = HashSet::new();
    let successors = |index: usize| inline_types(api, ids[index]).into_iter().map(TypeId::index).collect();
    for_each_cycle(ids.len(), successors, |cycle| {
        if let (Some(first), Some(last)) = (cycle.first(), cycle.last()) {
            boxed.insert((ids[*last], ids[*first]));
        }
    });
    nesting::box_large_types(api, |id| inline_types(api, id), &mut boxed);
    let nested = nesting::deeply_nested(api, &boxed);
    Indirections { boxed, nested, longest_chain: nesting::longest_chain(api) }
}

/// Returns the named types in a type that are not inside an array or map. Resolves aliases.
fn directly_contained(api: &Api, ty: &TypeRef) -> Vec<TypeId> {
    let (mut pending, mut contained, mut seen_aliases) = (vec![ty], Vec::new(), HashSet::new());
    while let Some(ty) = pending.pop() {
        for (id, _) in ty.named_with_directness().into_iter().filter(|(_, is_direct)| *is_direct) {
            match &api.types[id].shape {
                Shape::Alias(target) if seen_aliases.insert(id) => pending.push(target),
                Shape::Alias(_) => {}
                _ => contained.push(id),
            }
        }
    }
    contained
}

/// Returns the types that the generated type contains without a pointer. A generated union always has its objects in a
/// `Box`.
fn inline_types(api: &Api, id: TypeId) -> Vec<TypeId> {
    match &api.types[id].shape {
        Shape::Record(record) => record.fields.iter().flat_map(|field| directly_contained(api, &field.ty)).collect(),
        Shape::Union(union) => {
            let contained = union.variants.iter().flat_map(|variant| directly_contained(api, &variant.ty));
            contained.filter(|id| !matches!(api.types[*id].shape, Shape::Record(_))).collect()
        }
        Shape::Wrapper(ty) => directly_contained(api, ty),
        _ => Vec::new(),
    }
}

/// Marks the request types that have constraints, and the request types that contain such types.
fn mark_validated(api: &Api, facts: &mut [Facts]) {
    let are_checked = |constraints: &[Constraint]| constraints.iter().any(Constraint::is_checked);
    let has_constraints = |id: &TypeId| match &api.types[*id].shape {
        Shape::Record(record) => record.fields.iter().any(|field| are_checked(&field.constraints)),
        Shape::Union(union) => union.variants.iter().any(|variant| are_checked(&variant.constraints)),
        _ => false,
    };
    let request_types: Vec<TypeId> =
        api.types.iter().map(|(id, _)| id).filter(|id| facts[id.index()].is_in_requests).collect();
    let constrained = request_types.iter().copied().filter(has_constraints);
    for id in containing_types(api, request_types.iter().copied(), constrained) {
        facts[id.index()].is_validated = true;
    }
}
