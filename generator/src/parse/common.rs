//! Parses servers and external documentation. Several kinds of objects have them.

use openapiv3::{ExternalDocumentation, Server, ServerVariable};
use serde_json::Value;

use super::context::ParseContext;
use super::object_reader::{ObjectReader, entries};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::source::Pointer;

/// Joins a summary (or a name) and a description as two paragraphs.
pub fn joined_docs(summary: Option<String>, description: Option<String>) -> Option<String> {
    match (summary, description) {
        (Some(summary), Some(description)) => Some(format!("{summary}\n\n{description}")),
        (summary, description) => summary.or(description),
    }
}

/// Parses a server. A server without a URL is reported as a warning, and ignored.
pub fn server(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Server> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    let url = object.string("url");
    if url.is_none() {
        object.warn_missing("url", "the server is ignored");
    }
    let server = url.map(|url| Server {
        url,
        description: joined_docs(object.optional_string("name"), object.optional_string("description")),
        extensions: object.extensions(),
        variables: Some(entries(&mut object, "variables", server_variable)).filter(|variables| !variables.is_empty()),
    });
    object.finish(&[]);
    server
}

fn server_variable(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<ServerVariable> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    let allowed_values = object.strings("enum");
    let default = match (object.string("default"), allowed_values.first()) {
        (Some(default), _) => default,
        (None, Some(first)) => {
            object.warn_missing("default", "the first value is used");
            first.clone()
        }
        (None, None) => {
            object.report_missing("default");
            return None;
        }
    };
    let variable = ServerVariable {
        enumeration: allowed_values,
        default,
        description: object.optional_string("description"),
        extensions: object.extensions(),
    };
    object.finish(&[]);
    Some(variable)
}

/// Parses external documentation. Problems are warnings, because the generated code is correct without it.
pub fn external_docs(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<ExternalDocumentation> {
    let mut object = ObjectReader::new_optional(value, pointer, context)?;
    let (url, description) = (object.optional_string("url"), object.optional_string("description"));
    if url.is_none() {
        let diagnostic = Diagnostic::warning(
            code::MISSING_KEYWORD,
            Location::Key(object.pointer_to("url").parent()),
            "`url` is missing",
        );
        object.context.report(diagnostic.help("add the URL of the documentation, or remove `externalDocs`"));
    }
    let docs = url.map(|url| ExternalDocumentation { url, description, extensions: object.extensions() });
    object.finish(&[]);
    docs
}
