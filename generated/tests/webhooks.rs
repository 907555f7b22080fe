//! Tests the webhooks: each event of a form and each CloudEvent becomes its variant, with typed fields. Responses become HTTP
//! responses.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use twilio_conversations::http::{Method, Request, Response};
use twilio_conversations::models::{ConversationChanges, MessageChanges, ParticipantChanges, RoleSid};
use twilio_conversations::runtime::webhooks::{Bytes, Encoding, Hash, IntoResponse, sha256};
use twilio_conversations::webhooks::{
    ConversationReply, Event, MessageReply, ParticipantReply, Receiver, Reply, WebhookError,
};

const SECRET: &str = "12345678901234567890123456789012";
const URL: &str = "https://example.com/hook";
/// A part of all personal data in the events.
const PRIVATE: &str = "private";

/// The fields of all events.
fn common() -> Value {
    json!({
        "AccountSid": "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Source": "SDK",
        "ClientIdentity": "private ana",
        "RetryCount": 1,
    })
}

fn in_conversation() -> Value {
    json!({ "ConversationSid": "CHaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" })
}

fn message() -> Value {
    json!({
        "MessageSid": "IMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "MessagingServiceSid": "MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Index": 7,
        "DateCreated": "2026-11-26T09:30:00Z",
        "Body": "private & ümlaut + 100 %",
        "Author": "private ana",
        "ParticipantSid": "MBaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Attributes": r#"{"note":"private"}"#,
        "Media": [
            { "Sid": "MEaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Filename": "private.png", "ContentType": "image/png", "Size": 1024 },
        ],
    })
}

