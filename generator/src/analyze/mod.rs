//! What follows from the representation: which types are used and how, where a type holds itself, which derives hold,
//! which resources are alike.

mod twins;

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Diagnostics, Place, code};
use crate::ir::{Answer, Api, Operation, OperationId, ResourceId, Shape, TypeId, TypeRef};
use twins::Twins;

/// What follows from the representation of an API.
#[derive(Debug)]
pub struct Analysis {
    /// What is known of each type, by its place in the arena.
    types: Vec<Facts>,
    /// The resources whose requests or answers carry values of each type.
    users: Vec<BTreeSet<ResourceId>>,
    twins: Twins,
}

/// What is known of a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether a request or a successful answer carries it. What only errors carry is read by the runtime.
    pub used: bool,
    /// Whether equality of its values is total: no floating-point number in them.
    pub eq: bool,
    /// Whether it has a value of which nothing is known: no required field.
    pub default: bool,
    /// Whether it holds itself, other than in a list or map.
    pub recursive: bool,
}

impl Analysis {
    /// What is known of a type.
    pub fn of(&self, id: TypeId) -> Facts {
        self.types[id.index()]
    }

    /// The resources whose requests or successful answers carry values of a type, each by its [twin](Self::twin).
    pub fn users(&self, id: TypeId) -> &BTreeSet<ResourceId> {
        &self.users[id.index()]
    }

    /// The resource that stands for this one: itself, or the first that can be asked exactly the same.
    pub fn twin(&self, id: ResourceId) -> ResourceId {
        self.twins.resources[id.index()]
    }

    /// The operation that stands for this one: itself, or that of the resource's [twin](Self::twin).
    pub fn twin_operation(&self, id: OperationId) -> OperationId {
        self.twins.operations[id.index()]
    }

    /// All resources that this one stands for, itself among them, in their order.
    pub fn twins(&self, id: ResourceId) -> &[ResourceId] {
        &self.twins.all_resources[id.index()]
    }

    /// All operations that this one stands for, itself among them, in their order.
    pub fn twin_operations(&self, id: OperationId) -> &[OperationId] {
        &self.twins.all_operations[id.index()]
    }
}

/// Looks at the whole API. Types that are only names for themselves are reported.
pub fn analyze(api: &Api, diagnostics: &mut Diagnostics) -> Analysis {
    let twins = twins::find(api);
    let mut users = vec![BTreeSet::new(); api.types.len()];
    for (_, operation) in api.operations.iter() {
        let user = twins.resources[operation.resource.index()];
        for ty in carried(api, operation) {
            users[ty.index()].insert(user);
        }
    }
    let mut facts: Vec<Facts> =
        users.iter().map(|users| Facts { used: !users.is_empty(), ..Facts::default() }).collect();
    for (id, def) in api.types.iter() {
        if alias_cycle(api, id) {
            let message = format!("`{}` is only a name for itself", def.name.join("."));
            let diagnostic = Diagnostic::error(code::CIRCULAR_REFERENCE, Place::Key(def.origin.clone()), message)
                .help("let one of the references on the way be a description");
            diagnostics.push(diagnostic);
        }
    }
    if diagnostics.has_errors() {
        return Analysis { types: facts, users, twins };
    }
    for (id, def) in api.types.iter() {
        let reached = reached(api, id);
        let floats = |id: &TypeId| parts(api, *id).iter().any(|ty| holds_float(ty));
        facts[id.index()].eq = !reached.iter().any(floats) && !floats(&id);
        facts[id.index()].recursive = holds_itself(api, id);
        facts[id.index()].default = match &def.shape {
            Shape::Record(record) => record.fields.iter().all(|field| !field.required || field.nullable),
            _ => false,
        };
    }
    Analysis { types: facts, users, twins }
}

/// Every type that a request or a successful answer of an operation carries.
fn carried(api: &Api, operation: &Operation) -> BTreeSet<TypeId> {
    let params = operation.params.iter().map(|param| &param.ty);
    let answer = match operation.answer() {
        Answer::Json(ty) => Some(ty),
        Answer::Nothing => None,
    };
    let mut open: Vec<TypeId> = params.chain(answer).filter_map(TypeRef::heart).collect();
    let mut carried = BTreeSet::new();
    while let Some(id) = open.pop() {
        if carried.insert(id) {
            open.extend(parts(api, id).into_iter().filter_map(TypeRef::heart));
        }
    }
    carried
}

/// The types that a type is made of.
pub(crate) fn parts(api: &Api, id: TypeId) -> Vec<&TypeRef> {
    match &api.types[id].shape {
        Shape::Record(record) => record.fields.iter().map(|field| &field.ty).chain(&record.additional).collect(),
        Shape::Alias(ty) => vec![ty],
        Shape::Newtype(_) | Shape::StringEnum(_) => Vec::new(),
    }
}

fn holds_float(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Float(_) => true,
        TypeRef::List(inner) | TypeRef::Map(inner) => holds_float(inner),
        _ => false,
    }
}

/// Every type that the values of a type may hold.
fn reached(api: &Api, id: TypeId) -> Vec<TypeId> {
    walk(id, |id| parts(api, id).into_iter().filter_map(TypeRef::heart).collect())
}

/// Whether a value of a type holds another of the same without a list or map between them, which would need no end.
fn holds_itself(api: &Api, id: TypeId) -> bool {
    let held = |id: TypeId| match &api.types[id].shape {
        Shape::Record(record) => record.fields.iter().map(|field| &field.ty).collect(),
        _ => parts(api, id),
    };
    let direct = |ty: &TypeRef| match ty {
        TypeRef::Named(id) => Some(*id),
        _ => None,
    };
    walk(id, |id| held(id).into_iter().filter_map(direct).collect()).contains(&id)
}

fn walk(id: TypeId, next: impl Fn(TypeId) -> Vec<TypeId>) -> Vec<TypeId> {
    let mut seen = Vec::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        for next in next(id) {
            if !seen.contains(&next) {
                seen.push(next);
                open.push(next);
            }
        }
    }
    seen
}

fn alias_cycle(api: &Api, id: TypeId) -> bool {
    let mut at = id;
    for _ in 0..=api.types.len() {
        match &api.types[at].shape {
            Shape::Alias(ty) => match ty.heart() {
                Some(next) => at = next,
                None => return false,
            },
            _ => return false,
        }
    }
    true
}
