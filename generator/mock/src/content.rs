//! The media types of responses and of request bodies.

use bindery::ir;
use bindery::ir::{BodyKind, Constraint, Content, Framing, Media, Operation, ParamLocation, Status, TypeRef};
use bindery::normalize::media_type_essence;
use serde_json::{Value, json};

use crate::generate;
use crate::http::Request;
use crate::model::Model;

/// The number of values in a generated stream, if its schema allows this number.
const STREAM_LENGTH: usize = 3;

/// A representation of a response body: its media type, its encoding, and the type and constraints of its schema.
#[derive(Clone, Copy)]
pub(crate) struct Representation<'a> {
    pub media_type: &'a str,
    pub content: Content,
    pub ty: &'a TypeRef,
    pub constraints: &'a [Constraint],
}

/// Returns the representation of a response that a request prefers. If the request has no preference, returns the first
/// representation.
pub(crate) fn negotiate<'a>(response: &'a ir::Response, accept: Option<&str>) -> Option<Representation<'a>> {
    let ty = response.body.as_ref()?;
    let (content, constraints) = (response.content, response.constraints.as_slice());
    let default_representations =
        response.media_types.iter().map(|media_type| Representation { media_type, content, ty, constraints });
    let alternative_representations = response.alternatives.iter().flat_map(|alternative| {
        alternative.media_types.iter().map(|media_type| Representation {
            media_type,
            content: alternative.content,
            ty: &alternative.ty,
            constraints: &alternative.constraints,
        })
    });
    let mut representations: Vec<Representation<'a>> =
        default_representations.chain(alternative_representations).collect();
    representations.sort_by_key(|representation| representation.media_type.contains('*'));
    let ranges = ranges(accept.unwrap_or("*/*"));
    let accepted = ranges
        .iter()
        .find_map(|range| representations.iter().find(|representation| is_in_range(representation.media_type, range)));
    let fallback = Representation { media_type: "application/json", content, ty, constraints };
    Some(accepted.or(representations.first()).copied().unwrap_or(fallback))
}

/// Returns the header `Content-Type` of a body. Replaces a media range by a media type in this range.
pub(crate) fn content_type_header(media_type: &str, content: Content) -> (String, String) {
    let common_type = match (content, media_type.split('/').next().unwrap_or_default()) {
        (_, "image") => "image/png",
        (_, "audio") => "audio/mpeg",
        (_, "video") => "video/mp4",
        (Content::Json, _) => "application/json",
        (Content::Text, _) => "text/plain",
        (Content::Binary, _) => "application/octet-stream",
        (Content::Stream(Framing::Lines), _) => "application/jsonl",
        (Content::Stream(_), _) => "text/event-stream",
    };
    ("Content-Type".to_owned(), if media_type.contains('*') { common_type } else { media_type }.to_owned())
}

/// Returns the media ranges of the header `Accept`, ordered by preference.
fn ranges(accept: &str) -> Vec<String> {
    let parse_range = |range: &str| {
        let mut parameters = range.split(';').map(str::trim);
        let name = parameters.next()?.to_ascii_lowercase();
        let quality = parameters.find_map(|parameter| parameter.strip_prefix("q=")?.parse::<f64>().ok()).unwrap_or(1.0);
        (quality > 0.0).then_some((name, quality))
    };
    let mut ranges: Vec<(String, f64)> = accept.split(',').filter_map(parse_range).collect();
    ranges.sort_by(|a, b| b.1.total_cmp(&a.1));
    ranges.into_iter().map(|(name, _)| name).collect()
}

fn is_in_range(media_type: &str, range: &str) -> bool {
    let essence = media_type_essence(media_type);
    range == "*/*" || essence == range || range.strip_suffix('*').is_some_and(|start| essence.starts_with(start))
}

/// Generates a body. If the body is a stream, generates several values.
pub(crate) fn generated(model: &Model, representation: Representation<'_>, now: &str) -> Value {
    let Representation { ty, constraints, .. } = representation;
    match representation.content {
        Content::Json => generate::value(model, ty, constraints, now),
        Content::Stream(_) => generate::items(model, ty, constraints, now, STREAM_LENGTH),
        Content::Text if media_type_essence(representation.media_type) == "text/csv" => json!("id,name\r\n1,text\r\n"),
        Content::Text if media_type_essence(representation.media_type).ends_with("xml") => {
            json!("<?xml version=\"1.0\"?>\n<text/>\n")
        }
        Content::Text => match generate::value(model, ty, constraints, now) {
            Value::String(text) => json!(text),
            Value::Null => json!("text"),
            value => json!(value.to_string()),
        },
        Content::Binary if Media::from_media_type(representation.media_type) == Media::Json => json!("\"bytes\""),
        Content::Binary => json!("bytes"),
    }
}

/// Returns the documented response with a status.
pub(crate) fn documented_response(operation: &Operation, status: u16) -> Option<&bindery::ir::Response> {
    let find = |status: Status| operation.responses.iter().find(|response| response.status == status);
    find(Status::Code(status)).or_else(|| find(Status::Range(status / 100))).or_else(|| find(Status::Default))
}

/// Returns whether an operation accepts the media type of a request body.
pub(crate) fn accepts_media_type(operation: &Operation, request: &Request) -> bool {
    let request_media_type =
        request.header("content-type").map(|value| value.split(';').next().unwrap_or_default().trim());
    match (operation.body, request_media_type) {
        (Some(BodyKind::Form), Some(request_media_type)) => {
            request_media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        }
        (Some(BodyKind::Multipart), Some(request_media_type)) => {
            request_media_type.eq_ignore_ascii_case("multipart/form-data")
        }
        (Some(BodyKind::Form | BodyKind::Multipart), None) => request.body.is_empty(),
        (Some(BodyKind::Value), Some(request_media_type)) => {
            single_value_body(operation).is_none_or(|(media, name)| {
                let name = name.split(';').next().unwrap_or_default().trim();
                media == Media::from_media_type(request_media_type) || name.eq_ignore_ascii_case(request_media_type)
            })
        }
        (Some(BodyKind::Value) | None, _) => true,
    }
}

/// Returns the encoding of a request body. Returns `None` for a form or if there is no body.
pub(crate) fn body_media(operation: &Operation) -> Option<Media> {
    single_value_body(operation).map(|(media, _)| media)
}

/// Returns the encoding and the media type of a request body. Returns `None` for a form or if there is no body.
fn single_value_body(operation: &Operation) -> Option<(Media, &str)> {
    operation.params.iter().find_map(|param| match param.location {
        ParamLocation::Body(media) => Some((media, param.wire.as_str())),
        _ => None,
    })
}
