//! The values of a streamed response.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

use super::event::{Event, string_event};
use super::json_reader::check_syntax;
use super::mismatch::without_byte_order_mark;
use super::reconnect::Reconnect;
use super::splitter::{RawItem, Splitter};
use super::stream_rules::Kind;
use crate::runtime::{ApiError, DecodeError, Download, Error, Mismatch, RawResponse, Reading, Result, RetryPolicy};

/// A function that decodes an item.
pub type DecodeItem<T> = fn(&RawItem, Reading) -> Result<T, Mismatch>;

/// The values of a streamed response, in the order of arrival.
///
/// The retries and timeouts of the request end when the response headers arrive. A value may then take any time, unless
/// [`idle_timeout`](Self::idle_timeout) sets a limit. If the connection breaks, the stream ends with an error, unless
/// [`reconnect`](Self::reconnect) was called.
///
/// If the API reports an error in the middle of the stream, such as an event of the type `error`, the value is an
/// [`Error::Api`](crate::runtime::Error::Api) with the data of the event as its body. Its status is the status of the response,
/// which is usually 200. If the document describes these events as values, they are values.
///
/// This type implements [`Stream`]. The method [`try_next`](Self::try_next) can be used without importing a trait.
#[must_use = "the values are read only on demand"]
pub struct Values<T> {
    download: Download,
    splitter: Splitter,
    kind: Kind,
    /// The items that end the stream.
    ends: &'static [&'static str],
    decode_item: DecodeItem<T>,
    reconnect: Option<Reconnect>,
    is_finished: bool,
}

