//! Derives facts about types and resources: which types are used and how, which are recursive, which derives they get,
//! and which resources are equivalent.

mod equivalent_resources;
mod feature_usage;
mod nesting;

use std::collections::HashSet;

use crate::diagnostics::Diagnostics;
use crate::ir::{Api, Operation, OperationId, ResourceId, Shape, Side, TypeId, TypeRef, cycles, parts, reach};
use equivalent_resources::Twins;
pub use feature_usage::{Users, spread};

/// Facts about an API.
#[derive(Debug)]
pub struct Analysis {
    /// The facts about each type, by its index in the arena.
    types: Vec<Facts>,
    /// The resources whose requests or responses contain each type.
    users: Vec<Users>,
    /// The recursive types, and the types in them that need a pointer.
    boxed: HashSet<(TypeId, TypeId)>,
    /// The types that would be nested too deeply for the compiler: the owner, and the type it contains.
    nested: HashSet<(TypeId, TypeId)>,
    /// The longest chain of types that contain each other.
    longest: usize,
    equivalents: Twins,
    /// The children of each resource.
    below: Vec<Vec<ResourceId>>,
}

/// A pointer that a field may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointer {
    /// A `Box`, because the type would otherwise be infinite or too large.
    Box,
    /// A `Nested`, because the compiler would otherwise visit too many nested types.
    Nested,
}

/// The facts about a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether a request or response contains it.
    pub used: bool,
    /// Whether a request contains it as JSON, or encoded from JSON.
    pub sent: bool,
    /// Whether a response contains it.
    pub received: bool,
    /// Whether a request contains it as JSON and it has constraints.
    pub checked: bool,
    /// Whether it can implement `Eq`: it contains no floating-point number.
    pub eq: bool,
    /// Whether it can implement `Default`: it has no required property.
    pub default: bool,
}

impl Analysis {
    /// The facts about a type.
    pub fn of(&self, id: TypeId) -> Facts {
        self.types[id.index()]
    }

    /// Returns the pointer that the type `part` needs in the type `owner`.
    pub fn pointer(&self, api: &Api, owner: TypeId, part: &TypeRef) -> Option<Pointer> {
        let all = || nesting::all_held(api, part);
        match () {
            () if !self.nested.is_empty() && all().into_iter().any(|part| self.nested.contains(&(owner, part))) => {
                Some(Pointer::Nested)
            }
            () if held(api, part).into_iter().any(|part| self.boxed.contains(&(owner, part))) => Some(Pointer::Box),
            () => None,
        }
    }

    /// Returns the recursion limit that the compiler needs, if its default is too low.
    pub fn recursion_limit(&self) -> Option<usize> {
        /// The default limit of the compiler.
        const USUAL: usize = 128;
        /// The maximum number of nested instantiations per type: for its fields, options and arrays.
        const EACH: usize = 8;
        /// Chains up to this length are far from the default limit.
        const FEW: usize = 30;
        (self.longest > FEW).then_some(USUAL + EACH * self.longest)
    }

    /// Returns whether there are models other than objects and strings.
    pub fn needs_shapes(&self, api: &Api) -> bool {
        let mut used = api.types.iter().filter(|(id, _)| self.of(*id).used);
        let operations = || api.operations.iter().map(|(_, operation)| operation);
        let params = || operations().flat_map(|operation| &operation.params);
        !self.nested.is_empty()
            || used.any(|(id, def)| {
                matches!(def.shape, Shape::ValueEnum(_) | Shape::Union(_))
                    || parts(api, id).into_iter().any(TypeRef::needs_shapes)
            })
            || params().any(|param| !param.is_upload() && param.ty.needs_shapes())
            || operations().any(|operation| {
                let headers = operation.responses.iter().flat_map(|response| &response.headers);
                headers.into_iter().any(|header| is_big_number(api, &header.ty))
                    || operation.readings().any(|answer| answer.types().into_iter().any(TypeRef::needs_shapes))
            })
    }

    /// Returns the resources whose requests or successful responses contain a type, each by its [representative](Self::equivalent).
    pub fn users(&self, id: TypeId) -> &Users {
        &self.users[id.index()]
    }

