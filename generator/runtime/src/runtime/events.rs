//! Answers that are many values, read as they come: server-sent events, and JSON line by line.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::{Answer, Decode, DecodeError, Download, Mismatch, Result, from_json};

/// Reads server-sent events whose data is JSON. Data that is `[DONE]` ends them, as is the custom of some APIs.
pub struct Events<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for Events<T> {
    type Value = Values<Event<T>>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn streams(_: u16) -> bool {
        true
    }

    fn decode(answer: &mut Answer) -> Result<Self::Value> {
        Ok(Values::new(answer, Splitter::events(), |raw| match raw.data.as_str() {
            "[DONE]" => Ok(None),
            data => json(data).map(|data| Some(raw.event(data))),
        }))
    }
}

/// Reads server-sent events whose data is a text.
pub struct TextEvents;

impl Decode for TextEvents {
    type Value = Values<Event<String>>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn streams(_: u16) -> bool {
        true
    }

    fn decode(answer: &mut Answer) -> Result<Self::Value> {
        Ok(Values::new(answer, Splitter::events(), |raw| Ok(Some(raw.event(raw.data.clone())))))
    }
}

/// Reads a JSON value in each line.
pub struct Lines<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for Lines<T> {
    type Value = Values<T>;

    const ACCEPT: Option<&'static str> = Some("application/jsonl");

    fn streams(_: u16) -> bool {
        true
    }

    fn decode(answer: &mut Answer) -> Result<Self::Value> {
        Ok(Values::new(answer, Splitter::default(), |raw| from_json(raw.data.as_bytes()).map(Some)))
    }
}

/// Reads a value; none ends them.
type Read<T> = fn(&Raw) -> Result<Option<T>, Mismatch>;

/// The JSON in the data of an event. A text may stand there as it is.
fn json<T: DeserializeOwned>(data: &str) -> Result<T, Mismatch> {
    from_json(data.as_bytes()).or_else(|error| serde_json::from_value(data.into()).map_err(|_| error))
}

/// A server-sent event.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The id of the last event that had one; empty if none had.
    pub id: String,
    /// What kind of event it is: `message` unless the API says otherwise.
    pub event: String,
    /// What it says.
    pub data: T,
    /// How long the API wants its clients to wait before they connect again, if it has said so.
    pub retry: Option<Duration>,
}

/// The values of an answer, each when it has come. Repeats and the time limits of the request are over when the answer
/// has begun, and a value may take any time. A connection that ends is not made again.
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
    fn new(answer: &mut Answer, splitter: Splitter, read: Read<T>) -> Self {
        let mut download = Download::new(answer);
        download.time = None;
        Self { download, splitter, read, ended: false }
    }

    /// The next value; none at the end. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// A value that is not what it should be, after which others may come; a connection that breaks, and a value that
    /// is longer than the client's limit for bodies, after which there are no more.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        poll_fn(|context| self.poll_value(context)).await
    }

    /// The next value, as [`try_next`](Self::try_next) gives it, waited for on a thread that polls no async task.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](Self::try_next), and inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_next(&mut self) -> Result<Option<T>> {
        super::wait(self.download.answer.call.operation, self.try_next())
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

/// A value before it is read.
#[derive(Clone, Default)]
struct Raw {
    id: String,
    event: String,
    data: String,
    retry: Option<Duration>,
}

impl Raw {
    fn event<T>(&self, data: T) -> Event<T> {
        let event = if self.event.is_empty() { "message" } else { &self.event };
        Event { id: self.id.clone(), event: event.to_owned(), data, retry: self.retry }
    }
}

/// Makes values of bytes, wherever these are divided.
#[derive(Default)]
struct Splitter {
    /// Whether they are events, as the HTML standard defines them, rather than lines.
    events: bool,
    /// The line that is not complete.
    line: Vec<u8>,
    /// The event that is not complete.
    open: Raw,
    after_return: bool,
    begun: bool,
    ready: VecDeque<Raw>,
}

impl Splitter {
    fn events() -> Self {
        Self { events: true, ..Self::default() }
    }

    /// How many bytes are held that make no value yet.
    fn held(&self) -> usize {
        self.line.len() + self.open.data.len()
    }

    fn push(&mut self, mut bytes: &[u8]) {
        // A line feed behind a carriage return belongs to it, even if it comes in another piece.
        if std::mem::take(&mut self.after_return) && bytes.first() == Some(&b'\n') {
            bytes = &bytes[1..];
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.line.extend_from_slice(&bytes[..end]);
            self.end_line();
            let ends = if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
            self.after_return = bytes[end..] == *b"\r";
            bytes = &bytes[end + ends..];
        }
        self.line.extend_from_slice(bytes);
    }

    /// Ends the last line. An event that no blank line has ended does not count.
    fn finish(&mut self) {
        if !self.events && !self.line.is_empty() {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let first = !std::mem::replace(&mut self.begun, true);
        let line = if first { text.strip_prefix('\u{feff}').unwrap_or(&text) } else { &text };
        if self.events {
            self.field(line);
        } else {
            let data = line.trim_start_matches('\u{1e}').trim();
            if !data.is_empty() {
                self.ready.push_back(Raw { data: data.to_owned(), ..Raw::default() });
            }
        }
    }

    fn field(&mut self, line: &str) {
        if line.is_empty() {
            let event = std::mem::take(&mut self.open.event);
            let mut data = std::mem::take(&mut self.open.data);
            if data.pop().is_some() {
                self.ready.push_back(Raw { event, data, ..self.open.clone() });
            }
            return;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => self.open.event = value.to_owned(),
            "data" => {
                self.open.data.push_str(value);
                self.open.data.push('\n');
            }
            "id" if !value.contains('\0') => self.open.id = value.to_owned(),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.open.retry = value.parse().ok().map(Duration::from_millis).or(self.open.retry);
            }
            _ => {}
        }
    }
}
