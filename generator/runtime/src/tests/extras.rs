//! Headers and query parameters that the document does not describe.

use http::Method;

use super::sample::Client;
use super::server::{Recorded, Reply, Server};
use crate::runtime::{Credentials, Error, Result};
use crate::tests::{SID, client, offline, sid};

#[tokio::test]
async fn extra_headers_and_query_parameters_are_sent_with_every_attempt() {
    let server = Server::start(|request| Reply::json(if request.number == 0 { 503 } else { 200 }, "{}")).await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let request = client.service(sid()).fetch().extra_header("X-Trace", "a, b").extra_header("x-trace", "c");
    request.extra_query("beta", "1&2").extra_query("tag", "a").extra_query("tag", "\u{fc}").await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(request.header("x-trace"), Some("c"), "the last value replaces earlier values");
        assert_eq!(request.target, format!("/v1/Services/{SID}?beta=1%262&tag=a&tag=%C3%BC"));
    }
    client.services().create("Desk").extra_query("a", "").extra_header("If-Match", "\"1\"").await.unwrap();
    let create = server.requests().pop().unwrap();
    assert_eq!((create.target.as_str(), create.header("if-match")), ("/v1/Services?a=", Some("\"1\"")));
    assert_eq!(create.text(), "FriendlyName=Desk");
}

/// Responds with three pages. The URLs of the first two next pages have no parameters of the request.
fn pages(request: &Recorded) -> Reply {
    let next = ["\"/v1/Services?Page=1\"", "\"/v1/Services?Page=2&beta=other\"", "null"][request.number % 3];
    let body = format!(r#"{{"services": [{{"sid": "{SID}"}}], "meta": {{"next_page_url": {next}}}}}"#);
    Reply::json(200, body)
}

#[tokio::test]
async fn each_page_of_a_list_has_the_extra_headers_and_query_parameters() {
    let server = Server::start(pages).await;
    let list = client(&server).services().list().extra_query("beta", "1").extra_header("X-Trace", "t");
    assert_eq!(list.clone().all().await.unwrap().len(), 3);
    let targets: Vec<String> = server.requests().iter().map(|request| request.target.clone()).collect();
    let expected = ["/v1/Services?beta=1", "/v1/Services?Page=1&beta=1", "/v1/Services?Page=2&beta=other"];
    assert_eq!(targets, expected);
    assert!(server.requests().iter().all(|request| request.header("x-trace") == Some("t")));
    let resumed = list.resume("Page=7&beta=2").pages().try_next().await.unwrap();
    assert!(resumed.is_some());
    assert_eq!(server.requests().pop().unwrap().target, "/v1/Services?Page=7&beta=2");
}

#[tokio::test]
async fn invalid_extra_headers_and_query_parameters_are_errors_before_sending() {
    let client = offline();
    let header = async |name: &str, value: &str| message(client.service(sid()).fetch().extra_header(name, value).await);
    let client_headers = ["Authorization", "accept", "User-Agent", "Content-Type", "content-length", "HOST"];
    let connection_headers = ["Connection", "Expect", "keep-alive", "Proxy-Authorization", "Proxy-Connection", "TE"];
    let connection_headers = connection_headers.into_iter().chain(["Trailer", "Transfer-Encoding", "Upgrade"]);
    for name in client_headers.into_iter().chain(connection_headers) {
        let expected = format!("`{name}` must not be an extra header, because the client sets it");
        assert_eq!(header(name, "x").await, expected);
    }
    for name in ["", "a b", "a\n", "\u{fc}"] {
        assert_eq!(header(name, "x").await, format!("`{name}` must have a name that HTTP allows"));
    }
    for value in ["a\r\nb: c", "\u{fc}", "\0"] {
        assert!(header("X-A", value).await.starts_with("`X-A` must be visible ASCII characters"), "{value:?}");
    }
    assert!(header("X-A", " a").await.starts_with("`X-A` must not begin or end with white space"));
    let set = client.services().create("Desk").note("a").extra_header("x-sample-note", "b");
    assert!(message(set.await).starts_with("`x-sample-note` must not be an extra header"));

    let expected = "must not be an extra query parameter, because the request already sets it";
    let list = || client.services().list();
    for request in [list().page_size(5), list().limit(5)] {
        assert_eq!(message(request.extra_query("PageSize", "9").await), format!("`PageSize` {expected}"));
    }
    assert_eq!(message(list().extra_query("", "9").await), "`extra_query` must have a name");
}

#[tokio::test]
async fn an_extra_value_cannot_replace_a_credential() {
    let builder = || Client::builder().base_url("http://127.0.0.1:1");
    let client = builder().credentials(Credentials::header("X-Key", "k")).build().unwrap();
    let error = client.service(sid()).fetch().extra_header("x-key", "other").await;
    assert_eq!(message(error), "`X-Key` must not be set on a request, because it is a credential of the client");
    let client = builder().credentials(Credentials::query("key", "k")).build().unwrap();
    let error = client.service(sid()).fetch().extra_query("key", "other").await;
    let expected = "`key` must not be set on a request, because it is a credential of the client";
    assert_eq!(message(error), expected);
    for path in ["/x?key=other", "/x?a=b&k%65y=other", "http://127.0.0.1:1/x?key"] {
        assert_eq!(message(client.request(Method::GET, path).await), expected, "{path}");
    }
    let client = builder().credentials(Credentials::cookie("key", "k")).build().unwrap();
    for cookies in ["key=other", "a=key; key=other", "a;key"] {
        assert_eq!(message(client.request(Method::GET, "/x").header("cookie", cookies).await), expected, "{cookies}");
    }
    let error = client.request(Method::GET, "/x").header("Cookie", "a=key").await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error}");
}

#[tokio::test]
async fn errors_and_debug_output_show_no_extra_values() {
    let body = r#"{"message": "canary1 canary2 canary%2D3 Y2FuYXJ5LTM"}"#;
    let server = Server::always(Reply::json(400, body)).await;
    let request = client(&server).service(sid()).fetch().extra_header("X-A", "canary1").extra_query("b", "canary2");
    let request = request.extra_query("c", "canary-3");
    let output = format!("{request:?}");
    assert!(output.contains(r#"extra: {"X-A": [personal], "b": [personal], "c": [personal]}"#), "{output}");
    let error = request.await.unwrap_err();
    assert!(!format!("{output} {error} {error:?}").contains("canary"), "{error}");
    assert!(error.to_string().contains("[redacted] [redacted] [redacted] [redacted]"), "{error}");
}

/// Returns the message about the invalid value of a request that was not sent.
fn message<T>(result: Result<T>) -> String {
    match result.err().unwrap() {
        Error::InvalidRequest(error) => error.value().to_string(),
        error => panic!("{error}"),
    }
}