    /// Returns the children of a resource, in order.
    pub fn all_below(&self, id: ResourceId) -> &[ResourceId] {
        &self.below[id.index()]
    }

    /// What stands right below a half of a place.
    pub fn below(&self, api: &Api, id: ResourceId, side: Side) -> impl Iterator<Item = ResourceId> {
        self.all_below(id).iter().copied().filter(move |below| api.places()[*below].parent == Some((id, side)))
    }

    /// Whether a half of a place can be asked anything, or leads to another that can.
    pub fn serves(&self, api: &Api, id: ResourceId, side: Side) -> bool {
        let asked = api.places()[id].operations.iter().any(|operation| api.place(*operation).1 == side);
        asked || self.below(api, id, side).next().is_some()
    }

    /// Returns the representative of a resource: itself, or the first equivalent resource.
    pub fn equivalent(&self, id: ResourceId) -> ResourceId {
        self.equivalents.resources[id.index()]
    }

    /// Returns the representative of an operation: itself, or that of the equivalent [resource](Self::equivalent).
    pub fn equivalent_operation(&self, id: OperationId) -> OperationId {
        self.equivalents.operations[id.index()]
    }

    /// Returns all resources that a representative stands for, including itself, in order.
    pub fn equivalents(&self, id: ResourceId) -> &[ResourceId] {
        &self.equivalents.all_resources[id.index()]
    }

    /// Returns all operations that a representative stands for, including itself, in order.
    pub fn equivalent_operations(&self, id: OperationId) -> &[OperationId] {
        &self.equivalents.all_operations[id.index()]
    }
}

/// Analyzes an API. For one with errors, only the facts that later stages need are computed.
pub fn analyze(api: &Api, diagnostics: &mut Diagnostics) -> Analysis {
    let equivalents = equivalent_resources::find(api);
    let mut users = vec![Users::default(); api.types.len()];
    for (id, operation) in api.operations.iter() {
        let user = equivalents.resources[api.place(id).0.index()];
        let params = operation.params.iter().map(|param| &param.ty);
        for ty in params.chain(received(api, operation)).flat_map(TypeRef::named_types) {
            users[ty.index()].extend(&user.into());
        }
    }
    if api.operations.is_empty() {
        users.iter_mut().for_each(|users| *users = Users::Many);
    }
    let named_types = |id| parts(api, id).into_iter().flat_map(TypeRef::named_types).map(TypeId::index).collect();
    let needs: Vec<Vec<usize>> = api.types.iter().map(|(id, _)| named_types(id)).collect();
    spread(&mut users, &needs);
    let mut facts: Vec<Facts> =
        users.iter().map(|users| Facts { used: !users.is_empty(), ..Facts::default() }).collect();
    let params = api.operations.iter().flat_map(|(_, operation)| &operation.params);
    let bodies = params.filter(|param| param.is_structured()).map(|param| &param.ty);
    reach(api, bodies).into_iter().for_each(|id| facts[id.index()].sent = true);
    let answers = api.operations.iter().flat_map(|(_, operation)| received(api, operation));
    reach(api, answers).into_iter().for_each(|id| facts[id.index()].received = true);
    if api.operations.is_empty() {
        facts.iter_mut().for_each(|facts| facts.received = true);
    }
    ruled(api, &mut facts);
    let (mut boxed, mut nested, mut longest) = (HashSet::new(), HashSet::new(), 0);
    if !diagnostics.has_errors() {
        let ids: Vec<TypeId> = api.types.iter().map(|(id, _)| id).collect();
        let floats = float_holders(api);
        for (id, def) in api.types.iter() {
            facts[id.index()].eq = !floats[id.index()];
            facts[id.index()].default = match &def.shape {
                Shape::Record(record) => record.fields.iter().all(|field| !field.required || field.nullable),
                _ => false,
            };
        }
        let next = |index: usize| holds(api, ids[index]).into_iter().map(TypeId::index).collect();
        cycles(ids.len(), next, |way| {
            if let (Some(first), Some(last)) = (way.first(), way.last()) {
                boxed.insert((ids[*last], ids[*first]));
            }
        });
        nesting::large(api, |id| holds(api, id), &mut boxed);
        nested = nesting::nested(api, &boxed);
        longest = nesting::longest(api);
    }
    let mut below = vec![Vec::new(); api.places().len()];
    for (id, place) in api.places().iter() {
        if let Some((parent, _)) = place.parent {
            below[parent.index()].push(id);
        }
    }
    Analysis { types: facts, users, boxed, nested, longest, equivalents, below }
}

