//! Tests the webhooks that the mock sends.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

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
    const NAME: EventName = EventName::Property(&[&["event"]]);
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
    let failures = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&failures);
    let without_url = builder("webhooks").on_webhook_failure(move |delivery| {
        log.lock().unwrap().push((delivery.event.clone(), delivery.failure().unwrap()));
    });
    let without_url = without_url.start().await.unwrap();
    assert_eq!(
        without_url.send_webhook("petLost", None).unwrap_err().to_string(),
        format!("{prefix}no URL is set for webhooks")
    );
    without_url.set_webhook_url("http://127.0.0.1:1/").unwrap();
    without_url.send_webhook("petLost", None).unwrap();
    without_url.webhooks_sent().await;
    assert!(matches!(&*results(&without_url.deliveries()[0]), [Err(error)] if error.contains("refused")));
    without_url.send_webhook_to(&receiver.url, "petLost", None).unwrap();
    without_url.webhooks_sent().await;
    assert_eq!(receiver.requests().len(), 1);
    // Only the webhook that failed is reported.
    let failures = failures.lock().unwrap();
    assert!(
        matches!(&**failures, [(event, reason)] if event == "petLost" && reason.contains("refused")),
        "{failures:?}"
    );
    assert!(mock.deliveries().is_empty());
}

#[tokio::test]
async fn no_webhooks_are_sent_after_the_mock_is_dropped() {
    let receiver = Receiver::replying(|_| (Duration::from_millis(300), 200, String::new())).await;
    let mock = pets(&receiver).await;
    (0..3).for_each(|_| mock.send_webhook("petLost", None).unwrap());
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(mock);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(receiver.requests().len(), 1);
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

/// The webhooks of the API in spec/.
struct Conversations;

impl Api for Conversations {
    const SIGNATURE: Signature<'static> = Signature::Url(UrlSignature {
        header: "x-twilio-signature",
        settings_header: "x-twilio-webhooks-signature-settings",
        body_hash: "bodySHA256",
    });
    const NAME: EventName = EventName::Property(&[&["EventType"], &["type"]]);
    const EVENTS: &'static [EventKind] = &[];
}

const ENABLED: &str = "X-Twilio-Webhook-Enabled: true\r\n";

/// A mock of the API in spec/ with a receiver of all webhooks.
struct Hooked {
    mock: Mock,
    receiver: Receiver,
}

impl Hooked {
    async fn start(receiver: Receiver, filters: &[&str]) -> Self {
        let mock = builder("services").credentials("user", "password").webhook_timeout(Duration::from_millis(300));
        let hooked = Self { mock: mock.start().await.unwrap(), receiver };
        let filters: String = filters.iter().map(|filter| format!("&Filters={filter}")).collect();
        let url = &hooked.receiver.url;
        let form = format!("PreWebhookUrl={url}&PostWebhookUrl={url}&Method=POST{filters}");
        hooked.ask(200, "POST", "/v1/Configuration/Webhooks", "", &form).await;
        hooked
    }

    /// Sends a request, asserts its status, and returns the JSON of the response.
    async fn ask(&self, status: u16, method: &str, path: &str, headers: &str, form: &str) -> Value {
        let response = support::send(&self.mock.url(), method, path, headers, form).await;
        assert_eq!(response.status, status, "{method} {path} {form}: {response:?}");
        response.json()
    }

    /// Creates a conversation without webhooks, and returns its path.
    async fn conversation(&self) -> String {
        let created = self.ask(201, "POST", "/v1/Conversations", "", "FriendlyName=a").await;
        format!("/v1/Conversations/{}", created["sid"].as_str().unwrap())
    }

    /// Returns the names and payloads of the received events.
    async fn events(&self) -> Vec<(String, Value)> {
        self.mock.webhooks_sent().await;
        self.receiver.events::<Conversations>(self.mock.webhook_secret())
    }

    async fn names(&self) -> Vec<String> {
        self.events().await.into_iter().map(|(name, _)| name).collect()
    }
}

#[tokio::test]
async fn generated_payloads_have_the_name_of_the_event() {
    let receiver = Receiver::start().await;
    let mock = builder("services").webhook_url(&receiver.url).start().await.unwrap();
    let names = mock.webhook_names();
    for name in &names {
        mock.send_webhook(name, None).unwrap();
    }
    let wrong = mock.send_webhook("onMessageAdd", json!({ "EventType": "onMessageAdded" })).unwrap_err().to_string();
    assert!(wrong.ends_with("/EventType must be `onMessageAdd`"), "{wrong}");
    mock.webhooks_sent().await;
    let events = receiver.events::<Conversations>(mock.webhook_secret());
    for (name, (event, payload)) in names.iter().zip(&events) {
        assert!(event == name || *event == format!("com.twilio.conversations.{name}"), "{event} {payload}");
    }
    assert_eq!(events.len(), names.len());
    let api = support::raw(&mock.url(), "GET", "/__mock/api", "", "").await.json();
    assert_eq!(api["webhooks"][0]["payload"]["EventType"], "onMessageAdd");
}

