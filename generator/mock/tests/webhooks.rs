//! Tests the webhooks that the mock sends.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use bindery_mock::{Delivery, Error, Mock};
use bindery_runtime::runtime::webhooks::{EventKind, EventName, Signature, UrlSignature};
use serde_json::{Value, json};
use support::builder;
use support::receiver::{Api, Receiver};

/// The webhooks of the fixture `webhooks`.
struct Pets;

impl Api for Pets {
    const SIGNATURE: Signature<'static> = Signature::Url(UrlSignature {
        header: "x-pet-signature",
        settings_header: "x-pet-signature-settings",
        body_hash: "bodySHA256",
    });
    const NAME: EventName = EventName::Property(&["event"]);
    const EVENTS: &'static [EventKind] = &[];
}

async fn pets(receiver: &Receiver) -> Mock {
    builder("webhooks").webhook_url(&receiver.url).webhook_secret("secret").start().await.unwrap()
}

fn results(delivery: &Delivery) -> Vec<Result<u16, String>> {
    delivery.attempts.iter().map(|attempt| attempt.result.clone()).collect()
}

#[tokio::test]
async fn webhooks_are_sent_on_demand() {
    let receiver = Receiver::start().await;
    let mock = pets(&receiver).await;
    let pet =
        json!({ "event": "pet.added", "id": 7, "name": "Rex", "owner": { "name": "Ana" }, "toys": [{ "size": 2 }] });
    mock.send_webhook("petAdded", pet.clone()).unwrap();
    mock.send_webhook("pet.removed", None).unwrap();
    mock.send_webhook("petFound", json!({ "colour": ["red", "blue"], "place.name": "a b&c" })).unwrap();
    mock.send_webhook("petLost", json!({})).unwrap();
    mock.webhooks_sent().await;
    let events = receiver.events::<Pets>("secret");
    assert_eq!(events[0], ("pet.added".to_owned(), pet));
    assert_eq!(events[1].1["event"], "pet.removed");
    let found = json!({ "colour": ["red", "blue"], "place.name": "a b&c", "event": "pet.found", "day": "" });
    assert_eq!(events[2], ("pet.found".to_owned(), found));
    assert_eq!(events[3], ("pet.lost".to_owned(), json!({ "event": "pet.lost" })));
    let methods: Vec<_> = receiver.requests().iter().map(|request| request.method().to_string()).collect();
    assert_eq!(methods, ["POST", "POST", "GET", "POST"]);
    let deliveries = mock.deliveries();
    assert!(deliveries.iter().all(|delivery| results(delivery) == [Ok(200)] && !delivery.is_pending));
    assert_eq!(deliveries[2].event, "petFound");
    assert!(!format!("{deliveries:?}").contains("Ana"));
}

#[tokio::test]
async fn webhooks_that_cannot_be_sent_are_errors() {
    let receiver = Receiver::start().await;
    let mock = pets(&receiver).await;
    let error = |name: &str, payload: Value| mock.send_webhook(name, payload).unwrap_err().to_string();
    let prefix = "the webhook cannot be sent: ";
    for (name, payload, message) in [
        ("petAded", json!({}), "the document has no webhook `petAded`; did you mean `petAdded`?"),
        ("moved", json!({}), "the document has no webhook `moved`"),
        ("petAdded", json!([]), "the payload of `petAdded`: the payload must be an object"),
        ("petAdded", json!({ "id": 1 }), "the payload of `petAdded`: /name is required"),
        ("petAdded", json!({ "id": "1", "name": "Rex" }), "the payload of `petAdded`: /id must be an integer"),
        (
            "petAdded",
            json!({ "event": "pet.removed", "id": 1, "name": "Rex" }),
            "the payload of `petAdded`: /event must be one of `pet.added`",
        ),
    ] {
        assert_eq!(error(name, payload), format!("{prefix}{message}"));
    }
    for url in ["https://127.0.0.1/", "hook", "http://"] {
        assert!(matches!(mock.send_webhook_to(url, "petLost", None), Err(Error::Webhook(_))), "{url}");
    }
    let without_url = builder("webhooks").start().await.unwrap();
    assert_eq!(
        without_url.send_webhook("petLost", None).unwrap_err().to_string(),
        format!("{prefix}no URL is set for webhooks")
    );
    without_url.set_webhook_url("http://127.0.0.1:1/").unwrap();
    without_url.send_webhook("petLost", None).unwrap();
    without_url.webhooks_sent().await;
    assert!(matches!(&*results(&without_url.deliveries()[0]), [Err(error)] if error.contains("refused")));
    assert!(receiver.requests().is_empty() && mock.deliveries().is_empty());
}

#[tokio::test]
async fn the_page_sends_and_lists_webhooks() {
    let receiver = Receiver::start().await;
    let mock = pets(&receiver).await;
    let post = async |query: &str, body: &str| {
        let response = support::raw(&mock.url(), "POST", &format!("/__mock/webhooks?{query}"), "", body).await;
        (response.status, response.body)
    };
    assert_eq!(post("event=petAdded", r#"{"id": 1, "name": "Rex"}"#).await.0, 202);
    assert_eq!(post("event=pet-removed", "").await.0, 202);
    assert_eq!(post("event=petLost", "{").await.0, 400);
    let (status, message) = post("event=petAded", "").await;
    assert_eq!((status, message.contains("did you mean `petAdded`?")), (400, true));
    let other = Receiver::start().await;
    assert_eq!(post(&format!("event=petLost&url={}", other.url), "").await.0, 202);
    mock.webhooks_sent().await;
    assert_eq!((receiver.events::<Pets>("secret").len(), other.events::<Pets>("secret").len()), (2, 1));
    let listed = support::raw(&mock.url(), "GET", "/__mock/webhooks", "", "").await.json();
    let first = &listed["deliveries"][2];
    assert_eq!((&first["event"], &first["attempts"][0]["status"]), (&json!("petAdded"), &json!(200)));
    let api = support::raw(&mock.url(), "GET", "/__mock/api", "", "").await.json();
    assert_eq!(api["webhooks"][0]["name"], "petAdded");
}
