//! Lowers servers: those of the document, and those of single paths and operations.

use openapiv3::{Server as Described, ServerVariable};

use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Server, Variable};
use crate::lower::Lowering;
use crate::source::Pointer;

impl Lowering<'_> {
    /// Returns the servers of the document. The first one is the default.
    pub(crate) fn servers(&mut self) -> Vec<Server> {
        let at = Pointer::root().child("servers");
        let described = self.document.servers.iter().enumerate();
        described.map(|(index, server)| self.server(server, &at.child(index))).collect()
    }

    /// Returns the server of an operation, if it is not the default: the first of its own or of its path.
    pub(crate) fn own_server(&mut self, levels: [(&[Described], &Pointer); 2]) -> Option<Server> {
        let (servers, at) = levels.into_iter().find(|(servers, _)| !servers.is_empty())?;
        let own = lowered(servers.first()?);
        let common = self.document.servers.first().map(lowered);
        let same = common.is_some_and(|common| common.filled() == own.filled());
        (!same).then(|| self.server(&servers[0], &at.child("servers").child("0")))
    }

    fn server(&mut self, described: &Described, at: &Pointer) -> Server {
        let server = lowered(described);
        let names = server.url.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
        let declared = |name: &str| server.variables.iter().any(|variable| variable.name == name);
        for name in names.filter(|name| !declared(name)) {
            let message = format!("the variable `{name}` of the server is not declared");
            let place = Location::Value(at.child("url"));
            let diagnostic = Diagnostic::warning(code::MISSING_KEYWORD, place, message)
                .label("it has no value, so the client needs a base URL")
                .help(format!("add `variables: {{ {name}: {{ default: … }} }}`"));
            self.diagnostics.push(diagnostic);
        }
        server
    }
}

fn lowered(server: &Described) -> Server {
    let url = match server.url.trim().trim_end_matches('/') {
        // A URL without a scheme uses HTTPS.
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
