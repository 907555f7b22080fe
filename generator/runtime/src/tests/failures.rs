//! The messages of errors.

use std::error::Error as _;
use std::time::Duration;

use super::sample::Client;
use super::server::{Reply, Server, Step};
use crate::runtime::{Code, Error, RetryPolicy};
use crate::tests::{client, fetch_error, offline, sid};

/// Returns the message of an error after the operation and the URL.
fn message_after_call(error: &Error) -> String {
    let text = error.to_string();
    let (call, rest) = text.split_once("): ").or_else(|| text.split_once(") ")).unwrap();
    assert!(call.starts_with("FetchService (GET http://127.0.0.1:"), "{text}");
    assert!(call.ends_with("/v1/Services/{Sid}"), "{text}");
    rest.to_owned()
}

#[tokio::test]
async fn several_forms_of_error_bodies_are_supported() {
    let body =
        r#"{"code": 20404, "message": "No such service", "more_info": "https://docs.example/20404", "status": 404}"#;
    let error = fetch_error(Reply::http(404, &[("sample-request-id", "RQ9"), ("x-more", "yes")], body)).await;
    assert_eq!(
        message_after_call(&error),
        "404 Not Found, code 20404: No such service (see https://docs.example/20404) (request RQ9)"
    );
    assert!(error.is_not_found() && !error.is_retryable() && !error.is_rate_limited());
    let api = error.api().unwrap();
    assert!(api.code().is_some_and(|code| *code == 20404 && *code != "20404"));
    assert_eq!((api.status().as_u16(), api.request_id(), api.message()), (404, Some("RQ9"), Some("No such service")));
    assert_eq!((api.headers()["x-more"].to_str().unwrap(), api.body()), ("yes", body.as_bytes()));
    assert_eq!((api.call().operation(), api.call().method().as_str()), ("FetchService", "GET"));

    let body = r#"{"type": "https://docs.example/quota", "title": "Too much", "status": 429, "code": "quota"}"#;
    let error = fetch_error(Reply::json(429, body)).await;
    assert_eq!(
        message_after_call(&error),
        "429 Too Many Requests, code quota: Too much (see https://docs.example/quota)"
    );
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!(error.api().unwrap().code(), Some(&Code::Text("quota".to_owned())));

    let body = r#"{"code": 70051, "message": "Not you", "httpStatusCode": 403, "params": {}, "userError": true}"#;
    assert_eq!(message_after_call(&fetch_error(Reply::json(403, body)).await), "403 Forbidden, code 70051: Not you");
    let body = format!("\u{feff}{body}");
    assert_eq!(message_after_call(&fetch_error(Reply::json(403, &body)).await), "403 Forbidden, code 70051: Not you");
}

