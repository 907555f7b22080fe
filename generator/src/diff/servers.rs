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

/// Returns whether old clients request tokens at a URL of the old document that the new document does not list.
pub(super) fn is_token_url_lost(snapshots: Pair<&Snapshot>, url: &str) -> bool {
    let (new, old) = (&snapshots.ours.api, &snapshots.theirs.api);
    let mut schemes = old.security.iter().filter(|scheme| scheme.token_url() == Some(url));
    let is_used = |name: &String| {
        old.operations.iter().any(|(_, operation)| operation.security.iter().flatten().any(|scheme| scheme == name))
    };
    let mut new_urls = new.security.iter().filter_map(|scheme| scheme.token_url());
    let old_url = absolute(old, url);
    // Old clients request tokens at the URL of codegen.toml, if it has one.
    snapshots.theirs.config.client.token_url.is_none()
        && schemes.any(|scheme| is_used(&scheme.name))
        && !new_urls.any(|new_url| absolute(new, new_url) == old_url)
}

/// Returns the normalized form of a token URL, which may be a path on the server.
fn absolute(api: &Api, url: &str) -> String {
    let server = api.servers.first().filter(|_| url.starts_with('/')).map(|server| normalized(&server.filled()));
    match server.as_deref().and_then(|server| server.split_once("://")) {
        Some((scheme, rest)) => format!("{scheme}://{}{url}", rest.split('/').next().unwrap_or_default()),
        None => with_normalized_host(url),
    }
}

/// Returns a URL with a lower-case scheme and host, without the default port, and without a slash at the end.
fn normalized(url: &str) -> String {
    with_normalized_host(url.trim_end_matches('/'))
}

/// Returns a URL with a lower-case scheme and host, and without the default port.
fn with_normalized_host(url: &str) -> String {
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
