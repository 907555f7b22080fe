//! The runtime's files, embedded as text to be copied into every generated crate that needs them.

use std::borrow::Cow;

use crate::analyze::Analysis;
use crate::ir::{
    self, Answer, Api, Body, Media, Operation, Param, ParamPlace, SchemeKind, Segment, Shape, StreamFlag, TypeDef,
    TypeRef, charset_of,
};

/// Path below `src` and text of each file that the crate of an API needs.
pub fn files(api: &Api, analysis: &Analysis) -> Vec<(String, Cow<'static, str>)> {
    let left_out = |name: &str| !needs(api, name);
    let all = FILES.iter().filter(|(name, _)| !left_out(name));
    let mut files: Vec<_> = all.map(|(name, text)| (format!("src/runtime/{name}"), Cow::from(*text))).collect();
    for (_, text) in files.iter_mut().filter(|(path, _)| path.ends_with("/mod.rs")) {
        for (file, _) in NEEDED.iter().filter(|(file, _)| left_out(file)) {
            let module = file.trim_end_matches(".rs");
            let (mod_line, use_start) = (format!("mod {module};"), format!("pub use {module}::"));
            *text = text.replace(&format!("#[macro_use]\n{mod_line}\n"), "").into();
            let text_without = text.replace(&format!("#[macro_use]\n{mod_line}\n"), "");
            let kept = text_without.split_inclusive('\n');
            let kept = kept.filter(|line| line.trim_end() != mod_line && !line.starts_with(&use_start));
            *text = kept.collect::<String>().into();
        }
    }
    if analysis.needs_shapes(api) {
        files.extend(SHAPES.iter().map(|(name, text)| (format!("src/shapes/{name}"), Cow::from(*text))));
    }
    for (_, text) in files.iter_mut().filter(|(_, text)| text.contains(BEGIN)) {
        *text = parts(text, left_out).into();
    }
    files
}

/// Whether the crate of an API has a file of the runtime.
pub fn needs(api: &Api, name: &str) -> bool {
    NEEDED.iter().all(|(file, needed)| *file != name || needed(api))
}

/// A text without the parts that belong to files which are left out. They stand between `// [file.rs` and `// file.rs]`.
fn parts(text: &str, left_out: impl Fn(&str) -> bool) -> String {
    let mut skipped = false;
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        match line.trim().strip_prefix("// ") {
            Some(mark) if mark.starts_with('[') && mark.ends_with(".rs") => skipped = left_out(&mark[1..]),
            Some(mark) if mark.ends_with(".rs]") => skipped = false,
            _ if skipped => {}
            _ => kept.push_str(line),
        }
    }
    kept
}

const BEGIN: &str = "// [";

/// The files that not every API needs, and which do. What stands in such a file is re-exported by one line.
const NEEDED: &[(&str, Needed)] = &[
    ("again.rs", |api| any(api, Operation::repeats)),
    ("any_json.rs", has_untyped_values),
    ("answers.rs", |api| {
        any(api, |one| matches!(one.answer(), Answer::Several(_)) || one.alternatives().next().is_some())
    }),
    ("charset.rs", sends_charset),
    ("checks.rs", has_structured_values),
    ("choice.rs", has_keys),
    ("download.rs", |api| reads(api, |answer| matches!(answer, Answer::Stream(..) | Answer::Binary))),
    ("elsewhere.rs", |api| any(api, Operation::redirects)),
    ("events.rs", |api| reads(api, |answer| matches!(answer, Answer::Stream(..)))),
    ("finite.rs", |api| has_structured_values(api) || has_json_texts(api)),
    ("infix.rs", |api| any(api, |one| one.path.iter().any(|part| matches!(part, Segment::Infix(..))))),
    ("iso_duration.rs", has_durations),
    ("json_text.rs", has_json_texts),
    ("keys.rs", has_keys),
    ("multipart.rs", |api| any(api, |one| one.body == Some(Body::Multipart))),
    ("open.rs", |api| api.has_open()),
    ("payload.rs", |api| any(api, |one| one.body == Some(Body::Whole))),
    ("plain.rs", |api| {
        any(api, |one| one.may_be_empty() || one.asks_for().is_some() || one.alternatives().next().is_some())
    }),
    ("provider.rs", |api| has_keys(api) && api.security.iter().any(|scheme| scheme.kind == SchemeKind::Bearer)),
    ("servers.rs", |api| api.variables().next().is_some() || any(api, |one| one.server.is_some())),
    ("splitter.rs", |api| reads(api, |answer| matches!(answer, Answer::Stream(..)))),
    ("stream_flag.rs", |api| {
        let streams = |one: &Operation| one.alternatives().any(|other| matches!(other.answer(), Answer::Stream(..)));
        any(api, |one| streams(one) && matches!(api.stream_flag(one), Some(StreamFlag::Json(_))))
    }),
    ("styles.rs", Api::has_styles),
    ("text.rs", |api| reads(api, |answer| matches!(answer, Answer::Text)) || sends_charset(api)),
    ("tolerant.rs", |api| !api.strict && reads(api, |answer| !answer.types().is_empty())),
    ("turn.rs", |api| {
        let pages = api.pages();
        any(api, |one| api.turns(one, &pages))
    }),
    ("typed_error.rs", |api| api.typed_errors && any(api, |one| one.errors().next().is_some())),
    ("upload.rs", Api::sends_uploads),
];

