//! The objects of a document around its schemas: paths, operations, parameters, bodies, responses, components.

use indexmap::IndexMap;
use openapiv3::{
    Components, Content, CookieStyle, Encoding, Example, ExternalDocumentation, Header, HeaderStyle, Info, MediaType,
    OpenAPI, Operation, Parameter, ParameterData, ParameterSchemaOrContent, PathItem, PathStyle, Paths, QueryStyle,
    ReferenceOr, RequestBody, Response, Responses, SecurityScheme, Server, ServerVariable, StatusCode, Tag,
};
use serde_json::Value;

use super::keys::{Keys, reference_or, spare, vital, wrong_type};
use super::reader::Reader;
use super::schema::schema_or;
use super::security::{requirement, security_scheme};
use crate::diag::{Diagnostic, Place, code};
use crate::source::Pointer;

/// Reads the root object.
pub fn read(tree: &Value, reader: &mut Reader) -> Option<OpenAPI> {
    let mut keys = Keys::of(tree, Pointer::root(), reader)?;
    keys.reader.modern = version(tree, keys.reader)?;
    let schemes = tree.pointer("/components/securitySchemes").and_then(Value::as_object);
    keys.reader.schemes = schemes.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    // A document of 3.1 may describe components alone, for others to refer to.
    let paths = |value: &Value, at: Pointer, reader: &mut Reader| paths(tree, value, at, reader);
    let paths = match keys.reader.modern {
        true => keys.object("paths", paths),
        false => required(&mut keys, "paths", paths),
    };
    let document = OpenAPI {
        openapi: keys.text("openapi").unwrap_or_default(),
        info: required(&mut keys, "info", info).unwrap_or_default(),
        servers: list(&mut keys, "servers", server),
        paths: paths.unwrap_or_default(),
        components: keys.object("components", components),
        security: keys.any("security").is_some().then(|| list(&mut keys, "security", requirement)),
        tags: list(&mut keys, "tags", tag),
        extensions: keys.extensions(),
        external_docs: keys.object("externalDocs", external_docs),
    };
    keys.idle(&["jsonSchemaDialect"], "schemas are read keyword by keyword, whatever their dialect");
    keys.finish(&[spare("webhooks")]);
    Some(document)
}

/// Whether the document is one of OpenAPI 3.1 rather than 3.0; anything else would be misread, so nothing more is
/// looked at.
fn version(tree: &Value, reader: &mut Reader) -> Option<bool> {
    let (keyword, found, help) = match (tree.get("openapi"), tree.get("swagger")) {
        (Some(Value::String(version)), _) if version == "3.0" || version.starts_with("3.0.") => return Some(false),
        (Some(Value::String(version)), _) if version == "3.1" || version.starts_with("3.1.") => return Some(true),
        // YAML takes a version without a third part for a number.
        (Some(Value::Number(version)), _) if version.as_f64() == Some(3.0) => return Some(false),
        (Some(Value::Number(version)), _) if version.as_f64() == Some(3.1) => return Some(true),
        (Some(version), _) => ("openapi", version.to_string(), "bring the document to OpenAPI 3.0 or 3.1"),
        (None, Some(version)) => {
            let help =
                "convert the document to OpenAPI 3.0 first, for instance with `npx swagger2openapi`, and bind that";
            ("swagger", version.to_string(), help)
        }
        (None, None) => {
            let place = Place::Value(Pointer::root());
            reader.push(
                Diagnostic::error(code::VERSION, place, "this is not an OpenAPI document: `openapi` is missing")
                    .help("begin the document with `openapi: 3.0.3`"),
            );
            return None;
        }
    };
    let message = format!("`{keyword}: {}` is not a version that can be read", found.trim_matches('"'));
    let place = Place::Value(Pointer::root().child(keyword));
    reader.push(Diagnostic::error(code::VERSION, place, message).help(help));
    None
}

