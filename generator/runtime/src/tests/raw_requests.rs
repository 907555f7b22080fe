//! Requests that the document does not describe.

use http::Method;
use serde_json::json;

use super::clock::jump_over_waits;
use super::sample::Client;
use super::server::{Reply, Server, Step};
use crate::runtime::{Credentials, Error, RawRequest};
use crate::tests::{client, offline};

#[tokio::test]
async fn a_raw_request_has_the_credentials_and_retries_of_the_client() {
    let server = Server::start(|request| match request.number {
        0 => Reply(vec![Step::Close]),
        1 => Reply::http(503, &[], ""),
        _ => Reply::http(200, &[("sample-request-id", "RQ1"), ("x-note", "n")], r#"{"names": ["a", "b"]}"#),
    })
    .await;
    let (builder, waits) =
        jump_over_waits(Client::builder().base_url(server.url()).credentials(Credentials::basic("ana", "s3cr3t")));
    let client = builder.build().unwrap();
    let request = client.request(Method::GET, "/v1/Beta/Things").query("Name", "a&b").header("Accept", "text/x");
    let response = request.send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.attempts(), waits.all().len()), (200, 3, 2));
    assert_eq!((response.request_id(), response.header("x-note")), (Some("RQ1"), Some("n")));
    assert_eq!(response.text(), Some(r#"{"names": ["a", "b"]}"#));
    let value: serde_json::Value = response.json().unwrap();
    assert_eq!(value, json!({"names": ["a", "b"]}));
    for request in server.requests() {
        assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", "/v1/Beta/Things?Name=a%26b"));
        assert_eq!(request.header("authorization"), Some("Basic YW5hOnMzY3IzdA=="));
        assert_eq!(request.header("accept"), Some("text/x"));
        assert!(request.header("user-agent").unwrap().starts_with("sample-api/1.2.3 "));
    }
    assert_eq!(format!("{response:?}"), "RawResponse { status: 200, attempts: 3, .. }");
}

#[tokio::test]
async fn a_raw_request_has_a_body_in_any_format() {
    let server = Server::always(Reply::http(200, &[], "")).await;
    let client = client(&server);
    let request = || client.request(Method::POST, "/x");
    for (request, media_type, body) in [
        (request().json(&json!({"a": [1, null]})), Some("application/json"), r#"{"a":[1,null]}"#),
        (request().form([("a", "1 &"), ("a", "")]), Some("application/x-www-form-urlencoded"), "a=1%20%26&a="),
        (request().body("text/csv", "a;b"), Some("text/csv"), "a;b"),
        (request(), None, ""),
    ] {
        request.await.unwrap();
        let received = server.requests().pop().unwrap();
        assert_eq!((received.header("content-type"), received.text()), (media_type, body));
        assert_eq!(received.header("content-length"), Some(body.len().to_string().as_str()));
    }
    let error = request().body("text", "a").await.unwrap_err().to_string();
    assert!(error.starts_with("request: `body` must have a valid media type (nothing"), "{error}");
    let error = request().json(&[(vec![1], 2)].into_iter().collect::<std::collections::HashMap<_, _>>());
    assert!(error.await.unwrap_err().to_string().contains("`body` must be serializable as JSON"));
}

/// Returns the target of a request, or the error if it was not sent.
async fn target(server: &Server, request: RawRequest) -> String {
    match request.await {
        Ok(_) => server.requests().pop().unwrap().target,
        Err(error @ Error::InvalidRequest(_)) => error.to_string(),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_path_never_leaves_the_api() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    let client = crate::tests::client_at(format!("{}/prefix", server.url()));
    let request = |path: &str| client.request(Method::GET, path.to_owned());
    let url = server.url();
    for (path, expected) in [
        ("/v1/a".to_owned(), "/prefix/v1/a"),
        ("/v1/a%2Fb/?c=d&e".to_owned(), "/prefix/v1/a%2Fb/?c=d&e"),
        ("/..a/.b./...".to_owned(), "/prefix/..a/.b./..."),
        ("/?next=http://evil.example/../".to_owned(), "/prefix/?next=http://evil.example/../"),
        (format!("{url}/prefix/v1/a?b=c"), "/prefix/v1/a?b=c"),
        (format!("{url}/prefix"), "/prefix"),
        (format!("{url}/prefix?a=b"), "/prefix?a=b"),
        (format!("{url}/prefix/"), "/prefix/"),
        ("https://api.example.com/v1/a".to_owned(), "/prefix/v1/a"),
    ] {
        assert_eq!(target(&server, request(&path)).await, expected, "{path}");
    }
    for path in [
        "",
        "v1/a",
        "evil.example/a",
        "@evil.example/",
        "//evil.example/a",
        ".evil.example",
        "?a=b",
        ":80/a",
        "a?u=http://a",
    ] {
        let expected = "request: `path` must begin with one `/`, or be a URL of the API (nothing was sent)";
        assert_eq!(target(&server, request(path)).await, expected, "{path}");
    }
    for path in ["/a b", "/\u{fc}", "/a\\..\\b", "/a\r\nb", "/{id}", "/a\t"] {
        let error = target(&server, request(path)).await;
        assert!(error.starts_with("request: `path` must contain only characters that a URL allows"), "{path}: {error}");
    }
    for path in ["/a#b".to_owned(), format!("{url}/prefix/a#b")] {
        let error = target(&server, request(&path)).await;
        assert!(error.starts_with("request: `path` must not have a fragment"), "{path}: {error}");
    }
    for path in ["/a%00b".to_owned(), format!("{url}/prefix/a%0D%0Ab")] {
        let error = target(&server, request(&path)).await;
        assert!(error.starts_with("request: `path` must not contain control characters"), "{path}: {error}");
    }
    for path in ["", "/", "/v1/a", "/prefixes/a", "/other?a=/prefix/"] {
        let error = target(&server, request(&format!("{url}{path}"))).await;
        assert!(error.contains(&format!("URL of the API, but it is not below {url}/prefix (")), "{path}: {error}");
    }
    let dot_segments = ["/..%2fadmin", "/a%5C..", "/a/..;/b", "/a/.;v=1", "../../a?u=http://a"].map(str::to_owned);
    for path in [format!("{url}/prefix/a/../b"), format!("{url}/prefix/%2e%2e/admin")].into_iter().chain(dot_segments) {
        let error = target(&server, request(&path)).await;
        assert!(error.starts_with("request: `path` must not have the segments `.` and `..`"), "{path}: {error}");
    }
    for path in ["/..", "/.", "/a/../b", "/a/%2e%2E/b", "/a/.%2e?b", "/%2e/"] {
        let error = target(&server, request(path)).await;
        assert!(error.starts_with("request: `path` must not have the segments `.` and `..`"), "{path}: {error}");
    }
    for path in ["http://evil.example/v1/a", "https://127.0.0.1/a", "ftp://127.0.0.1/a", "http://api.example.com:81/"] {
        let error = target(&server, request(path)).await;
        assert!(error.contains(&format!("`path` must be a URL of the API, but it leads away from {url}")), "{error}");
    }
    let with_password = format!("{}/a", url.replace("//", "//ana:s3cr3t@"));
    assert!(target(&server, request(&with_password)).await.contains("contains a user name or password"));
    assert!(target(&server, client.request(Method::CONNECT, "/a")).await.contains("`method` must not be CONNECT"));
}

#[tokio::test]
async fn a_segment_cannot_change_the_path() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    let client = client(&server);
    let users = || client.request(Method::GET, "/v1/Users");
    assert_eq!(target(&server, users().segment("a/../?b").segment(7)).await, "/v1/Users/a%2F..%2F%3Fb/7");
    for (path, expected) in [("/", "/a"), ("/v1/", "/v1/a"), (server.url().as_str(), "/a")] {
        let request = client.request(Method::GET, path.to_owned()).segment("a");
        assert_eq!(target(&server, request).await, expected, "{path}");
    }
    assert_eq!(target(&server, client.request(Method::GET, "/v1/").segment("a")).await, "/v1/a");
    for value in ["", ".", ".."] {
        assert!(target(&server, users().segment(value)).await.contains("`segment` must not be empty, `.` or `..`"));
    }
    let error = target(&server, client.request(Method::GET, "/v1/Users?a=b").segment("c")).await;
    assert!(error.contains("`segment` must not follow a query"), "{error}");
}

#[tokio::test]
async fn errors_of_raw_requests_have_code_and_message_and_show_no_values() {
    let body = r#"{"code": 20404, "message": "canary1 canary2 canary3 canary4 canary5 was not found"}"#;
    let server = Server::always(Reply::json(404, body)).await;
    let client = client(&server);
    let request = client.request(Method::PUT, "/v1/Things").segment("canary1").query("q", "canary2");
    let request = request.header("X-A", "canary3").json(&json!({"a": {"b": ["canary4"]}, "c": "canary5"}));
    let debug = format!("{request:?}");
    let error = request.await.unwrap_err();
    assert_eq!(error.api().unwrap().code().unwrap().to_string(), "20404");
    let expected = format!("request (PUT {}/v1/Things/{{segment}}): 404", server.url());
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert!(error.to_string().contains("[redacted] was not found"), "{error}");
    let with_query = client.request(Method::GET, "/v1/Things?q=canary1");
    assert!(format!("{with_query:?}").contains(r#"path: "/{path}""#), "{with_query:?}");
    let other = client.request(Method::GET, "/v1/canary1".to_owned()).form([("a", "canary2")]).await.unwrap_err();
    assert_eq!(other.call().unwrap().url(), format!("{}/{{path}}", server.url()));
    let other = other.to_string();
    assert!(other.contains("[redacted] [redacted] canary3"), "{other}");
    assert!(!format!("{debug}{error}{error:?}").contains("canary"), "{debug}{error}");
}

#[tokio::test]
async fn only_safe_retries_of_raw_requests_are_made() {
    let method = |name: &[u8]| Method::from_bytes(name).unwrap();
    for (status, method, attempts) in [
        (503, Method::GET, 4),
        (503, Method::DELETE, 4),
        (503, Method::PUT, 4),
        (503, Method::POST, 1),
        (503, method(b"QUERY"), 4),
        (503, method(b"PURGE"), 1),
        (500, Method::GET, 4),
        (500, Method::PUT, 1),
        (500, method(b"QUERY"), 4),
        (500, method(b"PURGE"), 1),
    ] {
        let server = Server::always(Reply::http(status, &[], "")).await;
        let (builder, _) = jump_over_waits(Client::builder().base_url(server.url()));
        let error = builder.build().unwrap().request(method, "/x").await.unwrap_err();
        assert_eq!(error.call().unwrap().attempts(), attempts, "{error}");
    }
    assert!(matches!(offline().request(Method::GET, "/x").await.unwrap_err(), Error::Transport(_)));
}

#[tokio::test]
async fn a_body_that_is_not_the_requested_json_is_a_decode_error() {
    for (body, expected) in [
        ("{\"a\": \"canary\"}", "the JSON does not fit the type (line 1, column 0)"),
        ("canary", "the body is not JSON (line 1, column 1)"),
        ("", "the body is not JSON (line 1, column 0)"),
    ] {
        let server = Server::always(Reply::http(200, &[], body)).await;
        let response = client(&server).request(Method::GET, "/x").await.unwrap();
        let error = response.json::<Vec<u8>>().unwrap_err();
        assert!(matches!(error, Error::Decode(_)));
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}
