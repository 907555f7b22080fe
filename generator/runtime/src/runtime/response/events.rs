//! The decoders of streams: server-sent events and JSON lines.

use std::marker::PhantomData;

use super::decode::DecodeJson;
use super::event::{Event, string_event};
use super::media_type::{is_json, received};
use super::properties::Properties;
use super::splitter::Splitter;
use super::stream_rules::Kind;
use crate::runtime::{Decode, Direct, Mismatch, RawResponse, Reading, Reads, Result, Values};

/// A decoder of server-sent events whose data is JSON.
pub struct Events<T, V = Direct>(PhantomData<fn() -> (T, V)>);

impl<T, V: DecodeJson<T>> Decode for Events<T, V> {
    type Value = Values<Event<T>>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(response: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(response, Splitter::events(), Kind::Json, |raw, reading| {
            json_or_string::<T, V>(&raw.data, reading).map(|data| raw.event(data))
        }))
    }
}

/// A decoder of server-sent events whose data is a string.
pub struct TextEvents;

impl Decode for TextEvents {
    type Value = Values<Event<String>>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(response: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(response, Splitter::events(), Kind::Strings, string_event))
    }
}

/// A decoder of server-sent events that are objects with the properties `data`, `event`, `id` and `retry`. The data is decoded
/// as JSON. Data that is not JSON is decoded as a string.
pub struct Envelopes<T, V = Direct>(PhantomData<fn() -> (T, V)>);

impl<T, V: DecodeJson<T>> Decode for Envelopes<T, V> {
    type Value = Values<T>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(response: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(response, Splitter::events(), Kind::Json, |raw, reading| raw.envelope::<T, V>(true, reading)))
    }
}

/// A decoder of server-sent events whose type is an object with only the property `data`. If the data is an object with this
/// property, the data is decoded as the type. Otherwise, the event is decoded as the type, as with [`Envelopes`].
pub struct DataEnvelopes<T, V = Direct>(PhantomData<fn() -> (T, V)>);

impl<T, V: DecodeJson<T>> Decode for DataEnvelopes<T, V> {
    type Value = Values<T>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(response: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(response, Splitter::events(), Kind::Json, |raw, reading| {
            let has_data = Properties::parse(&raw.data).is_some_and(|all| all.get("data").is_some());
            match has_data.then(|| V::decode_json(&raw.data, reading)) {
                Some(Ok(value)) => Ok(value),
                _ => raw.envelope::<T, V>(true, reading),
            }
        }))
    }
}

/// A decoder of server-sent events that differs from [`Envelopes`] only in that the data is always a string.
pub struct TextEnvelopes<T, V = Direct>(PhantomData<fn() -> (T, V)>);

impl<T, V: DecodeJson<T>> Decode for TextEnvelopes<T, V> {
    type Value = Values<T>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(response: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(response, Splitter::events(), Kind::Strings, |raw, reading| {
            raw.envelope::<T, V>(false, reading)
        }))
    }
}

/// A decoder of lines of JSON.
pub struct Lines<T, V = Direct>(PhantomData<fn() -> (T, V)>);

impl<T, V: DecodeJson<T>> Decode for Lines<T, V> {
    type Value = Values<T>;

    const ACCEPT: Option<&'static str> = Some("application/jsonl");

    fn reads(_: u16) -> Reads {
        Reads::Lines
    }

    fn decode(response: &mut RawResponse) -> Result<Self::Value> {
        let splitter = line_splitter(response);
        Ok(Values::new(response, splitter, Kind::Json, |raw, reading| V::decode_json(&raw.data, reading)))
    }
}

/// A decoder of lines that are strings. A line that is not a JSON string is returned unchanged.
pub struct TextLines;

impl Decode for TextLines {
    type Value = Values<String>;

    const ACCEPT: Option<&'static str> = Some("application/jsonl");

    fn reads(_: u16) -> Reads {
        Reads::Lines
    }

    fn decode(response: &mut RawResponse) -> Result<Self::Value> {
        let splitter = line_splitter(response);
        Ok(Values::new(response, splitter, Kind::Strings, |raw, _| {
            serde_json::from_slice(&raw.data).or_else(|_| raw.text())
        }))
    }
}

/// Returns a splitter for lines of JSON. If the media type of the response is a JSON media type, a value may span several
/// lines.
fn line_splitter(response: &RawResponse) -> Splitter {
    Splitter::lines(received(&response.headers).is_some_and(|media_type| is_json(&media_type.to_ascii_lowercase())))
}

/// Decodes the data of an event as JSON. If this fails, decodes the data as a string.
fn json_or_string<T, V: DecodeJson<T>>(data: &[u8], reading: Reading) -> Result<T, Mismatch> {
    V::decode_json(data, reading).or_else(|error| {
        let string = std::str::from_utf8(data).map(|text| serde_json::Value::from(text).to_string());
        string.ok().and_then(|string| V::decode_json(string.as_bytes(), reading).ok()).ok_or(error)
    })
}
