//! The root of the IR.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{
    Arena, BodyKind, Docs, Layout, Operation, OperationId, Param, ParamLocation, Resource, ResourceId, SecurityScheme,
    Segment, Server, Side, Status, Style, TypeDef, TypeRef, Variable,
};

/// An API.
#[derive(Debug)]
pub struct Api {
    /// The title of the API.
    pub title: String,
    /// The version of the API, not of the generated crate.
    pub version: String,
    /// The documentation of the API.
    pub docs: Docs,
    /// The servers. Requests go to the first one, unless the caller configures another.
    pub servers: Vec<Server>,
    /// The security schemes.
    pub security: Vec<SecurityScheme>,
    /// Whether error bodies have generated types. If not, the configuration says which properties contain the message
    /// and the code.
    pub typed_errors: bool,
    /// Whether a response that does not match its schema is an error. If not, decoding is lenient.
    pub strict: bool,
    /// Whether types that only responses contain implement `serde::Serialize`, too.
    pub serialize_all: bool,
    /// The types of all values.
    pub types: Arena<TypeDef>,
    /// The locations of the component schemas without a generated type. The value says whether other schemas contain
    /// their properties.
    pub schemas_without_type: BTreeMap<String, bool>,
    /// The operations, in the order of the document.
    pub operations: Arena<Operation>,
    /// The resource tree. Parents come before their children.
    pub resources: Arena<Resource>,
    /// The arrangement of the operations in the generated client.
    pub layout: Layout,
}

impl Api {
    /// Returns whether operations require different credentials, or accept one of several alternatives.
    pub fn has_per_operation_auth(&self) -> bool {
        let mut requirements =
            self.operations.iter().map(|(_, operation)| &operation.security).filter(|security| !security.is_empty());
        let first = requirements.next();
        let is_single_scheme = first.is_none_or(|security| matches!(security.as_slice(), [set] if set.len() == 1));
        !is_single_scheme || requirements.any(|security| Some(security) != first)
    }

    /// Returns the alternative sets of security schemes of an operation, by name. A request sends the credentials of
    /// all schemes in one set. Names that the document does not define are left out.
    pub fn security_alternatives<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = Vec<&'a str>> {
        let is_defined = |name: &String| self.security.iter().any(|scheme| scheme.name == *name);
        operation
            .security
            .iter()
            .map(move |set| set.iter().filter(|name| is_defined(name)).map(String::as_str).collect())
    }

    /// Returns whether some operations never send credentials while others may send them.
    pub fn mixes_anonymous_operations(&self) -> bool {
        let any_with = |anonymous: bool| self.operations.iter().any(|(_, operation)| operation.anonymous == anonymous);
        any_with(true) && any_with(false)
    }

    /// Returns the types of the error bodies of an operation, by status. Returns none if errors have no generated
    /// types.
    pub fn error_types<'a>(&self, operation: &'a Operation) -> impl Iterator<Item = (Status, &'a TypeRef)> {
        operation.error_types().filter(|_| self.typed_errors)
    }

    /// Returns whether a request can contain a file or a binary body.
    pub fn sends_uploads(&self) -> bool {
        let sends_upload = |operation: &Operation| {
            operation.body == Some(BodyKind::Multipart) || operation.params.iter().any(Param::is_upload)
        };
        self.operations.iter().any(|(_, operation)| sends_upload(operation))
    }

    /// Returns whether a parameter needs the runtime's code for parameter styles.
    pub fn has_param_styles(&self) -> bool {
        let needs_styles = |param: &Param| {
            param.style != Style::Plain || param.allow_reserved || param.location == ParamLocation::Cookie
        };
        self.operations.iter().any(|(_, operation)| operation.params.iter().any(needs_styles))
    }

    /// Returns the resources of the generated client: the resources of the tree, or the groups. The first one is the
    /// client itself.
    pub fn client_resources(&self) -> &Arena<Resource> {
        match &self.layout {
            Layout::Tree => &self.resources,
            Layout::Groups { groups, .. } => groups,
        }
    }

    /// Returns the [client resource](Self::client_resources) whose handle has the method of an operation.
    pub fn client_resource(&self, id: OperationId) -> (ResourceId, Side) {
        match &self.layout {
            Layout::Tree => (self.operations[id].resource, self.operations[id].side()),
            Layout::Groups { group_of, .. } => (group_of[id.index()], Side::Collection),
        }
    }

    /// Returns whether a parameter is an argument of the operation's method or a setter of its request. The values of
    /// all other parameters are in a handle.
    pub fn is_request_argument(&self, param: &Param) -> bool {
        param.location != ParamLocation::Path || matches!(self.layout, Layout::Groups { .. })
    }

    /// Returns the part of an operation's path after the path of its handle. In the resource tree, this is at most a
    /// trailing slash.
    pub fn path_suffix(&self, id: OperationId) -> &[Segment] {
        let path = self.operations[id].path.as_slice();
        match (&self.layout, path) {
            (Layout::Groups { .. }, _) => path,
            (Layout::Tree, [.., Segment::Literal(last)]) if last.is_empty() => &path[path.len() - 1..],
            (Layout::Tree, _) => &[],
        }
    }

    /// Returns the variables in the URLs of all servers that requests can go to, each name once.
    pub fn server_variables(&self) -> impl Iterator<Item = &Variable> {
        let operation_servers = self.operations.iter().filter_map(|(_, operation)| operation.server.as_ref());
        let servers = self.servers.first().into_iter().chain(operation_servers);
        let mut seen = BTreeSet::new();
        servers.flat_map(|server| &server.variables).filter(move |variable| seen.insert(&variable.name))
    }

    /// Returns the URL of a server. The URL keeps a variable only if the variable has the same default in all servers.
    /// All other variables are replaced by their defaults.
    pub fn server_url(&self, server: &Server) -> String {
        let is_shared = |variable: &Variable| {
            self.server_variables().any(|shared| shared.name == variable.name && shared.default == variable.default)
        };
        let variables = server.variables.iter().filter(|variable| !is_shared(variable)).cloned().collect();
        Server { variables, ..server.clone() }.filled()
    }
}
