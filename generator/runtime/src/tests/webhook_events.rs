//! Events of webhooks: how they are recognised, and what the fields of forms become.

use std::collections::BTreeMap;

use axum_core::extract::FromRequest;
use axum_core::response::IntoResponse;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::runtime::webhooks::{
    EventKind, EventName, Payload, Receiver, Signature, UnknownEvent, Unsigned, Webhook, WebhookApi, WebhookError,
    WebhookEvent, WebhookRequest, json_reply,
};
use crate::runtime::{Decoding, FromJson, JsonNode, Mismatch};

const FORM: &str = "application/x-www-form-urlencoded";

/// The index of the event, or the unknown event.
#[derive(Debug, PartialEq)]
enum Recognised {
    Known(usize),
    Unknown(UnknownEvent),
}

/// Declares a type of events with a way to recognise them. There are the events `a` and `b`, and `a` has two methods.
macro_rules! events {
    ($($ty:ident = $name:expr;)+) => { $(
        #[derive(Debug, PartialEq)]
        struct $ty(Recognised);

        impl WebhookEvent for $ty {
            type Signing = Unsigned;

            const API: WebhookApi = WebhookApi {
                signature: Signature::None,
                name: $name,
                events: &[
                    EventKind::new("POST", &["a", "other a"]),
                    EventKind::new("PUT", &["a"]),
                    EventKind::new("POST", &["b"]),
                ],
            };

            fn decode(index: Option<usize>, payload: &Payload<'_>) -> Result<Self, WebhookError> {
                Ok(Self(index.map_or_else(|| Recognised::Unknown(payload.unknown()), Recognised::Known)))
            }
        }
    )+ };
}

events! {
    ByProperty = EventName::Property(&[&["event", "type"], &["kind"]]);
    ByHeader = EventName::Header("x-event");
    ByPath = EventName::Path;
    ByMethod = EventName::Method;
    Only = EventName::Only;
}

fn request(method: Method, url: &str, content_type: &str, body: &str) -> Request<String> {
    let request = Request::builder().method(method).uri(url).header("content-type", content_type);
    request.body(body.to_owned()).unwrap()
}

/// Returns the index of the event of a request, or the name of an unknown event.
fn recognise<E: WebhookEvent>(request: &Request<String>, index: fn(E) -> Recognised) -> Result<usize, Option<String>> {
    match index(Receiver::<E, Unsigned>::new().receive(request).unwrap()) {
        Recognised::Known(index) => Ok(index),
        Recognised::Unknown(event) => Err(event.name),
    }
}

