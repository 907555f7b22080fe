//! The bytes of requests on the wire.

use std::time::Duration;

use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;

use serde_json::json;

use super::sample::{Client, Service, ServiceSid, Size, State, api};
use super::server::{Reply, Server};
use crate::runtime::{Api, ClientBuilder, Error};
use crate::tests::{SID, client, client_at, offline, sid};

const SERVICE: &str = r#"{"sid": "IS0123456789abcdef0123456789abcdef", "friendly_name": "Desk", "news": [1]}"#;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn create_sends_a_form_and_decodes_the_response() {
    let reply = Reply::http(201, &[("Sample-Request-Id", "RQ1"), ("X-More", "yes")], SERVICE);
    let server = Server::always(reply).await;
    let response = client(&server).services().create("Support desk").send().await.unwrap();

    assert_eq!(response.status(), 201);
    assert_eq!(response.request_id(), Some("RQ1"));
    assert_eq!(response.headers()["x-more"], "yes");
    assert_eq!(response.friendly_name().unwrap(), "Desk");
    assert_eq!(*response.into_inner().sid().unwrap(), SID);

    let request = server.request();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/v1/Services"));
    assert_eq!(request.text(), "FriendlyName=Support%20desk");
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.header("content-length"), Some("27"));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("authorization"), Some("Basic YW5hOnMzY3IzdA=="));
    let agent = request.header("user-agent").unwrap();
    assert!(
        agent.starts_with("sample-api/1.2.3 (") && agent.ends_with(concat!(") rust/", env!("CARGO_PKG_RUST_VERSION"))),
        "{agent}"
    );
}

#[tokio::test]
async fn null_is_sent_as_an_empty_field_and_not_validated() {
    let server = Server::always(Reply::json(200, SERVICE)).await;
    let service = client(&server).service(sid());
    let size = || Size { width: 2, height: None };
    let (no_string, text, owner): (Option<&str>, _, _) = (None, "Bo".to_owned(), sid());
    for (update, sent) in [
        (service.update().nickname(None).rank(None).owner(None).state(None), "Nickname=&Rank=&Owner=&State="),
        (service.update().nickname("Bo").rank(3), "Nickname=Bo&Rank=3"),
        (service.update().nickname(Some("Bo".to_owned())).rank(Some(3)), "Nickname=Bo&Rank=3"),
        (service.update().nickname(no_string.map(str::to_owned)), "Nickname="),
        (service.update().nickname(&text).owner(&owner), &format!("Nickname=Bo&Owner={SID}")),
        (service.update().owner(owner.clone()).state(State::Closed), &format!("Owner={SID}&State=closed")),
        (service.update().tags(None).sizes(None).size(None), "Tags=&Sizes=&Size="),
        (
            service.update().tags(["a", "b"]).sizes([1, 2]).size(size()),
            "Tags=a&Tags=b&Sizes=1,2&Size=%7B%22width%22%3A2%2C%22height%22%3Anull%7D",
        ),
        (service.update().area(None), "Area=null"),
        (service.update().nickname(None).nickname("Bo"), "Nickname=Bo"),
    ] {
        update.await.unwrap();
        assert_eq!(server.requests().last().unwrap().text(), sent);
    }
    for (update, name) in [
        (service.update().nickname("B"), "Nickname"),
        (service.update().rank(0), "Rank"),
        (service.update().tags(Vec::new()), "Tags"),
    ] {
        let Error::InvalidRequest(invalid) = update.await.unwrap_err() else { panic!("{name} was sent") };
        assert!(invalid.to_string().contains(name), "{invalid}");
    }
}

