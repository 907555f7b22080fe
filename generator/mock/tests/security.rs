//! Tests authentication with the security schemes of a document.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use support::{builder, raw};

/// A path, headers, and strings that the response with status 401 contains. If there are no strings, the request is
/// accepted.
type Case = (&'static str, &'static str, &'static [&'static str]);

const BASIC: &str = "Authorization: Basic dXNlcjpwYXNzd29yZA==\r\n";
const NO_BASIC: &str = "a user and a password in `Authorization: Basic` (security scheme `basic`) is missing";
const OTHER_BASIC: &str = "Authorization: Basic dXNlcjpvdGhlcg==\r\n";
const BEARER: &str = "Authorization: Bearer password\r\n";

#[tokio::test]
async fn each_security_scheme_is_checked() {
    let cases: &[Case] = &[
        ("/open", "", &[]),
        ("/optional", "", &[]),
        ("/basic", BASIC, &[]),
        ("/basic", "", &[NO_BASIC, "Basic realm"]),
        ("/basic", "Authorization: Basic dXNlcjo=\r\n", &["(security scheme `basic`) is not accepted"]),
        ("/basic", BEARER, &[NO_BASIC]),
        ("/bearer", BEARER, &[]),
        ("/bearer", "", &["a token in `Authorization: Bearer` (security scheme `bearer`) is missing", "Bearer realm"]),
        ("/bearer", BASIC, &["(security scheme `bearer`) is missing"]),
        ("/oauth", BEARER, &[]),
        ("/oauth", "", &["(security scheme `oauth`) is missing", "Bearer realm"]),
        ("/openid", BEARER, &[]),
        ("/openid", "", &["(security scheme `openid`) is missing", "Bearer realm"]),
        ("/digest", "Authorization: Digest username=\"a\"\r\n", &[]),
        ("/digest", "", &["the header `Authorization` (security scheme `digest`) is missing"]),
        ("/header", "x-key: password\r\n", &[]),
        ("/header", "", &["the header `X-Key` (security scheme `header`) is missing", "ApiKey realm"]),
        ("/header", "x-key:\r\n", &["the header `X-Key` (security scheme `header`) is not accepted"]),
        ("/query?key=password", "", &[]),
        ("/query?Key=password", "", &["the query parameter `key` (security scheme `query`) is missing"]),
        ("/cookie", "Cookie: a=b; session=password\r\n", &[]),
        ("/cookie", "Cookie: a=b\r\n", &["the cookie `session` (security scheme `cookie`) is missing"]),
        ("/either", BASIC, &[]),
        ("/either?key=password", "x-key: password\r\n", &[]),
        (
            "/either",
            "x-key: password\r\n",
            &["the query parameter `key` (security scheme `query`) is missing; or a user"],
        ),
        ("/either", "", &["`header`) is missing and the query parameter `key`", "ApiKey realm=\"mock\", Basic realm"]),
    ];
    let mock = builder("security").start().await.unwrap();
    check(&mock.url(), cases).await;
}

#[tokio::test]
async fn only_configured_credentials_are_accepted() {
    let cases: &[Case] = &[
        ("/basic", BASIC, &[]),
        ("/basic", OTHER_BASIC, &["(security scheme `basic`) is not accepted"]),
        ("/bearer", BEARER, &[]),
        ("/bearer", "Authorization: Bearer other\r\n", &["(security scheme `bearer`) is not accepted"]),
        ("/query?key=password", "", &[]),
        ("/query?key=other", "", &["(security scheme `query`) is not accepted"]),
    ];
    let mock = builder("security").credentials("user", "password").start().await.unwrap();
    check(&mock.url(), cases).await;
}

#[tokio::test]
async fn tokens_are_issued() {
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let mock = builder("security").credentials("user", "password").start().await.unwrap();
    let url = mock.url();
    for (headers, body, status, error) in [
        ("", "grant_type=client_credentials&client_id=user&client_secret=password", 200, None),
        (BASIC, "grant_type=client_credentials", 200, None),
        (OTHER_BASIC, "grant_type=client_credentials", 401, Some("invalid_client")),
        (BASIC, "", 400, Some("invalid_request")),
    ] {
        let response = raw(&url, "POST", "/oauth/token", &format!("{form}{headers}"), body).await;
        assert_eq!((response.status, response.json()["error"].as_str()), (status, error), "{response:?}");
        if status == 200 {
            let token = format!("Authorization: Bearer {}\r\n", response.json()["access_token"].as_str().unwrap());
            assert_eq!(raw(&url, "GET", "/oauth", &token, "").await.status, 204);
        }
    }
    assert_eq!(raw(&url, "GET", "/oauth/token", BASIC, "").await.status, 404);
}

async fn check(url: &str, cases: &[Case]) {
    for (path, headers, messages) in cases {
        let response = raw(url, "GET", path, headers, "").await;
        assert_eq!(response.status, if messages.is_empty() { 204 } else { 401 }, "{path} {headers} {response:?}");
        let text = format!("{}{}", response.head, response.body);
        for message in *messages {
            assert!(text.contains(message), "{path} {headers}: {message} is not in {text}");
        }
    }
}
