//! Determines from a media type how a body is encoded and decoded.

use crate::normalize::media_type_essence;

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Media {
    /// As a JSON value.
    Json,
    /// As lines of JSON, or as a JSON text sequence. Only request bodies have this encoding. Responses have a [`Framing`].
    Lines,
    /// As text, which includes XML.
    Text,
    /// As bytes.
    Binary,
}

impl Media {
    /// Returns how bodies of a media type are encoded.
    pub fn from_media_type(media_type: &str) -> Self {
        let essence = media_type_essence(media_type);
        let (_, subtype) = essence.split_once('/').unwrap_or_default();
        match subtype.rsplit('+').next().unwrap_or_default() {
            "json" => Self::Json,
            "xml" | "yaml" | "x-yaml" | "javascript" | "graphql" => Self::Text,
            _ if essence.starts_with("text/") => Self::Text,
            _ => Self::Binary,
        }
    }

    /// Returns the name in the IR dump and in the names of runtime methods.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Lines => "json_lines",
            Self::Text => "text",
            Self::Binary => "bytes",
        }
    }
}

/// Returns the parameter `charset` of a media type, in lower case.
pub fn charset_of(media_type: &str) -> Option<String> {
    let mut parameters = media_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, label) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(label.trim().trim_matches(['"', '\'']).to_ascii_lowercase())
}

/// How a response body is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// As a JSON value.
    Json,
    /// As a string.
    Text,
    /// As bytes.
    Binary,
    /// As a stream of values.
    Stream(Framing),
}

impl Content {
    /// Returns how a body of a media type is decoded.
    pub fn from_media_type(media_type: &str) -> Self {
        match (Framing::from_media_type(media_type), Media::from_media_type(media_type)) {
            (Some(framing), _) => Self::Stream(framing),
            (None, media) => media.into(),
        }
    }
}

impl From<Media> for Content {
    fn from(media: Media) -> Self {
        match media {
            Media::Json => Self::Json,
            Media::Lines => Self::Stream(Framing::Lines),
            Media::Text => Self::Text,
            Media::Binary => Self::Binary,
        }
    }
}

/// The format of a stream of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// Server-sent events. The data of each event is a value.
    Events,
    /// Server-sent events. Each event is a value: an object with the properties `data`, `event`, `id` and `retry`.
    Envelopes,
    /// Server-sent events whose type is an object with only the property `data`. In some documents, this type describes the
    /// event. In others, it describes the data.
    DataEnvelopes,
    /// JSON values on separate lines, or JSON values after the record separator of RFC 7464.
    Lines,
}

impl Framing {
    /// Returns the framing of a media type. Returns `None` if bodies of the media type are not streams of values.
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type_essence(media_type);
        let (_, subtype) = essence.split_once('/')?;
        match subtype.strip_prefix("x-").unwrap_or(subtype) {
            "event-stream" => Some(Self::Events),
            "stream+json" | "json-stream" | "jsonstream" => Some(Self::Lines),
            subtype => match subtype.rsplit('+').next().unwrap_or_default() {
                "jsonl" | "jsonlines" | "json-lines" | "ndjson" | "nd-json" | "ldjson" | "ld-json" | "json-seq" => {
                    Some(Self::Lines)
                }
                _ => None,
            },
        }
    }

    /// Returns the name in the IR dump.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Envelopes => "whole events",
            Self::DataEnvelopes => "events or their data",
            Self::Lines => "lines",
        }
    }
}