#[tokio::test]
async fn a_string_for_an_identifier_is_validated_when_sent() {
    let server = Server::always(Reply::json(200, SERVICE)).await;
    let client = client(&server);
    let (text, typed) = (SID.to_owned(), sid());
    let undocumented: ServiceSid = serde_json::from_str(r#""of the API's own""#).unwrap();
    for service in [client.service(SID), client.service(&text), client.service(text), client.service(&typed)] {
        service.fetch().await.unwrap();
        assert_eq!(server.requests().last().unwrap().target, format!("/v1/Services/{SID}"));
    }
    client.service(undocumented).fetch().await.unwrap();
    let count = server.requests().len();
    for text in ["", "..", "IS1", "of the API's own", "CH0123456789abcdef0123456789abcdef"] {
        let Error::InvalidRequest(invalid) = client.service(text).fetch().await.unwrap_err() else { panic!("{text}") };
        let message = invalid.to_string();
        assert!(message.contains("Sid") && (text.len() < 3 || !message.contains(text)), "{message}");
    }
    assert_eq!(server.requests().len(), count, "no invalid request was sent");
}

#[test]
fn a_response_can_be_built() {
    let parent = Service::default().with_friendly_name("Desk").with_types(["a"]).with_sid(sid());
    let built = Service::default().with_parent(parent).with_state(State::Active).with_friendly_name(None);
    let json = json!({
        "sid": null, "friendly_name": null, "state": "active", "types": null, "date_created": null,
        "parent": {
            "sid": SID, "friendly_name": "Desk", "state": null, "types": ["a"], "date_created": null, "parent": null,
        },
    });
    assert_eq!(serde_json::to_value(&built).unwrap(), json);
}

#[tokio::test]
async fn fetch_and_delete_send_no_body() {
    let server = Server::start(|request| match request.method.as_str() {
        "GET" => Reply::json(200, SERVICE),
        _ => Reply::http(204, &[], ""),
    })
    .await;
    let service = client(&server).service(sid());
    assert_eq!(service.fetch().await.unwrap().friendly_name.as_deref(), Some("Desk"));
    service.delete().await.unwrap();

    let [fetch, delete] = server.requests().try_into().unwrap();
    assert_eq!((fetch.method.as_str(), fetch.target), ("GET", format!("/v1/Services/{SID}")));
    assert_eq!((delete.method.as_str(), delete.target), ("DELETE", format!("/v1/Services/{SID}")));
    for headers in [fetch.headers, delete.headers] {
        assert!(!headers.iter().any(|(name, _)| name.starts_with("content-")), "{headers:?}");
    }
}

#[tokio::test]
async fn a_post_without_a_body_has_a_content_length() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    client(&server).service(sid()).touch().await.unwrap();
    let request = server.request();
    assert_eq!(request.header("content-length"), Some("0"));
    assert_eq!(request.header("content-type"), None);
    assert_eq!(request.header("transfer-encoding"), None);
}

#[tokio::test]
async fn an_empty_form_is_sent_as_a_form() {
    let server = Server::always(Reply::json(200, SERVICE)).await;
    client(&server).service(sid()).update().await.unwrap();
    client(&server).service(sid()).update().unique_name("a").await.unwrap();
    let [empty, one] = server.requests().try_into().unwrap();
    for (request, text) in [(empty, ""), (one, "UniqueName=a")] {
        assert_eq!(request.text(), text);
        assert_eq!(request.header("content-length"), Some(text.len().to_string().as_str()));
        assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    }
}

#[tokio::test]
async fn form_values_of_every_type_are_encoded() {
    let server = Server::always(Reply::json(201, SERVICE)).await;
    let create = || client(&server).services().create("x");
    let cases = [
        (create().unique_name("a").unique_name("b"), "UniqueName=b"),
        (create().types(["a", "b"]), "Types=a&Types=b"),
        (create().tags(Vec::<String>::new()), ""),
        (create().tags([""]), "Tags="),
        (create().state(State::Closed), "State=closed"),
        (create().state("brand new"), "State=brand%20new"),
        (create().enabled(true), "Enabled=true"),
        (create().ratio(0.25), "Ratio=0.25"),
        (create().timers_inactive(time("2015-12-16T23:18:37+01:00")), "Timers.Inactive=2015-12-16T22%3A18%3A37Z"),
        (create().timers_inactive(time("2015-12-16T22:18:37.250Z")), "Timers.Inactive=2015-12-16T22%3A18%3A37.250Z"),
    ];
    for (request, expected) in cases {
        let separator = if expected.is_empty() { "" } else { "&" };
        request.await.unwrap();
        assert_eq!(server.requests().pop().unwrap().text(), format!("FriendlyName=x{separator}{expected}"));
    }
}

#[tokio::test]
async fn values_cannot_add_form_fields() {
    let server = Server::always(Reply::json(201, SERVICE)).await;
    let texts = ["", "a&b=c", "a=b", "100%", "%26", "+ +", "ä€😀", "\0\r\n\t", "a;b#c?d/e", "\u{feff}", "'\"<>\\"];
    for text in texts {
        client(&server).services().create(text).unique_name(text).await.unwrap();
        let body = server.requests().pop().unwrap().text().to_owned();
        let fields: Vec<_> = body.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
        let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["FriendlyName", "UniqueName"], "{body}");
        for (_, value) in fields {
            let is_encoded = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte));
            assert!(is_encoded, "{body}");
            assert_eq!(percent_decode_str(value).decode_utf8().unwrap(), text);
        }
    }
}