#[test]
fn events_are_recognised_by_a_property() {
    let name = |content_type: &str, body: &str| {
        recognise::<ByProperty>(&request(Method::POST, "/", content_type, body), |event| event.0)
    };
    for (content_type, body, expected) in [
        ("application/json", r#"{"event": {"type": "a"}}"#, Ok(0)),
        ("application/cloudevents+json; charset=utf-8", r#"{"event": {"type": "other a"}}"#, Ok(0)),
        ("", "\u{feff}{\"event\": {\"type\": \"b\"}}", Ok(2)),
        (FORM, "event.type=b", Ok(2)),
        (FORM, "event.type=c", Err(Some("c"))),
        ("application/json", r#"{"event": {"type": 4}}"#, Err(Some("4"))),
        ("application/json", r#"{"event": ["a"]}"#, Err(None)),
        ("application/json", "null", Err(None)),
        (FORM, "", Err(None)),
        (FORM, "kind=a&event.type=b", Ok(2)),
        (FORM, "kind=a&event.type=", Ok(0)),
        (FORM, "kind=c", Err(Some("c"))),
        (FORM, "event.type=", Err(None)),
        ("application/json", r#"{"kind": "b", "event": {"type": null}}"#, Ok(2)),
    ] {
        assert_eq!(name(content_type, body), expected.map_err(|name| name.map(str::to_owned)), "{body}");
    }
    let repeated = request(Method::POST, "/", FORM, "event.type=a&kind=b&event.type=a");
    let refused = Receiver::<ByProperty, Unsigned>::new().receive(&repeated).unwrap_err();
    assert_eq!(refused.to_string(), "the event cannot be decoded: the field `event.type` is repeated");
    let put = request(Method::PUT, "/", FORM, "event.type=a");
    assert_eq!(recognise::<ByProperty>(&put, |event| event.0), Ok(1));
    let get = request(Method::GET, "/?event.type=a", "", "");
    assert_eq!(recognise::<ByProperty>(&get, |event| event.0), Ok(0));
}

#[test]
fn events_are_recognised_by_a_header_the_path_or_the_method() {
    let with_header = |values: &[&str]| {
        let mut request = request(Method::POST, "/", FORM, "a=1");
        for value in values {
            request.headers_mut().append("X-Event", value.parse().unwrap());
        }
        request
    };
    assert_eq!(recognise::<ByHeader>(&with_header(&["b"]), |event| event.0), Ok(2));
    assert_eq!(recognise::<ByHeader>(&with_header(&[]), |event| event.0), Err(None));
    let repeated = Receiver::<ByHeader, Unsigned>::new().receive(&with_header(&["a", "b"]));
    assert_eq!(repeated, Err(WebhookError::InvalidHeader("x-event")));
    for (url, expected) in [
        ("/hooks/b?x=/a", Ok(2)),
        ("https://example.com/a/", Ok(0)),
        ("/other%20a", Ok(0)),
        ("/c", Err(Some("c"))),
        ("/", Err(None)),
    ] {
        let recognised = recognise::<ByPath>(&request(Method::POST, url, "", ""), |event| event.0);
        assert_eq!(recognised, expected.map_err(|name| name.map(str::to_owned)), "{url}");
    }
    for (method, expected) in [(Method::POST, Ok(0)), (Method::PUT, Ok(1)), (Method::GET, Err(None))] {
        assert_eq!(recognise::<ByMethod>(&request(method, "/", "", ""), |event| event.0), expected);
    }
    assert_eq!(recognise::<Only>(&request(Method::GET, "/", "", ""), |event| event.0), Ok(0));
}

/// A type that is decoded from the fields of a form.
#[derive(Debug, PartialEq)]
struct Decoded<T>(T);

impl<T: FromJson> WebhookEvent for Decoded<T> {
    type Signing = Unsigned;

    const API: WebhookApi =
        WebhookApi { signature: Signature::None, name: EventName::Only, events: &[EventKind::new("POST", &[])] };

    fn decode(_: Option<usize>, payload: &Payload<'_>) -> Result<Self, WebhookError> {
        payload.decode().map(Self)
    }
}

fn decode<T: FromJson>(form: &str) -> Result<T, WebhookError> {
    let request = request(Method::POST, "/", FORM, form);
    Receiver::<Decoded<T>, Unsigned>::new().receive(&request).map(|decoded| decoded.0)
}

#[test]
fn fields_decode_as_the_type_says() {
    type Map<T> = BTreeMap<String, T>;
    let map = |pairs: &[(&str, i64)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    assert_eq!(decode::<Map<i64>>("a=1&b=%2D2").unwrap(), map(&[("a", 1), ("b", -2)]));
    assert!(decode::<Map<bool>>("a=true").unwrap()["a"]);
    assert_eq!(decode::<Map<String>>("a=true&b=%5B1%5D").unwrap()["b"], "[1]");
    assert_eq!(decode::<Map<Option<i64>>>("a=").unwrap()["a"], None);
    assert_eq!(decode::<Map<Vec<i64>>>("a=1&a=2&b=3&c=%5B4%2C5%5D").unwrap()["b"], [3]);
    assert_eq!(decode::<Map<Vec<String>>>("a=x").unwrap()["a"], ["x"]);
    assert!(decode::<Map<Vec<String>>>("a=").unwrap()["a"].is_empty());
    assert_eq!(decode::<Map<String>>("a=%ff%c3%a4&b=").unwrap()["a"], "\u{fffd}ä");
    assert_eq!(decode::<Map<Map<i64>>>("a.b=1&a.c=2&d=%7B%22e%22%3A3%7D").unwrap()["d"], map(&[("e", 3)]));
    assert_eq!(decode::<Map<Map<i64>>>("a.b=1&a=2").unwrap()["a"], map(&[("b", 1)]));
    for form in ["a=x", "a=1.5", "a=", "a=1&a=2", "a=%7B%7D", "a.b=1"] {
        let error = decode::<Map<i64>>(form).unwrap_err();
        assert!(matches!(error, WebhookError::Decode(_)), "{form}");
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }
}

/// An array that contains itself.
#[derive(Debug, PartialEq)]
struct Tree(Vec<Tree>);

impl FromJson for Tree {
    const EXPECTED: &'static str = "a tree";

    fn from_json(json: JsonNode<'_>, decoding: &mut Decoding) -> Result<Self, Mismatch> {
        Vec::from_json(json, decoding).map(Self)
    }
}

#[test]
fn hostile_bodies_are_refused_without_a_panic() {
    assert!(decode::<BTreeMap<String, Tree>>("a=x").is_err());
    assert!(decode::<BTreeMap<String, Tree>>(&format!("a={}", "[".repeat(100_000))).is_err());
    assert!(decode::<BTreeMap<String, String>>(&"a.".repeat(100_000)).is_ok());
    assert!(decode::<BTreeMap<String, String>>(&format!("{}=1", "a.".repeat(100_000))).is_err());
    assert!(decode::<BTreeMap<String, Vec<String>>>(&"a=&".repeat(200_000)).is_ok());
    let receive = |content_type: &str, body: &[u8]| {
        let (method, headers) = (Method::POST, [("content-type", content_type)]);
        let headers =
            headers.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        Receiver::<ByProperty, Unsigned>::new().receive(WebhookRequest::new(&method, "/", &headers, body))
    };
    let nested = "[".repeat(100_000);
    for body in [&b"\xff"[..], b"{", b"\"", nested.as_bytes(), b"{\"event\": 1e999}"] {
        assert!(matches!(receive("application/json", body), Err(WebhookError::Decode(_))));
    }
    assert_eq!(receive("image/png", b"x"), Err(WebhookError::UnsupportedMediaType));
    assert_eq!(receive("", &vec![b' '; (1 << 20) + 1]), Err(WebhookError::BodyTooLong(1 << 20)));
    let ByProperty(Recognised::Unknown(event)) = receive(FORM, b"a=1&a=2&%ff=%00").unwrap() else { panic!() };
    assert_eq!(event.payload, json!({ "a": ["1", "2"], "\u{fffd}": "\0" }));
    assert_eq!(event.payload["a"], Value::from(vec!["1", "2"]));
}

#[tokio::test]
async fn the_extractor_for_axum_reads_verifies_and_refuses() {
    let receiver = Receiver::<ByPath, Unsigned>::new().max_body_len(10);
    let extract = async |content_type: &str, body: axum_core::body::Body| {
        let request = Request::post("/hooks/b").header("content-type", content_type).body(body).unwrap();
        let event = Webhook::<ByPath>::from_request(request, &receiver).await;
        event.map(|Webhook(event)| event).map_err(|error| error.into_response().status().as_u16())
    };
    assert_eq!(extract(FORM, "a=1".into()).await, Ok(ByPath(Recognised::Known(2))));
    assert_eq!(extract(FORM, "a=345678901".into()).await, Err(413));
    assert_eq!(extract("image/png", "1".into()).await, Err(415));
    assert_eq!(extract("application/json", "{".into()).await, Err(400));
    let request = Request::post("/hooks/b").body(axum_core::body::Body::from("[1, {}]")).unwrap();
    let Webhook(events) = Webhook::<Vec<ByPath>>::from_request(request, &receiver).await.unwrap();
    assert_eq!(events, [ByPath(Recognised::Known(2)), ByPath(Recognised::Known(2))]);
}

#[test]
fn replies_are_responses() {
    let reply = json_reply(StatusCode::OK, "application/json", &json!({ "a": 1 }));
    assert_eq!(
        (reply.headers()["content-type"].as_bytes(), &reply.body()[..]),
        (&b"application/json"[..], &b"{\"a\":1}"[..])
    );
    let refused: Response<Bytes> = WebhookError::WrongSignature.into();
    assert_eq!((refused.status(), refused.body().len()), (StatusCode::UNAUTHORIZED, 0));
}
