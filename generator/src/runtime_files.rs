//! The runtime files, embedded as text and copied into each generated crate that needs them.

use std::borrow::Cow;

use crate::analyze::Analysis;
use crate::ir;
use crate::ir::{
    Api, BodyKind, Media, Next, Operation, Param, ParamLocation, ResponseBody, SchemeKind, Segment, Shape, StreamFlag,
    TypeDef, TypeRef, charset_of,
};

/// Returns the path below `src` and the text of each runtime file that the crate of an API needs.
pub fn files(api: &Api, analysis: &Analysis) -> Vec<(String, Cow<'static, str>)> {
    let needs_model_files = analysis.uses_runtime_models(api);
    let is_left_out = |name: &str| !needs_file(api, name) || !needs_model_files && MODEL_FILES.contains(&name);
    let files = FILES.iter().filter(|(path, _)| !is_left_out(file_name(path)));
    let left_out_paths: Vec<_> =
        FILES.iter().map(|(path, _)| path).filter(|path| is_left_out(file_name(path))).collect();
    files
        .map(|(path, text)| {
            let mut text = Cow::from(*text);
            if file_name(path) == "mod.rs" {
                text = without_modules(&text, &left_out_paths).into();
            }
            if text.contains(SECTION_START) {
                text = without_sections(&text, is_left_out).into();
            }
            (format!("src/runtime/{path}"), text)
        })
        .collect()
}

