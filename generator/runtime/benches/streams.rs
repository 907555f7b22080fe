//! Reads 1,000,000 server-sent events of 1 KiB, and compares the time with that of bare serde_json for the same lines.
//! Also shows by how much the memory of the process grows.
//!
//! `cargo bench -p bindery-runtime --bench streams`

#![allow(missing_docs, clippy::expect_used, reason = "the types are those of a generated crate, and a bench may panic")]

use std::convert::Infallible;
use std::fs;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bindery_runtime::runtime::{
    Api, Body, ClientBuilder, Events, Request, Scope, SendError, Transport, TransportFuture,
};
use bindery_runtime::{impl_deserialize, impl_model};
use bytes::Bytes;
use http_body::Frame;

const EVENTS: usize = 1_000_000;
const EVENT_BYTES: usize = 1024;
/// The number of events in a chunk, which is as large as a read from a socket.
const EVENTS_PER_CHUNK: usize = 64;
const RUNS: usize = 5;

/// A chunk of an answer, as APIs of language models send it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    pub id: String,
    pub object: String,
    pub created: i64,
    pub choices: Vec<Choice>,
}
impl_model!(response Answer { id: "id", object: "object", created: "created", choices: "choices" });

#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Choice {
    pub index: i64,
    pub delta: Delta,
}
impl_model!(response Choice { index: "index", delta: "delta" });

#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Delta {
    pub role: String,
    pub content: String,
}
impl_model!(response Delta { role: "role", content: "content" });

/// The same types with the derive of serde.
mod plain {
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only the time to decode counts")]
    pub struct Answer {
        pub id: String,
        pub object: String,
        pub created: i64,
        pub choices: Vec<Choice>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only the time to decode counts")]
    pub struct Choice {
        pub index: i64,
        pub delta: Delta,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only the time to decode counts")]
    pub struct Delta {
        pub role: String,
        pub content: String,
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let chunk = Bytes::from(event().repeat(EVENTS_PER_CHUNK));
    let before = peak_memory();
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let (bare, events) = (bare(&chunk), runtime.block_on(events(&chunk)));
        times.push((events.as_secs_f64() / bare.as_secs_f64(), bare, events));
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, bare, events) = times[RUNS / 2];
    println!("{EVENTS} events of {EVENT_BYTES} bytes: {events:.2?}, bare serde_json {bare:.2?}, ratio {ratio:.2}");
    if let (Some(before), Some(after)) = (before, peak_memory()) {
        println!("peak memory: {} KiB more than at the start", after - before);
    }
}

/// Returns an event with its blank line.
fn event() -> String {
    let json = |content: &str| {
        format!(
            "{{\"id\":\"answer-1\",\"object\":\"answer.chunk\",\"created\":1700000000,\
             \"choices\":[{{\"index\":0,\"delta\":{{\"role\":\"assistant\",\"content\":\"{content}\"}}}}]}}"
        )
    };
    let words = "All the world's a stage, and all the men and women merely players. ";
    let length = EVENT_BYTES - json("").len();
    let content: String = words.chars().cycle().take(length).collect();
    format!("data: {}\n\n", json(&content))
}

/// Reads the lines with serde_json.
fn bare(chunk: &Bytes) -> Duration {
    let start = Instant::now();
    let mut count = 0;
    for _ in 0..EVENTS / EVENTS_PER_CHUNK {
        // As for the events, each chunk is new memory.
        for line in Bytes::copy_from_slice(chunk).split(|byte| *byte == b'\n') {
            if let Some(json) = line.strip_prefix(b"data: ") {
                let answer: plain::Answer = serde_json::from_slice(json).expect("an answer");
                count += answer.choices.len();
            }
        }
    }
    assert_eq!(count, EVENTS);
    start.elapsed()
}

/// Reads the events with the runtime.
async fn events(chunk: &Bytes) -> Duration {
    let feed = Feed(chunk.clone());
    let client: Client = ClientBuilder::new(&API).transport(feed).build().expect("a client");
    let start = Instant::now();
    let mut events = Request::<Events<Answer>>::get(&client.0, "answers").await.expect("a stream");
    let mut count = 0;
    while let Some(event) = events.try_next().await.expect("an event") {
        count += event.data.choices.len();
    }
    assert_eq!(count, EVENTS);
    start.elapsed()
}

static API: Api = Api { name: "bench", version: "0.1.0", base_url: "https://api.example", ..Api::DEFAULT };

struct Client(Scope);

impl From<Scope> for Client {
    fn from(scope: Scope) -> Self {
        Self(scope)
    }
}

/// A transport whose responses consist of the same chunk, as often as the events need it.
struct Feed(Bytes);

impl Transport for Feed {
    fn send(&self, _: http::Request<Body>) -> TransportFuture<'_> {
        let body = Chunks { chunk: self.0.clone(), remaining: EVENTS / EVENTS_PER_CHUNK };
        let response = http::Response::builder().header("content-type", "text/event-stream").body(Body::wrap(body));
        Box::pin(async { response.map_err(SendError::new) })
    }
}

struct Chunks {
    chunk: Bytes,
    remaining: usize,
}

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(remaining) = self.remaining.checked_sub(1) else { return Poll::Ready(None) };
        self.remaining = remaining;
        // A socket does not return the same memory again.
        Poll::Ready(Some(Ok(Frame::data(Bytes::copy_from_slice(&self.chunk)))))
    }
}

/// Returns the peak memory of the process in KiB, on systems that show it.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
