//! Parses the objects of a document other than paths: info, servers, tags and components.

use openapiv3::{Components, Info, OpenAPI, Tag};
use serde_json::Value;

use super::common::{external_docs, server};
use super::context::ParseContext;
use super::object_reader::{ObjectReader, expected, expected_text, list, map, shared};
use super::operation::{example_or, header_or, parameter_or, request_body_or, response_or};
use super::path_items::paths;
use super::schema::schema_or;
use super::security::{requirement, security_scheme_or};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::source::{Pointer, Source};

/// Reads the root object.
pub fn read(tree: &Value, source: &Source, reader: &mut ParseContext) -> Option<OpenAPI> {
    let mut keys = ObjectReader::of(tree, Pointer::root(), reader)?;
    keys.reader.is_openapi_31 = version(tree, keys.reader)?;
    let schemes = tree.pointer("/components/securitySchemes").and_then(Value::as_object);
    keys.reader.schemes = schemes.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    // A document of 3.1 may describe components alone, for others to refer to.
    let paths = |value: &Value, at: Pointer, reader: &mut ParseContext| paths(tree, source, value, at, reader);
    let paths = match keys.reader.is_openapi_31 {
        true => keys.object("paths", paths),
        false => expected(&mut keys, "paths", "the API has no operations", paths),
    };
    let document = OpenAPI {
        openapi: keys.text("openapi").unwrap_or_default(),
        info: expected(&mut keys, "info", "the API has no name and no version", info).unwrap_or_default(),
        servers: list(&mut keys, "servers", server),
        paths: paths.unwrap_or_default(),
        components: keys.object("components", components),
        security: keys.any("security").is_some().then(|| list(&mut keys, "security", requirement)),
        tags: list(&mut keys, "tags", tag),
        extensions: keys.extensions(),
        external_docs: keys.object("externalDocs", external_docs),
    };
    keys.ignored(&["jsonSchemaDialect"], "schemas of every dialect are read in the same way");
    keys.finish(&["webhooks"]);
    Some(document)
}

/// Whether the document is one of OpenAPI 3.1 rather than 3.0; anything else would be misread, so nothing more is
/// looked at.
fn version(tree: &Value, reader: &mut ParseContext) -> Option<bool> {
    let (keyword, found, help) = match (tree.get("openapi"), tree.get("swagger")) {
        (Some(Value::String(version)), _) if version == "3.0" || version.starts_with("3.0.") => return Some(false),
        (Some(Value::String(version)), _) if version == "3.1" || version.starts_with("3.1.") => return Some(true),
        // YAML takes a version without a third part for a number.
        (Some(Value::Number(version)), _) if version.as_f64() == Some(3.0) => return Some(false),
        (Some(Value::Number(version)), _) if version.as_f64() == Some(3.1) => return Some(true),
        (Some(version), _) => ("openapi", version.to_string(), "convert the document to OpenAPI 3.0 or 3.1"),
        (None, Some(version)) => {
            let help = "convert the document to OpenAPI 3.0 first, for instance with `npx swagger2openapi`";
            ("swagger", version.to_string(), help)
        }
        (None, None) => {
            let place = Location::Value(Pointer::root());
            reader.push(
                Diagnostic::error(code::VERSION, place, "this is not an OpenAPI document: `openapi` is missing")
                    .help("begin the document with `openapi: 3.0.3`"),
            );
            return None;
        }
    };
    let message = format!("`{keyword}: {}` is not a supported version", found.trim_matches('"'));
    let place = Location::Value(Pointer::root().child(keyword));
    reader.push(Diagnostic::error(code::VERSION, place, message).help(help));
    None
}

fn info(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Info> {
    let mut keys = ObjectReader::optional(value, pointer, reader)?;
    let info = Info {
        title: expected_text(&mut keys, "title", "the API has no name"),
        version: expected_text(&mut keys, "version", "the API has no version"),
        description: keys.optional_text("description"),
        extensions: keys.extensions(),
        ..Info::default()
    };
    let about = ["contact", "license", "termsOfService", "summary"];
    keys.ignored(&about, "it describes the document, not the API");
    keys.finish(&[]);
    Some(info)
}

fn tag(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Tag> {
    let mut keys = ObjectReader::optional(value, pointer, reader)?;
    let tag = Tag {
        name: expected_text(&mut keys, "name", "it is about no tag then"),
        description: keys.optional_text("description"),
        extensions: keys.extensions(),
        external_docs: keys.object("externalDocs", external_docs),
    };
    keys.finish(&[]);
    Some(tag)
}

fn components(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Components> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let components = Components {
        schemas: map(&mut keys, "schemas", schema_or),
        responses: shared(&mut keys, "responses", response_or),
        parameters: shared(&mut keys, "parameters", parameter_or),
        examples: shared(&mut keys, "examples", example_or),
        request_bodies: shared(&mut keys, "requestBodies", request_body_or),
        headers: shared(&mut keys, "headers", header_or),
        security_schemes: map(&mut keys, "securitySchemes", security_scheme_or),
        extensions: keys.extensions(),
        ..Components::default()
    };
    // What of these is needed is read where a path refers to it.
    let _ = keys.any("pathItems");
    keys.finish(&["links", "callbacks"]);
    Some(components)
}
