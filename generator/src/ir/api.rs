//! An API: the root of the IR.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::ir::{
    Arena, BodyKind, Docs, Layout, Level, Method, Operation, OperationId, Param, ParamLocation, Resource, ResourceId,
    SecurityScheme, Segment, Server, Status, Style, TypeDef, TypeRef, Variable, WebhookGroup,
};
use crate::source::Pointer;

/// An API, as the document and the configuration describe it.
#[derive(Debug)]
pub struct Api {
    /// The title of the API.
    pub title: String,
    /// The version of the API, not of the generated crate.
    pub version: String,
    /// The documentation of the API.
    pub docs: Docs,
    /// The servers. Requests go to the first server, unless the caller configures another URL.
    pub servers: Vec<Server>,
    /// The security schemes.
    pub security: Vec<SecurityScheme>,
    /// Whether error bodies have generated types. Otherwise, the configuration says which properties contain the
    /// message and the code.
    pub has_typed_errors: bool,
    /// Whether the generated code checks a pattern that is not simple, which needs the crate `regex-lite`.
    pub needs_regex_crate: bool,
    /// The name of the property of a request body with which a client asks for a stream.
    pub stream_flag_name: String,
    /// Whether decoding is strict: a response that does not match its schema is an error. Otherwise, decoding is
    /// lenient.
    pub strict: bool,
    /// Whether all types implement `serde::Serialize`. Otherwise, only types that requests contain implement it.
    pub serializes_all_models: bool,
    /// The named types.
    pub types: Arena<TypeDef>,
    /// The locations of the component schemas without a generated type. The value is `true` if the properties of the
    /// schema are merged into other schemas.
    pub schemas_without_type: BTreeMap<String, bool>,
    /// The formats of strings and numbers, by the locations of their schemas. The comparison reports formats that do not change the type.
    pub formats: BTreeMap<Pointer, String>,
    /// The operations, in the order of the document.
    pub operations: Arena<Operation>,
    /// The operations that are left out because of errors, if codegen.toml has `on_error = "skip"`.
    pub left_out: Vec<LeftOut>,
    /// The webhooks of the document, and each callback.
    pub webhooks: Vec<WebhookGroup>,
    /// The resource tree. Parents come before their children.
    pub resources: Arena<Resource>,
    /// The arrangement of the operations in the generated client.
    pub layout: Layout,
}

/// An operation that cannot be generated, or a path whose operations are unknown.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The HTTP method. `None` stands for all operations of the path, if its path item cannot be read.
    pub method: Option<Method>,
    /// The path, with `/` at its start.
    pub path: String,
    /// The `operationId`.
    pub id: Option<String>,
    /// The message of the first error that prevents the generation.
    pub reason: String,
}

impl LeftOut {
    /// Returns the method and the path, as in `GET /pets`.
    pub fn name(&self) -> String {
        match &self.method {
            Some(method) => format!("{} {}", method.as_str(), self.path),
            None => self.path.clone(),
        }
    }
}

impl Api {
    /// Returns the operations that are not left out of another document of the same API.
    pub fn operations_not_left_out_of<'a>(&'a self, other: &Self) -> Vec<&'a Operation> {
        let left_out: HashSet<(Option<&Method>, &str)> =
            other.left_out.iter().map(|it| (it.method.as_ref(), it.path.as_str())).collect();
        let is_left_out = |operation: &Operation| {
            let path = operation.template();
            [Some(&operation.method), None].iter().any(|method| left_out.contains(&(*method, path.as_str())))
        };
        self.operations.iter().map(|(_, operation)| operation).filter(|operation| !is_left_out(operation)).collect()
    }

    /// Returns whether the client must choose the credentials for each operation: operations require different schemes,
    /// or an operation accepts alternatives or several schemes.
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

    /// Returns whether there are both operations that never send credentials and operations that may send credentials.
    pub fn mixes_anonymous_operations(&self) -> bool {
        let has_operation =
            |is_anonymous: bool| self.operations.iter().any(|(_, operation)| operation.is_anonymous == is_anonymous);
        has_operation(true) && has_operation(false)
    }

    /// Returns the types of the error bodies of an operation, by status. The result is empty if errors have no
    /// generated types.
    pub fn error_types<'a>(&self, operation: &'a Operation) -> impl Iterator<Item = (Status, &'a TypeRef)> {
        operation.error_types().filter(|_| self.has_typed_errors)
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

    /// Returns the resources that have a handle in the generated client: the resources of the tree, or the groups. The
    /// first resource is the client itself.
    pub fn client_resources(&self) -> &Arena<Resource> {
        match &self.layout {
            Layout::Tree => &self.resources,
            Layout::Groups { groups, .. } => groups,
        }
    }

    /// Returns the [client resource](Self::client_resources) and the level whose handle has the method of an operation.
    pub fn client_resource(&self, id: OperationId) -> (ResourceId, Level) {
        match &self.layout {
            Layout::Tree => (self.operations[id].resource, self.operations[id].level()),
            Layout::Groups { group_of, .. } => (group_of[id.index()], Level::Collection),
        }
    }

    /// Returns whether the caller passes a parameter to the method of an operation or to a setter of its request. The
    /// values of all other parameters are in a handle.
    pub fn is_request_argument(&self, param: &Param) -> bool {
        param.location != ParamLocation::Path || matches!(self.layout, Layout::Groups { .. })
    }

    /// Returns the part of an operation's path after the path of its handle. In the resource tree, this part is empty
    /// or a trailing slash.
    pub fn path_suffix(&self, id: OperationId) -> &[Segment] {
        let path = self.operations[id].path.as_slice();
        match (&self.layout, path) {
            (Layout::Groups { .. }, _) => path,
            (Layout::Tree, [.., Segment::Literal(last)]) if last.is_empty() => &path[path.len() - 1..],
            (Layout::Tree, _) => &[],
        }
    }

    /// Returns the variables in the URLs of the servers that requests use by default. If two variables have the same
    /// name, returns the first.
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
