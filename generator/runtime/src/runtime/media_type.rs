//! Whether the media type of a response is one that its reader can read.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// What a reader makes of the body of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// It is not read.
    Nothing,
    /// A JSON value.
    Json,
    // [text.rs
    /// A string.
    Text,
    // text.rs]
    // [download.rs
    /// Bytes of any kind, as they come.
    Bytes,
    // download.rs]
    // [events.rs
    /// Server-sent events, as they come.
    Events,
    /// Lines of JSON, as they come.
    Lines,
    // events.rs]
}

impl Reads {
    /// Whether a body is read as it comes.
    pub fn streams(self) -> bool {
        let whole = matches!(self, Self::Nothing | Self::Json);
        // [text.rs
        let whole = whole || self == Self::Text;
        // text.rs]
        !whole
    }
}

/// What the responses to a request are expected to be.
#[derive(Clone, Copy)]
pub struct Expected {
    /// How a response of success with a status is read.
    pub reads: fn(u16) -> Reads,
    /// The media types that are asked for.
    pub accept: Option<&'static str>,
    // [answers.rs
    /// All media types that the API offers, if it offers others than are asked for.
    pub offers: &'static [&'static str],
    // answers.rs]
}

impl Expected {
    /// The media type of a response of success, if the reader cannot read it. A response without one is read.
    pub fn refused(&self, status: u16, headers: &HeaderMap) -> Option<String> {
        let received = received(headers)?;
        let lower = received.to_ascii_lowercase();
        if self.is_asked_for(&lower) {
            return None;
        }
        let refused = !self.can_read((self.reads)(status), &lower);
        // [answers.rs
        // The document has another reader for it.
        let refused = refused || self.offers.iter().any(|offer| matches(offer, &lower));
        // answers.rs]
        refused.then(|| received.to_owned())
    }

    /// The media type of a response that could not be read, if it is one of something else.
    pub fn doubted(&self, status: u16, headers: &HeaderMap) -> Option<String> {
        let like = match (self.reads)(status) {
            Reads::Json => is_json,
            // [text.rs
            Reads::Text => is_text,
            // text.rs]
            _ => return None,
        };
        let received = received(headers)?;
        let lower = received.to_ascii_lowercase();
        (!self.is_asked_for(&lower) && !like(&lower)).then(|| received.to_owned())
    }

    fn is_asked_for(&self, received: &str) -> bool {
        self.accept.is_some_and(|accept| accept.split(',').any(|range| matches(range, received)))
    }

    /// Whether a reader may make something of a media type that is not asked for. Some servers give the same one to all
    /// responses, and a media type that nobody knows may be of anything.
    fn can_read(&self, reads: Reads, received: &str) -> bool {
        let kind = received.split('/').next().unwrap_or_default();
        let plain = matches!(received, "text/plain" | "application/octet-stream" | "binary/octet-stream");
        let text = kind == "text" && !is_json(received) && suffix(received) != "javascript";
        let other = matches!(kind, "image" | "audio" | "video" | "font" | "multipart") || is_stream(received);
        match reads {
            Reads::Nothing => true,
            Reads::Json => plain || received == "text/html" || !other && !text,
            // [text.rs
            Reads::Text => !other,
            // text.rs]
            // [download.rs
            Reads::Bytes => true,
            // download.rs]
            // [events.rs
            Reads::Events => plain,
            Reads::Lines => plain || is_stream(received) && suffix(received) != "event-stream",
            // events.rs]
        }
    }
}

/// The media type of a response without its parameters, as it came.
fn received(headers: &HeaderMap) -> Option<&str> {
    let media_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(essence(media_type)).filter(|essence| essence.contains('/'))
}

/// A media type without its parameters.
pub fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Whether a media range such as `image/*` or `application/*+json` holds a media type.
fn matches(range: &str, media_type: &str) -> bool {
    let range = essence(range).to_ascii_lowercase();
    match range.split_once('*') {
        None => range == media_type,
        Some(("", _)) => true,
        Some((start, end)) => media_type.starts_with(start) && media_type.ends_with(end),
    }
}

/// The last word of a media type: `json` of `application/problem+json`.
fn suffix(media_type: &str) -> &str {
    let subtype = media_type.split_once('/').map_or("", |(_, subtype)| subtype);
    let suffix = subtype.rsplit('+').next().unwrap_or_default();
    suffix.strip_prefix("x-").unwrap_or(suffix)
}

fn is_json(media_type: &str) -> bool {
    suffix(media_type) == "json" && !media_type.ends_with("/stream+json")
}

/// Whether a media type is one of values that follow one another.
fn is_stream(media_type: &str) -> bool {
    const STREAMS: [&str; 9] = [
        "event-stream",
        "jsonl",
        "jsonlines",
        "json-lines",
        "ndjson",
        "ldjson",
        "json-seq",
        "json-stream",
        "jsonstream",
    ];
    STREAMS.contains(&suffix(media_type)) || media_type.ends_with("/stream+json")
}
// [text.rs

/// Whether a media type is one of strings.
fn is_text(media_type: &str) -> bool {
    const TEXTS: [&str; 4] = ["xml", "yaml", "javascript", "graphql"];
    media_type.starts_with("text/") || TEXTS.contains(&suffix(media_type)) || is_json(media_type)
}
// text.rs]
