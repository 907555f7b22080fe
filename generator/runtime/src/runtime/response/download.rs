//! Response bodies that are read in pieces as they arrive.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::header::CONTENT_TYPE;
use http_body::Body as _;
use tokio::io::AsyncWrite;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::runtime::client::time::after;
use crate::runtime::client::tokio_context::{outside_runtime, unless_refused};
use crate::runtime::response::answer::Rest;
use crate::runtime::{Body, Decode, DecodeError, Error, RawResponse, Reads, Result, SendError};

/// Reads the body as it comes.
pub struct Streamed;

impl Decode for Streamed {
    type Value = Download;

    const ACCEPT: Option<&'static str> = None;

    fn reads(_: u16) -> Reads {
        Reads::Bytes
    }

    fn decode(answer: &mut RawResponse) -> Result<Download> {
        Ok(Download::new(answer))
    }
}

/// A response body that is read as it arrives. Retries and timeouts of the request end with the response headers. After
/// that, each piece may take as long as an attempt. Dropping it closes the connection.
///
/// It is a [`Stream`] of pieces; [`try_next`](Self::try_next) does the same without an import.
#[must_use = "nothing is read before it is asked for"]
pub struct Download {
    /// The head of the response.
    pub(crate) answer: RawResponse,
    body: Body,
    /// How long a piece may take, if there is a limit.
    pub(crate) time: Option<Duration>,
    /// How much of the body may be held.
    pub(crate) limit: usize,
    /// When the piece that is awaited is late.
    late: Option<Pin<Box<Sleep>>>,
    ended: bool,
}

impl Download {
    pub(crate) fn new(answer: &mut RawResponse) -> Self {
        let whole = std::mem::take(&mut answer.body);
        let rest = answer.rest.take();
        let (body, time, limit) = match rest {
            Some(Rest { body, time, limit }) => (body, Some(time), limit),
            None => (Body::from(whole), None, usize::MAX),
        };
        let answer = RawResponse {
            api: answer.api,
            call: answer.call.clone(),
            sent: answer.sent.clone(),
            status: answer.status,
            headers: answer.headers.clone(),
            body: Bytes::new(),
            expected: answer.expected,
            rest: None,
        };
        Self { answer, body, time, limit, late: None, ended: false }
    }

    /// Returns the media type of the response.
    pub fn content_type(&self) -> Option<&str> {
        self.answer.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// Returns the number of bytes that are still to come, if the response states it.
    pub fn content_length(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// Returns the next piece, or `None` at the end. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// A connection that breaks, and a piece that does not come in time. After that there are no more.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|context| self.poll_piece(context)).await
    }

    /// All that is still to come.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](Self::try_next), and a body that is longer than the client's limit.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.try_next().await? {
            if piece.len() > self.limit - bytes.len() {
                return Err(self.too_long());
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.into())
    }

    /// Writes the rest of the body, for example to a `tokio::fs::File`, and returns the number of bytes.
    ///
    /// # Errors
    ///
    /// Those of what is written to; and those of [`try_next`](Self::try_next), inside an [`io::Error`].
    pub async fn copy_to(mut self, to: &mut (impl AsyncWrite + Unpin)) -> io::Result<u64> {
        let mut written = 0;
        while let Some(mut piece) = self.try_next().await.map_err(io::Error::other)? {
            while !piece.is_empty() {
                let count = poll_fn(|context| Pin::new(&mut *to).poll_write(context, &piece)).await?;
                if count == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                let _ = piece.split_to(count);
                written += count as u64;
            }
        }
        poll_fn(|context| Pin::new(&mut *to).poll_flush(context)).await?;
        Ok(written)
    }

    /// Reads the rest of the body and blocks the thread until it is complete. The thread must not be polling an async task.
    ///
    /// # Errors
    ///
    /// As for [`bytes`](Self::bytes), and inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_bytes(self) -> Result<Bytes> {
        crate::runtime::wait(self.answer.call.operation, self.bytes())
    }

    /// Returns the next piece, as [`try_next`](Self::try_next) does, and blocks the thread until it arrives. The thread
    /// must not be polling an async task.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](Self::try_next), and inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_next(&mut self) -> Result<Option<Bytes>> {
        crate::runtime::wait(self.answer.call.operation, self.try_next())
    }

    /// More of the body would have to be held than the client allows.
    pub(crate) fn too_long(&mut self) -> Error {
        self.ended = true;
        DecodeError::unread(&self.answer, format!("the body is longer than {} bytes", self.limit)).into()
    }

    pub(crate) fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        while !self.ended {
            let frame = match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(frame) => frame.map(|frame| frame.map_err(SendError::from)),
                Poll::Pending => {
                    let Some(time) = self.time else { return Poll::Pending };
                    let timer = || Box::pin(sleep_until(after(Instant::now(), time)));
                    let Some(late) = self.late.take().map_or_else(|| unless_refused(timer), Some) else {
                        self.ended = true;
                        return Poll::Ready(Err(outside_runtime(self.answer.call.operation)));
                    };
                    ready!(self.late.insert(late).as_mut().poll(context));
                    Some(Err(SendError::late()))
                }
            };
            self.late = None;
            match frame {
                None => self.ended = true,
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => return Poll::Ready(Ok(Some(data))),
                    _ => {}
                },
                Some(Err(error)) => {
                    self.ended = true;
                    let time = self.time.unwrap_or_default();
                    return Poll::Ready(Err(Error::exchange(
                        self.answer.call.clone(),
                        error,
                        &self.answer.sent.sensitive(),
                        time,
                        time,
                    )));
                }
            }
        }
        Poll::Ready(Ok(None))
    }
}

impl SendError {
    /// What was awaited did not come in time.
    fn late() -> Self {
        let mut error = Self::new("the next part of the body did not come");
        error.timeout = true;
        error
    }
}

impl Stream for Download {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_piece(context).map(Result::transpose)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("content_length", &self.content_length()).finish_non_exhaustive()
    }
}
