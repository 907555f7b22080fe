//! A client that sends what it is told to, and the two APIs that the tests ask.

#![allow(dead_code, reason = "each test uses its own part")]

use std::path::Path;

use bindery::config::Config;
use bindery::ir::Api;
use bindery::source::Source;
use bindery_mock::{Builder, Mock};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

/// The texts of an API's document and configuration.
pub fn texts(name: &str) -> (String, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (document, config) = match name {
        "services" => ("../../spec/conversations_v1.yaml", "../../spec/codegen.toml"),
        _ => ("../tests/fixtures/ok/harbour.yaml", "../tests/fixtures/ok/harbour.toml"),
    };
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("readable");
    (read(document), read(config))
}

pub fn builder(name: &str) -> Builder {
    let (document, config) = texts(name);
    Mock::from_spec(&document, &config)
}

pub fn api(name: &str) -> (Api, Config) {
    let (document, config) = texts(name);
    let (loaded, _) = bindery::load(&Source::new("a", document), &Source::new("b", config));
    loaded.expect("an API")
}

/// Sends a request with credentials and, if it is not empty, a form; headers stand in lines of their own.
pub async fn send(url: &str, method: &str, path: &str, headers: &str, form: &str) -> Answer {
    let kind = if form.is_empty() { "" } else { "Content-Type: application/x-www-form-urlencoded\r\n" };
    // `user:password` in Base64.
    raw(url, method, path, &format!("Authorization: Basic dXNlcjpwYXNzd29yZA==\r\n{kind}{headers}"), form).await
}

/// Sends a request with these headers alone. What cannot be read of the answer has the status 0.
pub async fn raw(url: &str, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n");
    let _ = stream.write_all(format!("{head}{headers}\r\n{body}").as_bytes()).await;
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}
