//! Tests common uses of the crate. Each test shows a feature.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use twilio_conversations::mock::{self, Mock};
use twilio_conversations::models::{ConversationSid, MessageSid, Order, RoleType};
use twilio_conversations::runtime::{Body, Timestamp, Transport, TransportFuture};
use twilio_conversations::{Client, Credentials, Error, http};

async fn start() -> (Mock, Client) {
    let mock = mock::start().await.unwrap();
    let client = mock.client();
    (mock, client)
}

/// Returns the body of the last request.
fn last_request_body(mock: &Mock) -> String {
    mock.requests()
        .last()
        .map(|recorded| String::from_utf8_lossy(&recorded.request.body).into_owned())
        .unwrap_or_default()
}

#[tokio::test]
async fn none_clears_nullable_values() {
    let (mock, client) = start().await;
    client.conversations().create().unique_name("order-1").await.unwrap();
    let conversation = client.conversation("order-1");
    conversation.participants().create().identity("ana").await.unwrap();
    let ana = conversation.participant("ana");
    assert_eq!(ana.update().last_read_message_index(3).await.unwrap().last_read_message_index, Some(3));
    assert_eq!(ana.update().last_read_message_index(None).await.unwrap().last_read_message_index, None);
    assert_eq!(last_request_body(&mock), "LastReadMessageIndex=");

    let service = "MG00000000000000000000000000000000".to_owned();
    let updated = conversation.update().messaging_service_sid(service.parse().map(Some).unwrap()).await.unwrap();
    assert_eq!(updated.messaging_service_sid.as_ref().map(AsRef::as_ref), Some(service.as_str()));
    let updated = conversation.update().messaging_service_sid(None).await.unwrap();
    assert_eq!((updated.messaging_service_sid, last_request_body(&mock)), (None, "MessagingServiceSid=".to_owned()));

    let webhooks = client.configuration().webhooks();
    assert_eq!(webhooks.update().filters(["onMessageAdded"]).await.unwrap().filters.unwrap().len(), 1);
    assert!(webhooks.update().filters(None).await.unwrap().filters.unwrap_or_default().is_empty());
    assert_eq!(last_request_body(&mock), "Filters=");
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
struct Order1042 {
    order: u64,
}

#[tokio::test]
async fn attributes_decode_to_a_type_of_the_program() {
    let (_mock, client) = start().await;
    let create_request = client.conversations().create();
    let created = create_request.attributes_json(&Order1042 { order: 1042 }).await.unwrap();
    assert_eq!(created.attributes_as::<Order1042>().unwrap(), Order1042 { order: 1042 });
    let other = client.conversations().create().await.unwrap();
    assert_eq!(other.attributes.as_deref(), Some("{}"));
    assert!(matches!(other.attributes_as::<Order1042>(), Err(Error::JsonText(_))));
}

#[tokio::test]
async fn a_list_is_resumed_by_another_program() {
    let (_mock, client) = start().await;
    for number in 0..5 {
        client.services().create(format!("Desk {number}")).await.unwrap();
    }
    let token = client.services().list().page_size(2).await.unwrap().next_token();
    let remaining = client.services().list().resume(token.unwrap()).all().await.unwrap();
    assert_eq!(remaining.len(), 3);
}

#[tokio::test]
async fn dates_and_durations_are_typed() {
    let (_mock, client) = start().await;
    let create_request = client.conversations().create().timers_inactive(Duration::from_secs(60));
    let created: Timestamp = create_request.await.unwrap().date_created().unwrap();
    let started_after = |start: Timestamp| client.conversations().list().start_date(start).all();
    assert_eq!(started_after(created).await.unwrap().len(), 1);
    let next_day = created.checked_add(Duration::from_secs(86_400)).unwrap();
    assert_eq!(started_after(next_day).await.unwrap().len(), 0);
}

#[tokio::test]
async fn values_that_violate_limits_are_not_sent() {
    let (mock, client) = start().await;
    let too_long_name = "x".repeat(257);
    let participants = client.conversation("CH00000000000000000000000000000000").participants();
    for error in [
        client.services().create(&too_long_name).await.unwrap_err(),
        client.conversations().create().friendly_name(&too_long_name).await.unwrap_err(),
        client.users().create(&too_long_name).await.unwrap_err(),
        participants.create().identity(&too_long_name).await.unwrap_err(),
        participants.create().attributes("x".repeat(4097)).await.unwrap_err(),
        client.roles().create("Guest", RoleType::Conversation, Vec::<String>::new()).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
    }
    assert!(mock.requests().is_empty());
    client.services().list().limit(500).all().await.unwrap();
    assert_eq!(mock.requests().last().unwrap().request.query, [("PageSize".to_owned(), "100".to_owned())]);
}

#[tokio::test]
async fn handles_take_strings_and_sids() {
    let (mock, client) = start().await;
    let created = client.conversations().create().unique_name("order-1").await.unwrap();
    let sid: &ConversationSid = created.sid().unwrap();
    for handle in [client.conversation(sid), client.conversation(sid.to_string()), client.conversation("order-1")] {
        assert_eq!(handle.fetch().await.unwrap().sid().unwrap(), sid);
    }
    let request_count = mock.requests().len();
    let error = client.conversation(sid).message("IM-not-a-sid").fetch().await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)) && mock.requests().len() == request_count, "{error}");
}