fn conversation() -> Value {
    json!({
        "ChatServiceSid": "ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "MessagingServiceSid": "MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "FriendlyName": "private friends",
        "UniqueName": "private-1",
        "Attributes": r#"{"note":"private"}"#,
        "State": "active",
        "DateCreated": "2026-11-26T09:30:00Z",
        "DateUpdated": "2026-11-26T09:31:00Z",
        "MessageBody": "private hello",
        "MessageMedia": [{ "Sid": "MEaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }],
        "AuthorAddress": "private +15550001",
        "MessagingBinding": { "ProxyAddress": "private +15550002", "Address": "private +15550001" },
    })
}

fn conversation_state() -> Value {
    json!({
        "ChatServiceSid": "ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "MessagingServiceSid": "MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "StateUpdated": "2026-11-26T09:30:00Z",
        "StateFrom": "active",
        "StateTo": "inactive",
        "Reason": "TIMER",
    })
}

fn participant() -> Value {
    json!({
        "ParticipantSid": "MBaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "DateCreated": "2026-11-26T09:30:00Z",
        "Identity": "private ana",
        "RoleSid": "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Attributes": r#"{"note":"private"}"#,
        "MessagingBinding": {
            "ProxyAddress": "private +15550002",
            "Address": "private +15550001",
            "ProjectedAddress": "private +15550003",
            "Type": "sms",
        },
    })
}

fn delivery() -> Value {
    json!({
        "ChatServiceSid": "ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "MessageSid": "IMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "DeliveryReceiptSid": "DYaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "ChannelMessageSid": "SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "ParticipantSid": "MBaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Status": "undelivered",
        "ErrorCode": 30003,
        "DateCreated": "2026-11-26T09:30:00Z",
        "DateUpdated": "2026-11-26T09:31:00Z",
    })
}

fn user() -> Value {
    json!({
        "ChatServiceSid": "ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "UserSid": "USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "DateCreated": "2026-11-26T09:30:00Z",
        "Identity": "private ana",
        "RoleSid": "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Attributes": r#"{"note":"private"}"#,
        "FriendlyName": "private Ana",
    })
}

fn updated() -> Value {
    json!({ "DateUpdated": "2026-11-26T09:31:00Z" })
}

fn removed() -> Value {
    json!({ "DateRemoved": "2026-11-26T09:32:00Z" })
}

/// The events of forms: their names, their fields, and the fields that only events after the change have.
fn forms() -> Vec<(&'static str, Vec<Value>, &'static [&'static str])> {
    let modified_by = json!({ "ModifiedBy": "private bob" });
    let removed_by = json!({ "RemovedBy": "private bob" });
    let read = json!({ "LastReadMessageIndex": 6 });
    let online = json!({ "IsOnline": true, "IsNotifiable": false });
    let new_message: &[&str] = &["MessageSid", "Index", "DateCreated"];
    let new_conversation: &[&str] = &["ConversationSid"];
    let new_participant: &[&str] = &["ParticipantSid"];
    vec![
        ("onMessageAdd", vec![in_conversation(), message()], new_message),
        ("onMessageAdded", vec![in_conversation(), message()], &[]),
        ("onMessageUpdate", vec![in_conversation(), message(), updated(), modified_by], new_message),
        ("onMessageUpdated", vec![in_conversation(), message(), updated()], &[]),
        ("onMessageRemove", vec![in_conversation(), message(), removed_by], new_message),
        ("onMessageRemoved", vec![in_conversation(), message(), removed()], &[]),
        ("onConversationAdd", vec![conversation()], new_conversation),
        ("onConversationAdded", vec![in_conversation(), conversation()], &[]),
        ("onConversationUpdate", vec![in_conversation(), conversation()], new_conversation),
        ("onConversationUpdated", vec![in_conversation(), conversation()], &[]),
        ("onConversationRemove", vec![in_conversation(), conversation()], new_conversation),
        ("onConversationRemoved", vec![in_conversation(), conversation(), removed()], &[]),
        ("onConversationStateUpdated", vec![in_conversation(), conversation_state()], &[]),
        ("onParticipantAdd", vec![in_conversation(), participant()], new_participant),
        ("onParticipantAdded", vec![in_conversation(), participant()], &[]),
        ("onParticipantUpdate", vec![in_conversation(), participant(), updated(), read.clone()], new_participant),
        ("onParticipantUpdated", vec![in_conversation(), participant(), updated(), read], &[]),
        ("onParticipantRemove", vec![in_conversation(), participant()], new_participant),
        ("onParticipantRemoved", vec![in_conversation(), participant(), removed()], &[]),
        ("onDeliveryUpdated", vec![in_conversation(), delivery()], &[]),
        ("onUserAdded", vec![user()], &[]),
        ("onUserUpdate", vec![user(), updated(), online.clone()], &[]),
        ("onUserUpdated", vec![user(), updated(), online], &[]),
    ]
}

/// The CloudEvents, and the events of forms with the same fields.
const CLOUD_EVENTS: [(&str, &str); 13] = [
    ("conversation.added", "onConversationAdded"),
    ("conversation.updated", "onConversationUpdated"),
    ("conversation.removed", "onConversationRemoved"),
    ("conversation-state.updated", "onConversationStateUpdated"),
    ("message.added", "onMessageAdded"),
    ("message.updated", "onMessageUpdated"),
    ("message.removed", "onMessageRemoved"),
    ("participant.added", "onParticipantAdded"),
    ("participant.updated", "onParticipantUpdated"),
    ("participant.removed", "onParticipantRemoved"),
    ("delivery.updated", "onDeliveryUpdated"),
    ("user.added", "onUserAdded"),
    ("user.updated", "onUserUpdated"),
];

/// Returns the fields of each event of a form, with their types.
fn form_events() -> BTreeMap<&'static str, Value> {
    let events = forms().into_iter().map(|(name, parts, only_after)| {
        let parts = [common(), json!({ "EventType": name })].into_iter().chain(parts);
        let mut fields: Map<String, Value> = parts.flat_map(|part| part.as_object().unwrap().clone()).collect();
        fields.retain(|name, _| !only_after.contains(&name.as_str()));
        (name, Value::Object(fields))
    });
    events.collect()
}

/// Returns a CloudEvent with the fields of an event of a form.
fn cloud_event(name: &str, data: &Value) -> Value {
    json!({
        "specversion": "1.0",
        "type": format!("com.twilio.conversations.{name}"),
        "id": "EZaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "source": "/v1/Conversations/CHaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "time": "2026-11-26T09:30:01Z",
        "datacontenttype": "application/json",
        "dataschema": "https://events-schemas.twilio.com/Conversations.MessageAdded/1",
        "data": data,
    })
}

/// Returns the fields of a form: properties of objects have names with dots, and arrays are JSON.
fn form_fields(fields: &Value) -> Vec<(String, String)> {
    let fields = fields.as_object().unwrap().iter().flat_map(|(name, value)| match value {
        Value::Object(nested) => {
            nested.iter().map(|(key, value)| (format!("{name}.{key}"), value.as_str().unwrap().to_owned())).collect()
        }
        Value::String(text) => vec![(name.clone(), text.clone())],
        value => vec![(name.clone(), value.to_string())],
    });
    fields.collect()
}

fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// Returns a signed GET request with the fields in the query.
fn query_request(fields: &[(String, String)]) -> Request<String> {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let url = format!("{URL}?{}", pairs.join("&"));
    let signature = Hash::Sha1.hmac(SECRET.as_bytes(), &[url.as_bytes()], Encoding::Base64);
    Request::get(url).header("X-Twilio-Signature", signature).body(String::new()).unwrap()
}

/// Returns a signed request with a form.
fn form_request(fields: &[(String, String)]) -> Request<String> {
    let mut sorted = fields.to_vec();
    sorted.sort();
    let signed: String = sorted.into_iter().flat_map(|(name, value)| [name, value]).collect();
    let signature = Hash::Sha1.hmac(SECRET.as_bytes(), &[URL.as_bytes(), signed.as_bytes()], Encoding::Base64);
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let request = Request::builder().method(Method::POST).uri(URL).header("X-Twilio-Signature", signature);
    request.header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8").body(body.join("&")).unwrap()
}

/// Returns a signed request with JSON.
fn json_request(value: &Value) -> Request<String> {
    let body = value.to_string();
    let url = format!("{URL}?bodySHA256={}", sha256(body.as_bytes()));
    let signature = Hash::Sha1.hmac(SECRET.as_bytes(), &[url.as_bytes()], Encoding::Base64);
    let request = Request::builder().method(Method::POST).uri(url).header("X-Twilio-Signature", signature);
    request.header("Content-Type", "application/json").body(body).unwrap()
}

fn receiver() -> Receiver {
    Receiver::new(SECRET).public_url(URL)
}

/// Returns the name of the variant of an event, and its payload as JSON.
fn variant_and_payload(event: &Event) -> (&'static str, Value) {
    macro_rules! match_event {
        ($($variant:ident)+) => {
            match event {
                $(Event::$variant(payload) => (stringify!($variant), serde_json::to_value(payload).unwrap()),)+
                Event::Unknown(event) => ("Unknown", event.payload.clone()),
                _ => ("another variant", Value::Null),
            }
        };
    }
    match_event! {
        OnMessageAdd OnMessageAdded OnMessageUpdate OnMessageUpdated OnMessageRemove OnMessageRemoved
        OnConversationAdd OnConversationAdded OnConversationUpdate OnConversationUpdated OnConversationRemove
        OnConversationRemoved OnConversationStateUpdated
        OnParticipantAdd OnParticipantAdded OnParticipantUpdate OnParticipantUpdated OnParticipantRemove OnParticipantRemoved
        OnDeliveryUpdated OnUserAdded OnUserUpdate OnUserUpdated
        ConversationAdded ConversationUpdated ConversationRemoved ConversationStateUpdated
        MessageAdded MessageUpdated MessageRemoved ParticipantAdded ParticipantUpdated ParticipantRemoved
        DeliveryUpdated UserAdded UserUpdated
    }
}

/// Returns the variant of an event: `onMessageAdd` is `OnMessageAdd`, and `message.added` is `MessageAdded`.
fn variant_name(event: &str) -> String {
    let words = event.split(['.', '-']).map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect()
}

#[test]
fn each_form_is_its_event_with_typed_fields() {
    let events = form_events();
    assert_eq!(events.len(), 23);
    for (name, fields) in events {
        let mut form = form_fields(&fields);
        // Values that an event does not have are empty strings.
        for absent in ["ChatServiceSid", "Media", "Index", "DateCreated", "IsOnline", "State", "ErrorCode"] {
            if fields.get(absent).is_none() {
                form.push((absent.to_owned(), String::new()));
            }
        }
        form.extend([("AddedLater".to_owned(), "private".to_owned()), ("Added.Later".to_owned(), "1".to_owned())]);
        let event = receiver().receive(&form_request(&form)).unwrap();
        assert_eq!(receiver().receive(&query_request(&form)).unwrap(), event);
        assert_eq!(variant_and_payload(&event), (&*variant_name(name), fields), "{name}");
        let debug = format!("{event:?}");
        assert!(!debug.contains(PRIVATE) && debug.contains("ACaaaa"), "{debug}");
    }
}

#[test]
fn each_cloud_event_is_its_event_with_typed_fields() {
    let forms = form_events();
    for (name, form) in CLOUD_EVENTS {
        let expected = cloud_event(name, &forms[form]);
        let mut sent = expected.clone();
        sent["data"]["AddedLater"] = json!({ "x": [1] });
        sent["addedlater"] = json!(true);
        let event = receiver().receive(&json_request(&sent)).unwrap();
        assert_eq!(variant_and_payload(&event), (&*variant_name(name), expected), "{name}");
        let debug = format!("{event:?}");
        assert!(!debug.contains(PRIVATE) && debug.contains("ACaaaa"), "{debug}");
    }
}

#[test]
fn all_cloud_events_of_a_request_are_received() {
    let forms = form_events();
    let mut sent: Vec<Value> = CLOUD_EVENTS.iter().map(|(name, form)| cloud_event(name, &forms[form])).collect();
    sent[2]["data"] = json!("private");
    sent.push(json!({ "type": "com.twilio.conversations.channel.archived" }));
    let received = receiver().receive_all(&json_request(&Value::Array(sent.clone()))).unwrap();
    assert_eq!(received.len(), sent.len());
    for (index, (event, sent)) in received.iter().zip(&sent).enumerate() {
        let (variant, payload) = variant_and_payload(event);
        assert_eq!(variant == "Unknown", matches!(index, 2 | 13), "{variant}");
        assert_eq!(payload, *sent);
    }
    let Event::Unknown(refused) = &received[2] else { panic!("{:?}", received[2]) };
    let error = refused.error.as_ref().unwrap().to_string();
    assert!(error.contains("`data`") && !format!("{refused:?} {error}").contains(PRIVATE), "{error}");
    assert!(matches!(&received[13], Event::Unknown(event) if event.error.is_none()));
}

#[test]
fn unknown_events_keep_their_name_and_payload() {
    let unknown = |request: &Request<String>| match receiver().receive(request).unwrap() {
        Event::Unknown(event) => (event.name, event.payload),
        event => panic!("{event:?}"),
    };
    let fields = json!({ "EventType": "onChannelArchived", "Body": "private", "Index": "1" });
    let form = unknown(&form_request(&form_fields(&fields)));
    assert_eq!(form, (Some("onChannelArchived".to_owned()), fields));
    let cloud_event = json!({ "type": "com.twilio.conversations.channel.archived", "data": { "Index": 1 } });
    let json = unknown(&json_request(&cloud_event));
    assert_eq!(json, (Some("com.twilio.conversations.channel.archived".to_owned()), cloud_event));
}

#[test]
fn responses_become_http_responses() {
    let changes = MessageChanges::default().with_body("good").with_attributes("{}");
    let conversation = ConversationChanges::default().with_friendly_name("Friends");
    let role = RoleSid::new("RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").unwrap();
    let participant = ParticipantChanges::default().with_role_sid(role);
    let responses: Vec<(Response<Bytes>, u16, &str)> = vec![
        (MessageReply::Publish.into(), 200, ""),
        (MessageReply::Modify(changes).into(), 200, r#"{"body":"good","attributes":"{}"}"#),
        (MessageReply::Reject.into(), 403, ""),
        (ConversationReply::Publish.into(), 200, ""),
        (ConversationReply::Modify(conversation).into(), 200, r#"{"friendly_name":"Friends"}"#),
        (ConversationReply::Reject.into(), 403, ""),
        (ParticipantReply::Publish.into(), 200, ""),
        (ParticipantReply::Modify(participant).into(), 200, r#"{"role_sid":"RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#),
        (ParticipantReply::Reject.into(), 403, ""),
        (Reply::Publish.into(), 200, ""),
        (Reply::Reject.into(), 403, ""),
    ];
    for (response, status, body) in responses {
        assert_eq!((response.status().as_u16(), &**response.body()), (status, body.as_bytes()));
        let media_type = response.headers().get("content-type").map(|value| value.to_str().unwrap());
        assert_eq!(media_type, (!body.is_empty()).then_some("application/json"));
    }
    assert_eq!(MessageReply::Reject.into_response().status(), 403);
}

#[test]
fn requests_without_a_valid_signature_are_refused() {
    let fields = form_fields(&form_events()["onMessageAdded"]);
    let form = form_request(&fields);
    let json = json_request(&cloud_event("message.added", &json!({})));
    let refused = |request: &Request<String>| receiver().receive(request).unwrap_err();
    for request in [&form, &json] {
        receiver().receive(request).unwrap();
        let mut unsigned = request.clone();
        let signature = unsigned.headers_mut().remove("X-Twilio-Signature").unwrap();
        assert_eq!(refused(&unsigned), WebhookError::MissingHeader("x-twilio-signature"));
        let wrong = signature.to_str().unwrap().replacen(|_| true, "!", 1);
        unsigned.headers_mut().insert("X-Twilio-Signature", wrong.parse().unwrap());
        assert_eq!(refused(&unsigned), WebhookError::WrongSignature);
        assert_eq!(Receiver::new("another").public_url(URL).receive(request), Err(WebhookError::WrongSignature));
    }
    assert_eq!(refused(&form.map(|body| body + "&Index=8")), WebhookError::WrongSignature);
    assert_eq!(refused(&json.map(|body| body + " ")), WebhookError::WrongBodyHash);
}
