//! The URLs to which clients send requests.

use std::collections::{HashMap, HashSet};

use super::Snapshot;
use crate::compare::Pair;
use crate::ir::{Api, Operation, OperationId, Segment};

/// The URLs at which the new API accepts requests.
pub(super) struct Servers {
    /// The URLs of the servers. If there are none, requests have a relative URL.
    urls: HashSet<String>,
    /// The operations by their methods and paths.
    by_request: HashMap<String, OperationId>,
}

impl Servers {
    pub fn of(api: &Api) -> Self {
        let urls = match api.servers.as_slice() {
            [] => HashSet::from([String::new()]),
            servers => servers.iter().map(|server| normalized(&server.filled())).collect(),
        };
        let mut by_request = HashMap::new();
        for (id, operation) in api.operations.iter() {
            by_request.entry(request(operation)).or_insert(id);
        }
        Self { urls, by_request }
    }

    /// Returns whether the server accepts the requests of an operation at the URL to which old clients send them. Another operation
    /// may have this URL now.
    pub fn have_old_url(&self, snapshots: Pair<&Snapshot>, operations: Pair<&Operation>) -> bool {
        let Pair { ours, theirs } = operations;
        let other = self.by_request.get(&request(theirs)).map(|id| &snapshots.ours.api.operations[*id]);
        let server = theirs.server.as_ref().or(snapshots.theirs.api.servers.first());
        let old_url = server.map(|server| normalized(&server.filled())).unwrap_or_default() + &path(theirs);
        [Some(ours), other].into_iter().flatten().any(|operation| {
            let Some(base) = old_url.strip_suffix(&path(operation)) else { return false };
            match &operation.server {
                Some(server) => normalized(&server.filled()) == base,
                None => self.urls.contains(base),
            }
        })
    }

    /// Returns whether old clients send a request to another URL, because the API has another server. The servers of operations are
    /// changes of their own.
    pub fn are_moved(&self, snapshots: Pair<&Snapshot>) -> bool {
        let operations = &snapshots.ours.api.operations;
        let by_id: HashMap<&str, &Operation> = operations.iter().map(|(_, it)| (it.id.as_str(), it)).collect();
        snapshots.theirs.api.operations.iter().any(|(_, theirs)| {
            let ours = by_id.get(theirs.id.as_str()).copied();
            let ours = ours.or_else(|| self.by_request.get(&request(theirs)).map(|id| &operations[*id]));
            ours.is_some_and(|ours| {
                (ours.server.is_none() || theirs.server.is_none())
                    && !self.have_old_url(snapshots, Pair { ours, theirs })
            })
        })
    }
}

/// Returns the method and the path of an operation.
fn request(operation: &Operation) -> String {
    format!("{} {}", operation.method.as_str(), path(operation))
}

/// Returns a URL with a lower-case scheme and host, without the default port, and without a slash at the end.
fn normalized(url: &str) -> String {
    let url = url.trim_end_matches('/');
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (host, path) = rest.find('/').map_or((rest, ""), |start| rest.split_at(start));
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let default_port = if scheme == "http" { ":80" } else { ":443" };
    format!("{scheme}://{}{path}", host.strip_suffix(default_port).unwrap_or(&host))
}

/// Returns the path of an operation without the names of its parameters, which are not sent.
fn path(operation: &Operation) -> String {
    let segments = operation.path.iter().map(|segment| match segment {
        Segment::Literal(text) => format!("/{text}"),
        Segment::Param(_) => "/{}".to_owned(),
        Segment::LiteralSuffix(text) => text.clone(),
        Segment::ParamSuffix(between, _) => format!("{between}{{}}"),
    });
    segments.collect()
}
