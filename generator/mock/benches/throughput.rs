//! Measures the throughput of a mock over loopback connections, and the time for a page of a large collection.
//!
//! Each iteration of a network benchmark sends `BATCH` requests over eight connections.

#![allow(clippy::expect_used, reason = "in a benchmark a panic is the report")]

use std::time::Duration;

use bindery_mock::Mock;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

const BATCH: usize = 8_000;
const CONNECTIONS: usize = 8;

fn main() {
    divan::main();
}

/// Starts a mock, and stores a number of Services in it.
fn mock_with_services(runtime: &Runtime, count: usize) -> Mock {
    let document = include_str!("../../../spec/conversations_v1.yaml");
    let config = include_str!("../../../spec/codegen.toml");
    let mock = runtime.block_on(Mock::from_spec(document, config).start()).expect("a mock");
    for index in 0..count {
        mock.put(&format!("/v1/Services/IS{index:032x}"), json!({ "friendly_name": "Desk" })).expect("a Service");
    }
    mock
}

async fn send_requests(url: String, path: String, times: usize) {
    let host = url.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&host).await.expect("a connection");
    let _ = stream.set_nodelay(true);
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic dTpw\r\n\r\n");
    let mut buffer = vec![0; 1 << 20];
    for _ in 0..times {
        stream.write_all(request.as_bytes()).await.expect("a sent request");
        let mut received_bytes = 0;
        loop {
            received_bytes += stream.read(&mut buffer[received_bytes..]).await.expect("a received response");
            let text = String::from_utf8_lossy(&buffer[..received_bytes]);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            assert!(head.starts_with("HTTP/1.1 200"), "{head}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            if length.is_some_and(|length| body.len() >= length) {
                break;
            }
        }
    }
}

#[divan::bench(max_time = Duration::from_secs(5), sample_count = 5)]
fn fetch(bencher: divan::Bencher<'_, '_>) {
    let runtime = Runtime::new().expect("a runtime");
    let mock = mock_with_services(&runtime, 100);
    bencher.counter(divan::counter::ItemsCount::new(BATCH)).bench(|| {
        let tasks = (0..CONNECTIONS).map(|index| {
            runtime.spawn(send_requests(mock.url(), format!("/v1/Services/IS{index:032x}"), BATCH / CONNECTIONS))
        });
        for task in tasks.collect::<Vec<_>>() {
            runtime.block_on(task).expect("a finished task");
        }
    });
}

#[divan::bench(args = [100, 100_000], max_time = Duration::from_secs(5), sample_count = 20)]
fn page_of_fifty(bencher: divan::Bencher<'_, '_>, stored: usize) {
    let runtime = Runtime::new().expect("a runtime");
    let mock = mock_with_services(&runtime, stored);
    let middle = format!("/v1/Services?PageSize=50&PageToken=PA{}", stored / 2);
    bencher.bench(|| runtime.block_on(send_requests(mock.url(), middle.clone(), 20)));
}
