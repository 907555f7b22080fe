//! Sends a burst of requests to a server with a rate limit. Measures how many succeed, how long they take, and how many
//! requests the client sends: `cargo bench -p twilio-conversations --bench burst`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::task::JoinSet;
use twilio_conversations::Client;

/// The number of requests that the server accepts in a second.
const LIMIT: usize = 50;

fn main() {
    // `cargo test` also starts this program, but without `--bench`. It then measures nothing.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    for (count, retry_after) in [(150, true), (150, false), (500, true), (500, false)] {
        let server = Server::start(retry_after);
        let client = Client::builder().base_url(&server.url).build().unwrap();
        let start = Instant::now();
        let succeeded = Builder::new_multi_thread().enable_all().build().unwrap().block_on(burst(&client, count));
        let (time, sent) = (start.elapsed().as_secs_f64(), server.state.lock().unwrap().requests);
        let header = if retry_after { "with" } else { "without" };
        println!(
            "{count} POST requests, {LIMIT} allowed per second, {header} Retry-After: {succeeded} succeed in {time:.1} s, {sent} sent"
        );
    }
}

/// Sends a number of create requests at once. Returns the number of requests that succeed.
async fn burst(client: &Client, count: usize) -> usize {
    let mut requests: JoinSet<_> = (0..count).map(|_| client.services().create("burst").into_future()).collect();
    let mut succeeded = 0;
    while let Some(result) = requests.join_next().await {
        succeeded += usize::from(result.unwrap().is_ok());
    }
    succeeded
}

/// A server that accepts [`LIMIT`] POST requests in each second, and rejects all others with status 429.
struct Server {
    url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    retry_after: bool,
    requests: usize,
    second_start: Instant,
    accepted_in_second: usize,
}

impl Server {
    fn start(retry_after: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State { retry_after, requests: 0, second_start: Instant::now(), accepted_in_second: 0 };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let state = Arc::clone(&shared);
                thread::spawn(move || serve(stream.unwrap(), &state));
            }
        });
        Self { url, state }
    }
}

/// Responds to the requests of a connection. The end of a request is recognised by the end of its form.
fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    stream.set_nodelay(true).unwrap();
    let (mut buffer, mut length) = ([0; 4096], 0);
    loop {
        length += match stream.read(&mut buffer[length..]) {
            Ok(0) | Err(_) => return,
            Ok(more) => more,
        };
        if !buffer[..length].ends_with(b"FriendlyName=burst") {
            continue;
        }
        length = 0;
        if stream.write_all(state.lock().unwrap().response().as_bytes()).is_err() {
            return;
        }
    }
}

impl State {
    fn response(&mut self) -> String {
        self.requests += 1;
        if self.second_start.elapsed() >= Duration::from_secs(1) {
            (self.second_start, self.accepted_in_second) = (Instant::now(), 0);
        }
        self.accepted_in_second += 1;
        let header = if self.retry_after { "retry-after: 1\r\n" } else { "" };
        match self.accepted_in_second <= LIMIT {
            true => "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}".to_owned(),
            false => format!("HTTP/1.1 429 Too Many Requests\r\n{header}content-length: 0\r\n\r\n"),
        }
    }
}
