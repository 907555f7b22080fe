//! Finds equivalent resources. For example, `/Roles` and `/Services/{Sid}/Roles` can have the same handle type.

use std::collections::HashMap;

use crate::ir::{Api, Layout, Level, OperationId, ParamLocation, Resource, ResourceId, Segment};

/// The groups of equivalent resources and operations. One resource of each group is the representative.
#[derive(Debug)]
pub(crate) struct EquivalentResources {
    /// The representative of each resource, by the index of the resource.
    pub resources: Vec<ResourceId>,
    /// The representative of each operation, by the index of the operation.
    pub operations: Vec<OperationId>,
    /// The group of each representative, including the representative. The list is empty for a resource that is not a
    /// representative.
    pub all_resources: Vec<Vec<ResourceId>>,
    /// The group of each representative, including the representative. The list is empty for an operation that is not
    /// a representative.
    pub all_operations: Vec<Vec<OperationId>>,
}

/// Groups the resources that callers cannot distinguish. The children of equivalent resources are equivalent, too.
///
/// The representative is the resource with the fewest parents. If several resources have equally few, the
/// representative is the first of them in the document.
pub(crate) fn find(api: &Api) -> EquivalentResources {
    if let Layout::Groups { groups, .. } = &api.layout {
        // The operations of a tag group have complete paths, and no two groups have an operation in common. Groups are
        // therefore never equivalent.
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
    // A reverse iteration visits children before their parents, because parents come first in `ids`.
    for id in ids.iter().rev() {
        children[id.index()].sort_unstable();
        let resource = &api.resources[*id];
        let description = format!("{} {:?}", description(api, resource), children[id.index()]);
        let next_class = class_of_description.len();
        classes[id.index()] = *class_of_description.entry(description).or_insert(next_class);
        if let Some((parent, level)) = resource.parent {
            children[parent.index()].push((classes[id.index()], level == Level::Instance));
        }
    }
    classes
}

/// Returns a text with everything by which callers can distinguish two resources, except for children. The text does
/// not contain paths and documentation.
fn description(api: &Api, resource: &Resource) -> String {
    let key = resource.key.as_ref().map(|key| (&key.prefix, key.style, &key.ty, &key.constraints));
    let mut description = format!("{:?} {:?} {:?} {key:?}", resource.segment, resource.is_suffix, resource.model);
    for id in sorted_operations(api, resource) {
        let operation = &api.operations[id];
        let params = operation.params.iter().filter(|param| param.location != ParamLocation::Path);
        let params: Vec<_> = params
            .map(|param| {
                let flags = (
                    param.required,
                    param.deprecated,
                    param.is_personal,
                    param.is_idempotency_key,
                    param.allow_reserved,
                    &param.media_type,
                );
                (&param.wire, param.location, param.style, &param.ty, &param.constraints, flags, &param.default)
            })
            .collect();
        let flags = (
            operation.deprecated,
            operation.has_optional_credentials,
            operation.is_anonymous,
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
            operation.level(),
            operation.role,
            operation.body,
            operation.paging,
            operation.response_body(),
            operation.accept_header(),
        );
    }
    description
}

/// Returns the operations of a resource in an order that does not depend on their order in the document.
fn sorted_operations(api: &Api, resource: &Resource) -> Vec<OperationId> {
    let mut ids = resource.operations.clone();
    ids.sort_by_key(|id| {
        let operation = &api.operations[*id];
        (operation.level() == Level::Instance, operation.method.as_str(), ends_in_slash(&operation.path))
    });
    ids
}

fn ends_in_slash(path: &[Segment]) -> bool {
    matches!(path.last(), Some(Segment::Literal(last)) if last.is_empty())
}
