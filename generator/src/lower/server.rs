//! Lowers the servers of the document, and the servers of path items and operations.

use openapiv3::{Server as ServerObject, ServerVariable};

use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Server, Variable};
use crate::lower::Lowering;
use crate::source::Pointer;

impl Lowering<'_> {
    /// Returns the servers of the document. The first server is the default.
    pub(crate) fn lower_servers(&mut self) -> Vec<Server> {
        let at = Pointer::root().child("servers");
        let servers = self.document.servers.iter().enumerate();
        servers.map(|(index, server)| self.lower_server(server, &at.child(index))).collect()
    }

    /// Returns the first server of an operation, or else the first server of its path item. Returns `None` if there
    /// is none, or if it is the default server of the document.
    pub(crate) fn operation_server(&mut self, levels: [(&[ServerObject], &Pointer); 2]) -> Option<Server> {
        let (servers, at) = levels.into_iter().find(|(servers, _)| !servers.is_empty())?;
        let first_server = to_server(servers.first()?);
        let default_server = self.document.servers.first().map(to_server);
        let is_default = default_server.is_some_and(|default| default.filled() == first_server.filled());
        (!is_default).then(|| self.lower_server(&servers[0], &at.child("servers").child("0")))
    }

    /// Lowers a server, and reports the variables in its URL that are not declared.
    fn lower_server(&mut self, object: &ServerObject, at: &Pointer) -> Server {
        let server = to_server(object);
        let names = server.url.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
        let is_declared = |name: &str| server.variables.iter().any(|variable| variable.name == name);
        for name in names.filter(|name| !is_declared(name)) {
            let message = format!("the variable `{name}` of the server is not declared");
            let location = Location::Value(at.child("url"));
            let diagnostic = Diagnostic::warning(code::MISSING_KEYWORD, location, message)
                .label("the variable has no value, so the client needs a base URL")
                .help(format!("add `variables: {{ {name}: {{ default: … }} }}`"));
            self.diagnostics.push(diagnostic);
        }
        server
    }
}

fn to_server(server: &ServerObject) -> Server {
    let url = match server.url.trim().trim_end_matches('/') {
        // A URL without a scheme gets the scheme HTTPS.
        url if url.starts_with("//") => format!("https:{url}"),
        url => url.to_owned(),
    };
    let variable = |(name, variable): (&String, &ServerVariable)| {
        let mut allowed = variable.enumeration.clone();
        if !allowed.is_empty() && !allowed.contains(&variable.default) {
            allowed.push(variable.default.clone());
        }
        Variable {
            name: name.clone(),
            default: variable.default.clone(),
            allowed,
            docs: variable.description.clone().unwrap_or_default(),
        }
    };
    let variables = server.variables.iter().flatten().map(variable).collect();
    Server { url, variables, docs: server.description.clone().unwrap_or_default() }
}
