//! Streams of events, and values that are sent as lines.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;

use super::server::{Reply, Server};
use crate::runtime::{
    AnyJson, Api, Body, ClientBuilder, Error, Event, JsonLines, Nothing, Request, RetryPolicy, Scope, SendError,
    TextEvents, Transport, TransportFuture, Values,
};

static API: Api = Api { name: "sample", version: "0.1.0", base_url: "https://api.example", ..Api::DEFAULT };

struct Client(Scope);

impl From<Scope> for Client {
    fn from(scope: Scope) -> Self {
        Self(scope)
    }
}

/// A transport that responds with chunks to the first request, and records the headers of all requests.
struct Chunks(Mutex<VecDeque<Bytes>>, Requests);

type Requests = Arc<Mutex<Vec<HeaderMap>>>;

impl Transport for Chunks {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        self.1.lock().unwrap().push(request.headers().clone());
        let body = ChunkedBody(std::mem::take(&mut self.0.lock().unwrap()));
        let response = http::Response::builder().header("content-type", "text/event-stream").body(Body::wrap(body));
        Box::pin(async { response.map_err(SendError::new) })
    }
}

struct ChunkedBody(VecDeque<Bytes>);

impl http_body::Body for ChunkedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|chunk| Ok(Frame::data(chunk))))
    }
}

/// Requests a stream whose body consists of chunks.
async fn stream(chunks: impl IntoIterator<Item = String>, body_limit: usize) -> Values<Event<String>> {
    recorded_stream(chunks, body_limit).await.0
}

/// Requests a stream, and also returns the headers of its requests.
async fn recorded_stream(
    chunks: impl IntoIterator<Item = String>,
    body_limit: usize,
) -> (Values<Event<String>>, Requests) {
    let requests = Requests::default();
    let chunks = Chunks(Mutex::new(chunks.into_iter().map(Bytes::from).collect()), Arc::clone(&requests));
    let client: Client = ClientBuilder::new(&API).transport(chunks).body_limit(body_limit).build().unwrap();
    let events = Request::<TextEvents>::get(&client.0, "events").await.unwrap();
    (events, requests)
}

#[tokio::test]
async fn the_events_before_an_event_that_is_too_long_come_before_the_error() {
    let mut events = stream([format!("data: a\n\ndata: b\n\ndata: {}", "c".repeat(50))], 20).await;
    assert_eq!(events.try_next().await.unwrap().unwrap().data, "a");
    assert_eq!(events.try_next().await.unwrap().unwrap().data, "b");
    assert!(matches!(events.try_next().await, Err(Error::Decode(_))));
    assert!(events.try_next().await.unwrap().is_none());
}

/// Returns the peak memory of the process in KiB, on systems that show it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[tokio::test]
async fn a_long_id_is_in_memory_once() {
    let before = peak_memory();
    let mut events = stream([format!("id: {}\n{}", "1".repeat(1 << 20), "data: a\n\n".repeat(1000))], 64 << 20).await;
    assert_eq!(events.try_next().await.unwrap().unwrap().id.len(), 1 << 20);
    if let (Some(before), Some(after)) = (before, peak_memory()) {
        assert!(after - before < 500_000, "{} KiB", after - before);
    }
}

#[tokio::test]
async fn json_with_line_breaks_is_sent_as_one_line() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    let client: Client = ClientBuilder::new(&API).base_url(server.url()).build().unwrap();
    let value: AnyJson = "{\r\n\"a\\n\": 99999999999999999999\n}".parse().unwrap();
    let request = Request::<Nothing>::post(&client.0, "lines");
    request.json_lines::<JsonLines<AnyJson>>("application/jsonl", vec![value], &[]).await.unwrap();
    assert_eq!(server.request().text(), "{  \"a\\n\": 99999999999999999999 }\n");
}

#[tokio::test]
async fn the_id_of_the_last_event_is_sensitive() {
    let (mut events, requests) = recorded_stream(["id: 1\ndata: a\n\n".to_owned()], 100).await;
    events = events.reconnect(RetryPolicy::new().base(Duration::ZERO)).unwrap().reconnect_at_end();
    assert_eq!(events.try_next().await.unwrap().unwrap().id, "1");
    assert!(events.try_next().await.unwrap().is_none());
    let ids: Vec<_> = requests.lock().unwrap().iter().map(|headers| headers.get("last-event-id").cloned()).collect();
    assert!(matches!(ids.as_slice(), [None, Some(id), ..] if id == "1" && id.is_sensitive()), "{ids:?}");
}