fn required<T>(
    keys: &mut Keys<'_, '_>,
    keyword: &'static str,
    read: impl FnOnce(&Value, Pointer, &mut Reader) -> Option<T>,
) -> Option<T> {
    if keys.any(keyword).is_none() {
        keys.missing(keyword);
        return None;
    }
    keys.object(keyword, read)
}

/// A text that must be there; the empty one if it is not, which is reported.
pub fn required_text(keys: &mut Keys<'_, '_>, keyword: &'static str) -> String {
    if keys.any(keyword).is_none() {
        keys.missing(keyword);
    }
    keys.text(keyword).unwrap_or_default()
}

fn list<T>(
    keys: &mut Keys<'_, '_>,
    keyword: &'static str,
    read: impl Fn(&Value, Pointer, &mut Reader) -> Option<T>,
) -> Vec<T> {
    let items = keys.list(keyword);
    items.into_iter().filter_map(|(value, at)| read(value, at, keys.reader)).collect()
}

fn map<T>(
    keys: &mut Keys<'_, '_>,
    keyword: &'static str,
    read: impl Fn(&Value, Pointer, &mut Reader) -> Option<T>,
) -> IndexMap<String, T> {
    let entries = keys.map(keyword);
    (entries.into_iter()).filter_map(|(name, value, at)| Some((name.clone(), read(value, at, keys.reader)?))).collect()
}

/// A map of things that may each be a reference.
fn shared<T>(
    keys: &mut Keys<'_, '_>,
    keyword: &'static str,
    read: fn(&Value, Pointer, &mut Reader) -> Option<ReferenceOr<T>>,
) -> IndexMap<String, ReferenceOr<T>> {
    map(keys, keyword, read)
}

fn info(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Info> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let info = Info {
        title: required_text(&mut keys, "title"),
        version: required_text(&mut keys, "version"),
        description: keys.text("description"),
        extensions: keys.extensions(),
        ..Info::default()
    };
    let about = ["contact", "license", "termsOfService", "summary"];
    keys.idle(&about, "who wrote the document and on what terms is not part of what it describes");
    keys.finish(&[]);
    Some(info)
}

fn server(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Server> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let server = Server {
        url: required_text(&mut keys, "url"),
        description: keys.text("description"),
        extensions: keys.extensions(),
        variables: Some(map(&mut keys, "variables", server_variable)).filter(|variables| !variables.is_empty()),
    };
    keys.finish(&[]);
    Some(server)
}

fn server_variable(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<ServerVariable> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let variable = ServerVariable {
        enumeration: keys.texts("enum"),
        default: required_text(&mut keys, "default"),
        description: keys.text("description"),
        extensions: keys.extensions(),
    };
    keys.finish(&[]);
    Some(variable)
}

fn tag(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Tag> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let tag = Tag {
        name: required_text(&mut keys, "name"),
        description: keys.text("description"),
        extensions: keys.extensions(),
        external_docs: keys.object("externalDocs", external_docs),
    };
    keys.finish(&[]);
    Some(tag)
}

/// Where a thing is described further.
pub fn external_docs(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<ExternalDocumentation> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let (url, description) = (keys.spare_text("url"), keys.spare_text("description"));
    if url.is_none() {
        let diagnostic =
            Diagnostic::warning(code::MISSING_KEYWORD, Place::Key(keys.at("url").parent()), "`url` is missing");
        keys.reader.push(diagnostic.help("say where it is described further, or remove this"));
    }
    let docs = url.map(|url| ExternalDocumentation { url, description, extensions: keys.extensions() });
    keys.finish(&[]);
    docs
}

