//! Checks whether a decoder can read the media type of a response.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The way in which a decoder reads the body of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// The body is ignored.
    Nothing,
    /// The body is read as a JSON value.
    Json,
    /// The body is read as a string.
    #[cfg(feature = "text-bodies")]
    Text,
    /// The body is read as a stream of bytes.
    #[cfg(feature = "downloads")]
    Bytes,
    /// The body is read as a stream of server-sent events.
    #[cfg(feature = "streams")]
    Events,
    /// The body is read as a stream of JSON lines.
    #[cfg(feature = "streams")]
    Lines,
}

impl Reads {
    /// Returns whether the body is read as a stream.
    pub fn streams(self) -> bool {
        let is_buffered = matches!(self, Self::Nothing | Self::Json);
        #[cfg(feature = "text-bodies")]
        let is_buffered = is_buffered || self == Self::Text;
        !is_buffered
    }
}

/// The response that a request expects.
#[derive(Clone, Copy)]
pub struct Expected {
    /// Returns how the decoder reads the body of a successful response with a status.
    pub reads: fn(u16) -> Reads,
    /// The value of the `Accept` header.
    pub accept: Option<&'static str>,
    /// Returns the media types of a successful response with a status, separated by commas, if they depend on the status.
    pub media_types: fn(u16) -> Option<&'static str>,
    /// All media types that the API offers, if `Accept` does not name all of them.
    #[cfg(feature = "response-enums")]
    pub offers: &'static [&'static str],
}

impl Expected {
    /// Returns the media types that a successful response with a status may have, separated by commas.
    pub fn media_types(&self, status: u16) -> Option<&'static str> {
        (self.media_types)(status).or(self.accept)
    }

    /// Returns the media type of a successful response, if the decoder cannot read it. Every decoder reads a response without a
    /// media type.
    pub fn unreadable_media_type(&self, status: u16, headers: &HeaderMap) -> Option<String> {
        let received = received(headers)?;
        let lowercase_received = received.to_ascii_lowercase();
        let expected = self.media_types(status);
        if includes(expected, &lowercase_received) {
            return None;
        }
        let reads = (self.reads)(status);
        let is_unreadable = !can_read(reads, &lowercase_received);
        #[cfg(feature = "downloads")]
        let is_unreadable =
            is_unreadable || reads == Reads::Bytes && is_probably_error_message(expected, &lowercase_received);
        // A media type in `offers` that `accept` does not name is decoded by a separate method of the request, such as
        // `as_csv`.
        #[cfg(feature = "response-enums")]
        let is_unreadable = is_unreadable || self.offers.iter().any(|offer| matches(offer, &lowercase_received));
        is_unreadable.then(|| received.to_owned())
    }

    /// Returns the media type of a response that could not be decoded, if the request does not expect this media type.
    pub fn unexpected_media_type(&self, status: u16, headers: &HeaderMap) -> Option<String> {
        let is_plausible = match (self.reads)(status) {
            Reads::Json => is_json,
            #[cfg(feature = "text-bodies")]
            Reads::Text => is_text,
            _ => return None,
        };
        let received = received(headers)?;
        let lowercase_received = received.to_ascii_lowercase();
        (!includes(self.media_types(status), &lowercase_received) && !is_plausible(&lowercase_received))
            .then(|| received.to_owned())
    }
}

/// Returns whether a list of media ranges includes a media type.
fn includes(ranges: Option<&str>, media_type: &str) -> bool {
    ranges.is_some_and(|ranges| ranges.split(',').any(|range| matches(range, media_type)))
}

/// Returns whether a decoder may be able to read a media type that the request does not accept. Some servers send the same
/// media type with all responses, and a body with an unknown media type may contain anything.
fn can_read(reads: Reads, received: &str) -> bool {
    let kind = received.split('/').next().unwrap_or_default();
    #[cfg(feature = "streams")]
    let is_generic = matches!(received, "text/plain" | "application/octet-stream" | "binary/octet-stream");
    let is_never_text = matches!(kind, "image" | "audio" | "video" | "font" | "multipart") || is_stream(received);
    match reads {
        Reads::Nothing => true,
        Reads::Json => !is_never_text && !is_never_json(received) || received == "image/json",
        #[cfg(feature = "text-bodies")]
        Reads::Text => !is_never_text || suffix(received) == "xml",
        #[cfg(feature = "downloads")]
        Reads::Bytes => true,
        #[cfg(feature = "streams")]
        Reads::Events => is_generic || suffix(received) == "event-stream",
        // Some servers send JSON lines as `application/json`.
        #[cfg(feature = "streams")]
        Reads::Lines => is_generic || is_json(received) || is_stream(received) && suffix(received) != "event-stream",
    }
}

