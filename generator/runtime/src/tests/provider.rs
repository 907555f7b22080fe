//! Token providers, and credentials for a specific security scheme.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use tokio::task::JoinSet;

use super::sample::Client;
use super::server::{Recorded, Reply, Server};
use crate::runtime::{BearerToken, Credentials, Error, RetryPolicy};
use crate::tests::{SID, sid};

/// Returns a client with a token provider, and the number of calls of the provider. The provider returns the tokens `t0`, `t1`
/// and so on, after `edit_token` has changed them.
fn client(server: &Server, edit_token: fn(BearerToken) -> BearerToken) -> (Client, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let shared_count = Arc::clone(&count);
    let credentials = Credentials::token_provider(move || {
        let number = shared_count.fetch_add(1, Ordering::Relaxed);
        async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok::<_, Error>(edit_token(BearerToken::new(format!("t{number}"))))
        }
    });
    let builder = Client::builder().base_url(server.url()).credentials(credentials);
    (builder.retry(RetryPolicy::new().base(Duration::ZERO)).build().unwrap(), count)
}

fn service_response() -> Reply {
    Reply::json(200, format!(r#"{{"sid": "{SID}"}}"#))
}

fn authorization_headers(server: &Server) -> Vec<String> {
    let authorization_headers = |request: &Recorded| request.header("authorization").unwrap_or_default().to_owned();
    server.requests().iter().map(authorization_headers).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_requests_share_a_token() {
    let server = Server::always(service_response()).await;
    let (client, count) = client(&server, |token| token.expires_in(Duration::from_secs(3600)));
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let request = client.service(sid()).fetch();
        tasks.spawn(async move { request.await.map(drop) });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!((count.load(Ordering::Relaxed), authorization_headers(&server)), (1, vec!["Bearer t0".to_owned(); 50]));
}

#[tokio::test]
async fn the_provider_is_called_before_a_token_expires() {
    type EditToken = fn(BearerToken) -> BearerToken;
    let cases: [(EditToken, usize); 4] = [
        (|token| token, 1),
        (|token| token.expires_in(Duration::from_secs(29)), 2),
        (|token| token.expires_at(SystemTime::now() + Duration::from_secs(29)), 2),
        (|token| token.expires_at(SystemTime::now() + Duration::from_secs(60)), 1),
    ];
    for (edit_token, expected) in cases {
        let server = Server::always(service_response()).await;
        let (client, count) = client(&server, edit_token);
        client.service(sid()).fetch().await.unwrap();
        client.service(sid()).fetch().await.unwrap();
        assert_eq!(count.load(Ordering::Relaxed), expected);
    }
}

#[tokio::test]
async fn the_provider_is_called_again_once_after_a_rejected_token() {
    let server = Server::start(|request| match request.header("authorization") {
        Some("Bearer t1") => service_response(),
        _ => Reply::http(401, &[], ""),
    })
    .await;
    let (first_client, count) = client(&server, |token| token);
    first_client.service(sid()).touch().retry(RetryPolicy::off()).await.unwrap();
    assert_eq!(
        (count.load(Ordering::Relaxed), authorization_headers(&server)),
        (2, vec!["Bearer t0".to_owned(), "Bearer t1".to_owned()])
    );
    let server = Server::always(Reply::http(401, &[], "")).await;
    let (second_client, count) = client(&server, |token| token);
    assert_eq!(second_client.service(sid()).touch().await.unwrap_err().status().unwrap().as_u16(), 401);
    assert_eq!(count.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn no_request_is_sent_without_a_token() {
    let server = Server::always(service_response()).await;
    let failing = Credentials::token_provider(|| async { Err::<BearerToken, _>("the vault is sealed") });
    let empty = Credentials::token_provider(|| async { Ok::<_, Error>(BearerToken::new("")) });
    let invalid_header = Credentials::token_provider(|| async { Ok::<_, Error>(BearerToken::new("canary\n")) });
    let slow = Credentials::token_provider(|| async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok::<_, Error>(BearerToken::new("late"))
    });
    let cases = [
        (failing, "the vault is sealed"),
        (empty, "the token is empty"),
        (invalid_header, "not valid in a header"),
        (slow, "within 50ms"),
    ];
    for (credentials, expected) in cases {
        let builder = Client::builder().base_url(server.url()).credentials(credentials);
        let client = builder.retry(RetryPolicy::off()).attempt_timeout(Duration::from_millis(50)).build().unwrap();
        let error = client.service(sid()).fetch().await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error:?} {client:?}").contains("canary"), "{error:?}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn each_scheme_has_its_token_url_and_scopes() {
    let server = Server::always(Reply::json(200, format!(r#"{{"access_token": "granted", "sid": "{SID}"}}"#))).await;
    let client_credentials = || Credentials::client_credentials("id", "secret").scopes(["read", "write all"]);
    for (scheme, expected) in [("token", "/tokens/own"), ("other", "/base/token")] {
        let builder = Client::builder().base_url(format!("{}/base/", server.url()));
        builder.credentials(client_credentials().scheme(scheme)).build().unwrap().service(sid()).fetch().await.unwrap();
        let requests = server.requests();
        let [.., token_request, request] = requests.as_slice() else { panic!() };
        assert_eq!(token_request.target, expected);
        let form = "grant_type=client_credentials&scope=read%20write%20all&client_id=id&client_secret=secret";
        assert_eq!(token_request.text(), form);
        assert_eq!(request.header("authorization"), Some("Bearer granted"));
    }
    let builder = || Client::builder().base_url(server.url());
    let builder_with_token_url =
        builder().token_url(format!("{}/else", server.url())).credentials(client_credentials().scheme("token"));
    builder_with_token_url.build().unwrap().service(sid()).fetch().await.unwrap();
    assert_eq!(server.requests()[4].target, "/else");
    let by_header = Credentials::client_credentials("an id", "s:ecret").scheme("token").by_header();
    builder().credentials(by_header).build().unwrap().service(sid()).fetch().await.unwrap();
    let token_request = &server.requests()[6];
    assert_eq!(token_request.text(), "grant_type=client_credentials");
    assert_eq!(token_request.header("authorization"), Some("Basic YW4lMjBpZDpzJTNBZWNyZXQ="));
}

#[test]
fn unsupported_credentials_are_errors() {
    let build_error = |credentials| Client::builder().credentials(credentials).build().unwrap_err().to_string();
    let rule = "`scheme` must be one of the schemes for such credentials";
    for (name, quoted_name) in [("tokn", "\"tokn\""), ("key", "\"key\"")] {
        assert_eq!(
            build_error(Credentials::bearer("t").scheme(name)),
            format!("{rule} (`token`, `other`), but is {quoted_name}")
        );
    }
    assert_eq!(build_error(Credentials::basic("a", "b").scheme("key")), format!("{rule} (none), but is \"key\""));
    assert_eq!(
        build_error(Credentials::bearer("t").scopes(["read"])),
        "`scopes` must be set on client credentials only"
    );
}
