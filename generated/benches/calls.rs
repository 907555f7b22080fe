//! Compares the crate with hand-written code for the same calls, with the same server in the same run:
//! `cargo bench -p twilio-conversations`.

#[allow(dead_code, reason = "this bench uses only the models")]
#[path = "compile_time/by_hand.rs"]
mod by_hand;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use by_hand::{Service, ServicePage};
use divan::{AllocProfiler, Bencher};
use reqwest::header::ACCEPT;
use tokio::runtime::{Builder, Runtime};
use twilio_conversations::models::ServiceSid;
use twilio_conversations::runtime::{Body, Transport, TransportFuture};
use twilio_conversations::{Client, Credentials};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const SID: &str = "ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const PAGES: usize = 100;

/// The address of the server.
static SERVER: LazyLock<String> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || listener.incoming().for_each(|stream| drop(thread::spawn(|| serve(stream.unwrap())))));
    format!("http://{address}")
});

/// The items of a page of 1,000 Services.
static SERVICES: LazyLock<String> = LazyLock::new(|| vec![service(); 1000].join(","));

fn main() {
    if std::env::args().any(|argument| argument == "--bench") {
        compare();
    }
    divan::main();
}

/// Alternates hand-written calls and calls with the crate. Other load of the machine therefore affects both equally.
fn compare() {
    const CALLS: usize = 20_000;
    let (runtime, client, http) = (runtime(), client(), http());
    let sid = ServiceSid::new(SID).unwrap();
    let mut times = [Vec::with_capacity(CALLS), Vec::with_capacity(CALLS)];
    for call in 0..2 * CALLS {
        let start = Instant::now();
        match call % 2 {
            0 => drop(runtime.block_on(fetch_by_hand(&http))),
            _ => drop(runtime.block_on(client.service(&sid).fetch().into_future()).unwrap()),
        }
        times[call % 2].push(start.elapsed());
    }
    let [by_hand, generated] = times.map(|mut times| {
        times.sort();
        times[CALLS / 2].as_nanos() as f64 / 1000.0
    });
    let overhead_percent = 100.0 * (generated / by_hand - 1.0);
    println!(
        "median of {CALLS} calls in turns: by hand {by_hand:.1} µs, generated {generated:.1} µs ({overhead_percent:+.1} %)\n"
    );
}

async fn fetch_by_hand(http: &reqwest::Client) -> Service {
    let url = format!("{}/v1/Services/{SID}", *SERVER);
    let request = http.get(url).basic_auth("ana", Some("secret")).header(ACCEPT, "application/json").timeout(TIMEOUT);
    let response = request.send().await.unwrap().error_for_status().unwrap();
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

fn service() -> String {
    let url = format!("https://conversations.twilio.com/v1/Services/{SID}");
    let links = ["Conversations", "Users", "Roles", "Bindings", "Configuration"];
    let links = links.map(|link| format!(r#""{}": "{url}/{link}""#, link.to_lowercase())).join(", ");
    format!(
        r#"{{"account_sid": "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "sid": "{SID}", "friendly_name": "Support desk",
            "date_created": "2015-12-16T22:18:37Z", "date_updated": "2015-12-16T22:18:38Z", "url": "{url}",
            "links": {{{links}}}}}"#
    )
}

fn page(number: usize) -> String {
    let url = |number| format!("https://conversations.twilio.com/v1/Services?PageSize=1000&Page={number}");
    let next = if number + 1 < PAGES { format!("\"{}\"", url(number + 1)) } else { "null".to_owned() };
    format!(
        r#"{{"services": [{}], "meta": {{"page": {number}, "page_size": 1000, "key": "services", "url": "{}",
            "first_page_url": "{}", "previous_page_url": null, "next_page_url": {next}}}}}"#,
        *SERVICES,
        url(number),
        url(0)
    )
}

