//! Servers and external documentation, which several objects of a document have.

use openapiv3::{ExternalDocumentation, Server, ServerVariable};
use serde_json::Value;

use super::context::ParseContext;
use super::object_reader::{ObjectReader, map};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::source::Pointer;

/// A server, or nothing and a warning if there is no saying where.
pub fn server(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Server> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let url = keys.text("url");
    if url.is_none() {
        keys.warn_missing("url", "the server is ignored");
    }
    let server = url.map(|url| Server {
        url,
        description: keys.optional_text("description"),
        extensions: keys.extensions(),
        variables: Some(map(&mut keys, "variables", server_variable)).filter(|variables| !variables.is_empty()),
    });
    keys.finish(&[]);
    server
}

fn server_variable(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<ServerVariable> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let enumeration = keys.texts("enum");
    let default = match (keys.text("default"), enumeration.first()) {
        (Some(default), _) => default,
        (None, Some(first)) => {
            keys.warn_missing("default", "the first value is used");
            first.clone()
        }
        (None, None) => {
            keys.missing("default");
            return None;
        }
    };
    let variable = ServerVariable {
        enumeration,
        default,
        description: keys.optional_text("description"),
        extensions: keys.extensions(),
    };
    keys.finish(&[]);
    Some(variable)
}

/// Where a thing is described further.
pub fn external_docs(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<ExternalDocumentation> {
    let mut keys = ObjectReader::optional(value, pointer, reader)?;
    let (url, description) = (keys.optional_text("url"), keys.optional_text("description"));
    if url.is_none() {
        let diagnostic =
            Diagnostic::warning(code::MISSING_KEYWORD, Location::Key(keys.at("url").parent()), "`url` is missing");
        keys.reader.push(diagnostic.help("add the URL of the documentation, or remove `externalDocs`"));
    }
    let docs = url.map(|url| ExternalDocumentation { url, description, extensions: keys.extensions() });
    keys.finish(&[]);
    docs
}
