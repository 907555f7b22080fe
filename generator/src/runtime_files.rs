//! The runtime files, embedded as text and copied into each generated crate that needs them.

use std::borrow::Cow;

use crate::analyze::Analysis;
use crate::ir;
use crate::ir::{
    Api, BodyKind, Media, Operation, Param, ParamLocation, ResponseBody, SchemeKind, Segment, Shape, StreamFlag,
    TypeDef, TypeRef, charset_of,
};

/// Path below `src` and text of each file that the crate of an API needs.
pub fn files(api: &Api, analysis: &Analysis) -> Vec<(String, Cow<'static, str>)> {
    let shapes = analysis.uses_runtime_models(api);
    let left_out = |name: &str| !needs(api, name) || !shapes && SHAPES.contains(&name);
    let files = FILES.iter().filter(|(path, _)| !left_out(file_name(path)));
    let left_out_modules: Vec<_> =
        FILES.iter().map(|(path, _)| path).filter(|path| left_out(file_name(path))).collect();
    files
        .map(|(path, text)| {
            let mut text = Cow::from(*text);
            if file_name(path) == "mod.rs" {
                text = without_modules(&text, &left_out_modules).into();
            }
            if text.contains(SECTION_START) {
                text = without_sections(&text, left_out).into();
            }
            (format!("src/runtime/{path}"), text)
        })
        .collect()
}

/// Whether the crate of an API has a file of the runtime. Files that models alone need are not among them.
pub fn needs(api: &Api, name: &str) -> bool {
    NEEDED.iter().all(|(file, needed)| *file != name || needed(api))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A `mod.rs` without the declarations and re-exports of modules that are left out.
fn without_modules(text: &str, left_out: &[&&str]) -> String {
    let modules: Vec<&str> = left_out.iter().map(|path| path.trim_end_matches(".rs")).collect();
    let is_left_out = |line: &str| {
        let line = line.trim_end();
        modules.iter().any(|module| {
            let name = file_name(module);
            let export = line.strip_prefix("pub use ").and_then(|line| line.strip_prefix(&module.replace('/', "::")));
            line.strip_prefix("pub(crate) mod ").is_some_and(|line| line.strip_suffix(';') == Some(name))
                || export.is_some_and(|rest| rest.starts_with("::"))
        })
    };
    let mut kept: Vec<&str> = Vec::new();
    for line in text.split_inclusive('\n') {
        match is_left_out(line) {
            true if kept.last().is_some_and(|last| last.starts_with("#[")) => drop(kept.pop()),
            true => {}
            false => kept.push(line),
        }
    }
    kept.concat()
}

/// Returns a text without the sections of the runtime files that are left out. Each section is between the lines
/// `// [if file.rs` and `// [end file.rs]`.
fn without_sections(text: &str, is_left_out: impl Fn(&str) -> bool) -> String {
    let mut skips_lines = false;
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        let line_content = line.trim();
        if let Some(file) = line_content.strip_prefix(SECTION_START) {
            skips_lines = is_left_out(file);
        } else if line_content.starts_with(SECTION_END) {
            skips_lines = false;
        } else if !skips_lines {
            kept.push_str(line);
        }
    }
    kept
}

const SECTION_START: &str = "// [if ";
const SECTION_END: &str = "// [end ";

/// The files that not every API needs, and which do. What stands in such a file is re-exported by one line.
const NEEDED: &[(&str, Needed)] = &[
    ("any_json.rs", has_untyped_values),
    ("repeated_path_param.rs", |api| any(api, Operation::has_repeated_param)),
    ("response_enum.rs", |api| {
        any(api, |one| matches!(one.response_body(), ResponseBody::ByStatus(_)) || one.alternatives().next().is_some())
    }),
    ("charset.rs", sends_charset),
    ("json_validation.rs", has_structured_values),
    ("scheme.rs", has_keys),
    ("security.rs", has_keys),
    ("download.rs", |api| reads(api, |answer| matches!(answer, ResponseBody::Stream(..) | ResponseBody::Binary))),
    ("redirect.rs", |api| any(api, Operation::succeeds_with_redirect)),
    ("events.rs", |api| reads(api, |answer| matches!(answer, ResponseBody::Stream(..)))),
    ("finite.rs", |api| has_structured_values(api) || has_json_texts(api)),
    ("partial_path_param.rs", |api| {
        any(api, |one| one.path.iter().any(|part| matches!(part, Segment::ParamSuffix(..))))
    }),
    ("iso_duration.rs", has_durations),
    ("json_text.rs", has_json_texts),
    ("json_text_error.rs", has_json_texts),
    ("credential_set.rs", has_keys),
    ("multipart.rs", |api| any(api, |one| one.body == Some(BodyKind::Multipart))),
    ("anonymous.rs", |api| api.mixes_anonymous_operations()),
    ("json_body.rs", |api| any(api, |one| one.body == Some(BodyKind::Value))),
    ("optional_body.rs", |api| {
        any(api, |one| {
            one.response_is_optional() || one.accept_header().is_some() || one.alternatives().next().is_some()
        })
    }),
    ("token_provider.rs", |api| has_keys(api) && api.security.iter().any(|scheme| scheme.kind == SchemeKind::Bearer)),
    ("servers.rs", |api| api.server_variables().next().is_some() || any(api, |one| one.server.is_some())),
    ("splitter.rs", |api| reads(api, |answer| matches!(answer, ResponseBody::Stream(..)))),
    ("stream_flag.rs", |api| {
        let streams =
            |one: &Operation| one.alternatives().any(|other| matches!(other.response_body(), ResponseBody::Stream(..)));
        any(api, |one| streams(one) && matches!(api.stream_flag(one), Some(StreamFlag::Json(_))))
    }),
    ("styles.rs", Api::has_param_styles),
    ("text_body.rs", |api| reads(api, |answer| matches!(answer, ResponseBody::Text)) || sends_charset(api)),
    ("lenient.rs", |api| !api.strict && reads(api, |answer| !answer.types().is_empty())),
    ("next_page.rs", |api| {
        let pages = api.pages();
        any(api, |one| api.overrides_next_page(one, &pages))
    }),
    ("typed_error.rs", |api| api.typed_errors && any(api, |one| one.error_types().next().is_some())),
    ("upload.rs", Api::sends_uploads),
];