/// Returns whether a response is JSON or HTML although the request accepts only specific other media types. Such a response is
/// probably an error message of a gateway or of the API. A response that is neither JSON nor HTML is not considered an error
/// message, because servers often declare the wrong media type for a file.
#[cfg(feature = "downloads")]
fn is_probably_error_message(expected: Option<&str>, received: &str) -> bool {
    let is_equivalent: fn(&str) -> bool = match received {
        "text/html" | "application/xhtml+xml" => |range| matches!(range, "text/html" | "application/xhtml+xml"),
        received if is_json(received) => is_json,
        _ => return false,
    };
    let mut accepted_ranges = expected.unwrap_or("*/*").split(',').map(|range| essence(range).to_ascii_lowercase());
    accepted_ranges.all(|range| !is_equivalent(&range) && !is_unspecific(&range))
}

/// Returns whether a media type or range allows any content.
#[cfg(feature = "downloads")]
fn is_unspecific(media_type: &str) -> bool {
    matches!(media_type, "*/*" | "application/*" | "text/*" | "text/plain")
        || matches!(suffix(media_type), "octet-stream" | "download" | "force-download")
}

/// Returns whether a textual media type is never used for JSON. Servers often send JSON with other textual media types, such as
/// `text/javascript`.
fn is_never_json(media_type: &str) -> bool {
    const TEXTS: [&str; 6] = ["calendar", "css", "csv", "markdown", "tab-separated-values", "vtt"];
    media_type.strip_prefix("text/").is_some_and(|subtype| TEXTS.contains(&subtype))
}

/// Returns the media type of a response without its parameters.
pub fn received(headers: &HeaderMap) -> Option<&str> {
    let media_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(essence(media_type)).filter(|essence| essence.as_bytes().contains(&b'/'))
}

/// Returns a media type without its parameters.
pub fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Returns whether a media range such as `image/*` or `application/*+json` includes a media type.
fn matches(range: &str, media_type: &str) -> bool {
    let range = essence(range).to_ascii_lowercase();
    match range.split_once('*') {
        None => range == media_type,
        Some(("", _)) => true,
        Some((start, end)) => media_type.starts_with(start) && media_type.ends_with(end),
    }
}

/// Returns the suffix of a media type, or else its subtype: `json` for `application/problem+json`.
fn suffix(media_type: &str) -> &str {
    let subtype = media_type.split_once('/').map_or("", |(_, subtype)| subtype);
    let suffix = subtype.rsplit('+').next().unwrap_or_default();
    suffix.strip_prefix("x-").unwrap_or(suffix)
}

/// Returns whether a media type in lower case is JSON.
pub fn is_json(media_type: &str) -> bool {
    suffix(media_type) == "json" && !media_type.ends_with("/stream+json")
}

/// Returns whether a media type is the media type of a stream of values.
fn is_stream(media_type: &str) -> bool {
    const STREAMS: [&str; 11] = [
        "event-stream",
        "jsonl",
        "jsonlines",
        "json-lines",
        "ndjson",
        "nd-json",
        "ldjson",
        "ld-json",
        "json-seq",
        "json-stream",
        "jsonstream",
    ];
    STREAMS.contains(&suffix(media_type)) || media_type.ends_with("/stream+json")
}

/// Returns whether a media type is textual.
#[cfg(feature = "text-bodies")]
fn is_text(media_type: &str) -> bool {
    const TEXTS: [&str; 4] = ["xml", "yaml", "javascript", "graphql"];
    media_type.starts_with("text/") || TEXTS.contains(&suffix(media_type)) || is_json(media_type)
}
