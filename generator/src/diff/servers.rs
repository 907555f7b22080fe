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
    /// The token URLs of old clients that the new document does not list.
    lost_token_urls: HashSet<String>,
}

impl Servers {
    pub fn of(snapshots: Pair<&Snapshot>) -> Self {
        let api = &snapshots.ours.api;
        let urls = match api.servers.as_slice() {
            [] => HashSet::from([String::new()]),
            servers => servers.iter().map(|server| normalized(&server.filled())).collect(),
        };
        let mut by_request = HashMap::new();
        for (id, operation) in api.operations.iter() {
            by_request.entry(request(operation)).or_insert(id);
        }
        Self { urls, by_request, lost_token_urls: lost_token_urls(snapshots) }
    }

    /// Returns whether old clients request tokens at this URL of the old document, and the new document does not list it.
    pub fn lose_token_url(&self, url: &str) -> bool {
        self.lost_token_urls.contains(url)
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

/// Returns the token URLs of the old document at which old clients request tokens, and that the new document does not list.
fn lost_token_urls(snapshots: Pair<&Snapshot>) -> HashSet<String> {
    let (new, old) = (&snapshots.ours.api, &snapshots.theirs.api);
    // Old clients request tokens at the URL of codegen.toml, if it has one.
    if snapshots.theirs.config.client.token_url.is_some() {
        return HashSet::new();
    }
    let operations = old.operations.iter().map(|(_, operation)| operation);
    let used: HashSet<&String> = operations.flat_map(|operation| operation.security.iter().flatten()).collect();
    let new_urls: HashSet<String> =
        new.security.iter().filter_map(|scheme| Some(absolute(new, scheme.token_url()?))).collect();
    let old_urls =
        old.security.iter().filter(|scheme| used.contains(&scheme.name)).filter_map(|scheme| scheme.token_url());
    old_urls.filter(|url| !new_urls.contains(&absolute(old, url))).map(str::to_owned).collect()
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
