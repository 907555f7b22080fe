//! Which of its media types a response has, and the bytes that its body is sent as.

use bindery::ir;
use bindery::ir::{BodyKind, Content, Framing, Media, Operation, ParamLocation, Status, TypeRef};
use bindery::normalize::media_type_essence;
use serde_json::{Value, json};

use crate::generate;
use crate::http::Request;
use crate::model::Model;

/// How many values a generated stream has.
const STREAMED: usize = 3;

/// One of the forms that the body of a response can have.
#[derive(Clone, Copy)]
pub(crate) struct Form<'a> {
    pub media_type: &'a str,
    pub content: Content,
    pub ty: &'a TypeRef,
}

/// The form of a response that a request accepts: of several, the one that it prefers; where it accepts none, the first.
pub(crate) fn chosen<'a>(response: &'a ir::Response, accept: Option<&str>) -> Option<Form<'a>> {
    let ty = response.body.as_ref()?;
    let default = response.media_types.iter().map(|media_type| Form { media_type, content: response.content, ty });
    let others = response.alternatives.iter().flat_map(|other| {
        other.media_types.iter().map(|media_type| Form { media_type, content: other.content, ty: &other.ty })
    });
    let mut forms: Vec<Form<'a>> = default.chain(others).collect();
    forms.sort_by_key(|form| form.media_type.contains('*'));
    let ranges = ranges(accept.unwrap_or("*/*"));
    let found = ranges.iter().find_map(|range| forms.iter().find(|form| is_in(form.media_type, range)));
    let first = Form { media_type: "application/json", content: response.content, ty };
    Some(found.or(forms.first()).copied().unwrap_or(first))
}

/// The header with the media type of a body; one for all media types becomes the usual one of its kind.
pub(crate) fn header(media_type: &str, content: Content) -> (String, String) {
    let usual = match (content, media_type.split('/').next().unwrap_or_default()) {
        (_, "image") => "image/png",
        (_, "audio") => "audio/mpeg",
        (_, "video") => "video/mp4",
        (Content::Json, _) => "application/json",
        (Content::Text, _) => "text/plain",
        (Content::Binary, _) => "application/octet-stream",
        (Content::Stream(Framing::Lines), _) => "application/jsonl",
        (Content::Stream(_), _) => "text/event-stream",
    };
    ("Content-Type".to_owned(), if media_type.contains('*') { usual } else { media_type }.to_owned())
}

/// The media ranges of the header `Accept`, the preferred one first.
fn ranges(accept: &str) -> Vec<String> {
    let range = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f64>().ok()).unwrap_or(1.0);
        (quality > 0.0).then_some((name, quality))
    };
    let mut ranges: Vec<(String, f64)> = accept.split(',').filter_map(range).collect();
    ranges.sort_by(|one, other| other.1.total_cmp(&one.1));
    ranges.into_iter().map(|(name, _)| name).collect()
}

fn is_in(media_type: &str, range: &str) -> bool {
    let essence = media_type_essence(media_type);
    range == "*/*" || essence == range || range.strip_suffix('*').is_some_and(|start| essence.starts_with(start))
}

/// A generated body of a form that is not JSON. A stream has several values.
pub(crate) fn generated(model: &Model, form: Form<'_>, now: &str) -> Value {
    match form.content {
        Content::Json => generate::value(model, form.ty, &[], now),
        Content::Stream(_) => (0..STREAMED).map(|nth| generate::nth(model, form.ty, now, nth)).collect(),
        Content::Text if media_type_essence(form.media_type) == "text/csv" => json!("id,name\r\n1,text\r\n"),
        Content::Text if media_type_essence(form.media_type).ends_with("xml") => {
            json!("<?xml version=\"1.0\"?>\n<text/>\n")
        }
        Content::Text => match generate::value(model, form.ty, &[], now) {
            Value::String(text) => json!(text),
            Value::Null => json!("text"),
            value => json!(value.to_string()),
        },
        Content::Binary if Media::from_media_type(form.media_type) == Media::Json => json!("\"bytes\""),
        Content::Binary => json!("bytes"),
    }
}

/// What the document says of a response with this status.
pub(crate) fn described(operation: &Operation, status: u16) -> Option<&bindery::ir::Response> {
    let find = |wanted: Status| operation.responses.iter().find(|response| response.status == wanted);
    find(Status::Code(status)).or_else(|| find(Status::Range(status / 100))).or_else(|| find(Status::Default))
}

/// Whether an operation takes a body of the media type that is sent.
pub(crate) fn takes(operation: &Operation, request: &Request) -> bool {
    let sent = request.header("content-type").map(|value| value.split(';').next().unwrap_or_default().trim());
    match (operation.body, sent) {
        (Some(BodyKind::Form), Some(sent)) => sent.eq_ignore_ascii_case("application/x-www-form-urlencoded"),
        (Some(BodyKind::Multipart), Some(sent)) => sent.eq_ignore_ascii_case("multipart/form-data"),
        (Some(BodyKind::Form | BodyKind::Multipart), None) => request.body.is_empty(),
        (Some(BodyKind::Value), Some(sent)) => whole_body(operation).is_none_or(|(media, name)| {
            let name = name.split(';').next().unwrap_or_default().trim();
            media == Media::from_media_type(sent) || name.eq_ignore_ascii_case(sent)
        }),
        (Some(BodyKind::Value) | None, _) => true,
    }
}

pub(crate) fn whole(operation: &Operation) -> Option<Media> {
    whole_body(operation).map(|(media, _)| media)
}

/// Returns how a body that is one value is encoded, and its media type.
fn whole_body(operation: &Operation) -> Option<(Media, &str)> {
    operation.params.iter().find_map(|param| match param.location {
        ParamLocation::Body(media) => Some((media, param.wire.as_str())),
        _ => None,
    })
}
