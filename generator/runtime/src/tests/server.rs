//! A local HTTP server with scripted responses, which records the bytes of every request.

#![allow(dead_code, reason = "each crate that includes this file uses a different part of it")]

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// A running server on a free port. Dropping it stops the server.
pub struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Recorded>>>,
    accept_task: JoinHandle<()>,
}

/// A received request.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The number of earlier requests.
    pub number: usize,
    pub method: String,
    /// The path and the query of the request line.
    pub target: String,
    /// The headers in order, with names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Recorded {
    /// Returns the value of a header, if there is exactly one.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values =
            self.headers.iter().filter(|(header_name, _)| header_name == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// Returns the body, which must be UTF-8.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// The response to a request, as a sequence of steps.
#[derive(Clone, Debug, Default)]
pub struct Reply(pub Vec<Step>);

/// A step of a response. The connection stays open for the next request, unless the last step closes it.
#[derive(Clone, Debug)]
pub enum Step {
    Send(Vec<u8>),
    /// Sends the same bytes several times.
    Repeat(Vec<u8>, usize),
    Wait(Duration),
    /// Closes the connection.
    Close,
    /// Resets the connection.
    Reset,
}

impl Reply {
    /// Creates a complete response with headers, including the length of the body.
    pub fn http(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = format!("HTTP/1.1 {status} Scripted\r\n").into_bytes();
        for (name, value) in headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        if status != 204 {
            bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body);
        Self::raw(bytes)
    }

    /// Creates a complete JSON response.
    pub fn json(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self::http(status, &[("content-type", "application/json")], body)
    }

    /// Creates a response that consists of exactly these bytes.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self(vec![Step::Send(bytes.into())])
    }

    /// Adds a step.
    pub fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }
}

impl Server {
    /// Starts a server that responds to each request with the result of `script`.
    pub async fn start(script: impl Fn(&Recorded) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (script, recorded) = (Arc::new(script), Arc::clone(&requests));
        let accept_task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, recorded) = (Arc::clone(&script), Arc::clone(&recorded));
                tokio::spawn(async move { serve(stream, &*script, &recorded).await });
            }
        });
        Self { address, requests, accept_task }
    }

    /// Starts a server that sends the same response to every request.
    pub async fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    /// Returns the URL of the server, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns all requests so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }

    /// Returns the only request.
    pub fn request(&self) -> Recorded {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests[0].clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accept_task.abort();
    }
}

/// Responds to the requests of one connection until either side closes it.
async fn serve(
    mut stream: TcpStream,
    script: &(impl Fn(&Recorded) -> Reply + Sync),
    recorded: &Mutex<Vec<Recorded>>,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(mut request) = read(&mut stream, &mut buffer).await? {
        let reply = {
            let mut recorded = recorded.lock().unwrap();
            request.number = recorded.len();
            recorded.push(request.clone());
            script(&request)
        };
        for step in reply.0 {
            match step {
                Step::Send(bytes) => stream.write_all(&bytes).await?,
                Step::Repeat(bytes, times) => {
                    for _ in 0..times {
                        stream.write_all(&bytes).await?;
                    }
                }
                Step::Wait(time) => sleep(time).await,
                Step::Close => return stream.shutdown().await,
                Step::Reset => return stream.set_zero_linger(),
            }
        }
    }
    Ok(())
}

/// Reads a request. Returns `None` if the connection ends before the request is complete.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Recorded>> {
    loop {
        if let Some((request, length)) = parse(buffer) {
            buffer.drain(..length);
            return Ok(Some(request));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// Parses the request at the beginning of `bytes`, and returns the request and its length. Returns `None` if the request is
/// incomplete.
fn parse(bytes: &[u8]) -> Option<(Recorded, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed_request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(start) = parsed_request.parse(bytes).unwrap() else { return None };
    let header = |header: &httparse::Header<'_>| {
        (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned())
    };
    let mut request = Recorded {
        number: 0,
        method: parsed_request.method?.to_owned(),
        target: parsed_request.path?.to_owned(),
        headers: parsed_request.headers.iter().map(header).collect(),
        body: Vec::new(),
    };
    if request.header("transfer-encoding") == Some("chunked") {
        let length;
        (request.body, length) = chunks(&bytes[start..])?;
        return Some((request, start + length));
    }
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    request.body = bytes.get(start..start + length)?.to_vec();
    Some((request, start + length))
}

/// Parses a body that consists of chunks, and returns the body and the length of the chunks.
fn chunks(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let line_length = bytes[at..].windows(2).position(|pair| pair == b"\r\n")?;
        let length = std::str::from_utf8(&bytes[at..at + line_length]).unwrap();
        let (start, length) = (at + line_length + 2, usize::from_str_radix(length, 16).unwrap());
        body.extend_from_slice(bytes.get(start..start + length)?);
        at = start + length + 2;
        if length == 0 {
            return (at <= bytes.len()).then_some((body, at));
        }
    }
}
