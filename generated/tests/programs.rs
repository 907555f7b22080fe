//! Runs the programs in `examples/`, and checks their requests and the stored records.

#![allow(clippy::unwrap_used, reason = "in tests a panic is the report")]
#![allow(dead_code, reason = "the tests call `run` instead of `main`")]

#[path = "../examples/bindings.rs"]
mod bindings;
#[path = "../examples/conversation.rs"]
mod conversation;
#[path = "../examples/messages.rs"]
mod messages;
#[path = "../examples/roles.rs"]
mod roles;
#[path = "../examples/users.rs"]
mod users;
#[path = "../examples/webhooks.rs"]
mod webhooks;

use twilio_conversations::mock::{Mock, start};

/// Checks the operation, the status and the number of repetitions of the requests.
#[track_caller]
fn assert_requests(mock: &Mock, expected: &[(&str, u16, usize)]) {
    let mut requests: Vec<(String, u16, usize)> = Vec::new();
    for recorded in mock.requests() {
        let operation = recorded.operation.unwrap_or(recorded.request.path);
        match requests.last_mut() {
            Some((last, status, times)) if *last == operation && *status == recorded.status => *times += 1,
            _ => requests.push((operation, recorded.status, 1)),
        }
    }
    let requests: Vec<_> =
        requests.iter().map(|(operation, status, times)| (operation.as_str(), *status, *times)).collect();
    assert_eq!(requests, expected);
}

#[tokio::test]
async fn a_service_with_a_conversation_and_two_participants() {
    let mock = start().await.unwrap();
    let client = mock.client();
    conversation::run(&client).await.unwrap();
    assert_requests(
        &mock,
        &[
            ("CreateService", 201, 1),
            ("CreateServiceConversation", 201, 1),
            ("CreateServiceConversationParticipant", 201, 2),
            ("ListServiceConversationParticipant", 200, 1),
        ],
    );
    let service = client.services().list().all().await.unwrap().remove(0);
    let service = client.service(service.sid().unwrap());
    let conversation = service.conversations().list().all().await.unwrap().remove(0);
    let participants =
        service.conversation(conversation.sid().unwrap().as_str()).participants().list().all().await.unwrap();
    let identities: Vec<_> = participants.iter().map(|participant| participant.identity.as_deref()).collect();
    assert_eq!(identities, [Some("ana"), None]);
}

#[tokio::test]
async fn messages_are_posted_paged_changed_and_deleted() {
    let mock = start().await.unwrap();
    let client = mock.client();
    messages::run(&client).await.unwrap();
    assert_requests(
        &mock,
        &[
            ("CreateConversation", 201, 1),
            ("CreateConversationMessage", 201, 5),
            ("ListConversationMessage", 200, 4),
            ("UpdateConversationMessage", 200, 1),
            ("DeleteConversationMessage", 204, 1),
        ],
    );
    let conversation = client.conversations().list().all().await.unwrap().remove(0);
    let remaining = client.conversation(conversation.sid().unwrap().as_str()).messages().list().all().await.unwrap();
    let bodies: Vec<_> = remaining.iter().map(|message| message.body().unwrap()).collect();
    assert_eq!(bodies, ["Never mind.", "Message 3", "Message 4", "Message 5"]);
}

#[tokio::test]
async fn a_role_is_created_and_restricted() {
    let mock = start().await.unwrap();
    let client = mock.client();
    roles::run(&client).await.unwrap();
    assert_requests(
        &mock,
        &[
            ("CreateRole", 201, 1),
            ("CreateConversation", 201, 1),
            ("CreateConversationParticipant", 201, 1),
            ("UpdateRole", 200, 1),
        ],
    );
    let form_values: Vec<_> =
        mock.requests().iter().flat_map(|recorded| recorded.request.form()).map(|(_, value)| value).collect();
    let expected_values = ["Guest", "conversation", "sendMessage", "editOwnMessage", "leaveConversation"];
    assert_eq!(form_values[..5], expected_values);
    assert_eq!(form_values.last().map(String::as_str), Some("leaveConversation"));
}

#[tokio::test]
async fn a_user_is_created_and_deleted() {
    let mock = start().await.unwrap();
    let client = mock.client();
    users::run(&client).await.unwrap();
    assert_requests(
        &mock,
        &[
            ("CreateUser", 201, 1),
            ("UpdateUser", 200, 1),
            ("FetchUser", 200, 1),
            ("ListUserConversation", 200, 1),
            ("DeleteUser", 204, 1),
            ("FetchUser", 404, 1),
        ],
    );
}

#[tokio::test]
async fn a_binding_is_deleted() {
    let mock = start().await.unwrap();
    let client = mock.client();
    let service = bindings::seed(&mock).unwrap();
    bindings::run(&client, &service).await.unwrap();
    assert_requests(&mock, &[("ListServiceBinding", 200, 1), ("DeleteServiceBinding", 204, 1)]);
    let remaining = client.service(&service).bindings().list().all().await.unwrap();
    let kinds: Vec<_> = remaining.iter().map(|binding| binding.binding_type().unwrap().as_str()).collect();
    assert_eq!(kinds, ["apn"]);
}

#[tokio::test]
async fn a_webhook_replaces_the_text_of_a_message() {
    let mock = start().await.unwrap();
    let client = mock.client();
    webhooks::run(&client, mock.webhook_secret()).await.unwrap();
    mock.webhooks_sent().await;
    let deliveries = mock.deliveries();
    let sent: Vec<_> =
        deliveries.iter().map(|it| (it.event.as_str(), it.attempts.last().unwrap().result.clone())).collect();
    assert_eq!(sent, [("onMessageAdd", Ok(200)), ("onMessageAdded", Ok(200))]);
    let conversation = client.conversations().list().all().await.unwrap().remove(0);
    let messages = client.conversation(conversation.sid().unwrap()).messages().list().all().await.unwrap();
    let bodies: Vec<_> = messages.iter().map(|message| message.body.as_deref()).collect();
    assert_eq!(bodies, [Some("My card is **** ****")]);
}
