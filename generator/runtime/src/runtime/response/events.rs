//! Streams of values: server-sent events and JSON lines.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use serde_json::value::RawValue;

use super::decode::DecodeJson;
use super::json_reader::check_syntax;
use super::media_type::{is_json, received};
use super::mismatch::without_byte_order_mark;
use super::splitter::{RawItem, Splitter};
use crate::runtime::{Decode, DecodeError, Direct, Download, Mismatch, RawResponse, Reading, Reads, Result};

/// A decoder of server-sent events whose data is JSON. An event with the data `[DONE]`, which some APIs send, ends the stream.
pub struct Events<T, V = Direct>(PhantomData<fn() -> (T, V)>);

impl<T, V: DecodeJson<T>> Decode for Events<T, V> {
    type Value = Values<Event<T>>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(response: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(response, Splitter::events(), |raw, reading| match raw.data.as_slice() {
            DONE => Ok(None),
            data => json_or_string::<T, V>(data, reading).map(|data| Some(raw.event(data))),
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
        Ok(Values::new(response, Splitter::events(), |raw, _| Ok(Some(raw.event(raw.text()?)))))
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
        Ok(Values::new(response, Splitter::events(), |raw, reading| match raw.data.as_slice() {
            DONE => Ok(None),
            _ => raw.envelope::<T, V>(true, reading).map(Some),
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
        Ok(Values::new(response, Splitter::events(), |raw, reading| raw.envelope::<T, V>(false, reading).map(Some)))
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
        Ok(Values::new(response, line_splitter(response), |raw, reading| V::decode_json(&raw.data, reading).map(Some)))
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
        Ok(Values::new(response, line_splitter(response), |raw, _| {
            serde_json::from_slice(&raw.data).or_else(|_| raw.text()).map(Some)
        }))
    }
}

/// Returns a splitter for lines of JSON. If the media type of the response is a JSON media type, a value may span several
/// lines.
fn line_splitter(response: &RawResponse) -> Splitter {
    Splitter::lines(received(&response.headers).is_some_and(|media_type| is_json(&media_type.to_ascii_lowercase())))
}

/// A function that decodes an item. `None` ends the stream.
type DecodeItem<T> = fn(&RawItem, Reading) -> Result<Option<T>, Mismatch>;

/// The data of an event that ends the stream.
const DONE: &[u8] = b"[DONE]";

/// Decodes the data of an event as JSON. If this fails, decodes the data as a string.
fn json_or_string<T, V: DecodeJson<T>>(data: &[u8], reading: Reading) -> Result<T, Mismatch> {
    V::decode_json(data, reading).or_else(|error| {
        let string = std::str::from_utf8(data).map(|text| serde_json::Value::from(text).to_string());
        string.ok().and_then(|string| V::decode_json(string.as_bytes(), reading).ok()).ok_or(error)
    })
}

/// A server-sent event.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The ID of this event, or else of the last event with an ID. The string is empty if no event has had an ID.
    pub id: String,
    /// The type of the event. The default is `message`.
    pub event: String,
    /// The data of the event.
    pub data: T,
    /// The time that clients should wait before they reconnect, if the event has one.
    pub retry: Option<Duration>,
}

/// The values of a streamed response, in the order of arrival.
///
/// The retries and timeouts of the request end when the response headers arrive. A value may then take any time, unless
/// [`idle_timeout`](Self::idle_timeout) sets a limit. The client does not reconnect if the connection is closed.
///
/// This type implements [`Stream`]. The method [`try_next`](Self::try_next) can be used without importing a trait.
#[must_use = "the values are read only on demand"]
pub struct Values<T> {
    download: Download,
    splitter: Splitter,
    decode_item: DecodeItem<T>,
    is_finished: bool,
}

impl<T> Values<T> {
    fn new(response: &mut RawResponse, splitter: Splitter, decode_item: DecodeItem<T>) -> Self {
        let mut download = Download::new(response);
        download.piece_timeout = None;
        Self { download, splitter, decode_item, is_finished: false }
    }

    /// Sets how long the API may send nothing between two parts of the stream. After this time, the stream ends with
    /// [`Error::Timeout`](crate::runtime::Error::Timeout). Comments, with which many APIs keep a stream open, are parts as well.
    /// There is no limit by default.
    ///
    /// ```text
    /// let mut values = client.answers().stream().await?.idle_timeout(Duration::from_secs(30));
    /// ```
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.download.piece_timeout = Some(time);
        self
    }

    /// Returns the next value, or `None` at the end. Dropping the future loses no data.
    ///
    /// # Errors
    ///
    /// Returns an error if a value does not match the document. Other values may follow this error. The stream ends with an
    /// error if the connection breaks, if a value is longer than the body limit of the client, or if the body is not a stream
    /// of events.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        poll_fn(|context| self.poll_value(context)).await
    }

    /// Returns the next value, as [`try_next`](Self::try_next) does, and blocks the thread until it arrives. The thread
    /// must not be polling an async task.
    ///
    /// # Errors
    ///
    /// The same as for [`try_next`](Self::try_next), and also an error inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_next(&mut self) -> Result<Option<T>> {
        crate::runtime::wait(self.download.response.call.operation, self.try_next())
    }

    fn poll_value(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<T>>> {
        loop {
            if let Some(raw) = self.splitter.ready.pop_front() {
                return Poll::Ready(match (self.decode_item)(&raw, self.download.response.reading()) {
                    Ok(None) => {
                        self.is_finished = true;
                        self.splitter.ready.clear();
                        Ok(None)
                    }
                    Ok(value) => Ok(value),
                    Err(mismatch) => {
                        self.download.response.body = raw.data.into();
                        Err(DecodeError::new(&self.download.response, &mismatch).into())
                    }
                });
            }
            if self.is_finished {
                return Poll::Ready(Ok(None));
            }
            match ready!(self.download.poll_piece(context)) {
                Ok(Some(piece)) => self.splitter.push(&piece),
                Ok(None) => {
                    self.splitter.finish();
                    self.is_finished = true;
                    if !self.splitter.unrecognized_lines.is_empty() {
                        self.download.response.body = std::mem::take(&mut self.splitter.unrecognized_lines).into();
                        let is_json = check_syntax(without_byte_order_mark(&self.download.response.body)).is_ok();
                        let found = if is_json { "JSON" } else { "text without an event" };
                        let problem = format!("expected a stream of events, received {found}");
                        return Poll::Ready(Err(DecodeError::with_problem(&self.download.response, problem).into()));
                    }
                }
                Err(error) => {
                    self.is_finished = true;
                    return Poll::Ready(Err(error));
                }
            }
            if self.splitter.incomplete_bytes() > self.download.limit {
                self.is_finished = true;
                return Poll::Ready(Err(self.download.too_long()));
            }
        }
    }
}

impl<T> Stream for Values<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_value(context).map(Result::transpose)
    }
}

