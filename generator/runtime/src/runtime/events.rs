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
use serde_json::value::RawValue;

use super::{Answer, Decode, DecodeError, Download, Mismatch, Reads, Result, from_json};

/// Reads server-sent events whose data is JSON. Data that is `[DONE]` ends them, as is the custom of some APIs.
pub struct Events<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for Events<T> {
    type Value = Values<Event<T>>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(answer: &mut Answer) -> Result<Self::Value> {
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

    fn decode(answer: &mut Answer) -> Result<Self::Value> {
        Ok(Values::new(answer, Splitter::events(), |raw| Ok(Some(raw.event(raw.text()?)))))
    }
}

/// Reads server-sent events, each as an object of its `data`, `event`, `id` and `retry`. The data is JSON, or else a string.
pub struct Envelopes<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for Envelopes<T> {
    type Value = Values<T>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(answer: &mut Answer) -> Result<Self::Value> {
        Ok(Values::new(answer, Splitter::events(), |raw| match raw.data.as_slice() {
            DONE => Ok(None),
            _ => raw.envelope(true).map(Some),
        }))
    }
}

/// Reads the same where the data is a string.
pub struct TextEnvelopes<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decode for TextEnvelopes<T> {
    type Value = Values<T>;

    const ACCEPT: Option<&'static str> = Some("text/event-stream");

    fn reads(_: u16) -> Reads {
        Reads::Events
    }

    fn decode(answer: &mut Answer) -> Result<Self::Value> {
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

    fn decode(answer: &mut Answer) -> Result<Self::Value> {
        Ok(Values::new(answer, Splitter::default(), |raw| from_json(&raw.data).map(Some)))
    }
}

/// Reads a string in each line: one of JSON, or the line as it is.
pub struct TextLines;

impl Decode for TextLines {
    type Value = Values<String>;

    const ACCEPT: Option<&'static str> = Some("application/jsonl");

    fn reads(_: u16) -> Reads {
        Reads::Lines
    }

    fn decode(answer: &mut Answer) -> Result<Self::Value> {
        Ok(Values::new(answer, Splitter::default(), |raw| {
            serde_json::from_slice(&raw.data).or_else(|_| raw.text()).map(Some)
        }))
    }
}

/// Reads a value; none ends them.
type Read<T> = fn(&Raw) -> Result<Option<T>, Mismatch>;

/// The data of the event behind the last one.
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

