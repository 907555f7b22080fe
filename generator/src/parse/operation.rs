//! Parses paths: operations, parameters, request bodies and responses.

use indexmap::IndexMap;
use openapiv3::{
    Content, CookieStyle, Encoding, Example, Header, HeaderStyle, MediaType, Operation, Parameter, ParameterData,
    ParameterSchemaOrContent, PathItem, PathStyle, QueryStyle, ReferenceOr, RequestBody, Response, Responses, Schema,
    StatusCode,
};
use serde_json::{Map, Value};

use super::common::{external_docs, server};
use super::context::ParseContext;
use super::object_reader::{
    ObjectReader, expected, expected_text, list, map, mistaken, reference_or, required_text, shared,
};
use super::schema::schema_or;
use super::security::requirement;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::Framing;
use crate::source::Pointer;

pub fn path_item(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<PathItem> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let mut item = PathItem {
        summary: keys.optional_text("summary"),
        description: keys.optional_text("description"),
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

fn operation(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Operation> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let answers = match keys.reader.is_openapi_31 {
        true => keys.object("responses", responses),
        false => expected(&mut keys, "responses", "the responses are unknown", responses),
    };
    let operation = Operation {
        operation_id: keys.text("operationId"),
        tags: keys.texts("tags"),
        summary: keys.optional_text("summary"),
        description: keys.optional_text("description"),
        deprecated: keys.optional_bool("deprecated"),
        parameters: list(&mut keys, "parameters", parameter_or),
        request_body: keys.object("requestBody", request_body_or),
        responses: answers.unwrap_or_default(),
        security: keys.any("security").is_some().then(|| list(&mut keys, "security", requirement)),
        servers: list(&mut keys, "servers", server),
        external_docs: keys.object("externalDocs", external_docs),
        extensions: keys.extensions(),
        ..Operation::default()
    };
    keys.finish(&["callbacks"]);
    Some(operation)
}

macro_rules! or_reference {
    ($($name:ident = $section:literal, $read:ident, $kind:ty;)+) => { $(
        #[doc = concat!("What stands where one of the section `", $section, "` may, or a reference to one.")]
        pub fn $name(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<ReferenceOr<$kind>> {
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
}

fn parameter(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Parameter> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let format = match (keys.any("schema"), keys.any("content")) {
        (_, Some(_)) => ParameterSchemaOrContent::Content(content(&mut keys)),
        (Some(_), None) => ParameterSchemaOrContent::Schema(keys.object("schema", schema_or)?),
        (None, None) => ParameterSchemaOrContent::Schema(schema_beside(&mut keys)?),
    };
    let mut parameter_data = ParameterData {
        name: required_text(&mut keys, "name"),
        description: keys.optional_text("description"),
        required: keys.bool("required").unwrap_or_default(),
        deprecated: Some(keys.optional_bool("deprecated")),
        format,
        example: shown(&mut keys),
        examples: examples(&mut keys),
        explode: keys.bool("explode"),
        extensions: keys.extensions(),
    };
    let allow_reserved = keys.bool("allowReserved").unwrap_or_default();
    let allow_empty_value = None;
    keys.ignored(&["allowEmptyValue"], "an empty string can be sent without it");
    let place = keys.text("in").unwrap_or_default();
    let style = style(&mut keys, &place, &mut parameter_data.explode);
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
            keys.invalid("in", "`path`, `query`, `header` or `cookie`");
            return None;
        }
    };
    if parameter.is_none() {
        keys.invalid("style", &format!("one of the styles of a {place} parameter"));
    }
    keys.finish(&[]);
    parameter
}

/// The style of a parameter. `simple` and `form` are the same in different places, but for what they do to `explode`.
fn style(keys: &mut ObjectReader<'_, '_>, place: &str, explode: &mut Option<bool>) -> Option<String> {
    let style = keys.text("style")?;
    let meant = match (place, style.as_str()) {
        ("query" | "cookie", "simple") => "form",
        ("path" | "header", "form") => "simple",
        _ => return Some(style),
    };
    let (expected, taken) = (format!("one of the styles of a {place} parameter"), format!("treated as `{meant}`"));
    mistaken(keys.raw("style")?, &keys.at("style"), &expected, &taken, keys.reader);
    explode.get_or_insert(style == "form");
    Some(meant.to_owned())
}

/// Examples by their names. Some write a list of values, as beside a schema.
fn examples(keys: &mut ObjectReader<'_, '_>) -> IndexMap<String, ReferenceOr<Example>> {
    match keys.any("examples") {
        Some(value @ Value::Array(values)) if !values.is_empty() => {
            mistaken(value, &keys.at("examples"), "a mapping", "its items are treated as the examples", keys.reader);
            let named = values.iter().enumerate().map(|(index, value)| {
                let example = Example { value: Some(value.clone()), ..Example::default() };
                (index.to_string(), ReferenceOr::Item(example))
            });
            named.collect()
        }
        _ => shared(keys, "examples", example_or),
    }
}

/// The schema of a parameter or header that has none: what stands beside its name, as in OpenAPI 2.0, or a text.
fn schema_beside(keys: &mut ObjectReader<'_, '_>) -> Option<ReferenceOr<Schema>> {
    const WORDS: &[&str] =
        &["type", "format", "items", "enum", "default", "pattern", "minLength", "maxLength", "minimum", "maximum"];
    let mut schema = Map::new();
    for word in WORDS {
        schema.extend(keys.raw(word).map(|value| (String::from(*word), value.clone())));
    }
    keys.warn_missing(
        "schema",
        if schema.is_empty() { "treated as a string" } else { "the keywords next to `name` are treated as the schema" },
    );
    if schema.is_empty() {
        schema.insert("type".to_owned(), "string".into());
    }
    schema_or(&schema.into(), keys.at("schema").parent(), keys.reader)
}

/// The example of a parameter or header, or the first of several.
fn shown(keys: &mut ObjectReader<'_, '_>) -> Option<Value> {
    let first = match keys.any("examples") {
        Some(Value::Array(values)) => values.first(),
        Some(Value::Object(named)) => named.values().next().and_then(|example| example.get("value")),
        _ => None,
    };
    keys.raw("example").or(first).cloned()
}

fn request_body(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<RequestBody> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    if keys.any("content").is_none() {
        keys.warn_missing("content", "no body is sent");
    }
    let body = RequestBody {
        description: keys.optional_text("description"),
        required: keys.bool("required").unwrap_or_default(),
        content: content(&mut keys),
        extensions: keys.extensions(),
    };
    keys.finish(&[]);
    Some(body)
}

fn content(keys: &mut ObjectReader<'_, '_>) -> Content {
    map(keys, "content", media_type)
}

/// The keyword for the schema of the values of a stream. The model has no field for it: it keeps this schema as `schema`, and the
/// keyword as an extension.
pub const ITEM_SCHEMA: &str = "itemSchema";

fn media_type(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<MediaType> {
    let stream = pointer.keys().last().is_some_and(|name| Framing::from_media_type(&name).is_some());
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let mut extensions: IndexMap<String, Value> = keys.extensions();
    // OpenAPI 3.2 defines it, but some documents of 3.1 use it.
    let item = if stream { keys.object(ITEM_SCHEMA, schema_or) } else { None };
    let schema = match item {
        Some(item) => {
            keys.ignored(&["schema"], "`itemSchema` describes the values of the stream");
            extensions.insert(ITEM_SCHEMA.to_owned(), true.into());
            Some(item)
        }
        None => keys.object("schema", schema_or),
    };
    let media_type = MediaType {
        schema,
        example: keys.raw("example").cloned(),
        examples: examples(&mut keys),
        extensions,
        encoding: map(&mut keys, "encoding", encoding),
    };
    keys.finish(&[]);
    Some(media_type)
}

/// How a field of a form is written. It has a `style` here wherever it says anything of how a parameter would be.
fn encoding(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Encoding> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let (named, explode, reserved) = (keys.text("style"), keys.bool("explode"), keys.bool("allowReserved"));
    let styled = named.is_some() || explode.is_some() || reserved.is_some();
    let style = query_style(named.as_deref());
    if style.is_none() {
        keys.invalid("style", "one of the styles of a query parameter");
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
    keys.finish(&["headers"]);
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

fn example(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Example> {
    let mut keys = ObjectReader::optional(value, pointer, reader)?;
    let example = Example { value: keys.raw("value").cloned(), extensions: keys.extensions(), ..Example::default() };
    keys.ignored(&["summary", "description"], "only the `value` of an example is shown");
    keys.ignored(&["externalValue"], "the generator does not fetch URLs; only `value` is shown");
    keys.finish(&[]);
    Some(example)
}

fn responses(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Responses> {
    let keys = ObjectReader::of(value, pointer.clone(), reader)?;
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
                let message = format!("`{status}` is not a valid status code");
                let diagnostic = Diagnostic::error(code::UNKNOWN_KEYWORD, Location::Key(at), message)
                    .help("write a status code such as `200`, a range such as `2XX`, or `default`");
                reader.push(diagnostic);
            }
        }
    }
    Some(responses)
}

fn status_code(status: &str) -> Option<StatusCode> {
    match status.as_bytes() {
        [class @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => Some(StatusCode::Range(u16::from(class - b'0'))),
        _ => status.parse().ok().filter(|code| (100..600).contains(code)).map(StatusCode::Code),
    }
}

fn response(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Response> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let response = Response {
        description: expected_text(&mut keys, "description", "the documentation shows only the status code"),
        headers: shared(&mut keys, "headers", header_or),
        content: content(&mut keys),
        extensions: keys.extensions(),
        links: IndexMap::new(),
    };
    keys.finish(&["links"]);
    Some(response)
}

fn header(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Header> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    keys.ignored(&["required", "deprecated"], "every response header is optional in the generated code");
    keys.ignored(&["style", "explode"], "a response header with several values is returned as one string");
    let format = match (keys.any("schema"), keys.any("content")) {
        (_, Some(_)) => ParameterSchemaOrContent::Content(content(&mut keys)),
        (Some(_), None) => ParameterSchemaOrContent::Schema(keys.object("schema", schema_or)?),
        (None, None) => ParameterSchemaOrContent::Schema(schema_beside(&mut keys)?),
    };
    let header = Header {
        description: keys.optional_text("description"),
        style: HeaderStyle::Simple,
        required: keys.bool("required").unwrap_or_default(),
        deprecated: Some(keys.optional_bool("deprecated")),
        format,
        example: shown(&mut keys),
        examples: examples(&mut keys),
        extensions: keys.extensions(),
    };
    keys.finish(&[]);
    Some(header)
}