/// Returns whether a request may hold more than texts and lists of texts.
fn has_structured_values(api: &Api) -> bool {
    api.has_param_styles() || any(api, |one| one.body == Some(BodyKind::Value))
}

/// Returns whether there are values that are durations.
fn has_durations(api: &Api) -> bool {
    has_values(api, &TypeRef::Duration)
}

/// Returns whether there are values of any type. Unions and enums of values have them for what the document does not
/// list.
fn has_untyped_values(api: &Api) -> bool {
    let is_open = |def: &TypeDef| matches!(def.shape, Shape::Union(_) | Shape::ValueEnum(_));
    has_values(api, &TypeRef::Json) || api.types.iter().any(|(_, def)| is_open(def))
}

/// Returns whether there are values of a type.
fn has_values(api: &Api, ty: &TypeRef) -> bool {
    let is_used = |used: &TypeRef| used.contains(ty);
    any(api, |one| one.params.iter().any(|param| is_used(&param.ty)))
        || any(api, |one| one.possible_response_bodies().any(|answer| answer.types().into_iter().any(is_used)))
        || api.types.iter().any(|(id, _)| ir::contained_types(api, id).into_iter().any(is_used))
}

/// Returns whether there are strings that hold JSON.
fn has_json_texts(api: &Api) -> bool {
    let in_records = |(_, def): (_, &TypeDef)| match &def.shape {
        Shape::Record(record) => record.fields.iter().any(|field| field.holds_json),
        _ => false,
    };
    any(api, |one| one.params.iter().any(|param| param.holds_json)) || api.types.iter().any(in_records)
}

/// Whether there are other credentials than a user with a password, or operations that differ in what they take.
fn has_keys(api: &Api) -> bool {
    api.has_per_operation_auth() || api.security.iter().any(|scheme| !matches!(scheme.kind, SchemeKind::Basic))
}

/// Returns whether a request body, or a part of one, has another charset than UTF-8.
fn sends_charset(api: &Api) -> bool {
    let is_other = |name: &str| charset_of(name).is_some_and(|charset| !matches!(charset.as_str(), "utf-8" | "utf8"));
    let sends = |param: &Param| match param.location {
        ParamLocation::Body(Media::Json | Media::Text) => is_other(&param.wire),
        _ => param.media_type.as_deref().is_some_and(is_other),
    };
    any(api, |one| one.params.iter().any(sends))
}

/// Whether an answer is read in such a way.
fn reads(api: &Api, such: impl Fn(&ResponseBody<'_>) -> bool) -> bool {
    any(api, |one| one.possible_response_bodies().any(|answer| such(&answer)))
}

type Needed = fn(&Api) -> bool;

fn any(api: &Api, holds: impl Fn(&Operation) -> bool) -> bool {
    api.operations.iter().any(|(_, operation)| holds(operation))
}

/// The files that only some models need: those with enums of values that are not all strings, unions, bytes, big
/// numbers or deep nesting.
const SHAPES: &[&str] = &["alternative.rs", "base64.rs", "big_number.rs", "nested.rs", "union.rs", "value_enum.rs"];

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        /// Path and text of each file of the module `runtime`.
        const FILES: &[(&str, &str)] = &[$(($path, include_str!(concat!("../runtime/src/runtime/", $path)))),*];
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
    "error/spelling.rs",
    "error/typed_error.rs",
    "mod.rs",
    "model/alternative.rs",
    "model/any_json.rs",
    "model/base64.rs",
    "model/big_number.rs",
    "model/iso_duration.rs",
    "model/json_text.rs",
    "model/mod.rs",
    "model/model_decode.rs",
    "model/nested.rs",
    "model/newtype.rs",
    "model/nullable.rs",
    "model/string_enum.rs",
    "model/union.rs",
    "model/unknown.rs",
    "model/value_enum.rs",
    "pagination/mod.rs",
    "pagination/next_page.rs",
    "pagination/page.rs",
    "pagination/pager.rs",
    "request/charset.rs",
    "request/encode.rs",
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
    "response/raw_response.rs",
    "response/body.rs",
    "response/decode.rs",
    "response/download.rs",
    "response/events.rs",
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
    "validation/constraint.rs",
    "validation/decimal.rs",
    "validation/finite.rs",
    "validation/json_validation.rs",
    "validation/mod.rs",
];