impl<T> fmt::Debug for Values<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").field("is_finished", &self.is_finished).finish_non_exhaustive()
    }
}

impl RawItem {
    /// Returns the data as a string.
    fn text(&self) -> Result<String, Mismatch> {
        let text = std::str::from_utf8(&self.data).map(str::to_owned);
        text.map_err(|_| Mismatch::new("the data is not valid UTF-8".to_owned()))
    }

    /// Decodes the event as an object. If `try_json` is set, the data is first decoded as JSON. Without `try_json`, or if this
    /// fails, the data is decoded as a string. The ID is decoded as a string or, if this fails, as a number.
    fn envelope<T, V: DecodeJson<T>>(&self, try_json: bool, reading: Reading) -> Result<T, Mismatch> {
        let data_as_string = serde_json::Value::from(self.text()?).to_string();
        let id = serde_json::Value::from(self.id.as_str()).to_string();
        let event = serde_json::Value::from(self.name()).to_string();
        let retry = self.retry.map(|time| format!(",\"retry\":{}", time.as_millis())).unwrap_or_default();
        let data_as_json =
            try_json.then(|| serde_json::from_slice::<&RawValue>(&self.data).ok()).flatten().map(RawValue::get);
        let id_as_number = serde_json::from_str::<serde_json::Number>(&self.id).ok().map(|_| self.id.as_str());
        let mut first_error = None;
        for data in data_as_json.into_iter().chain([data_as_string.as_str()]) {
            for id in [Some(id.as_str()).filter(|_| !self.id.is_empty()), id_as_number] {
                let id = id.map(|id| format!(",\"id\":{id}")).unwrap_or_default();
                match V::decode_json(format!("{{\"event\":{event},\"data\":{data}{id}{retry}}}").as_bytes(), reading) {
                    Ok(value) => return Ok(value),
                    Err(error) => first_error = first_error.or(Some(error)),
                }
            }
        }
        Err(first_error.unwrap_or_default())
    }

    /// Returns the type of the event, which is `message` by default.
    fn name(&self) -> &str {
        if self.event.is_empty() { "message" } else { &self.event }
    }

    fn event<T>(&self, data: T) -> Event<T> {
        Event { id: self.id.clone(), event: self.name().to_owned(), data, retry: self.retry }
    }
}
