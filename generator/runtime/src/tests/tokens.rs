//! Access tokens from the client credentials grant: when the client fetches them, and errors of the token endpoint.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::task::JoinSet;

use super::sample::Client;
use super::server::{Recorded, Reply, Server, Step};
use crate::runtime::{Credentials, Error, RetryPolicy};
use crate::tests::{SID, sid};

const SECRET: &str = "canary-secret";

/// Returns the token with a number, which expires after some seconds.
fn token(number: usize, seconds: i64) -> String {
    // All tokens are created with the same time, so that two tokens with the same number are equal.
    static NOW: LazyLock<Duration> = LazyLock::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap());
    let unix_time = NOW.as_secs() as i64;
    let encode_part = |text: String| URL_SAFE_NO_PAD.encode(text);
    let claims = encode_part(format!(r#"{{"exp": {}, "number": {number}}}"#, unix_time + seconds));
    format!("{}.{claims}.signature", encode_part("{}".to_owned()))
}

fn token_response(token: &str) -> Reply {
    Reply::json(200, format!(r#"{{"access_token": "{token}", "token_type": "bearer"}}"#))
}

fn is_token_request(request: &Recorded) -> bool {
    request.target == "/token"
}

/// Starts a server that responds to the token request with a number with the result of `token_reply`, and to other requests
/// with a service.
async fn server(token_reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Server {
    let count = std::sync::atomic::AtomicUsize::new(0);
    Server::start(move |request| {
        if is_token_request(request) {
            return token_reply(count.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
        Reply::json(200, format!(r#"{{"sid": "{SID}"}}"#))
    })
    .await
}

fn client(server: &Server) -> Client {
    let builder = Client::builder().base_url(server.url()).token_url(format!("{}/token", server.url()));
    builder
        .credentials(Credentials::client_credentials("an id", SECRET))
        .retry(RetryPolicy::new().base(Duration::ZERO))
        .build()
        .unwrap()
}

fn token_request_count(server: &Server) -> usize {
    server.requests().iter().filter(|request| is_token_request(request)).count()
}

async fn fetch_at_once(client: &Client, count: usize) -> Vec<Result<(), Error>> {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let request = client.service(sid()).fetch().retry(RetryPolicy::off());
        tasks.spawn(async move { request.await.map(drop) });
    }
    tasks.join_all().await
}

#[tokio::test]
async fn a_byte_order_mark_before_a_token_is_skipped() {
    let token_response = || Reply::json(200, "\u{feff}{\"access_token\": \"token\"}");
    let server = server(move |_| token_response()).await;
    client(&server).service(sid()).fetch().await.unwrap();
    assert_eq!(server.requests()[1].header("authorization"), Some("Bearer token"));
}

#[tokio::test]
async fn a_token_is_fetched_once_and_kept() {
    let server = server(|number| token_response(&token(number, 3600))).await;
    let client = client(&server);
    client.service(sid()).fetch().await.unwrap();
    client.service(sid()).fetch().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!((requests[0].method.as_str(), requests[0].target.as_str()), ("POST", "/token"));
    assert_eq!(requests[0].text(), "grant_type=client_credentials&client_id=an%20id&client_secret=canary-secret");
    assert_eq!(requests[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(requests[0].header("authorization"), None);
    for request in &requests[1..] {
        assert_eq!(request.header("authorization"), Some(&*format!("Bearer {}", token(0, 3600))));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_requests_with_an_expired_token_fetch_one() {
    // The first token is treated as expired, because it is valid for less than 30 seconds.
    let server = server(|number| token_response(&token(number, if number == 0 { 29 } else { 3600 }))).await;
    let client = client(&server);
    client.service(sid()).fetch().await.unwrap();
    assert_eq!(token_request_count(&server), 1);
    let results = fetch_at_once(&client, 100).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((token_request_count(&server), server.requests().len()), (2, 103));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let server = server(|number| token_response(&token(number, 100))).await;
    let client = client(&server);
    for (seconds, expected) in [(0, 1), (65, 1), (10, 2)] {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
        client.service(sid()).fetch().await.unwrap();
        assert_eq!(token_request_count(&server), expected);
    }
}

#[tokio::test]
async fn opaque_tokens_are_valid_for_expires_in_or_until_rejected() {
    let replies = [
        (r#"{"access_token": "opaque", "expires_in": 20}"#, 2),
        (r#"{"access_token": "opaque", "expires_in": "20"}"#, 2),
        (r#"{"access_token": "opaque", "expires_in": 3600.5}"#, 1),
        (r#"{"access_token": "opaque", "expires_in": -1}"#, 1),
        (r#"{"access_token": "a.b.c"}"#, 1),
    ];
    for (reply, expected) in replies {
        let server = server(move |_| Reply::json(200, reply)).await;
        let client = client(&server);
        client.service(sid()).fetch().await.unwrap();
        client.service(sid()).fetch().await.unwrap();
        assert_eq!(token_request_count(&server), expected);
    }
}

#[tokio::test]
async fn a_token_response_without_a_token_is_an_error() {
    for reply in [r#"{"access_token": ""}"#, r#"{"access_token": " "}"#, r#"{"access_token": null}"#, "{}"] {
        let server = server(move |_| Reply::json(200, reply)).await;
        let error = client(&server).service(sid()).fetch().await.unwrap_err();
        assert!(error.to_string().contains("the body has no usable `access_token`"), "{reply}: {error}");
        assert_eq!(server.requests().len(), 1, "{reply}");
    }
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once() {
    let accept_new_token = |accepts_new_token: bool| {
        let new_token_header = format!("Bearer {}", token(1, 3600));
        let number = std::sync::atomic::AtomicUsize::new(0);
        move |request: &Recorded| {
            if is_token_request(request) {
                let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                return token_response(&token(number, 3600));
            }
            let is_accepted = accepts_new_token && request.header("authorization") == Some(&*new_token_header);
            Reply::http(if is_accepted { 204 } else { 401 }, &[], "")
        }
    };
    let server = Server::start(accept_new_token(true)).await;
    // Even a POST request without retries is sent again, because a request with a rejected token has no effect.
    let response = client(&server).service(sid()).touch().retry(RetryPolicy::off()).send().await.unwrap();
    assert_eq!((response.attempts(), token_request_count(&server), server.requests().len()), (2, 2, 4));

    let server = Server::start(accept_new_token(false)).await;
    let error = client(&server).service(sid()).touch().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.call().unwrap().attempts()), (401, 2));
    assert_eq!((token_request_count(&server), server.requests().len()), (2, 4));
}

#[tokio::test]
async fn no_request_is_sent_without_a_token() {
    let echo = format!(r#"{{"code": 70001, "message": "{SECRET} does not belong to `an id`"}}"#);
    let cases = [
        (Reply::json(401, echo), "401 Unauthorized, with a body of", 1),
        (Reply::json(401, r#"{"error": "invalid_client"}"#), "401 Unauthorized, code invalid_client, with", 1),
        (Reply::json(400, r#"{"error": "eyJ0b2tlbiI"}"#), "400 Bad Request, with a body of 24 bytes", 1),
        (Reply::json(503, ""), "503 Service Unavailable", 4),
        (Reply(vec![Step::Close]), "error sending request", 4),
        (Reply::json(200, format!(r#"{{"access_token": ["{SECRET}"]}}"#)), "no usable `access_token`", 1),
        (Reply::json(200, format!(r#"{{"access_token": "{SECRET}\n"}}"#)), "no usable `access_token`", 1),
        (Reply::json(200, SECRET), "no usable `access_token`", 1),
    ];
    for (reply, expected, count) in cases {
        let server = server(move |_| reply.clone()).await;
        let client = client(&server);
        let error = client.service(sid()).fetch().await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("token (POST {}/token", server.url())), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error} {error:?} {client:?}").contains(SECRET), "{error:?}");
        assert_eq!((token_request_count(&server), server.requests().len()), (count, count));
    }
}

#[tokio::test]
async fn waiting_requests_share_a_token_error() {
    let wait = Step::Wait(Duration::from_millis(50));
    let failure = Reply::http(503, &[], "");
    let reply = Reply([vec![wait], failure.0].concat());
    let server = server(move |_| reply.clone()).await;
    let results = fetch_at_once(&client(&server), 20).await;
    assert!(results.iter().all(|result| result.as_ref().is_err_and(Error::is_retryable)));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn client_credentials_require_a_token_url() {
    let builder = Client::builder().credentials(Credentials::client_credentials("id", SECRET));
    let error = builder.clone().build().unwrap_err();
    assert_eq!(error.to_string(), "`token_url` must be set, because the document does not declare it");
    let error = builder.clone().token_url("ftp://example.com").build().unwrap_err();
    assert_eq!(error.to_string(), "`token_url` must be a http or https URL");
    assert!(builder.clone().token_url("https://user:pass@example.com/token").build().is_err());
    let builder = builder.token_url("https://example.com/token");
    for credentials in [Credentials::client_credentials("", "x"), Credentials::client_credentials("id", "x\n")] {
        assert!(builder.clone().credentials(credentials).build().is_err());
    }
}