/// Responds to requests without a body.
fn serve(mut stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    let (mut buffer, mut length) = ([0; 4096], 0);
    loop {
        length += match stream.read(&mut buffer[length..]) {
            Ok(0) | Err(_) => return,
            Ok(overhead_percent) => overhead_percent,
        };
        if !buffer[..length].ends_with(b"\r\n\r\n") {
            continue;
        }
        let target = String::from_utf8_lossy(&buffer[..length]).split(' ').nth(1).unwrap().to_owned();
        length = 0;
        let body = match target.split_once("&Page=") {
            Some((_, number)) => page(number.parse().unwrap()),
            None if target.contains('?') => page(0),
            None => service(),
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntwilio-request-id: RQ0\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        if stream.write_all((head + &body).as_bytes()).is_err() {
            return;
        }
    }
}

/// Creates the runtime for both kinds of calls. Connections run on the measured thread.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// The timeout of a hand-written call. The generated client has timeouts as well.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Creates the HTTP client of the hand-written calls, with the TLS provider of the crate's default features.
fn http() -> reqwest::Client {
    Client::builder().default_transport().unwrap()
}

fn client() -> Client {
    Client::builder().base_url(&*SERVER).credentials(Credentials::basic("ana", "secret")).build().unwrap()
}

/// A single call.
mod one_call {
    use super::*;

    #[divan::bench(sample_count = 2000)]
    fn by_hand(bencher: Bencher) {
        let runtime = runtime();
        let http = http();
        let call = || fetch_by_hand(&http);
        runtime.block_on(call());
        bencher.bench_local(|| runtime.block_on(call()));
    }

    #[divan::bench(sample_count = 2000)]
    fn generated(bencher: Bencher) {
        let (runtime, client) = (runtime(), client());
        let sid = ServiceSid::new(SID).unwrap();
        runtime.block_on(client.service(&sid).fetch().into_future()).unwrap();
        bencher.bench_local(|| runtime.block_on(client.service(&sid).fetch().into_future()).unwrap());
    }
}

/// A transport that responds to every request with the same body.
struct FixedResponse(bytes::Bytes);

impl Transport for FixedResponse {
    fn send(&self, _: http::Request<Body>) -> TransportFuture<'_> {
        Box::pin(async { Ok(http::Response::new(Body::from(self.0.clone()))) })
    }
}

/// Decodes a page of 1,000 Services, with and without a request.
mod page_of_1000 {
    use super::*;

    #[divan::bench]
    fn bare_serde_json(bencher: Bencher) {
        let body = page(0).into_bytes();
        bencher.bench_local(|| serde_json::from_slice::<ServicePage>(&body).unwrap());
    }

    /// Decodes the same bytes with the crate, without a network.
    #[divan::bench]
    fn generated_without_network(bencher: Bencher) {
        let transport = FixedResponse(page(0).into());
        let client = Client::builder().transport(transport).build().unwrap();
        let runtime = runtime();
        bencher.bench_local(|| runtime.block_on(async { client.services().list().await.unwrap() }));
    }

    #[divan::bench]
    fn by_hand(bencher: Bencher) {
        let runtime = runtime();
        let http = http();
        let call = || async {
            let url = format!("{}/v1/Services?PageSize=1000", *SERVER);
            let request =
                http.get(url).basic_auth("ana", Some("secret")).header(ACCEPT, "application/json").timeout(TIMEOUT);
            let response = request.send().await.unwrap().error_for_status().unwrap();
            serde_json::from_slice::<ServicePage>(&response.bytes().await.unwrap()).unwrap()
        };
        runtime.block_on(call());
        bencher.bench_local(|| runtime.block_on(call()));
    }

    #[divan::bench]
    fn generated(bencher: Bencher) {
        let (runtime, client) = (runtime(), client());
        let call = || async { client.services().list().page_size(1000).await.unwrap() };
        runtime.block_on(call());
        bencher.bench_local(|| runtime.block_on(call()));
    }
}

/// Reads 100,000 Services. The memory in use (`max alloc`) is the size of one or two pages, and does not depend on the
/// number of pages.
mod stream_of_100_000 {
    use super::*;

    fn stream(bencher: Bencher, prefetch: bool) {
        let (runtime, client) = (runtime(), client());
        bencher.bench_local(|| {
            runtime.block_on(async {
                let list = client.services().list().page_size(1000);
                let mut items = if prefetch { list.prefetch().stream() } else { list.stream() };
                let mut count = 0;
                while let Some(service) = items.try_next().await.unwrap() {
                    divan::black_box(&service);
                    count += 1;
                }
                assert_eq!(count, 1000 * PAGES);
            })
        });
    }

    #[divan::bench(sample_count = 3)]
    fn without_prefetch(bencher: Bencher) {
        stream(bencher, false);
    }

    #[divan::bench(sample_count = 3)]
    fn with_prefetch(bencher: Bencher) {
        stream(bencher, true);
    }
}
