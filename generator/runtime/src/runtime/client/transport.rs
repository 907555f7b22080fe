//! The transport that sends HTTP requests: reqwest by default, or a transport of the program, such as a fake for tests.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};
pub use reqwest::Body;
use reqwest::Url;
use tokio::time::error::Elapsed;

use crate::runtime::request::encode::join;

/// A sender of HTTP requests.
///
/// The client handles timeouts, retries, credentials and the body. It calls the transport once for each attempt, with the
/// credentials in the request. Dropping the future cancels the attempt. A transport must not follow redirects, because
/// they would send the credentials to another server.
pub trait Transport: Send + Sync {
    /// Sends `request`. The response may be returned before its body is complete.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no response. A response with an error status is not an error of the transport.
    fn send(&self, request: Request<Body>) -> TransportFuture<'_>;
}

/// The future that [`Transport::send`] returns.
pub type TransportFuture<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, SendError>> + Send + 'a>>;

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request<Body>) -> TransportFuture<'_> {
        (**self).send(request)
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&self, request: Request<Body>) -> TransportFuture<'_> {
        (**self).send(request)
    }
}

impl Transport for reqwest::Client {
    fn send(&self, request: Request<Body>) -> TransportFuture<'_> {
        let (head, body) = request.into_parts();
        let is_idempotent = super::retry::is_idempotent(&head.method);
        // The conversion of reqwest, `try_into`, would reallocate the string several times.
        let mut url = String::with_capacity(256);
        let url =
            write!(url, "{}", head.uri).map_err(SendError::new).and_then(|()| Url::parse(&url).map_err(SendError::new));
        Box::pin(async move {
            let mut request = reqwest::Request::new(head.method, url?);
            *request.headers_mut() = head.headers;
            *request.body_mut() = Some(body);
            if !is_idempotent {
                // The server may have closed an idle connection while this thread was busy. Yielding lets tokio notice
                // the closing, so that the pool does not use the connection for a request that cannot be retried.
                tokio::task::yield_now().await;
            }
            Ok(self.execute(request).await?.into())
        })
    }
}

/// The error of a [`Transport`] that received no response.
#[derive(Clone)]
pub struct SendError {
    /// Whether no byte of the request was sent, so that the API cannot have received the request.
    pub(crate) is_connect: bool,
    pub(crate) is_timeout: bool,
    /// The cause. `Arc::from` could remove the `Box`, but it compiles to much more code.
    source: Arc<Box<dyn Error + Send + Sync>>,
}

impl SendError {
    /// Creates the error of a request that the API may have received. There is one exception: if `source` or one of its
    /// sources is the hyper error for an unsent request, the API cannot have received the request.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::from_boxed(source.into())
    }

    /// Does not depend on the type of the source, so it is compiled once.
    fn from_boxed(source: Box<dyn Error + Send + Sync>) -> Self {
        Self { is_connect: is_unsent(&*source), is_timeout: false, source: Arc::new(source) }
    }

    /// Returns the messages of the error and of its sources.
    pub(crate) fn messages(&self) -> Vec<String> {
        let (mut messages, mut cause) = (Vec::new(), Some(self.cause()));
        while let Some(error) = cause {
            messages.push(message_without_url(error));
            cause = error.source();
        }
        messages
    }

    /// Creates the error of a request for which no connection could be made. The API cannot have received the request, so
    /// the client may retry it whatever its method is.
    pub fn unconnected(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { is_connect: true, ..Self::new(source) }
    }

    /// Returns the cause of the error.
    pub fn cause(&self) -> &(dyn Error + 'static) {
        &**self.source
    }
}

/// Omits the cause, because its `Debug` output may contain secrets.
impl fmt::Debug for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError")
            .field("connect", &self.is_connect)
            .field("timeout", &self.is_timeout)
            .finish_non_exhaustive()
    }
}

/// Shows the messages of the cause and its sources.
impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&join(self.messages().iter(), ": "))
    }
}

impl From<reqwest::Error> for SendError {
    fn from(error: reqwest::Error) -> Self {
        // The query in the URL may contain secrets or personal data.
        let error = error.without_url();
        let (is_connect, is_timeout) = (error.is_connect(), error.is_timeout());
        let mut send_error = Self::new(error);
        send_error.is_connect |= is_connect;
        send_error.is_timeout = is_timeout;
        send_error
    }
}

/// Returns whether hyper reports that the connection was closed before any byte of the request was sent. If the connection
/// was closed later, the client does not know how much the server received.
fn is_unsent(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if inner_error(error).downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled) {
            return true;
        }
        cause = error.source();
    }
    false
}

impl From<Elapsed> for SendError {
    fn from(elapsed: Elapsed) -> Self {
        Self { is_timeout: true, ..Self::new(elapsed) }
    }
}

/// Returns the message of an error. The query of a URL may contain secrets, so the URL at the end of a message of reqwest is removed. If
/// the URL is elsewhere, the message is not shown.
fn message_without_url(error: &(dyn Error + 'static)) -> String {
    let error = inner_error(error);
    let message = error.to_string();
    let Some(url) = error.downcast_ref::<reqwest::Error>().and_then(reqwest::Error::url) else { return message };
    let without_url = message.strip_suffix(&format!(" for url ({url})"));
    without_url.unwrap_or("error of the HTTP client").to_owned()
}

/// Returns the error inside an I/O error, which [`Error::source`] does not return, or else the error itself.
fn inner_error<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    inner.map_or(error, |inner| inner)
}