impl<T> Values<T> {
    pub(crate) fn new(response: &mut RawResponse, splitter: Splitter, kind: Kind, decode_item: DecodeItem<T>) -> Self {
        let mut download = Download::new(response);
        download.piece_timeout = None;
        let ends = response.api.streams.ends_of(response.call.operation, kind);
        Self { download, splitter, kind, ends, decode_item, reconnect: None, is_finished: false }
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

    /// Requests the stream again if the connection breaks, or if a part does not arrive within the
    /// [`idle_timeout`](Self::idle_timeout). The new request has the header `Last-Event-ID` with the ID of the last event, so that
    /// the API can continue after this event. If no event has had an ID, or if the API ignores the header, the stream begins
    /// again.
    ///
    /// `policy` sets how many requests may follow each other without an event, including the first, and the waits between
    /// them. The client retries each of these requests as usual. If the API sends a reconnection time (`retry`), each wait is longer by this time. The stream ends if the API responds
    /// with the status 204, and with an error if the API refuses the request or if no attempt is left.
    ///
    /// ```text
    /// let mut events = client.events().list().await?.reconnect(RetryPolicy::new().attempts(10))?;
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an [`Error::InvalidRequest`](crate::runtime::Error::InvalidRequest) if the request cannot be repeated without the
    /// risk that it changes something, because its method is not GET, HEAD, OPTIONS or QUERY. Also returns it if the values
    /// are lines, because a line has no ID.
    pub fn reconnect(mut self, policy: RetryPolicy) -> Result<Self> {
        self.reconnect = Some(Reconnect::new(policy, &self.download, self.splitter.is_event_stream)?);
        Ok(self)
    }

    /// Also requests the stream again when the API ends the response, as browsers do. Without
    /// [`reconnect`](Self::reconnect), this has no effect. An event that marks the end of the stream, such as `[DONE]`, still
    /// ends it. The stream also ends, without an error, if no attempt is left or if a header cannot hold the ID of the last
    /// event.
    pub fn reconnect_at_end(mut self) -> Self {
        if let Some(reconnect) = &mut self.reconnect {
            reconnect.at_end = true;
        }
        self
    }

    /// Returns the events as received, with their data as strings. Events that mark the end of the stream or report an error
    /// are included. A line becomes an event with the line as its data.
    pub fn into_events(self) -> Values<Event<String>> {
        let Self { download, splitter, reconnect, is_finished, .. } = self;
        let (kind, ends) = (Kind::Raw, [].as_slice());
        Values { download, splitter, kind, ends, decode_item: string_event, reconnect, is_finished }
    }

    /// Returns the next value, or `None` at the end. Dropping the future loses no data.
    ///
    /// # Errors
    ///
    /// Returns an error if a value does not match the document, or if the API reports an error. Other values may follow
    /// this error. The stream ends with an error if the connection breaks, if a value is longer than the body limit of the client,
    /// or if the body is not a stream of events.
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
            if let Some(item) = self.splitter.ready.pop_front() {
                if let Some(reconnect) = &mut self.reconnect {
                    reconnect.failures = 0;
                }
                if self.ends.iter().any(|end| item.data == end.as_bytes()) {
                    self.is_finished = true;
                    self.splitter.ready.clear();
                    return Poll::Ready(Ok(None));
                }
                return Poll::Ready(self.decode(item).map(Some));
            }
            if self.is_finished {
                return Poll::Ready(Ok(None));
            }
            if self.splitter.incomplete_bytes() > self.download.limit {
                self.is_finished = true;
                return Poll::Ready(Err(self.download.too_long()));
            }
            let response = self.reconnect.as_mut().map(|reconnect| reconnect.poll_response(context));
            let piece = match ready!(response.unwrap_or(Poll::Ready(None))) {
                Some(Ok(response)) => {
                    self.restart(response);
                    continue;
                }
                Some(Err(error)) => Err(error),
                None => ready!(self.download.poll_piece(context)),
            };
            match piece {
                Ok(Some(piece)) => self.splitter.push(&piece),
                Ok(None) => {
                    self.splitter.finish();
                    self.is_finished = true;
                    if !self.splitter.unrecognized_lines.is_empty() {
                        return Poll::Ready(Err(self.no_event_error()));
                    }
                    self.is_finished =
                        !self.reconnect.as_ref().is_some_and(|reconnect| reconnect.at_end) || !self.start_again();
                }
                Err(error) => {
                    let allows_reconnect = self.reconnect.as_ref().is_some_and(|reconnect| reconnect.allows(&error));
                    if !allows_reconnect || !self.start_again() {
                        self.is_finished = true;
                        return Poll::Ready(Err(error));
                    }
                }
            }
        }
    }

    /// Starts to request the stream again. Returns whether an attempt is left.
    fn start_again(&mut self) -> bool {
        let Splitter { last_id, retry, .. } = &self.splitter;
        self.reconnect.as_mut().is_some_and(|reconnect| reconnect.start(last_id, retry.unwrap_or_default()))
    }

    /// Continues with the body of a new response.
    fn restart(&mut self, mut response: RawResponse) {
        // A response such as 204 has no stream.
        self.is_finished = response.unread.is_none();
        let idle_timeout = self.download.piece_timeout;
        self.download = Download::new(&mut response);
        self.download.piece_timeout = idle_timeout;
        self.splitter.restart();
    }

    /// Returns the error for a body without events.
    fn no_event_error(&mut self) -> Error {
        self.download.response.body = std::mem::take(&mut self.splitter.unrecognized_lines).into();
        let is_json = check_syntax(without_byte_order_mark(&self.download.response.body)).is_ok();
        let found = if is_json { "JSON" } else { "text without an event" };
        let problem = format!("expected a stream of events, received {found}");
        DecodeError::with_problem(&self.download.response, problem).into()
    }

    /// Decodes an item, or returns the error that it reports.
    fn decode(&mut self, item: RawItem) -> Result<T> {
        let response = &mut self.download.response;
        if response.api.streams.is_error(&item, self.kind) {
            return Err(ApiError::new(response.with_body(item.data.into())).into());
        }
        (self.decode_item)(&item, response.reading()).map_err(|mismatch| {
            response.body = item.data.into();
            DecodeError::new(response, &mismatch).into()
        })
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
