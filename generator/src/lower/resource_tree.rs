//! Builds the resource tree from the paths of the operations.

use std::collections::{HashMap, HashSet};

use crate::ir::{
    Arena, Docs, Key, Method, Operation, OperationId, ParamLocation, Resource, ResourceId, ResponseBody, Role, Segment,
    Shape, Side, TypeDef, TypeId, TypeRef,
};
use crate::source::Pointer;

/// Builds the tree, and sets the resource and the kind of each operation.
pub(crate) fn grow(operations: &mut Arena<Operation>, types: &Arena<TypeDef>) -> Arena<Resource> {
    let prefix = prefix(operations);
    let mut resources = Arena::default();
    let root = resources.push(resource(prefix.join("/"), None, Pointer::root().child("paths")));
    // By their parent and their segment.
    let mut index: HashMap<(ResourceId, Side, Segment), ResourceId> = HashMap::new();
    // The resources with an operation on an instance.
    let mut ended: HashSet<ResourceId> = HashSet::new();
    let ids: Vec<OperationId> = operations.iter().map(|(id, _)| id).collect();
    for id in &ids {
        let operation = &operations[*id];
        let (mut at, mut side) = (root, Side::Collection);
        for (depth, segment) in operation.path.iter().enumerate().skip(prefix.len()) {
            // A trailing slash names no resource.
            if matches!(segment, Segment::Literal(name) if name.is_empty()) {
                continue;
            }
            if let (Segment::Param(wire), Side::Collection) = (segment, side) {
                let last = depth + 1 == operation.path.len();
                if resources[at].key.is_none() || last && !ended.contains(&at) {
                    resources[at].key = key(operation, wire, "/");
                }
                side = Side::Instance;
                continue;
            }
            let (name, before, own) = match segment {
                Segment::Literal(name) | Segment::LiteralSuffix(name) => (name.clone(), "", segment.clone()),
                // The empty text between two placeholders, or between a word and a placeholder, has no name.
                Segment::Param(_) => (String::new(), "/", Segment::ParamSuffix("/".to_owned(), String::new())),
                Segment::ParamSuffix(before, _) => {
                    (String::new(), before.as_str(), Segment::ParamSuffix(before.clone(), String::new()))
                }
            };
            let parent = Some((at, side));
            at = *(index.entry((at, side, own)))
                .or_insert_with(|| resources.push(resource(name, parent, operation.origin.clone())));
            resources[at].is_suffix = matches!(segment, Segment::LiteralSuffix(_));
            side = Side::Collection;
            if let Some(wire) = segment.param() {
                resources[at].key = key(operation, wire, before);
                side = Side::Instance;
            }
        }
        resources[at].operations.push(*id);
        if operation.side() == Side::Instance {
            ended.insert(at);
        }
        operations[*id].resource = at;
    }
    let mut beside: HashMap<&[Segment], Beside> = HashMap::new();
    for (_, operation) in operations.iter() {
        let beside = beside.entry(&operation.path).or_default();
        beside.methods.insert(operation.method);
        beside.fetched |= operation.method == Method::Get && !lists(operation);
    }
    let roles: Vec<Role> = operations.iter().map(|(_, one)| role(one, &beside[one.path.as_slice()])).collect();
    for (id, role) in ids.iter().zip(roles) {
        operations[*id].role = role;
    }
    let models: Vec<_> = resources.iter().map(|(id, one)| (id, model(one, operations, types))).collect();
    for (id, model) in models {
        resources[id].model = model;
    }
    resources
}

pub(crate) fn resource(segment: String, parent: Option<(ResourceId, Side)>, origin: Pointer) -> Resource {
    let (operations, docs) = (Vec::new(), Docs::default());
    Resource { segment, is_suffix: false, parent, key: None, model: None, operations, docs, origin }
}

/// Returns the literal segments that all paths begin with, such as `v1`. They name no resource.
pub(crate) fn prefix(operations: &Arena<Operation>) -> Vec<String> {
    let mut prefix = Vec::new();
    let Some((_, first)) = operations.iter().next() else { return prefix };
    while let [Segment::Literal(name), Segment::Literal(_), ..] = &first.path[prefix.len()..] {
        let shared = operations.iter().all(|(_, operation)| {
            let rest = operation.path.get(prefix.len()..).unwrap_or_default();
            matches!(rest, [Segment::Literal(other), Segment::Literal(_), ..] if other == name)
        });
        if !shared {
            break;
        }
        prefix.push(name.clone());
    }
    prefix
}

fn key(operation: &Operation, wire: &str, before: &str) -> Option<Key> {
    let mut params = operation.params.iter();
    let param = params.find(|param| param.location == ParamLocation::Path && param.wire == wire)?;
    Some(Key {
        wire: wire.to_owned(),
        prefix: before.to_owned(),
        style: param.style,
        ty: param.ty.clone(),
        constraints: param.constraints.clone(),
        docs: param.docs.clone(),
        example: param.example.clone(),
    })
}

/// The operations of a path.
#[derive(Default)]
struct Beside {
    methods: HashSet<Method>,
    /// Returns whether one of the operations returns a single record.
    fetched: bool,
}

/// Returns whether the response of an operation is a list.
fn lists(operation: &Operation) -> bool {
    operation.paging.is_some() || matches!(operation.response_body(), ResponseBody::Json(TypeRef::Array(_)))
}

/// Returns the kind of an operation, by its method and the other operations of its path.
fn role(operation: &Operation, beside: &Beside) -> Role {
    let declared = |method| beside.methods.contains(&method);
    let fetched = beside.fetched;
    match (operation.method, operation.side()) {
        (Method::Get, Side::Collection) if lists(operation) => Role::List,
        (Method::Get, _) => Role::Fetch,
        // If the path of a POST can be fetched, the record exists already.
        (Method::Post, Side::Collection) if !fetched => Role::Create,
        (Method::Post, _) if declared(Method::Patch) => Role::Other,
        (Method::Post | Method::Patch, _) => Role::Update,
        (Method::Put, _) if declared(Method::Patch) || declared(Method::Post) => Role::Replace,
        (Method::Put, _) => Role::Update,
        (Method::Delete, _) => Role::Delete,
        (Method::Head | Method::Options | Method::Trace, _) => Role::Other,
    }
}

/// Returns the type of the instances: the response of fetch, an item of the list, or the response of create.
fn model(resource: &Resource, operations: &Arena<Operation>, types: &Arena<TypeDef>) -> Option<TypeId> {
    [Role::Fetch, Role::List, Role::Create].into_iter().find_map(|role| {
        let mut found = resource.operations.iter().map(|id| &operations[*id]);
        let operation = found.find(|operation| operation.role == role)?;
        let ty = match (&operation.paging, operation.response_body()) {
            (Some(paging), _) => &paging.item,
            (None, ResponseBody::Json(ty)) => ty,
            (None, _) => return None,
        };
        match ty {
            TypeRef::Named(id) if matches!(types[*id].shape, Shape::Record(_)) => Some(*id),
            _ => None,
        }
    })
}
