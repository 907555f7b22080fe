//! Tests the crate with its mock: records and their child records, pages of lists, each kind of error, and faults.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "in tests a panic is the report")]

use std::time::Duration;

use twilio_conversations::mock::{self, Mock};
use twilio_conversations::{Client, Credentials, Error, RetryPolicy};

async fn start() -> (Mock, Client) {
    let mock = mock::start_with(mock::builder().seed(7)).await.expect("a mock");
    let client = mock.client();
    (mock, client)
}

/// Returns the operation and the status of each request.
fn recorded_requests(mock: &Mock) -> Vec<(String, u16)> {
    mock.requests().into_iter().map(|request| (request.operation.unwrap_or_default(), request.status)).collect()
}

#[tokio::test]
async fn created_records_exist_until_they_are_deleted() {
    let (mock, client) = start().await;
    let service = client.services().create("Support desk").await.unwrap();
    let sid = service.sid().unwrap();
    let fetched = client.service(sid).fetch().await.unwrap();
    assert_eq!((fetched.sid.as_ref(), fetched.friendly_name.as_deref()), (Some(sid), Some("Support desk")));
    client.service(sid).delete().await.unwrap();
    let error = client.service(sid).fetch().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let expected = [("CreateService", 201), ("FetchService", 200), ("DeleteService", 204), ("FetchService", 404)];
    assert_eq!(recorded_requests(&mock), expected.map(|(operation, status)| (operation.to_owned(), status)));
}

#[tokio::test]
async fn child_records_are_deleted_with_their_parent() {
    let (_mock, client) = start().await;
    let conversation = client.conversations().create().friendly_name("Order 12").await.unwrap();
    let conversation = client.conversation(conversation.sid().unwrap().as_str());
    let message = conversation.messages().create().author("ana").body("Where is it?").await.unwrap();
    let message = conversation.message(message.sid().unwrap());
    assert_eq!(message.fetch().await.unwrap().body.as_deref(), Some("Where is it?"));
    let changed = message.update().body("It is here.").await.unwrap();
    assert_eq!((changed.body.as_deref(), changed.author.as_deref()), (Some("It is here."), Some("ana")));
    assert_eq!(conversation.messages().list().await.unwrap().messages.len(), 1);
    conversation.delete().await.unwrap();
    assert!(message.fetch().await.unwrap_err().is_not_found());
    assert!(conversation.messages().list().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_list_is_read_across_pages() {
    let (mock, client) = start().await;
    for number in 0..7 {
        client.services().create(format!("Desk {number}")).await.unwrap();
    }
    let mut all = client.services().list().page_size(3).stream();
    let mut names = Vec::new();
    while let Some(service) = all.try_next().await.unwrap() {
        names.push(service.friendly_name.unwrap());
    }
    assert_eq!(names, (0..7).map(|number| format!("Desk {number}")).collect::<Vec<_>>());
    assert_eq!(recorded_requests(&mock).iter().filter(|(operation, _)| operation == "ListService").count(), 3);
}

#[tokio::test]
async fn kinds_of_errors_are_distinguished() {
    let (mock, client) = start().await;
    let error = client.services().create("x".repeat(257)).await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
    assert!(mock.requests().is_empty(), "an invalid request is not sent");

    let builder = mock::builder().credentials("AC00000000000000000000000000000000", "right");
    let mock_with_credentials = mock::start_with(builder).await.unwrap();
    mock_with_credentials.client().services().list().await.expect("the client of a mock has its credentials");
    let credentials = Credentials::basic("AC00000000000000000000000000000000", "wrong");
    let unauthorized_client =
        Client::builder().base_url(mock_with_credentials.url()).credentials(credentials).build().unwrap();
    let error = unauthorized_client.services().list().send().await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401), "{error}");

    mock.fault("malformed; times=1".parse().unwrap());
    let decode_error = client.services().list().await.unwrap_err();
    assert!(matches!(decode_error, Error::Decode(_)), "{decode_error:?}");

    mock.fault("unknown-enum; times=1".parse().unwrap());
    client.conversations().create().await.expect("an undocumented value of an enum is not an error");

    mock.fault("latency=5000; times=1".parse().unwrap());
    let client_with_short_deadline =
        Client::builder().base_url(mock.url()).credentials(Credentials::basic("user", "password"));
    let client_with_short_deadline = client_with_short_deadline.deadline(Duration::from_millis(200)).build().unwrap();
    let timeout_error = client_with_short_deadline.services().create("Desk").await.unwrap_err();
    assert!(timeout_error.is_timeout(), "{timeout_error}");
}

#[tokio::test]
async fn safe_requests_are_retried() {
    let (mock, client) = start().await;
    mock.fault("status=429; retry-after=0; times=2".parse().unwrap());
    client.services().create("Desk").await.unwrap();
    assert_eq!(recorded_requests(&mock).iter().map(|(_, status)| *status).collect::<Vec<_>>(), [429, 429, 201]);

    // After a 503, the client retries only idempotent requests: the server may have created the record before it
    // failed.
    mock.fault("status=503; retry-after=0; times=1".parse().unwrap());
    let failed = client.services().create("Desk").await.unwrap_err();
    assert_eq!(failed.status().map(|status| status.as_u16()), Some(503), "{failed}");
    mock.fault("operation=ListService; status=503; retry-after=0; times=1".parse().unwrap());
    client.services().list().await.unwrap();
    let statuses: Vec<u16> = recorded_requests(&mock).iter().map(|(_, status)| *status).collect();
    assert_eq!(statuses, [429, 429, 201, 503, 503, 200]);

    mock.fault("reset; times=1".parse().unwrap());
    let no_retries = RetryPolicy::off();
    let client_builder = Client::builder().base_url(mock.url()).credentials(Credentials::basic("user", "password"));
    let error = client_builder.retry(no_retries).build().unwrap().services().list().await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
}