fn paths(tree: &Value, value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Paths> {
    let keys = Keys::of(value, pointer.clone(), reader)?;
    let mut paths = Paths { extensions: keys.extensions(), ..Paths::default() };
    for (path, item) in value.as_object().into_iter().flatten() {
        let at = pointer.child(path);
        if path.starts_with('/') {
            let item = referred(tree, item, at, reader).and_then(|(item, at)| path_item(item, at, reader));
            if let Some(item) = item {
                paths.paths.insert(path.clone(), ReferenceOr::Item(item));
            }
        } else if !path.starts_with("x-") {
            let message = format!("the path `{path}` does not begin with `/`");
            let diagnostic = Diagnostic::error(code::BAD_PATH, Place::Key(at), message);
            reader.push(diagnostic.help(format!("write `/{path}`")));
        }
    }
    Some(paths)
}

/// The path item at a place, or the one that a reference there leads to; the model has no place for it elsewhere.
fn referred<'v>(tree: &'v Value, item: &'v Value, at: Pointer, reader: &mut Reader) -> Option<(&'v Value, Pointer)> {
    let (mut item, mut at, mut seen) = (item, at, Vec::new());
    while let Some(reference) = item.get("$ref").and_then(Value::as_str) {
        let place = Place::Value(at.child("$ref"));
        let target = Pointer::from_reference(reference);
        let found = target.as_ref().and_then(|target| target.lookup(tree));
        let problem = match (target, found) {
            (Some(target), Some(found)) if !seen.contains(&target) => {
                seen.push(target.clone());
                (item, at) = (found, target);
                continue;
            }
            (Some(_), Some(_)) => (code::CIRCULAR_REFERENCE, format!("`{reference}` leads back to itself")),
            (Some(_), None) => (code::DANGLING_REFERENCE, format!("nothing stands at `{reference}`")),
            (None, _) => (code::FOREIGN_REFERENCE, format!("`{reference}` leads out of the document")),
        };
        reader.push(Diagnostic::error(problem.0, place, problem.1).help("put the operations of the path here"));
        return None;
    }
    Some((item, at))
}

fn path_item(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<PathItem> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let mut item = PathItem {
        summary: keys.text("summary"),
        description: keys.text("description"),
        parameters: list(&mut keys, "parameters", parameter_or),
        get: keys.object("get", operation),
        put: keys.object("put", operation),
        post: keys.object("post", operation),
        delete: keys.object("delete", operation),
        options: keys.object("options", operation),
        head: keys.object("head", operation),
        patch: keys.object("patch", operation),
        trace: keys.object("trace", operation),
        servers: list(&mut keys, "servers", server),
        extensions: keys.extensions(),
    };
    keys.finish(&[]);
    // What is said of all operations holds for those that say nothing of themselves.
    let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
    let others = [&mut item.options, &mut item.head, &mut item.patch, &mut item.trace];
    for operation in operations.into_iter().chain(others).flatten() {
        if operation.summary.is_none() && operation.description.is_none() {
            (operation.summary, operation.description) = (item.summary.clone(), item.description.clone());
        }
    }
    Some(item)
}

fn operation(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Operation> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let operation = Operation {
        operation_id: keys.text("operationId"),
        tags: keys.texts("tags"),
        summary: keys.text("summary"),
        description: keys.text("description"),
        deprecated: keys.bool("deprecated").unwrap_or_default(),
        parameters: list(&mut keys, "parameters", parameter_or),
        request_body: keys.object("requestBody", request_body_or),
        responses: required(&mut keys, "responses", responses).unwrap_or_default(),
        security: keys.any("security").is_some().then(|| list(&mut keys, "security", requirement)),
        servers: list(&mut keys, "servers", server),
        external_docs: keys.object("externalDocs", external_docs),
        extensions: keys.extensions(),
        ..Operation::default()
    };
    keys.finish(&[spare("callbacks")]);
    Some(operation)
}

