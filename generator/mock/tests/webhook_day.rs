//! A day of webhooks: the receiver fails now and then, so events are repeated and arrive out of order. Each event arrives at
//! least once.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bindery_mock::Request;
use support::receiver::Receiver;
use support::{HttpConnection, builder};

const EVENTS: usize = 1_000;

/// Returns the value of a field of a form.
fn field(form: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(form).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_of_a_day_arrives_at_least_once() {
    let count = AtomicUsize::new(0);
    // Only first attempts fail, so that no event fails too often.
    let receiver = Receiver::replying(move |request| {
        let is_retry = field(request.body(), "RetryCount").is_some_and(|number| !number.is_empty());
        match count.fetch_add(1, Ordering::Relaxed) {
            number if number % 400 == 399 && !is_retry => (Duration::from_secs(2), 200, String::new()),
            number if number % 9 == 8 && !is_retry => (Duration::ZERO, 503, String::new()),
            _ => (Duration::ZERO, 200, String::new()),
        }
    });
    let receiver = receiver.await;
    let mock = builder("services").webhook_timeout(Duration::from_secs(1)).start().await.unwrap();
    let mut connection = HttpConnection::to(&mock.url()).await;
    let mut post = async |path: &str, form: &str| {
        let headers =
            [("authorization", "Basic dXNlcjpwYXNzd29yZA=="), ("content-type", "application/x-www-form-urlencoded")];
        let request = Request {
            method: "POST".to_owned(),
            path: path.to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            body: form.as_bytes().to_vec(),
            ..Request::default()
        };
        let (status, body) = connection.ask(&request).await;
        assert_eq!(status, 201, "{body}");
        let record: serde_json::Value = serde_json::from_str(&body).unwrap();
        record["sid"].as_str().unwrap().to_owned()
    };
    // The events of one conversation go to three URLs, so that they overtake each other.
    let conversation = format!("/v1/Conversations/{}", post("/v1/Conversations", "FriendlyName=a").await);
    for (query, filter) in [("a", "onMessageAdded"), ("b", "onMessageAdded"), ("c", "onParticipantAdded")] {
        let url = format!("{}?{query}", receiver.url);
        let form = format!(
            "Target=webhook&Configuration.Url={url}&Configuration.Method=post&Configuration.Filters={filter}\
             &Configuration.RetryCount=3"
        );
        post(&format!("{conversation}/Webhooks"), &form).await;
    }
    let mut sent = BTreeSet::new();
    for number in 0..EVENTS {
        sent.insert(match number % 10 {
            0 => post(&format!("{conversation}/Participants"), &format!("Identity=user-{number}")).await,
            _ => post(&format!("{conversation}/Messages"), &format!("Body={number}")).await,
        });
    }
    mock.webhooks_sent().await;

    let (mut arrivals, mut repeated) = (BTreeMap::<String, usize>::new(), 0);
    let (mut last_index, mut overtaken) = (BTreeMap::<String, u64>::new(), 0);
    for request in receiver.requests() {
        let fields: BTreeMap<String, String> = form_urlencoded::parse(request.body()).into_owned().collect();
        let sid = if fields["EventType"] == "onMessageAdded" { "MessageSid" } else { "ParticipantSid" };
        *arrivals.entry(fields[sid].clone()).or_default() += 1;
        repeated += usize::from(!fields["RetryCount"].is_empty());
        if let Some(index) = fields.get("Index").and_then(|index| index.parse().ok()) {
            let last = last_index.entry(request.uri().to_string()).or_default();
            overtaken += usize::from(index < *last);
            *last = index;
        }
    }
    assert_eq!(arrivals.keys().cloned().collect::<BTreeSet<_>>(), sent);
    assert!(repeated > 150, "only {repeated} attempts are repetitions");
    assert!(overtaken > 50, "only {overtaken} messages arrive after a later one");
    assert!(mock.deliveries().iter().all(|delivery| delivery.attempts.last().unwrap().result == Ok(200)));
}
