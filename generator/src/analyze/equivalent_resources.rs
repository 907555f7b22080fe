//! Finds equivalent resources: `/Roles` and `/Services/{Sid}/Roles` share one handle.

use std::collections::HashMap;

use crate::ir::{Api, OperationId, ParamPlace, Resource, ResourceId, Segment, Side, Surface};

/// The representative of each resource and operation, by index in the arena: itself, or the first equivalent one. Also,
/// for a representative, all equivalent ones.
#[derive(Debug)]
pub(crate) struct Twins {
    pub resources: Vec<ResourceId>,
    pub operations: Vec<OperationId>,
    pub all_resources: Vec<Vec<ResourceId>>,
    pub all_operations: Vec<Vec<OperationId>>,
}

/// Finds equivalent resources, which have equivalent children. The representative is the one nearest to the root, and of
/// those the first.
pub(crate) fn find(api: &Api) -> Twins {
    if let Surface::Groups { groups, .. } = &api.surface {
        // An operation of a group contains its whole path, which is unique.
        let (resources, operations): (Vec<_>, Vec<_>) =
            (groups.iter().map(|(id, _)| id).collect(), api.operations.iter().map(|(id, _)| id).collect());
        let all_resources = resources.iter().map(|id| vec![*id]).collect();
        let all_operations = operations.iter().map(|id| vec![*id]).collect();
        return Twins { resources, operations, all_resources, all_operations };
    }
    let depth = |mut id: ResourceId| {
        let mut depth = 0;
        while let Some((parent, _)) = api.resources[id].parent {
            (id, depth) = (parent, depth + 1);
        }
        depth
    };
    let mut below: Vec<Vec<(usize, bool)>> = vec![Vec::new(); api.resources.len()];
    let mut kinds: HashMap<String, usize> = HashMap::new();
    let mut kind = vec![0; api.resources.len()];
    // Children come after their parents, so a reverse iteration visits them first.
    let ids: Vec<ResourceId> = api.resources.iter().map(|(id, _)| id).collect();
    for id in ids.iter().rev() {
        below[id.index()].sort_unstable();
        let resource = &api.resources[*id];
        let (next, described) = (kinds.len(), format!("{} {:?}", likeness(api, resource), below[id.index()]));
        kind[id.index()] = *kinds.entry(described).or_insert(next);
        if let Some((parent, side)) = resource.parent {
            below[parent.index()].push((kind[id.index()], side == Side::Instance));
        }
    }
    let mut nearest: HashMap<usize, ResourceId> = HashMap::new();
    for id in &ids {
        let known = nearest.entry(kind[id.index()]).or_insert(*id);
        if depth(*id) < depth(*known) {
            *known = *id;
        }
    }
    let resources: Vec<ResourceId> = ids.iter().map(|id| nearest[&kind[id.index()]]).collect();
    let mut operations: Vec<OperationId> = api.operations.iter().map(|(id, _)| id).collect();
    for (id, first) in ids.iter().zip(&resources).filter(|(id, first)| id != first) {
        for (equivalent, first) in sorted(api, &api.resources[*id]).into_iter().zip(sorted(api, &api.resources[*first]))
        {
            operations[equivalent.index()] = first;
        }
    }
    let mut all_resources = vec![Vec::new(); resources.len()];
    for (id, first) in ids.iter().zip(&resources) {
        all_resources[first.index()].push(*id);
    }
    let mut all_operations = vec![Vec::new(); operations.len()];
    for ((id, _), first) in api.operations.iter().zip(&operations) {
        all_operations[first.index()].push(id);
    }
    Twins { resources, operations, all_resources, all_operations }
}

/// Returns everything about a resource that callers can distinguish, without its path and its documentation.
fn likeness(api: &Api, resource: &Resource) -> String {
    let key = resource.key.as_ref().map(|key| (&key.before, key.style, &key.ty, &key.constraints));
    let mut text = format!("{:?} {:?} {:?} {key:?}", resource.segment, resource.suffix, resource.model);
    for id in sorted(api, resource) {
        let operation = &api.operations[id];
        let params = operation.params.iter().filter(|param| param.place != ParamPlace::Path);
        let params: Vec<_> = params
            .map(|param| {
                let flags = (param.required, param.deprecated, param.pii, param.reserved, &param.media_type);
                (&param.wire, param.place, param.style, &param.ty, &param.constraints, flags, &param.default)
            })
            .collect();
        let flags = (
            operation.deprecated,
            operation.open,
            operation.anonymous,
            &operation.security,
            ends_in_slash(&operation.path),
        );
        let headers: Vec<_> = operation
            .successes()
            .flat_map(|response| &response.headers)
            .map(|header| (&header.wire, &header.ty))
            .collect();
        text += &format!(
            "\n{:?} {:?} {:?} {:?} {flags:?} {:?} {:?} {:?} {:?} {:?} {params:?} {headers:?}",
            operation.method,
            operation.server,
            operation.side(),
            operation.role,
            operation.body,
            operation.paging,
            operation.response_body(),
            operation.asks_for(),
            operation.alternatives().map(|other| (&other.media_types, other.response_body())).collect::<Vec<_>>(),
        );
    }
    text
}

/// Returns the operations of a resource, in an order that is independent of the document.
fn sorted(api: &Api, resource: &Resource) -> Vec<OperationId> {
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
