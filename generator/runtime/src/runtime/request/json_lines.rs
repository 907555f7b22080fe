//! Request bodies that are lines of JSON or a JSON text sequence.

use std::io;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderValue;
use http_body::Frame;
use serde_core::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::request_parts::RequestBody;
use crate::runtime::error::redaction::Sensitive;
use crate::runtime::validation::finite::is_finite;
use crate::runtime::validation::json_validation::check_json;
use crate::runtime::{Body, Constraints, Decode, InvalidValue, Request, Result, is_personal};

/// Values that are sent as lines of JSON, or as a JSON text sequence (RFC 7464) if the API expects one.
///
/// A `Vec` or an array converts into this type. A [`stream`](Self::stream) is sent as it produces its values.
///
/// ```text
/// client.events().create(vec![first, second]).await?;
/// client.events().create(JsonLines::stream(events)).await?;
/// ```
pub struct JsonLines<T> {
    items: JsonItems,
    item_type: PhantomData<fn(T)>,
}

/// The values of a [`JsonLines`], as JSON.
pub enum JsonItems {
    /// All values.
    Complete(Vec<JsonItem>),
    /// A stream of values.
    Stream(ItemStream),
}

type JsonItem = Result<Box<RawValue>, InvalidValue>;

type ItemStream = Pin<Box<dyn Stream<Item = JsonItem> + Send>>;

impl<T: Serialize> JsonLines<T> {
    /// Sends each value when the stream produces it. A stream can be sent only once, so the request is not retried.
    ///
    /// A value that violates a constraint of the API ends the request with an
    /// [`Error::Transport`](crate::runtime::Error::Transport). The values before it have been sent. The attempt timeout of the
    /// request applies to the whole stream.
    pub fn stream(values: impl Stream<Item = T> + Send + 'static) -> Self
    where
        T: 'static,
    {
        Self { items: JsonItems::Stream(Box::pin(Encoded(Box::pin(values)))), item_type: PhantomData }
    }
}

impl<T: Serialize> FromIterator<T> for JsonLines<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self {
            items: JsonItems::Complete(values.into_iter().map(|value| encode(&value)).collect()),
            item_type: PhantomData,
        }
    }
}

impl<T: Serialize> From<Vec<T>> for JsonLines<T> {
    fn from(values: Vec<T>) -> Self {
        Self::from_iter(values)
    }
}

impl<T: Serialize, const N: usize> From<[T; N]> for JsonLines<T> {
    fn from(values: [T; N]) -> Self {
        Self::from_iter(values)
    }
}

impl<T> From<JsonLines<T>> for JsonItems {
    fn from(lines: JsonLines<T>) -> Self {
        lines.items
    }
}

/// A stream of values as JSON.
struct Encoded<S>(Pin<Box<S>>);

impl<S: Stream<Item: Serialize>> Stream for Encoded<S> {
    type Item = JsonItem;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<JsonItem>> {
        self.get_mut().0.as_mut().poll_next(context).map(|value| value.map(|value| encode(&value)))
    }
}

fn encode<T: Serialize>(value: &T) -> JsonItem {
    let invalid = |rule: &'static str| InvalidValue::new("body", None, rule);
    let json = to_raw_value(value).map_err(|_| invalid("must be serializable as JSON"))?;
    match is_finite(value, json.get().as_bytes()) {
        true => Ok(json),
        false => Err(invalid("must contain only finite numbers")),
    }
}

impl<D: Decode> Request<D> {
    /// Sets the body to lines of JSON, or to a JSON text sequence. The constraints apply to each value.
    pub fn json_lines<L: Into<JsonItems>>(
        mut self,
        media_type: &'static str,
        values: impl Into<L>,
        constraints: Constraints,
    ) -> Self {
        let source = match values.into().into() {
            JsonItems::Complete(items) => Source::Complete(items),
            JsonItems::Stream(stream) => Source::Stream(Mutex::new(Some(stream))),
        };
        self.parts.body = Some(Arc::new(LinesBody { media_type, constraints, source }));
        self
    }
}

struct LinesBody {
    media_type: &'static str,
    constraints: Constraints,
    source: Source,
}

enum Source {
    Complete(Vec<JsonItem>),
    /// The first attempt takes the stream and leaves `None`.
    Stream(Mutex<Option<ItemStream>>),
}

impl RequestBody for LinesBody {
    fn encode(&self, _: &str) -> Result<Option<(HeaderValue, Body)>, InvalidValue> {
        let framing = LineFraming { is_sequence: self.media_type.contains("json-seq"), constraints: self.constraints };
        let body = match &self.source {
            Source::Complete(items) => {
                let mut bytes = Vec::new();
                for item in items {
                    framing.push(item.clone(), &mut bytes)?;
                }
                bytes.into()
            }
            Source::Stream(stream) => {
                let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                let rule = "must not have been sent before, because it is a stream";
                let stream = stream.ok_or_else(|| InvalidValue::new("body", None, rule))?;
                Body::wrap(LineFrames { stream: Mutex::new(stream), framing })
            }
        };
        Ok(Some((HeaderValue::from_static(self.media_type), body)))
    }

    fn is_repeatable(&self) -> bool {
        matches!(self.source, Source::Complete(_))
    }

    fn add_values(&self, names: &[&str], to: &mut Sensitive) {
        let Source::Complete(items) = &self.source else { return };
        for json in items.iter().flatten() {
            if let Ok(json) = serde_json::from_str(json.get()) {
                to.add_json(json, names, is_personal(self.constraints));
            }
        }
    }
}

/// How a value is written.
struct LineFraming {
    /// Whether a record separator precedes each value.
    is_sequence: bool,
    constraints: Constraints,
}

impl LineFraming {
    /// Checks a value, and adds it as a line.
    fn push(&self, item: JsonItem, to: &mut Vec<u8>) -> Result<(), InvalidValue> {
        let json = item?;
        check_json("body", &json, self.constraints)?;
        if self.is_sequence {
            to.push(0x1e);
        }
        // A line break of JSON that was received is white space between two tokens.
        to.extend(json.get().bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
        to.push(b'\n');
        Ok(())
    }
}

/// A body that sends each value of a stream as a line.
struct LineFrames {
    /// The mutex makes the body `Sync`, and is never locked.
    stream: Mutex<ItemStream>,
    framing: LineFraming,
}

impl http_body::Body for LineFrames {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Self { stream, framing } = self.get_mut();
        let stream = stream.get_mut().unwrap_or_else(PoisonError::into_inner);
        stream.as_mut().poll_next(context).map(|item| {
            let mut line = Vec::new();
            let pushed = framing.push(item?, &mut line);
            Some(pushed.map(|()| Frame::data(line.into())).map_err(io::Error::other))
        })
    }
}