const MESSAGE_EVENTS: &[&str] =
    &["onMessageAdd", "onMessageAdded", "onMessageUpdate", "onMessageUpdated", "onMessageRemove", "onMessageRemoved"];

#[tokio::test]
async fn changes_send_webhooks_before_and_after() {
    let hooked = Hooked::start(Receiver::start().await, MESSAGE_EVENTS).await;
    let messages = format!("{}/Messages", hooked.conversation().await);
    let message = hooked.ask(201, "POST", &messages, ENABLED, "Body=a+b&Author=ana").await;
    let path = format!("{messages}/{}", message["sid"].as_str().unwrap());
    hooked.ask(200, "POST", &path, ENABLED, "Body=c").await;
    hooked.ask(204, "DELETE", &path, ENABLED, "").await;
    let events = hooked.events().await;
    assert_eq!(events.iter().map(|(name, _)| name).collect::<Vec<_>>(), MESSAGE_EVENTS);
    for (index, (before, after)) in [("", "sid"), ("sid", "sid"), ("sid", "sid")].into_iter().enumerate() {
        for (event, sid) in [(&events[index * 2].1, before), (&events[index * 2 + 1].1, after)] {
            let sid = if sid.is_empty() { json!("") } else { message["sid"].clone() };
            assert_eq!(event["MessageSid"], sid);
            for name in ["account_sid", "conversation_sid"] {
                let property = if name == "account_sid" { "AccountSid" } else { "ConversationSid" };
                assert_eq!(event[property], message[name]);
            }
            assert_eq!((&event["Source"], &event["Author"]), (&json!("API"), &json!("ana")));
            assert_eq!(event["Body"], if index == 0 { "a b" } else { "c" });
        }
    }
    assert_eq!((&events[0].1["Index"], &events[1].1["Index"]), (&json!(""), &json!("0")));
    assert_eq!((&events[0].1["DateCreated"], &events[1].1["DateCreated"]), (&json!(""), &message["date_created"]));
    assert_eq!((&events[4].1["DateRemoved"], events[5].1["DateRemoved"] != ""), (&json!(""), true));
}

#[tokio::test]
async fn filters_and_the_header_select_webhooks() {
    let hooked = Hooked::start(Receiver::start().await, &["onMessageAdded", "onConversationStateUpdated"]).await;
    let conversation = hooked.conversation().await;
    let messages = format!("{conversation}/Messages");
    hooked.ask(201, "POST", &messages, "", "Body=a").await;
    hooked.ask(201, "POST", &messages, "X-Twilio-Webhook-Enabled: false\r\n", "Body=a").await;
    assert_eq!(hooked.names().await, [""; 0]);
    hooked.ask(201, "POST", &messages, ENABLED, "Body=a").await;
    hooked.ask(400, "POST", &messages, ENABLED, "Unknown=a").await;
    hooked.ask(201, "POST", &format!("{conversation}/Participants"), ENABLED, "Identity=ana").await;
    hooked.ask(200, "POST", &conversation, ENABLED, "FriendlyName=b").await;
    hooked.ask(200, "POST", &conversation, ENABLED, "State=closed").await;
    let events = hooked.events().await;
    assert_eq!(
        events.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["onMessageAdded", "onConversationStateUpdated"]
    );
    let state = &events[1].1;
    assert_eq!(
        (&state["StateFrom"], &state["StateTo"], &state["Reason"]),
        (&json!("active"), &json!("closed"), &json!("API"))
    );
    // The webhooks of the account are not those of a Service.
    let service = hooked.ask(201, "POST", "/v1/Services", "", "FriendlyName=a").await;
    let service = format!("/v1/Services/{}", service["sid"].as_str().unwrap());
    let conversation = hooked.ask(201, "POST", &format!("{service}/Conversations"), ENABLED, "").await;
    let messages = format!("{service}/Conversations/{}/Messages", conversation["sid"].as_str().unwrap());
    hooked.ask(201, "POST", &messages, ENABLED, "Body=a").await;
    assert_eq!(hooked.names().await.len(), 2);
    let form = format!("PostWebhookUrl={}&Filters=onMessageAdded", hooked.receiver.url);
    hooked.ask(200, "POST", &format!("{service}/Configuration/Webhooks"), "", &form).await;
    hooked.ask(201, "POST", &messages, ENABLED, "Body=b").await;
    assert_eq!(hooked.events().await[2].1["Body"], "b");
}