#[tokio::test]
async fn error_bodies_without_a_short_message_are_not_quoted() {
    let long = format!(r#"{{"message": "{}"}}"#, "x".repeat((8 << 10) + 1));
    let cases: [(u16, &[u8], &str); 9] = [
        (502, b"<html>\r\n  <h1>Bad</h1>", "502 Bad Gateway, with a body of 22 bytes"),
        (500, b"", "500 Internal Server Error, with an empty body"),
        (400, br#"{"code": 1, "message": "tru"#, "400 Bad Request, with a body of 27 bytes"),
        (400, br#"{"code": 7, "other": "x"}"#, "400 Bad Request, code 7, with a body of 25 bytes"),
        (400, b"[1, 2]", "400 Bad Request, with a body of 6 bytes"),
        (400, b"\"text\"", "400 Bad Request, with a body of 6 bytes"),
        (400, b"{\"code\": null, \"message\": 7, \"detail\": \"d\"}", "400 Bad Request: d"),
        (418, b"\xff\xfe", "418 I'm a teapot, with a body of 2 bytes"),
        (400, long.as_bytes(), "400 Bad Request: [8193 bytes]"),
    ];
    for (status, body, expected) in cases {
        let error = fetch_error(Reply::http(status, &[], body)).await;
        assert_eq!(message_after_call(&error), expected);
        assert_eq!((error.status().unwrap().as_u16(), error.api().unwrap().body()), (status, body));
        assert_eq!(error.is_retryable(), matches!(status, 500 | 502 | 503 | 504));
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let redirect_target = Server::always(Reply::json(200, "{}")).await;
    for status in [301, 302, 303, 307, 308] {
        let error = fetch_error(Reply::http(status, &[("location", &redirect_target.url())], "")).await;
        assert_eq!(error.status().unwrap().as_u16(), status);
    }
    assert_eq!(redirect_target.requests().len(), 0);
}

#[tokio::test]
async fn a_decode_error_does_not_quote_the_body() {
    let cases = [
        (r#"{"sid": 7}"#, "expected a string, found an integer, in `sid`"),
        (r#"{"sid": 7.5}"#, "expected a string, found a floating-point number, in `sid`"),
        (r#"{"types": {"a": 1}}"#, "expected a sequence, found an object, in `types`"),
        (
            r#"{"date_created": "soon"}"#,
            "expected an RFC 3339 formatted date and time string, found a string of another form, in `date_created`",
        ),
        ("7", "expected struct Service, found an integer"),
        ("", "the body is empty"),
        ("<html>", "not valid JSON at line 1 column 1"),
        ("{\n \"sid\": \"tru", "the JSON is cut off at line 2 column 12"),
    ];
    for (body, expected) in cases {
        let error = fetch_error(Reply::http(200, &[("sample-request-id", "RQ3")], body)).await;
        assert_eq!(
            message_after_call(&error),
            format!("cannot decode the response (200 OK): {expected} (request RQ3)")
        );
        let Error::Decode(decode_error) = &error else { panic!("{error}") };
        assert_eq!((decode_error.body(), decode_error.request_id()), (body.as_bytes(), Some("RQ3")));
        assert!(error.source().is_none());
    }
    assert_eq!(
        message_after_call(&fetch_error(Reply::http(204, &[], "")).await),
        "cannot decode the response (204 No Content): the body is empty"
    );
}

#[tokio::test]
async fn connection_errors_have_their_cause() {
    let headers = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
    let cases = [
        Reply(vec![Step::Close]),
        Reply(vec![Step::Reset]),
        Reply::raw("HTTP/1.1 200 OK\r\nco").then(Step::Close),
        Reply::raw(headers.to_owned() + "{\"a\"").then(Step::Close),
        Reply::raw(headers.to_owned() + "{\"a\"").then(Step::Reset),
        Reply::raw("this is not HTTP\r\n\r\n").then(Step::Close),
    ];
    for reply in cases {
        let error = fetch_error(reply.clone()).await;
        let Error::Transport(transport) = &error else { panic!("{reply:?}: {error}") };
        assert!(error.is_retryable() && !transport.is_connect() && error.source().is_some());
        assert!(message_after_call(&error).contains(": "), "{error}");
    }
    let error = offline().service(sid()).fetch().await.unwrap_err();
    assert!(matches!(&error, Error::Transport(transport) if transport.is_connect()), "{error}");
}

#[tokio::test]
async fn slow_responses_time_out() {
    let wait = Step::Wait(Duration::from_secs(60));
    let headers = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{";
    for reply in [Reply(vec![wait.clone()]), Reply::raw(headers).then(wait)] {
        let server = Server::always(reply).await;
        let client =
            Client::builder().base_url(server.url()).attempt_timeout(Duration::from_millis(40)).build().unwrap();
        let error = client.service(sid()).fetch().retry(RetryPolicy::off()).await.unwrap_err();
        assert_eq!(message_after_call(&error), "no complete response within 40ms");
        assert!(error.is_timeout() && error.is_retryable() && error.source().is_some());
    }
}

#[tokio::test]
async fn errors_do_not_show_the_query() {
    let server = Server::always(Reply(vec![Step::Close])).await;
    let error = client(&server).services().list().page_token("hidden").await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hidden"), "{error}");
}

#[tokio::test]
async fn a_decode_error_has_a_location() {
    let cases = [
        (r#"{"services": [], "meta": {"next_page_url": 7}}"#, "meta.next_page_url"),
        (r#"{"services": [{"sid": "a, ]\\"}, {"types": ["x", "y", 3]}], "meta": {}}"#, "services[1].types[2]"),
        (r#"{"services": [{"parent": {"date_created": "soon"}}], "meta": {}}"#, "services[0].parent.date_created"),
        (r#"{"services": [{}, {"parent": {"si\u0064": {}}}], "meta": {}}"#, "services[1].parent.sid"),
        (r#"{"services": {}, "meta": {}}"#, "services"),
        (r#"{"services": []}"#, ""),
        (r#"{"services": [{"sid": "tru"#, ""),
        ("[1]", ""),
        ("}]\"", ""),
    ];
    for (body, expected) in cases {
        let server = Server::always(Reply::json(200, body)).await;
        let error = client(&server).services().list().await.unwrap_err();
        let Error::Decode(error) = error else { panic!("{error}") };
        assert_eq!(error.path(), expected, "{error}");
    }
}

#[tokio::test]
async fn common_statuses_have_predicates() {
    for status in [400, 401, 403, 404, 409, 429, 500, 503, 599] {
        let error = fetch_error(Reply::http(status, &[], "")).await;
        let predicates = [
            (error.is_unauthorized(), status == 401),
            (error.is_forbidden(), status == 403),
            (error.is_not_found(), status == 404),
            (error.is_conflict(), status == 409),
            (error.is_rate_limited(), status == 429),
            (error.is_server_error(), status >= 500),
        ];
        assert!(predicates.iter().all(|(is, expected)| is == expected), "{status}: {predicates:?}");
    }
}
