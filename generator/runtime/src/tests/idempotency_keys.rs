//! Idempotency keys: random, the same for all attempts of a request, and different for each request.

use std::time::Duration;

use super::clock::jump_over_waits;
use super::sample::Client;
use super::server::{Reply, Server, Step};
use crate::runtime::RetryPolicy;

/// Starts a server that drops the connection of every request, except every third.
async fn dropping_server() -> (Server, Client) {
    let drop = [Reply(vec![Step::Close]), Reply(vec![Step::Reset]), Reply::http(204, &[], "")];
    let server = Server::start(move |request| drop[request.number % 3].clone()).await;
    let (builder, _) = jump_over_waits(Client::builder().base_url(server.url()));
    (server, builder.build().unwrap())
}

/// Returns the keys of all requests so far.
fn keys(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| request.header("idempotency-key").unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_key_is_kept_over_attempts_and_is_new_for_the_next_request() {
    let (server, client) = dropping_server().await;
    let order = client.services().order();
    assert_eq!(order.clone().send().await.unwrap().attempts(), 3);
    order.clone().await.unwrap();
    order.send().await.unwrap();
    let keys = keys(&server);
    assert_eq!(keys.len(), 9);
    for (index, key) in keys.iter().enumerate() {
        let is_same_request = |(other, _): &(usize, &String)| other / 3 == index / 3;
        assert!(keys.iter().enumerate().all(|other| (other.1 == key) == is_same_request(&other)), "{keys:#?}");
        let parts: Vec<&str> = key.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-')), "{key}");
        assert!(parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']), "{key}");
    }
}

#[tokio::test]
async fn a_request_without_a_key_is_not_repeated() {
    let (server, client) = dropping_server().await;
    for _ in 0..2 {
        let error = client.services().create("Desk").await.unwrap_err();
        assert_eq!(error.call().unwrap().attempts(), 1, "{error}");
    }
    assert_eq!(keys(&server), ["", ""]);
}

#[tokio::test]
async fn the_key_of_the_caller_is_kept() {
    let (server, client) = dropping_server().await;
    client.services().order().idempotency_key("mine").await.unwrap();
    client.services().order().extra_header("idempotency-key", "extra").await.unwrap();
    assert_eq!(keys(&server), ["mine", "mine", "mine", "extra", "extra", "extra"]);
    for order in
        [client.services().order().idempotency_key(""), client.services().order().extra_header("Idempotency-Key", "")]
    {
        let error = order.await.unwrap_err().to_string();
        let expected =
            "OrderService: `Idempotency-Key` must not be empty, because it identifies the request (nothing was sent)";
        assert_eq!(error, expected);
    }
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn a_request_with_a_key_is_repeated_like_a_put_request() {
    for (status, attempts) in [(429, 4), (500, 1), (501, 1), (502, 4), (503, 4), (504, 4), (400, 1), (409, 1)] {
        let server = Server::always(Reply::http(status, &[], "")).await;
        let (builder, _) = jump_over_waits(Client::builder().base_url(server.url()));
        let client = builder.build().unwrap();
        let error = client.services().order().await.unwrap_err();
        assert_eq!(error.call().unwrap().attempts(), attempts, "{error}");
        client.services().order().retry(RetryPolicy::off()).await.unwrap_err();
        assert_eq!(server.requests().len(), attempts as usize + 1);
    }
    let server = Server::always(Reply(vec![Step::Wait(Duration::from_secs(60))])).await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let policy = RetryPolicy::new().attempts(2).base(Duration::ZERO);
    client.services().order().retry(policy).attempt_timeout(Duration::from_millis(20)).await.unwrap_err();
    let keys = keys(&server);
    assert!(keys.len() == 2 && keys[0] == keys[1], "{keys:?}");
}
