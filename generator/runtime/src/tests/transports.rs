//! Custom transports, and the connections of the default transport.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use std::{io, thread};

use hyper::rt::ReadBufCursor;

use super::sample::Client;
use super::server::{Reply, Server};
use crate::runtime::{Body, RetryPolicy, SendError, Transport, TransportFuture};
use crate::tests::sid;

/// A transport that counts the requests.
struct CountingTransport<T> {
    inner: T,
    count: Arc<AtomicUsize>,
}

impl<T: Transport> Transport for CountingTransport<T> {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.inner.send(request)
    }
}

#[tokio::test]
async fn a_transport_can_be_shared_boxed_and_wrapped() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    let count = Arc::new(AtomicUsize::new(0));
    let builder = Client::builder().base_url(server.url()).connect_timeout(Duration::from_secs(5));
    let counting_transport =
        CountingTransport { inner: builder.default_transport().unwrap(), count: Arc::clone(&count) };
    let shared: Arc<dyn Transport> = Arc::new(counting_transport);
    let boxed: Box<dyn Transport> =
        Box::new(CountingTransport { inner: Arc::clone(&shared), count: Arc::clone(&count) });
    for builder in [builder.clone().transport(shared), builder.transport(boxed)] {
        builder.build().unwrap().service(sid()).touch().await.unwrap();
    }
    assert_eq!((server.requests().len(), count.load(Ordering::Relaxed)), (2, 3));
}

/// A server that closes connections after an idle time, and counts connections and requests.
struct ClosingServer {
    url: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    closed_connections: Arc<AtomicUsize>,
}

impl ClosingServer {
    fn start(idle_timeout: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let [connections, requests, closed_connections] = [0; 3].map(|count| Arc::new(AtomicUsize::new(count)));
        let server = Self { url, connections, requests, closed_connections };
        let [opened_count, received_requests, closed_count] =
            [&server.connections, &server.requests, &server.closed_connections].map(Arc::clone);
        thread::spawn(move || {
            for stream in listener.incoming() {
                opened_count.fetch_add(1, Ordering::Relaxed);
                let (received_requests, closed_count) = (Arc::clone(&received_requests), Arc::clone(&closed_count));
                thread::spawn(move || {
                    Self::serve(stream.unwrap(), idle_timeout, &received_requests);
                    closed_count.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    fn serve(mut stream: TcpStream, idle_timeout: Duration, requests: &AtomicUsize) {
        stream.set_read_timeout(Some(idle_timeout)).unwrap();
        while let Ok(1..) = stream.read(&mut [0; 4096]) {
            requests.fetch_add(1, Ordering::Relaxed);
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        }
    }

    /// Returns the numbers of connections and requests.
    fn counts(&self) -> (usize, usize) {
        (self.connections.load(Ordering::Relaxed), self.requests.load(Ordering::Relaxed))
    }
}

#[tokio::test]
async fn a_post_is_not_sent_on_a_connection_that_the_server_has_closed() {
    const COUNT: usize = 20;
    let server = ClosingServer::start(Duration::from_millis(20));
    let client = Client::builder().base_url(&server.url).retry(RetryPolicy::off()).build().unwrap();
    for request_number in 1..=COUNT {
        client.service(sid()).touch().await.unwrap();
        // The loop blocks this thread until the server has closed the connection. The client cannot notice the closing
        // before its next request.
        while server.closed_connections.load(Ordering::SeqCst) < request_number {
            thread::sleep(Duration::from_millis(1));
        }
    }
    assert_eq!(server.counts(), (COUNT, COUNT));
}

#[tokio::test]
async fn the_pool_idle_timeout_is_applied() {
    let cases = [(Duration::ZERO, 3), (Duration::from_millis(1), 3), (Duration::from_secs(60), 1)];
    for (time, connections) in cases {
        let server = ClosingServer::start(Duration::from_secs(60));
        let client = Client::builder().base_url(&server.url).pool_idle_timeout(time).build().unwrap();
        for _ in 0..3 {
            client.service(sid()).touch().await.unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        assert_eq!(server.counts(), (connections, 3), "{time:?}");
    }
}

/// A connection that the server closes after it has received the first bytes.
#[derive(Default)]
struct ClosingConnection {
    has_received: bool,
}

impl hyper::rt::Read for ClosingConnection {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        if self.has_received { Poll::Ready(Ok(())) } else { Poll::Pending }
    }
}

impl hyper::rt::Write for ClosingConnection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.has_received = true;
        context.waker().wake_by_ref();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A transport whose first attempt fails with the error of hyper for a closed connection. All other attempts succeed.
struct FailingTransport {
    starts_sending: bool,
    attempts: Mutex<u32>,
}

impl Transport for FailingTransport {
    fn send(&self, _: http::Request<Body>) -> TransportFuture<'_> {
        Box::pin(async {
            *self.attempts.lock().unwrap() += 1;
            if *self.attempts.lock().unwrap() > 1 {
                return Ok(http::Response::new(Body::default()));
            }
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(ClosingConnection::default()).await.unwrap();
            let response = sender.try_send_request(http::Request::new(Body::from("x")));
            if self.starts_sending {
                _ = connection.await;
            } else {
                drop(connection);
            }
            let error = response.await.unwrap_err().into_error();
            Err(SendError::new(io::Error::other(error)))
        })
    }
}

#[tokio::test]
async fn an_unsent_request_is_retried() {
    let policy = RetryPolicy::new().base(Duration::ZERO);
    let client = |starts_sending| {
        let transport = FailingTransport { starts_sending, attempts: Mutex::new(0) };
        Client::builder().transport(transport).retry(policy).build().unwrap()
    };
    assert_eq!(client(false).service(sid()).touch().send().await.unwrap().attempts(), 2);
    let error = client(true).service(sid()).touch().await.unwrap_err();
    assert_eq!(error.call().unwrap().attempts(), 1, "{error}");
}
