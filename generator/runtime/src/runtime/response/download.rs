//! Response bodies that are streamed.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
#[cfg(feature = "streams")]
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::header::CONTENT_TYPE;
use http_body::Body as _;
use tokio::io::AsyncWrite;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::runtime::client::time::after;
use crate::runtime::client::tokio_context::{catch_tokio_panic, outside_runtime};
#[cfg(feature = "streams")]
use crate::runtime::request::request_parts::Parts;
use crate::runtime::response::raw_response::UnreadBody;
use crate::runtime::{Body, Decode, DecodeError, Error, RawResponse, Reads, Result, SendError};

/// A decoder that returns the body as a stream of bytes.
pub struct Streamed;

impl Decode for Streamed {
    type Value = Download;

    const ACCEPT: Option<&'static str> = None;

    fn reads(_: u16) -> Reads {
        Reads::Bytes
    }

    fn decode(response: &mut RawResponse) -> Result<Download> {
        Ok(Download::new(response))
    }
}

/// A response body that is read as it arrives.
///
/// The retries and timeouts of the request end when the response headers arrive. After that, the timeout of an attempt applies
/// to each piece of the body. Dropping the download closes the connection.
///
/// A download implements [`Stream`]. The method [`try_next`](Self::try_next) can be used without importing a trait.
#[must_use = "the body is read only on demand"]
pub struct Download {
    /// The response without its body.
    pub(crate) response: RawResponse,
    /// The request, unless the body was received completely.
    #[cfg(feature = "streams")]
    pub(crate) request: Option<Arc<Parts>>,
    body: Body,
    /// The timeout for each piece of the body. `None` if the body was received completely.
    pub(crate) piece_timeout: Option<Duration>,
    /// The maximum number of bytes in memory.
    pub(crate) limit: usize,
    /// The timer for the timeout of the next piece.
    timer: Option<Pin<Box<Sleep>>>,
    is_finished: bool,
}

impl Download {
    pub(crate) fn new(response: &mut RawResponse) -> Self {
        let complete_body = std::mem::take(&mut response.body);
        let unread = response.unread.take();
        #[cfg(feature = "streams")]
        let request = unread.as_ref().and_then(|unread| unread.request.clone());
        let (body, piece_timeout, limit) = match unread {
            Some(UnreadBody { body, timeout, limit, .. }) => (body, Some(timeout), limit),
            None => (Body::from(complete_body), None, usize::MAX),
        };
        Self {
            response: response.with_body(Bytes::new()),
            #[cfg(feature = "streams")]
            request,
            body,
            piece_timeout,
            limit,
            timer: None,
            is_finished: false,
        }
    }

    /// Returns the media type of the response.
    pub fn content_type(&self) -> Option<&str> {
        self.response.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// Returns the number of remaining bytes, if the response declares its length.
    pub fn content_length(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// Returns the next piece, or `None` at the end. Dropping the future loses no data.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection breaks, or if a piece does not arrive in time. The download ends with this error.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|context| self.poll_piece(context)).await
    }

    /// Returns the remaining bytes of the body.
    ///
    /// # Errors
    ///
    /// The same as for [`try_next`](Self::try_next), and also an error if the body is longer than the limit of the client.
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

    /// Writes the remaining bytes of the body, for example to a `tokio::fs::File`. Returns the number of written bytes.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer, or the error of [`try_next`](Self::try_next) inside an [`io::Error`].
    pub async fn copy_to(mut self, writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<u64> {
        let mut written = 0;
        while let Some(mut piece) = self.try_next().await.map_err(io::Error::other)? {
            while !piece.is_empty() {
                let count = poll_fn(|context| Pin::new(&mut *writer).poll_write(context, &piece)).await?;
                if count == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                let _ = piece.split_to(count);
                written += count as u64;
            }
        }
        poll_fn(|context| Pin::new(&mut *writer).poll_flush(context)).await?;
        Ok(written)
    }

    /// Reads the remaining bytes of the body and blocks the thread until the body is complete. The thread must not be polling
    /// an async task.
    ///
    /// # Errors
    ///
    /// The same as for [`bytes`](Self::bytes), and also an error inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_bytes(self) -> Result<Bytes> {
        crate::runtime::wait(self.response.call.operation, self.bytes())
    }

    /// Returns the next piece, as [`try_next`](Self::try_next) does, and blocks the thread until it arrives. The thread
    /// must not be polling an async task.
    ///
    /// # Errors
    ///
    /// The same as for [`try_next`](Self::try_next), and also an error inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_next(&mut self) -> Result<Option<Bytes>> {
        crate::runtime::wait(self.response.call.operation, self.try_next())
    }

    /// Ends the download, and returns the error for a body that is longer than the limit.
    pub(crate) fn too_long(&mut self) -> Error {
        self.is_finished = true;
        DecodeError::with_problem(&self.response, format!("the body is longer than {} bytes", self.limit)).into()
    }

    pub(crate) fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        while !self.is_finished {
            let frame = match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(frame) => frame.map(|frame| frame.map_err(SendError::from)),
                Poll::Pending => {
                    let Some(timeout) = self.piece_timeout else { return Poll::Pending };
                    let new_timer = || Box::pin(sleep_until(after(Instant::now(), timeout)));
                    let Some(timer) = self.timer.take().map_or_else(|| catch_tokio_panic(new_timer), Some) else {
                        self.is_finished = true;
                        return Poll::Ready(Err(outside_runtime(self.response.call.operation)));
                    };
                    ready!(self.timer.insert(timer).as_mut().poll(context));
                    Some(Err(SendError::piece_timeout()))
                }
            };
            self.timer = None;
            match frame {
                None => self.is_finished = true,
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => return Poll::Ready(Ok(Some(data))),
                    _ => {}
                },
                Some(Err(error)) => {
                    self.is_finished = true;
                    let timeout = self.piece_timeout.unwrap_or_default();
                    return Poll::Ready(Err(Error::from_send_error(
                        self.response.call.clone(),
                        error,
                        &self.response.sent.sensitive(),
                        timeout,
                        timeout,
                    )));
                }
            }
        }
        Poll::Ready(Ok(None))
    }
}

impl SendError {
    /// Creates the error for a piece that did not arrive in time.
    fn piece_timeout() -> Self {
        let mut error = Self::new("the next part of the body did not arrive");
        error.is_timeout = true;
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
