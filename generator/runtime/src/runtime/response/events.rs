//! Streams of values: server-sent events and JSON lines.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::media_type::{is_json, received};
use super::splitter::{Raw, Splitter};
use crate::runtime::{Decode, DecodeError, Download, Mismatch, RawResponse, Reads, Result, from_json};

/// Reads server-sent events whose data is JSON. Data that is `[DONE]` ends them, as is the custom of some APIs.
pub struct Events<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for Events<T> {
    type Value = Values<Event<T>>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(answer: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(answer, Splitter::events(), |raw| match raw.data.as_slice() {
            DONE => Ok(None),
            data => json(data).map(|data| Some(raw.event(data))),
        }))
    }
}

/// Reads server-sent events whose data is a text.
pub struct TextEvents;

impl Decode for TextEvents {
    type Value = Values<Event<String>>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(answer: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(answer, Splitter::events(), |raw| Ok(Some(raw.event(raw.text()?)))))
    }
}

/// Decodes each server-sent event as an object with the properties `data`, `event`, `id` and `retry`. The data is JSON, or
/// else a string.
pub struct Envelopes<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for Envelopes<T> {
    type Value = Values<T>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(answer: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(answer, Splitter::events(), |raw| match raw.data.as_slice() {
            DONE => Ok(None),
            _ => raw.envelope(true).map(Some),
        }))
    }
}

/// Decodes each server-sent event as such an object, whose data is a string.
pub struct TextEnvelopes<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for TextEnvelopes<T> {
    type Value = Values<T>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(answer: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(answer, Splitter::events(), |raw| raw.envelope(false).map(Some)))
    }
}

/// Reads a JSON value in each line.
pub struct Lines<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for Lines<T> {
    type Value = Values<T>;

    const ACCEPT: Option<&'static str> = Some("application/jsonl");

    fn reads(_: u16) -> Reads {
        Reads::Lines
    }

    fn decode(answer: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(answer, lines(answer), |raw| from_json(&raw.data).map(Some)))
    }
}

/// Decodes each line as a string: a JSON string, or else the line itself.
pub struct TextLines;

impl Decode for TextLines {
    type Value = Values<String>;

    const ACCEPT: Option<&'static str> = Some("application/jsonl");

    fn reads(_: u16) -> Reads {
        Reads::Lines
    }

    fn decode(answer: &mut RawResponse) -> Result<Self::Value> {
        Ok(Values::new(answer, lines(answer), |raw| {
            serde_json::from_slice(&raw.data).or_else(|_| raw.text()).map(Some)
        }))
    }
}

/// Returns what splits lines of JSON. If the media type is that of a single JSON value, a value may span several lines.
fn lines(answer: &RawResponse) -> Splitter {
    Splitter::lines(received(&answer.headers).is_some_and(|media_type| is_json(&media_type.to_ascii_lowercase())))
}

/// Reads a value; none ends them.
type Read<T> = fn(&Raw) -> Result<Option<T>, Mismatch>;

/// The data of an event that ends the stream.
const DONE: &[u8] = b"[DONE]";

/// The JSON in the data of an event. A text may stand there as it is.
fn json<T: DeserializeOwned>(data: &[u8]) -> Result<T, Mismatch> {
    from_json(data).or_else(|error| {
        let text = std::str::from_utf8(data).ok();
        text.and_then(|text| serde_json::from_value(text.into()).ok()).ok_or(error)
    })
}

/// A server-sent event.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The id of the last event that had one; empty if none had.
    pub id: String,
    /// The type of the event. The default is `message`.
    pub event: String,
    /// The data of the event.
    pub data: T,
    /// The time that clients should wait before they reconnect, if the API sent it.
    pub retry: Option<Duration>,
}

/// The values of a streamed response, in the order of arrival. Retries and timeouts of the request end with the response
/// headers, so a value may take any time. A closed connection is not reopened.
///
/// It is a [`Stream`]; [`try_next`](Self::try_next) does the same without an import.
#[must_use = "nothing is read before it is asked for"]
pub struct Values<T> {
    download: Download,
    splitter: Splitter,
    read: Read<T>,
    ended: bool,
}

