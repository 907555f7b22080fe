//! Parses operations, parameters, request bodies and responses.

use indexmap::IndexMap;
use openapiv3::{
    Content, CookieStyle, Encoding, Example, Header, HeaderStyle, MediaType, Operation, Parameter, ParameterData,
    ParameterSchemaOrContent, PathStyle, QueryStyle, ReferenceOr, RequestBody, Response, Responses, Schema, StatusCode,
};
use serde_json::{Map, Value};

use super::common::{external_docs, joined_docs, server};
use super::context::{Callbacks, ParseContext, Version};
use super::object_reader::{
    ObjectReader, REMOVE_HELP, entries, items, object_or_warn, report_tolerated, string_or_error, string_or_warn,
};
use super::references::object_or_ref;
use super::schema::schema_or_ref;
use super::security::security_requirement;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::Framing;
use crate::source::Pointer;

/// Parses an operation.
pub fn operation(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Operation> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    let responses = match object.context.version {
        Version::V3_0 => object_or_warn(&mut object, "responses", "the responses are unknown", responses),
        _ => object.read_with("responses", responses),
    };
    let operation = Operation {
        operation_id: object.string("operationId"),
        tags: object.strings("tags"),
        summary: object.optional_string("summary"),
        description: object.optional_string("description"),
        deprecated: object.optional_bool("deprecated"),
        parameters: items(&mut object, "parameters", parameter_or_ref),
        request_body: object.read_with("requestBody", request_body_or_ref),
        responses: responses.unwrap_or_default(),
        security: object.value("security").is_some().then(|| items(&mut object, "security", security_requirement)),
        servers: items(&mut object, "servers", server),
        external_docs: object.read_with("externalDocs", external_docs),
        extensions: object.extensions(),
        ..Operation::default()
    };
    if !object.context.is_in_webhooks && object.value("callbacks").is_some() {
        let operation_id = operation.operation_id.clone().unwrap_or_default();
        let at = object.pointer_to("callbacks");
        object.context.callbacks.push(Callbacks { at, operation_id });
    }
    object.finish(&["callbacks"]);
    Some(operation)
}

macro_rules! or_reference {
    ($($name:ident = $section:literal, $read:ident, $kind:ty;)+) => { $(
        #[doc = concat!("Parses an object of the kind in the section `", $section, "` of the components, or a reference to one.")]
        pub fn $name(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<ReferenceOr<$kind>> {
            object_or_ref(value, pointer, context, $section, $read)
        }
    )+ };
}

or_reference! {
    parameter_or_ref = "parameters", parameter, Parameter;
    request_body_or_ref = "requestBodies", request_body, RequestBody;
    response_or_ref = "responses", response, Response;
    header_or_ref = "headers", header, Header;
    example_or_ref = "examples", example, Example;
}

fn parameter(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Parameter> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    let format = match (object.value("schema"), object.value("content")) {
        (_, Some(_)) => ParameterSchemaOrContent::Content(content(&mut object)),
        (Some(_), None) => ParameterSchemaOrContent::Schema(object.read_with("schema", schema_or_ref)?),
        (None, None) => ParameterSchemaOrContent::Schema(schema_from_siblings(&mut object)?),
    };
    let mut parameter_data = ParameterData {
        name: string_or_error(&mut object, "name"),
        description: object.optional_string("description"),
        required: object.boolean("required").unwrap_or_default(),
        deprecated: Some(object.optional_bool("deprecated")),
        format,
        example: first_example(&mut object),
        examples: examples(&mut object),
        explode: object.boolean("explode"),
        extensions: object.extensions(),
    };
    let allow_reserved = object.boolean("allowReserved").unwrap_or_default();
    let allow_empty_value = None;
    object.ignore(&["allowEmptyValue"], "an empty string can be sent without it");
    let location = object.string("in").unwrap_or_default();
    if allow_reserved && matches!(location.as_str(), "path" | "cookie") {
        let message = format!("`allowReserved` of a parameter in the {location} is not used");
        let note = Diagnostic::note(code::UNUSED_KEYWORD, Location::Key(object.pointer_to("allowReserved")), message);
        object.context.unused.push(note.label("all reserved characters are percent-encoded").help(REMOVE_HELP));
    }
    let style = style(&mut object, &location, &mut parameter_data.explode);
    let parameter = match (location.as_str(), style.as_deref()) {
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
        ("cookie", Some("cookie")) => {
            parameter_data.extensions.insert(COOKIE_STYLE.to_owned(), true.into());
            Some(Parameter::Cookie { parameter_data, style: CookieStyle::Form })
        }
        ("querystring", _) => {
            parameter_data.extensions.insert(QUERYSTRING.to_owned(), true.into());
            Some(Parameter::Query { parameter_data, allow_reserved, style: QueryStyle::Form, allow_empty_value })
        }
        ("header" | "cookie", Some(_)) => None,
        _ => {
            object.report_invalid("in", "`path`, `query`, `querystring`, `header` or `cookie`");
            return None;
        }
    };
    if parameter.is_none() {
        object.report_invalid("style", styles(&location));
    }
    object.finish(&[]);
    parameter
}

/// Returns the valid styles of a parameter at a location, for diagnostics.
fn styles(location: &str) -> &'static str {
    match location {
        "path" => "`simple`, `label` or `matrix`",
        "header" => "`simple`",
        "cookie" => "`form` or `cookie`",
        _ => "`form`, `spaceDelimited`, `pipeDelimited` or `deepObject`",
    }
}