#[test]
fn sids_compare_equal_to_strings() {
    let text = "IM00000000000000000000000000000000".to_owned();
    let sid: MessageSid = text.parse().unwrap();
    assert_eq!(sid, text);
    assert_eq!(text, sid);
    assert!("IM0".parse::<MessageSid>().is_err());
    let texts = BTreeMap::from([(sid, "Hello")]);
    assert_eq!(texts.get(text.as_str()), Some(&"Hello"));
}

#[tokio::test]
async fn each_error_has_a_predicate() {
    let (mock, client) = start().await;
    client.conversations().create().unique_name("order-1").await.unwrap();
    assert!(client.conversations().create().unique_name("order-1").await.unwrap_err().is_conflict());
    for (status, predicate) in [
        (401, Error::is_unauthorized as fn(&Error) -> bool),
        (403, Error::is_forbidden),
        (404, Error::is_not_found),
        (500, Error::is_server_error),
    ] {
        mock.fault(format!("status={status}; times=1").parse().unwrap());
        let error = client.services().create("Support desk").await.unwrap_err();
        assert!(predicate(&error), "{error}");
    }
}

#[tokio::test]
async fn a_response_keeps_undocumented_properties() {
    let (mock, client) = start().await;
    let created = client.services().create("Support desk").await.unwrap();
    mock.fault("extra-field; times=1".parse().unwrap());
    let response = client.service(created.sid().unwrap()).fetch().keep_body().send().await.unwrap();
    let body: serde_json::Value = serde_json::from_str(response.text().unwrap()).unwrap();
    assert!(
        body.as_object().unwrap().len() > serde_json::to_value(&created).unwrap().as_object().unwrap().len(),
        "{body}"
    );
}

struct CountingTransport<T>(T, AtomicUsize);

impl<T: Transport> Transport for CountingTransport<T> {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.send(request)
    }
}

#[tokio::test]
async fn a_transport_can_be_shared_and_wrap_the_default_one() {
    let mock = mock::start().await.unwrap();
    let builder = Client::builder().base_url(mock.url()).credentials(Credentials::basic("user", "password"));
    let counting_transport = Arc::new(CountingTransport(builder.default_transport().unwrap(), AtomicUsize::new(0)));
    let client = builder.transport(Arc::clone(&counting_transport) as Arc<dyn Transport>).build().unwrap();
    client.services().create("Support desk").await.unwrap();
    assert_eq!(counting_transport.1.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn messages_without_an_author_are_from_the_system() {
    let (_mock, client) = start().await;
    client.conversations().create().unique_name("order-1").await.unwrap();
    let messages = client.conversation("order-1").messages();
    messages.create().body("Welcome").await.unwrap();
    messages.create().author("ana").body("Hello").await.unwrap();
    let newest_first = messages.list().order(Order::Desc).all().await.unwrap();
    let index_and_author: Vec<_> =
        newest_first.iter().map(|message| (message.index, message.author.as_deref())).collect();
    assert_eq!(index_and_author, [(Some(1), Some("ana")), (Some(0), Some("system"))]);
    assert_eq!(newest_first[0].date_updated, None);
    let message = client.conversation("order-1").message(newest_first[0].sid().unwrap());
    assert!(message.update().body("Hello!").await.unwrap().date_updated.is_some());
}
