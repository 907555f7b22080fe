//! Parses the objects of a document other than paths: info, servers, tags and components.

use openapiv3::{Components, Info, OpenAPI, Tag};
use serde_json::Value;

use super::common::{external_docs, server};
use super::context::ParseContext;
use super::object_reader::{ObjectReader, entries, items, object_or_warn, string_or_warn};
use super::operation::{example_or_ref, header_or_ref, parameter_or_ref, request_body_or_ref, response_or_ref};
use super::path_items::paths;
use super::schema::schema_or_ref;
use super::security::{security_requirement, security_scheme_or_ref};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::source::{Pointer, Source};

/// Parses the root object.
pub fn read(tree: &Value, source: &Source, context: &mut ParseContext) -> Option<OpenAPI> {
    let mut object = ObjectReader::new(tree, Pointer::root(), context)?;
    object.context.is_openapi_31 = is_openapi_31(tree, object.context)?;
    let schemes = tree.pointer("/components/securitySchemes").and_then(Value::as_object);
    object.context.security_schemes = schemes.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    // `paths` is optional in OpenAPI 3.1, because a document may have only components.
    let paths = |value: &Value, at: Pointer, context: &mut ParseContext| paths(tree, source, value, at, context);
    let paths = match object.context.is_openapi_31 {
        true => object.read_with("paths", paths),
        false => object_or_warn(&mut object, "paths", "the API has no operations", paths),
    };
    let document = OpenAPI {
        openapi: object.string("openapi").unwrap_or_default(),
        info: object_or_warn(&mut object, "info", "the API has no name and no version", info).unwrap_or_default(),
        servers: items(&mut object, "servers", server),
        paths: paths.unwrap_or_default(),
        components: object.read_with("components", components),
        security: object.value("security").is_some().then(|| items(&mut object, "security", security_requirement)),
        tags: items(&mut object, "tags", tag),
        extensions: object.extensions(),
        external_docs: object.read_with("externalDocs", external_docs),
    };
    object.ignore(&["jsonSchemaDialect"], "schemas of every dialect are read in the same way");
    // Webhooks and callbacks are parsed after the paths. Reading the keyword here only marks it as known.
    let _ = object.value("webhooks");
    object.finish(&[]);
    Some(document)
}

/// Returns `true` for OpenAPI 3.1 and `false` for OpenAPI 3.0. Reports any other version as an error, and returns
/// `None`.
fn is_openapi_31(tree: &Value, context: &mut ParseContext) -> Option<bool> {
    let (keyword, version, help) = match (tree.get("openapi"), tree.get("swagger")) {
        (Some(Value::String(version)), _) if version == "3.0" || version.starts_with("3.0.") => return Some(false),
        (Some(Value::String(version)), _) if version == "3.1" || version.starts_with("3.1.") => return Some(true),
        // YAML parses an unquoted version with two parts, such as `3.1`, as a number.
        (Some(Value::Number(version)), _) if version.as_f64() == Some(3.0) => return Some(false),
        (Some(Value::Number(version)), _) if version.as_f64() == Some(3.1) => return Some(true),
        (Some(version), _) => ("openapi", version.to_string(), "convert the document to OpenAPI 3.0 or 3.1"),
        (None, Some(version)) => {
            let help = "convert the document to OpenAPI 3.0 first, for instance with `npx swagger2openapi`";
            ("swagger", version.to_string(), help)
        }
        (None, None) => {
            let location = Location::Value(Pointer::root());
            context.report(
                Diagnostic::error(code::VERSION, location, "this is not an OpenAPI document: `openapi` is missing")
                    .help("begin the document with `openapi: 3.0.3`"),
            );
            return None;
        }
    };
    let message = format!("`{keyword}: {}` is not a supported version", version.trim_matches('"'));
    let location = Location::Value(Pointer::root().child(keyword));
    context.report(Diagnostic::error(code::VERSION, location, message).help(help));
    None
}

fn info(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Info> {
    let mut object = ObjectReader::new_optional(value, pointer, context)?;
    let info = Info {
        title: string_or_warn(&mut object, "title", "the API has no name"),
        version: string_or_warn(&mut object, "version", "the API has no version"),
        description: object.optional_string("description"),
        extensions: object.extensions(),
        ..Info::default()
    };
    let document_keywords = ["contact", "license", "termsOfService", "summary"];
    object.ignore(&document_keywords, "it describes the document, not the API");
    object.finish(&[]);
    Some(info)
}

fn tag(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Tag> {
    let mut object = ObjectReader::new_optional(value, pointer, context)?;
    let tag = Tag {
        name: string_or_warn(&mut object, "name", "the description of the tag is ignored"),
        description: object.optional_string("description"),
        extensions: object.extensions(),
        external_docs: object.read_with("externalDocs", external_docs),
    };
    object.finish(&[]);
    Some(tag)
}

fn components(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Components> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    let components = Components {
        schemas: entries(&mut object, "schemas", schema_or_ref),
        responses: entries(&mut object, "responses", response_or_ref),
        parameters: entries(&mut object, "parameters", parameter_or_ref),
        examples: entries(&mut object, "examples", example_or_ref),
        request_bodies: entries(&mut object, "requestBodies", request_body_or_ref),
        headers: entries(&mut object, "headers", header_or_ref),
        security_schemes: entries(&mut object, "securitySchemes", security_scheme_or_ref),
        extensions: object.extensions(),
        ..Components::default()
    };
    // A path item or a callback is parsed when something refers to it. Reading the keyword here only marks it as known.
    let _ = (object.value("pathItems"), object.value("callbacks"));
    object.finish(&["links"]);
    Some(components)
}
