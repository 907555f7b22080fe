//! Faults of responses. Each fault results in its documented error, without a long wait.

use std::time::Duration;

use super::sample::Client;
use super::server::{Reply, Server, Step};
use crate::runtime::{Body, Error, RetryPolicy, SendError, Transport, TransportFuture};
use crate::tests::{SID, sid};

const SHORT_TIMEOUT: Duration = Duration::from_millis(60);

fn client(server: &Server) -> Client {
    let builder = Client::builder().base_url(server.url()).attempt_timeout(SHORT_TIMEOUT).body_limit(10_000);
    builder.retry(RetryPolicy::new().attempts(2).base(Duration::ZERO)).build().unwrap()
}

#[tokio::test]
async fn each_fault_has_its_error() {
    let long_wait = Step::Wait(Duration::from_secs(60));
    let ok = |headers: &str, body: &str| Reply::raw(format!("HTTP/1.1 200 OK\r\n{headers}\r\n{body}"));
    let chunk = format!("2710\r\n{}\r\n", "x".repeat(10_000));
    let endless = (0..100)
        .fold(ok("transfer-encoding: chunked\r\n", ""), |reply, _| reply.then(Step::Send(chunk.clone().into_bytes())));
    let cases: [(&str, Reply, &str); 13] = [
        ("slow headers", Reply(vec![long_wait.clone()]), "Timeout"),
        ("an incomplete header", Reply::raw("HTTP/1.1 200 OK\r\ncont").then(long_wait.clone()), "Timeout"),
        ("slow body", ok("content-length: 9\r\n", "{").then(long_wait.clone()), "Timeout"),
        ("truncated body", ok("content-length: 9\r\n", "{").then(Step::Close), "Transport"),
        ("too short a length", ok("content-length: 1\r\n", "{}").then(Step::Close), "Decode"),
        ("no length", ok("", "{}").then(Step::Close), "response"),
        ("a cut chunk", ok("transfer-encoding: chunked\r\n", "5\r\n{").then(Step::Close), "Transport"),
        ("reset in the headers", Reply::raw("HTTP/1.1 20").then(Step::Reset), "Transport"),
        ("reset in the body", ok("content-length: 9\r\n", "{").then(Step::Reset), "Transport"),
        ("garbage", Reply::raw("\0\x01\x02 what?\r\n\r\n").then(Step::Close), "Transport"),
        ("two lengths", ok("content-length: 2\r\ncontent-length: 3\r\n", "{}").then(Step::Close), "Transport"),
        ("a gigabyte", ok("content-length: 1073741824\r\n", "{"), "Decode"),
        ("an endless body", endless, "Decode"),
    ];
    for (fault, reply, expected) in cases {
        let server = Server::always(reply.clone()).await;
        let result = client(&server).service(sid()).fetch().await;
        let (kind, attempts) = match &result {
            Ok(_) => ("response", 1),
            Err(Error::Timeout(_)) => ("Timeout", 2),
            Err(Error::Transport(_)) => ("Transport", 2),
            Err(Error::Decode(_)) => ("Decode", 1),
            Err(other) => panic!("{fault}: {other}"),
        };
        assert_eq!(kind, expected, "{fault}: {result:?}");
        assert_eq!(server.requests().len(), attempts, "{fault}");
        if let Err(error) = result {
            let call = format!("FetchService (GET {}/v1/Services/{{Sid}}", server.url());
            assert!(error.to_string().starts_with(&call), "{fault}: {error}");
            assert_eq!(error.call().unwrap().attempts() as usize, attempts, "{fault}");
        }
        // After these faults, a POST request is not sent again.
        let server = Server::always(reply).await;
        _ = client(&server).services().create("x").await;
        assert_eq!(server.requests().len(), 1, "{fault}");
    }
}

