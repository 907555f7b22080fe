//! What carries HTTP: reqwest unless a client is given something else, such as a recorder, a proxy or a fake.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};
pub use reqwest::Body;
use reqwest::Url;
use tokio::time::error::Elapsed;

/// Sends one request and returns its response. The client handles timeouts, retries, credentials and the body: it calls
/// the transport once for each attempt, with the credentials in place, and dropping the future it returns
/// cancels the attempt. It must not follow redirects, since they would take the credentials elsewhere.
pub trait Transport: Send + Sync {
    /// Sends `request`. The response may be returned before its body is complete.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no response. A response with an error status is not an error here.
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
        let repeats = head.method.is_idempotent();
        // `try_into` does the same, but writes the URL bit by bit into a text that grows each time.
        let mut url = String::with_capacity(256);
        let url =
            write!(url, "{}", head.uri).map_err(SendError::new).and_then(|()| Url::parse(&url).map_err(SendError::new));
        Box::pin(async move {
            let mut request = reqwest::Request::new(head.method, url?);
            *request.headers_mut() = head.headers;
            *request.body_mut() = Some(body);
            if !repeats {
                // If the thread was busy, the server may have closed an idle connection without the pool knowing. After this,
                // tokio has looked at its sockets, and such a connection is not used for a request that cannot be repeated.
                tokio::task::yield_now().await;
            }
            Ok(self.execute(request).await?.into())
        })
    }
}

/// The error of a [`Transport`] that received no response.
#[derive(Clone)]
pub struct SendError {
    pub(crate) connect: bool,
    pub(crate) timeout: bool,
    source: Arc<dyn Error + Send + Sync>,
}

impl SendError {
    /// Something broke, and the API may have seen the request, unless `source` or one of its sources is the error of hyper
    /// for a request of which nothing was sent.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source = source.into();
        Self { connect: was_never_begun(&*source), timeout: false, source: source.into() }
    }

    /// Returns the texts of the error and of its sources.
    pub(crate) fn texts(&self) -> Vec<String> {
        let first: &(dyn Error + 'static) = &*self.source;
        std::iter::successors(Some(first), |&error| error.source()).map(text).collect()
    }

    /// There was no connection, so that the API cannot have seen the request: it may be sent again, whatever it is.
    pub fn unconnected(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { connect: true, ..Self::new(source) }
    }

    /// Returns the cause.
    pub fn cause(&self) -> &(dyn Error + 'static) {
        &*self.source
    }
}

/// Leaves out the causes, whose `Debug` may show anything.
impl fmt::Debug for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError")
            .field("connect", &self.connect)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// The causes of the error one after the other.
impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts().join(": "))
    }
}

impl From<reqwest::Error> for SendError {
    fn from(error: reqwest::Error) -> Self {
        // The URL that reqwest would print holds the values of the query.
        let source = error.without_url();
        let connect = source.is_connect() || was_never_begun(&source);
        Self { connect, timeout: source.is_timeout(), source: Arc::new(source) }
    }
}

/// Returns whether hyper says that it sent nothing of the request, because the connection was closed before. Of a connection
/// that was closed later, it is unknown what the server has read.
fn was_never_begun(error: &(dyn Error + 'static)) -> bool {
    let mut chain = std::iter::successors(Some(error), |&error| error.source());
    chain.any(|error| content(error).downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled))
}

impl From<Elapsed> for SendError {
    fn from(elapsed: Elapsed) -> Self {
        Self { timeout: true, ..Self::new(elapsed) }
    }
}

/// The text of an error, without the URL that reqwest puts into its own: it holds the values of the query.
fn text(error: &(dyn Error + 'static)) -> String {
    let error = content(error);
    let url = error.downcast_ref::<reqwest::Error>().and_then(reqwest::Error::url);
    url.map_or_else(|| error.to_string(), |url| error.to_string().replace(url.as_str(), "…"))
}

/// Returns the error inside an I/O error, which is not its source, or else the error itself.
fn content<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    inner.map_or(error, |inner| inner)
}