/// Returns whether a request may hold more than texts and lists of texts.
fn has_structured_values(api: &Api) -> bool {
    api.has_styles() || any(api, |one| one.body == Some(Body::Whole))
}

/// Returns whether there are values that are durations.
fn has_durations(api: &Api) -> bool {
    has_values(api, &TypeRef::Duration)
}

/// Returns whether there are values of any type. Unions and enums of values have them for what the document does not list.
fn has_untyped_values(api: &Api) -> bool {
    let is_open = |def: &TypeDef| matches!(def.shape, Shape::Union(_) | Shape::ValueEnum(_));
    has_values(api, &TypeRef::Json) || api.types.iter().any(|(_, def)| is_open(def))
}

/// Returns whether there are values of a type.
fn has_values(api: &Api, ty: &TypeRef) -> bool {
    let is_used = |used: &TypeRef| used.holds(ty);
    any(api, |one| one.params.iter().any(|param| is_used(&param.ty)))
        || any(api, |one| one.readings().any(|answer| answer.types().into_iter().any(is_used)))
        || api.types.iter().any(|(id, _)| ir::parts(api, id).into_iter().any(is_used))
}

/// Returns whether there are strings that hold JSON.
fn has_json_texts(api: &Api) -> bool {
    let in_records = |(_, def): (_, &TypeDef)| match &def.shape {
        Shape::Record(record) => record.fields.iter().any(|field| field.json),
        _ => false,
    };
    any(api, |one| one.params.iter().any(|param| param.json)) || api.types.iter().any(in_records)
}

/// Whether there are other credentials than a user with a password, or operations that differ in what they take.
fn has_keys(api: &Api) -> bool {
    api.chooses() || api.security.iter().any(|scheme| !matches!(scheme.kind, SchemeKind::Basic))
}

/// Returns whether a request body, or a part of one, has another charset than UTF-8.
fn sends_charset(api: &Api) -> bool {
    let is_other = |name: &str| charset_of(name).is_some_and(|charset| !matches!(charset.as_str(), "utf-8" | "utf8"));
    let sends = |param: &Param| match param.place {
        ParamPlace::Body(Media::Json | Media::Text) => is_other(&param.wire),
        _ => param.media_type.as_deref().is_some_and(is_other),
    };
    any(api, |one| one.params.iter().any(sends))
}

/// Whether an answer is read in such a way.
fn reads(api: &Api, such: impl Fn(&Answer<'_>) -> bool) -> bool {
    any(api, |one| one.readings().any(|answer| such(&answer)))
}

type Needed = fn(&Api) -> bool;

fn any(api: &Api, holds: impl Fn(&Operation) -> bool) -> bool {
    api.operations.iter().any(|(_, operation)| holds(operation))
}

macro_rules! files {
    ($files:ident = $module:literal: $($name:literal),* $(,)?) => {
        #[doc = concat!("Name and text of each file of the module `", $module, "`.")]
        const $files: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../runtime/src/", $module, "/", $name)))),*];
    };
}

files![
    FILES = "runtime":
    "again.rs",
    "any_json.rs",
    "api.rs",
    "answers.rs",
    "api_error.rs",
    "base_url.rs",
    "blocking.rs",
    "body.rs",
    "builder.rs",
    "call.rs",
    "charset.rs",
    "checks.rs",
    "choice.rs",
    "connection.rs",
    "credentials.rs",
    "decode.rs",
    "download.rs",
    "elsewhere.rs",
    "encode.rs",
    "environment.rs",
    "error.rs",
    "events.rs",
    "failure.rs",
    "finite.rs",
    "host.rs",
    "infix.rs",
    "invalid.rs",
    "iso_duration.rs",
    "json_text.rs",
    "json_value.rs",
    "keys.rs",
    "media_type.rs",
    "mismatch.rs",
    "mod.rs",
    "model.rs",
    "model_decode.rs",
    "multipart.rs",
    "newtype.rs",
    "nullable.rs",
    "observe.rs",
    "open.rs",
    "page.rs",
    "path.rs",
    "payload.rs",
    "plain.rs",
    "properties.rs",
    "provider.rs",
    "rate_limit.rs",
    "redaction.rs",
    "request.rs",
    "response.rs",
    "retry.rs",
    "rule.rs",
    "scope.rs",
    "secret.rs",
    "servers.rs",
    "spelling.rs",
    "splitter.rs",
    "stream_flag.rs",
    "string_enum.rs",
    "styles.rs",
    "text.rs",
    "token.rs",
    "tokio_context.rs",
    "tolerant.rs",
    "transport.rs",
    "turn.rs",
    "typed_error.rs",
    "unknown.rs",
    "upload.rs",
    "value.rs",
    "walk.rs",
];

files![
    SHAPES = "shapes": "alternative.rs", "base64.rs", "big_number.rs", "mod.rs", "nested.rs", "union.rs", "value_enum.rs",
];