    /// The next value, as [`try_next`](Self::try_next) gives it, waited for on a thread that runs no async code.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](Self::try_next), and on a thread of an async runtime.
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
                    if !self.splitter.stray.is_empty() {
                        self.download.answer.body = std::mem::take(&mut self.splitter.stray).into();
                        let problem = "the body is not a stream of events".to_owned();
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

/// A value before it is read.
#[derive(Clone, Default)]
struct Raw {
    id: String,
    event: String,
    data: Vec<u8>,
    retry: Option<Duration>,
}

impl Raw {
    /// The data as text.
    fn text(&self) -> Result<String, Mismatch> {
        let text = std::str::from_utf8(&self.data).map(str::to_owned);
        text.map_err(|_| Mismatch::new("the text is not valid UTF-8".to_owned()))
    }

    /// The event as an object. Its data is taken for JSON where that is possible, unless it is a string; its id for a string,
    /// or else for a number.
    fn envelope<T: DeserializeOwned>(&self, json: bool) -> Result<T, Mismatch> {
        let text = serde_json::Value::from(self.text()?).to_string();
        let id = serde_json::Value::from(self.id.as_str()).to_string();
        let event = serde_json::Value::from(self.name()).to_string();
        let retry = self.retry.map(|time| format!(",\"retry\":{}", time.as_millis())).unwrap_or_default();
        let as_json = json.then(|| serde_json::from_slice::<&RawValue>(&self.data).ok()).flatten().map(RawValue::get);
        let number = serde_json::from_str::<serde_json::Number>(&self.id).ok().map(|_| self.id.as_str());
        let mut first = None;
        for data in as_json.into_iter().chain([text.as_str()]) {
            for id in [Some(id.as_str()).filter(|_| !self.id.is_empty()), number] {
                let id = id.map(|id| format!(",\"id\":{id}")).unwrap_or_default();
                match from_json(format!("{{\"event\":{event},\"data\":{data}{id}{retry}}}").as_bytes()) {
                    Ok(value) => return Ok(value),
                    Err(error) => first = first.or(Some(error)),
                }
            }
        }
        Err(first.unwrap_or_default())
    }

    /// What kind of event it is.
    fn name(&self) -> &str {
        if self.event.is_empty() { "message" } else { &self.event }
    }

    fn event<T>(&self, data: T) -> Event<T> {
        Event { id: self.id.clone(), event: self.name().to_owned(), data, retry: self.retry }
    }
}

/// Makes values of bytes, wherever these are divided.
#[derive(Default)]
struct Splitter {
    /// Whether they are events, as the HTML standard defines them, rather than lines.
    events: bool,
    /// The line that is not complete.
    line: Vec<u8>,
    /// The event that is not complete, or the JSON behind a record separator.
    open: Raw,
    /// Whether the JSON behind a record separator has come to an end.
    nesting: Nesting,
    /// Whether a record separator has come, behind which JSON may go over several lines.
    in_record: bool,
    /// The lines so far, while none of them is of an event.
    stray: Vec<u8>,
    after_return: bool,
    begun: bool,
    known: bool,
    ready: VecDeque<Raw>,
}

/// Begins a JSON text in a sequence of them (RFC 7464).
const RECORD_SEPARATOR: u8 = 0x1e;

impl Splitter {
    fn events() -> Self {
        Self { events: true, ..Self::default() }
    }

    /// How many bytes are held that make no value yet.
    fn held(&self) -> usize {
        self.line.len() + self.open.data.len() + self.stray.len()
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
        if !self.line.is_empty() {
            self.end_line();
        }
        if !self.events {
            self.end_record();
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let first = !std::mem::replace(&mut self.begun, true);
        let bom: &[u8] = if first { "\u{feff}".as_bytes() } else { b"" };
        let line = line.strip_prefix(bom).unwrap_or(&line);
        match self.events {
            true => self.field(line),
            false => self.records(line),
        }
    }

    /// Takes a line of JSON, or a part of what stands behind a record separator.
    fn records(&mut self, line: &[u8]) {
        for (index, part) in line.split(|byte| *byte == RECORD_SEPARATOR).enumerate() {
            if index > 0 {
                self.end_record();
                self.in_record = true;
            }
            self.open.data.extend_from_slice(part);
            self.nesting.read(part);
        }
        match self.in_record && self.nesting.depth > 0 {
            true => self.open.data.push(b'\n'),
            false => self.end_record(),
        }
    }

    fn end_record(&mut self) {
        (self.in_record, self.nesting) = (false, Nesting::default());
        let data = std::mem::take(&mut self.open.data);
        let data = data.trim_ascii();
        if !data.is_empty() {
            self.ready.push_back(Raw { data: data.to_owned(), ..Raw::default() });
        }
    }

    fn field(&mut self, line: &[u8]) {
        if line.is_empty() {
            let event = std::mem::take(&mut self.open.event);
            let mut data = std::mem::take(&mut self.open.data);
            if data.pop().is_some() {
                self.ready.push_back(Raw { event, data, ..self.open.clone() });
            }
            return;
        }
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &b""[..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let text = String::from_utf8_lossy(value);
        match name {
            b"event" => self.open.event = text.into_owned(),
            b"data" => {
                self.open.data.extend_from_slice(value);
                self.open.data.push(b'\n');
            }
            b"id" if !value.contains(&0) => self.open.id = text.into_owned(),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.open.retry = text.parse().ok().map(Duration::from_millis).or(self.open.retry);
            }
            b"" | b"id" | b"retry" => {}
            _ if self.known => return,
            _ => {
                self.stray.extend_from_slice(line);
                self.stray.push(b'\n');
                return;
            }
        }
        self.known = true;
        self.stray.clear();
    }
}

/// How deep arrays and objects are nested where a JSON text breaks off.
#[derive(Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    fn read(&mut self, json: &[u8]) {
        for byte in json {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }
}
