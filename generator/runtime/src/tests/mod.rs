//! Tests of the runtime with a small API, over real sockets.

mod any_json;
mod blocking;
mod canary;
mod charsets;
mod clock;
mod constraints;
mod dates;
mod deserialize;
mod durations;
#[cfg(unix)]
mod environment;
mod extras;
mod failures;
mod faults;
mod hosts;
mod html_names;
mod idempotency_keys;

mod logs;
mod pages;
mod paths;
mod provider;
mod rate_limits;
mod raw_requests;
mod retries;

mod json_text;
mod lenient;
mod sample;
mod secrets;
mod server;
mod streams;
mod styles;
#[cfg(feature = "rustls-no-provider")]
mod tls;
mod tokens;
mod transports;
mod types;
mod unions;
mod webhook_events;
mod webhooks;
mod wire;

use std::time::Duration;

use crate::runtime::{Credentials, Error, RetryPolicy};
use sample::{Client, ServiceSid};
use server::{Reply, Server};

const SID: &str = "IS0123456789abcdef0123456789abcdef";

/// Returns a client of `server` with credentials and without retries.
fn client(server: &Server) -> Client {
    client_at(server.url())
}

fn client_at(base_url: String) -> Client {
    let builder = Client::builder().base_url(base_url).credentials(Credentials::basic("ana", "s3cr3t"));
    builder.attempt_timeout(Duration::from_secs(10)).retry(RetryPolicy::off()).build().unwrap()
}

fn sid() -> ServiceSid {
    ServiceSid::new(SID).unwrap()
}

/// Returns a client without a server, for errors before sending. If the client sends a request, the result is a transport
/// error.
fn offline() -> Client {
    client_at("http://127.0.0.1:1".to_owned())
}

/// Returns the error of fetching a service if the API responds with `reply`.
async fn fetch_error(reply: Reply) -> Error {
    let server = Server::always(reply).await;
    client(&server).service(sid()).fetch().await.unwrap_err()
}
