//! Builds the resource tree from the paths of the operations, and determines the role of each operation.

use std::collections::{HashMap, HashSet};

use crate::ir::{
    Arena, Docs, Key, Level, Method, Operation, OperationId, ParamLocation, Resource, ResourceId, ResponseBody, Role,
    Segment, Shape, TypeDef, TypeId, TypeRef,
};
use crate::source::Pointer;

/// Builds the tree, and sets the resource and the role of each operation.
pub(crate) fn build_resource_tree(operations: &mut Arena<Operation>, types: &Arena<TypeDef>) -> Arena<Resource> {
    let prefix = common_prefix(operations);
    let mut tree = Tree::new(&prefix);
    let ids: Vec<OperationId> = operations.iter().map(|(id, _)| id).collect();
    for id in &ids {
        operations[*id].resource = tree.add(*id, &operations[*id], prefix.len());
    }
    let mut resources = tree.resources;
    let mut methods_by_path: HashMap<&[Segment], PathMethods> = HashMap::new();
    for (_, operation) in operations.iter() {
        let path_methods = methods_by_path.entry(&operation.path).or_default();
        path_methods.methods.insert(operation.method.clone());
        path_methods.has_fetch |= operation.method == Method::Get && !returns_list(operation);
    }
    let roles: Vec<Role> = operations
        .iter()
        .map(|(_, operation)| operation_role(operation, &methods_by_path[operation.path.as_slice()]))
        .collect();
    for (id, role) in ids.iter().zip(roles) {
        operations[*id].role = role;
    }
    let models: Vec<_> =
        resources.iter().map(|(id, resource)| (id, instance_type(resource, operations, types))).collect();
    for (id, model) in models {
        resources[id].model = model;
    }
    resources
}

/// The resource tree while it is built.
struct Tree {
    resources: Arena<Resource>,
    root: ResourceId,
    /// The child resources, by their parent, their level below the parent, and their segment.
    children: HashMap<(ResourceId, Level, Segment), ResourceId>,
    /// The resources that have an operation on an instance.
    with_instance_operation: HashSet<ResourceId>,
}

impl Tree {
    fn new(prefix: &[String]) -> Self {
        let mut resources = Arena::default();
        let root = resources.push(new_resource(prefix.join("/"), None, Pointer::root().child("paths")));
        Self { resources, root, children: HashMap::new(), with_instance_operation: HashSet::new() }
    }

    /// Adds an operation, and returns its resource.
    fn add(&mut self, id: OperationId, operation: &Operation, prefix_len: usize) -> ResourceId {
        let (mut current, mut level) = (self.root, Level::Collection);
        for (depth, segment) in operation.path.iter().enumerate().skip(prefix_len) {
            // The empty segment after a trailing slash is not a resource.
            if matches!(segment, Segment::Literal(name) if name.is_empty()) {
                continue;
            }
            if let (Segment::Param(wire), Level::Collection) = (segment, level) {
                let is_last = depth + 1 == operation.path.len();
                let resource = &mut self.resources[current];
                // Different paths can name the key of an instance differently. The path of an operation on the instance
                // takes precedence over longer paths.
                if resource.key.is_none() || is_last && !self.with_instance_operation.contains(&current) {
                    resource.key = resource_key(operation, wire, "/");
                }
                level = Level::Instance;
                continue;
            }
            let (name, text_before_key, child_segment) = match segment {
                Segment::Literal(name) | Segment::LiteralSuffix(name) => (name.clone(), "", segment.clone()),
                // A placeholder is a resource without a name if another placeholder precedes it, or if text precedes it
                // in its segment.
                Segment::Param(_) => (String::new(), "/", Segment::ParamSuffix("/".to_owned(), String::new())),
                Segment::ParamSuffix(before, _) => {
                    (String::new(), before.as_str(), Segment::ParamSuffix(before.clone(), String::new()))
                }
            };
            let parent = Some((current, level));
            let child = self.children.entry((current, level, child_segment));
            current =
                *child.or_insert_with(|| self.resources.push(new_resource(name, parent, operation.origin.clone())));
            let resource = &mut self.resources[current];
            resource.is_suffix = matches!(segment, Segment::LiteralSuffix(_));
            level = Level::Collection;
            if let Some(wire) = segment.param() {
                resource.key = resource_key(operation, wire, text_before_key);
                level = Level::Instance;
            }
        }
        self.resources[current].operations.push(id);
        if operation.level() == Level::Instance {
            self.with_instance_operation.insert(current);
        }
        current
    }
}

/// Returns a resource without operations.
pub(crate) fn new_resource(segment: String, parent: Option<(ResourceId, Level)>, origin: Pointer) -> Resource {
    let (operations, docs) = (Vec::new(), Docs::default());
    Resource { segment, is_suffix: false, parent, key: None, model: None, operations, docs, origin }
}

/// Returns the literal segments at the start of all paths, such as `v1`, that are followed by another literal segment.
/// These segments do not become resources.
pub(crate) fn common_prefix(operations: &Arena<Operation>) -> Vec<String> {
    let mut prefix = Vec::new();
    let Some((_, first)) = operations.iter().next() else { return prefix };
    while let [Segment::Literal(name), Segment::Literal(_), ..] = &first.path[prefix.len()..] {
        let is_common = operations.iter().all(|(_, operation)| {
            let remaining = operation.path.get(prefix.len()..).unwrap_or_default();
            matches!(remaining, [Segment::Literal(literal), Segment::Literal(_), ..] if literal == name)
        });
        if !is_common {
            break;
        }
        prefix.push(name.clone());
    }
    prefix
}

/// Returns the path parameter `wire` as the key of a resource. `before` is the text before its placeholder in the
/// segment.
fn resource_key(operation: &Operation, wire: &str, before: &str) -> Option<Key> {
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

/// The methods of a path.
#[derive(Default)]
struct PathMethods {
    methods: HashSet<Method>,
    /// Whether GET returns a record, and not a list.
    has_fetch: bool,
}

/// Returns whether the response of an operation is a list.
fn returns_list(operation: &Operation) -> bool {
    operation.paging.is_some() || matches!(operation.response_body(), ResponseBody::Json(TypeRef::Array(_)))
}

/// Returns the role of an operation. It depends on the method, and on the methods of the operations with the same path.
fn operation_role(operation: &Operation, path_methods: &PathMethods) -> Role {
    let has_method = |method| path_methods.methods.contains(&method);
    match (&operation.method, operation.level()) {
        (Method::Get, Level::Collection) if returns_list(operation) => Role::List,
        (Method::Get, _) => Role::Fetch,
        // POST does not create a record if GET with the same path returns a record.
        (Method::Post, Level::Collection) if !path_methods.has_fetch => Role::Create,
        (Method::Post, _) if has_method(Method::Patch) => Role::Other,
        (Method::Post | Method::Patch, _) => Role::Update,
        (Method::Put, _) if has_method(Method::Patch) || has_method(Method::Post) => Role::Replace,
        (Method::Put, _) => Role::Update,
        (Method::Delete, _) => Role::Delete,
        (Method::Head | Method::Options | Method::Trace | Method::Query | Method::Other(_), _) => Role::Other,
    }
}

/// Returns the type of the instances of a resource. This is the response of fetch, an item of the list, or the response
/// of create.
fn instance_type(resource: &Resource, operations: &Arena<Operation>, types: &Arena<TypeDef>) -> Option<TypeId> {
    [Role::Fetch, Role::List, Role::Create].into_iter().find_map(|role| {
        let mut resource_operations = resource.operations.iter().map(|id| &operations[*id]);
        let operation = resource_operations.find(|operation| operation.role == role)?;
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