#[tokio::test]
async fn responses_before_a_change_modify_or_reject_it() {
    let receiver = Receiver::replying(|request| {
        let form: Vec<(String, String)> = form_urlencoded::parse(request.body()).into_owned().collect();
        let body = form.iter().find(|(name, _)| name == "Body").map_or("", |(_, value)| value.as_str());
        let (milliseconds, status, reply) = match body {
            "late" => (1_000, 403, ""),
            "rejected" => (0, 403, ""),
            "gone" => (0, 410, ""),
            "broken" => (0, 500, r#"{"body": "x"}"#),
            "modified" => (0, 200, r#"{"body": "new", "author": "bob", "attributes": "{\"a\": 1}"}"#),
            "wrong" => (0, 200, r#"{"body": 4}"#),
            "unknown" => (0, 200, r#"{"index": 4}"#),
            "attributes" => (0, 200, r#"{"attributes": "{"}"#),
            "text" => (0, 200, "[1"),
            _ => (0, 200, ""),
        };
        (Duration::from_millis(milliseconds), status, reply.to_owned())
    });
    let hooked = Hooked::start(receiver.await, &["onMessageAdd"]).await;
    let messages = format!("{}/Messages", hooked.conversation().await);
    for (body, expected, author, effect) in [
        ("modified", "new", "bob", "the response replaces `body`, `author`, `attributes`"),
        ("same", "same", "ana", "the change is made"),
        ("late", "late", "ana", "the change is made"),
        ("broken", "broken", "ana", "the change is made, and the response is ignored: it has the status 500"),
        ("wrong", "wrong", "ana", "the change is made, and the response is ignored: `body` must be a string"),
        ("text", "text", "ana", "the change is made, and the response is ignored: it is not JSON"),
        ("attributes", "attributes", "ana", "the change is made, and the response is ignored: attributes must be JSON"),
        (
            "unknown",
            "unknown",
            "ana",
            "the change is made, and the response is ignored: `index` is not a property of the documented response",
        ),
    ] {
        let message = hooked.ask(201, "POST", &messages, ENABLED, &format!("Body={body}&Author=ana")).await;
        assert_eq!((&message["body"], &message["author"]), (&json!(expected), &json!(author)));
        let last = hooked.mock.deliveries().pop().unwrap();
        assert_eq!(last.attempts[0].effect.as_deref(), Some(effect));
        assert_eq!(last.attempts[0].result.is_err(), body == "late");
    }
    let count = hooked.ask(200, "GET", &messages, "", "").await["messages"].as_array().unwrap().len();
    for body in ["rejected", "gone"] {
        let error = hooked.ask(403, "POST", &messages, ENABLED, &format!("Body={body}")).await;
        assert_eq!(error["message"], "the webhook `onMessageAdd` has rejected the change");
    }
    let messages = hooked.ask(200, "GET", &messages, "", "").await;
    assert_eq!(messages["messages"].as_array().unwrap().len(), count);
    assert_eq!(messages["messages"][count - 1]["index"], count - 1);
}

#[tokio::test]
async fn webhooks_of_a_conversation_are_repeated() {
    let attempts = AtomicUsize::new(0);
    let receiver = Receiver::replying(move |_| match attempts.fetch_add(1, Ordering::Relaxed) {
        0 => (Duration::ZERO, 500, String::new()),
        1 => (Duration::from_secs(1), 200, String::new()),
        _ => (Duration::ZERO, 200, String::new()),
    });
    let hooked = Hooked::start(receiver.await, &[]).await;
    let conversation = hooked.conversation().await;
    let filters = ["onMessageAdded", "onConversationUpdated", "onConversationRemoved"];
    let filters = filters.map(|filter| format!("&Configuration.Filters={filter}")).concat();
    let url = &hooked.receiver.url;
    let form =
        format!("Target=webhook&Configuration.Url={url}&Configuration.Method=post&Configuration.RetryCount=3{filters}");
    hooked.ask(201, "POST", &format!("{conversation}/Webhooks"), "", &form).await;
    hooked.ask(201, "POST", &format!("{conversation}/Messages"), "", "Body=a").await;
    let events = hooked.events().await;
    let counts: Vec<&Value> = events.iter().map(|(_, event)| &event["RetryCount"]).collect();
    assert_eq!(counts, ["", "1", "2"]);
    let delivery = hooked.mock.deliveries().pop().unwrap();
    assert_eq!(results(&delivery), [Ok(500), Err("no response within 300 ms".to_owned()), Ok(200)]);
    hooked.ask(200, "POST", &conversation, "", "FriendlyName=b").await;
    hooked.conversation().await;
    let events = hooked.events().await;
    assert_eq!((events.len(), &events[3].1["FriendlyName"]), (4, &json!("b")));
    hooked.ask(204, "DELETE", &conversation, "", "").await;
    assert_eq!(hooked.names().await[4..], ["onConversationRemoved"]);
}

#[tokio::test]
async fn callbacks_are_sent_to_the_url_of_the_request() {
    let receiver = Receiver::start().await;
    let mock = pets(&receiver).await;
    let request = async |body: &str| {
        support::raw(&mock.url(), "POST", "/watches", "Content-Type: application/json\r\n", body).await.status
    };
    assert_eq!(request(&json!({ "url": receiver.url }).to_string()).await, 201);
    assert_eq!(request("{}").await, 201);
    assert_eq!(request(&json!({ "url": 4 }).to_string()).await, 400);
    mock.webhooks_sent().await;
    let deliveries = mock.deliveries();
    let sent: Vec<_> = deliveries.iter().map(|delivery| (delivery.event.as_str(), delivery.url.as_str())).collect();
    let below = |path: &str| format!("{}{path}", receiver.url);
    assert_eq!(sent, [("moved", &*receiver.url), ("fed", &*below("/fed")), ("hungry", &*below("/hungry"))]);
    assert_eq!(receiver.requests().len(), 3);
}

#[tokio::test]
async fn urls_of_callbacks_have_values_of_the_request_and_the_response() {
    let mock = builder("callbacks").start().await.unwrap();
    let receiver = Receiver::start().await;
    let url = &receiver.url;
    let headers = format!("X-Cb: {url}\r\nContent-Type: application/json\r\n");
    let body = json!({ "id": 7, "nested": { "cb": url } }).to_string();
    let response = support::raw(&mock.url(), "POST", &format!("/things?cb={url}"), &headers, &body).await;
    assert_eq!(response.status, 201, "{response:?}");
    mock.webhooks_sent().await;
    let sent: Vec<String> = mock.deliveries().iter().map(|delivery| delivery.url.clone()).collect();
    let encoded = url.replace(':', "%3A").replace('/', "%2F");
    let from = format!("{url}?from={}/things?cb={encoded}", mock.url());
    assert_eq!(sent, [format!("{url}/query"), url.clone(), format!("{url}/POST"), format!("{url}/201/7"), from]);
    assert_eq!(receiver.requests().len(), sent.len());
}

#[tokio::test]
async fn updates_and_deletions_can_be_modified_and_rejected() {
    let receiver = Receiver::replying(|request| {
        let form: Vec<(String, String)> = form_urlencoded::parse(request.body()).into_owned().collect();
        let (status, reply) = match form.iter().find(|(name, _)| name == "EventType").map(|(_, value)| value.as_str()) {
            Some("onConversationUpdate") => (200, r#"{"friendly_name": "new", "state": "inactive"}"#),
            Some("onConversationAdd") => (200, r#"{"unique_name": "given"}"#),
            Some("onParticipantAdd") => (200, r#"{"attributes": "{\"a\": 1}"}"#),
            Some("onConversationRemove") => (403, ""),
            _ => (200, ""),
        };
        (Duration::ZERO, status, reply.to_owned())
    });
    let filters = ["onConversationAdd", "onConversationUpdate", "onConversationRemove", "onParticipantAdd"];
    let hooked = Hooked::start(receiver.await, &filters).await;
    let created = hooked.ask(201, "POST", "/v1/Conversations", ENABLED, "FriendlyName=a").await;
    assert_eq!(created["unique_name"], "given");
    let path = format!("/v1/Conversations/{}", created["sid"].as_str().unwrap());
    let updated = hooked.ask(200, "POST", &path, ENABLED, "FriendlyName=b").await;
    assert_eq!((&updated["friendly_name"], &updated["state"]), (&json!("new"), &json!("inactive")));
    let participant = hooked.ask(201, "POST", &format!("{path}/Participants"), ENABLED, "Identity=ana").await;
    assert_eq!(participant["attributes"], "{\"a\": 1}");
    hooked.ask(403, "DELETE", &path, ENABLED, "").await;
    assert_eq!(hooked.ask(200, "GET", &path, "", "").await["friendly_name"], "new");
    // The unique name is taken, so the response to the webhook has no effect.
    assert_eq!(hooked.ask(201, "POST", "/v1/Conversations", ENABLED, "").await["unique_name"], Value::Null);
    hooked.ask(204, "DELETE", &path, "", "").await;
    assert_eq!(hooked.names().await.len(), 5);
}