/// Reads the style of a parameter. Query parameters and cookies may have the style `form`, and path parameters and
/// headers the style `simple`. Some documents confuse these two styles, so a wrong one is replaced with a warning.
fn style(object: &mut ObjectReader<'_, '_>, location: &str, explode: &mut Option<bool>) -> Option<String> {
    let style = object.string("style")?;
    let valid_style = match (location, style.as_str()) {
        ("query" | "cookie", "simple") => "form",
        ("path" | "header", "form") => "simple",
        _ => return Some(style),
    };
    let treatment = format!("treated as `{valid_style}`");
    report_tolerated(
        object.value_or_null("style")?,
        &object.pointer_to("style"),
        styles(location),
        &treatment,
        object.context,
    );
    explode.get_or_insert(style == "form");
    Some(valid_style.to_owned())
}

/// Reads examples by their names. An array is accepted with a warning, because a schema has an array of examples.
fn examples(object: &mut ObjectReader<'_, '_>) -> IndexMap<String, ReferenceOr<Example>> {
    match object.value("examples") {
        Some(value @ Value::Array(values)) if !values.is_empty() => {
            report_tolerated(
                value,
                &object.pointer_to("examples"),
                "a mapping",
                "its items are treated as the examples",
                object.context,
            );
            let by_index = values.iter().enumerate().map(|(index, value)| {
                let example = Example { value: Some(value.clone()), ..Example::default() };
                (index.to_string(), ReferenceOr::Item(example))
            });
            by_index.collect()
        }
        _ => entries(object, "examples", example_or_ref),
    }
}

/// Returns the schema of a parameter or header without a `schema`. In OpenAPI 2.0, the keywords of the schema are next
/// to the name of the parameter. Without such keywords, the parameter is a string.
fn schema_from_siblings(object: &mut ObjectReader<'_, '_>) -> Option<ReferenceOr<Schema>> {
    const KEYWORDS: &[&str] =
        &["type", "format", "items", "enum", "default", "pattern", "minLength", "maxLength", "minimum", "maximum"];
    let mut schema = Map::new();
    for keyword in KEYWORDS {
        schema.extend(object.value_or_null(keyword).map(|value| (String::from(*keyword), value.clone())));
    }
    object.warn_missing(
        "schema",
        if schema.is_empty() { "treated as a string" } else { "the keywords next to `name` are treated as the schema" },
    );
    if schema.is_empty() {
        schema.insert("type".to_owned(), "string".into());
    }
    schema_or_ref(&schema.into(), object.pointer_to("schema").parent(), object.context)
}

/// Returns the `example` of a parameter or header, or the first of its `examples`.
fn first_example(object: &mut ObjectReader<'_, '_>) -> Option<Value> {
    let first = match object.value("examples") {
        Some(Value::Array(values)) => values.first(),
        Some(Value::Object(examples)) => examples.values().next().and_then(|example| example_value(example)),
        _ => None,
    };
    object.value_or_null("example").or(first).cloned()
}

/// Returns the value of an example, as data.
fn example_value(example: &Value) -> Option<&Value> {
    example.get("dataValue").or_else(|| example.get("value"))
}

fn request_body(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<RequestBody> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    if object.value("content").is_none() {
        object.warn_missing("content", "no body is sent");
    }
    let body = RequestBody {
        description: object.optional_string("description"),
        required: object.boolean("required").unwrap_or_default(),
        content: content(&mut object),
        extensions: object.extensions(),
    };
    object.finish(&[]);
    Some(body)
}

fn content(object: &mut ObjectReader<'_, '_>) -> Content {
    entries(object, "content", media_type)
}

/// The location of a parameter that is the complete query. The model has no such location, so an extension with this name
/// marks a query parameter.
pub const QUERYSTRING: &str = "querystring";

/// The style of cookies that are not percent-encoded. An extension with this name marks a cookie.
pub const COOKIE_STYLE: &str = "cookie";

/// The keyword for the schema of the values of a stream. The model has no field for this keyword. The schema becomes
/// the `schema` of the media type, and an extension with this name marks the media type.
pub const ITEM_SCHEMA: &str = "itemSchema";