macro_rules! or_reference {
    ($($name:ident = $section:literal, $read:ident, $kind:ty;)+) => { $(
        #[doc = concat!("What stands where one of the section `", $section, "` may, or a reference to one.")]
        pub fn $name(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<ReferenceOr<$kind>> {
            reference_or(value, pointer, reader, $section, $read)
        }
    )+ };
}

or_reference! {
    parameter_or = "parameters", parameter, Parameter;
    request_body_or = "requestBodies", request_body, RequestBody;
    response_or = "responses", response, Response;
    header_or = "headers", header, Header;
    example_or = "examples", example, Example;
    security_scheme_or = "securitySchemes", security_scheme, SecurityScheme;
}

fn parameter(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Parameter> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let format = match (keys.any("schema"), keys.any("content")) {
        (_, Some(_)) => ParameterSchemaOrContent::Content(content(&mut keys)),
        (Some(_), None) => ParameterSchemaOrContent::Schema(keys.object("schema", schema_or)?),
        (None, None) => {
            keys.missing("schema");
            return None;
        }
    };
    let parameter_data = ParameterData {
        name: required_text(&mut keys, "name"),
        description: keys.text("description"),
        required: keys.bool("required").unwrap_or_default(),
        deprecated: keys.bool("deprecated"),
        format,
        example: shown(&mut keys),
        examples: shared(&mut keys, "examples", example_or),
        explode: keys.bool("explode"),
        extensions: keys.extensions(),
    };
    let allow_reserved = keys.bool("allowReserved").unwrap_or_default();
    let allow_empty_value = None;
    keys.idle(&["allowEmptyValue"], "the standard advises against it, and an empty text can be sent without it");
    let place = required_text(&mut keys, "in");
    let style = keys.text("style");
    let parameter = match (place.as_str(), style.as_deref()) {
        ("query", style) => query_style(style).map(|style| Parameter::Query {
            parameter_data,
            allow_reserved,
            style,
            allow_empty_value,
        }),
        ("path", style) => {
            let style = match style {
                None | Some("simple") => Some(PathStyle::Simple),
                Some("matrix") => Some(PathStyle::Matrix),
                Some("label") => Some(PathStyle::Label),
                Some(_) => None,
            };
            style.map(|style| Parameter::Path { parameter_data, style })
        }
        ("header", None | Some("simple")) => Some(Parameter::Header { parameter_data, style: HeaderStyle::Simple }),
        ("cookie", None | Some("form")) => Some(Parameter::Cookie { parameter_data, style: CookieStyle::Form }),
        ("header" | "cookie", Some(_)) => None,
        _ => {
            let (value, at) = (keys.any("in").unwrap_or(&Value::Null), keys.at("in"));
            wrong_type(value, &at, "`path`, `query`, `header` or `cookie`", keys.reader);
            return None;
        }
    };
    if parameter.is_none() {
        let (value, at) = (keys.any("style").unwrap_or(&Value::Null), keys.at("style"));
        wrong_type(value, &at, &format!("one of the styles of a {place} parameter"), keys.reader);
    }
    keys.finish(&[]);
    parameter
}

/// The example of a parameter or header, or the first of several.
fn shown(keys: &mut Keys<'_, '_>) -> Option<Value> {
    let several = keys.any("examples").and_then(Value::as_object);
    let first = several.and_then(|several| several.values().next()?.get("value"));
    keys.any("example").or(first).cloned()
}

fn request_body(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<RequestBody> {
    let mut keys = Keys::of(value, pointer, reader)?;
    if keys.any("content").is_none() {
        keys.missing("content");
    }
    let body = RequestBody {
        description: keys.text("description"),
        required: keys.bool("required").unwrap_or_default(),
        content: content(&mut keys),
        extensions: keys.extensions(),
    };
    keys.finish(&[]);
    Some(body)
}

fn content(keys: &mut Keys<'_, '_>) -> Content {
    map(keys, "content", media_type)
}

fn media_type(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<MediaType> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let media_type = MediaType {
        schema: keys.object("schema", schema_or),
        example: keys.any("example").cloned(),
        examples: shared(&mut keys, "examples", example_or),
        extensions: keys.extensions(),
        encoding: map(&mut keys, "encoding", encoding),
    };
    keys.finish(&[]);
    Some(media_type)
}

/// How a field of a form is written. It has a `style` here wherever it says anything of how a parameter would be.
fn encoding(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Encoding> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let (named, explode, reserved) = (keys.text("style"), keys.bool("explode"), keys.bool("allowReserved"));
    let styled = named.is_some() || explode.is_some() || reserved.is_some();
    let style = query_style(named.as_deref());
    if style.is_none() {
        let (value, at) = (keys.any("style").unwrap_or(&Value::Null), keys.at("style"));
        wrong_type(value, &at, "one of the styles of a query parameter", keys.reader);
    }
    let style = style.unwrap_or_default();
    let encoding = Encoding {
        content_type: keys.text("contentType"),
        explode: explode.unwrap_or(style == QueryStyle::Form),
        style: styled.then_some(style),
        allow_reserved: reserved.unwrap_or_default(),
        extensions: keys.extensions(),
        headers: IndexMap::new(),
    };
    keys.finish(&[spare("headers")]);
    Some(encoding)
}

fn query_style(name: Option<&str>) -> Option<QueryStyle> {
    match name {
        None | Some("form") => Some(QueryStyle::Form),
        Some("spaceDelimited") => Some(QueryStyle::SpaceDelimited),
        Some("pipeDelimited") => Some(QueryStyle::PipeDelimited),
        Some("deepObject") => Some(QueryStyle::DeepObject),
        Some(_) => None,
    }
}

fn example(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Example> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let example = Example { value: keys.any("value").cloned(), extensions: keys.extensions(), ..Example::default() };
    keys.idle(&["summary", "description"], "an example is shown by its value");
    keys.idle(&["externalValue"], "nothing is fetched; an example that is to be shown stands here as `value`");
    keys.finish(&[]);
    Some(example)
}

fn responses(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Responses> {
    let keys = Keys::of(value, pointer.clone(), reader)?;
    let mut responses = Responses { extensions: keys.extensions(), ..Responses::default() };
    for (status, value) in value.as_object().into_iter().flatten().filter(|(key, _)| !key.starts_with("x-")) {
        let at = pointer.child(status);
        if status == "default" {
            responses.default = response_or(value, at, reader);
            continue;
        }
        match status_code(status) {
            Some(code) => {
                if let Some(response) = response_or(value, at, reader) {
                    responses.responses.insert(code, response);
                }
            }
            None => {
                let message = format!("`{status}` is not a status");
                let diagnostic = Diagnostic::error(code::UNKNOWN_KEYWORD, Place::Key(at), message)
                    .help("write a status such as `200`, a range such as `2XX`, or `default`");
                reader.push(diagnostic);
            }
        }
    }
    Some(responses)
}

fn status_code(status: &str) -> Option<StatusCode> {
    match status.as_bytes() {
        [class @ b'1'..=b'5', b'X', b'X'] => Some(StatusCode::Range(u16::from(class - b'0'))),
        _ => status.parse().ok().filter(|code| (100..600).contains(code)).map(StatusCode::Code),
    }
}

fn response(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Response> {
    let mut keys = Keys::of(value, pointer, reader)?;
    let response = Response {
        description: required_text(&mut keys, "description"),
        headers: shared(&mut keys, "headers", header_or),
        content: content(&mut keys),
        extensions: keys.extensions(),
        links: IndexMap::new(),
    };
    keys.finish(&[spare("links")]);
    Some(response)
}

fn header(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Header> {
    let mut keys = Keys::of(value, pointer, reader)?;
    if keys.any("schema").is_none() {
        keys.missing("schema");
    }
    keys.idle(&["required", "deprecated"], "a header of an answer is read where it is there, as are all of them");
    let header = Header {
        description: keys.text("description"),
        style: HeaderStyle::Simple,
        required: keys.bool("required").unwrap_or_default(),
        deprecated: keys.bool("deprecated"),
        format: ParameterSchemaOrContent::Schema(keys.object("schema", schema_or)?),
        example: shown(&mut keys),
        examples: shared(&mut keys, "examples", example_or),
        extensions: keys.extensions(),
    };
    keys.finish(&[vital("style"), vital("explode"), vital("content")]);
    Some(header)
}

fn components(value: &Value, pointer: Pointer, reader: &mut Reader) -> Option<Components> {
    let mut keys = Keys::of(value, pointer, reader)?;
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
    keys.finish(&[spare("links"), spare("callbacks")]);
    Some(components)
}