/// Returns whether the crate of an API needs a runtime file. This function does not know the files that only models
/// need.
pub fn needs_file(api: &Api, name: &str) -> bool {
    CONDITIONS.iter().all(|(file, condition)| *file != name || condition(api))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Returns the text of a `mod.rs` without the declarations and re-exports of the modules that are left out.
fn without_modules(text: &str, left_out_paths: &[&&str]) -> String {
    let modules: Vec<&str> = left_out_paths.iter().map(|path| path.trim_end_matches(".rs")).collect();
    let is_left_out = |line: &str| {
        let line = line.trim_end();
        modules.iter().any(|module| {
            let name = file_name(module);
            let declared = line.strip_prefix("pub(crate) mod ").and_then(|line| line.strip_suffix(';'));
            let re_exported =
                line.strip_prefix("pub use ").and_then(|line| line.strip_prefix(&module.replace('/', "::")));
            declared == Some(name) || re_exported.is_some_and(|items| items.starts_with("::"))
        })
    };
    let mut kept_lines: Vec<&str> = Vec::new();
    for line in text.split_inclusive('\n') {
        match is_left_out(line) {
            true if kept_lines.last().is_some_and(|last| last.starts_with("#[")) => drop(kept_lines.pop()),
            true => {}
            false => kept_lines.push(line),
        }
    }
    kept_lines.concat()
}

/// Returns a text without the sections of the runtime files that are left out. Each section is between the lines
/// `// [only with file.rs]` and `// [end file.rs]`.
fn without_sections(text: &str, is_left_out: impl Fn(&str) -> bool) -> String {
    let mut skips_lines = false;
    let mut output = String::new();
    for line in text.split_inclusive('\n') {
        let line_content = line.trim();
        if let Some(file) = line_content.strip_prefix(SECTION_START).and_then(|file| file.strip_suffix(']')) {
            skips_lines = is_left_out(file);
        } else if line_content.starts_with(SECTION_END) {
            skips_lines = false;
        } else if !skips_lines {
            output.push_str(line);
        }
    }
    output
}

const SECTION_START: &str = "// [only with ";
const SECTION_END: &str = "// [end ";

/// Returns whether the crate of an API needs a file.
type Condition = fn(&Api) -> bool;

/// The files that only some APIs need, with their conditions. `mod.rs` must re-export the items of such a file on one
/// line, because that line is left out together with the file.
const CONDITIONS: &[(&str, Condition)] = &[
    ("any_json.rs", has_untyped_values),
    ("repeated_path_param.rs", |api| any_operation(api, Operation::has_repeated_param)),
    ("response_enum.rs", |api| {
        any_operation(api, |operation| {
            matches!(operation.response_body(), ResponseBody::ByStatus(_)) || operation.alternatives().next().is_some()
        })
    }),
    ("charset.rs", sends_charset),
    ("json_validation.rs", has_structured_values),
    ("scheme.rs", needs_security_schemes),
    ("security.rs", needs_security_schemes),
    ("download.rs", |api| {
        any_response_body(api, |body| matches!(body, ResponseBody::Stream(..) | ResponseBody::Binary))
    }),
    ("redirect.rs", |api| any_operation(api, Operation::succeeds_with_redirect)),
    ("events.rs", has_streams),
    ("finite.rs", |api| has_structured_values(api) || has_json_strings(api)),
    ("decode_with_serde.rs", has_foreign_types),
    ("with_serde.rs", has_foreign_types),
    ("json_value.rs", |api| has_foreign_types(api) || has_json_strings(api) || has_typed_errors(api)),
    ("wrapper.rs", |api| api.types.iter().any(|(_, def)| matches!(def.shape, Shape::Wrapper(_)))),
    ("partial_path_param.rs", |api| {
        any_operation(api, |operation| operation.path.iter().any(|segment| matches!(segment, Segment::ParamSuffix(..))))
    }),
    ("iso_duration.rs", has_durations),
    ("json_text.rs", has_json_strings),
    ("json_text_error.rs", has_json_strings),
    ("credential_set.rs", needs_security_schemes),
    ("multipart.rs", |api| any_operation(api, |operation| operation.body == Some(BodyKind::Multipart))),
    ("anonymous.rs", |api| api.mixes_anonymous_operations()),
    ("json_body.rs", |api| any_operation(api, |operation| operation.body == Some(BodyKind::Value))),
    ("optional_body.rs", |api| {
        any_operation(api, |operation| {
            operation.response_is_optional()
                || operation.accept_header().is_some()
                || operation.alternatives().next().is_some()
        })
    }),
    ("token_provider.rs", |api| {
        needs_security_schemes(api) && api.security.iter().any(|scheme| scheme.kind == SchemeKind::Bearer)
    }),
    ("servers.rs", |api| {
        api.server_variables().next().is_some() || any_operation(api, |operation| operation.server.is_some())
    }),
    ("splitter.rs", has_streams),
    ("stream_flag.rs", |api| {
        let has_stream_alternative = |operation: &Operation| {
            let mut alternatives = operation.alternatives();
            alternatives.any(|alternative| matches!(alternative.response_body(), ResponseBody::Stream(..)))
        };
        any_operation(api, |operation| {
            has_stream_alternative(operation) && matches!(api.stream_flag(operation), Some(StreamFlag::Json(_)))
        })
    }),
    ("styles.rs", Api::has_param_styles),
    ("text_body.rs", |api| any_response_body(api, |body| matches!(body, ResponseBody::Text)) || sends_charset(api)),
    ("link_header.rs", |api| any_pagination(api, |next| matches!(next, Next::Link))),
    ("page_parameter.rs", |api| any_pagination(api, |next| !matches!(next, Next::Url(_) | Next::Link))),
    ("typed_error.rs", has_typed_errors),
    ("upload.rs", Api::sends_uploads),
];

/// Returns whether a request may contain values other than strings and arrays of strings.
fn has_structured_values(api: &Api) -> bool {
    api.has_param_styles() || any_operation(api, |operation| operation.body == Some(BodyKind::Value))
}

/// Returns whether a response is a stream.
fn has_streams(api: &Api) -> bool {
    any_response_body(api, |body| matches!(body, ResponseBody::Stream(..)))
}

/// Returns whether the API has values that are durations.
fn has_durations(api: &Api) -> bool {
    has_values(api, &TypeRef::Duration)
}

/// Returns whether the API has values of unknown type, such as the unknown values of unions and enums.
fn has_untyped_values(api: &Api) -> bool {
    let has_unknown_variant = |def: &TypeDef| matches!(def.shape, Shape::Union(_) | Shape::ValueEnum(_));
    has_values(api, &TypeRef::Json) || api.types.iter().any(|(_, def)| has_unknown_variant(def))
}

/// Returns whether the API has values of a type.
fn has_values(api: &Api, ty: &TypeRef) -> bool {
    let contains_type = |container: &TypeRef| container.contains(ty);
    any_operation(api, |operation| operation.params.iter().any(|param| contains_type(&param.ty)))
        || any_response_body(api, |body| body.types().into_iter().any(contains_type))
        || api.types.iter().any(|(id, _)| ir::contained_types(api, id).into_iter().any(contains_type))
}

/// Returns whether the API has values of types from codegen.toml, which only serde can decode.
fn has_foreign_types(api: &Api) -> bool {
    let contains_foreign_type = |ty: &TypeRef| ty.any(&TypeRef::is_foreign);
    any_response_body(api, |body| body.types().into_iter().any(contains_foreign_type))
        || api.types.iter().any(|(id, _)| ir::contained_types(api, id).into_iter().any(contains_foreign_type))
}

/// Returns whether error bodies have generated types.
fn has_typed_errors(api: &Api) -> bool {
    api.has_typed_errors && any_operation(api, |operation| operation.error_types().next().is_some())
}

/// Returns whether the API has strings that contain JSON.
fn has_json_strings(api: &Api) -> bool {
    let has_json_field = |(_, def): (_, &TypeDef)| match &def.shape {
        Shape::Record(record) => record.fields.iter().any(|field| field.holds_json),
        _ => false,
    };
    any_operation(api, |operation| operation.params.iter().any(|param| param.holds_json))
        || api.types.iter().any(has_json_field)
}

/// Returns whether the client needs the security schemes: if there are credentials other than a user name with a
/// password, or if credentials depend on the operation.
fn needs_security_schemes(api: &Api) -> bool {
    api.has_per_operation_auth() || api.security.iter().any(|scheme| !matches!(scheme.kind, SchemeKind::Basic))
}

/// Returns whether a request body, or a part of it, has a charset other than UTF-8.
fn sends_charset(api: &Api) -> bool {
    let is_other = |name: &str| charset_of(name).is_some_and(|charset| !matches!(charset.as_str(), "utf-8" | "utf8"));
    let sends = |param: &Param| match param.location {
        ParamLocation::Body(Media::Json | Media::Text) => is_other(&param.wire),
        _ => param.media_type.as_deref().is_some_and(is_other),
    };
    any_operation(api, |operation| operation.params.iter().any(sends))
}

/// Returns whether `predicate` is true for the body of a response.
fn any_response_body(api: &Api, predicate: impl Fn(&ResponseBody<'_>) -> bool) -> bool {
    any_operation(api, |operation| operation.possible_response_bodies().any(|body| predicate(&body)))
}

/// Returns whether `predicate` is true for the next page of a list.
fn any_pagination(api: &Api, predicate: impl Fn(&Next) -> bool) -> bool {
    any_operation(api, |operation| operation.paging.as_ref().is_some_and(|paging| predicate(&paging.next)))
}

/// Returns whether `predicate` is true for an operation.
fn any_operation(api: &Api, predicate: impl Fn(&Operation) -> bool) -> bool {
    api.operations.iter().any(|(_, operation)| predicate(operation))
}

/// The files that only models need: for unions, enums with values other than strings, bytes, big numbers and deep nesting.
const MODEL_FILES: &[&str] =
    &["alternative.rs", "base64.rs", "big_number.rs", "nested.rs", "union.rs", "value_enum.rs"];

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        /// The path and the text of each file of the module `runtime`.
        // The folder is a link to `runtime/src/runtime`. Cargo packages the target of a link, but no folder of another package.
        const FILES: &[(&str, &str)] = &[$(($path, include_str!(concat!("../embedded_runtime/", $path)))),*];
    };
}

