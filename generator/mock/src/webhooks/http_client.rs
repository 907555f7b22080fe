//! Sends one HTTP request.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderMap, HeaderValue};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// The maximum length of the body of a response that is read, in bytes.
const MAX_REPLY_BYTES: usize = 1 << 20;

/// The response to a webhook.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub body: Bytes,
}

/// Aborts a task when it is dropped.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Returns the parts of a URL that the mock can call, or what is wrong with the URL.
pub(crate) fn parse_url(url: &str) -> Result<Uri, String> {
    let uri: Uri = url.parse().map_err(|_| format!("`{url}` is not a URL"))?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http"), Some(host)) if !host.is_empty() => Ok(uri),
        _ => Err(format!("`{url}` is not an `http` URL; the mock sends webhooks without TLS")),
    }
}

/// Sends a request, and reads its response. Redirects are not followed.
///
/// # Errors
///
/// Returns why there is no response.
pub(crate) async fn send(
    url: &str,
    method: &str,
    headers: HeaderMap,
    body: String,
    timeout: Duration,
) -> Result<Reply, String> {
    let uri = parse_url(url)?;
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| format!("`{method}` is not a method"))?;
    match tokio::time::timeout(timeout, exchange(&uri, method, headers, body)).await {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(error)) => Err(with_source(&*error)),
        Err(_) => Err(format!("no response within {} ms", timeout.as_millis())),
    }
}

async fn exchange(
    uri: &Uri,
    method: Method,
    headers: HeaderMap,
    body: String,
) -> Result<Reply, Box<dyn Error + Send + Sync>> {
    let host = uri.host().unwrap_or_default();
    let port = uri.port_u16().unwrap_or(80);
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let _connection = AbortOnDrop(tokio::spawn(async move { drop(connection.await) }));
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let mut request = Request::builder().method(method).uri(target).body(Full::new(Bytes::from(body)))?;
    *request.headers_mut() = headers;
    let host = uri.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    request.headers_mut().insert(HOST, HeaderValue::try_from(host)?);
    let response = sender.send_request(request).await?;
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), MAX_REPLY_BYTES).collect().await?.to_bytes();
    Ok(Reply { status, body })
}

/// Returns the messages of an error and of its causes.
fn with_source(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(&format!(": {cause_text}"));
        }
        source = cause.source();
    }
    text
}
