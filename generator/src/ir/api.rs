//! The root of the IR, and the arenas of its nodes.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{
    Arena, Body, Docs, Operation, OperationId, Param, ParamPlace, Resource, ResourceId, SecurityScheme, Segment,
    Server, Side, Status, Style, Surface, TypeDef, TypeRef, Variable,
};

/// An API, whole.
#[derive(Debug)]
pub struct Api {
    /// What it is called.
    pub title: String,
    /// The version of the API, not of its bindings.
    pub version: String,
    /// What it is about.
    pub docs: Docs,
    /// Where it is served: at the first, unless the user says otherwise.
    pub servers: Vec<Server>,
    /// How its users identify themselves.
    pub security: Vec<SecurityScheme>,
    /// Whether the bodies of its errors have types. Otherwise it is known where they say what went wrong.
    pub typed_errors: bool,
    /// Whether answers are read to the letter.
    pub strict: bool,
    /// The types of its values.
    pub types: Arena<TypeDef>,
    /// The component schemas that no type is generated for, by location, and whether other schemas contain their properties.
    pub untyped: BTreeMap<String, bool>,
    /// What can be asked of it, in the order of the document.
    pub operations: Arena<Operation>,
    /// The tree of its collections and instances; a parent stands before its children.
    pub resources: Arena<Resource>,
    /// How its operations are laid out for those who call them.
    pub surface: Surface,
}

impl Api {
    /// Whether which credentials are sent hangs on the operation.
    pub fn has_per_operation_auth(&self) -> bool {
        let mut asked = self.operations.iter().map(|(_, one)| &one.security).filter(|one| !one.is_empty());
        let first = asked.next();
        let plain = first.is_none_or(|one| matches!(one.as_slice(), [together] if together.len() == 1));
        !plain || asked.any(|other| Some(other) != first)
    }

    /// The schemes whose credentials an operation takes, by their names: of each list all together. What the document does not
    /// describe is not among them.
    pub fn schemes<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = Vec<&'a str>> {
        let known = |name: &String| self.security.iter().any(|scheme| scheme.name == *name);
        operation.security.iter().map(move |all| all.iter().filter(|name| known(name)).map(String::as_str).collect())
    }

    /// Whether some operations take no credentials and others do.
    pub fn has_open(&self) -> bool {
        let open = |open: bool| self.operations.iter().any(|(_, operation)| operation.anonymous == open);
        open(true) && open(false)
    }

    /// The types that the bodies of the errors of an operation have, by status.
    pub fn errors<'a>(&self, operation: &'a Operation) -> impl Iterator<Item = (Status, &'a TypeRef)> {
        operation.errors().filter(|_| self.typed_errors)
    }

    /// Whether a request can carry bytes as they are, or files.
    pub fn sends_uploads(&self) -> bool {
        let multipart = |one: &Operation| one.body == Some(Body::Multipart) || one.params.iter().any(Param::is_upload);
        self.operations.iter().any(|(_, one)| multipart(one))
    }

    /// Whether a value is written in a way that takes code of its own.
    pub fn has_styles(&self) -> bool {
        let styled = |one: &Param| one.style != Style::Plain || one.reserved || one.place == ParamPlace::Cookie;
        self.operations.iter().any(|(_, one)| one.params.iter().any(styled))
    }

    /// The places that the surface has; the first is the client itself.
    pub fn places(&self) -> &Arena<Resource> {
        match &self.surface {
            Surface::Tree => &self.resources,
            Surface::Groups { groups, .. } => groups,
        }
    }

    /// The place that an operation is asked of, and the half of it.
    pub fn place(&self, id: OperationId) -> (ResourceId, Side) {
        match &self.surface {
            Surface::Tree => (self.operations[id].resource, self.operations[id].side()),
            Surface::Groups { of, .. } => (of[id.index()], Side::Collection),
        }
    }

    /// Whether the value of a parameter is given where the request begins or later, and not on the way there.
    pub fn is_request_argument(&self, param: &Param) -> bool {
        param.place != ParamPlace::Path || matches!(self.surface, Surface::Groups { .. })
    }

    /// What stands in the path of an operation beyond that of its place. In the tree, a slash at the end is all that it
    /// can be.
    pub fn path_suffix(&self, id: OperationId) -> &[Segment] {
        let path = self.operations[id].path.as_slice();
        match (&self.surface, path) {
            (Surface::Groups { .. }, _) => path,
            (Surface::Tree, [.., Segment::Literal(last)]) if last.is_empty() => &path[path.len() - 1..],
            (Surface::Tree, _) => &[],
        }
    }

    /// What is variable in the URLs of all servers that requests go to, each name once.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        let own = self.operations.iter().filter_map(|(_, operation)| operation.server.as_ref());
        let mut known = BTreeSet::new();
        let all = self.servers.first().into_iter().chain(own).flat_map(|server| &server.variables);
        all.filter(move |variable| known.insert(&variable.name))
    }

    /// The URL of a server, with nothing variable in it but what means the same in all servers.
    pub fn url(&self, server: &Server) -> String {
        let common = |own: &Variable| self.variables().any(|one| one.name == own.name && one.default == own.default);
        let variables = server.variables.iter().filter(|own| !common(own)).cloned().collect();
        Server { variables, ..server.clone() }.filled()
    }
}