impl<T> Values<T> {
    fn new(answer: &mut RawResponse, splitter: Splitter, read: Read<T>) -> Self {
        let mut download = Download::new(answer);
        download.time = None;
        Self { download, splitter, read, ended: false }
    }

    /// Returns the next value, or `None` at the end. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// A value that is not what it should be, after which others may come; a connection that breaks, and a value that
    /// is longer than the client's limit for bodies, after which there are no more. A body that ends without any event, but has
    /// other text.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        poll_fn(|context| self.poll_value(context)).await
    }

    /// Returns the next value, as [`try_next`](Self::try_next) does, and blocks the thread until it arrives. The thread
    /// must not be polling an async task.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](Self::try_next), and inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_next(&mut self) -> Result<Option<T>> {
        crate::runtime::wait(self.download.answer.call.operation, self.try_next())
    }

    fn poll_value(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<T>>> {
        loop {
            if let Some(raw) = self.splitter.ready.pop_front() {
                return Poll::Ready(match (self.read)(&raw) {
                    Ok(None) => {
                        self.ended = true;
                        self.splitter.ready.clear();
                        Ok(None)
                    }
                    Ok(value) => Ok(value),
                    Err(mismatch) => {
                        self.download.answer.body = raw.data.into();
                        Err(DecodeError::new(&self.download.answer, &mismatch).into())
                    }
                });
            }
            if self.ended {
                return Poll::Ready(Ok(None));
            }
            match ready!(self.download.poll_piece(context)) {
                Ok(Some(piece)) => self.splitter.push(&piece),
                Ok(None) => {
                    self.splitter.finish();
                    self.ended = true;
                    if !self.splitter.stray.is_empty() {
                        self.download.answer.body = std::mem::take(&mut self.splitter.stray).into();
                        let is_json = from_json::<serde::de::IgnoredAny>(&self.download.answer.body).is_ok();
                        let found = if is_json { "JSON" } else { "text without an event" };
                        let problem = format!("expected a stream of events, received {found}");
                        return Poll::Ready(Err(DecodeError::unread(&self.download.answer, problem).into()));
                    }
                }
                Err(error) => {
                    self.ended = true;
                    return Poll::Ready(Err(error));
                }
            }
            if self.splitter.held() > self.download.limit {
                self.ended = true;
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
        f.debug_struct("Values").field("ended", &self.ended).finish_non_exhaustive()
    }
}

impl Raw {
    /// Returns the data as a string.
    fn text(&self) -> Result<String, Mismatch> {
        let text = std::str::from_utf8(&self.data).map(str::to_owned);
        text.map_err(|_| Mismatch::new("the data is not valid UTF-8".to_owned()))
    }

    /// Decodes the event as an object. The data is tried as JSON first if `json` is set, and then as a string. The id is tried
    /// as a string first, and then as a number.
    fn envelope<T: DeserializeOwned>(&self, json: bool) -> Result<T, Mismatch> {
        let text = serde_json::Value::from(self.text()?).to_string();
        let id = serde_json::Value::from(self.id.as_str()).to_string();
        let event = serde_json::Value::from(self.name()).to_string();
        let retry = self.retry.map(|time| format!(",\"retry\":{}", time.as_millis())).unwrap_or_default();
        let as_json = json.then(|| serde_json::from_slice::<&RawValue>(&self.data).ok()).flatten().map(RawValue::get);
        let number = serde_json::from_str::<serde_json::Number>(&self.id).ok().map(|_| self.id.as_str());
        let mut first_error = None;
        for data in as_json.into_iter().chain([text.as_str()]) {
            for id in [Some(id.as_str()).filter(|_| !self.id.is_empty()), number] {
                let id = id.map(|id| format!(",\"id\":{id}")).unwrap_or_default();
                match from_json(format!("{{\"event\":{event},\"data\":{data}{id}{retry}}}").as_bytes()) {
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