fn media_type(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<MediaType> {
    let is_stream = pointer.keys().last().is_some_and(|name| Framing::from_media_type(&name).is_some());
    let mut object = ObjectReader::new(value, pointer, context)?;
    let mut extensions: IndexMap<String, Value> = object.extensions();
    // `itemSchema` is new in OpenAPI 3.2, but some documents of OpenAPI 3.1 use it.
    let item_schema = if is_stream { object.read_with(ITEM_SCHEMA, schema_or_ref) } else { None };
    let schema = match item_schema {
        Some(item_schema) => {
            object.ignore(&["schema"], "`itemSchema` describes the values of the stream");
            extensions.insert(ITEM_SCHEMA.to_owned(), true.into());
            Some(item_schema)
        }
        None => object.read_with("schema", schema_or_ref),
    };
    let media_type = MediaType {
        schema,
        example: object.value_or_null("example").cloned(),
        examples: examples(&mut object),
        extensions,
        encoding: entries(&mut object, "encoding", encoding),
    };
    object.finish(&[ITEM_SCHEMA, "prefixEncoding", "itemEncoding"]);
    Some(media_type)
}

/// Parses the encoding of a form field. If `style`, `explode` or `allowReserved` is set, the result has a `style`,
/// which means that the field is encoded like a query parameter.
fn encoding(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Encoding> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    let (style_name, explode, allow_reserved) =
        (object.string("style"), object.boolean("explode"), object.boolean("allowReserved"));
    let is_styled = style_name.is_some() || explode.is_some() || allow_reserved.is_some();
    let style = query_style(style_name.as_deref());
    if style.is_none() {
        object.report_invalid("style", styles("query"));
    }
    let style = style.unwrap_or_default();
    let encoding = Encoding {
        content_type: object.string("contentType"),
        explode: explode.unwrap_or(style == QueryStyle::Form),
        style: is_styled.then_some(style),
        allow_reserved: allow_reserved.unwrap_or_default(),
        extensions: object.extensions(),
        headers: IndexMap::new(),
    };
    object.finish(&["headers", "encoding", "prefixEncoding", "itemEncoding"]);
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

fn example(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Example> {
    let mut object = ObjectReader::new_optional(value, pointer, context)?;
    let value = object.value_or_null("value");
    let example = Example {
        value: object.value_or_null("dataValue").or(value).cloned(),
        extensions: object.extensions(),
        ..Example::default()
    };
    object.ignore(&["summary", "description"], "only the `value` of an example is shown");
    object.ignore(&["serializedValue"], "the generator serializes the `dataValue` itself");
    object.ignore(&["externalValue"], "the generator does not fetch URLs; only `value` is shown");
    object.finish(&[]);
    Some(example)
}

fn responses(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Responses> {
    let object = ObjectReader::new(value, pointer.clone(), context)?;
    let mut responses = Responses { extensions: object.extensions(), ..Responses::default() };
    for (status, value) in value.as_object().into_iter().flatten().filter(|(key, _)| !key.starts_with("x-")) {
        let at = pointer.child(status);
        if status == "default" {
            responses.default = response_or_ref(value, at, context);
            continue;
        }
        match status_code(status) {
            Some(code) => {
                if let Some(response) = response_or_ref(value, at, context) {
                    responses.responses.insert(code, response);
                }
            }
            None => {
                let message = format!("`{status}` is not a valid status code");
                let diagnostic = Diagnostic::error(code::UNKNOWN_KEYWORD, Location::Key(at), message)
                    .help("write a status code such as `200`, a range such as `2XX`, or `default`");
                context.report(diagnostic);
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

fn response(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Response> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    let description = match object.context.version {
        Version::V3_2 => object.optional_string("description").unwrap_or_default(),
        _ => string_or_warn(&mut object, "description", "the documentation shows only the status code"),
    };
    let description = Some(description).filter(|description| !description.is_empty());
    let response = Response {
        description: joined_docs(object.optional_string("summary"), description).unwrap_or_default(),
        headers: entries(&mut object, "headers", header_or_ref),
        content: content(&mut object),
        extensions: object.extensions(),
        links: IndexMap::new(),
    };
    object.finish(&["links"]);
    Some(response)
}

fn header(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Header> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    object.ignore(&["required", "deprecated"], "every response header is optional in the generated code");
    object.ignore(&["style", "explode"], "a response header with several values is returned as one string");
    let format = match (object.value("schema"), object.value("content")) {
        (_, Some(_)) => ParameterSchemaOrContent::Content(content(&mut object)),
        (Some(_), None) => ParameterSchemaOrContent::Schema(object.read_with("schema", schema_or_ref)?),
        (None, None) => ParameterSchemaOrContent::Schema(schema_from_siblings(&mut object)?),
    };
    let header = Header {
        description: object.optional_string("description"),
        style: HeaderStyle::Simple,
        required: object.boolean("required").unwrap_or_default(),
        deprecated: Some(object.optional_bool("deprecated")),
        format,
        example: first_example(&mut object),
        examples: examples(&mut object),
        extensions: object.extensions(),
    };
    object.finish(&[]);
    Some(header)
}