files![
    "auth/anonymous.rs",
    "auth/authorization.rs",
    "auth/credentials/credential_set.rs",
    "auth/credentials/mod.rs",
    "auth/credentials/token_provider.rs",
    "auth/mod.rs",
    "auth/scheme.rs",
    "auth/secret.rs",
    "auth/security.rs",
    "auth/token.rs",
    "client/api.rs",
    "client/base_url.rs",
    "client/blocking.rs",
    "client/builder.rs",
    "client/connection.rs",
    "client/environment.rs",
    "client/exchange.rs",
    "client/host_template.rs",
    "client/mod.rs",
    "client/observe.rs",
    "client/rate_limit.rs",
    "client/retry.rs",
    "client/scope.rs",
    "client/servers.rs",
    "client/time.rs",
    "client/tls.rs",
    "client/tokio_context.rs",
    "client/transport.rs",
    "error/api_error.rs",
    "error/call.rs",
    "error/call_error.rs",
    "error/config_error.rs",
    "error/invalid.rs",
    "error/json_text_error.rs",
    "error/missing_field.rs",
    "error/mod.rs",
    "error/paging_error.rs",
    "error/redaction.rs",
    "error/unescape.rs",
    "error/typed_error.rs",
    "mod.rs",
    "model/alternative.rs",
    "model/any_json.rs",
    "model/base64.rs",
    "model/big_number.rs",
    "model/from_json.rs",
    "model/impl_model.rs",
    "model/iso_duration.rs",
    "model/json_text.rs",
    "model/mod.rs",
    "model/nested.rs",
    "model/newtype.rs",
    "model/nullable.rs",
    "model/scalars.rs",
    "model/string_enum.rs",
    "model/union.rs",
    "model/value_enum.rs",
    "model/with_serde.rs",
    "model/wrapper.rs",
    "pagination/mod.rs",
    "pagination/link_header.rs",
    "pagination/next_page.rs",
    "pagination/page.rs",
    "pagination/page_parameter.rs",
    "pagination/pager.rs",
    "request/charset.rs",
    "request/encode.rs",
    "request/future.rs",
    "request/json_body.rs",
    "request/mod.rs",
    "request/multipart.rs",
    "request/param_value.rs",
    "request/partial_path_param.rs",
    "request/path.rs",
    "request/repeated_path_param.rs",
    "request/request_parts.rs",
    "request/stream_flag.rs",
    "request/styles.rs",
    "request/upload.rs",
    "response/raw_json.rs",
    "response/raw_response.rs",
    "response/body.rs",
    "response/decode.rs",
    "response/decode_with_serde.rs",
    "response/download.rs",
    "response/events.rs",
    "response/json_reader.rs",
    "response/json_value.rs",
    "response/lenient.rs",
    "response/media_type.rs",
    "response/mismatch.rs",
    "response/mod.rs",
    "response/optional_body.rs",
    "response/properties.rs",
    "response/redirect.rs",
    "response/response_enum.rs",
    "response/splitter.rs",
    "response/text_body.rs",
    "validation/finite.rs",
    "validation/json_validation.rs",
    "validation/mod.rs",
    "validation/constraint.rs",
    "validation/decimal.rs",
];
