//! Finds equivalent resources: `/Roles` and `/Services/{Sid}/Roles` share one handle.

use std::collections::HashMap;

use crate::ir::{Api, Layout, OperationId, ParamLocation, Resource, ResourceId, Segment, Side};

/// The groups of equivalent resources, each with a representative.
#[derive(Debug)]
pub(crate) struct EquivalentResources {
    /// The representative of each resource, by the index of the resource.
    pub resources: Vec<ResourceId>,
    /// The representative of each operation, by the index of the operation.
    pub operations: Vec<OperationId>,
    /// All resources that a representative stands for, including itself. The list is empty for a resource that is not a
    /// representative.
    pub all_resources: Vec<Vec<ResourceId>>,
    /// All operations that a representative stands for, including itself. The list is empty for an operation that is not
    /// a representative.
    pub all_operations: Vec<Vec<OperationId>>,
}

/// Finds the resources that are equivalent, and whose children are equivalent as well.
///
/// The representative is the resource nearest to the root. If several resources are equally near, it is the first one
/// in the document.
pub(crate) fn find(api: &Api) -> EquivalentResources {
    if let Layout::Groups { groups, .. } = &api.layout {
        // Each operation of a tag group has its own complete path. Two groups never have the same paths, so they are
        // never equivalent.
        let resources = groups.iter().map(|(id, _)| id).collect();
        return grouped(api, resources, api.operations.iter().map(|(id, _)| id).collect());
    }
    let ids: Vec<ResourceId> = api.resources.iter().map(|(id, _)| id).collect();
    let classes = classes(api, &ids);
    let mut representatives: HashMap<usize, ResourceId> = HashMap::new();
    for id in &ids {
        let representative = representatives.entry(classes[id.index()]).or_insert(*id);
        if depth(api, *id) < depth(api, *representative) {
            *representative = *id;
        }
    }
    let resources: Vec<ResourceId> = ids.iter().map(|id| representatives[&classes[id.index()]]).collect();
    let mut operations: Vec<OperationId> = api.operations.iter().map(|(id, _)| id).collect();
    for (id, representative) in ids.iter().zip(&resources).filter(|(id, representative)| id != representative) {
        let resource_operations = sorted_operations(api, &api.resources[*id]);
        let representative_operations = sorted_operations(api, &api.resources[*representative]);
        for (operation, representative) in resource_operations.into_iter().zip(representative_operations) {
            operations[operation.index()] = representative;
        }
    }
    grouped(api, resources, operations)
}

/// Groups the resources and the operations by their representatives.
fn grouped(api: &Api, resources: Vec<ResourceId>, operations: Vec<OperationId>) -> EquivalentResources {
    let mut all_resources = vec![Vec::new(); resources.len()];
    for ((id, _), representative) in api.client_resources().iter().zip(&resources) {
        all_resources[representative.index()].push(id);
    }
    let mut all_operations = vec![Vec::new(); operations.len()];
    for ((id, _), representative) in api.operations.iter().zip(&operations) {
        all_operations[representative.index()].push(id);
    }
    EquivalentResources { resources, operations, all_resources, all_operations }
}

/// Returns the number of parents of a resource.
fn depth(api: &Api, mut id: ResourceId) -> usize {
    let mut depth = 0;
    while let Some((parent, _)) = api.resources[id].parent {
        (id, depth) = (parent, depth + 1);
    }
    depth
}

/// Returns a class number for each resource. Equivalent resources have the same number.
fn classes(api: &Api, ids: &[ResourceId]) -> Vec<usize> {
    let mut children: Vec<Vec<(usize, bool)>> = vec![Vec::new(); ids.len()];
    let mut class_of_description: HashMap<String, usize> = HashMap::new();
    let mut classes = vec![0; ids.len()];
    // Parents come before their children in `ids`. A reverse iteration visits the children first.
    for id in ids.iter().rev() {
        children[id.index()].sort_unstable();
        let resource = &api.resources[*id];
        let description = format!("{} {:?}", description(api, resource), children[id.index()]);
        let next_class = class_of_description.len();
        classes[id.index()] = *class_of_description.entry(description).or_insert(next_class);
        if let Some((parent, side)) = resource.parent {
            children[parent.index()].push((classes[id.index()], side == Side::Instance));
        }
    }
    classes
}

/// Returns everything about a resource that callers can distinguish, except for its path, its documentation and its
/// children.
fn description(api: &Api, resource: &Resource) -> String {
    let key = resource.key.as_ref().map(|key| (&key.prefix, key.style, &key.ty, &key.constraints));
    let mut description = format!("{:?} {:?} {:?} {key:?}", resource.segment, resource.is_suffix, resource.model);
    for id in sorted_operations(api, resource) {
        let operation = &api.operations[id];
        let params = operation.params.iter().filter(|param| param.location != ParamLocation::Path);
        let params: Vec<_> = params
            .map(|param| {
                let flags = (param.required, param.deprecated, param.pii, param.allow_reserved, &param.media_type);
                (&param.wire, param.location, param.style, &param.ty, &param.constraints, flags, &param.default)
            })
            .collect();
        let flags = (
            operation.deprecated,
            operation.credentials_optional,
            operation.anonymous,
            &operation.security,
            ends_in_slash(&operation.path),
        );
        let headers: Vec<_> = operation
            .success_responses()
            .flat_map(|response| &response.headers)
            .map(|header| (&header.wire, &header.ty))
            .collect();
        let alternatives: Vec<_> =
            operation.alternatives().map(|body| (&body.media_types, body.response_body())).collect();
        description += &format!(
            "\n{:?} {:?} {:?} {:?} {flags:?} {:?} {:?} {:?} {:?} {alternatives:?} {params:?} {headers:?}",
            operation.method,
            operation.server,
            operation.side(),
            operation.role,
            operation.body,
            operation.paging,
            operation.response_body(),
            operation.accept_header(),
        );
    }
    description
}

/// Returns the operations of a resource, in an order that is independent of the document.
fn sorted_operations(api: &Api, resource: &Resource) -> Vec<OperationId> {
    let mut ids = resource.operations.clone();
    ids.sort_by_key(|id| {
        let operation = &api.operations[*id];
        (operation.side() == Side::Instance, operation.method.as_str(), ends_in_slash(&operation.path))
    });
    ids
}

fn ends_in_slash(path: &[Segment]) -> bool {
    matches!(path.last(), Some(Segment::Literal(last)) if last.is_empty())
}
