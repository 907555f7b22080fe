//! Parses the objects of a document other than paths: info, servers, tags and components.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use openapiv3::{Components, Info, OpenAPI, Tag};
use serde_json::Value;

use super::common::{external_docs, joined_docs, server};
use super::context::{ParseContext, Version};
use super::external_refs::SELF;
use super::media_types::MEDIA_TYPES;
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
    object.context.version = version(tree, object.context)?;
    let schemes = tree.pointer("/components/securitySchemes").and_then(Value::as_object);
    object.context.security_schemes = schemes.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    // `paths` is optional since OpenAPI 3.1, because a document may have only components.
    let paths = |value: &Value, at: Pointer, context: &mut ParseContext| paths(tree, source, value, at, context);
    let paths = match object.context.version {
        Version::V3_0 => object_or_warn(&mut object, "paths", "the API has no operations", paths),
        _ => object.read_with("paths", paths),
    };
    let document = OpenAPI {
        openapi: object.string("openapi").unwrap_or_default(),
        info: object_or_warn(&mut object, "info", "the API has no name and no version", info).unwrap_or_default(),
        servers: items(&mut object, "servers", server),
        paths: paths.unwrap_or_default(),
        components: object.read_with("components", components),
        security: object.value("security").is_some().then(|| items(&mut object, "security", security_requirement)),
        tags: tags(&mut object),
        extensions: object.extensions(),
        external_docs: object.read_with("externalDocs", external_docs),
    };
    report_self_with_fragment(&mut object);
    object.ignore(&["jsonSchemaDialect"], "schemas of every dialect are read in the same way");
    // Webhooks and callbacks are parsed after the paths. Reading the keyword here only marks it as known.
    let _ = object.value("webhooks");
    object.finish(&[]);
    Some(document)
}

/// Reports a `$self` with a fragment. References to a `$self` are resolved before the document is parsed.
fn report_self_with_fragment(object: &mut ObjectReader<'_, '_>) {
    if object.string(SELF).is_some_and(|uri| uri.contains('#')) {
        let location = Location::Value(object.pointer_to(SELF));
        let diagnostic = Diagnostic::warning(code::WRONG_TYPE, location, "`$self` must not have a fragment");
        object.context.report(diagnostic.label("the fragment is ignored").help("remove `#` and the text after it"));
    }
}

/// Returns the version of OpenAPI. Reports a version before 3.0 as an error, and returns `None`. Reports a version after 3.2
/// as a warning.
fn version(tree: &Value, context: &mut ParseContext) -> Option<Version> {
    let location = Location::Value(Pointer::root().child("openapi"));
    let (keyword, version, help) = match (tree.get("openapi"), tree.get("swagger")) {
        (Some(version), _) => match minor_version(version) {
            Some(0) => return Some(Version::V3_0),
            Some(1) => return Some(Version::V3_1),
            Some(2) => return Some(Version::V3_2),
            Some(minor) => {
                let message = format!("OpenAPI 3.{minor} is newer than 3.2");
                let diagnostic = Diagnostic::warning(code::VERSION, location, message).label("read as OpenAPI 3.2");
                context.report(diagnostic.help("convert the document to OpenAPI 3.2 if a keyword is missing below"));
                return Some(Version::V3_2);
            }
            None => ("openapi", version.to_string(), "convert the document to OpenAPI 3.0, 3.1 or 3.2"),
        },
        (None, Some(version)) => {
            let help = "convert the document to OpenAPI 3.0 first, for instance with `npx swagger2openapi`";
            ("swagger", version.to_string(), help)
        }
        (None, None) => {
            let root = Location::Value(Pointer::root());
            context.report(
                Diagnostic::error(code::VERSION, root, "this is not an OpenAPI document: `openapi` is missing")
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

/// Returns the second number of a version whose first number is 3.
fn minor_version(version: &Value) -> Option<u32> {
    let text = match version {
        Value::String(text) => text.clone(),
        // YAML parses an unquoted version with two parts, such as `3.1`, as a number.
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let mut numbers = text.split('.');
    if numbers.next() != Some("3") {
        return None;
    }
    numbers.next()?.parse().ok()
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

/// Reads the tags. Reports each parent that does not exist or is part of a cycle, and removes it.
fn tags(object: &mut ObjectReader<'_, '_>) -> Vec<Tag> {
    let mut tags = items(object, "tags", tag);
    let parents: HashMap<&str, (usize, Option<&str>)> =
        tags.iter().enumerate().map(|(index, tag)| (tag.name.as_str(), (index, parent(tag)))).collect();
    let mut has_checked = vec![false; tags.len()];
    let mut problems = Vec::new();
    for index in 0..tags.len() {
        let mut chain = HashSet::new();
        let mut current = index;
        while !std::mem::replace(&mut has_checked[current], true) {
            chain.insert(current);
            let Some(name) = parent(&tags[current]) else { break };
            match parents.get(name) {
                Some((above, _)) if !chain.contains(above) => current = *above,
                found => {
                    problems.push((current, name.to_owned(), found.is_some()));
                    break;
                }
            }
        }
    }
    for (index, name, is_cycle) in problems {
        tags[index].extensions.shift_remove(PARENT);
        let location = Location::Value(object.pointer_to("tags").child(index).child(PARENT));
        let (code, message, help) = match is_cycle {
            true => (
                code::CIRCULAR_REFERENCE,
                format!("the parents of the tag `{name}` lead back to it"),
                "remove the wrong `parent`".to_owned(),
            ),
            false => {
                let names = tags.iter().map(|tag| tag.name.as_str());
                let similar = object.context.diagnostics.did_you_mean(&name, names);
                let help = similar.map(|similar| format!("did you mean `{similar}`?"));
                let help = help.unwrap_or_else(|| "name a tag in `tags`".to_owned());
                (code::DANGLING_REFERENCE, format!("there is no tag `{name}`"), help)
            }
        };
        let diagnostic = Diagnostic::warning(code, location, message).label("the tag has no parent");
        object.context.report(diagnostic.help(help));
    }
    tags
}

/// The keyword of a tag with the name of the tag above it. The model has no field for it, so it is in `extensions`.
pub const PARENT: &str = "parent";

fn parent(tag: &Tag) -> Option<&str> {
    tag.extensions.get(PARENT).and_then(Value::as_str)
}

fn tag(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Tag> {
    let mut object = ObjectReader::new_optional(value, pointer, context)?;
    let mut extensions: IndexMap<String, Value> = object.extensions();
    extensions.extend(object.optional_string(PARENT).map(|parent| (PARENT.to_owned(), parent.into())));
    let tag = Tag {
        name: string_or_warn(&mut object, "name", "the description of the tag is ignored"),
        description: joined_docs(object.optional_string("summary"), object.optional_string("description")),
        extensions,
        external_docs: object.read_with("externalDocs", external_docs),
    };
    object.ignore(&["kind"], "every tag is a group of operations");
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
    // A path item, a callback or a media type is parsed when something refers to it. Reading the keyword here only marks it as known.
    let _ = (object.value("pathItems"), object.value("callbacks"), object.value(MEDIA_TYPES));
    object.finish(&["links"]);
    Some(components)
}