#[tokio::test]
async fn queries_are_encoded() {
    let server = Server::always(Reply::json(200, r#"{"services": [], "meta": {}}"#)).await;
    client(&server).services().list().page_size(7).page_token("a b&c'd").await.unwrap();
    assert_eq!(server.request().target, "/v1/Services?PageSize=7&PageToken=a%20b%26c%27d");
}

#[tokio::test]
async fn an_invalid_url_is_an_error() {
    let error = offline().services().list().page_token("x".repeat(70_000)).await.unwrap_err();
    let expected = "ListService: `URL` must be at most 65534 bytes long, not 70041 (nothing was sent)";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn header_parameters_are_validated() {
    let server = Server::always(Reply::json(201, SERVICE)).await;
    let create = |note: &str| client(&server).services().create("x").note(note);
    for note in ["true", "a: b, \"c\"", ""] {
        create(note).await.unwrap();
        assert_eq!(server.requests().pop().unwrap().header("x-sample-note"), Some(note));
    }
    let request_count = server.requests().len();
    for note in ["a\r\nEvil: yes", "a\nb", "a\0b", "é", " a", "a\t"] {
        let error = create(note).await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
        assert!(error.to_string().starts_with("CreateService: `X-Sample-Note` must"), "{error}");
    }
    assert_eq!(server.requests().len(), request_count);
}

#[tokio::test]
async fn a_base_url_may_have_a_path() {
    let server = Server::always(Reply::json(200, SERVICE)).await;
    for path in ["/prefix", "/prefix/"] {
        client_at(server.url() + path).service(sid()).fetch().await.unwrap();
        assert_eq!(server.requests().pop().unwrap().target, format!("/prefix/v1/Services/{SID}"));
    }
}

#[test]
fn invalid_settings_are_errors() {
    let build = |url: &str| Client::builder().base_url(url).build();
    let cases = [
        (build(""), "`base_url` must be an absolute URL (relative URL without a base)"),
        (build("example.com"), "`base_url` must be an absolute URL (relative URL without a base)"),
        (build("ftp://example.com"), "`base_url` must be a http or https URL"),
        (build("https://example.com?key=hidden"), "`base_url` must not have a query or fragment"),
        (build("https://example.com#part"), "`base_url` must not have a query or fragment"),
        (build("https://ana:hidden@example.com"), "`base_url` must not contain a user name or password"),
        (Client::builder().attempt_timeout(Duration::ZERO).build(), "`attempt_timeout` must be longer than zero"),
        (Client::builder().connect_timeout(Duration::ZERO).build(), "`connect_timeout` must be longer than zero"),
        (Client::builder().user_agent_suffix("a\nb").build(), "`user_agent_suffix` must be visible ASCII characters"),
    ];
    for (result, expected) in cases {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error:?}");
        assert_eq!(error.to_string(), expected);
    }
}

/// The error explains why the client has no base URL.
#[test]
fn a_missing_base_url_is_an_error() {
    static RELATIVE: Api = api("/v1");
    static NONE: Api = api("");
    for (api, expected) in [
        (
            &RELATIVE,
            "`base_url` must be set, or SAMPLE_BASE_URL for `from_env`: the document's server `/v1` is relative",
        ),
        (&NONE, "`base_url` must be set, or SAMPLE_BASE_URL for `from_env`: the document names no server"),
    ] {
        let builder = || ClientBuilder::<Client>::new(api);
        assert_eq!(builder().build().unwrap_err().to_string(), expected);
        assert_eq!(builder().region("a").build().unwrap_err().to_string(), expected);
        assert!(builder().base_url("https://api.example.com/v1").build().is_ok());
    }
}

#[tokio::test]
async fn the_user_agent_can_have_a_suffix() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    let client = Client::builder().base_url(server.url()).user_agent_suffix("desk/2.0").build().unwrap();
    client.service(sid()).delete().await.unwrap();
    let request = server.request();
    assert!(request.header("user-agent").unwrap().ends_with(concat!(
        " rust/",
        env!("CARGO_PKG_RUST_VERSION"),
        " desk/2.0"
    )));
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn a_response_keeps_its_body_on_request() {
    let body = format!(r#"{{"sid": "{SID}", "undescribed": [1]}}"#);
    let server = Server::always(Reply::json(200, &body)).await;
    let request = client(&server).service(sid()).fetch();
    let response = request.clone().send().await.unwrap();
    assert_eq!((response.body(), response.text()), (None, None));
    let response = request.keep_body().send().await.unwrap();
    assert_eq!((response.body(), response.text()), (Some(body.as_bytes()), Some(body.as_str())));
    assert_eq!(*response.sid().unwrap(), SID);
    assert!(!format!("{response:?}").contains("undescribed"));
    let empty = Server::always(Reply::http(204, &[], "")).await;
    let response = client(&empty).service(sid()).delete().keep_body().send().await.unwrap();
    assert_eq!((response.body(), response.text()), (Some(&[][..]), Some("")));
}