#[tokio::test]
async fn an_incomplete_error_body_keeps_the_status() {
    let headers = "HTTP/1.1 404 Not Found\r\ncontent-length: 1073741824\r\n\r\n";
    let incomplete = Reply::raw(headers.replace("1073741824", "20") + "<h1>gone");
    let cases = [
        (Reply::raw(headers), "404 Not Found, with an empty body"),
        (incomplete.clone().then(Step::Reset), "404 Not Found, with"),
        (incomplete.then(Step::Wait(Duration::from_secs(60))), "404 Not Found, with a body of 8 bytes"),
    ];
    for (reply, expected) in cases {
        let server = Server::always(reply).await;
        let error = client(&server).service(sid()).fetch().await.unwrap_err();
        assert!(error.is_not_found() && error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn the_body_limit_is_exact() {
    let body = format!(r#"{{"sid": "{SID}"}}"#);
    let server = Server::always(Reply::json(200, &body)).await;
    let client_with_limit = |limit| Client::builder().base_url(server.url()).body_limit(limit).build().unwrap();
    client_with_limit(body.len()).service(sid()).fetch().await.unwrap();
    let error = client_with_limit(body.len() - 1).service(sid()).fetch().await.unwrap_err();
    assert!(
        error.to_string().ends_with("cannot decode the response (200 OK): the body is longer than 44 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn a_large_body_is_read_only_up_to_the_limit() {
    // The response does not declare the length of the body, so the body ends when the connection is closed.
    let headers = Reply::raw("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n");
    let server = Server::always(headers.then(Step::Repeat(vec![b' '; 1 << 20], 1 << 10)).then(Step::Close)).await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let error = client.service(sid()).fetch().await.unwrap_err();
    assert!(error.to_string().ends_with("the body is longer than 67108864 bytes"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_undocumented_success_status_is_decoded() {
    for status in [200, 201, 202, 203, 206, 299] {
        let server = Server::always(Reply::json(status, format!(r#"{{"sid": "{SID}"}}"#))).await;
        assert_eq!(client(&server).service(sid()).fetch().send().await.unwrap().status(), status);
        assert_eq!(client(&server).service(sid()).delete().send().await.unwrap().status(), status);
    }
    for reply in [Reply::http(204, &[], ""), Reply::http(205, &[], ""), Reply::http(200, &[], "")] {
        let server = Server::always(reply).await;
        client(&server).service(sid()).delete().await.unwrap();
        let error = client(&server).service(sid()).fetch().await.unwrap_err();
        assert!(matches!(&error, Error::Decode(_)) && error.to_string().ends_with("the body is empty"), "{error}");
    }
}

/// A transport that returns its own response.
struct FakeTransport(fn(&http::Request<Body>) -> Result<&'static str, SendError>);

impl Transport for FakeTransport {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        let response = (self.0)(&request);
        Box::pin(async move { Ok(http::Response::new(Body::from(response?))) })
    }
}

#[tokio::test]
async fn a_custom_transport_can_be_used() {
    let transport = FakeTransport(|request| {
        assert_eq!(request.uri(), "https://api.example.com/v1/Services/IS0123456789abcdef0123456789abcdef");
        assert_eq!(
            (request.method().as_str(), &request.headers()["accept"]),
            ("GET", &"application/json".parse().unwrap())
        );
        Ok(r#"{"friendly_name": "transport"}"#)
    });
    let client = Client::builder().transport(transport).build().unwrap();
    assert_eq!(client.service(sid()).fetch().await.unwrap().friendly_name().unwrap(), "transport");

    let policy = RetryPolicy::new().base(Duration::ZERO);
    for (transport, attempts) in [
        (FakeTransport(|_| Err(SendError::new("the transport is closed"))), 1),
        (FakeTransport(|_| Err(SendError::unconnected("the transport is closed"))), 4),
    ] {
        let client = Client::builder().transport(transport).retry(policy).build().unwrap();
        let error = client.service(sid()).touch().await.unwrap_err();
        assert!(error.to_string().ends_with("): the transport is closed"), "{error}");
        assert_eq!(error.call().unwrap().attempts(), attempts);
    }
}

#[tokio::test]
async fn dropping_a_request_cancels_it() {
    let server = Server::always(Reply(vec![Step::Wait(Duration::from_secs(60))])).await;
    let request = Client::builder().base_url(server.url()).build().unwrap().service(sid()).fetch();
    let waiting = tokio::time::timeout(SHORT_TIMEOUT, request.into_future()).await;
    assert!(waiting.is_err());
    assert_eq!(server.requests().len(), 1);
}
