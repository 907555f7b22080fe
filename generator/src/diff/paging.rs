//! Whether clients find the items and the next page in the responses of another version.

use super::Snapshot;
use crate::compare::Pair;
use crate::ir::{Next, Operation, Paging, ResponseBody, TypeRef};

/// Returns whether new clients find the items and the next page in old responses, and old clients in new responses. The total and
/// the flag for the last page do not count, because a list without them does not end earlier.
pub(super) fn reads_pages(snapshots: Pair<&Snapshot>, operations: Pair<&Operation>) -> Pair<bool> {
    let reads = |client: &Operation, snapshot: &Snapshot, server: &Operation| {
        client.paging.as_ref().is_none_or(|paging| has_parts(paging, snapshot, server))
    };
    Pair {
        ours: reads(operations.ours, snapshots.theirs, operations.theirs),
        theirs: reads(operations.theirs, snapshots.ours, operations.ours),
    }
}

fn has_parts(paging: &Paging, snapshot: &Snapshot, operation: &Operation) -> bool {
    let ResponseBody::Json(page) = operation.response_body() else { return false };
    let item = match at_path(snapshot, page, &paging.items) {
        Some(TypeRef::Array(item)) => item,
        Some(TypeRef::Json) => return true,
        _ => return false,
    };
    match &paging.next {
        Next::Url(keys) | Next::Cursor { keys, .. } => at_path(snapshot, page, keys).is_some(),
        Next::LastItem { keys, .. } => at_path(snapshot, item, keys).is_some(),
        Next::Link => operation.paging.as_ref().is_some_and(|paging| paging.next == Next::Link),
        Next::Offset { .. } | Next::PageNumber { .. } => true,
    }
}

/// Returns the type of the value at a path of property names. Returns `None` if the document does not describe the value.
fn at_path<'a>(snapshot: &'a Snapshot, ty: &'a TypeRef, path: &[String]) -> Option<&'a TypeRef> {
    let resolved = |ty: &'a TypeRef| match snapshot.api.resolved(ty) {
        TypeRef::Nullable(inner) => snapshot.api.resolved(inner),
        ty => ty,
    };
    path.iter().try_fold(resolved(ty), |ty, key| match ty {
        TypeRef::Json => Some(ty),
        TypeRef::Named(id) => snapshot.field(*id, key).map(|field| resolved(&field.ty)),
        _ => None,
    })
}