/// Returns every type that a response is decoded as.
fn received<'a>(api: &Api, operation: &'a Operation) -> Vec<&'a TypeRef> {
    let errors = api.errors(operation).map(|(_, ty)| ty);
    operation.readings().flat_map(|answer| answer.types()).chain(errors).collect()
}

/// The types behind their other names that a value of a type holds without a list or map between.
fn held(api: &Api, ty: &TypeRef) -> Vec<TypeId> {
    let (mut open, mut found, mut seen) = (vec![ty], Vec::new(), HashSet::new());
    while let Some(ty) = open.pop() {
        for (id, _) in ty.named().into_iter().filter(|(_, direct)| *direct) {
            match &api.types[id].shape {
                Shape::Alias(ty) if seen.insert(id) => open.push(ty),
                Shape::Alias(_) => {}
                _ => found.push(id),
            }
        }
    }
    found
}

/// The types that a type holds so. A union has its objects behind pointers anyway.
fn holds(api: &Api, id: TypeId) -> Vec<TypeId> {
    match &api.types[id].shape {
        Shape::Record(record) => record.fields.iter().flat_map(|field| held(api, &field.ty)).collect(),
        Shape::Union(union) => {
            let held = union.variants.iter().flat_map(|variant| held(api, &variant.ty));
            held.filter(|id| !matches!(api.types[*id].shape, Shape::Record(_))).collect()
        }
        Shape::Wrapper(ty) => held(api, ty),
        _ => Vec::new(),
    }
}

/// Finds the request types with constraints, and those that contain such types.
fn ruled(api: &Api, facts: &mut [Facts]) {
    let mut holders: Vec<Vec<TypeId>> = vec![Vec::new(); api.types.len()];
    let mut open = Vec::new();
    for (id, def) in api.types.iter().filter(|(id, _)| facts[id.index()].sent) {
        parts(api, id).into_iter().flat_map(TypeRef::named_types).for_each(|part| holders[part.index()].push(id));
        let own = match &def.shape {
            Shape::Record(record) => record.fields.iter().any(|field| !field.constraints.is_empty()),
            Shape::Union(union) => union.variants.iter().any(|variant| !variant.constraints.is_empty()),
            _ => false,
        };
        open.extend(own.then_some(id));
    }
    while let Some(id) = open.pop() {
        if !std::mem::replace(&mut facts[id.index()].checked, true) {
            open.extend(&holders[id.index()]);
        }
    }
}

/// Returns the types that contain a floating-point number at any depth.
fn float_holders(api: &Api) -> Vec<bool> {
    let mut users: Vec<Vec<TypeId>> = vec![Vec::new(); api.types.len()];
    let mut holds = vec![false; api.types.len()];
    let mut open = Vec::new();
    for (id, _) in api.types.iter() {
        for part in parts(api, id) {
            part.named().into_iter().for_each(|(part, _)| users[part.index()].push(id));
            if part.holds_float() {
                open.push(id);
            }
        }
        // A union keeps what it does not know, which is compared as far as it goes.
        if matches!(api.types[id].shape, Shape::Union(_)) {
            open.push(id);
        }
    }
    while let Some(id) = open.pop() {
        if !std::mem::replace(&mut holds[id.index()], true) {
            open.extend(&users[id.index()]);
        }
    }
    holds
}

/// Returns whether a header is read as one or several numbers of any size.
fn is_big_number(api: &Api, ty: &TypeRef) -> bool {
    match api.resolved(ty) {
        TypeRef::List(item) => *api.resolved(item) == TypeRef::BigNumber,
        ty => *ty == TypeRef::BigNumber,
    }
}
