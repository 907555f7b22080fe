//! A simple HTTP client, and the documents of the tests.

#![allow(clippy::panic, dead_code, reason = "no test uses all of this module")]

pub mod receiver;
pub mod request_generator;

use std::io::Write;
use std::path::{Path, PathBuf};

use bindery::config::Config;
use bindery::diagnostics::render::Style;
use bindery::ir::Api;
use bindery::source::Source;
use bindery_mock::{Builder, Mock, Request};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A parsed response.
#[derive(Clone, Debug, PartialEq)]
pub struct ParsedResponse {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl ParsedResponse {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

/// Returns the document and the configuration of an API.
pub fn document_and_config(name: &str) -> (String, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (document, config) = match name {
        "services" => ("../../spec/conversations_v1.yaml", "../../spec/codegen.toml"),
        "webhooks" => ("../tests/fixtures/ok/webhooks.yaml", "../tests/fixtures/ok/webhooks.toml"),
        "harbour" => ("../tests/fixtures/ok/harbour.yaml", "../tests/fixtures/ok/harbour.toml"),
        "security" => ("tests/security.yaml", "tests/test_api.toml"),
        "callbacks" => ("tests/callbacks.yaml", "tests/test_api.toml"),
        "media_types" => ("tests/media_types.yaml", "tests/test_api.toml"),
        _ => ("tests/unusual_responses.yaml", "tests/test_api.toml"),
    };
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("a readable file");
    (read(document), read(config))
}

/// Returns a document that Twilio publishes, with the configuration of this repository. Returns `None` if the document
/// is not available.
///
/// These documents are not part of the repository. They are in `$BINDERY_SHARED/specs`, or in `shared/specs` beside the
/// repository.
pub fn published(name: &str) -> Option<(String, String)> {
    let default_folder = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("BINDERY_SHARED").map_or_else(default_folder, PathBuf::from);
    let document = std::fs::read_to_string(shared.join(format!("specs/twilio/twilio_{name}.json"))).ok()?;
    // Leave out the rules of the mock and the webhooks, because they name parts of the document of this repository.
    let config = document_and_config("services").1;
    let is_other = |table: &&str| !["[mock", "[[mock", "[webhooks"].iter().any(|name| table.contains(name));
    let tables: Vec<&str> = config.split_inclusive("\n\n").filter(is_other).collect();
    Some((document, tables.concat()))
}

/// Prints the reason why a test is skipped. Writes to standard error directly, because the test runner hides the output
/// of successful tests.
pub fn skipped(reason: &str) {
    writeln!(std::io::stderr(), "SKIPPED: {reason}").expect("a writable stream");
}

pub fn builder(name: &str) -> Builder {
    let (document, config) = document_and_config(name);
    Mock::from_spec(&document, &config)
}

pub fn api(name: &str) -> (Api, Config) {
    let (document, config) = document_and_config(name);
    loaded(&document, &config)
}

pub fn loaded(document: &str, config: &str) -> (Api, Config) {
    let (document, config) = (Source::new("a", document), Source::new("b", config));
    let (loaded, diagnostics) = bindery::load(&document, &config);
    loaded.unwrap_or_else(|| panic!("{}", diagnostics.render(&document, &config, Style::Plain)))
}

/// Sends a request with credentials, headers and a form. Each header ends with a line break. An empty form is not sent.
pub async fn send(url: &str, method: &str, path: &str, headers: &str, form: &str) -> ParsedResponse {
    let kind = if form.is_empty() { "" } else { "Content-Type: application/x-www-form-urlencoded\r\n" };
    // `user:password` in Base64.
    raw(url, method, path, &format!("Authorization: Basic dXNlcjpwYXNzd29yZA==\r\n{kind}{headers}"), form).await
}

/// Sends a request with only these headers. The status is 0 if the response cannot be read.
pub async fn raw(url: &str, method: &str, path: &str, headers: &str, body: &str) -> ParsedResponse {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n");
    let _ = stream.write_all(format!("{head}{headers}\r\n{body}").as_bytes()).await;
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let body = if head.contains("transfer-encoding: chunked") { unchunked(body) } else { body.to_owned() };
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    ParsedResponse { status, head: head.to_owned(), body }
}

/// Returns the bytes of the complete chunks of a body.
fn unchunked(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((length, rest)) = chunks.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).expect("the length of a chunk");
        let Some(chunk) = rest.get(..length) else { break };
        body.push_str(chunk);
        chunks = rest.get(length + 2..).unwrap_or_default();
    }
    body
}

/// A connection for several requests.
pub struct HttpConnection {
    host: String,
    stream: BufReader<TcpStream>,
}

impl HttpConnection {
    pub async fn to(url: &str) -> Self {
        let host = url.trim_start_matches("http://").to_owned();
        let stream = BufReader::new(TcpStream::connect(&host).await.expect("a connection"));
        Self { host, stream }
    }

    /// Sends a request, and returns the status and the body of the response.
    pub async fn ask(&mut self, request: &Request) -> (u16, String) {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.extend_pairs(&request.query).finish();
        let separator = if query.is_empty() { "" } else { "?" };
        let (method, path, length) = (&request.method, &request.path, request.body.len());
        let mut head = format!("{method} {path}{separator}{query} HTTP/1.1\r\nContent-Length: {length}\r\n");
        for (name, value) in &request.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.stream.write_all(&[head.as_bytes(), &request.body].concat()).await.expect("a sent request");
        let (mut status, mut length, mut closing) = (0, 0, false);
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.expect("a line");
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().expect("a status");
            }
            if let Some(rest) = line.strip_prefix("content-length: ") {
                length = rest.parse().expect("a length");
            }
            closing |= line == "connection: close";
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; if method == "HEAD" { 0 } else { length }];
        self.stream.read_exact(&mut body).await.expect("a body");
        if closing {
            *self = Self::to(&format!("http://{}", self.host)).await;
        }
        (status, String::from_utf8(body).expect("a UTF-8 body"))
    }
}
